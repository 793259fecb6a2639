"""From what became of a batch to its answer: the status, and the outcome of each event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from api.problems import CONFLICT, REFUSED_EVENTS, Kind, Problem
from tracegraph.capture.report import CaptureReport, EventOutcome
from tracegraph.model.refusal import Refusal

CREATED, OK, PARTLY = 201, 200, 207
_SHOWN = 1000  # refusals and conflicts in one problem; `errors_total` says how many there are


@dataclass(frozen=True, slots=True)
class Captured:
    """The answer to a batch that was stored, whole or in part.

    `seq` is the published seq after it: reading at it sees the batch. `stored` counts the new
    events, `duplicates` those that were there already with the same content.
    """

    seq: int
    stored: int
    duplicates: int
    conflicts: int
    refused: int
    dry_run: bool
    outcomes: tuple[EventOutcome, ...]


def captured(report: CaptureReport) -> Captured:
    """A report as it is answered."""
    return Captured(
        seq=report.seq,
        stored=report.count("stored") + report.count("voided"),
        duplicates=report.count("duplicate"),
        conflicts=report.count("conflict"),
        refused=report.count("refused"),
        dry_run=report.dry_run,
        outcomes=report.outcomes,
    )


def status_of(report: CaptureReport) -> int:
    """The status of a batch of which something is in the journal now.

    201 with something new, 200 with nothing new (or nothing stored, in a dry run), 207 with
    some of it left out.
    """
    if not report.ok:
        return PARTLY
    new = report.count("stored") + report.count("voided")
    return CREATED if new and not report.dry_run else OK


def location_of(report: CaptureReport) -> str | None:
    """The address of the event, where one alone was stored."""
    outcomes = report.outcomes
    if len(outcomes) != 1 or outcomes[0].status not in {"stored", "voided"} or report.dry_run:
        return None
    source, id = outcomes[0].source or "", outcomes[0].id or ""
    return f"/v1/events/{quote(source, safe='')}/{quote(id, safe='')}"


def problem_in(report: CaptureReport, *, single: bool) -> Problem | None:
    """The problem of a batch of which nothing was stored; None where something was.

    Pointers begin with the index of the event, unless the body was one event alone.
    """
    good = report.count("stored") + report.count("voided") + report.count("duplicate")
    if report.ok or good:
        return None
    refusals = [_placed(o, refusal, single) for o in report.outcomes for refusal in o.refusals]
    conflicts = [o for o in report.outcomes if o.status == "conflict"]
    refusals += [_placed(o, taken(o), single) for o in conflicts]
    kind: Kind = REFUSED_EVENTS if report.count("refused") else CONFLICT
    extra: dict[str, Any] = {}
    if len(refusals) > _SHOWN:
        extra["errors_total"] = len(refusals)
    if conflicts:
        extra["conflicts"] = conflicts[:_SHOWN]
    bad = report.count("refused") + len(conflicts)
    detail = f"{bad} of {len(report.outcomes)} events cannot be stored, so none was."
    return Problem(kind, detail, tuple(refusals[:_SHOWN]), extra=extra)


def _placed(outcome: EventOutcome, refusal: Refusal, single: bool) -> Refusal:
    at = refusal.pointer if single else f"/{outcome.index}{refusal.pointer}"
    return Refusal(at, refusal.rule, refusal.detail, refusal.accepted)


def taken(outcome: EventOutcome) -> Refusal:
    """Why an event in conflict is not stored: by what its id is held, and where they differ."""
    where = ", ".join(difference.pointer or "/" for difference in outcome.differences[:20])
    held = f"seq {outcome.seq}" if outcome.seq is not None else "another event of this batch"
    return Refusal(
        "/id",
        "conflict",
        f"The id is held by {held} with other content; they differ at {where}.",
        "the same content, or an id of its own (to correct: a void, and what replaces it)",
    )
