"""What cards are coloured by: a class for each item, the gravest class first.

A class has a name and a glyph beside its colour, so that colour never stands alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tracegraph.trace.answer import TracedItem

COLOURS = ("certain", "possible", "other", "a", "b", "c", "d", "e", "f")  # of every palette
HATCHED = frozenset({"possible"})


@dataclass(frozen=True, slots=True)
class Tint:
    """A class of items: its name, what people call it, its glyph, and its colour of COLOURS."""

    name: str
    label: str
    glyph: str
    colour: str

    @property
    def hatched(self) -> bool:
        """Whether its cards are hatched too."""
        return self.colour in HATCHED


@dataclass(frozen=True, slots=True)
class Colouring:
    """The class of each item by key, and the classes, the gravest first.

    Items of no class keep the colour of their kind.
    """

    of: Mapping[str, str] = field(default_factory=dict)
    tints: tuple[Tint, ...] = ()

    def counted(self, items: Iterable[TracedItem]) -> list[tuple[Tint, int]]:
        """How many items are of each class that occurs among them."""
        found = Counter(self.of.get(item.key) for item in items)
        return [(tint, found[tint.name]) for tint in self.tints if found[tint.name]]


PLAIN = Colouring()
