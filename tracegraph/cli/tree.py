"""A genealogy drawn as a tree, a line for each item."""

from __future__ import annotations

from collections.abc import Iterator

from tracegraph.cli.output import shown
from tracegraph.trace.answer import Genealogy, TracedEvent
from tracegraph.trace.views import Node, Placed, tree, walk

DEEPEST = 40  # levels that are drawn; below them each line only says its depth

UNICODE = ("├─ ", "└─ ", "│  ", "   ", "↳ ")
ASCII = ("|- ", "`- ", "|  ", "   ", "> ")


def drawn(genealogy: Genealogy, *, unicode: bool = True) -> Iterator[str]:
    """The lines of the tree. Linear in the answer, as branches are drawn to a depth only."""
    guides = UNICODE if unicode else ASCII
    both = genealogy.direction == "both"
    for placed in walk(tree(genealogy)):
        yield _branches(placed, guides) + _line(placed.node, both=both)


def _branches(placed: Placed, guides: tuple[str, ...]) -> str:
    among, last, beside, clear, deeper = guides
    if not placed.lasts:
        return ""
    if len(placed.lasts) > DEEPEST:
        return clear * DEEPEST + deeper
    above = "".join(clear if is_last else beside for is_last in placed.lasts[:-1])
    return above + (last if placed.lasts[-1] else among)


def _line(node: Node, *, both: bool) -> str:
    item = node.item
    name = " ".join(shown(part) for part in (item.product, item.number) if part)
    facts = [item.kind, f"depth {item.depth}"]
    if both and item.direction != "seed":
        facts.append(item.direction)
    key = shown(item.key)
    parts = [name or key, f"({', '.join(facts)})", event_text(node.events), key if name else ""]
    return "  ".join(part for part in parts if part)


def event_text(events: tuple[TracedEvent, ...]) -> str:
    """The event of a step, or the first one of a run and how many more there are."""
    if not events:
        return ""
    event = events[0]
    more = f" and {len(events) - 1} more of its run" if len(events) > 1 else ""
    return f"{event.type} {shown(event.source)}/{shown(event.id)} {event.occurred_at}{more}"
