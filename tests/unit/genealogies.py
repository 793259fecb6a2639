"""Made-up genealogies for tests of figures: layers of products, each lot made from earlier lots."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tracegraph.trace.answer import Edge, Genealogy, TracedEvent, TracedItem


def lot(product: str, number: str, depth: int = 1, **changes: object) -> TracedItem:
    item = TracedItem(
        f"urn:tracegraph:lot:{product}:{number}", "lot", product, number, depth,
        "backward" if depth else "seed", None, None, "2026-01-02T08:00:00Z", "2026-01-03T08:00:00Z",
    )  # fmt: skip
    return replace(item, **changes)  # type: ignore[arg-type]  # fields of any type


def event(id: str, type: str = "production", at: str = "2026-01-02T08:00:00Z") -> TracedEvent:
    key = f"urn:tracegraph:event:mes:{id}"
    return TracedEvent(key, key, 1, "mes", id, type, at, at, ())


def genealogy(
    items: list[TracedItem],
    events: list[TracedEvent],
    edges: list[Edge],
    direction: str = "backward",
) -> Genealogy:
    seeds = tuple(item.key for item in items if item.direction == "seed")
    return Genealogy(
        seeds, direction, None, 9, None, None, 100_000, "0",  # type: ignore[arg-type]  # any text
        tuple(items), tuple(events), tuple(edges),
    )  # fmt: skip


def layered(
    layers: list[tuple[int, int]], *, seeds: int = 1, serials: int = 0, seed: int = 0
) -> Genealogy:
    """Layers of (products, lots of each), suppliers' first; `serials` are of the last lots."""
    rng = Random(seed)
    items: list[TracedItem] = []
    events: list[TracedEvent] = []
    edges: list[Edge] = []
    before: list[TracedItem] = []
    steps = len(layers) - (0 if serials else 1)
    for at, (products, lots) in enumerate(layers):
        layer = []
        for n in range(products * lots):
            product, when = f"P{at}-{n % products}", f"2026-{at % 12 + 1:02d}-{n % 28 + 1:02d}"
            made = lot(product, f"{product}-{n:05d}", steps - at)
            moment = f"{when}T08:00:00Z"
            layer.append(replace(made, first_event=moment, last_event=moment))
            if before:
                production = event(f"{at}/{n}", rng.choice(["production", "assembly"]), moment)
                events.append(production)
                inputs = rng.sample(before, min(len(before), rng.randint(1, 3)))
                inputs += [rng.choice(items)] if rng.random() < 0.3 else []
                edges += [
                    Edge("input", key, production.node, str(rng.choice([5, 50, 5000])), "kg")
                    for key in dict.fromkeys(item.key for item in inputs)
                ]
                edges.append(Edge("output", production.node, layer[-1].key, "1000", "each"))
        items += layer
        before = layer
    for n in range(serials):
        of = before[n % len(before)]
        one = lot("FG", f"{n:07d}", 0, kind="serial", key=f"https://id.gs1.org/01/09/21/{n}")
        items.append(replace(one, direction="seed" if n < seeds else "forward"))
        edges.append(Edge("comprises", of.key, one.key))
    return genealogy(items, events, edges)
