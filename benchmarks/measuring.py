"""Measuring: every contender in turn, round after round, and what comes out of it.

The order of the contenders is turned by one each round, so that none always follows the same.
What does not fit in its time is asked less often, and its count says so.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import cycle

from benchmarks.asked import Kind, Question, Reference
from benchmarks.workers import Worker

SECONDS = 20.0  # of one contender for one label; then it has been asked often enough
LEAST = 5  # times that everybody is asked, however long it takes
WARM = 2
# What is quick is asked a thousand times an hour, by a server that compiled it long ago.
QUICK_SECONDS = 0.1
QUICK_WARM_SECONDS = 4.0  # of one contender for one label


@dataclass(frozen=True, slots=True)
class Measure:
    """What one contender took for one thing, in milliseconds."""

    graph: str
    kind: Kind
    label: str
    contender: str
    count: int
    p50: float
    p95: float
    p99: float
    items: int | None = None
    bytes: int | None = None
    ratio: float | None = None
    against: str | None = None
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """For the file of results."""
        return asdict(self)


@dataclass(slots=True)
class _Seen:
    times: list[float] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    timed_out: bool = False

    def enough(self) -> bool:
        return self.timed_out or (sum(self.times) > SECONDS and len(self.times) >= LEAST)


def measured(
    graph: str,
    workers: Sequence[Worker],
    questions: Sequence[Question],
    rounds: int,
    told: Callable[[str], None],
) -> list[Measure]:
    """Ask all questions of all that answer their kind, compare, and give the figures."""
    seen: defaultdict[tuple[Kind, str, str], _Seen] = defaultdict(_Seen)
    for round_ in range(-WARM, rounds):
        told(f"{graph}: {'warming up' if round_ < 0 else f'round {round_ + 1} of {rounds}'}")
        for question in questions:
            able = [worker for worker in workers if question.kind in worker.kinds]
            turn = round_ % len(able) if able else 0
            answers: dict[str, str] = {}
            for worker in (*able[turn:], *able[:turn]):
                found = seen[(*question.name, worker.name)]
                if found.enough():
                    continue
                took = worker.ask(question, compared=round_ < 0)
                if took.timed_out:
                    found.timed_out = True
                    found.times = [took.seconds]
                    continue
                if took.digest is not None:
                    answers[worker.name] = f"{took.items} {took.digest}"
                if round_ < 0:
                    found.items.append(took.items or 0)
                    continue
                found.times.append(took.seconds)
                if took.size is not None:
                    found.sizes.append(took.size)
            if len(set(answers.values())) > 1:
                raise AssertionError(f"different answers to {question.name}: {answers}")
        if round_ == -1:
            told(f"{graph}: warming up what is quick")
            for worker in workers:
                _warm_up(worker, questions)
    against = {question.name: question.against for question in questions}
    measures = [_measure(graph, *name, each) for name, each in seen.items() if each.times]
    return compared(measures, against)


def _warm_up(worker: Worker, questions: Sequence[Question]) -> None:
    """Ask what is quick again and again."""
    labelled: defaultdict[tuple[Kind, str], list[Question]] = defaultdict(list)
    for question in questions:
        if question.kind in worker.kinds:
            labelled[question.name].append(question)
    for some in labelled.values():
        spent = 0.0
        for question in cycle(some):
            took = worker.ask(question, compared=False)
            spent += took.seconds
            if took.timed_out or took.seconds > QUICK_SECONDS or spent > QUICK_WARM_SECONDS:
                break


def percentiles(times: Sequence[float]) -> tuple[float, float, float]:
    """The 50th, the 95th and the 99th, in milliseconds."""
    if len(times) == 1:
        return (1000 * times[0],) * 3
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return 1000 * cuts[49], 1000 * cuts[94], 1000 * cuts[98]


def _measure(graph: str, kind: Kind, label: str, contender: str, seen: _Seen) -> Measure:
    p50, p95, p99 = percentiles(seen.times)
    return Measure(
        graph, kind, label, contender, len(seen.times), p50, p95, p99,
        items=round(statistics.mean(seen.items)) if seen.items else None,
        bytes=round(statistics.mean(seen.sizes)) if seen.sizes else None,
        note="timed out" if seen.timed_out else "",
    )  # fmt: skip


def compared(
    measures: Sequence[Measure], against: Mapping[tuple[Kind, str], Reference | None]
) -> list[Measure]:
    """The measures with their ratio to what they are compared with, at the median.

    Of readers who are disturbed the 95th percentile counts.
    """
    figures = {(m.kind, m.label, m.contender): _compared(m) for m in measures if not m.note}

    def beside(measure: Measure) -> Measure:
        reference = against.get((measure.kind, measure.label))
        if reference is None:
            return measure
        name = reference.contender or measure.contender
        base = figures.get((reference.kind, reference.label, name))
        if not base:
            return measure
        if reference.contender is None:
            told = reference.label
        else:
            told = f"{name}, {reference.kind}" if reference.kind != measure.kind else name
        return replace(measure, ratio=_compared(measure) / base, against=told)

    return [beside(measure) for measure in measures]


def _compared(measure: Measure) -> float:
    return measure.p95 if measure.kind == "mixed" else measure.p50
