"""Containers in every order of arrival: what they hold is derived again until nothing changes.

Each history was once answered short: something that the bad lot reached was left out, in some
order of arrival or in all of them. The answers were derived by hand from the definitions.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.contract.engines import Engine, long_on_neo4j
from tracegraph.trace.answer import Seed

Wire = dict[str, Any]

GTIN = "09506000134352"
PALLET = {"sscc": "106141412345678908"}
PALLET_KEY = "https://id.gs1.org/00/106141412345678908"
TOTE = {"product": "TOTE", "serial": "T1"}
TOTE_BY_GTIN = {"product": GTIN, "serial": "T1"}
TOTE_KEY = f"https://id.gs1.org/01/{GTIN}/21/T1"
BIN = {"key": "urn:acme:bin:1"}


class Case(NamedTuple):
    """A history, where a forward trace starts, and what it reaches."""

    events: list[Wire]
    seed: str | Seed
    reached: set[str]


def key(product: str, lot: str) -> str:
    return f"urn:tracegraph:lot:{product}:{lot}"


def lot(product: str, number: str, quantity: int | None = None) -> Wire:
    line: Wire = {"item": {"product": product, "lot": number}}
    return line if quantity is None else {**line, "quantity": str(quantity), "unit": "each"}


def event(id_: str, type_: str, day: int, **fields: Any) -> Wire:
    when = fields.pop("at", f"2026-01-{day:02d}T00:00:00Z")
    return {"id": id_, "source": "s", "type": type_, "occurred_at": when, **fields}


def line(item: Wire) -> Wire:
    return {"item": item}


def resin(id_: str, content: int, day: int) -> Wire:
    packages = [{"gtin": GTIN, "content": str(content)}]
    return event(id_, "product", day, number="RM", packages=packages)


MADE = [lot("FG", "F")]
CASES = {
    # Ten were packed and five taken out, once the second record says what a case holds.
    "a late product record changes what is left": Case(
        [
            resin("p1", 5, 1),
            event("pk", "pack", 1, container=PALLET, items=[lot(GTIN, "X", 1)]),
            event("up", "unpack", 2, container=PALLET, items=[lot("RM", "X", 5)]),
            event("pr", "production", 3, inputs=[line(PALLET)], outputs=MADE),
            resin("p2", 10, 2),
        ],
        "X",
        {key("RM", "X"), key("FG", "F")},
    ),
    # Within an instant unpack comes before pack, so NEW is inside; sixteen more records follow.
    "an unpack of the same instant": Case(
        [
            event("o", "pack", 1, container=PALLET, items=[lot("A", "OLD")]),
            event("n", "pack", 2, container=PALLET, items=[lot("A", "NEW")]),
            event("u", "unpack", 2, container=PALLET),
            *(
                event(
                    f"p{second}",
                    "pack",
                    3,
                    at=f"2026-01-03T00:00:{second:02d}Z",
                    container=PALLET,
                    items=[lot("B", str(second))],
                )
                for second in range(16)
            ),
            event("pr", "production", 4, inputs=[line(PALLET)], outputs=MADE),
        ],
        "NEW",
        {key("A", "NEW"), key("FG", "F")},
    ),
    # The tote is one item under two names only once its record has come.
    "a tote joined under its two names": Case(
        [
            event("r", "receipt", 1, items=[line(TOTE)]),
            event("b", "pack", 3, container=PALLET, items=[line(TOTE_BY_GTIN)]),
            event("a", "pack", 2, container=TOTE_BY_GTIN, items=[lot("RM", "L")]),
            event("c", "production", 5, inputs=[lot("RM", "L")], outputs=MADE),
            event("p", "product", 1, number="TOTE", packages=[{"gtin": GTIN}]),
        ],
        PALLET["sscc"],
        {PALLET_KEY, TOTE_KEY, key("RM", "L"), key("FG", "F")},
    ),
    # Nobody said that the bin is a container, but something was packed into it.
    "a container that is only a key": Case(
        [
            event("a", "pack", 1, container=BIN, items=[lot("RM", "L")]),
            event("b", "pack", 2, container=PALLET, items=[line(BIN)]),
            event("c", "production", 3, inputs=[line(PALLET)], outputs=MADE),
        ],
        "L",
        {key("RM", "L"), key("FG", "F")},
    ),
    # The pallet was made from A; that something else was packed onto it later takes nothing away.
    "an output that is packed afterwards": Case(
        [
            event("x", "production", 1, inputs=[lot("RM", "A")], outputs=[line(PALLET)]),
            event("b", "pack", 2, container=PALLET, items=[lot("W", "L")]),
            event("c", "production", 3, inputs=[line(PALLET)], outputs=MADE),
        ],
        "A",
        {key("RM", "A"), PALLET_KEY, key("FG", "F")},
    ),
    # What was put into the tote while it stood on the pallet was on the pallet.
    "a tote filled on the pallet": Case(
        [
            event("a", "pack", 1, container=PALLET, items=[line(TOTE)]),
            event("b", "pack", 2, container=TOTE, items=[lot("RM", "L")]),
            event("c", "production", 3, inputs=[lot("RM", "L")], outputs=MADE),
        ],
        PALLET["sscc"],
        {PALLET_KEY, "urn:tracegraph:serial:TOTE:T1", key("RM", "L"), key("FG", "F")},
    ),
    # Only the unpack record says what the supplier's pallet held.
    "a pallet received and unpacked": Case(
        [
            event("a", "receipt", 1, party="SUP", items=[line(PALLET)]),
            event("b", "unpack", 2, container=PALLET, items=[lot("RM", "L")]),
            event("c", "production", 3, inputs=[lot("RM", "L")], outputs=MADE),
        ],
        Seed("supplier", "SUP"),
        {PALLET_KEY, key("RM", "L"), key("FG", "F")},
    ),
}


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
@pytest.mark.parametrize("name", CASES)
def test_nothing_that_a_container_held_is_left_out(
    engine: Engine, name: str, backwards: bool
) -> None:
    long_on_neo4j(engine)
    case = CASES[name]
    graph = engine.graph()
    for sent in reversed(case.events) if backwards else case.events:
        assert graph.capture([sent]).ok

    answer = graph.trace(case.seed, direction="forward")

    assert {item.key for item in answer.items} == case.reached
    assert graph.verify(sample=20).ok
