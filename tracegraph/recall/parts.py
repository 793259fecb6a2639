"""Parts: what was built into what, for a disassembly that gives it back.

A disassembly output that was recorded as built into the input is that component again (domain,
"Events"). It is surely one of the recorded units only where every unit taken apart surely holds
so many of them; what the records lack may be good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tracegraph.recall.flow import WHOLE, Hub, Output

Makers = Mapping[int, list[tuple[Hub, Output]]]

PLENTY = 2**100  # units of a part that is spread over what it went into


def makers_of(hubs: Iterable[Hub]) -> Makers:
    """The outputs that gave each item, with their hubs."""
    found: defaultdict[int, list[tuple[Hub, Output]]] = defaultdict(list)
    for hub in hubs:
        for output in hub.outputs:
            found[output.item].append((hub, output))
    return found


def between_items(makers: Makers, part: int, wholes: Collection[int], stop: Hub) -> list[int]:
    """Items on ways from a part to the wholes it was built into, the wholes included.

    Linear in what is upstream of the wholes.
    """
    into = _into(makers, wholes, stop)
    found: set[int] = set()
    waiting = [part]
    while waiting:
        for item in into.get(waiting.pop(), ()):
            if item not in found and item != part:
                found.add(item)
                waiting.append(item)
    return sorted(found)


def _into(
    makers: Makers, wholes: Collection[int], stop: Hub, without: int = 0
) -> dict[int, set[int]]:
    """Upstream of the wholes, into what each item went on the way to them; not by one item."""
    into: defaultdict[int, set[int]] = defaultdict(set)
    seen = set(wholes)
    waiting = list(wholes)
    while waiting:
        item = waiting.pop()
        for hub, _ in makers.get(item, ()):
            if hub.no == stop.no:
                continue
            for taken in hub.inputs:
                into[taken.item].add(item)
                if taken.item not in seen and taken.item != without:
                    seen.add(taken.item)
                    waiting.append(taken.item)
    return into


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A component that a disassembly gives back.

    `chain` are the items between it and what was taken apart; of these every unit went through
    those in `passed`. At most `strange` of its units may be others than those recorded.
    """

    chain: tuple[int, ...]
    passed: frozenset[int]
    strange: int


def given_back(makers: Makers, hub: Hub, output: Output, doubtful: set[int]) -> GivenBack:
    """What is known of a component that comes out; `doubtful` items may have units of any origin.

    Linear in what is upstream of the hub's inputs, and again in the items between.
    """
    wholes = {taken.item for taken in hub.inputs}
    chain = between_items(makers, output.item, wholes, hub)
    held = Fraction(0)
    for taken in hub.inputs:
        each = _held(makers, output.item, taken.item, doubtful, {})
        held += each * (taken.quantity or 0)
    strange = max(Fraction(0), (output.quantity or WHOLE) - held)
    passed = {item for item in chain if _all_through(makers, output.item, item, wholes, hub)}
    return GivenBack(tuple(chain), frozenset(passed), int(-(-strange // 1)))


def _all_through(makers: Makers, part: int, item: int, wholes: set[int], stop: Hub) -> bool:
    """Whether every way from a part to a whole passes an item."""
    others = wholes - {item}
    if not others and wholes:
        return True
    into = _into(makers, others, stop, item)
    seen, waiting = {part}, [part]
    while waiting:
        for after in into.get(waiting.pop(), ()):
            if after in others:
                return False
            if after not in seen and after != item:
                seen.add(after)
                waiting.append(after)
    return True


def _held(
    makers: Makers, part: int, item: int, doubtful: set[int], known: dict[int, Fraction]
) -> Fraction:
    """How many recorded units of a part every unit of an item surely holds."""
    if item in known:
        return known[item]
    known[item] = Fraction(0)  # what is built of itself is built of nothing that is known
    if item not in doubtful and item in makers:
        known[item] = min(_put(makers, part, hub, item, doubtful, known) for hub, _ in makers[item])
    return known[item]


def _put(
    makers: Makers, part: int, hub: Hub, item: int, doubtful: set[int], known: dict[int, Fraction]
) -> Fraction:
    """How many of a part a hub surely put into each unit that it gave of an item."""
    if hub.disassembly:
        return Fraction(0)
    product = next(output.product for output in hub.outputs if output.item == item)
    found = Fraction(0)
    for place, slot in enumerate(hub.slots):
        own = [taken for taken in hub.inputs if taken.slot == place and not taken.loose]
        takes = slot.takes.get(product, Fraction(1))
        if takes < 1 or not own or not _enough(hub, place):
            continue
        least = min(
            Fraction(1) if t.item == part else _held(makers, part, t.item, doubtful, known)
            for t in own
        )
        found += least * (takes.numerator // takes.denominator)
    spread = any(taken.slot < 0 and taken.item == part for taken in hub.inputs)
    return Fraction(PLENTY) if spread else found


def _enough(hub: Hub, place: int) -> bool:
    """Whether a slot had all that its outputs take."""
    lines = [taken.quantity for taken in hub.inputs if taken.slot == place and not taken.loose]
    made = [output for output in hub.outputs if not output.lot]
    if None in lines or any(output.quantity is None for output in made):
        return False
    takes = hub.slots[place].takes
    need = sum(takes.get(o.product, Fraction(1)) * (o.quantity or 0) for o in made)
    return sum(quantity or 0 for quantity in lines) >= need
