"""Suspects: what upstream of complaints explains them best (domain, "Common cause").

A suspect is an item, or a supplier, piece of equipment, place, operator, process event or
certificate that items upstream came from, went through or carry. Each is judged by how many of
the comparable items that descend from it complained; docs/suspects.md says what is compared and
how suspects are ranked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from math import log
from typing import Any, NamedTuple

import orjson

from tracegraph.model.event import MAKES
from tracegraph.model.instant import Instant
from tracegraph.recall.answer import Suspect, Suspects
from tracegraph.recall.complaints import Named, comparable, named, require_apart
from tracegraph.recall.evidence import Table, p_values, shown, smallest_cover
from tracegraph.recall.exposure import Descent, Touch, Web, depths, weave
from tracegraph.recall.master import Master
from tracegraph.recall.material import ScopeTooLarge
from tracegraph.store.collecting import uncollected
from tracegraph.store.columns import EventColumns
from tracegraph.store.port import GraphStore, Subgraph
from tracegraph.store.projection.rows import Flow, ItemRow
from tracegraph.trace.answer import event_key

UNLIKELY = 0.05
UNEXPLAINED = 20  # that a suspect names, so that an answer stays bounded

# What makes or treats items, receives them, or brings them from place to place in our hands.
_HANDLES = MAKES | {"receipt", "move", "pack", "unpack", "shipment", "delivery"}
# What befalls an item after these is a consequence of a complaint rather than its cause.
_LEAVES = frozenset({"use", "return", "complaint"})

# Ties between suspects that the records cannot tell apart, and what has a window.
KINDS = ("item", "equipment", "event", "supplier", "operator", "place", "certificate")
_LASTING = frozenset({"equipment", "supplier", "operator", "place"})
_NOT_COUNTED = Table(0, 0, 0, 0)
_WIDTH = 4096  # bits of population that go through the web at once; bounds memory


def suspects(
    store: GraphStore,
    complaints: Sequence[str],
    controls: Sequence[str],
    master: Master,
    *,
    known: int,
    as_of: Instant | None,
    clock_tolerance: str,
    budget: int,
    limit: int,
) -> Suspects:
    """What best explains complaints. Raises UnknownItem, UnknownEvent, AmbiguousItem, Refused,
    and ScopeTooLarge.

    A fixed number of bulk reads beside one look-up for each name. O(E log E + V * N / 4096) for a
    closure of V nodes and E edges and N comparable items with a past of their own (items with
    the same past count as one).
    """
    bad = named(store, complaints, "complaints", known, as_of)
    good = named(store, controls, "controls", known, as_of)
    require_apart(bad, good)
    population = comparable(store, bad, good, known, budget) | good.rows | bad.rows
    with uncollected():
        tolerance = Decimal(clock_tolerance)
        inquiry = _Inquiry.read(store, master, bad, population, known, as_of, tolerance, budget)
        if not controls:
            inquiry.keep_met(bad.rows.keys())
        ranked = inquiry.ranked()
    chosen, left, greedy = _cover(ranked, inquiry.complaints)
    return Suspects(
        tuple(row.key for row in inquiry.complaints),
        tuple(sorted(row.key for row in good.rows.values())),
        None if as_of is None else str(as_of),
        known,
        clock_tolerance,
        len(inquiry.population),
        tuple(each.told(inquiry) for each in ranked[:limit]),
        tuple(each.told(inquiry) for each in chosen),
        left,
        _note(bad, good, inquiry, ranked, greedy=greedy, limit=limit),
    )


# -- what is known


class Source(NamedTuple):
    """A node of the web that something was done at: a hub, or an event that only touches."""

    node: int
    start: Instant
    end: Instant


@dataclass(slots=True)
class Candidate:
    """Something upstream of a complaint, and what of the web is its doing.

    `whole` is that of which a window is one.
    """

    kind: str
    key: str
    name: str | None
    nodes: tuple[int, ...]
    depth: int
    explained: int  # bit mask of complaints
    since: Instant | None = None
    until: Instant | None = None
    whole: Candidate | None = None
    own: int | None = None  # the item of it, where that is one of the population
    table: Table = _NOT_COUNTED
    p: float = 1.0

    @property
    def choice(self) -> float:
        """By how much choosing the window after the fact makes it look better, 1 for no window.

        It was drawn around k complaints. Had these fallen anywhere among what descends from the
        whole, the chance of a window that holds no more than a share r of that is that of the
        range of k uniform draws, k r^(k-1) - (k-1) r^k, where p takes it for r^k.
        """
        if self.whole is None:
            return 1.0
        share = self.table.exposed / self.whole.table.exposed
        return self.table.explained / share - (self.table.explained - 1)

    @property
    def chance(self) -> float:
        """The p of it, with the choice of its window."""
        return min(1.0, self.p * self.choice)

    @property
    def weight(self) -> float:
        """How well it explains the complaints, with the choice of its window."""
        return max(0.0, self.table.likelihood - log(self.choice))

    def told(self, inquiry: _Inquiry) -> Suspect:
        """The candidate as the answer shows it."""
        table = self.table
        return Suspect(
            self.kind,
            self.key,
            self.name,
            table.explained,
            len(inquiry.complaints),
            table.exposed,
            table.explained,
            shown(table.odds_ratio),
            shown(self.p),
            None if self.since is None else str(self.since),
            None if self.until is None else str(self.until),
            tuple(islice(inquiry.left_by(self), UNEXPLAINED)),
        )


@dataclass(slots=True)
class _Inquiry:
    """Complaints among a population, with everything upstream of it."""

    master: Master
    complaints: list[ItemRow]
    population: set[int]
    graph: Subgraph
    met: set[int]
    web: Web
    sources: dict[int, Source] = field(default_factory=dict)  # by node
    doers: dict[tuple[str, str], set[int]] = field(default_factory=dict)  # kind, key -> nodes
    types: dict[str, str] = field(default_factory=dict)  # event key -> type

    @classmethod
    def read(
        cls,
        store: GraphStore,
        master: Master,
        bad: Named,
        population: dict[int, ItemRow],
        known: int,
        as_of: Instant | None,
        tolerance: Decimal,
        budget: int,
    ) -> _Inquiry:
        """Read what is upstream of a population, once."""
        graph = store.subgraph(
            list(population), "backward", known=known, as_of=as_of, max_depth=None, budget=budget
        )
        if graph.complete_depth is not None:
            raise ScopeTooLarge(budget)
        reached = set(graph.reached)
        events, lines = store.lines_of_items(reached, known=known, as_of=as_of)
        happened = _Happened(as_of)
        happened.add(graph.events)
        happened.add(events)
        touched: defaultdict[int, set[int]] = defaultdict(set)
        met, gives = set(), set()
        for seq, item, flow in zip(
            (*lines.seq, *graph.lines.seq),
            (*lines.item, *graph.lines.item),
            (*lines.flow, *graph.lines.flow),
            strict=True,
        ):
            if seq in happened.events:
                touched[seq].add(item)
                met.add(item)
                if flow == Flow.OUT:
                    gives.add(seq)
        touches, until = happened.split(touched, gives, reached)
        web = weave(graph, touches, population.keys() & reached, until, as_of, tolerance)
        complaints = sorted(bad.rows.values(), key=lambda row: row.key)
        found = cls(master, complaints, set(population), graph, met, web)
        found._attribute(store, happened)
        return found

    def keep_met(self, always: Iterable[int]) -> None:
        """Leave out of the population what no standing record names at the cut."""
        self.population &= self.met.union(always)
        for item in self.web.ends.keys() - self.population:
            del self.web.ends[item]

    def left_by(self, suspect: Candidate) -> Iterator[str]:
        """The complaints that a suspect does not explain, by key."""
        return (
            row.key
            for place, row in enumerate(self.complaints)
            if not suspect.explained >> place & 1
        )

    def _attribute(self, store: GraphStore, happened: _Happened) -> None:
        """Who did what, with what and where: read from what was sent."""
        web = self.web
        wanted = {
            seq
            for seq, event in happened.events.items()
            if event.hub in web.hubs or seq in web.touches
        }
        bodies = store.bodies(wanted)
        for seq in sorted(wanted):
            event, sent = happened.events[seq], orjson.loads(bodies[seq])
            if event.hub in web.hubs:
                key = event.key if event.hub > 0 else self.graph.runs[-event.hub]
                node = web.hubs[event.hub]
            else:
                key, node = event.key, web.touches[seq]
            before = self.sources.get(node, Source(node, event.start, event.end))
            self.sources[node] = Source(
                node, min(before.start, event.start), max(before.end, event.end)
            )
            if event.type in MAKES:
                self.types.setdefault(key, event.type)
                self.doers.setdefault(("event", key), set()).add(node)
            for doer in _doers(event, sent):
                self.doers.setdefault(doer, set()).add(node)

    # -- judging

    def ranked(self) -> list[Candidate]:
        """Every suspect, the most telling first."""
        web = self.web
        bits = {row.no: 1 << place for place, row in enumerate(self.complaints)}
        ends = {web.ends[item] for item in web.ends}
        descent = Descent.of(web, sorted(ends))
        starts = [(web.ends[no], bit) for no, bit in bits.items() if no in web.ends]
        masks = descent.descendants(starts)
        found = list(self._candidates(descent, masks, bits, [node for node, _ in starts]))
        self._count(descent, found, bits)
        p = p_values(each.table for each in found)
        for each in found:
            each.p = p[each.table]
        least = min(2, len(self.complaints))
        return sorted(found, key=lambda each: _rank(each, least))

    def _candidates(
        self, descent: Descent, masks: list[int], bits: dict[int, int], starts: list[int]
    ) -> Iterator[Candidate]:
        """What complaints descend from, each with the complaints it explains."""
        web, rows = self.web, self.graph.items
        depth = depths(web, starts)

        def explained(nodes: Iterable[int]) -> int:
            found = 0
            for node in nodes:
                place = descent.rank[node]
                found |= 0 if place is None else masks[place]
            return found

        for item, node in web.items.items():
            mask = explained((node,)) & ~bits.get(item, 0)
            if mask:
                row = rows[item]
                own = item if item in web.ends and item not in bits else None
                yield Candidate("item", row.key, _called(row), (node,), depth[node], mask, own=own)
        for (kind, key), at in self.doers.items():
            nodes = tuple(sorted(at))
            mask = explained(nodes)
            if mask:
                yield from self._lasting(kind, key, nodes, mask, depth, explained)

    def _lasting(
        self,
        kind: str,
        key: str,
        nodes: tuple[int, ...],
        mask: int,
        depth: dict[int, int],
        explained: Callable[[Iterable[int]], int],
    ) -> Iterator[Candidate]:
        """Something that was at work, and where it lasts also its window around the complaints."""
        guilty = [self.sources[node] for node in nodes if explained((node,))]
        since, until = min(s.start for s in guilty), max(s.end for s in guilty)
        reach = min(depth[source.node] for source in guilty)
        name = self._name(kind, key)
        if kind == "event":
            yield Candidate(kind, key, name, nodes, reach, mask, since, until)
            return
        whole = Candidate(kind, key, name, nodes, reach, mask)
        yield whole
        inside = tuple(
            node
            for node in nodes
            if self.sources[node].start <= until and since <= self.sources[node].end
        )
        # Around a single complaint a window is an event, or an item, which is listed as itself.
        if kind in _LASTING and len(inside) < len(nodes) and mask.bit_count() > 1:
            yield Candidate(kind, key, name, inside, reach, mask, since, until, whole)

    def _name(self, kind: str, key: str) -> str | None:
        if kind == "event":
            return self.types[key]
        record = {"supplier": "party", "equipment": "equipment", "place": "place"}.get(kind)
        found = self.master.latest(record, key) if record else None
        return None if found is None else found.get("name")

    def _count(self, descent: Descent, found: list[Candidate], bits: dict[int, int]) -> None:
        """Fill in each candidate's table: how many comparable items descend from it."""
        web = self.web
        classes: defaultdict[int, int] = defaultdict(int)
        for item, end in web.ends.items():
            if item not in bits:
                classes[end] += 1
        ends = sorted(classes)
        exposed = [each.explained.bit_count() for each in found]
        for begin in range(0, len(ends), _WIDTH):
            part = ends[begin : begin + _WIDTH]
            masks = descent.descendants((end, 1 << place) for place, end in enumerate(part))
            weigh = _Scale([classes[end] for end in part])
            bit_of = {end: 1 << place for place, end in enumerate(part)}
            for index, each in enumerate(found):
                mask = 0
                for node in each.nodes:
                    place = descent.rank[node]
                    mask |= 0 if place is None else masks[place]
                exposed[index] += weigh(mask)
                # An item that comes back to itself is not its own descendant.
                if each.own is not None and mask & bit_of.get(web.ends[each.own], 0):
                    exposed[index] -= 1
        for each, number in zip(found, exposed, strict=True):
            explained = each.explained.bit_count()
            each.table = Table(explained, number, len(self.complaints), len(self.population))


def _called(row: ItemRow) -> str | None:
    return f"{row.product} {row.number}" if row.product and row.number else None


def _doers(event: _Event, sent: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Who and what had a hand in an event."""
    if event.type == "certificate":
        yield "certificate", sent.get("number") or event.key
        return
    if event.type == "receipt" and sent.get("party"):
        yield "supplier", sent["party"]
    for machine in sent.get("equipment") or ():
        yield "equipment", machine
    for place in (sent.get("place"), sent.get("to")):
        if place:
            yield "place", place
    if sent.get("actor"):
        yield "operator", sent["actor"]


class _Event(NamedTuple):
    seq: int
    source: str
    id: str
    type: str
    start: Instant
    end: Instant
    hub: int

    @property
    def key(self) -> str:
        return event_key(self.source, self.id)


class _Happened:
    """Events by seq, none of them after the cut."""

    def __init__(self, as_of: Instant | None) -> None:
        self.events: dict[int, _Event] = {}
        self._as_of = as_of

    def add(self, columns: EventColumns) -> None:
        for row in map(_Event._make, zip(*columns, strict=True)):
            if self._as_of is None or row.end <= self._as_of:
                self.events.setdefault(row.seq, row)

    def split(
        self, touched: dict[int, set[int]], gives: set[int], reached: set[int]
    ) -> tuple[list[Touch], dict[int, Instant]]:
        """Events that do something to items and make nothing, and when items left our hands."""
        makers = {self.events[seq].hub for seq in gives}
        until: dict[int, Instant] = {}
        for seq, items in touched.items():
            event = self.events[seq]
            if event.type in _LEAVES:
                for item in items:
                    until[item] = min(event.end, until.get(item, event.end))
        touches: list[Touch] = []
        for seq in sorted(touched):
            event, items = self.events[seq], touched[seq] & reached
            if event.type == "certificate":
                # A paper is of its items whenever it was filed, but for what followed a complaint.
                items = {i for i in items if i not in until or event.end <= until[i]}
                touches.append(Touch(seq, None, tuple(sorted(items))))
            elif event.hub not in makers and _touches(event.type):
                touches.append(Touch(seq, event.start, tuple(sorted(items))))
        return touches, until


def _touches(type_: str) -> bool:
    return type_ in _HANDLES and (type_ == "process" or type_ not in MAKES)


class _Scale:
    """Weighs a bit mask: the sum of the weights of its bits."""

    def __init__(self, weights: list[int]) -> None:
        import numpy as np

        self._np = np
        self._weights = np.array(weights, dtype=np.int64)
        self._length = -(-len(weights) // 8)
        self._known: dict[int, int] = {0: 0}

    def __call__(self, mask: int) -> int:
        if mask not in self._known:
            octets = self._np.frombuffer(mask.to_bytes(self._length, "little"), self._np.uint8)
            bits = self._np.unpackbits(octets, bitorder="little")[: len(self._weights)]
            self._known[mask] = int(self._weights @ bits)
        return self._known[mask]


# -- what is told


def _rank(each: Candidate, least: int) -> tuple[Any, ...]:
    """The place of a suspect (docs/suspects.md, "Rank")."""
    table = each.table
    return (
        table.explained < least,
        -each.weight,
        -table.explained,
        table.exposed,
        each.since is not None,
        -each.depth,
        KINDS.index(each.kind),
        each.key,
    )


def _cover(
    ranked: Sequence[Candidate], complaints: Sequence[ItemRow]
) -> tuple[list[Candidate], tuple[str, ...], bool]:
    """The fewest suspects that explain all complaints, which they leave, and whether greedily.

    Chosen among what chance would hardly do; what that leaves, among the rest that is above
    chance.
    """
    left = (1 << len(complaints)) - 1
    chosen: list[int] = []
    least = True
    telling = [each.chance <= UNLIKELY for each in ranked]
    above = [(ratio := each.table.odds_ratio) is None or ratio > 1 for each in ranked]
    for tier in (telling, above):
        sets = [each.explained if tier[n] else 0 for n, each in enumerate(ranked)]
        cover = smallest_cover(sets, left)
        least = least and cover.least
        for index in cover.chosen:
            chosen.append(index)
            left &= ~ranked[index].explained
    keys = (row.key for place, row in enumerate(complaints) if left >> place & 1)
    return [ranked[index] for index in sorted(chosen)], tuple(keys), not least


def _note(
    bad: Named,
    good: Named,
    inquiry: _Inquiry,
    ranked: Sequence[Candidate],
    *,
    greedy: bool,
    limit: int,
) -> str | None:
    said = []
    late = sorted({*bad.late, *good.late})
    if late:
        said.append("Not yet met at this cut: " + ", ".join(late) + ".")
    total = len(inquiry.complaints)
    nameless = [row.key for row in inquiry.complaints if row.product is None]
    if nameless and not good.rows:
        said.append(f"{nameless[0]} has no product to be compared with; name controls.")
    if total and len(inquiry.population) == total:
        said.append("There is no comparable item free of complaint, so nothing can stand out.")
    elif total and not ranked:
        said.append("Nothing is recorded upstream of the complaints.")
    elif total > 1 and ranked and ranked[0].table.explained < 2:
        said.append("No common cause: nothing upstream is shared by two complaints.")
    elif ranked and ranked[0].chance > UNLIKELY:
        said.append(f"Nothing stands out: chance alone does as well with p = {shown(ranked[0].p)}.")
    if len(ranked) > limit:
        said.append(f"{limit} of {len(ranked)} suspects are shown.")
    if greedy:
        said.append("The cover was found greedily; fewer suspects might do.")
    return " ".join(said) or None
