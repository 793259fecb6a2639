"""Events: the only facts. One class for each group of types in the domain's wire table."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import Field, JsonValue, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from tracegraph.model.instant import Instant
from tracegraph.model.item import ItemRef, Line, Note, Strict, Text, require_positive
from tracegraph.model.quantity import Quantity
from tracegraph.model.unit import Unit

MAX_LINES = 100_000

Lines = Annotated[tuple[Line, ...], Field(max_length=MAX_LINES)]
SomeLines = Annotated[tuple[Line, ...], Field(min_length=1, max_length=MAX_LINES)]
Words = Annotated[tuple[Text, ...], Field(max_length=1000)]
DECIMAL = r"^-?\d{1,20}(\.\d{1,20})?$"
GTIN = r"^(\d{8}|\d{12,14})$"
# As labels of HIBCC, and of ICCBBA for products of human origin and for blood bags, begin.
DEVICE = r"^(\+[A-Z][A-Z0-9]{4,21}[0-9]|=/[A-Z0-9]{16}|=\)[A-Z0-9]{10})$"
Decimal = Annotated[str, Field(pattern=DECIMAL)]
Verdict = Literal["pass", "fail", "conditional"]

FREE = ("attributes", "parameters")
"""The fields that hold any JSON. All else is text, a truth or a count, under ASCII names."""


class EventRef(Strict):
    """Another event, by its id; `source` is this event's own unless given."""

    id: Text
    source: Text | None = None


class Base(Strict):
    """What every event may say (domain, "Facts")."""

    id: Text
    source: Text = Field(description="the sending system; ids are unique within it")
    occurred_at: Instant
    started_at: Instant | None = None
    place: Text | None = None
    actor: Text | None = None
    order: Text | None = None
    run: Text | None = None
    documents: Words = ()
    equipment: Words = ()
    notes: Note | None = None
    attributes: dict[str, JsonValue] = Field(default_factory=dict)
    replaces: Text | None = None
    replaces_source: Text | None = None

    # Which fields hold lines, each with the role its lines play.
    ROLES: ClassVar[dict[str, str]] = {"items": "item"}

    @model_validator(mode="after")
    def _interval(self) -> Self:
        if self.started_at is not None and self.started_at > self.occurred_at:
            raise PydanticCustomError(
                "interval",
                "starts after it occurred.",
                {"at": "/started_at", "accepted": "a time not after occurred_at, which is the end"},
            )
        if self.replaces_source is not None and self.replaces is None:
            raise PydanticCustomError(
                "replaces",
                "stands without replaces.",
                {"at": "/replaces_source", "accepted": "replaces beside it"},
            )
        return self

    def item_lines(self) -> list[tuple[str, int, Line]]:
        """Every line as (field, index, line), in the order of the wire table."""
        return [
            (field, index, line)
            for field in self.ROLES
            for index, line in enumerate(getattr(self, field))
        ]


class Items(Base):
    """An event about items: at least one line, of positive quantity."""

    items: SomeLines

    @model_validator(mode="after")
    def _positive(self) -> Self:
        require_positive(self.items, "items")
        return self


class Receipt(Items):
    """Goods received from a supplier, or sent back to one."""

    type: Literal["receipt", "supplier_return"]
    party: Text | None = None


class Make(Base):
    """Something made of something: an event with inputs and outputs, a node of the genealogy."""

    type: Literal[
        "production", "assembly", "disassembly", "rework", "split", "merge", "relabel", "process"
    ]
    inputs: Lines = ()
    outputs: Lines = ()
    items: Lines = ()
    mixing: Literal["homogeneous", "discrete"] | None = None
    parameters: dict[str, JsonValue] = Field(default_factory=dict)

    ROLES: ClassVar[dict[str, str]] = {"inputs": "input", "outputs": "output", "items": "item"}

    @model_validator(mode="after")
    def _lines(self) -> Self:
        accepted = "inputs or outputs (issue and receipt may come apart)"
        if self.type == "process":
            accepted += ", or items"
        elif self.items:
            raise PydanticCustomError(
                "lines", "is a {type} with items.", {"type": self.type, "accepted": accepted}
            )
        if bool(self.inputs or self.outputs) == bool(self.items):
            raise PydanticCustomError(
                "lines",
                "has no lines, or both items and inputs or outputs.",
                {"accepted": accepted},
            )
        for field in self.ROLES:
            require_positive(getattr(self, field), field)
        return self


MAKES: frozenset[str] = frozenset(get_args(Make.model_fields["type"].annotation))


class Move(Items):
    """Goods moved from `place` to another place of our own."""

    type: Literal["move"]
    to: Text


class Pack(Items):
    """Items put into a container."""

    type: Literal["pack"]
    container: ItemRef


class Unpack(Base):
    """Items taken out of a container; all of them where none is named."""

    type: Literal["unpack"]
    container: ItemRef
    items: Lines = ()

    @model_validator(mode="after")
    def _positive(self) -> Self:
        require_positive(self.items, "items")
        return self


class Transfer(Items):
    """Goods under way: sent, arrived, or sent back."""

    type: Literal["shipment", "delivery", "return"]
    party: Text | None = None
    to: Text | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if self.party is not None and self.to is not None:
            raise PydanticCustomError(
                "target",
                "names both a party and a place of ours.",
                {"at": "/to", "accepted": "party for a customer, or to for a place of our own"},
            )
        return self


class Removal(Items):
    """Goods destroyed, or used (implanted, consumed at a customer)."""

    type: Literal["scrap", "use"]
    reason: Note | None = None
    party: Text | None = None


class Adjustment(Base):
    """A signed correction of what is on hand."""

    type: Literal["adjustment"]
    items: SomeLines
    reason: Note | None = None
    party: Text | None = None

    @model_validator(mode="after")
    def _not_zero(self) -> Self:
        if any(line.quantity is not None and line.quantity.micro == 0 for line in self.items):
            raise PydanticCustomError(
                "quantity_sign",
                "adjusts by zero.",
                {"at": "/items", "accepted": "positive or negative decimal strings"},
            )
        return self


class Observation(Base):
    """Items seen at a place, or the place alone; nothing is made, moved or posted."""

    type: Literal["observation"]
    items: Lines = ()
    step: Text | None = None
    disposition: Text | None = None

    @model_validator(mode="after")
    def _about(self) -> Self:
        if not self.items and self.place is None:
            raise PydanticCustomError(
                "about", "is about nothing.", {"accepted": "items, or a place, at least one"}
            )
        require_positive(self.items, "items")
        return self


class Result(Strict):
    """One measured characteristic of an inspection."""

    characteristic: Text
    value: Text
    unit: Unit | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    verdict: Verdict | None = None


class Inspection(Items):
    """Items examined; `sample` is how many were looked at."""

    type: Literal["inspection"]
    sample: Quantity | None = None
    plan: Text | None = None
    results: Annotated[tuple[Result, ...], Field(max_length=10_000)] = ()
    verdict: Verdict | None = None


class Hold(Items):
    """Items blocked, or released again."""

    type: Literal["hold", "release"]
    reason: Note | None = None


class QualityRecord(Base):
    """A record of the quality system about items or events."""

    type: Literal["certificate", "deviation", "nonconformance", "capa", "complaint"]
    items: Lines = ()
    events: Annotated[tuple[EventRef, ...], Field(max_length=MAX_LINES)] = ()
    number: Text | None = None
    status: Text | None = None
    party: Text | None = None
    description: Note | None = None

    @model_validator(mode="after")
    def _about(self) -> Self:
        if not self.items and not self.events:
            raise PydanticCustomError(
                "about", "is about nothing.", {"accepted": "items or events, at least one"}
            )
        require_positive(self.items, "items")
        return self


class OrderLine(Strict):
    """What was ordered; `line` is the number that `order_line` of other events refers to."""

    line: Text
    product: Text
    quantity: Quantity
    unit: Unit
    due: date | None = None
    promised: date | None = None


class Order(Base):
    """A step in the life of an order."""

    type: Literal["order"]
    number: Text
    kind: Literal["sales", "purchase", "production", "transfer", "return", "service"]
    action: Literal["created", "changed", "confirmed", "released", "cancelled", "closed", "settled"]
    party: Text | None = None
    lines: Annotated[tuple[OrderLine, ...], Field(max_length=MAX_LINES)] = ()

    ROLES: ClassVar[dict[str, str]] = {}


class PackageLevel(Strict):
    """One packaging of a product: what it is called, and how many base units it holds.

    That is its GTIN, or its device identifier of another agency (see `tracegraph.identify`).
    """

    gtin: Annotated[str, Field(pattern=GTIN)] | None = None
    device_identifier: Annotated[str, Field(pattern=DEVICE)] | None = None
    content: Quantity = Quantity(1_000_000)
    name: Text | None = None

    @property
    def identifier(self) -> str:
        """What the packaging is called, by whichever agency."""
        return self.gtin or self.device_identifier or ""

    @model_validator(mode="after")
    def _one_identifier(self) -> Self:
        if (self.gtin is None) == (self.device_identifier is None):
            raise PydanticCustomError(
                "package",
                "has {count} identifiers.",
                {
                    "count": 2 if self.gtin else "no",
                    "accepted": "exactly one of gtin and device_identifier",
                },
            )
        return self

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.content.micro < 1_000_000 or self.content.micro % 1_000_000:
            raise PydanticCustomError(
                "content",
                "holds {content} base units.",
                {
                    "content": str(self.content),
                    "accepted": 'a whole number of base units, "1" or more',
                },
            )
        return self


class Material(Strict):
    """A line of a bill of materials: what one unit of the product takes."""

    product: Text
    quantity: Quantity
    unit: Unit
    substitutes: Words = ()
    mixing: Literal["homogeneous", "discrete"] | None = None
    required: bool = True


class Factor(Strict):
    """An exact conversion of a product: one `unit` of it is `equals` `of`."""

    unit: Unit
    equals: Quantity
    of: Unit


class Record(Base):
    """Master data: the record's new state, whole; `number` is its key."""

    number: Text
    name: Text | None = None

    ROLES: ClassVar[dict[str, str]] = {}


class Product(Record):
    """A product: its names and package levels, its bill of materials, how it is controlled."""

    type: Literal["product"]
    packages: Annotated[tuple[PackageLevel, ...], Field(max_length=100)] = ()
    tracking: Literal["lot", "serial", "none"] | None = None
    bill_of_materials: Annotated[tuple[Material, ...], Field(max_length=10_000)] = ()
    mixing: Literal["homogeneous", "discrete"] | None = None
    risk_class: Text | None = None
    markets: Words = ()
    shelf_life_days: Annotated[int, Field(ge=0, le=100_000)] | None = None
    factors: Annotated[tuple[Factor, ...], Field(max_length=100)] = ()
    inspections: Words = ()


class Contact(Strict):
    """Whom to reach at a party."""

    name: Text | None = None
    role: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    address: Note | None = None


class Party(Record):
    """A supplier, customer, carrier or authority."""

    type: Literal["party"]
    roles: Words = ()
    market: Text | None = None
    contacts: Annotated[tuple[Contact, ...], Field(max_length=1000)] = ()


class Place(Record):
    """A site, warehouse or bin, inside another one or not."""

    type: Literal["place"]
    kind: Text | None = None
    inside: Text | None = None
    market: Text | None = None


class Equipment(Record):
    """A machine or an instrument, with its calibration."""

    type: Literal["equipment"]
    kind: Text | None = None
    calibrated_on: date | None = None
    calibration_due: date | None = None
    verdict: Verdict | None = None


class Void(Base):
    """A correction: the named event did not happen as it was told."""

    type: Literal["void"]
    voids: Text
    voids_source: Text | None = None
    reason: Note

    ROLES: ClassVar[dict[str, str]] = {}

    @property
    def target(self) -> tuple[str, str]:
        """Source and id of the event that this one voids."""
        return (self.voids_source or self.source, self.voids)


Event = (
    Receipt | Make | Move | Pack | Unpack | Transfer | Removal | Adjustment | Observation
    | Inspection | Hold | QualityRecord | Order | Product | Party | Place | Equipment | Void
)  # fmt: skip

ADAPTER: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])

TYPES: dict[str, type[Base]] = {
    word: model
    for model in Event.__args__
    for word in model.model_fields["type"].annotation.__args__
}


def event_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an event as it is sent."""
    schema = ADAPTER.json_schema(mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    for definition in schema["$defs"].values():
        if "source" in definition.get("required", ()) and "occurred_at" in definition["properties"]:
            definition["required"].remove(
                "source"
            )  # the caller's key says it when the event does not
    return schema
