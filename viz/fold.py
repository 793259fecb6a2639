"""Fold a genealogy until it can be read: a column has no more marks than its budget.

A column takes the finest level that fits: single items, else groups by kind and product, class,
month and lot, else without the lot, else without the month, else by kind and product, the smallest
products sharing one group. Then the smallest groups open while there is room. Seeds stay single.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2s
from itertools import pairwise
from types import MappingProxyType

from tracegraph.trace.answer import Edge, Genealogy, TracedEvent, TracedItem
from viz.rank import Ranks, ranks

BUDGET = 14
EVENT_BUDGET = 8
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class ItemMark:
    """One card: an item, or a group of items of one column.

    `path` is what the members of a group share, finest part last: kind, product, class, month, lot,
    or the first and last number of a stretch; OTHERS where they share nothing but the column.
    """

    id: str
    column: int
    path: tuple[str, ...]
    members: tuple[TracedItem, ...]
    seed: bool
    first_event: str

    @property
    def single(self) -> bool:
        """Whether it is an item rather than a group."""
        return len(self.members) == 1


@dataclass(frozen=True, slots=True)
class EventMark:
    """One square: an event or run, or several that lead from the same marks to the same marks."""

    id: str
    gap: int  # it stands between the columns `gap` and `gap + 1`
    nodes: tuple[str, ...]
    events: tuple[TracedEvent, ...]
    first_event: str

    @property
    def types(self) -> tuple[str, ...]:
        """The types of its events."""
        return tuple(sorted({event.type for event in self.events}))


@dataclass(frozen=True, slots=True)
class FoldedEdge:
    """All edges between two marks; amounts are summed for each unit."""

    source: str
    target: str
    kind: str
    lines: int
    amounts: tuple[tuple[str, Decimal], ...]
    unknown: bool  # whether some line has no quantity


@dataclass(frozen=True, slots=True)
class Column:
    """A column of items: how many steps from the seeds (negative: before them), and its total."""

    step: int
    items: int
    marks: tuple[ItemMark, ...]
    clipped: bool


@dataclass(frozen=True, slots=True)
class Folded:
    """A genealogy as marks and edges. `mark_of` names the mark of each item and event node."""

    columns: tuple[Column, ...]
    events: tuple[EventMark, ...]
    edges: tuple[FoldedEdge, ...]
    mark_of: dict[str, str]
    opened: tuple[ItemMark, ...]  # groups that show their members instead of themselves


def fold(
    genealogy: Genealogy,
    *,
    budget: int = BUDGET,
    opened: frozenset[str] = frozenset(),
    classes: Mapping[str, str] = MappingProxyType({}),
) -> Folded:
    """Fold a genealogy; the groups whose ids are `opened` show their members, as room allows.

    `classes` tell items apart by key, as colours do; what has none is of the class "".
    O((V + E) log V), in one pass over items and edges.
    """
    ranked = ranks(genealogy)
    lots = {edge.target: edge.source for edge in genealogy.edges if edge.kind == "comprises"}
    numbers = {item.key: item.number or item.key for item in genealogy.items}
    lot_of = {serial: numbers.get(lot, lot) for serial, lot in lots.items()}
    by_rank: dict[int, list[TracedItem]] = defaultdict(list)
    for item in genealogy.items:
        by_rank[ranked.items[item.key]].append(item)

    columns, expanded = [], []
    for at, rank in enumerate(sorted(by_rank)):
        folder = _Folder(at, rank // 2, budget, opened, lot_of, classes)
        marks = folder.marks(by_rank[rank])
        columns.append(Column(rank // 2, len(by_rank[rank]), marks, rank in ranked.clipped))
        expanded += folder.expanded
    mark_of = {
        item.key: mark.id for column in columns for mark in column.marks for item in mark.members
    }
    events = _fold_events(genealogy, ranked, sorted(by_rank), mark_of)
    mark_of |= {node: mark.id for mark in events for node in mark.nodes}
    edges = _fold_edges(genealogy.edges, mark_of)
    return Folded(tuple(columns), events, edges, mark_of, tuple(expanded))


@dataclass(slots=True)
class _Folder:
    """Folds the items of one column."""

    column: int
    step: int
    budget: int
    opened: frozenset[str]
    lot_of: dict[str, str]
    classes: Mapping[str, str]
    expanded: list[ItemMark] = field(default_factory=list)
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def marks(self, items: Sequence[TracedItem]) -> tuple[ItemMark, ...]:
        """No more than `budget` marks that hold all items, each once."""
        seeds = [item for item in items if item.direction == "seed"]
        rest = [item for item in items if item.direction != "seed"]
        room = self.budget - bool(rest)
        if len(seeds) > room:
            rest, seeds = list(items), []
        single = [self._single(item) for item in seeds]
        marks = single + self._partition(rest, self.budget - len(single), start=0)
        return tuple(sorted(self._open(marks), key=_by_time))

    def _path(self, item: TracedItem) -> tuple[str, ...]:
        path = self.paths.get(item.key)
        if path is None:
            month, lot = (item.first_event or "")[:7], self.lot_of.get(item.key, "")
            path = (item.kind, item.product or "", self.classes.get(item.key, ""), month, lot)
            self.paths[item.key] = path
        return path

    def _single(self, item: TracedItem) -> ItemMark:
        return self._mark((*self._path(item), item.key), [item])

    def _mark(self, path: tuple[str, ...], members: list[TracedItem]) -> ItemMark:
        name = "\x1f".join((str(self.step), *path))
        return ItemMark(
            id=blake2s(name.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest(),
            column=self.column,
            path=path,
            members=tuple(sorted(members, key=_by_number)),
            seed=any(member.direction == "seed" for member in members),
            first_event=min((m.first_event for m in members if m.first_event), default="~"),
        )

    def _groups(self, items: Sequence[TracedItem], parts: int) -> list[ItemMark]:
        groups: dict[tuple[str, ...], list[TracedItem]] = defaultdict(list)
        for item in items:
            groups[self._path(item)[:parts]].append(item)
        return [
            self._single(members[0]) if len(members) == 1 else self._mark(path, members)
            for path, members in groups.items()
        ]

    def _partition(self, items: Sequence[TracedItem], room: int, start: int) -> list[ItemMark]:
        """At most `room` marks of `items`; groups share more than the first `start` parts."""
        if len(items) <= room:
            return [self._single(item) for item in items]
        for parts in (5, 4, 3, 2):
            if parts <= start:
                break
            groups = self._groups(items, parts)
            if bool(start) < len(groups) <= room:
                return self._fill(groups, room)
        if start < 2:
            return self._gather(self._groups(items, 2), room)
        return self._stretches(items, room)

    def _fill(self, marks: list[ItemMark], room: int) -> list[ItemMark]:
        """Open the smallest groups while there is room."""
        for mark in sorted(marks, key=lambda mark: (len(mark.members), mark.path)):
            if mark.single:
                continue
            if len(marks) - 1 + len(mark.members) > room:
                break
            marks.remove(mark)
            marks += [self._single(item) for item in mark.members]
        return marks

    def _gather(
        self, marks: list[ItemMark], room: int, first: frozenset[str] = frozenset()
    ) -> list[ItemMark]:
        """Let the smallest groups share one, so that at most `room` are left; `first` go last."""
        if len(marks) <= room:
            return marks
        ordered = sorted(marks, key=lambda m: (m.id not in first, -len(m.members), m.path))
        kept, gathered = ordered[: room - 1], ordered[room - 1 :]
        members = [item for mark in gathered for item in mark.members]
        return [*kept, self._mark((OTHERS,), members)]

    def _stretches(self, items: Sequence[TracedItem], room: int) -> list[ItemMark]:
        """Cut what shares everything into stretches by number."""
        ordered = sorted(items, key=_by_number)
        cuts = [len(ordered) * n // room for n in range(room + 1)]
        pieces = [ordered[a:b] for a, b in pairwise(cuts) if a < b]
        return [
            self._single(piece[0])
            if len(piece) == 1
            else self._mark((*self._path(piece[0]), piece[0].key, piece[-1].key), piece)
            for piece in pieces
        ]

    def _open(self, marks: list[ItemMark]) -> list[ItemMark]:
        """Replace opened groups by what is in them; other groups make room for them."""
        inner: frozenset[str] = frozenset()  # what came out of opened groups
        while True:
            closed = self.opened - {mark.id for mark in self.expanded}
            group = next((m for m in marks if m.id in closed and not m.single), None)
            if group is None:
                return marks
            seeds = [mark for mark in marks if mark.seed and mark is not group]
            others = [mark for mark in marks if not mark.seed and mark is not group]
            free = self.budget - len(seeds) - len(others)
            most = min(len(group.members), self.budget - len(seeds) - bool(others))
            if most < 2:
                return marks
            room = max(free, min(most, self.budget // 2))
            others = self._gather(others, self.budget - len(seeds) - room, inner)
            start = 0 if group.path == (OTHERS,) else min(len(group.path), 5)
            inside = self._partition(group.members, room, start)
            inner |= {mark.id for mark in inside}
            self.expanded.append(group)
            marks = [*seeds, *others, *inside]


def _by_time(mark: ItemMark) -> tuple[str, str, str, tuple[str, str]]:
    first = mark.members[0]
    return (mark.first_event, first.kind, first.product or "", _by_number(first))


def _by_number(item: TracedItem) -> tuple[str, str]:
    return (item.number or "", item.key)


def _fold_events(
    genealogy: Genealogy, ranked: Ranks, item_ranks: list[int], mark_of: dict[str, str]
) -> tuple[EventMark, ...]:
    """Events by type and the marks they lead from and to, coarser in a gap that overflows."""
    by_node: dict[str, list[TracedEvent]] = defaultdict(list)
    for event in genealogy.events:
        by_node[event.node].append(event)
    sources: dict[str, set[str]] = defaultdict(set)
    targets: dict[str, set[str]] = defaultdict(set)
    for edge in genealogy.edges:
        if edge.kind == "input" and edge.source in mark_of:
            sources[edge.target].add(mark_of[edge.source])
        elif edge.kind == "output" and edge.target in mark_of:
            targets[edge.source].add(mark_of[edge.target])
    by_gap: dict[int, list[str]] = defaultdict(list)
    for node in by_node:
        if sources[node] or targets[node]:
            gap = sum(rank < ranked.events[node] for rank in item_ranks) - 1
            by_gap[gap].append(node)

    def types(node: str) -> tuple[str, ...]:
        return tuple(sorted({event.type for event in by_node[node]}))

    levels: tuple[Callable[[str], tuple[object, ...]], ...] = (
        lambda node: (types(node), sorted(sources[node]), sorted(targets[node])),
        lambda node: (types(node), sorted(targets[node])),
        lambda node: (types(node), len(targets[node]) > 0, len(sources[node]) > 0),
        lambda node: (types(node)[0],),
        lambda node: (),
    )
    marks = []
    for gap in sorted(by_gap):
        groups: dict[str, list[str]] = {}
        for level in levels:
            groups = defaultdict(list)
            for node in by_gap[gap]:
                groups[repr(level(node))].append(node)
            if len(groups) <= EVENT_BUDGET:
                break
        for key, nodes in groups.items():
            events = tuple(event for node in nodes for event in by_node[node])
            name = f"{gap}\x1f{key}".encode("utf-8", "surrogatepass")
            marks.append(
                EventMark(
                    id="e" + blake2s(name, digest_size=6).hexdigest(),
                    gap=gap,
                    nodes=tuple(nodes),
                    events=events,
                    first_event=min(event.started_at for event in events),
                )
            )
    return tuple(marks)


@dataclass(slots=True)
class _Sum:
    lines: int = 0
    unknown: bool = False
    amounts: dict[str, Decimal] = field(default_factory=dict)


def _fold_edges(edges: Iterable[Edge], mark_of: dict[str, str]) -> tuple[FoldedEdge, ...]:
    sums: dict[tuple[str, str, str], _Sum] = {}
    for edge in edges:
        source, target = mark_of.get(edge.source), mark_of.get(edge.target)
        if source is None or target is None or source == target:
            continue
        total = sums.setdefault((source, target, edge.kind), _Sum())
        total.lines += 1
        if edge.quantity is None:
            total.unknown = True
        else:
            unit = edge.unit or ""
            total.amounts[unit] = total.amounts.get(unit, Decimal()) + Decimal(edge.quantity)
    return tuple(
        FoldedEdge(source, target, kind, total.lines, tuple(total.amounts.items()),
                   total.unknown)
        for (source, target, kind), total in sums.items()
    )  # fmt: skip
