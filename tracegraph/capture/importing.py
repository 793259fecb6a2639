"""Importing: many events, in batches, with everything that is rejected told one by one.

    files ──formats──> Found ──batches──> capture ──> Tally, again after each batch
                                             └──────> Reject, one for each fault

Batches are stored one after the other, so that memory stays constant and what was stored
stays stored when the import is cut short; doing it again finds duplicates. A batch ends at so
many events, or at so many lines in them, for an engine's memory goes by what it writes. One
that is too large all the same is stored in halves. An atomic import is one batch: all of it is
stored, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from tracegraph.capture.report import CaptureReport, EventOutcome
from tracegraph.model.refusal import Refusal
from tracegraph.store.collecting import uncollected
from tracegraph.store.port import BatchTooLarge

BATCH_SIZE = 1000
BATCH_LINES = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at one place of a file: an event, or the reasons why it is none.

    `line` counts from 1 and is None inside a JSON document, where `pointer` says the place.
    `raw` is the text of the line, or the JSON value in the document. `end` is how many bytes of
    the file were read up to here, None where that is not known.
    """

    file: str
    line: int | None
    pointer: str
    raw: Any
    event: Mapping[str, Any] | None = None
    refusals: tuple[Refusal, ...] = ()
    converted: bool = False  # the event is in another form than `raw`, pointers do not fit it
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """One reason why an event was not stored; `differences` are those of a conflict."""

    found: Found
    refusal: Refusal
    differences: tuple[dict[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The reject as a line of the rejects file."""
        said: dict[str, Any] = {"file": self.found.file, "line": self.found.line}
        said |= self.refusal.as_json()
        if self.differences:
            said["differences"] = list(self.differences)
        return said | {"raw": self.found.raw}


@dataclass(frozen=True, slots=True)
class Tally:
    """What has become of everything found so far. `voided` events are stored too.

    `skipped` events are good, but were kept out by others of an atomic import. `file` and `end`
    are where the reading is, `seq` the published seq after the last batch.
    """

    found: int = 0
    stored: int = 0
    voided: int = 0
    duplicates: int = 0
    conflicts: int = 0
    refused: int = 0
    skipped: int = 0
    seq: int | None = None
    file: str | None = None
    end: int | None = None

    @property
    def rejected(self) -> int:
        """How many were rejected: conflicts and refused ones."""
        return self.conflicts + self.refused


class Capture(Protocol):
    """The library's `capture`."""

    def __call__(
        self,
        events: Iterable[Mapping[str, Any]],
        *,
        source: str | None = None,
        atomic: bool = True,
        dry_run: bool = False,
    ) -> CaptureReport:
        """Append events, or only look at them."""


@dataclass(slots=True)
class Importing:
    """How to import: where events go, and who hears of rejects.

    `source` is for events that name none. A `dry_run` stores nothing; events that contradict
    each other are seen where they meet in one batch.
    """

    capture: Capture
    reject: Callable[[Reject], None]
    source: str | None = None
    batch_size: int = BATCH_SIZE
    atomic: bool = False
    dry_run: bool = False
    _tally: Tally = field(default_factory=Tally)

    def run(self, found: Iterable[Found]) -> Iterator[Tally]:
        """Import everything found; yields the tally after each batch, at least once.

        Linear in what is found; holds one batch, or everything when atomic.
        """
        self._tally = Tally()
        batches = self._batches(found)
        while self._next(batches):
            yield self._tally
        if not self._tally.found:
            yield self._tally

    @uncollected()
    def _next(self, batches: Iterator[list[Found]]) -> bool:
        """Read and import one more batch; whether there was one."""
        batch = next(batches, None)
        if batch is not None:
            self._import(batch)
        return batch is not None

    def _batches(self, found: Iterable[Found]) -> Iterator[list[Found]]:
        batch: list[Found] = []
        lines = 0
        for one in found:
            batch.append(one)
            lines += _lines(one)
            full = len(batch) >= self.batch_size or lines >= BATCH_LINES
            if full and not self.atomic:
                yield batch
                batch, lines = [], 0
        if batch:
            yield batch

    def _import(self, batch: list[Found]) -> None:
        try:
            self._store(batch)
        except BatchTooLarge:
            if self.atomic or len(batch) == 1:
                raise
            middle = len(batch) // 2
            self._import(batch[:middle])
            self._import(batch[middle:])

    def _store(self, batch: list[Found]) -> None:
        events = [one for one in batch if one.event is not None]
        unread = len(batch) - len(events)
        kept_out = self.atomic and unread > 0
        tally = replace(
            self._tally,
            found=self._tally.found + len(batch),
            refused=self._tally.refused + unread,
            file=batch[-1].file,
            end=batch[-1].end,
        )
        report: CaptureReport | None = None
        if events:
            report = self.capture(
                [one.event for one in events if one.event is not None],
                source=self.source,
                # What was unread keeps all of it out; the conflicts among it are told anyway.
                atomic=self.atomic and not kept_out,
                dry_run=self.dry_run or kept_out,
            )
            tally = _counted(tally, report, kept_out=kept_out)
        self._reject(batch, events, () if report is None else report.outcomes)
        self._tally = tally

    def _reject(
        self, batch: list[Found], events: list[Found], outcomes: Iterable[EventOutcome]
    ) -> None:
        for one in batch:
            for refusal in one.refusals:
                self.reject(Reject(one, refusal))
        for outcome in outcomes:
            for reject in _rejects(events[outcome.index], outcome):
                self.reject(reject)


def _lines(found: Found) -> int:
    """How many things an event lists: about as many rows follow from it."""
    return sum(len(value) for value in (found.event or {}).values() if isinstance(value, list))


def _counted(tally: Tally, report: CaptureReport, *, kept_out: bool) -> Tally:
    stored, voided = report.count("stored"), report.count("voided")
    if kept_out:
        tally = replace(tally, skipped=tally.skipped + stored + voided)
        stored = voided = 0
    return replace(
        tally,
        stored=tally.stored + stored,
        voided=tally.voided + voided,
        duplicates=tally.duplicates + report.count("duplicate"),
        conflicts=tally.conflicts + report.count("conflict"),
        refused=tally.refused + report.count("refused"),
        skipped=tally.skipped + report.count("skipped"),
        seq=report.seq,
    )


def _rejects(found: Found, outcome: EventOutcome) -> Iterator[Reject]:
    if outcome.status == "conflict":
        at = "" if outcome.seq is None else f" at seq {outcome.seq}"
        refusal = Refusal(
            found.pointer,
            "conflict",
            f"has the id {outcome.id!r} of {outcome.source!r}, which other content holds{at}.",
            "the same content, or another id; what was wrong is corrected by a void",
        )
        differences = tuple(
            {"pointer": each.pointer, "stored": each.stored, "sent": each.sent}
            for each in outcome.differences
        )
        yield Reject(found, refusal, differences)
    for refusal in outcome.refusals:
        yield Reject(found, _located(found, refusal))


def _located(found: Found, refusal: Refusal) -> Refusal:
    if found.converted:
        said = refusal.pointer or "the native event"
        return replace(refusal, pointer=found.pointer, detail=f"{refusal.detail} (Said of {said}.)")
    return replace(refusal, pointer=found.pointer + refusal.pointer)
