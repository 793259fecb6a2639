"""EPCIS documents as they are sent: parsed, and captured event by event or as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.parsing import JSON, read_object
from api.problems import BODY_TOO_LARGE, REFUSED_BODY, UNSUPPORTED_MEDIA_TYPE, Problem
from tracegraph.capture.report import EventOutcome
from tracegraph.formats.epcis import Converted, event_list, read_epcis, read_xml, require_event
from tracegraph.formats.event_file import EPCIS_SOURCE
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import Refusal, Refused

# An eventID is one in the world, whoever sends it: all of them are of one source.
SOURCE = EPCIS_SOURCE
JSON_LD = "application/ld+json"
XML = frozenset({"application/xml", "text/xml"})
ACCEPTED = f"{JSON}, {JSON_LD}, application/xml"
_CAPTURED = frozenset({"stored", "voided", "duplicate"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an event was not captured. `taken` where its id is another's."""

    refusal: Refusal
    taken: bool = False


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """What became of a document: of its events, in the terms of native ones, and their faults."""

    outcomes: tuple[EventOutcome, ...]
    faults: tuple[Fault, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids under which events of it are in the journal."""
        return tuple(o.id or "" for o in self.outcomes if o.status in _CAPTURED)

    @property
    def fresh(self) -> int:
        """How many of them were not there before."""
        return sum(o.status in _CAPTURED - {"duplicate"} for o in self.outcomes)


@dataclass(frozen=True, slots=True)
class SentDocument:
    """A document that was looked at already, to be captured: whole, or what is good of it.

    `own` are names of us among the parties of its events.
    """

    kind: str
    body: bytes
    caller: str
    atomic: bool
    own: frozenset[str] = frozenset()

    def into(self, graph: Tracegraph, *, most: int) -> DocumentReport:
        """Capture it in one batch. Linear in its events."""
        converted = list(read_epcis(parsed(self.body, self.kind), source=SOURCE, own=self.own))
        faults = [Fault(refusal) for one in converted for refusal in one.refusals]
        refused = tuple(
            EventOutcome(place, "refused", SOURCE, refusals=one.refusals)
            for place, one in enumerate(converted)
            if one.refusals
        )
        sent = [(one, event) for one in converted for event in one.events]
        if not sent or (faults and self.atomic):
            return DocumentReport(refused, tuple(faults))
        report = graph.capture(
            [event for _, event in sent], source=SOURCE, atomic=self.atomic, caller=self.caller
        )
        faults += _faults([one for one, _ in sent], report.outcomes)
        return DocumentReport((*refused, *report.outcomes), tuple(faults))


def parsed(body: bytes, kind: str) -> dict[str, Any]:
    """A document in its JSON form. Raises Problem, with the place of the fault."""
    if kind in XML:
        try:
            return read_xml(body)
        except Refused as error:
            raise Problem(REFUSED_BODY, "It is no EPCIS document.", error.refusals) from error
    return read_object(body, JSON)


def require_document(body: bytes, kind: str, *, most: int) -> None:
    """Raises Problem for a body that is no document of events, or has too many."""
    document = parsed(body, kind)
    try:
        count = len(event_list(document))
    except Refused as error:
        raise Problem(REFUSED_BODY, "It is no EPCIS document.", error.refusals) from error
    if count > most:
        refusal = Refusal("/epcisBody/eventList", "too_long", "is too long.", f"{most} events")
        detail = f"A document may have {most} events; send them in several."
        raise Problem(BODY_TOO_LARGE, detail, (refusal,))


def require_one(body: bytes, kind: str) -> None:
    """Raises Problem for a body that is no event alone."""
    event = parsed(body, kind)
    try:
        require_event(event)
    except Refused as error:
        detail = "It takes one EPCIS event; documents go to /epcis/capture."
        raise Problem(REFUSED_BODY, detail, error.refusals) from error


def kind_of(content_type: str) -> str:
    """The kind of document that a header says. Raises Problem for another one."""
    sent = content_type.partition(";")[0].strip().lower()
    if sent in {JSON, JSON_LD} or sent in XML:
        return sent
    raise Problem(UNSUPPORTED_MEDIA_TYPE, f"Send {ACCEPTED}.", headers={"accept-post": ACCEPTED})


def _faults(sent: list[Converted], outcomes: tuple[EventOutcome, ...]) -> Iterator[Fault]:
    for one, outcome in zip(sent, outcomes, strict=True):
        if outcome.status == "conflict":
            detail = f"has the eventID {outcome.id!r} of other content, which stands."
            accepted = "another eventID; what was wrong is corrected by an error declaration"
            yield Fault(Refusal(f"{one.pointer}/eventID", "conflict", detail, accepted), taken=True)
        for refusal in outcome.refusals:
            detail = f"{refusal.detail} (Said of {refusal.pointer or 'the native event'}.)"
            yield Fault(Refusal(one.pointer, refusal.rule, detail, refusal.accepted))
