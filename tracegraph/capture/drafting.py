"""Drafting: from JSON to events ready to be appended, or every reason against them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

import orjson

from tracegraph.identify.naming import Name
from tracegraph.model.key import Kind
from tracegraph.model.parse import content, parse_event
from tracegraph.model.quantity import ONE
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.store.port import Draft
from tracegraph.store.projection.facts import Fact, Named, fact

Identifiers = Literal["lenient", "strict"]


def draft(
    document: Mapping[str, Any],
    *,
    source: str | None,
    caller: str | None,
    identifiers: Identifiers = "lenient",
) -> Draft:
    """One event ready to be appended. Raises Refused with every fault found.

    With `identifiers` strict, what only looks like a GS1 key is refused; otherwise it is kept
    as an opaque key and flagged.
    """
    event = parse_event(document, source=source)
    drafted = fact(0, event)
    refusals = _refusals(drafted, identifiers)
    if refusals:
        raise Refused(tuple(refusals))
    sent = document if "source" in document else {**document, "source": event.source}
    return Draft(drafted, orjson.dumps(sent), hashlib.sha256(content(event)).hexdigest(), caller)


def _refusals(given: Fact, identifiers: Identifiers) -> list[Refusal]:
    found: list[Refusal] = []
    if given.container is not None and identifiers == "strict":
        found += _flaws("/container", given.container)
    for named in given.lines:
        if named.name is None:
            continue
        found += _amount(named, named.name)
        if identifiers == "strict":
            found += _flaws(f"/{named.pos}/item", named.name)
        if given.container is not None and named.name.key == given.container.key:
            found.append(
                Refusal(
                    f"/{named.pos}/item",
                    "container_inside_itself",
                    "The container is put into itself.",
                    "items other than the container",
                )
            )
    return found


def _amount(named: Named, name: Name) -> list[Refusal]:
    """A serial is one unit; a container has none of its own."""
    amount = named.line.quantity
    if amount is None or not name.stated:
        return []
    if name.kind is Kind.SERIAL and abs(amount.micro) != ONE.micro:
        return [
            Refusal(
                f"/{named.pos}/quantity",
                "serial_quantity",
                f"A serial has a quantity of {amount}.",
                '"1", or no quantity',
            )
        ]
    if name.kind is Kind.CONTAINER:
        return [
            Refusal(
                f"/{named.pos}/quantity",
                "container_quantity",
                "A container has no units of its own.",
                "no quantity; what it holds is said by pack events",
            )
        ]
    return []


def _flaws(pointer: str, name: Name) -> list[Refusal]:
    return [
        Refusal(pointer, f"identifier_{flaw.code}", flaw.detail, "an identifier without this flaw")
        for flaw in name.flaws
    ]
