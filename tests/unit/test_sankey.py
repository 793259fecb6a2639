"""Sankey figures: bands are as wide as what they stand for, nothing is lost or overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest

from viz.sankey import (
    BAR,
    GAP,
    LABEL,
    MOST,
    RUN,
    SPAN,
    WHOLE,
    Flow,
    Sankey,
    fold_flows,
    sankey,
    sankey_svg,
)
from viz.tint import Tint

KINDS = tuple(Tint(name, name, "", colour) for name, colour in (("x", "a"), ("y", "b"), ("z", "c")))


def flow(name: str, size: str, tint: Tint = KINDS[0], href: str | None = None) -> Flow:
    return Flow(tint, name, "received", Decimal(size), f"{size} each", href)


def many(n: int, seed: int = 0) -> list[Flow]:
    rng = Random(seed)
    found = [
        flow(f"F{i}", str(rng.choice((1, 3, 900)) * rng.randint(1, 90)), KINDS[i * 3 // n])
        for i in range(n)
    ]
    return sorted(found, key=lambda each: (KINDS.index(each.tint), -each.size))


def together(flows: Sequence[Flow]) -> Flow:
    size = sum((each.size for each in flows), Decimal(0))
    return replace(flows[0], name="more", size=size, folded=len(flows))


def size_of(flows: Sequence[Flow]) -> Decimal:
    return sum((each.size for each in flows), Decimal(0))


@pytest.mark.parametrize("n", [1, 3, MOST, MOST + 1, 40, 300, 5000])
def test_folding_keeps_every_amount_and_its_class(n: int) -> None:
    flows = many(n)

    shown = fold_flows(flows, together)

    assert len(shown) <= MOST
    assert sum(each.folded for each in shown) == n
    for kind in KINDS:
        assert size_of([f for f in shown if f.tint == kind]) == size_of(
            [f for f in flows if f.tint == kind]
        )
    kinds = [KINDS.index(each.tint) for each in shown]
    assert kinds == sorted(kinds), "classes stay together, in their order"
    if n <= MOST:
        assert shown == flows
    names = {each.name for each in shown}
    for kind in KINDS:
        alone = [f.size for f in shown if f.tint == kind and f.folded == 1]
        shared = [f.size for f in flows if f.tint == kind and f.name not in names]
        assert not (alone and shared) or max(shared) <= min(alone), "the smallest share"


def test_what_is_shared_stands_last_of_its_class_and_one_alone_shares_nothing() -> None:
    flows = [flow("a", "9"), flow("b", "1"), flow("c", "1"), flow("d", "2", KINDS[1])]

    assert [each.name for each in fold_flows(flows, together, most=3)] == ["a", "more", "d"]
    assert [each.name for each in fold_flows(flows, together, most=2)] == ["more", "d"]


@pytest.mark.parametrize("n", [1, 2, 7, 12])
def test_bands_are_in_proportion_and_do_not_overlap(n: int) -> None:
    flows = many(n, seed=n)
    total = size_of(flows)

    shown = sankey([flow("all", str(total))], flows)

    (whole,) = shown.sources
    assert whole.high == pytest.approx(SPAN)
    assert whole.at == shown.y
    for band, asked in zip(shown.ends, flows, strict=True):
        assert band.flow == asked
        assert band.high == pytest.approx(SPAN * float(asked.size / total))
    for one, other in pairwise(shown.ends):
        assert one.y + one.high + GAP <= other.y + 0.001, "bars stand apart"
        assert other.at == pytest.approx(one.at + one.high), "at the whole they touch"
    last = shown.ends[-1]
    assert last.at + last.high == pytest.approx(shown.y + SPAN)
    assert min(band.y for band in (*shown.ends, whole)) > 36, "nothing is under the heads"
    assert max(band.y + band.high for band in (*shown.ends, whole)) < shown.height


def test_a_figure_is_as_wide_as_its_texts_within_reason() -> None:
    short = sankey([flow("S", "1")], [flow("T", "1")])
    long = sankey([flow("S" * 200, "1")], [flow("T", "1")])

    assert long.rooms == (LABEL, short.rooms[1])
    assert short.width < long.width == LABEL + short.rooms[1] + 2 * (BAR + RUN) + WHOLE


@pytest.mark.parametrize(
    ("sources", "ends"),
    [
        pytest.param(["1"], ["2"], id="sides-differ"),
        pytest.param(["1", "0.000001"], ["1"], id="by-little"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_what_does_not_balance_is_not_drawn(sources: list[str], ends: list[str]) -> None:
    with pytest.raises(ValueError, match="sides differ"):
        sankey([flow("s", each) for each in sources], [flow("e", each) for each in ends])


def drawn(shown: Sankey) -> str:
    return sankey_svg(shown, label="<i>", heads=("From", "To"), name="<u>", total="2 each")


def test_what_is_drawn_is_inert_and_leads_on() -> None:
    shown = sankey([flow("<b>S</b>", "2")], [flow('C"1', "2", KINDS[2], href="/x?a=1&b=2")])

    svg = drawn(shown)
    alone = drawn(sankey([flow("s", "2")], [flow("e", "2")]))

    for markup in ("<b>", "<i>", "<u>", "style="):
        assert markup not in svg
    assert 'href="/x?a=1&amp;b=2"' in svg
    assert 'role="group"' in svg
    assert 'role="img"' in alone
    assert "<title>C&quot;1: 2 each, received</title>" in svg
    assert svg.count('class="card tint-a"') == svg.count('class="card tint-c"') == 1
    assert svg == drawn(shown)
