"""Writing what an append changed, in a few statements of a few thousand rows each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from tracegraph.store.neo4j.connection import Work
from tracegraph.store.neo4j.tables import uid
from tracegraph.store.projection.rows import (
    AnomalyRow,
    ComprisesRow,
    Flow,
    ItemRow,
    LineRow,
    Posting,
)
from tracegraph.store.projection.tables import Changes, by_block

_CHUNK = 5000
_CREATE = {Flow.IN: "create_inputs", Flow.OUT: "create_outputs", Flow.NONE: "create_concerns"}
CLOSE = {Flow.IN: "close_inputs", Flow.OUT: "close_outputs", Flow.NONE: "close_concerns"}
DELETE = {Flow.IN: "delete_inputs", Flow.OUT: "delete_outputs", Flow.NONE: "delete_concerns"}

# How each kind of mention is drawn: the statement that writes it.
MENTIONS = {
    "place": "mention_place",
    "party": "mention_party",
    "order": "mention_order",
    "equipment": "mention_equipment",
    "document": "mention_document",
    "actor": "mention_actor",
    "product": "mention_product",
}

# An earlier name of an item: [key, kind, product, number, rec, void].
Was = list[Any]


def each(work: Work, name: str, rows: Iterable[Iterable[Any]]) -> None:
    """Run a statement on `rows`, some thousands at a time."""
    given = [list(row) for row in rows]
    for start in range(0, len(given), _CHUNK):
        work.run(name, rows=given[start : start + _CHUNK])


def write(work: Work, changes: Changes, anomaly: int) -> int:
    """Write the changes; anomalies are numbered from `anomaly` + 1. Gives the last number."""
    each(
        work,
        "create_events",
        ((*e[:4], *e.start, *e.end, e.hub, e.void, e.voider, str(e.end)) for e in changes.events),
    )
    each(work, "create_runs", ((4 * no + 3, key) for no, key in changes.runs))
    each(work, "join_runs", ((e.seq, 3 - 4 * e.hub) for e in changes.events if e.hub < 0))
    each(work, "void_events", changes.voided.items())
    late = ((e.seq, e.voider) for e in changes.events if e.voider)
    each(work, "draw_voids", (*changes.voided.items(), *late))
    mentions: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for kind, key, seq in changes.mentions:
        mentions[kind].append((key, seq))
    for kind, rows in mentions.items():
        each(work, MENTIONS[kind], rows)
    write_postings(work, changes.postings)
    each(
        work,
        "create_references",
        ((uid(r.source, r.id), r.kind, r.seq) for r in changes.references),
    )
    each(work, "create_claims", changes.claims)
    each(work, "create_names", changes.spoken.values())
    each(work, "move_names", changes.moved.items())
    _write_items(work, changes)
    _write_lines(work, changes)
    comprises = changes.comprises
    each(
        work, "create_comprises", (comprises_row(*k, void) for k, void in comprises.opened.items())
    )
    each(work, "close_comprises", (comprises_row(*k, void) for k, void in comprises.closed.items()))
    each(
        work,
        "close_anomalies",
        ((*row, rec, v) for (row, rec), v in changes.anomalies.closed.items()),
    )
    return write_anomalies(
        work, sorted((row, rec, v) for (row, rec), v in changes.anomalies.opened.items()), anomaly
    )


def write_postings(work: Work, postings: Iterable[Posting]) -> None:
    """Add events to what is under their terms; those there are already are not looked for."""
    each(work, "create_postings", ((*key, own) for key, own in by_block(postings).items()))


def write_anomalies(work: Work, rows: list[tuple[AnomalyRow, int, int]], last: int) -> int:
    """Create anomalies, numbered on from `last`; the last number."""
    numbered = enumerate(rows, last + 1)
    each(work, "create_anomalies", ((no, *row, rec, void) for no, (row, rec, void) in numbered))
    return last + len(rows)


def write_lines(work: Work, lines: Iterable[tuple[LineRow, int, int]]) -> None:
    """Create lines, each with its rec and void, and the draws from pools."""
    groups: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for line, rec, void in lines:
        row = _line(line, rec, void)
        groups[_CREATE[Flow(line.flow)]].append(row)
        if line.pooled:
            groups["create_draws"].append(row)
    for name, rows in groups.items():
        each(work, name, rows)


def end_lines(
    work: Work, statements: Mapping[Flow, str], lines: Iterable[tuple[LineRow, int, int]]
) -> None:
    """CLOSE or DELETE lines (with the draws that belong to them)."""
    groups: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for line, rec, void in lines:
        row = [4 * line.item, _hub(line), line.seq, line.pos, line.via, rec, void]
        groups[statements[Flow(line.flow)]].append(row)
    for name, rows in groups.items():
        each(work, name, rows)


def comprises_row(row: ComprisesRow, rec: int, void: int) -> list[Any]:
    """A membership as the columns of its statements."""
    return [4 * row.lot, 4 * row.serial, *row[2:], rec, void]


def folded(text: str) -> str:
    """Text as it is searched: A to Z without regard to case, all else as it is."""
    return text.encode().lower().decode()


def item_columns(no: int, versions: list[tuple[ItemRow, int, int]]) -> list[Any]:
    """An item node from all it was ever called, oldest first: what it is called now, and was."""
    *older, (row, rec, void) = versions
    was: list[Was] = [[*r[1:], a, b] for r, a, b in older]
    search = folded(" ".join(f"{r.number or ''} {r.key}" for r, _, _ in versions))
    return [4 * no, *row[1:], rec, void, orjson.dumps(was).decode() if was else None, search]


def _write_items(work: Work, changes: Changes) -> None:
    opened: defaultdict[int, list[tuple[ItemRow, int, int]]] = defaultdict(list)
    for (row, rec), void in changes.items.opened.items():
        opened[row.no].append((row, rec, void))
    closed = {row.no: (rec, void) for (row, rec), void in changes.items.closed.items()}
    stored = {
        row[0] >> 2: row for row in work.rows("items", nodes=[4 * no for no in {*opened, *closed}])
    }
    new, renamed = [], []
    for no in sorted({*opened, *closed}):
        if no not in stored:
            state = changes.states[no]
            new.append([*item_columns(no, opened[no]), *state.columns()[1:]])
            continue
        versions = versions_of(stored[no])
        if no in closed:
            row, rec, _ = versions[-1]
            versions[-1] = (row, rec, closed[no][1])
        renamed.append(item_columns(no, versions + opened[no]))
    fresh = {row[0] >> 2 for row in new}
    each(work, "create_items", new)
    each(work, "rename_items", renamed)
    each(
        work,
        "set_states",
        ((4 * no, *s.columns()[1:]) for no, s in changes.states.items() if no not in fresh),
    )
    _label_components(work, changes)


def versions_of(row: list[Any]) -> list[tuple[ItemRow, int, int]]:
    """All that an item was ever called, oldest first, from the columns of its node."""
    node, key, kind, product, number, rec, void, was = row[:8]
    no = node >> 2
    older = [(ItemRow(no, *w[:4]), w[4], w[5]) for w in (orjson.loads(was) if was else ())]
    if key is None:
        return older
    return [*older, (ItemRow(no, key, kind, product, number), rec, void)]


def _label_components(work: Work, changes: Changes) -> None:
    """Label the items of products that bills of materials use."""
    nodes: defaultdict[str, list[int]] = defaultdict(list)
    for row, _ in changes.items.opened:
        if row.product is not None:
            nodes[row.product].append(4 * row.no)
    each(work, "label_new_components", sorted(nodes.items()))
    if changes.claims:
        work.run("label_components", products=sorted({claim.name for claim in changes.claims}))


def _write_lines(work: Work, changes: Changes) -> None:
    lines = changes.lines
    write_lines(work, ((row, rec, void) for (row, rec), void in lines.opened.items()))
    end_lines(work, CLOSE, ((row, rec, void) for (row, rec), void in lines.closed.items()))


def _hub(line: LineRow) -> int:
    """The node a line hangs on: its hub where it is walked, else its event."""
    if line.flow == Flow.NONE or line.hub > 0:
        return 4 * line.seq + 2
    return 3 - 4 * line.hub


def _line(line: LineRow, rec: int, void: int) -> list[Any]:
    return [
        4 * line.item, _hub(line), line.seq, line.pos, line.role, line.hub, line.at, line.lot,
        line.via, line.pooled, line.quantity, line.unit, rec, void,
    ]  # fmt: skip
