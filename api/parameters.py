"""Parameters of questions. One that is not documented is refused: a mistyped `as_of` that was
passed over in silence would give the answer to another question.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from api import examples
from tracegraph.model.instant import ACCEPTED, Instant
from tracegraph.orders.state import Kind as OrderKind
from tracegraph.orders.state import State

_CUT = "a seq, or an RFC 3339 time (with + written as %2B)"


def _instant(text: str) -> str:
    try:
        Instant.parse(text)
    except ValueError as error:
        raise PydanticCustomError(
            "instant", "{reason}.", {"reason": str(error), "accepted": f"{ACCEPTED} (+ as %2B)"}
        ) from error
    return text


def _cut(text: str) -> str:
    if text.isascii() and text.isdecimal():
        return text
    try:
        return _instant(text)
    except PydanticCustomError as error:
        raise PydanticCustomError("cut", "is neither.", {"accepted": _CUT}) from error


def _seconds(text: str) -> str:
    whole, _, part = text.partition(".")
    digits = whole + part
    if not (digits.isascii() and digits.isdecimal() and whole and float(text) <= 86_400):
        accepted = 'seconds as a decimal, such as "0" or "2.5", at most a day'
        raise PydanticCustomError("duration", "is no duration.", {"accepted": accepted})
    return text


Name = Annotated[str, Field(min_length=1, max_length=1000)]
Time = Annotated[str, Field(max_length=100), AfterValidator(_instant)]
Cut = Annotated[str, Field(max_length=100), AfterValidator(_cut)]
Cursor = Annotated[str, Field(min_length=1, max_length=1000)]

ItemKey = Annotated[
    str,
    Path(
        description="Its key, percent-encoded as a whole, or any scan or number that names it.",
        examples=examples.ITEM_KEYS,
        max_length=3000,
    ),
]


class Parameters(BaseModel):
    """Base of all parameters of a question."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class KnownAt(Parameters):
    """Questions that can be asked as of what was known."""

    known_at: Cut | None = Field(
        None,
        description="Answer from what was recorded by then: a seq, or an RFC 3339 time.",
        examples=["4"],
    )


class Page(KnownAt):
    """Questions that are answered in pages."""

    cursor: Cursor | None = Field(
        None, description="The `next` of the page before, as it was given."
    )


class Items(Page):
    """Which items to list; every parameter narrows."""

    text: Name | None = Field(
        None, description="A fragment of a number or of a key.", examples=["C1"]
    )
    product: Name | None = Field(None, description="A product's number or GTIN.", examples=["FG-9"])
    kind: Literal["lot", "serial", "container"] | None = Field(None, examples=["lot"])
    order: Name | None = Field(None, description="Named by an event of it.", examples=["MO-2291"])
    party: Name | None = Field(None, description="As `order`.", examples=["CUST-12"])
    place: Name | None = Field(None, description="As `order`.", examples=["SZ1/WH"])
    document: Name | None = Field(None, description="As `order`.", examples=["DN-5520"])
    equipment: Name | None = Field(None, description="As `order`.", examples=["STER-02"])
    since: Time | None = Field(
        None, description="Touched by an event then or later.", examples=["2026-03-01T00:00:00Z"]
    )
    until: Time | None = Field(
        None, description="Touched by an event then or earlier.", examples=["2026-12-31T00:00:00Z"]
    )
    limit: int = Field(50, ge=1, le=1000, description="At most so many items.", examples=[10])


class HistoryPage(Page):
    """How much of a history."""

    limit: int = Field(200, ge=1, le=1000, description="At most so many lines.", examples=[10])


class AnomalyList(Page):
    """How many anomalies."""

    limit: int = Field(100, ge=1, le=1000, description="At most so many.", examples=[10])


class Events(Parameters):
    """Which stretch of the journal."""

    after: int | None = Field(
        None, ge=0, lt=2**62, description="The seq to begin after.", examples=[1]
    )
    cursor: Cursor | None = Field(
        None, description="The `next` of the page before, as it was given."
    )
    limit: int = Field(100, ge=1, le=1000, description="At most so many events.", examples=[2])


class Journal(Parameters):
    """Which stretch of the journal, and how long to wait for news."""

    after: int = Field(0, ge=0, lt=2**62, description="The last seq already seen.", examples=[1])
    limit: int = Field(100, ge=1, le=1000, description="At most so many events.", examples=[2])
    wait: float = Field(
        0.0,
        ge=0,
        le=3600,
        allow_inf_nan=False,
        description="How many seconds to wait where there is nothing new; the settings bound it.",
        examples=[0],
    )


class Trace(KnownAt):
    """How to walk a genealogy."""

    direction: Literal["backward", "forward", "both"] = Field(
        "backward", description="What it is made of, what it went into, or both.", examples=["both"]
    )
    as_of: Time | None = Field(
        None, description="Events after this time do not count.", examples=["2026-03-05T00:00:00Z"]
    )
    max_depth: int | None = Field(
        None, ge=0, le=1_000_000, description="At most so many item steps.", examples=[2]
    )
    budget: int | None = Field(
        None,
        ge=1,
        le=10_000_000,
        description="At most so many items; an answer cut short says `truncated`.",
        examples=[1000],
    )
    clock_tolerance: Annotated[str, AfterValidator(_seconds)] = Field(
        "0",
        max_length=30,
        description="Times that differ by so many seconds count as equal.",
        examples=["2.5"],
    )
    view: Literal["graph", "tree", "list"] = Field(
        "graph",
        description="`graph`: items, events and edges; `tree`: items, each under the one it was "
        "reached from; `list`: items by depth.",
        examples=["tree"],
    )


class Seeds(Trace):
    """Where to start, each any number of times; a window bounds all but items and events."""

    item: list[Name] = Field(
        [], description="A key, scan or number.", examples=[examples.ITEM_KEYS[:1]]
    )
    event: list[Name] = Field(
        [], description="`source/id`, or an event's key.", examples=[["mes-sz/prod-0117"]]
    )
    supplier: list[Name] = Field([], description="What it delivered.", examples=[["SUP-3"]])
    equipment: list[Name] = Field([], description="What it made.", examples=[["STER-02"]])
    place: list[Name] = Field(
        [], description="What was made or handled there.", examples=[["SZ1/L4"]]
    )
    order: list[Name] = Field(
        [], description="What was made or moved for it.", examples=[["MO-2291"]]
    )
    since: Time | None = Field(None, description="Events that ended then or later.")
    until: Time | None = Field(None, description="Events that began then or earlier.")


class Scan(KnownAt):
    """What was scanned or typed."""

    scan: Name = Field(
        description="A scan, Digital Link, EPC URN, key, SSCC, or a lot or serial number.",
        examples=[examples.ITEM_KEYS[0], "C1", "https://id.gs1.org/01/09506000134352/10/L7"],
    )


class OrderCut(KnownAt):
    """At which cut an order is looked at."""

    as_of: Time | None = Field(
        None, description="Events after this time do not count.", examples=["2026-03-05T00:00:00Z"]
    )


class OrderList(OrderCut):
    """Which orders to list; every parameter narrows."""

    state: State | None = Field(None, description="In this state.", examples=["released"])
    kind: OrderKind | None = Field(None, description="Of this kind.", examples=["sales"])
    party: Name | None = Field(None, description="Of this party.", examples=["CUST-12"])
    cursor: Cursor | None = Field(
        None, description="The `next` of the page before, as it was given."
    )
    limit: int = Field(50, ge=1, le=1000, description="At most so many orders.", examples=[10])


class OrderWindow(OrderCut):
    """Which orders to count."""

    kind: OrderKind | None = Field(None, description="Of this kind.", examples=["sales"])
    since: Time | None = Field(
        None, description="Placed then or later.", examples=["2026-01-01T00:00:00Z"]
    )
    until: Time | None = Field(
        None, description="Placed then or earlier.", examples=["2026-12-31T00:00:00Z"]
    )


class ScopeList(Parameters):
    """Which stored scopes to list."""

    status: Literal["open", "closed"] | None = Field(
        None, description="Only those that are open, or closed.", examples=["open"]
    )
    cursor: Cursor | None = Field(
        None, description="The `next` of the page before, as it was given."
    )
    limit: int = Field(50, ge=1, le=1000, description="At most so many scopes.", examples=[10])


class ScopeRows(Parameters):
    """Which stretch of a part of a scope."""

    cursor: Cursor | None = Field(
        None, description="The `next` of the page before, as it was given."
    )
    limit: int = Field(200, ge=1, le=5000, description="At most so many rows.", examples=[10])


class Against(Parameters):
    """With what a stored scope is compared."""

    against: Name = Field(
        "now",
        description="The id of another stored scope, or `now`: what the query gives now.",
        examples=["now"],
    )


class OfItem(Parameters):
    """Which item of a scope."""

    item: Name = Field(description="A key, scan or number.", examples=[examples.ITEM_KEYS[0], "A"])


class Export(Parameters):
    """How a scope is written."""

    format: Literal["json", "csv", "xlsx", "graphml", "prov", "epcis", "letters"] = Field(
        "json",
        description="`json`: canonical, proves its hash; `csv`: one sheet; `xlsx`: all sheets; "
        "`graphml`, `prov` (PROV-JSON): the genealogy; `epcis`: every event about it; `letters`: "
        "whom to write to, as CSV.",
        examples=["csv", "xlsx", "graphml", "prov", "epcis", "letters"],
    )
    sheet: Name | None = Field(
        None, description="Which sheet, for `csv`; `items` unless told.", examples=["consignees"]
    )


class Whereabouts(OrderCut):
    """Whose positions: exactly one of these."""

    item: Name | None = Field(
        None, description="A key, scan or number.", examples=[examples.ITEM_KEYS[0]]
    )
    product: Name | None = Field(None, description="A product's number or GTIN.", examples=["FG-9"])
    place: Name | None = Field(
        None, description="A place, with what is inside it.", examples=["SZ1/WH"]
    )
    party: Name | None = Field(None, description="A customer or supplier.", examples=["CUST-12"])
    order: Name | None = Field(None, description="An order's number.", examples=["SO-771"])


class Throughput(OrderCut):
    """At which cut the flow of an item's units is looked at."""

    transit_days: int = Field(
        30,
        ge=0,
        le=36_500,
        description="Goods under way for more days are unaccounted for.",
        examples=[60],
    )


class Upstream(OrderCut):
    """How to look for origins."""

    clock_tolerance: Annotated[str, AfterValidator(_seconds)] = Field(
        "0",
        max_length=30,
        description="Times that differ by so many seconds count as equal.",
        examples=["2.5"],
    )
    budget: int = Field(
        10_000,
        ge=1,
        le=1_000_000,
        description="At most so many items upstream; more are a problem.",
        examples=[1000],
    )


class SchemaVersion(Parameters):
    """Which version of the schema."""

    version: Literal["1"] = Field("1", description="The version of the schema.", examples=["1"])


class Capture(Parameters):
    """How to store a batch."""

    on_error: Literal["refuse_all", "store_good"] = Field(
        "refuse_all",
        description="`refuse_all`: a batch is stored whole or not; `store_good`: what can be "
        "stored is, and the rest is told.",
        examples=["store_good"],
    )
    dry_run: bool = Field(
        False,
        description="Tell what would become of each event, and store nothing.",
        examples=[True],
    )
