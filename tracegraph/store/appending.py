"""Appending a batch: what is new, what is known, what is in conflict; the same for every engine.

The engine holds its writer's lock, asks `admit` which drafts are new, has `project_batch`
project them on its tables, writes, and commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracegraph.store.port import Draft, Outcome
from tracegraph.store.projection.projection import Projection
from tracegraph.store.projection.rows import STANDS
from tracegraph.store.projection.tables import Changes, Tables

Id = tuple[str, str]


@dataclass(slots=True)
class Admission:
    """Which drafts enter the journal, at which seq, and what becomes of the others."""

    outcomes: list[Outcome] = field(default_factory=list)
    new: list[tuple[int, Draft]] = field(default_factory=list)


def admit(
    drafts: Sequence[Draft], held: Mapping[Id, tuple[int, str]], last: int, *, atomic: bool
) -> Admission:
    """Settle each draft against the ids that are `held` (seq, hash) and against one another.

    New drafts are numbered from `last` + 1, in order and without gaps.
    """
    admission = Admission()
    known = dict(held)
    for draft in drafts:
        key = (draft.event.source, draft.event.id)
        holder = known.get(key)
        if holder is None:
            seq = last + len(admission.new) + 1
            known[key] = (seq, draft.hash)
            admission.new.append((seq, draft))
            admission.outcomes.append(Outcome("stored", seq))
        else:
            same = holder[1] == draft.hash
            admission.outcomes.append(Outcome("duplicate" if same else "conflict", holder[0]))
    if atomic and any(outcome.status == "conflict" for outcome in admission.outcomes):
        admission.outcomes = [_kept_out(outcome, last) for outcome in admission.outcomes]
        admission.new = []
    return admission


def project_batch(admission: Admission, tables: Tables) -> Changes:
    """Project the new drafts, in order, and note in the outcomes which are void on arrival."""
    facts = [draft.fact.at(seq) for seq, draft in admission.new]
    projection = Projection(tables)
    projection.prefetch(facts)
    for new in facts:
        projection.append(new)
    void = {new.seq for new in facts if new.void != STANDS and new.void == new.seq}
    admission.outcomes = [
        Outcome("voided", o.seq) if o.status == "stored" and o.seq in void else o
        for o in admission.outcomes
    ]
    return projection.changes


def _kept_out(outcome: Outcome, last: int) -> Outcome:
    """The outcome in a batch that is not stored: nothing in it got a seq."""
    if outcome.seq is None or outcome.seq <= last:
        return outcome
    return Outcome("conflict" if outcome.status == "conflict" else "skipped", None)
