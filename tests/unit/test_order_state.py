"""The states of an order: the whole table, and that the page says the same."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from tracegraph.orders.state import (
    ACTIONS,
    KINDS,
    STATES,
    STEPS,
    State,
    after,
    legal_actions,
    legal_steps,
)

PAGE = Path(__file__).parents[2] / "docs" / "orders.md"

# What the table is meant to be, written another way: one text for each state, `step>state` where
# the state changes. $ stands for the kinds that ship, @ for those that receive or make.
OPENING = {
    "unplaced": "created>draft",
    "draft": "changed confirmed>confirmed released>released cancelled>cancelled",
}
SHIPS = "part shipped>partly shipped|all shipped>shipped|part delivered>partly shipped|"
SHIPPING = {
    "confirmed": "changed|released>released|cancelled>cancelled",
    "released": f"changed|cancelled>cancelled|work>in progress|{SHIPS}all delivered>delivered",
    "in progress": f"changed|cancelled>cancelled|work|{SHIPS}all delivered>delivered",
    "partly shipped": "changed|closed>shipped|work|part shipped|all shipped>shipped|part delivered|"
    "all delivered>delivered|returned",
    "shipped": "closed|settled>settled|work|part delivered|all delivered>delivered|replacement|"
    "returned",
    "delivered": "closed|settled>settled|work|part delivered|all delivered|replacement|returned",
    "settled": "work|part delivered|all delivered|replacement|returned",
    "cancelled": "returned",
}
COMES = "part delivered>in progress|all delivered>delivered"
RECEIVING = {
    "confirmed": f"changed|released>released|cancelled>cancelled|{COMES}",
    "released": f"changed|cancelled>cancelled|{COMES}",
    "in progress": "changed|closed>delivered|part delivered|all delivered>delivered|returned",
    "partly shipped": "",
    "shipped": "",
    "delivered": "closed|settled>settled|replacement|returned",
    "settled": "replacement|returned",
    "cancelled": "returned",
}
MAKING = {
    "confirmed": "changed|released>released|cancelled>cancelled",
    "released": f"changed|cancelled>cancelled|work>in progress|{COMES}",
    "in progress": "changed|closed>delivered|work|part delivered|all delivered>delivered",
    "partly shipped": "",
    "shipped": "",
    "delivered": "closed|settled>settled|work",
    "settled": "work",
    "cancelled": "",
}
SERVICE = {
    **SHIPPING,
    "released": SHIPPING["released"] + "|closed>delivered",
    "in progress": SHIPPING["in progress"] + "|closed>delivered",
}
MEANT = {
    "sales": SHIPPING, "transfer": SHIPPING, "service": SERVICE,
    "purchase": RECEIVING, "return": RECEIVING, "production": MAKING,
}  # fmt: skip


def meant(kind: str, state: str, step: str) -> str | None:
    text = OPENING[state].replace(" ", "|") if state in OPENING else MEANT[kind][state]
    rules = dict([*rule.split(">"), state][:2] for rule in text.split("|") if rule)
    return rules.get(step)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_state_and_step(kind) -> None:
    table = {(state, step): after(kind, state, step) for state, step in product(STATES, STEPS)}

    assert table == {(state, step): meant(kind, state, step) for state, step in table}


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_is_reached_or_of_other_kinds(kind) -> None:
    waiting: list[State] = ["unplaced"]
    reached = set(waiting)
    while waiting:
        state = waiting.pop()
        found = {new for step in STEPS if (new := after(kind, state, step)) is not None}
        waiting += found - reached
        reached |= found

    ships = kind in {"sales", "transfer", "service"}
    only = set() if ships else {"partly shipped", "shipped"}
    assert reached == set(STATES) - only


@pytest.mark.parametrize("kind", KINDS)
def test_legal_steps_are_those_of_the_table_in_order(kind) -> None:
    for state in STATES:
        steps = [step for step in STEPS if meant(kind, state, step) is not None]

        assert list(legal_steps(kind, state)) == steps
        assert list(legal_actions(kind, state)) == [step for step in steps if step in ACTIONS]


def test_an_order_without_kind_can_only_be_created() -> None:
    assert legal_steps(None, "unplaced") == ("created",)


def test_the_page_says_which_actions_are_legal() -> None:
    rows = dict(re.findall(r"^\| ([a-z ]+) \| ([^|]+) \|$", PAGE.read_text("utf-8"), re.MULTILINE))

    for kind, state in product(KINDS, STATES):
        said = set()
        for part in rows[state].split("; "):
            kinds, _, actions = part.rpartition(": ")
            if not kinds or kind in kinds.split(", "):
                said |= set(actions.split(", "))
        assert said - {"none"} == set(legal_actions(kind, state)), (kind, state)
