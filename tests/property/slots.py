"""What a hub makes of the units that it took: which of its output units are affected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, permutations, product
from operator import mul
from typing import Any

from tests.property.units import (
    BAD,
    EVER,
    GOOD,
    LATER,
    Key,
    Unit,
    most_of,
    put,
    subsets,
    units_of,
    without,
)
from tracegraph.recall.flow import Affected, Hub, Output

Made = tuple[tuple[Unit, ...], ...]  # the output units, group by group


def grouped(hub: Hub) -> list[tuple[Output, int]]:
    """Outputs with their units; a lot's without those that have serial numbers beside it."""
    named = Counter(output.lot for output in hub.outputs if output.lot)
    return [(output, units_of(output) - named[output.item]) for output in hub.outputs]


def _bad(hub: Hub, taken: Sequence[Sequence[Unit]], slot: int) -> list[tuple[int, Unit]]:
    return [
        (line.item, unit)
        for line, units in zip(hub.inputs, taken, strict=True)
        for unit in units
        if line.slot == slot
    ]


def mixed(
    hub: Hub,
    groups: Sequence[tuple[Output, int]],
    taken: Sequence[Sequence[Unit]],
    vague: set[tuple[int, int]],
) -> set[Made]:
    """Each slot reaches some units of each group; which are also another's, is open."""
    vectors = {(0,) * len(groups)}
    for place, slot in enumerate(hub.slots):
        units = _bad(hub, taken, place)
        shares = tuple((slot.takes.get(output.product), n) for output, n in groups)
        if not _enough(hub, place, groups, len(units), vague):
            return set()
        reached = layouts(len(units), sum(unit.bad for _, unit in units), shares)
        vectors = {
            vector
            for one, other in product(vectors, reached)
            for vector in product(
                *(
                    range(max(x, y), min(n, x + y) + 1)
                    for x, y, (_, n) in zip(one, other, groups, strict=True)
                )
            )
        }
    return {
        tuple((BAD,) * x + (GOOD,) * (n - x) for x, (_, n) in zip(vector, groups, strict=True))
        for vector in vectors
    }


def whole(hub: Hub) -> bool:
    return all(c.denominator == 1 for slot in hub.slots for c in slot.takes.values())


def _enough(
    hub: Hub,
    place: int,
    groups: Sequence[tuple[Output, int]],
    total: int,
    vague: set[tuple[int, int]],
) -> bool:
    """Whether unknown amounts are such that they show no lack, where they need not."""
    takes = hub.slots[place].takes
    need = sum(takes.get(o.product, Fraction(1)) * n for o, n in groups)
    least = sum(
        takes.get(o.product, Fraction(1)) * (1 if (hub.no, -o.item) in vague else n)
        for o, n in groups
    )
    if total >= need:
        return True
    if (hub.no, place) in vague:
        return False
    return least == need


def remembered(
    hub: Hub,
    groups: Sequence[tuple[Output, int]],
    taken: Sequence[Sequence[Unit]],
    spoilt: bool,
    vague: set[tuple[int, int]],
) -> set[Made]:
    """As `mixed`, and each output unit remembers what it is built of."""
    ways: set[tuple[tuple[tuple[int, Unit], ...], ...]] = {((),) * sum(n for _, n in groups)}
    for place, slot in enumerate(hub.slots):
        shares = [slot.takes.get(output.product) for output, n in groups for _ in range(n)]
        units = tuple(_bad(hub, taken, place))
        if not _enough(hub, place, groups, len(units), vague):
            return set()
        built = builds(units, shares)
        ways = {
            tuple((*a, *b) for a, b in zip(one, other, strict=True))
            for one, other in product(ways, built)
        }
    found = set()
    for way in ways:
        rest = iter(way)
        made = []
        for _, n in groups:
            row = []
            for _ in range(n):
                parts = next(rest)
                bad = spoilt or any(unit.bad for _, unit in parts)
                row.append(Unit(EVER, bad, done=spoilt, parts=tuple(sorted(parts))))
            made.append(tuple(sorted(row)))
        found.add(tuple(made))
    return found


def inside(unit: Unit, item: int, done: bool) -> Iterator[Unit]:
    """The components of an item in a unit, at any depth; what was done to it was to them."""
    for number, part in unit.parts:
        if number == item:
            yield part._replace(bad=part.bad or done, done=part.done or done, tag=0)
        else:
            yield from inside(part, item, done or part.done)


def by_decree(seed: Affected, groups: Sequence[tuple[Output, int]], made: Made) -> Iterator[Made]:
    """So many units of what a hub gave of an item are affected, whichever they are."""
    mine = [place for place, (o, _) in enumerate(groups) if seed.item in {o.item, o.lot}]
    units = [unit._replace(tag=place) for place in mine for unit in made[place]]
    for chosen in subsets(units, most_of(seed.quantity, len(units))):
        spoilt = [unit._replace(bad=True, done=True) for unit in chosen]
        after = list(made)
        for place in mine:
            kept = [*without(units, chosen), *spoilt]
            after[place] = tuple(sorted(u._replace(tag=0) for u in kept if u.tag == place))
        yield tuple(after)


def same_units(units: Sequence[Unit], old: Sequence[Unit]) -> Iterator[list[Unit]]:
    """Which outputs are units taken before, as far as there are so many."""
    known = [(unit.ever, unit.ghost, unit.hits | LATER) for unit in old]
    known += [(False, False, LATER)] * (len(units) - len(old))
    if not old:
        yield list(units)
        return
    for marks in set(permutations(known, len(units))):
        yield [
            unit._replace(ever=ever, ghost=ghost, hits=hits)
            for unit, (ever, ghost, hits) in zip(units, marks, strict=True)
        ]


def shown(
    hub: Hub, found: Counter[Key], decreed: Counter[Key]
) -> Iterator[tuple[Key, int, int, int]]:
    totals: Counter[str] = Counter()
    for output in hub.outputs:
        key: Key = ("output", hub.no, output.item)
        yield key, found[key], decreed[key], units_of(output)
        if not output.lot and not output.back:
            totals[output.product] += units_of(output)
    for name, total in totals.items():
        key = ("total", hub.no, name)
        yield key, found[key], decreed[key], total


# -- one slot


def builds(
    units: tuple[tuple[int, Unit], ...], shares: Sequence[Fraction | None]
) -> set[tuple[tuple[tuple[int, Unit], ...], ...]]:
    """Which units each output unit is built of, where that is remembered."""
    need = sum(int(c or 1) for c in shares)
    lacking = max(0, need - len(units))
    pool = units + ((0, Unit(EVER, ghost=True)),) * lacking
    found: set[tuple[tuple[tuple[int, Unit], ...], ...]] = set()

    def build(pool: tuple[Any, ...], place: int, done: tuple[Any, ...]) -> None:
        if place == len(shares):
            found.add(done)
            return
        after = sum(int(c or 1) for c in shares[place + 1 :])
        least = int(shares[place] or 1)
        most = len(pool) - after if shares[place] is None else least
        for size in range(least, most + 1):
            for chosen in subsets(pool, size):
                build(without(pool, chosen), place + 1, (*done, chosen))

    build(pool, 0, ())
    return found


@lru_cache(100_000)
def layouts(
    total: int, bad: int, groups: tuple[tuple[Fraction | None, int], ...]
) -> frozenset[tuple[int, ...]]:
    """How many units of each group a slot can affect: groups are (c, units).

    What the slot lacks is good; where it has more than is needed the rest is waste.
    """
    need = sum((Fraction(1) if c is None else c) * n for c, n in groups)
    if not bad:
        return frozenset({(0,) * len(groups)})
    if any(_straddles(c) for c, _ in groups):
        found = _laid(total, bad, groups, need)
        if all(c is None or c >= 1 for c, _ in groups):
            found |= _rounded(total, bad, groups)
        return frozenset(found)
    found = set(_aligned(total, bad, groups, need))
    if total < need:  # an undeclared share may be any: a unit may be in all of them
        for vector in list(found):
            ranges = [range(x, n + 1) if c is None else (x,) for x, (c, n) in _zip(vector, groups)]
            found |= set(product(*ranges))
    return frozenset(found)


def _zip(vector: Sequence[int], groups: Sequence[Any]) -> Iterable[tuple[int, Any]]:
    return zip(vector, groups, strict=True)


def _straddles(c: Fraction | None) -> bool:
    return c is not None and c.denominator != 1 and c.numerator != 1


def _aligned(
    total: int, bad: int, groups: tuple[tuple[Fraction | None, int], ...], need: Fraction | int
) -> Iterator[tuple[int, ...]]:
    """An output unit takes c whole units, or a k-th of one."""
    good = total - bad + max(Fraction(0), need - total)
    for vector in product(*(range(n + 1) for _, n in groups)):
        spared = [(c or Fraction(1), n - x) for x, (c, n) in _zip(vector, groups)]
        touched = [(c or Fraction(1), x) for x, (c, _) in _zip(vector, groups)]
        clean = sum(c * n for c, n in spared if c >= 1) + _bins(spared, good)
        seats = sum(n for c, n in touched if c >= 1) + _bins(touched, Fraction(bad))
        rest = sum((c - 1) * n for c, n in touched if c >= 1)
        if clean <= good and seats <= bad and rest <= good - clean + bad - seats:
            yield vector


def _bins(pieces: Sequence[tuple[Fraction, int]], room: Fraction | int) -> Fraction:
    """How many units serve k-th parts, largest first; of the room the last may be a piece."""
    used: list[Fraction] = []
    for share in sorted((c for c, n in pieces for _ in range(n) if c < 1), reverse=True):
        for place, full in enumerate(used):
            if full + share <= 1:
                used[place] += share
                break
        else:
            used.append(share)
    count = Fraction(len(used))
    return Fraction(room) if used and count > room >= count - 1 + min(used) else count


def _rounded(
    total: int, bad: int, groups: tuple[tuple[Fraction | None, int], ...]
) -> set[tuple[int, ...]]:
    """Units that cannot be cut: an output unit takes c of them rounded down, or up."""
    found = set()
    for ups in product(*(range(n + 1 if _straddles(c) else 1) for c, n in groups)):
        parts: list[tuple[Fraction | None, int]] = []
        for up, (c, n) in _zip(ups, groups):
            low = Fraction(1) if c is None else Fraction(c.numerator // c.denominator)
            parts += [(low + 1, up), (low, n - up)]
        exact = sum((Fraction(1) if c is None else c) * n for c, n in groups)
        used = sum(((c or Fraction(1)) * n for c, n in parts), Fraction(0))
        if abs(used - exact) < 1:
            for vector in _aligned(max(total, int(used)) if total >= exact else total, bad,
                                   tuple(parts), used):  # fmt: skip
                found.add(tuple(vector[i] + vector[i + 1] for i in range(0, len(vector), 2)))
    return found


def _laid(
    total: int, bad: int, groups: tuple[tuple[Fraction | None, int], ...], need: Fraction | int
) -> set[tuple[int, ...]]:
    """Output units laid end to end, with waste anywhere, along slot units in any order.

    Lengths are whole numbers of steps, so small that any two ways differ by one at least.
    """
    scale = 2 * max((c or Fraction(1)).denominator for c, _ in groups)
    lacking = int(max(Fraction(0), Fraction(need) - total) * scale)
    waste = total * scale + lacking - int(need * scale)
    lengths = [int((c or 1) * scale) for c, _ in groups]
    found: set[tuple[int, ...]] = set()
    for spans in _arranged(total, bad, lacking, scale):
        # How far, how many units of each group so far, and how many of them are affected.
        laid = {(0, (0,) * len(groups), (0,) * len(groups))}
        for _ in range(sum(n for _, n in groups)):
            laid = {
                (end, put(used, group, used[group] + 1), put(vector, group, vector[group] + hit))
                for at, used, vector in laid
                for group, (_, n) in enumerate(groups)
                if used[group] < n
                for begin in range(at, waste + sum(map(mul, used, lengths)) + 1)
                for end in (begin + lengths[group],)
                for hit in (any(start < end and begin < stop for start, stop in spans),)
            }
        found |= {vector for _, _, vector in laid}
    return found


def _arranged(total: int, bad: int, lacking: int, scale: int) -> Iterator[list[tuple[int, int]]]:
    """Where the affected units may lie in a row of slot units, what lacks between any two."""
    for places in combinations(range(total), bad):
        for gap in range(total + 1) if lacking else (total,):
            starts = [scale * place + (lacking if place >= gap else 0) for place in places]
            yield [(start, start + scale) for start in starts]
