"""The projection as a whole in Neo4j: reading it in canonical order, and mending it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tracegraph.store.comparing import Difference, Row, difference
from tracegraph.store.neo4j.connection import Work
from tracegraph.store.neo4j.tables import line_row, uid
from tracegraph.store.neo4j.writing import (
    DELETE,
    MENTIONS,
    comprises_row,
    each,
    end_lines,
    item_columns,
    versions_of,
    write_anomalies,
    write_lines,
    write_postings,
)
from tracegraph.store.port import GraphStore
from tracegraph.store.projection.rows import (
    BLOCK,
    STANDS,
    AnomalyRow,
    ComprisesRow,
    ItemRow,
    LineRow,
    Posting,
)
from tracegraph.store.projection.tables import by_block
from tracegraph.store.projection.terms import FIELDS

_CHUNK = 2000
_RELATIONSHIPS = {
    "AT": "place", "WITH": "party", "UNDER": "order", "USES": "equipment", "CITES": "document",
    "BY": "actor", "DESCRIBES": "product",
}  # fmt: skip
_FORGET = {
    "place": "forget_place", "party": "forget_party", "order": "forget_order",
    "equipment": "forget_equipment", "document": "forget_document", "actor": "forget_actor",
    "product": "forget_product",
}  # fmt: skip


def table_rows(tx: Work, table: str, known: int, last: dict[str, int]) -> Iterator[Row]:
    """Rows of a table in canonical order as they were at `known`; `last` are the counters."""
    yield from map(tuple, _TABLES[table](tx, known, last))


def _stretches(tx: Work, name: str, end: int, step: int = _CHUNK) -> Iterator[list[list[Any]]]:
    for low in range(0, end, step):
        yield tx.rows(name, low=low, high=low + step)


def _void(value: int, known: int) -> int:
    return STANDS if value > known else value


def _events(tx: Work, known: int, last: dict[str, int]) -> Iterator[list[Any]]:
    for rows in _stretches(tx, "whole_event", known):
        for *facts, voider, void in rows:
            if facts[0] <= known:
                yield [*facts, voider if void <= known else 0, _void(void, known)]


def _items(tx: Work, known: int, last: dict[str, int]) -> Iterator[list[Any]]:
    for rows in _stretches(tx, "whole_item", 4 * last["item"], 4 * _CHUNK):
        for node in rows:
            for row, rec, void in versions_of(node):
                if rec <= known:
                    yield [*row, rec, _void(void, known)]


def _states(tx: Work, known: int, last: dict[str, int]) -> Iterator[list[Any]]:
    for rows in _stretches(tx, "whole_item", 4 * last["item"], 4 * _CHUNK):
        yield from ([row[0] >> 2, *row[8:]] for row in rows if row[8] is not None)


def _lines(tx: Work, known: int, last: dict[str, int]) -> Iterator[list[Any]]:
    for rows in _stretches(tx, "whole_line", known):
        seen = [
            [*line_row(row[:-2]), row[-2], _void(row[-1], known)]
            for row in rows
            if row[0] <= known and row[-2] <= known
        ]
        # By seq, pos, item, via and rec.
        yield from sorted(seen, key=lambda row: (row[0], row[1], row[4], row[8], row[12]))


def _comprises(tx: Work, known: int, last: dict[str, int]) -> Iterator[list[Any]]:
    for rows in _stretches(tx, "whole_comprises", 4 * last["item"], 4 * _CHUNK):
        for lot, serial, *spell, rec, void in rows:
            if rec <= known:
                yield [lot >> 2, serial >> 2, *spell, rec, _void(void, known)]


def _anomalies(tx: Work, known: int, last: dict[str, int]) -> Iterator[list[Any]]:
    found = [row for rows in _stretches(tx, "whole_anomaly", known) for row in rows]
    seen = ([*row[:-1], _void(row[-1], known)] for row in found if row[5] <= known)
    yield from sorted(seen)


def _spoken(tx: Work, known: int, last: dict[str, int]) -> Iterator[list[Any]]:
    for rows in _stretches(tx, "whole_spoken", last["item"]):
        yield from (row for row in rows if row[6] <= known)


def _mentions(tx: Work, known: int, last: dict[str, int]) -> Iterator[list[Any]]:
    for rows in _stretches(tx, "whole_mention", known):
        seen = [[_RELATIONSHIPS[kind], key, seq] for kind, key, seq in rows if seq <= known]
        yield from sorted(seen, key=lambda row: (row[2], row[0], row[1]))


def _runs(tx: Work, known: int, last: dict[str, int]) -> Iterator[list[Any]]:
    for rows in _stretches(tx, "whole_run", 4 * last["run"] + 3, 4 * _CHUNK):
        yield from ([node >> 2, key] for node, key in rows)


def _references(tx: Work, known: int, last: dict[str, int]) -> Iterator[list[Any]]:
    for rows in _stretches(tx, "whole_reference", known):
        seen = [[*target.split("\x1f"), kind, seq] for target, kind, seq in rows if seq <= known]
        yield from sorted(seen, key=lambda row: (row[3], row[2], row[0], row[1]))


def _claims(tx: Work, known: int, last: dict[str, int]) -> Iterator[list[Any]]:
    for rows in _stretches(tx, "whole_claim", known):
        seen = [row for row in rows if row[2] <= known]
        yield from sorted(seen, key=lambda row: (row[2], row[1], row[0]))


def _postings(tx: Work, known: int, last: dict[str, int]) -> Iterator[list[Any]]:
    for field in sorted(FIELDS):
        value, block = "", -1
        while rows := tx.rows("whole_posting", field=field, value=value, block=block, limit=_CHUNK):
            for _, value, block, offsets in rows:
                seqs = (block * BLOCK + offset for offset in offsets)
                yield from ([field, value, seq] for seq in seqs if seq <= known)


_TABLES: dict[str, Callable[[Work, int, dict[str, int]], Iterator[list[Any]]]] = {
    "event": _events,
    "item": _items,
    "line": _lines,
    "comprises": _comprises,
    "anomaly": _anomalies,
    "spoken": _spoken,
    "state": _states,
    "mention": _mentions,
    "run": _runs,
    "reference": _references,
    "claim": _claims,
    "posting": _postings,
}

# Tables in the order in which they are mended: runs before the events that are part of them,
# events and items before the lines between them.
_ORDER = (
    "event", "run", "spoken", "item", "state", "reference", "claim", "line", "comprises",
    "anomaly", "mention", "posting",
)  # fmt: skip

# What follows from the tables and is drawn for walking or for people: mended after them.
_DERIVED = ("mend_voids", "mend_about", "drop_pooled", "mend_pooled", "drop_draws", "mend_draws")


def mend(tx: Work, source: GraphStore, last: dict[str, int]) -> int:
    """Replace every row that is not as in `source`, which holds the same journal."""
    mended: int = 0
    for table in _ORDER:
        if table == "line":  # lines of a run are found by the events that are part of it
            mended += tx.run("mend_runs")[0]["mended"]
        true = list(source.rows(table, last["seq"]))
        found = difference(table_rows(tx, table, last["seq"], last), true)
        if found.extra or found.missing:
            _MEND[table](tx, found, true)
        mended += len(found.extra) + len(found.missing)
    mended += sum(tx.run(name)[0]["mended"] for name in _DERIVED)
    tx.run("label_components", products=[row[0] for row in tx.rows("materials")])
    return mended


def _mend_events(tx: Work, found: Difference, true: list[Row]) -> None:
    each(tx, "rewrite_events", found.missing)


def _mend_runs(tx: Work, found: Difference, true: list[Row]) -> None:
    tx.run("delete_runs", nodes=[4 * row[0] + 3 for row in found.extra])
    each(tx, "create_runs", ((4 * no + 3, key) for no, key in found.missing))


def _mend_spoken(tx: Work, found: Difference, true: list[Row]) -> None:
    tx.run("delete_names", homes=[row[1] for row in found.extra])
    each(tx, "create_names", found.missing)


def _mend_items(tx: Work, found: Difference, true: list[Row]) -> None:
    wrong = {row[0] for row in (*found.extra, *found.missing)}
    versions: defaultdict[int, list[tuple[ItemRow, int, int]]] = defaultdict(list)
    for row in true:
        if row[0] in wrong:
            versions[row[0]].append((ItemRow(*row[:5]), row[5], row[6]))
    tx.run("delete_items", nodes=[4 * no for no in wrong - versions.keys()])
    each(tx, "rename_items", (item_columns(no, named) for no, named in versions.items()))


def _mend_states(tx: Work, found: Difference, true: list[Row]) -> None:
    each(tx, "set_states", ((4 * row[0], *row[1:]) for row in found.missing))


def _mend_lines(tx: Work, found: Difference, true: list[Row]) -> None:
    end_lines(tx, DELETE, _triples(LineRow, found.extra))
    write_lines(tx, _triples(LineRow, found.missing))


def _mend_comprises(tx: Work, found: Difference, true: list[Row]) -> None:
    for name, rows in (("delete_comprises", found.extra), ("create_comprises", found.missing)):
        each(tx, name, (comprises_row(*parts) for parts in _triples(ComprisesRow, rows)))


def _mend_anomalies(tx: Work, found: Difference, true: list[Row]) -> None:
    each(tx, "delete_anomalies", found.extra)
    last = tx.run("lock_journal")[0]["anomaly"]
    last = write_anomalies(tx, list(_triples(AnomalyRow, found.missing)), last)
    tx.run("number_anomalies", anomaly=last)


def _mend_mentions(tx: Work, found: Difference, true: list[Row]) -> None:
    for names, rows in ((_FORGET, found.extra), (MENTIONS, found.missing)):
        groups: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for kind, key, seq in rows:
            groups[kind].append((key, seq))
        for kind, members in groups.items():
            each(tx, names[kind], members)


def _mend_references(tx: Work, found: Difference, true: list[Row]) -> None:
    for name, rows in (("delete_references", found.extra), ("create_references", found.missing)):
        each(tx, name, ((uid(source, id_), kind, seq) for source, id_, kind, seq in rows))


def _mend_claims(tx: Work, found: Difference, true: list[Row]) -> None:
    each(tx, "delete_claims", found.extra)
    each(tx, "create_claims", found.missing)


def _mend_postings(tx: Work, found: Difference, true: list[Row]) -> None:
    wrong = by_block(Posting(*row) for row in (*found.extra, *found.missing))
    each(tx, "delete_postings", wrong)
    rows = (Posting(*row) for row in true)
    write_postings(tx, (row for row in rows if (row[0], row[1], row[2] // BLOCK) in wrong))


def _triples(kind: Any, rows: Iterable[Row]) -> Iterator[tuple[Any, int, int]]:
    return ((kind(*row[:-2]), row[-2], row[-1]) for row in rows)


_MEND: dict[str, Callable[[Work, Difference, list[Row]], None]] = {
    "event": _mend_events,
    "run": _mend_runs,
    "spoken": _mend_spoken,
    "item": _mend_items,
    "state": _mend_states,
    "line": _mend_lines,
    "comprises": _mend_comprises,
    "anomaly": _mend_anomalies,
    "mention": _mend_mentions,
    "reference": _mend_references,
    "claim": _mend_claims,
    "posting": _mend_postings,
}
