"""Treemaps: areas say sizes, nothing overlaps, nothing is lost, and there are never too many."""

from __future__ import annotations

import itertools
from random import Random

import pytest

from api.pages import scope_shares
from api.pages.words import Words
from tests.unit.scopes import affected, consignee, position, scope, sent
from viz.tint import Tint
from viz.treemap import LEAVES, SIZE, Box, Leaf, fold_leaves, squarify, tiles, treemap_svg

SURE = Tint("certain", "certain", "●", "certain")
UNSURE = Tint("possible", "possible", "◐", "possible")


def many(n: int) -> list[Leaf]:
    rng = Random(n)
    return [
        Leaf((f"P{i % 7}", f"M{i % 13}", f"C{i}"), rng.choice([SURE, UNSURE]), rng.randint(1, 900))
        for i in range(n)
    ]


@pytest.mark.parametrize("n", [1, 2, 40, 300, 5000])
def test_leaves_fill_the_figure_in_proportion_and_do_not_overlap(n: int) -> None:
    leaves = many(n)

    shown = [tile for tile in tiles(leaves, "others") if tile.leaf]

    assert sum(tile.size for tile in shown) == sum(leaf.size for leaf in leaves)
    assert sum(tile.leaf.folded for tile in shown if tile.leaf) == n
    assert len(shown) <= LEAVES
    for tile in shown:
        assert tile.box.x >= -0.01
        assert tile.box.x + tile.box.wide <= SIZE[0] + 0.01
        assert tile.box.y + tile.box.high <= SIZE[1] + 0.01
    if n <= 300:
        for one, other in itertools.combinations([tile.box for tile in shown], 2):
            apart = (
                one.x + one.wide <= other.x + 0.01 or other.x + other.wide <= one.x + 0.01
                or one.y + one.high <= other.y + 0.01 or other.y + other.high <= one.y + 0.01
            )  # fmt: skip
            assert apart, (one, other)


def test_squares_keep_areas() -> None:
    sizes = [500, 300, 100, 50, 25, 1]

    boxes = squarify(sizes, Box(10, 20, 400, 200))

    for size, box in zip(sizes, boxes, strict=True):
        assert box.area == pytest.approx(size * 400 * 200 / sum(sizes))
    assert max(max(b.wide, b.high) / min(b.wide, b.high) for b in boxes[:4]) < 3


def test_the_smallest_share_one_leaf_within_what_they_share() -> None:
    folded = fold_leaves(many(400), "others")

    others = [leaf for leaf in folded if leaf.folded > 1]
    assert others
    assert all(leaf.path[-1] == "others" and leaf.href is None for leaf in others)
    assert all(len(leaf.path) == 3 for leaf in others), "product and market are still said"
    assert min(leaf.size for leaf in folded if leaf.folded == 1) >= 1


def test_what_is_drawn_is_inert_and_leads_on() -> None:
    leaf = Leaf(("<b>P</b>", "DE", 'C"1'), UNSURE, 3, "/x?a=1&b=2")

    svg = treemap_svg(tiles([leaf], "others"), label="<i>")

    assert "<b>" not in svg
    assert "<i>" not in svg
    assert "style=" not in svg
    assert 'href="/x?a=1&amp;b=2"' in svg
    assert svg.count('class="hatch"') == 1


def test_shares_of_a_scope_count_serials_or_their_lot_at_each_holder() -> None:
    lot, one, two = affected("L"), affected("s1", lot="L"), affected("s2", lot="L")
    found = scope(
        items=(lot, one, two, affected("Q", product=None, certainty="possible")),
        consignees=(
            consignee(sent("L"), sent("s1"), sent("s2"), name="A", party="CA", market=None),
            consignee(sent("L"), name="B", party="CB"),
        ),
        positions=(position("Q"), position("Q", state="on hold"), position("L", quantity="0")),
    )

    said = scope_shares.said(found, Words("en"), lambda **view: repr(view))

    assert said is not None
    rows = {row.leaf.path: (row.leaf.size, row.leaf.tint.name) for row in said["rows"]}
    assert rows == {
        ("FG-9", "no market recorded", "A (CA)"): (2, "certain"),
        ("FG-9", "DE", "B (CB)"): (1, "certain"),
        ("no product", "own places", "SZ1/WH"): (1, "possible"),
    }
    assert {row.leaf.href for row in said["rows"]} >= {"{'part': 'sent', 'find': 'CA'}"}
