"""Timelines in lanes: everything that happened once, in the order of time, never too much."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.unit.pages import addresses, event, line, served
from viz.swimlane import LANES, MARKS, Moment, stops, swimlane_svg


def moment(n: int = 0, **changes: Any) -> Moment:
    fields = {"at": f"2026-{n // 28 % 12 + 1:02d}-{n % 28 + 1:02d} 08:00:00", "lane": f"P{n % 3}",
              "label": "move", "hover": (f"m{n}",)}  # fmt: skip
    return Moment(**{**fields, **changes})


@pytest.mark.parametrize("n", [1, 30, 31, 80, 700, 5000])
def test_every_moment_is_on_one_mark_and_there_are_few(n: int) -> None:
    moments = [moment(i) for i in range(n)]

    shown = stops(reversed(moments), "others")

    assert len(shown) <= MARKS
    assert sorted(m.hover for stop in shown for m in stop.moments) == sorted(
        m.hover for m in moments
    )
    assert [stop.moments[0].at for stop in shown] == sorted(stop.moments[0].at for stop in shown)
    assert len({stop.lane for stop in shown}) == min(n, 3)
    if n <= MARKS:
        assert all(len(stop.moments) == 1 for stop in shown)


def test_what_is_folded_shares_its_day_and_place() -> None:
    day = [moment(0, at=f"2026-01-02 {n // 60:02d}:{n % 60:02d}:00", lane="W") for n in range(40)]
    other = moment(5, lane="X", label="hold")

    shown = stops([*day, other], "others")

    assert [(stop.when, stop.lane, stop.label) for stop in shown] == [
        ("2026-01-02", "W", "\N{MULTIPLICATION SIGN}40 move"),
        ("2026-01-06", "X", "hold"),
    ]


def test_lanes_beyond_the_most_share_one() -> None:
    shown = stops([moment(n, lane=f"L{n:02d}") for n in range(20)], "others")

    assert len({stop.lane for stop in shown}) == LANES
    assert sum(stop.lane == "others" for stop in shown) == 20 - (LANES - 1)


def test_the_corrected_is_struck_through_and_no_step_of_the_way() -> None:
    shown = stops([moment(0), moment(1, voided=True), moment(2, lane="?"), moment(3)], "others")

    svg = swimlane_svg(shown, label="<x>", nowhere="?")

    assert svg.count('class="stop voided"') == 1
    assert svg.count("line-through") == 1
    (way,) = re.findall(r'class="edge"[^>]* d="([^"]*)"', svg)
    assert way.count("L") == 1, "from the first to the last"
    assert "<x>" not in svg
    assert "style=" not in svg


def test_the_page_of_an_item_draws_its_story_by_place() -> None:
    def made(n: int) -> dict[str, Any]:
        at = f"2026-03-{n % 20 + 1:02d}T0{n % 9}:00:00Z"
        return event(f"i{n}", "inspection", at, place=f"W{n % 2}", plan="P",
                     items=[{"item": {"product": "FG", "lot": "1"}}], verdict="pass")  # fmt: skip

    first = event("m1", "production", "2026-02-02T08:00:00Z", place="W0",
                  outputs=[line("FG", "1", "9")])  # fmt: skip
    void = event("v1", "void", "2026-03-09T08:00:00Z", voids="i1", reason="twice")
    with served([first, made(0), made(1), void]) as (client, _):
        few = client.get("/items/urn:tracegraph:lot:FG:1").text
    with served([first, *map(made, range(60))]) as (client, _):
        many = client.get("/items/urn:tracegraph:lot:FG:1?lang=zh").text

    links = addresses(few.partition('class="story"')[0])
    assert {"/events/mes/m1", "/events/mes/i0", "/events/mes/i1"} <= set(links)
    assert few.count('class="stop voided"') == 1
    assert "同一地点和时间的多个事件合为一个方块" in many
    days = {a for a in addresses(many.partition('class="story"')[0]) if a.startswith("#day-")}
    assert days
    assert all(f'id="{day[1:]}"' in many for day in days)
