"""The library: `connect(dsn)` gives capture, trace, find and history with typed answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self, get_args
from urllib.parse import quote

from tracegraph.capture.capturing import capture
from tracegraph.capture.drafting import Identifiers
from tracegraph.capture.report import CaptureReport
from tracegraph.formats import graphml
from tracegraph.formats.canonical_json import json_chunks
from tracegraph.formats.chunks import spooled
from tracegraph.formats.epcis import epcis_chunks
from tracegraph.formats.epcis.query import Page, Position, find, query_of
from tracegraph.formats.prov_json import Agent, prov_chunks
from tracegraph.formats.sheet_csv import csv_chunks
from tracegraph.formats.xlsx import write_xlsx
from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.orders.answer import OrderFigures, OrderPage, OrderView
from tracegraph.orders.asking import order, orders
from tracegraph.orders.commanding import command
from tracegraph.orders.figures import figures
from tracegraph.proof.last_check import LastCheck, keep, last_check
from tracegraph.proof.rebuilding import copy, rebuild
from tracegraph.proof.verifying import Verification, verify
from tracegraph.recall.answer import Scope
from tracegraph.recall.directory import Listing, directory
from tracegraph.recall.lineage import actors, bounds, lineage
from tracegraph.recall.questions import RecallQuestions
from tracegraph.recall.sheets import letters, sheets
from tracegraph.settings import MEBIBYTE, Settings
from tracegraph.store.opening import open_store
from tracegraph.store.port import GraphStore, ProjectionOutdated, Search
from tracegraph.trace import records
from tracegraph.trace.answer import (
    AnomalyPage,
    Direction,
    EventPage,
    Genealogy,
    History,
    ItemDetail,
    ItemPage,
    ItemSummary,
    Seed,
    StoredEvent,
)
from tracegraph.trace.dossier import Dossier, dossier
from tracegraph.trace.genealogy import Question, read_ways, trace
from tracegraph.trace.identities import KeptIdentities
from tracegraph.trace.instants import (
    read_cut,
    read_instant,
    read_seconds,
    require_range,
    require_text,
)
from tracegraph.trace.lookup import Found, products_named, resolve, resolve_one, summary
from tracegraph.trace.seeds import event_entry, start

Cut = int | str | None
Progress = Callable[[int, int | None], None]
Shape = Literal["json", "csv", "xlsx", "graphml", "prov", "epcis", "letters"]

SHAPES: tuple[Shape, ...] = get_args(Shape)

MAX_BUDGET = 10_000_000
MAX_PAGE = 10_000


class Tracegraph(RecallQuestions):
    """A traceability graph: one store, with everything that can be asked of it.

    Usable from many threads. Close it, or use it in a `with`. `known_at` is a seq of the journal
    or an RFC 3339 time at which to stop seeing what was recorded; None is now. Every method
    raises StoreUnavailable when the store is away, and Refused for a parameter that is none.
    """

    def __init__(self, store: GraphStore, *, identifiers: Identifiers = "lenient") -> None:
        self.store = store
        self.identifiers = identifiers
        self._identities = KeptIdentities(store)

    def __enter__(self) -> Self:
        """The graph itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the graph."""
        self.close()

    def close(self) -> None:
        """Release what the store holds open."""
        self.store.close()

    # -- the command side

    def capture(
        self,
        events: Iterable[Mapping[str, Any]],
        *,
        source: str | None = None,
        atomic: bool = True,
        caller: str | None = None,
        dry_run: bool = False,
    ) -> CaptureReport:
        """Append events, as one batch, and tell what became of each of them.

        Never raises for what is wrong with an event: its outcome says it. An atomic batch is
        stored whole or not at all; otherwise the good are stored and the bad are told. `source`
        fills in where an event names none. Linear in the events, and in the stored events whose
        meaning they change.
        """
        return capture(
            self.store,
            events,
            source=source,
            caller=caller,
            atomic=atomic,
            identifiers=self.identifiers,
            dry_run=dry_run,
        )

    # -- questions

    def trace(
        self,
        seeds: str | Seed | Sequence[str | Seed],
        *,
        direction: Direction = "backward",
        as_of: str | None = None,
        known_at: Cut = None,
        max_depth: int | None = None,
        budget: int = 100_000,
        clock_tolerance: str = "0",
    ) -> Genealogy:
        """What items are made of (backward), what they went into (forward), or both.

        A seed is any text that names an item, or a `Seed`. `as_of` is an RFC 3339 time after
        which events do not count; `max_depth` counts item steps; `budget` counts items, and an
        answer it cuts short says `truncated`. Instants within `clock_tolerance` (seconds, a
        decimal text) count as equal. Raises UnknownItem, UnknownEvent, AmbiguousItem.
        O(E log E) in the lines of what is reached.
        """
        read_ways(direction)
        require_range("max_depth", max_depth, 0, 1_000_000)
        require_range("budget", budget, 1, MAX_BUDGET)
        question = Question(
            direction=direction,
            as_of=read_instant(as_of, "as_of"),
            known=read_cut(self.store, known_at),
            max_depth=max_depth,
            budget=budget,
            tolerance=read_seconds(clock_tolerance, "clock_tolerance"),
        )
        given = [seeds] if isinstance(seeds, str | Seed) else list(seeds)
        begin = start(
            self.store,
            given,
            known=question.known,
            as_of=question.as_of,
            identities=self._identities.at(question.known),
        )
        return trace(self.store, begin, question)

    def resolve(self, text: str, *, known_at: Cut = None) -> tuple[ItemSummary, ...]:
        """Every item that a scan, key or number could be; none when nothing is called so."""
        known = read_cut(self.store, known_at)
        identities = self._identities.at(known)
        return tuple(summary(found.row) for found in resolve(self.store, text, known, identities))

    def item(self, text: str, *, known_at: Cut = None) -> ItemDetail:
        """An item, with its aliases and lots. Raises UnknownItem, AmbiguousItem."""
        known = read_cut(self.store, known_at)
        return records.describe(self.store, self._named(text, known), known)

    def history(
        self, text: str, *, known_at: Cut = None, cursor: str | None = None, limit: int = 200
    ) -> History:
        """All events that touched an item, by when they occurred, corrections visible."""
        require_range("limit", limit, 1, MAX_PAGE)
        known = read_cut(self.store, known_at)
        found = self._named(text, known)
        return records.history(self.store, found, known, cursor=cursor, limit=limit)

    def _named(self, text: str, known: int) -> Found:
        return resolve_one(self.store, text, known, self._identities.at(known))

    def dossier(self, found: Genealogy, *, limit: int = 1_000) -> Dossier:
        """Every record about the items of a genealogy, corrections visible; the first `limit`.

        Receipts, inspections, holds, movements and records of quality beside what made them, each
        with its hash. A dozen bulk reads, whatever the size.
        """
        require_range("limit", limit, 1, MAX_PAGE)
        identities = self._identities.at(found.known_at)
        return dossier(self.store, found, limit=limit, identities=identities)

    def find(
        self,
        text: str | None = None,
        *,
        product: str | None = None,
        kind: str | None = None,
        order: str | None = None,
        party: str | None = None,
        place: str | None = None,
        document: str | None = None,
        equipment: str | None = None,
        since: str | None = None,
        until: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
        known_at: Cut = None,
    ) -> ItemPage:
        """Items by a fragment of their number or key, and by what their events name."""
        require_range("limit", limit, 1, MAX_PAGE)
        require_text("text", text)
        known = read_cut(self.store, known_at)
        named = {
            "order": order, "party": party, "place": place, "document": document,
            "equipment": equipment,
        }  # fmt: skip
        query = Search(
            text=text or None,
            product=products_named(self.store, product, known) if product else None,
            kind=records.read_kind(kind),
            mentions=tuple((what, key) for what, key in named.items() if key),
            since=read_instant(since, "since"),
            until=read_instant(until, "until"),
        )
        return records.find(self.store, query, known, cursor=cursor, limit=limit)

    def directory(self, text: str, *, limit: int = 50, known_at: Cut = None) -> tuple[Listing, ...]:
        """Orders, documents, parties, products, places and equipment that are called like a text.

        The likeliest first, `limit` of each kind at most; see `recall.directory`.
        """
        require_range("limit", limit, 1, MAX_PAGE)
        require_text("text", text)
        known = read_cut(self.store, known_at)
        return directory(self.store, self._masters.at(known), text, known=known, limit=limit)

    def event(self, source: str, id: str) -> StoredEvent:
        """One event of the journal. Raises UnknownEvent."""
        known = self.store.published().seq
        return records.stored_event(event_entry(self.store, source, id, known))

    def events(self, *, after: int = 0, limit: int = 100) -> EventPage:
        """A stretch of the journal, in the order of its seq."""
        require_range("limit", limit, 1, MAX_PAGE)
        require_range("after", after, 0, 2**62)
        return records.journal(self.store, after=after, limit=limit)

    def anomalies(
        self, *, cursor: str | None = None, limit: int = 100, known_at: Cut = None
    ) -> AnomalyPage:
        """What contradicts the records, or refers to what has not arrived."""
        require_range("limit", limit, 1, MAX_PAGE)
        known = read_cut(self.store, known_at)
        return records.anomalies(self.store, known, cursor=cursor, limit=limit)

    # -- keeping

    def rebuild(self, progress: Progress | None = None) -> int:
        """Project the journal anew and mend every row that differs; the number of rows mended."""
        mended = rebuild(self.store, progress)
        self._identities = KeptIdentities(self.store)  # they may be of rows that were wrong
        return mended

    def verify(
        self, *, sample: int = 1000, seed: int = 0, progress: Progress | None = None
    ) -> Verification:
        """Recompute items, edges and `sample` closures from the journal alone, and compare.

        When it ended and what it found is kept for `last_check`.
        """
        found = verify(self.store, sample=sample, seed=seed, progress=progress)
        keep(self.store, found, Instant.of(datetime.now(UTC)))
        return found

    def last_check(self) -> LastCheck | None:
        """When `verify` last ran, up to where, and what it found; None where it never did."""
        return last_check(self.store)

    def copy_to(self, other: Tracegraph, progress: Progress | None = None) -> int:
        """Copy the whole journal, with seq and times, into an empty graph; the events copied."""
        return copy(self.store, other.store, progress)

    # -- orders

    def order(self, number: str, *, as_of: str | None = None, known_at: Cut = None) -> OrderView:
        """An order: its state, the items on each line, what contradicts it. Raises UnknownOrder."""
        known = read_cut(self.store, known_at)
        return order(self.store, number, known, read_instant(as_of, "as_of"))

    def orders(
        self,
        *,
        state: str | None = None,
        kind: str | None = None,
        party: str | None = None,
        as_of: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
        known_at: Cut = None,
    ) -> OrderPage:
        """Orders by state, kind and party, by when they were first recorded; none unless placed."""
        require_range("limit", limit, 1, MAX_PAGE)
        return orders(
            self.store,
            state=state,
            kind=kind,
            party=party,
            cursor=cursor,
            limit=limit,
            known=read_cut(self.store, known_at),
            as_of=read_instant(as_of, "as_of"),
        )

    def order_command(
        self,
        number: str,
        action: str,
        event: Mapping[str, Any],
        *,
        source: str | None = None,
        caller: str | None = None,
    ) -> CaptureReport:
        """Store an order event if the order's state allows it; what became of the event.

        `event` has the event's other fields: `id`, `occurred_at`, and whatever else is to be
        said. Raises IllegalStep and UnknownOrder, with nothing stored; what is malformed is told
        in the report, as `capture` does.
        """
        return command(
            self.store,
            number,
            action,
            event,
            source=source,
            caller=caller,
            identifiers=self.identifiers,
        )

    def order_figures(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        kind: str | None = None,
        as_of: str | None = None,
        known_at: Cut = None,
    ) -> OrderFigures:
        """Key figures of the orders placed in a window, each with what it was counted from."""
        return figures(
            self.store,
            since=read_instant(since, "since"),
            until=read_instant(until, "until"),
            kind=kind,
            known=read_cut(self.store, known_at),
            as_of=read_instant(as_of, "as_of"),
        )

    def epcis(self, found: Genealogy) -> Iterator[bytes]:
        """Every event about the items of a genealogy as an EPCIS document, in pieces.

        It imports into an empty graph, where the genealogy is the same.
        """
        return epcis_chunks(self.store, found)

    def epcis_events(
        self, asked: Mapping[str, Any], *, limit: int = 30, after: Position | None = None
    ) -> Page:
        """The EPCIS events that parameters of the standard ask for, `limit` at most.

        `after` is the `following` of the page before; a page may be short, and yet another
        follow. Values are those of JSON: `{"EQ_bizStep": ["shipping"]}`. Raises Refused for
        parameters that are none, and for a limit that is not from 1 to 10,000.
        """
        require_range("limit", limit, 1, MAX_PAGE)
        return find(self.store, query_of(self.store, asked), count=limit, after=after)

    # -- files of a scope

    def scope_file(
        self, scope: Scope, shape: Shape = "json", *, sheet: str = "items"
    ) -> Iterator[bytes]:
        """A scope as a file, in pieces; what fails does so before the first of them.

        json is canonical (RFC 8785) and proves its hash. csv is one sheet of it, xlsx all of
        them; letters is the sheet of whom to write to, as csv. graphml and prov (PROV-JSON) are
        the genealogy of what is affected, epcis every event about it as an EPCIS document.
        Raises Refused for a sheet or a shape that is none.
        """
        if shape == "json":
            return json_chunks(scope)
        if shape == "letters":
            return csv_chunks(letters(scope))
        if shape == "csv":
            named = {each.name: each for each in sheets(scope)}
            _require_one_of("sheet", sheet, named)
            return csv_chunks(named[sheet])
        if shape == "xlsx":
            made = scope.recorded_at
            return spooled(lambda out: write_xlsx(sheets(scope), out, created=made))
        _require_one_of("format", shape, SHAPES)
        found, notes = lineage(self.store, scope), bounds(scope)
        if shape == "graphml":
            return spooled(lambda out: _write_graphml(found, out, notes))
        if shape == "epcis":
            return spooled(lambda out: out.writelines(epcis_chunks(self.store, found)))
        agents = [
            Agent(f"urn:tracegraph:{a.kind}:{quote(a.number, safe='')}", a.kind, a.name, a.events)
            for a in actors(self.store, found, self._masters.at(scope.known_at))
        ]
        return prov_chunks(found, hash=scope.hash, annotations=notes, agents=agents)


def _write_graphml(found: Genealogy, out: BinaryIO, notes: Mapping[str, Mapping[str, str]]) -> None:
    text = TextIOWrapper(out, encoding="utf-8", newline="\n")
    graphml.write(found, text, annotations=notes)
    text.flush()
    text.detach()


def _require_one_of(name: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        accepted = "one of " + ", ".join(known)
        raise Refused((Refusal(f"/{name}", name, f"{value!r} is none.", accepted),))


def connect(
    dsn: str | None = None,
    *,
    migrate: bool = True,
    outdated: bool = False,
    identifiers: Identifiers | None = None,
    adjacency_mebibytes: int = 0,
) -> Tracegraph:
    """Open a graph: `sqlite:///PATH`, `sqlite:///:memory:` or `neo4j://user:password@host/database`.

    Without a DSN the settings say which (TRACEGRAPH_STORE). With `migrate` a store that is new
    or older is brought up to this code; without it nothing is created or changed. What an older
    version projected is refused until it is rebuilt; `outdated` opens it for that. With
    `adjacency_mebibytes` the graph is loaded into so much memory, in the background, and closures
    are answered from there: for a process that stays. Raises StoreUnavailable, StoreOutdated,
    ProjectionOutdated, and Refused for a DSN that is none.
    """
    settings = Settings()
    store = open_store(
        settings.store if dsn is None else dsn,
        timeout=settings.query_timeout_seconds,
        create=migrate,
        adjacency_bytes=adjacency_mebibytes * MEBIBYTE,
    )
    try:
        if migrate:
            store.migrate()
        try:
            store.health()
        except ProjectionOutdated:
            if not outdated:
                raise
        if store.walker is not None:
            store.walker.start()
    except BaseException:
        store.close()
        raise
    return Tracegraph(store, identifiers=identifiers or settings.identifiers)
