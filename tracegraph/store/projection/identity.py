"""Which names name one product, and what one of each package level holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracegraph.identify.naming import Name, is_gtin, product_name
from tracegraph.model.event import Product
from tracegraph.model.key import Kind, lot_key, serial_key
from tracegraph.model.quantity import MICRO
from tracegraph.store.projection.facts import Fact


@dataclass(frozen=True, slots=True)
class Identity:
    """One product, under all its names (domain, "One thing, one item").

    `main` is the name used in keys: the GTIN of the base unit, else the own number. `base` are
    the names of the base unit; `content` says how many base units each package level holds.
    More than one of `numbers` means that records of different products claim one name.
    """

    main: str
    numbers: tuple[str, ...]
    base: frozenset[str]
    content: tuple[tuple[str, int], ...]

    @property
    def names(self) -> frozenset[str]:
        """Every name of the product."""
        return self.base | {name for name, _ in self.content}

    @property
    def product(self) -> str:
        """What people call the product: its own number where one is known."""
        return self.numbers[0] if self.numbers else self.main


def unrecorded(name: str) -> Identity:
    """The identity of a name that no product record knows: it stands for itself."""
    return Identity(name, (), frozenset((name,)), ())


def identify_product(records: Iterable[Fact]) -> Identity:
    """The identity that standing product records, joined by their names, give. One at least.

    Names are timeless, so all that were ever recorded count. Where records differ on the content
    of a level or on the base unit, the one that occurred last holds; the order of arrival does
    not matter.
    """
    numbers: dict[str, None] = {}
    content: dict[str, int] = {}
    main: str | None = None
    for record in sorted(records, key=lambda fact: fact.order("record")):
        assert isinstance(record.event, Product)
        numbers[product_name(record.event.number)] = None
        units = [
            (product_name(level.identifier), level.content.micro // MICRO)
            for level in record.event.packages
        ]
        content.update(units)
        main = next((name for name, holds in units if holds == 1), main)
    own = tuple(numbers)
    base = frozenset((*own, *(name for name, holds in content.items() if holds == 1)))
    levels = tuple(sorted((name, n) for name, n in content.items() if name not in base))
    return Identity(main if main in base else own[0], own, base, levels)


def names_of(name: Name, identity: Identity) -> tuple[str, ...]:
    """The keys under which the item of `name` can be met, given its product's identity.

    A lot is one item under every package level; a serial of a higher level is that package, an
    item of its own. An opaque key has no other name.
    """
    if name.product is None or name.number is None:
        return (name.key,)
    if name.kind is Kind.LOT:
        products, key = identity.names, _lot
    elif name.product in identity.base:
        products, key = identity.base, _serial
    else:
        return (name.key,)
    return tuple(
        name.key if product == name.product else key(product, name.number)
        for product in sorted(products)
    )


def key_of(
    kind: Kind, product: str | None, number: str | None, key: str, identity: Identity
) -> str:
    """The canonical key of an item that was called `key`: that of its product and number."""
    if product is None or number is None:
        return key
    main = identity.main if kind is Kind.LOT or product in identity.base else product
    if main == product:
        return key
    return _lot(main, number) if kind is Kind.LOT else _serial(main, number)


def content_of(product: str | None, identity: Identity) -> int:
    """How many base units one of `product` (a name) holds."""
    return dict(identity.content).get(product or "", 1)


def _lot(product: str, number: str) -> str:
    return lot_key(product, number, gtin=is_gtin(product))


def _serial(product: str, number: str) -> str:
    return serial_key(product, number, gtin=is_gtin(product))
