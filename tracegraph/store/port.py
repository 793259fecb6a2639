"""The port: what every engine offers, and the values it takes and gives.

Errors:

    TracegraphError
    └── StoreError
        ├── StoreUnavailable     the engine is away or overloaded; the same call may succeed later
        ├── BatchTooLarge        an append is more than its memory holds; send fewer at once
        ├── StoreOutdated        its schema is older or newer than this code; `tracegraph migrate`
        │   └── ProjectionOutdated  its rows were made by older code; `tracegraph rebuild`
        └── VersionConflict      a document was changed by another writer in between
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from tracegraph.model.event import Event
from tracegraph.model.instant import Instant
from tracegraph.model.refusal import TracegraphError
from tracegraph.store.columns import (
    ComprisesColumns,
    EventColumns,
    LineColumns,
    Records,
    SumColumns,
)
from tracegraph.store.projection.facts import Fact
from tracegraph.store.projection.rows import AnomalyRow, ItemRow, Reference, Spoken
from tracegraph.store.projection.terms import Term
from tracegraph.store.walker import Closure, Direction, Edges, NameRow, Touched, Walker


class StoreError(TracegraphError):
    """Something is wrong with the store, not with what was asked."""


class StoreUnavailable(StoreError):
    """The engine cannot be reached or did not answer in time. The same call may succeed later."""


class BatchTooLarge(StoreError):
    """What one append would write is more than the engine's memory holds. Fewer events may fit."""


class StoreOutdated(StoreError):
    """The schema of the store does not fit this code."""


class ProjectionOutdated(StoreOutdated):
    """The rows of the store were made by older code; rebuilding makes them anew."""


class VersionConflict(StoreError):
    """A document is no longer at the version the writer had read."""


class Draft(NamedTuple):
    """An event ready to be appended: as a fact without its seq, as sent, and its content's hash."""

    fact: Fact
    body: bytes
    hash: str
    caller: str | None = None

    @property
    def event(self) -> Event:
        """The event, parsed."""
        return self.fact.event


class Outcome(NamedTuple):
    """What became of one draft.

    `stored` and `voided` (stored, but a void that came earlier makes it void) have a new seq;
    `duplicate` and `conflict` have the seq of the event that holds the id. `skipped`: nothing
    was stored because another event of an atomic batch was in conflict.
    """

    status: Literal["stored", "voided", "duplicate", "conflict", "skipped"]
    seq: int | None


class Entry(NamedTuple):
    """An event in the journal. `void` is the seq of the event that voided it, None for none."""

    seq: int
    source: str
    id: str
    type: str
    recorded_at: Instant
    body: bytes
    hash: str
    caller: str | None
    void: int | None
    batch: int  # the last seq of the batch it came in


class Published(NamedTuple):
    """Up to where readers see: the last seq of the last whole batch, and when it was recorded."""

    seq: int
    recorded_at: Instant | None


@dataclass(frozen=True, slots=True)
class Subgraph:
    """All that the plain closure reaches, a superset of every time-respecting answer.

    `items` are the rows of the items reached and of those that `lines` name; `reached` the numbers
    of the former; `runs` the keys of runs by number. With `complete_depth` the closure was cut:
    only what lies at most so many item steps from the seeds is whole.
    """

    reached: list[int]
    items: dict[int, ItemRow]
    runs: dict[int, str]
    events: EventColumns
    lines: LineColumns
    comprises: ComprisesColumns
    complete_depth: int | None = None


class TouchRow(NamedTuple):
    """One line in an item's history: the event, and how the item took part."""

    seq: int
    pos: str
    role: str
    item: int
    via: int
    quantity: int | None
    unit: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for; every field narrows. `text` is a fragment of a number, or of a key.

    A to Z are looked for without regard to case; see `names_key` for when keys are searched.
    """

    text: str | None = None
    product: str | None = None
    kind: int | None = None
    mentions: tuple[tuple[str, str], ...] = ()  # (kind, key): order, party, place, equipment …
    since: Instant | None = None
    until: Instant | None = None


def names_key(text: str) -> bool:
    """Whether a text that is searched for is a piece of a key, not of a number.

    Numbers are looked for in numbers: every key holds "lot" or "id.gs1.org". Keys are searched
    where the text shows that it is of one, and for items that have no other name.
    """
    return ":" in text or "/" in text


class Document(NamedTuple):
    """A small stored record that may change, such as a caller's key; versions count from 1."""

    kind: str
    id: str
    version: int
    body: dict[str, Any]


Names = Sequence[tuple[str, ...]]  # groups of names


class Opening(NamedTuple):
    """What a question about items as they are now begins with; each part is as it is alone."""

    published: Published
    documents: list[Document]
    met: dict[tuple[str, ...], tuple[list[int], ItemRow] | None]
    records: Records


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the engine answers, and what it is."""

    engine: str
    version: str
    schema: int
    projection: int
    published: int
    journal: int
    details: dict[str, Any] = field(default_factory=dict)


class GraphStore(Protocol):
    """A journal with its projection, on some engine.

    **Order and duplicates.** Answers are sets unless an order is stated. Collections given may
    hold duplicates and unknown members; both are ignored. An empty collection gives an empty
    answer. **Cuts.** `known` is a seq at which a batch ended (see `cut`); rows recorded later
    are not seen. **Threads.** A store may be used by many threads, and a file or database by
    many stores and processes, at once. Every method raises StoreUnavailable when the engine
    does not answer.

    >>> from tracegraph.store.sqlite import SqliteStore
    >>> store = SqliteStore(":memory:")
    >>> store.migrate()
    [1, 2, 3, 4, 5]
    >>> store.published()
    Published(seq=0, recorded_at=None)
    >>> store.subgraph([], "forward", known=0, as_of=None, max_depth=None, budget=10).reached
    []
    >>> store.close()
    """

    engine: str
    walker: Walker | None  # answers closures in its place, where there is one

    def migrate(self) -> list[int]:
        """Bring the schema up to this code; the numbers of the migrations applied, ascending.

        A store without events is marked as of this code's projection; one with events that older
        code projected wants a rebuild beside. Raises StoreOutdated when an applied migration is
        not the one this code knows.
        """

    def health(self) -> Health:
        """Ask the engine how it is.

        Raises StoreUnavailable, StoreOutdated before `migrate`, ProjectionOutdated before a
        rebuild.
        """

    def marks(self) -> tuple[str, ...]:
        """By what another process can see what this store has written; see `heed`."""

    def heed(self, marks: Collection[str]) -> None:
        """See from now on what another process had written when it gave these `marks`.

        Only an engine of several servers, one of which may be behind another, has any.
        """

    def close(self) -> None:
        """Release connections. A closed store must not be used."""

    # -- writing

    def append(
        self, drafts: Sequence[Draft], *, atomic: bool = True, recorded_at: Instant | None = None
    ) -> list[Outcome]:
        """Append a batch: all of it or, when the process or the engine dies, none of it.

        Outcomes are in the order of the drafts. An id that is there with the same content is a
        `duplicate`; with other content a `conflict`, which in an atomic batch keeps all of it
        out, and otherwise only itself. The journal's `seq` has no gaps; `recorded_at` is now,
        or what is given (for copies), and never decreases.
        """

    # -- the journal

    def published(self) -> Published:
        """Up to where readers see."""

    def opening(
        self, kind: str, names: Names, known: int | None = None, without: Collection[int] = ()
    ) -> Opening:
        """In one exchange: all of Opening; names as met by `known`, or by what is published."""

    def cut(self, known_at: int | Instant | None) -> int:
        """The seq at the end of the last batch at or before `known_at`; None is now."""

    def recorded(self, known: int) -> Instant | None:
        """When the batch that ended at `known` was recorded; None for no batch."""

    def journal(self, after: int, limit: int, known: int) -> list[Entry]:
        """Entries with `after` < seq <= `known`, ascending, `limit` at most."""

    def entries(self, ids: Collection[tuple[str, str]], known: int) -> dict[tuple[str, str], Entry]:
        """Entries by (source, id)."""

    def entries_by_seq(self, seqs: Collection[int], known: int) -> dict[int, Entry]:
        """Entries by seq."""

    def bodies(self, seqs: Collection[int]) -> dict[int, bytes]:
        """What was sent, by seq; whatever the cut, and voided events too."""

    def of_types(self, types: Collection[str], *, known: int, after: int = 0) -> list[Entry]:
        """Standing entries of these types with `after` < seq <= `known`, ascending.

        `types` are some of LISTED: master data, orders, records of quality, voids. Raises
        ValueError for another: these alone are found without reading the whole journal.
        """

    # -- what EPCIS events say

    def term_values(
        self, field: str, *, after: str, until: str, limit: int, backwards: bool = False
    ) -> list[str]:
        """Values of terms of a field with `after` < value < `until`, ascending, each once.

        With `backwards` descending. At most `limit` of them. Values are compared by code points.
        """

    def posting_blocks(
        self, terms: Collection[Term], first: int, last: int
    ) -> dict[Term, list[int]]:
        """In which blocks from the first to the last events have a term, ascending.

        A block has the seqs from block * BLOCK on.
        """

    def postings(
        self, terms: Collection[Term], blocks: Collection[int]
    ) -> dict[Term, dict[int, list[int]]]:
        """The seqs of the events that have a term, ascending, by block; corrected ones too."""

    # -- names

    def spoken(self, keys: Collection[str]) -> Mapping[str, Spoken]:
        """Names by their key as spoken; `item` is what they are at the head."""

    def met(self, keys: Collection[str], known: int) -> tuple[list[int], ItemRow] | None:
        """The numbers under which names were met by `known`, ascending; the item of the first.

        None where none of the names had been met.
        """

    def spoken_of(self, products: Collection[str]) -> list[Spoken]:
        """Every name met under one of these product names."""

    def claims(self, names: Collection[str]) -> Mapping[str, list[int]]:
        """Seqs of the product records that claim a product name."""

    def items(self, numbers: Collection[int], known: int) -> dict[int, ItemRow]:
        """Items by number, as they were called at `known`; one not yet met is left out."""

    def items_by_number(self, number: str, known: int, limit: int) -> list[ItemRow]:
        """Items whose own lot or serial number is exactly `number`, by key."""

    # -- genealogy

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
        """Everything the genealogy reaches from items, with the events and all their lines.

        Without `siblings` only with the lines on what is reached: the making of a serial does not
        bring those of its siblings, however many they are.

        Time order is not looked at, only `as_of` and `known`. Seeds are reached, at depth 0, if
        they are items at `known`. `max_depth` counts item steps; a lot and a serial of it are one
        step apart. When more than `budget` items are reached, whole depths are left out from the
        far end, and `complete_depth` says the last whole one (the seeds are never left out).
        O(V + E) of what is reached; cycles end.
        """

    def closure(
        self,
        seeds: Collection[int],
        direction: Direction,
        *,
        known: int,
        as_of: Instant | None,
        budget: int,
    ) -> Closure | None:
        """The items that the genealogy reaches from items, and nothing else of them.

        Those of `subgraph` without a depth; None for more than `budget` of them. O(V + E).
        """

    def edges(self) -> Iterator[Edges]:
        """Every walked edge there is or was, whatever the cut, some thousands at a time.

        What is written meanwhile may be in it or not.
        """

    def edges_at(self, nodes: Collection[int]) -> Edges:
        """Every walked edge from or to some nodes, whatever the cut."""

    def names(self, items: Collection[int] | None = None) -> Iterator[NameRow]:
        """All that items are or were called, whatever the cut; None: of all items."""

    def touched(self, after: int, until: int) -> Touched | None:
        """What the batches with `after` < last seq <= `until` changed of edges and names.

        None where a batch did not note it (those of earlier versions did not).
        """

    def rebuilds(self) -> int:
        """How often a rebuild mended something; after one, edges and names may be any."""

    def mentioned(
        self, kind: str, key: str, *, known: int, since: Instant | None, until: Instant | None
    ) -> list[int]:
        """Seqs of standing events that name a party, place, order … , ascending.

        `since` and `until` keep those whose interval meets that window.
        """

    def completions(
        self, prefix: str, kinds: Sequence[str], *, known: int, limit: int
    ) -> list[tuple[str, str]]:
        """Kinds and keys, as in `mentioned`, that begin with a text and some standing event names.

        By kind as given and by key, of each kind `limit` at most. One exchange. O(limit) for each
        kind, beside what only voided events name.
        """

    def lines_of_events(self, seqs: Collection[int], known: int) -> LineColumns:
        """The standing lines of events."""

    def lines_of_items(
        self, items: Collection[int], *, known: int, as_of: Instant | None, members: bool = True
    ) -> tuple[EventColumns, LineColumns]:
        """Every standing line that names one of these items, or names one as a serial's lot.

        Without `members` only what names the items themselves.
        With the standing events they are of. `as_of` is looked at in whole microseconds, as in
        `subgraph`; each line and each event comes once. O(n log n) in what is found.
        """

    def records(self, items: Collection[int], known: int, without: Collection[int]) -> Records:
        """Items, the lots of serials among them, and every standing line that names any of them.

        With the events of these lines, what was sent of them but of `without`, by seq, and how
        many serials of these `items` events name. One exchange with the engine. O(lines, and
        those of the serials), of the latter few leave the engine.
        """

    def events(self, seqs: Collection[int], known: int) -> EventColumns:
        """Standing events by seq."""

    def events_of_runs(self, runs: Collection[int], known: int) -> list[int]:
        """Seqs of the standing events of runs, ascending."""

    def sums_of_events(self, seqs: Collection[int], known: int) -> SumColumns:
        """What standing events took and gave, added up by event, way, product, lot and unit.

        Only lines that are walked (inputs and outputs). O(lines), of which few leave the engine.
        """

    def serials_of(
        self, lots: Collection[int], *, known: int, as_of: Instant | None
    ) -> ComprisesColumns:
        """Which serials are or were of these lots."""

    def lots_of(
        self, serials: Collection[int], *, known: int, as_of: Instant | None
    ) -> ComprisesColumns:
        """Which lots these serials are or were of."""

    def held(self, containers: Collection[int], *, known: int, as_of: Instant | None) -> list[int]:
        """Every item that packing records put into containers or took out, by number."""

    def membership(self, item: int, known: int) -> tuple[list[int], int]:
        """The lots that a serial is or was of, and how many serials are of a lot."""

    # -- looking around

    def history(
        self, homes: Collection[int], *, known: int, after: tuple[int, int, str, int], limit: int
    ) -> list[TouchRow]:
        """Lines on items, corrected events included, by (time in microseconds, seq, pos, via).

        `after` is the last line already seen; (-2**58, 0, "", 0) starts.
        """

    def search(self, query: Search, *, known: int, after: int, limit: int) -> list[ItemRow]:
        """Items that match, by number, after number `after`.

        A text costs by the items that hold what it is made of, not by those there are; a piece of
        a key of less than three characters may cost a look at every item.
        """

    def anomalies(self, *, known: int, after: int, limit: int) -> list[tuple[int, AnomalyRow]]:
        """Standing anomalies as (cursor, row), by cursor, after cursor `after`."""

    def anomalies_about(
        self, seqs: Collection[int], items: Collection[int], known: int
    ) -> list[AnomalyRow]:
        """Standing anomalies of events and of items, each once. O(those anomalies)."""

    def referring(
        self, ids: Collection[tuple[str, str]], known: int
    ) -> dict[tuple[str, str], list[Reference]]:
        """What refers to events, by their (source, id): voids, replacements, quality records.

        By seq; of events that are void, too. An event that nothing refers to is left out.
        """

    # -- documents

    def document(self, kind: str, id: str) -> Document | None:
        """A document, None where there is none."""

    def documents(self, kind: str) -> list[Document]:
        """All documents of a kind, by id."""

    def put_document(self, document: Document) -> Document:
        """Write a document whose `version` is the one read (0: new); gives the new version.

        Raises VersionConflict when another writer came first.
        """

    def delete_document(self, kind: str, id: str) -> bool:
        """Remove a document; whether there was one."""

    # -- the projection as a whole

    def rows(self, table: str, known: int) -> Iterator[tuple[Any, ...]]:
        """Rows of a projection table with rec and void, in canonical order, for comparison.

        `table` is one of TABLES. A row recorded after `known` is left out, and a later `void`
        shows as standing.
        """

    def rebuild(self, source: GraphStore) -> int | None:
        """Make the projection equal to that of `source` in one step; the number of rows mended.

        None, and nothing is done, when `source` lacks events that this journal has. Readers
        keep the old rows until the new ones are complete; writers wait.
        """


# The types that `of_types` lists.
LISTED = frozenset({
    "product", "party", "place", "equipment", "order", "void", "hold", "release", "inspection",
    "certificate", "deviation", "nonconformance", "capa", "complaint",
})  # fmt: skip


def listed(types: Collection[str]) -> list[str]:
    """Types for `of_types`, each once. Raises ValueError for one that is not LISTED."""
    if others := set(types) - LISTED:
        raise ValueError(f"not listed by type: {sorted(others)}")
    return sorted(set(types))


# The document whose version says how often a rebuild mended something: its kind and id.
REBUILDS = ("projection", "rebuilds")

TABLES = (
    "event", "item", "line", "comprises", "anomaly", "spoken", "state", "mention", "run",
    "reference", "claim", "posting",
)  # fmt: skip
