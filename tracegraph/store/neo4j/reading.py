"""Reading the genealogy out of Neo4j: closures, histories, searches.

Every answer leaves the server in batched columns; a row a thing costs ten times as much.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from tracegraph.model.instant import Instant
from tracegraph.store.columns import (
    ComprisesColumns,
    EventColumns,
    LineColumns,
    Records,
    SerialCounts,
)
from tracegraph.store.levels import items_of, seed_nodes, walk_levels
from tracegraph.store.neo4j.connection import Connection, Row, Work
from tracegraph.store.neo4j.tables import Neo4jTables
from tracegraph.store.neo4j.writing import folded, versions_of
from tracegraph.store.port import Search, Subgraph, TouchRow, names_key
from tracegraph.store.projection.rows import AnomalyRow, ItemRow, Reference, up_to
from tracegraph.store.projection.tables import Counters
from tracegraph.store.walker import Closure, Direction, Edges, NameRow, Touched, Walker

_NEVER = 2**62  # later than any instant, in microseconds
_PAGE = 1000
# Starting points of one statement, which holds its whole answer in memory; bodies may be large.
_CHUNK = 2000
_BODIES = 500
_STRETCH = 20_000  # numbers of nodes at a time, where all are read
_MOST_ROUNDS = 2_000  # of the search from many seeds; a longer chain is walked level by level

_FEW = {"forward": "closure_forward", "backward": "closure_backward"}
_MANY = {"forward": "closure_many_forward", "backward": "closure_many_backward"}
_KEYS = {"forward": "closure_keys_forward", "backward": "closure_keys_backward"}
_MANY_KEYS = {"forward": "closure_many_keys_forward", "backward": "closure_many_keys_backward"}
_FRONTIER = {"forward": "frontier_forward", "backward": "frontier_backward"}


class Reading:
    """The reading half of `Neo4jStore`."""

    _connection: Connection
    walker: Walker | None = None

    def subgraph(
        self,
        seeds: Collection[int],
        direction: Direction,
        *,
        known: int,
        as_of: Instant | None,
        max_depth: int | None,
        budget: int,
        siblings: bool = True,
    ) -> Subgraph:
        """The plain closure with its events, lines and serials."""
        cuts = _cuts(known, as_of)

        def work(tx: Work) -> Subgraph:
            starts = list(_items(tx, set(seeds), known))
            walked = self.walker and self.walker.walk(
                starts, direction, known=known, as_of=as_of, max_depth=max_depth, budget=budget
            )
            if walked:
                return _subgraph(tx, walked[0], cuts, walked[1], siblings=siblings)
            whole = None
            if max_depth is None:
                whole = _walk_all(tx, starts, direction, cuts, budget)
            if whole is not None:
                return _subgraph(tx, whole, cuts, None, siblings=siblings)
            nodes, cut = _walk_levels(tx, starts, direction, cuts, max_depth, budget)
            return _subgraph(tx, nodes, cuts, cut, siblings=siblings)

        return self._connection.read("subgraph", work)

    def closure(
        self,
        seeds: Collection[int],
        direction: Direction,
        *,
        known: int,
        as_of: Instant | None,
        budget: int,
    ) -> Closure | None:
        """The items of the plain closure; of one seed in one statement, or two."""
        cuts = _cuts(known, as_of)

        def work(tx: Work) -> Closure | None:
            starts = list(set(seeds))
            if self.walker is not None or len(starts) != 1:
                starts = list(_items(tx, starts, known))
            answered = self.walker and self.walker.closure(
                starts, direction, known=known, as_of=as_of, budget=budget
            )
            if answered:
                return answered[0]
            return _closure(tx, starts, direction, cuts, max(budget, len(starts)))

        return self._connection.read("closure", work)

    def edges(self) -> Iterator[Edges]:
        """All edges, a stretch of nodes at a time."""
        last = self._connection.read("published", lambda tx: tx.run("published")[0])
        end = max(4 * last["item"] + 1, 4 * last["journal"] + 2, 4 * last["run"] + 3)
        for low in range(-1, end, _STRETCH):
            work = partial(_edges, "edges_from", low=low, high=low + _STRETCH)
            yield from self._connection.read("edges_from", work)

    def edges_at(self, nodes: Collection[int]) -> Edges:
        """All edges of nodes."""

        def work(tx: Work) -> list[Edges]:
            return [
                edges
                for chunk in _chunks(set(nodes))
                for edges in _edges("edges_at", tx, nodes=chunk)
            ]

        found: set[tuple[int, ...]] = set()  # an edge between two chunks is in both
        for edges in self._connection.read("edges_at", work):
            found.update(zip(*edges, strict=True))
        return Edges(*zip(*found, strict=True)) if found else Edges((), (), (), (), ())

    def names(self, items: Collection[int] | None = None) -> Iterator[NameRow]:
        """All names of items."""
        if items is not None:
            nodes = [4 * no for no in set(items)]
            yield from _names(
                self._connection.read("items", lambda tx: tx.rows("items", nodes=nodes))
            )
            return
        last = self._connection.read("published", lambda tx: tx.run("published")[0])
        for low in range(0, 4 * last["item"], _STRETCH):
            work = partial(_stretch_of_items, low=low, high=low + _STRETCH)
            yield from _names(self._connection.read("whole_item", work))

    def touched(self, after: int, until: int) -> Touched | None:
        """What batches changed."""
        row = self._connection.read(
            "touched", lambda tx: tx.run("touched", after=after, until=until)
        )[0]
        if len(row["nodes"]) < row["batches"]:
            return None
        return Touched(
            *(sorted({n for own in row[name] for n in own}) for name in ("nodes", "items"))
        )

    def items(self, numbers: Collection[int], known: int) -> dict[int, ItemRow]:
        """Items by number."""
        return self._connection.read("items", lambda tx: _items(tx, set(numbers), known))

    def met(self, keys: Collection[str], known: int) -> tuple[list[int], ItemRow] | None:
        """Under which numbers names were met, and the item."""
        values = {"keys": list(set(keys)), "known": known}
        found = self._connection.read("met", lambda tx: tx.run("met", **values))
        return met_at(found[0]["homes"], found[0]["item"], known) if found else None

    def items_by_number(self, number: str, known: int, limit: int) -> list[ItemRow]:
        """Items whose own number is exactly `number`; an item's number never changes."""
        rows = self._connection.read(
            "items_by_number", lambda tx: tx.rows("items_by_number", number=number)
        )
        found = [row for row in (_row_at(row, known) for row in rows) if row is not None]
        return sorted(found, key=lambda row: row.key)[:limit]

    def mentioned(
        self, kind: str, key: str, *, known: int, since: Instant | None, until: Instant | None
    ) -> list[int]:
        """Seqs of standing events that name something, within a window."""
        rows = self._connection.read(
            "mentioned", lambda tx: tx.rows("mentioned", kind=kind, key=key, known=known)
        )
        return [
            row[0]
            for row in rows
            if (until is None or Instant(row[1], row[2]) <= until)
            and (since is None or Instant(row[3], row[4]) >= since)
        ]

    def completions(
        self, prefix: str, kinds: Sequence[str], *, known: int, limit: int
    ) -> list[tuple[str, str]]:
        """What standing events name and begins with a text."""
        values = {"prefix": prefix, "kinds": list(kinds), "known": known, "limit": limit}
        rows = self._connection.read("completions", lambda tx: tx.rows("completions", **values))
        return [(kind, key) for kind, key in rows]

    def lines_of_events(self, seqs: Collection[int], known: int) -> LineColumns:
        """The standing lines of events."""
        return self._connection.read("lines_of_events", lambda tx: _lines(tx, set(seqs), known))

    def lines_of_items(
        self, items: Collection[int], *, known: int, as_of: Instant | None, members: bool = True
    ) -> tuple[EventColumns, LineColumns]:
        """Every standing line on items, with its event."""
        cuts = {"known": known, "as_of": _NEVER if as_of is None else as_of.micros}
        wanted = {4 * no for no in items}

        def work(tx: Work) -> tuple[EventColumns, LineColumns]:
            lines = _in_chunks(tx, "lines_of_items", "nodes", wanted, **cuts)
            if members:
                lines += _of_lots(tx, wanted, cuts)
            events = _in_chunks(tx, "event_rows", "seqs", {row[0] for row in lines})
            return (
                EventColumns.of([row for row in events if row[0] <= known < row[9]]),
                _line_columns(lines),
            )

        return self._connection.read("lines_of_items", work)

    def records(self, items: Collection[int], known: int, without: Collection[int]) -> Records:
        """What names items and their lots."""
        nodes = [4 * no for no in set(items)]
        return records_of(self._records(known, nodes=nodes, without=list(without)), known)

    def _records(self, known: int | None, **values: Any) -> Row:
        given = {"names": [], "nodes": [], "prefix": None, "without": [], **values}
        (row,) = self._connection.read(
            "records", lambda tx: tx.run("records", known=known, **given)
        )
        return row

    def serials_of(
        self, lots: Collection[int], *, known: int, as_of: Instant | None
    ) -> ComprisesColumns:
        """The serials of lots."""
        return self._comprises("comprises_of_lots", "nodes", lots, known, as_of)

    def lots_of(
        self, serials: Collection[int], *, known: int, as_of: Instant | None
    ) -> ComprisesColumns:
        """The lots of serials."""
        return self._comprises("comprises_among", "serials", serials, known, as_of)

    def _comprises(
        self, name: str, side: str, items: Collection[int], known: int, as_of: Instant | None
    ) -> ComprisesColumns:
        cuts = {"known": known, "as_of": _NEVER if as_of is None else as_of.micros}
        nodes = {4 * no for no in items}
        rows = self._connection.read(name, lambda tx: _in_chunks(tx, name, side, nodes, **cuts))
        return _memberships([(lot >> 2, serial >> 2, *spell) for lot, serial, *spell in rows])

    def bodies(self, seqs: Collection[int]) -> dict[int, bytes]:
        """What was sent."""
        rows = self._connection.read(
            "bodies",
            lambda tx: [
                row
                for chunk in _chunks(set(seqs), _BODIES)
                for row in tx.rows("bodies", seqs=chunk)
            ],
        )
        return {seq: body.encode() for seq, body in rows}

    def held(self, containers: Collection[int], *, known: int, as_of: Instant | None) -> list[int]:
        """Every item that was ever packed into containers, or taken out."""
        nodes = [4 * no for no in set(containers)]
        cuts = {"known": known, "as_of": _NEVER if as_of is None else as_of.micros}
        found = self._connection.read("held", lambda tx: tx.nodes("held", nodes=nodes, **cuts))
        return [node >> 2 for node in found]

    def membership(self, item: int, known: int) -> tuple[list[int], int]:
        """Lots of a serial, and the number of serials of a lot."""
        rows = self._connection.read(
            "membership", lambda tx: tx.run("membership", node=4 * item, known=known)
        )
        if not rows:
            return [], 0
        return [node >> 2 for node in rows[0]["lots"]], rows[0]["serials"]

    def history(
        self, homes: Collection[int], *, known: int, after: tuple[int, int, str, int], limit: int
    ) -> list[TouchRow]:
        """Lines on items, those of voided events included."""
        at, seq, pos, via = after
        values = {"at": at, "seq": seq, "pos": pos, "via": via, "known": known, "limit": limit}
        nodes = [4 * no for no in set(homes)]
        rows = self._connection.read(
            "history", lambda tx: tx.rows("history", nodes=nodes, **values)
        )
        return [TouchRow(*(*row[:3], row[3] >> 2, *row[4:])) for row in rows]

    def anomalies(self, *, known: int, after: int, limit: int) -> list[tuple[int, AnomalyRow]]:
        """Standing anomalies, by cursor."""
        rows = self._connection.read(
            "anomalies", lambda tx: tx.rows("anomalies", known=known, after=after, limit=limit)
        )
        return [(row[0], AnomalyRow(*row[1:])) for row in rows]

    def anomalies_about(
        self, seqs: Collection[int], items: Collection[int], known: int
    ) -> list[AnomalyRow]:
        """Standing anomalies of events and of items, each once."""
        found = self._connection.read(
            "anomalies_of",
            lambda tx: Neo4jTables(tx, Counters()).anomalies_of(seqs, items, known),
        )
        return list(dict.fromkeys(row for row, _ in found))

    def referring(
        self, ids: Collection[tuple[str, str]], known: int
    ) -> dict[tuple[str, str], list[Reference]]:
        """What refers to events."""
        found = self._connection.read(
            "references", lambda tx: Neo4jTables(tx, Counters()).references(ids)
        )
        return up_to(known, found)

    def search(self, query: Search, *, known: int, after: int, limit: int) -> list[ItemRow]:
        """Items that match, by number."""

        def work(tx: Work) -> list[ItemRow]:
            found: list[ItemRow] = []
            for nodes in _candidates(tx, query, known, 4 * after):
                rows = _items(tx, [node >> 2 for node in nodes], known)
                fits = {no: row for no, row in rows.items() if _fits(row, query)}
                active = _active(tx, fits, query, known)
                found += [fits[no] for no in sorted(fits) if no in active]
                if len(found) >= limit:
                    break
            return found[:limit]

        return self._connection.read("search", work)


def _cuts(known: int, as_of: Instant | None) -> dict[str, int]:
    """How far a walk sees; `dated` says whether the time of an edge must be read at all."""
    if as_of is None:
        return {"known": known, "as_of": _NEVER, "dated": False}
    return {"known": known, "as_of": as_of.micros, "dated": True}


def _closure(
    tx: Work, starts: list[int], direction: Direction, cuts: dict[str, int], most: int
) -> Closure | None:
    """Numbers and keys of what is reached. A single start may be no item at the cut."""
    named, others = _named(tx, starts, direction, cuts, most)
    if others is None:
        walked, cut = _walk_levels(tx, starts, direction, cuts, None, most)
        if cut is not None:
            return None
        named, others = Closure([], []), items_of(walked)
    if others:
        rows = _items(tx, others, cuts["known"])
        named.item.extend(rows)
        named.key.extend(row.key for row in rows.values())
    if len(starts) == 1 and starts[0] not in named.item:
        return Closure([], [])
    return named if len(named.item) <= most else None


def _named(
    tx: Work, starts: list[int], direction: Direction, cuts: dict[str, int], most: int
) -> tuple[Closure, set[int] | None]:
    """Items reached in one search, whose keys came along, and those to be named yet.

    None in their place where the search was cut short.
    """
    seeds, limit = sorted(seed_nodes(starts)), 4 * most + 1000
    values = {"seeds": seeds, "limit": limit, **cuts}
    if len(starts) == 1:
        nodes, keys = tx.columns(_KEYS[direction], "nodes", "keys", **values)
        whole = len(nodes) < limit
    else:
        values["rounds"] = _MOST_ROUNDS
        nodes, keys = tx.columns(_MANY_KEYS[direction], "nodes", "keys", **values)
        whole = bool(nodes) or not starts
    if not whole:
        return Closure([], []), None
    pairs = [(n, key) for n, key in zip(nodes, keys, strict=True) if n & 3 < 2]
    named = Closure([n >> 2 for n, key in pairs if key], [key for _, key in pairs if key])
    others = {n >> 2 for n, key in pairs if not key}
    return named, others.difference(named.item) if others else others


def _edges(name: str, tx: Work, **values: Any) -> list[Edges]:
    return [Edges(**row) for row in tx.run(name, **values)]


def _stretch_of_items(tx: Work, low: int, high: int) -> list[list[Any]]:
    return tx.rows("whole_item", low=low, high=high)


def _names(rows: Iterable[list[Any]]) -> Iterator[NameRow]:
    for row in rows:
        for name, rec, void in versions_of(row):
            yield NameRow(name.no, rec, void, name.key)


def _walk_all(
    tx: Work, starts: list[int], direction: Direction, cuts: dict[str, int], budget: int
) -> list[int] | None:
    """Everything reached, in one search; None when it is more than the budget allows."""
    limit = 4 * budget + 1000
    seeds = sorted(seed_nodes(starts))
    if len(starts) == 1:
        nodes = tx.nodes(_FEW[direction], seeds=seeds, limit=limit, **cuts)
    else:
        batches = tx.run(_MANY[direction], seeds=seeds, limit=limit, rounds=_MOST_ROUNDS, **cuts)
        if any(batch["rest"] for batch in batches):
            return None
        nodes = [node for batch in batches for node in batch["nodes"]]
    if len(nodes) >= limit or len(items_of(nodes)) > max(budget, len(starts)):
        return None
    return nodes


def _walk_levels(
    tx: Work,
    starts: list[int],
    direction: Direction,
    cuts: dict[str, int],
    max_depth: int | None,
    budget: int,
) -> tuple[set[int], int | None]:
    """What is reached, item step by item step, and the last whole depth if more was left out."""
    name = _FRONTIER[direction]

    def neighbours(nodes: Collection[int]) -> list[int]:
        return tx.nodes(name, frontier=sorted(nodes), **cuts)

    return walk_levels(neighbours, starts, max_depth=max_depth, budget=budget)


def _subgraph(
    tx: Work, nodes: Collection[int], cuts: dict[str, int], cut: int | None, *, siblings: bool
) -> Subgraph:
    items = items_of(nodes)
    serials = [node for node in nodes if node & 3 == 0]
    runs = [node for node in nodes if node & 3 == 3]
    known = cuts["known"]
    events = tx.rows("events_of_hubs", hubs=[node for node in nodes if node & 3 >= 2], **cuts)
    lines = _lines(tx, {row[0] for row in events}, known, None if siblings else items)
    members = [
        (lot >> 2, serial >> 2, *spell)
        for lot, serial, *spell in tx.rows("comprises_among", serials=serials, **cuts)
        if lot >> 2 in items
    ]
    named = items.union(lines.item, lines.lot, lines.via) - {0}
    return Subgraph(
        sorted(items),
        _items(tx, named, known),
        {node >> 2: key for node, key in tx.rows("run_keys", nodes=runs)},
        EventColumns.of(events),
        lines,
        _memberships(members),
        cut,
    )


def _memberships(rows: list[tuple[Any, ...]]) -> ComprisesColumns:
    if not rows:
        return ComprisesColumns([], [], [], [], [], [])
    return ComprisesColumns(*map(list, zip(*rows, strict=True)))


def _lines(
    tx: Work, seqs: Collection[int], known: int, among: Collection[int] | None = None
) -> LineColumns:
    nodes = None if among is None else [4 * no for no in among]
    return _line_columns(tx.rows("lines_of_events", seqs=sorted(seqs), known=known, among=nodes))


def _line_columns(rows: list[list[Any]]) -> LineColumns:
    if not rows:
        return LineColumns(*([] for _ in LineColumns._fields))
    columns = LineColumns(*map(list, zip(*rows, strict=True)))
    return columns._replace(item=[node >> 2 for node in columns.item])


def _in_chunks(
    tx: Work, name: str, starts: str, numbers: Collection[int], **values: int
) -> list[list[Any]]:
    """The rows of a statement that is run for some of its starting points at a time."""
    return [row for chunk in _chunks(numbers) for row in tx.rows(name, **{starts: chunk}, **values)]


def _of_lots(tx: Work, lots: set[int], cuts: dict[str, int]) -> list[list[Any]]:
    """Lines that name lots beside their serials: beside one that is, or was, said to be of it."""
    serials = {node for chunk in _chunks(lots) for node in tx.nodes("serials_ever_of", nodes=chunk)}
    rows = _in_chunks(tx, "lines_of_items", "nodes", serials - lots, **cuts)
    return [row for row in rows if row[6] and 4 * row[6] in lots]


def _chunks(numbers: Collection[int], size: int = _CHUNK) -> Iterator[list[int]]:
    ordered = sorted(numbers)
    return (ordered[first : first + size] for first in range(0, len(ordered), size))


def _items(tx: Work, numbers: Collection[int], known: int) -> dict[int, ItemRow]:
    rows = tx.rows("items", nodes=[4 * no for no in numbers])
    found = (_row_at(row, known) for row in rows)
    return {row.no: row for row in found if row is not None}


def records_of(row: Row, known: int) -> Records:
    """What names items, from a row of the statement `records`."""
    events = [event for event in row["events"] if event[0] <= known < event[9]]
    items = (_row_at(item, known) for item in row["items"])
    return Records(
        {item.no: item for item in items if item is not None},
        _memberships([(lot >> 2, no >> 2, *spell) for lot, no, *spell in row["members"]]),
        EventColumns.of(events),
        _line_columns(row["lines"]),
        {event[0]: event[11].encode() for event in events if event[11] is not None},
        SerialCounts.of([(node >> 2, *rest) for node, *rest in row["counts"]]),
    )


def met_at(
    homes: list[int], item: list[Any] | None, known: int
) -> tuple[list[int], ItemRow] | None:
    """What names were met as: under which numbers, and the item of the first; None for none."""
    row = None if item is None else _row_at(item, known)
    return None if row is None else (homes, row)


def _row_at(row: list[Any], known: int) -> ItemRow | None:
    """What an item was called at a cut; None where it was not an item then."""
    if row[7] is None:  # never renamed
        stands = row[1] is not None and row[5] <= known < row[6]
        return ItemRow(row[0] >> 2, *row[1:5]) if stands else None
    named = (r for r, rec, void in versions_of(row) if rec <= known < void)
    return next(named, None)


def _candidates(tx: Work, query: Search, known: int, after: int) -> Iterator[list[int]]:
    """Nodes of items that may match, ascending, some at a time."""
    if query.mentions:
        sets = [
            set(tx.nodes("items_mentioned", kind=kind, key=key, known=known))
            for kind, key in query.mentions
        ]
        named = sorted(node for node in set.intersection(*sets) if node > after)
        for first in range(0, len(named), _PAGE):
            yield named[first : first + _PAGE]
        return
    while True:
        values = {"after": after, "limit": _PAGE}
        if query.product is not None:
            nodes = tx.nodes("candidates_product", product=query.product, **values)
        elif query.text is not None:
            nodes = tx.nodes("candidates_text", text=folded(query.text), **values)
        else:
            nodes = tx.nodes("candidates_all", **values)
        if nodes:
            yield nodes
        if len(nodes) < _PAGE:
            return
        after = nodes[-1]


def _fits(row: ItemRow, query: Search) -> bool:
    text = None if query.text is None else folded(query.text)
    return (
        (query.product is None or row.product == query.product)
        and (query.kind is None or row.kind == query.kind)
        and (text is None or text in folded(row.number or "") or _in_key(text, row))
    )


def _in_key(text: str, row: ItemRow) -> bool:
    return (row.number is None or names_key(text)) and text in folded(row.key)


def _active(tx: Work, items: Collection[int], query: Search, known: int) -> set[int]:
    """Which of some items have a line within the window that is asked for."""
    if query.since is None and query.until is None:
        return set(items)
    window = {
        "since": -_NEVER if query.since is None else query.since.micros,
        "until": _NEVER if query.until is None else query.until.micros,
    }
    nodes = tx.nodes("active", nodes=[4 * no for no in items], known=known, **window)
    return {node >> 2 for node in nodes}
