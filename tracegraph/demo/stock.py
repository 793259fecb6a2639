"""What lies where: the lots that later steps draw from, oldest first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tracegraph.demo.catalogue import PRODUCTS
from tracegraph.demo.lines import Draw


@dataclass(slots=True)
class Held:
    """What is left of a lot, and from when it may be drawn."""

    lot: str
    milli: int
    ready: int


class Stock:
    """Lots by product and place."""

    def __init__(self) -> None:
        self._held: defaultdict[tuple[str, str], list[Held]] = defaultdict(list)

    def add(self, product: str, place: str, lot: str, milli: int, ready: int) -> None:
        """Put a lot in stock."""
        self._held[product, place].append(Held(lot, milli, ready))

    def draw(self, product: str, place: str, milli: int, now: int, lots: int = 2) -> list[Draw]:
        """Take from the oldest lots, shared among `lots` of them where there are as many.

        Raises ValueError if there is not enough. Linear in the lots in stock.
        """
        held = self._held[product, place]
        ready = [lot for lot in held if lot.ready <= now]
        if sum(lot.milli for lot in ready) < milli:
            raise ValueError(f"not enough {product} at {place}")
        step = PRODUCTS[product].step
        share = max(step, milli // lots // step * step)
        taken: dict[str, int] = {}
        # First a fair share of each of the oldest lots, then the rest in order of age.
        for most, chosen in ((share, ready[:lots]), (milli, ready)):
            for lot in chosen:
                part = min(lot.milli, most, milli - sum(taken.values()))
                if part > 0:
                    lot.milli -= part
                    taken[lot.lot] = taken.get(lot.lot, 0) + part
        self._held[product, place] = [lot for lot in held if lot.milli]
        return list(taken.items())

    def oldest(self, product: str, place: str, now: int) -> Held | None:
        """The lot that is drawn first."""
        return next((lot for lot in self._held[product, place] if lot.ready <= now), None)
