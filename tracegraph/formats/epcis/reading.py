"""EPCIS 2.0 in JSON and JSON-LD, read into native events.

    EPCISDocument ──────┐
    EPCISQueryDocument ─┼─> EPCIS events ──> native events, checked, or refusals with pointers
    a bare event ───────┘

What becomes of an event, `mapping` says. Nothing is left out: whatever has no native field is
kept, for `attributes.epcis` is the event as it came. Nothing is fetched: field names are read as
the standard's context spells them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from tracegraph.formats.epcis.context import Context, context_of
from tracegraph.formats.epcis.event_hash import event_hash
from tracegraph.formats.epcis.fields import Fields, kind_of
from tracegraph.formats.epcis.mapping import EVENT_TYPES, Draft, correctives, mapped
from tracegraph.model.parse import parse_event
from tracegraph.model.refusal import Refusal, Refused, pointer

DOCUMENT = "EPCISDocument"
QUERY_DOCUMENT = "EPCISQueryDocument"
EVENT_LISTS = {
    DOCUMENT: ("epcisBody", "eventList"),
    QUERY_DOCUMENT: ("epcisBody", "queryResults", "resultsBody", "eventList"),
}


@dataclass(frozen=True, slots=True)
class Converted:
    """What one EPCIS event became: native events, or the reasons why none.

    `pointer` is the JSON pointer of the EPCIS event within its document, empty for a bare one;
    pointers in `refusals` are from the document's root too.
    """

    pointer: str
    events: tuple[dict[str, Any], ...]
    refusals: tuple[Refusal, ...] = ()


def is_epcis(document: Any) -> bool:
    """Whether this is meant as EPCIS: a document, a query document or a bare event.

    >>> is_epcis({"type": "ObjectEvent"}), is_epcis({"type": "production"})
    (True, False)
    """
    if not isinstance(document, dict):
        return False
    kind = document.get("type")
    known = isinstance(kind, str) and (kind in EVENT_LISTS or kind in EVENT_TYPES)
    return known or "epcisBody" in document


def read_epcis(
    document: Any, *, source: str, own: frozenset[str] = frozenset()
) -> Iterator[Converted]:
    """Read a parsed EPCIS document, one answer for each of its events, in their order.

    An event without eventID gets its event hash ID (CBV 2.0, section 8.9), so that the same event
    twice has one id, however it is written. That two of one hash are one, their content decides.

    `own` are names of us (see `own_parties`), by which movements between us and others are booked;
    without them shipping and receiving are observations.

    An event that another of the document declares to be wrong, naming this as a corrective,
    `replaces` that one.

    Raises Refused at once when the document is no EPCIS document at all, or has no list of
    events where its kind has one; never for a fault within an event. Linear in the document.
    """
    located = list(_located(document))
    context = context_of(document)
    read = [(at, _drafted(event, at, source, context, own)) for at, event in located]
    around = document.get("@context") if document.get("type") in EVENT_LISTS else None
    drafts = [draft for _, draft in read if isinstance(draft, Draft)]
    replaced = {
        corrective: draft.native["voids"]
        for draft in drafts
        if draft.native["type"] == "void"
        for corrective in correctives(draft.native["attributes"]["epcis"])
    }
    for draft in drafts:
        if around is not None:
            draft.native["attributes"]["epcis_context"] = around
        if (wrong := replaced.get(draft.native["id"])) is not None:
            draft.native["replaces"] = wrong
    return (_converted(draft, at) for at, draft in read)


def event_list(document: Any) -> list[Any]:
    """The events of a document, as they are in it. Raises Refused for what is none, or has none."""
    located = list(_located(document))
    if _is_bare(located):
        accepted = f"{DOCUMENT} or {QUERY_DOCUMENT}"
        raise _refused(("type",), "type", "is that of one event.", accepted)
    return [event for _, event in located]


def require_event(document: Any) -> None:
    """Raises Refused for what is no event, or more than that."""
    if not _is_bare(list(_located(document))):
        raise _refused(
            ("type",), "type", "is that of a document.", f"one of {', '.join(EVENT_TYPES)}"
        )


def _is_bare(located: list[tuple[str, Any]]) -> bool:
    return [at for at, _ in located] == [""]


def _located(document: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(document, dict) or not is_epcis(document):
        said = "is no EPCIS document." if isinstance(document, dict) else f"is {kind_of(document)}."
        raise _refused((), "epcis", said, f"an {DOCUMENT}, an {QUERY_DOCUMENT} or one event")
    kind = document.get("type")
    kind = kind if isinstance(kind, str) else None
    if kind in EVENT_TYPES:
        return iter([("", document)])
    if kind not in EVENT_LISTS:
        accepted = f"{DOCUMENT} or {QUERY_DOCUMENT}"
        raise _refused(("type",), "type", "is not a type of document with a body.", accepted)
    path: tuple[str, ...] = ()
    value: Any = document
    for name in EVENT_LISTS[kind]:
        path = (*path, name)
        value = value.get(name) if isinstance(value, dict) else None
        expected: type = list if name == "eventList" else dict
        if not isinstance(value, expected):
            rule = "missing" if value is None else expected.__name__.replace("dict", "object")
            detail = "is missing." if value is None else f"is {kind_of(value)}."
            raise _refused(path, rule, detail, kind_of(expected()))
    return ((pointer((*path, index)), event) for index, event in enumerate(value))


def _refused(path: tuple[Any, ...], rule: str, detail: str, accepted: str) -> Refused:
    return Refused((Refusal(pointer(path), rule, detail, accepted),))


def _drafted(
    event: Any, at: str, source: str, context: Context, own: frozenset[str]
) -> Draft | tuple[Refusal, ...]:
    """The native event in the making, or what is wrong with the fields of an event."""
    if not isinstance(event, dict):
        return (Refusal(at, "object", f"is {kind_of(event)}.", "one EPCIS event, an object"),)
    fields = Fields(event, at)
    fields.check_json()
    if fields.refusals:
        return tuple(fields.refusals)
    draft = mapped(fields, source, partial(event_hash, context=context), own)
    return tuple(fields.refusals) or draft


def _converted(draft: Draft | tuple[Refusal, ...], at: str) -> Converted:
    if not isinstance(draft, Draft):
        return Converted(at, (), draft)
    try:
        parse_event(draft.native)
    except Refused as error:
        refusals = tuple(_from_native(draft, at, fault) for fault in _causes(error.refusals))
        return Converted(at, (), refusals)
    return Converted(at, (draft.native,))


def _causes(faults: tuple[Refusal, ...]) -> Iterator[Refusal]:
    """The faults that are not mere consequences: a list is short for want of its bad members."""
    for fault in faults:
        within = f"{fault.pointer}/"
        if fault.rule != "too_short" or not any(f.pointer.startswith(within) for f in faults):
            yield fault


def _from_native(draft: Draft, at: str, refusal: Refusal) -> Refusal:
    where = at + pointer(draft.origin(refusal.pointer))
    said = f"the native field {refusal.pointer}" if refusal.pointer else "the native event"
    detail = f"{refusal.detail} (Said of {said}.)"
    return Refusal(where, refusal.rule, detail, refusal.accepted)
