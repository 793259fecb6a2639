"""What an item's genealogy is coloured by: the state of its items, or the place they are at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from api.pages.question import Question
from api.pages.words import Words
from tracegraph.library import Tracegraph
from tracegraph.recall.answer import Position
from tracegraph.trace.answer import Genealogy
from viz.tint import PLAIN, Colouring, Tint

MOST = 20_000  # items whose positions are read for their colours

# From what stops an item to what no longer can: state, glyph, colour.
STATES = (
    ("rejected", "✕", "e"), ("on hold", "‖", "f"), ("quarantine", "?", "c"),
    ("returned", "↩", "d"), ("available", "✓", "b"), ("in transit", "→", "a"),
    ("delivered", "▪", "other"), ("used", "∅", "other"), ("consumed", "∅", "other"),
    ("destroyed", "∅", "other"), ("adjusted", "±", "other"),
)  # fmt: skip
LETTERS = "ABCDEF"
NONE = "+none"  # beside names of states and places
SEVERAL, REST, PARTY, GONE = "+several", "+rest", "+party", "+gone"


def colouring(
    graph: Tracegraph, genealogy: Genealogy, question: Question, words: Words
) -> Colouring:
    """What was asked for, at the cuts of the question; none of it for too many items."""
    if not question.colour or len(genealogy.items) > MOST:
        return PLAIN
    found = graph.positions_of(
        (item.key for item in genealogy.items),
        as_of=question.as_of_instant,
        known_at=genealogy.known_at,
    )
    held = [position for position in found if position.quantity not in {"0", ""}]
    shown = by_state(held, words) if question.colour == "state" else by_place(held, words)
    none = dict.fromkeys((item.key for item in genealogy.items), NONE)
    return Colouring(
        none | dict(shown.of), (*shown.tints, Tint(NONE, words("colour_nowhere"), "·", "other"))
    )


def by_state(held: Iterable[Position], words: Words) -> Colouring:
    """The gravest state of any unit of an item."""
    order = {state: at for at, (state, _, _) in enumerate(STATES)}
    found: dict[str, str] = {}
    for position in held:
        before = found.get(position.item, position.state)
        found[position.item] = min(before, position.state, key=lambda s: order.get(s, len(order)))
    tints = [Tint(state, words.of("state", state), *look) for state, *look in STATES]
    return Colouring(found, tuple(tints))


def by_place(held: Iterable[Position], words: Words) -> Colouring:
    """The place where an item is; those with the most items have a colour of their own."""
    holders: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for position in held:
        holders[position.item].add((position.holder_kind, position.holder or ""))
    found = {item: _whereabouts(at) for item, at in holders.items()}
    count = Counter(place for place in found.values() if place[:1] != "+")
    most = sorted(count, key=lambda place: (-count[place], place))
    own, rest = most[: len(LETTERS)], frozenset(most[len(LETTERS) :])
    tints = [Tint(place, place, LETTERS[at], "abcdef"[at]) for at, place in enumerate(own)]
    tints += [
        Tint(REST, words("colour_rest", n=f"{len(rest):,}"), "…", "other"),
        Tint(SEVERAL, words("colour_several"), "*", "other"),
        Tint(PARTY, words("colour_party"), "→", "other"),
        Tint(GONE, words("colour_gone"), "∅", "other"),
    ]
    of = {item: REST if place in rest else place for item, place in found.items()}
    return Colouring(of, tuple(tints))


def _whereabouts(holders: set[tuple[str, str]]) -> str:
    """The one place that all units of an item are at, or how they are spread.

    What is consumed or used is nowhere any more, and does not count beside what is left.
    """
    places = {holder for kind, holder in holders if kind == "place" and holder}
    away = any(kind == "party" for kind, _ in holders)
    if len(places) + away > 1:
        return SEVERAL
    if places:
        return places.pop()
    return PARTY if away else GONE
