"""Questions about a recall, as methods of the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

import orjson

from tracegraph.model.instant import Instant
from tracegraph.recall import snapshot
from tracegraph.recall.answer import (
    Gap,
    GateRefusal,
    GateVerdict,
    Position,
    Positions,
    Scope,
    ScopeDiff,
    Snapshot,
    Suspects,
    Why,
)
from tracegraph.recall.asking import read_gate, read_query
from tracegraph.recall.bodies import LargeBodies
from tracegraph.recall.complaints import require_complaints
from tracegraph.recall.concerns import ConcernData
from tracegraph.recall.diff import diff
from tracegraph.recall.extent import Extent, extent
from tracegraph.recall.gate import GateItem, Purpose, gate
from tracegraph.recall.holdings import holdings, positions_of, read_subject
from tracegraph.recall.master import MasterData
from tracegraph.recall.membership import Kept, OpenCases, work_out
from tracegraph.recall.origins import Origins, origins
from tracegraph.recall.query import ScopeQuery, ScopeSeed
from tracegraph.recall.reading import read_scope
from tracegraph.recall.scope import scope
from tracegraph.recall.shortfalls import shortfalls
from tracegraph.recall.snapshot import UnknownSnapshot
from tracegraph.recall.streams import ItemFlow, item_flow
from tracegraph.recall.suspects import suspects
from tracegraph.recall.tally import AT_ONCE
from tracegraph.recall.why import why
from tracegraph.store.batches import batches
from tracegraph.store.port import GraphStore
from tracegraph.trace.answer import Direction
from tracegraph.trace.genealogy import read_ways
from tracegraph.trace.instants import read_cut, read_instant, read_seconds, require_range
from tracegraph.trace.lookup import likely_names

AnySeeds = str | ScopeSeed | Sequence[str | ScopeSeed]
Cut = int | str | None
WorkOut = Callable[[Sequence[Snapshot], int], Kept]


class RecallQuestions:
    """The recall half of `Tracegraph`."""

    store: GraphStore

    @cached_property
    def _masters(self) -> MasterData:
        return MasterData(self.store)

    @cached_property
    def _concerns(self) -> ConcernData:
        return ConcernData(self.store)

    @cached_property
    def _bodies(self) -> LargeBodies:
        return LargeBodies()

    @cached_property
    def _cases(self) -> OpenCases:
        return OpenCases(self.store)

    def scope(
        self,
        seeds: AnySeeds,
        *,
        exclude: AnySeeds = (),
        as_of: str | None = None,
        known_at: Cut = None,
        clock_tolerance: str = "0",
        transit_days: int = 30,
        budget: int = 1_000_000,
    ) -> Scope:
        """What is affected, how surely, where it is, who has it, and what is missing.

        A seed is a text that names an item, or a `ScopeSeed`. Never cut short: raises
        ScopeTooLarge when more than `budget` items are reached. Raises UnknownItem,
        UnknownEvent, AmbiguousItem, and Refused for a seed that is none.
        """
        query = read_query(
            seeds,
            exclude,
            clock_tolerance=clock_tolerance,
            transit_days=transit_days,
            budget=budget,
        )
        return self.ask(query, as_of=as_of, known_at=known_at)

    def ask(self, query: ScopeQuery, *, as_of: str | None = None, known_at: Cut = None) -> Scope:
        """The scope that a query has at a cut."""
        known = read_cut(self.store, known_at)
        return scope(
            self.store,
            query,
            self._masters.at(known),
            known=known,
            as_of=read_instant(as_of, "as_of"),
            tolerance=read_seconds(query.clock_tolerance, "clock_tolerance"),
        )

    def extent(
        self, query: ScopeQuery, *, as_of: str | None = None, known_at: Cut = None
    ) -> Extent | None:
        """How many items, of what kinds and products, the scope of a query can hold at most.

        As quick as the bare closure; None where it reaches more than the query's budget.
        """
        known = read_cut(self.store, known_at)
        instant = read_instant(as_of, "as_of")
        return extent(self.store, query, self._masters.at(known), known=known, as_of=instant)

    def explain(
        self,
        seeds: AnySeeds,
        item: str,
        *,
        exclude: AnySeeds = (),
        as_of: str | None = None,
        known_at: Cut = None,
        clock_tolerance: str = "0",
        transit_days: int = 30,
        budget: int = 1_000_000,
    ) -> Why:
        """Why an item is in the scope of seeds, or why it is out."""
        query = read_query(
            seeds,
            exclude,
            clock_tolerance=clock_tolerance,
            transit_days=transit_days,
            budget=budget,
        )
        known = read_cut(self.store, known_at)
        return why(
            self.store,
            query,
            item,
            self._masters.at(known),
            known=known,
            as_of=read_instant(as_of, "as_of"),
            tolerance=read_seconds(clock_tolerance, "clock_tolerance"),
        )

    def origins(
        self,
        item: str,
        *,
        as_of: str | None = None,
        known_at: Cut = None,
        clock_tolerance: str = "0",
        budget: int = 10_000,
    ) -> Origins:
        """Of what is upstream of an item, what it surely holds units of, and what perhaps."""
        require_range("budget", budget, 1, 1_000_000)
        known = read_cut(self.store, known_at)
        return origins(
            self.store,
            item,
            self._masters.at(known),
            known=known,
            as_of=read_instant(as_of, "as_of"),
            tolerance=read_seconds(clock_tolerance, "clock_tolerance"),
            budget=budget,
        )

    def gaps(
        self,
        item: str,
        *,
        direction: Direction = "backward",
        as_of: str | None = None,
        known_at: Cut = None,
        budget: int = 10_000,
    ) -> tuple[Gap, ...]:
        """What the records do not say of an item, and of what it came from or went into.

        The rules are those of a scope's gaps. Raises UnknownItem, AmbiguousItem, ScopeTooLarge,
        and Refused.
        """
        require_range("budget", budget, 1, 1_000_000)
        known = read_cut(self.store, known_at)
        return shortfalls(
            self.store,
            item,
            read_ways(direction),
            self._masters.at(known),
            known=known,
            as_of=read_instant(as_of, "as_of"),
            budget=budget,
        )

    def positions(
        self,
        item: str | None = None,
        *,
        product: str | None = None,
        place: str | None = None,
        party: str | None = None,
        order: str | None = None,
        as_of: str | None = None,
        known_at: Cut = None,
    ) -> Positions:
        """Where the units of an item, product, place, party or order are, and in what state.

        A place stands for what is inside it, too.
        """
        subject = read_subject(item=item, product=product, place=place, party=party, order=order)
        known = read_cut(self.store, known_at)
        return holdings(
            self.store,
            subject,
            self._masters.at(known),
            known=known,
            as_of=read_instant(as_of, "as_of"),
        )

    def positions_of(
        self, items: Iterable[str], *, as_of: str | None = None, known_at: Cut = None
    ) -> tuple[Position, ...]:
        """Where the units of many items are, given by their keys, read together."""
        known = read_cut(self.store, known_at)
        cut = read_instant(as_of, "as_of")
        return tuple(
            positions_of(self.store, items, self._masters.at(known), known=known, as_of=cut)
        )

    def flow(
        self,
        item: str,
        *,
        as_of: str | None = None,
        known_at: Cut = None,
        transit_days: int = 30,
    ) -> ItemFlow:
        """Where an item's units came from, and where they are or went, in its own unit.

        Both sides come to the same, and each of their kinds to its term of the mass balance.
        Goods under way for more than `transit_days` are unaccounted for. Raises UnknownItem,
        AmbiguousItem, and Refused. A fixed number of bulk reads; see `recall.streams`.
        """
        require_range("transit_days", transit_days, 0, 36_500)
        known = read_cut(self.store, known_at)
        return item_flow(
            self.store,
            item,
            self._masters.at(known),
            known=known,
            as_of=read_instant(as_of, "as_of"),
            transit_days=transit_days,
        )

    def suspects(
        self,
        complaints: str | Sequence[str],
        *,
        controls: str | Sequence[str] = (),
        as_of: str | None = None,
        known_at: Cut = None,
        clock_tolerance: str = "0",
        limit: int = 50,
        budget: int = 1_000_000,
    ) -> Suspects:
        """What upstream of complaints explains them best: the seed of a scope, in all likelihood.

        A complaint is a text that names an item, an event ("source/id" or its key: its items) or
        the number of a complaint; so is a control. Without controls all items of the complaints'
        products are compared. Raises UnknownItem, AmbiguousItem, ScopeTooLarge, and Refused.
        """
        bad = [complaints] if isinstance(complaints, str) else list(complaints)
        good = [controls] if isinstance(controls, str) else list(controls)
        require_complaints(bad, good)
        read_seconds(clock_tolerance, "clock_tolerance")
        require_range("limit", limit, 1, 10_000)
        require_range("budget", budget, 1, 10_000_000)
        known = read_cut(self.store, known_at)
        return suspects(
            self.store,
            bad,
            good,
            self._masters.at(known),
            known=known,
            as_of=read_instant(as_of, "as_of"),
            clock_tolerance=clock_tolerance,
            budget=budget,
            limit=limit,
        )

    # -- snapshots

    def save_scope(
        self,
        scope: Scope,
        *,
        name: str | None = None,
        status: Literal["open", "closed"] | None = None,
    ) -> Snapshot:
        """Store a scope, immutable, by its hash. An open one is a case that the gate enforces.

        Without a `status` a new one is open, and one that is stored already stays as it is.
        """
        if status is None:
            status = self._status(scope.hash) or "open"
        return snapshot.save(self.store, scope, name=name, status=status)

    def _status(self, id: str) -> Literal["open", "closed"] | None:
        try:
            return self.snapshot(id).status
        except UnknownSnapshot:
            return None

    def snapshots(self) -> tuple[Snapshot, ...]:
        """All snapshots, the newest first."""
        return tuple(snapshot.snapshots(self.store))

    def snapshot(self, id: str) -> Snapshot:
        """A snapshot by its hash, or the first eight or more digits. Raises UnknownSnapshot."""
        return snapshot.find(self.store, id).snapshot

    def snapshot_content(self, id: str) -> dict[str, Any]:
        """What a snapshot says, as JSON, checked against its hash."""
        return snapshot.content(self.store, self.snapshot(id))

    def stored_scope(self, id: str) -> Scope:
        """What a snapshot says, as a value, checked against its hash."""
        return read_scope(self.snapshot_content(id))

    def set_case(self, id: str, status: Literal["open", "closed"]) -> Snapshot:
        """Open or close a snapshot as a case."""
        return snapshot.set_status(self.store, id, status)

    def name_case(self, id: str, name: str) -> Snapshot:
        """Give a snapshot another name."""
        found = self.snapshot(id)
        return snapshot.save(self.store, self.stored_scope(id), name=name, status=found.status)

    def recompute(self, id: str) -> Scope:
        """The scope that a snapshot's query has at its cuts; its hash must be the snapshot's."""
        found = self.snapshot(id)
        return self.ask(found.query, as_of=found.as_of, known_at=found.known_at)

    def review(self, id: str) -> Snapshot:
        """Compare an open snapshot with what its query gives now, and flag it if that differs.

        The newer answer is stored beside it, closed, under the hash that `flag` then holds;
        `diff` of the two says what changed. Costs nothing while nothing was published since.
        """
        stored = snapshot.find(self.store, id)
        now = self.store.published().seq
        if stored.snapshot.status != "open" or stored.checked >= now:
            return stored.snapshot
        before = snapshot.content(self.store, stored.snapshot)
        fresh = self.ask(stored.snapshot.query, as_of=stored.snapshot.as_of)
        changes = diff(self.store, before, orjson.loads(orjson.dumps(fresh))).changes
        newer = None
        if changes:
            newer = fresh.hash
            # One that is stored already may be a case of its own: it keeps its name and status.
            if self._status(newer) is None:
                snapshot.save(self.store, fresh, name=stored.snapshot.name, status="closed")
        return snapshot.flag(self.store, stored, newer, now)

    def diff(self, before: str, after: str | None = None) -> ScopeDiff:
        """What changed from one snapshot to another, or (None) to what its query gives now."""
        first = self.snapshot(before)
        old = snapshot.content(self.store, first)
        if after is not None:
            return diff(self.store, old, self.snapshot_content(after))
        now = self.ask(first.query, as_of=first.as_of)
        return diff(self.store, old, orjson.loads(orjson.dumps(now)))

    # -- the gate

    def keep_cases(self, elsewhere: WorkOut | None = None) -> bool:
        """Work the open cases out beforehand, where that is due; whether it was.

        The gate then answers at once for every item that nothing recorded since can concern, and
        reasons only the others. For a thread that calls it now and again; no answer waits for it,
        or is any other without it. `elsewhere` is given the cases and the seq at which to
        `work_out` them, where this process has better things to do.
        """
        cases = snapshot.open_cases(self.store)
        if not cases or not self._cases.stale(cases):
            return False
        known = self.store.published().seq
        found = (elsewhere or self.work_out)(cases, known)
        self._cases.keep(cases, found, known)
        return True

    def work_out(self, cases: Sequence[Snapshot], known: int) -> Kept:
        """Which items cases reach at a seq, by the id of the case; see `keep_cases`."""
        return work_out(self.store, cases, self._masters.at(known), known)

    def gate(
        self,
        items: Sequence[str | GateItem],
        *,
        purpose: Purpose,
        place: str | None = None,
        at: str | None = None,
        seen: int | None = None,
        strict: bool = False,
    ) -> GateVerdict:
        """May these items be shipped, consumed or used, here, in this quantity?

        `at` is the instant at which expiry is judged, now unless given; the answer says it, so
        that it can be asked again. `seen` is the last seq that the caller knows of: a gate that
        is behind it refuses.
        """
        asked = read_gate(items, purpose)
        judged = read_instant(at, "at") or Instant.parse(datetime.now(UTC).isoformat())
        kept = self._masters.identities
        names = dict.fromkeys(keys for each in asked for keys in likely_names(each.item, kept))
        bodies = self._bodies.known()
        some, *others = batches(names, AT_ONCE) if names else [[]]
        first = self.store.opening(snapshot.KIND, some, None, bodies)
        known = first.published.seq
        openings = [
            first,
            *(self.store.opening(snapshot.KIND, more, known, bodies) for more in others),
        ]
        master = self._masters.at(known)
        cases = self._cases.at(snapshot.open_among(first.documents), known, master)
        verdict = gate(
            self.store,
            asked,
            purpose,
            place,
            known=known,
            judged=judged,
            master=master,
            cases=cases,
            concerns=self._concerns.at(known),
            met={keys: met for opening in openings for keys, met in opening.met.items()},
            read=[opening.records for opening in openings],
            bodies=bodies,
            strict=strict,
        )
        self._bodies.keep(bodies)
        if seen is not None and seen > known:
            detail = f"The gate sees up to seq {known}, and you have seen {seen}."
            late = GateRefusal(asked[0].item, "behind", detail, "Ask again in a moment.")
            return replace(verdict, allowed=False, refusals=(late, *verdict.refusals))
        return verdict
