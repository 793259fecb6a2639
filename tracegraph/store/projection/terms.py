"""The terms of events: what each says, by which it is found.

    native event ──attributes.epcis──> EPCIS event ──terms──> (field, value), each once
         └──lines──> what suppliers call their lots ──────────────────┘

An index finds by terms; what an event says decides. So a term may stand for more than one field
(`epc` for all five lists of EPCs), but one that an event has must never be missing.

Source: EPCIS 2.0, section 8.2.7.1 (SimpleEventQuery, its parameters).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from tracegraph.identify.canonical_link import canonical_link
from tracegraph.identify.cbv import bare_word
from tracegraph.identify.folding import folded
from tracegraph.model.event import Event
from tracegraph.model.instant import Instant
from tracegraph.model.key import GS1
from tracegraph.store.projection.rows import Posting

EPC_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
EPC_PARTS = (*EPC_LISTS, "parentID")
CLASS_PARTS = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
TYPED_PARTS = {
    "bizTransactionList": "bizTransaction",
    "sourceList": "source",
    "destinationList": "destination",
}
_WORDS = ("bizStep", "disposition")
_TEXTS = ("type", "action", "transformationID")
_PLACES = ("readPoint", "bizLocation")
_PERSISTENT = ("set", "unset")
# An engine's index holds no text of any length, and may end one at a null character: what is
# longer, or has one, is there by a digest.
_LONGEST = 500
# Keys of a GRAI, a GDTI and a GCN that end with the serial: the digits before it.
_UNNUMBERED = {f"{GS1}/8003": 14, f"{GS1}/253": 13, f"{GS1}/255": 13}
_SHORT = 200  # characters of a value that is worth remembering
_CLASSED = frozenset({*EPC_PARTS, *CLASS_PARTS})
_DAY, _HOUR = len("2026-03-01"), len("2026-03-01T09")


class Term(NamedTuple):
    """Something an event says: of which field, and what."""

    field: str
    value: str


EVERY = Term("every", "")
"""The term of every EPCIS event."""
DECLARED = Term("error", "")
"""The term of those that declare an event to be wrong."""

_FIELD = dict.fromkeys(EPC_PARTS, "epc") | dict.fromkeys(CLASS_PARTS, "class") | TYPED_PARTS
PARTS = (
    *_TEXTS, *_WORDS, *_PERSISTENT, *_PLACES, *EPC_PARTS, *CLASS_PARTS, *TYPED_PARTS,
    "reason", "correctiveEventIDs",
)  # fmt: skip
FIELDS = frozenset(
    {
        "every",
        "error",
        "eventID",
        "day",
        "hour",
        "under",
        "supplierLot",
        *(_FIELD.get(part, part) for part in PARTS),
    }
)
"""The field of every term there is."""


def term(part: str, value: str) -> Term:
    """The term of what a part of an event says, or would say."""
    digest = f"sha-256:{hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()}"
    is_kept = len(value) <= _LONGEST and "\0" not in value
    return Term(_FIELD.get(part, part), value if is_kept else digest)


def supplier_lot(number: str) -> Term:
    """The term of events whose lines say what a supplier calls its lot.

    Folded, as such a number is read off paper.
    """
    return term("supplierLot", folded(number) or number.strip())


def under(link: str) -> Term:
    """The term of every event with an EPC or a lot of a class, by the class's canonical link."""
    return term("under", link)


def canonical(part: str, value: str) -> str:
    """One spelling for what a part says: bare words, canonical links of GS1 keys.

    >>> canonical("bizStep", "urn:epcglobal:cbv:bizstep:shipping")
    'shipping'
    >>> canonical("epcList", "urn:epc:id:sgtin:0614141.812345.6789")
    'https://id.gs1.org/01/80614141123458/21/6789'
    """
    if part in _WORDS or part in _PERSISTENT or part == "reason":
        return bare_word(value)
    if part in _TEXTS or part == "correctiveEventIDs":
        return value
    return _linked(value) if len(value) <= _SHORT else canonical_link(value) or value


# A unit is named by each event of its life, and a place by all that happens there.
@lru_cache(maxsize=65_536)
def _linked(value: str) -> str:
    return canonical_link(value) or value


def said(event: Mapping[str, Any], part: str) -> Iterator[str]:
    """What an EPCIS event says in a part, canonical. Whatever is not of its form says nothing."""
    return (canonical(part, value) for value in _said(event, part))


def typed(event: Mapping[str, Any], part: str) -> Iterator[tuple[str, str]]:
    """The members of a list that have a type each: the type, bare, and the canonical value."""
    for member in _records(event.get(part)):
        kind, value = member.get("type"), member.get(TYPED_PARTS[part])
        if isinstance(value, str):
            yield bare_word(kind) if isinstance(kind, str) else "", canonical(part, value)


def class_of(epc: str) -> str | None:
    """The canonical link of what a canonical EPC is one of; None for one that says nothing of it.

    >>> class_of("https://id.gs1.org/01/80614141123458/21/6789")
    'https://id.gs1.org/01/80614141123458'
    >>> class_of("https://id.gs1.org/8003/04012345123456400")
    'https://id.gs1.org/8003/04012345123456'
    """
    head, _, value = epc.rpartition("/")
    if size := _UNNUMBERED.get(head):
        return f"{head}/{value[:size]}" if len(value) > size else None
    head, _, _ = head.rpartition("/")
    return head if epc.startswith("https://id.gs1.org/") and head.count("/") > 3 else None


def event_time(event: Mapping[str, Any]) -> Instant | None:
    """When an EPCIS event occurred; None where it does not say, or not in a form that is known."""
    try:
        return Instant.parse(event.get("eventTime") or "")
    except (TypeError, ValueError):
        return None


def postings(event: Event, seq: int) -> list[Posting]:
    """The terms of an event of the journal, each once. Linear in the event."""
    lots = (line.supplier_lot for *_, line in event.item_lines())
    found = [supplier_lot(number) for number in lots if number]
    came = event.attributes.get("epcis")
    if isinstance(came, dict):
        found += _epcis(event, came)
    return [Posting(*each, seq) for each in dict.fromkeys(found)]


def _epcis(event: Event, came: dict[str, Any]) -> list[Term]:
    event_id = event.voids if event.type == "void" else event.id
    time = str(event_time(came) or event.occurred_at)
    found = [EVERY, term("eventID", event_id), Term("day", time[:_DAY]), Term("hour", time[:_HOUR])]
    spoken = [(part, value) for part in PARTS for value in said(came, part)]
    found += [term(part, value) for part, value in spoken]
    classes = {class_of(value) for part, value in spoken if part in _CLASSED}
    found += [under(link) for link in sorted(filter(None, classes))]
    if came.get("errorDeclaration") is not None:
        found.append(DECLARED)
    return found


def _said(event: Mapping[str, Any], part: str) -> Iterator[str]:
    if part in TYPED_PARTS:
        return _texts([each.get(TYPED_PARTS[part]) for each in _records(event.get(part))])
    if part in CLASS_PARTS:
        return _texts([each.get("epcClass") for each in _records(event.get(part))])
    if part in _PLACES:
        return _texts([each.get("id") for each in _records([event.get(part)])])
    if part in _PERSISTENT:
        return _texts(_within(event, "persistentDisposition", part))
    if part in {"reason", "correctiveEventIDs"}:
        return _texts(_within(event, "errorDeclaration", part))
    return _texts(event.get(part))


def _within(event: Mapping[str, Any], name: str, part: str) -> Any:
    record = event.get(name)
    return record.get(part) if isinstance(record, dict) else None


def _records(values: Any) -> Iterator[dict[str, Any]]:
    listed = values if isinstance(values, list) else []
    return (each for each in listed if isinstance(each, dict))


def _texts(values: Any) -> Iterator[str]:
    listed = values if isinstance(values, list) else [values]
    return (each for each in listed if isinstance(each, str) and each)
