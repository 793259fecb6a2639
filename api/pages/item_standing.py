"""How an item stands: whether the gate would let it go, and where its units are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from api.pages.question import Question
from api.pages.render import moment
from tracegraph.library import Tracegraph
from tracegraph.recall.answer import GateRefusal, GateVerdict, Position, Positions
from tracegraph.recall.gate import Purpose
from tracegraph.recall.ledger import AVAILABLE
from tracegraph.trace.answer import HistoryEntry

PURPOSES: tuple[Purpose, ...] = ("ship", "consume")
HOLDERS = ("place", "party", "none")
# Rules of the gate that tell of the item's own quality, whatever is asked of it.
QUALITY = frozenset(
    {"on_hold", "expired", "inspection_missing", "inspection_failed", "nonconformance_open"}
)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason against an item, and for which purposes it holds."""

    refusal: GateRefusal
    purposes: tuple[str, ...]

    @property
    def of_quality(self) -> bool:
        """Whether it tells of holds, inspections, expiry or what is open."""
        return self.refusal.rule in QUALITY


@dataclass(frozen=True, slots=True)
class Standing:
    """Positions at the cut that was asked for; what the gate says now, for each purpose."""

    positions: Positions
    verdicts: tuple[GateVerdict, ...]
    reasons: tuple[Reason, ...]

    @property
    def where(self) -> list[Position]:
        """The positions: at places, at parties, and what is gone."""
        return sorted(self.positions.positions, key=lambda each: HOLDERS.index(each.holder_kind))

    @property
    def on_hand(self) -> bool:
        """Whether some of it is available at a place of our own."""
        return any(each.holder_kind == "place" and each.state == AVAILABLE for each in self.where)

    @property
    def on_hold(self) -> bool:
        """Whether a hold stands against the item."""
        return any(reason.refusal.rule == "on_hold" for reason in self.reasons)

    @property
    def quality(self) -> tuple[Reason, ...]:
        """The reasons that tell of the item's quality."""
        return tuple(reason for reason in self.reasons if reason.of_quality)


def standing(graph: Tracegraph, key: str, question: Question) -> Standing:
    """How an item stands. The gate has no cuts: it judges what is known now."""
    positions = graph.positions(key, as_of=question.as_of_instant, known_at=question.known_at_cut)
    verdicts = tuple(graph.gate([key], purpose=purpose) for purpose in PURPOSES)
    return Standing(positions, verdicts, tuple(_reasons(verdicts)))


def _reasons(verdicts: Sequence[GateVerdict]) -> Iterator[Reason]:
    """Each reason once, in the order in which the gate gives them."""
    found: dict[GateRefusal, list[str]] = {}
    for verdict in verdicts:
        for refusal in verdict.refusals:
            found.setdefault(refusal, []).append(verdict.purpose)
    return (Reason(refusal, tuple(purposes)) for refusal, purposes in found.items())


def days(entries: Sequence[HistoryEntry]) -> list[tuple[str, list[HistoryEntry]]]:
    """Entries of a history by the day, in UTC, on which they occurred."""
    return [
        (day, list(of_day))
        for day, of_day in groupby(entries, key=lambda entry: moment(entry.occurred_at)[:10])
    ]
