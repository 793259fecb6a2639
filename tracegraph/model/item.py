"""References to items as events write them, and the lines that carry them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from tracegraph.model.quantity import Quantity
from tracegraph.model.unit import Unit

# Control characters and surrounding blanks are never part of a number that a person can read.
TEXT = r"^[^\s\p{C}](?:[^\p{C}]*[^\s\p{C}])?$"
URI = r"^[A-Za-z][A-Za-z0-9+.\-]*:[^\s\p{C}]+$"
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=TEXT)]
Note = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
Uri = Annotated[str, StringConstraints(max_length=1000, pattern=URI)]
Scan = Annotated[str, StringConstraints(min_length=1, max_length=1000)]

FORMS = (
    "exactly one of {product, lot}, {product, serial} (with lot where it is known), {sscc}, "
    "{key} or {scan}; {product} alone on a line keeps it as untraced"
)


class Strict(BaseModel):
    """Base of everything on the wire: immutable, no unknown fields, no silent conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ItemRef(Strict):
    """An item as an event names it (domain, "On the wire")."""

    product: Text | None = Field(None, description="the maker's own number, or a GTIN")
    lot: Text | None = None
    serial: Text | None = None
    sscc: Text | None = None
    key: Uri | None = Field(None, description="any absolute URI")
    scan: Scan | None = Field(None, description="what a scanner read; kept as it is")
    kind: Literal["lot", "serial", "container"] | None = Field(
        None, description="for an opaque key only: what it names (a lot, unless said)"
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = [form for form in (self.product, self.sscc, self.key, self.scan) if form]
        stray = not self.product and (self.lot or self.serial)
        if len(given) != 1 or stray or (self.kind and not self.key):
            said = ", ".join(sorted(self.model_fields_set)) or "nothing"
            raise PydanticCustomError(
                "item_form", "names an item by {said}.", {"said": said, "accepted": FORMS}
            )
        return self

    @property
    def traced(self) -> bool:
        """Whether this names an item, not just a product."""
        return not self.product or bool(self.lot or self.serial)


class Line(Strict):
    """An item with how much of it, and what the event says of it."""

    item: ItemRef
    quantity: Quantity | None = None
    unit: Unit | None = None
    mixing: Literal["homogeneous", "discrete"] | None = None
    state: Literal["available", "quarantine", "hold", "rejected"] | None = None
    order_line: Text | None = None
    supplier_lot: Text | None = None
    made_on: date | None = None
    expires_on: date | None = None
    per_unit: Quantity | None = Field(None, description="units of this line in one output unit")

    @model_validator(mode="after")
    def _quantity_with_unit(self) -> Self:
        if (self.quantity is None) != (self.unit is None):
            raise PydanticCustomError(
                "quantity_unit",
                "has one of quantity and unit without the other.",
                {
                    "at": "/unit" if self.unit is None else "/quantity",
                    "accepted": "both, or neither where the amount is unknown",
                },
            )
        if self.per_unit is not None and self.per_unit.micro <= 0:
            raise PydanticCustomError(
                "per_unit",
                "is zero or less.",
                {"at": "/per_unit", "accepted": "a positive decimal"},
            )
        return self


def require_positive(lines: tuple[Line, ...], kind: str) -> None:
    """Refuse a quantity of zero or less: only an adjustment is signed."""
    for index, line in enumerate(lines):
        if line.quantity is not None and line.quantity.micro <= 0:
            raise PydanticCustomError(
                "quantity_sign",
                "is zero or less.",
                {"at": f"/{kind}/{index}/quantity", "accepted": "a positive decimal string"},
            )
