"""Who sends to whom, and whether we are one of them (docs/adr/0023).

| bizStep | source | destination | native |
|---|---|---|---|
| `shipping` | we | another | `shipment` to it |
| `receiving` | another | we | `receipt` from it |
| `receiving` | we | another | `delivery` to it |
| else, or where either is not named | | | nothing is booked |

The party is the possessing one of the lists, else the owning one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tracegraph.formats.epcis.fields import Fields
from tracegraph.formats.epcis.terms import own_number
from tracegraph.identify.canonical_link import canonical_link
from tracegraph.identify.cbv import bare_word

_GLN = re.compile(r"https://id\.gs1\.org/(?:414|417)/(\d{13})(?:/.*)?", re.ASCII)
_PARTIES = ("possessing_party", "owning_party")


class Booked(NamedTuple):
    """What a movement is to us: the native type, the other party, and the field that names it."""

    type: str
    party: str
    origin: tuple[Any, ...]


class _Party(NamedTuple):
    name: str
    origin: tuple[Any, ...]


def own_parties(text: str) -> frozenset[str]:
    """The names of us, from a list with commas: GLNs, EPC URNs, Digital Links or own numbers.

    >>> sorted(own_parties("4012345000023, urn:epc:id:pgln:4012345.00002,ACME"))
    ['4012345000023', 'ACME']
    """
    return frozenset(_identity(part.strip()) for part in text.split(",") if part.strip())


def booked(fields: Fields, step: str | None, own: frozenset[str]) -> Booked | None:
    """What an event about items is to us; None where it is no movement between us and another."""
    if not own or step not in {"shipping", "receiving"}:
        return None
    source, destination = _party(fields, "source"), _party(fields, "destination")
    if source is None or destination is None:
        return None
    ours = _identity(source.name) in own, _identity(destination.name) in own
    if ours == (True, False):
        return Booked("shipment" if step == "shipping" else "delivery", *destination)
    if ours == (False, True) and step == "receiving":
        return Booked("receipt", *source)
    return None


def _party(fields: Fields, name: str) -> _Party | None:
    """The one party of a list that its types name first; None for none, or for several."""
    named = list(_named(fields, name))
    for kind in _PARTIES:
        found = [party for each, party in named if each == kind]
        if found:
            return found[0] if len({_identity(party.name) for party in found}) == 1 else None
    return None


def _named(fields: Fields, name: str) -> Iterator[tuple[str, _Party]]:
    for index, member in enumerate(fields.event.get(f"{name}List") or ()):
        if not isinstance(member, dict):
            continue
        kind, party = member.get("type"), member.get(name)
        if isinstance(kind, str) and isinstance(party, str) and party:
            yield bare_word(kind), _Party(own_number(party), (f"{name}List", index, name))


def _identity(party: str) -> str:
    """A GLN, whichever key it is in; any other name as it is."""
    found = _GLN.fullmatch(canonical_link(party) or "")
    return found[1] if found else own_number(party)
