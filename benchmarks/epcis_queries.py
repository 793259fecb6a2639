"""Pages of EPCIS queries over many stored events, beside reading one event by its id, in one run.

    python -m benchmarks.epcis_queries sqlite:///kept.db 1e6
    python -m benchmarks.epcis_queries neo4j://user:password@host/database 1e6

Events are added until there are so many; a store that has them is asked at once. Printed are the
median and the 95th percentile of each question, and the median as a ratio to reading one event.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import tracegraph
from tracegraph.formats.epcis import read_epcis
from tracegraph.formats.epcis.query import find, read_query
from tracegraph.library import Tracegraph

AT_ONCE = 900  # events of one document
A_DAY = 900  # events
PAGE = 30
ROUNDS = 40
FIRST = 1_577_836_800  # 2020-01-01, in seconds since 1970
STEPS = ("commissioning", "packing", "shipping", "receiving", "storing", "inspecting")
PLACES = 50


def main(dsn: str, many: str) -> None:
    """Fill the store, ask, and print."""
    count = int(float(many))
    with tracegraph.connect(dsn) as graph:
        fill(graph, count)
        one = timed(graph, lambda rng: lambda: graph.event("epcis", event_id(rng.randrange(count))))
        print(f"{'one event by its id':<44}{told(one)}")
        for name, make in QUESTIONS.items():
            asked = timed(graph, partial(asked_by, graph, make, count))
            ratio = statistics.median(asked) / statistics.median(one)
            print(f"{name:<44}{told(asked)}{ratio:>8.1f} times as long")


def fill(graph: Tracegraph, count: int) -> None:
    """Capture events until there are `count`."""
    begin, start = time.perf_counter(), graph.store.published().seq
    for first in range(start, count, AT_ONCE):
        events = [event(number) for number in range(first, min(first + AT_ONCE, count))]
        document = {"type": "EPCISDocument", "epcisBody": {"eventList": events}}
        converted = read_epcis(document, source="epcis")
        assert graph.capture([e for one in converted for e in one.events], source="epcis").ok
        if first // AT_ONCE % 100 == 0:
            rate = (first - start) / (time.perf_counter() - begin)
            print(f"{first:,} events, {rate:,.0f} a second", file=sys.stderr, flush=True)


def event(number: int) -> dict[str, Any]:
    """An event of a history: six steps of each unit, a thousandth of a day apart."""
    unit, step = divmod(number, len(STEPS))
    seconds = FIRST + number * 86_400 // A_DAY
    return {
        "type": "ObjectEvent",
        "eventID": event_id(number),
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)),
        "eventTimeZoneOffset": "+00:00",
        "action": "ADD" if step == 0 else "OBSERVE",
        "bizStep": STEPS[step],
        "disposition": "in_transit" if step == 2 else "in_progress",
        "readPoint": {"id": f"urn:epc:id:sgln:4012345.{unit % PLACES:05}.0"},
        "epcList": [serial(unit)],
    }


def event_id(number: int) -> str:
    """The eventID of an event by its number."""
    return f"urn:x:event:{number}"


def serial(unit: int) -> str:
    """A unit by its number."""
    return f"urn:epc:id:sgtin:4012345.{unit % 7:06}.{unit}"


Asked = dict[str, Any]
QUESTIONS: dict[str, Callable[[random.Random, int], Asked]] = {
    "MATCH_anyEPC": lambda rng, n: {"MATCH_anyEPC": [serial(rng.randrange(n // 6))]},
    "EQ_bizStep": lambda rng, n: {"EQ_bizStep": [rng.choice(STEPS)]},
    "EQ_bizStep, EQ_readPoint": lambda rng, n: {
        "EQ_bizStep": [rng.choice(STEPS)],
        "EQ_readPoint": [f"urn:epc:id:sgln:4012345.{rng.randrange(PLACES):05}.0"],
    },
    "a week of eventTime, EQ_bizStep": lambda rng, n: {**week(rng, n), "EQ_bizStep": ["shipping"]},
    "no parameter": lambda rng, n: {},
    "newest by eventTime": lambda rng, n: {"orderBy": "eventTime"},
    "newest by eventTime, EQ_bizStep": lambda rng, n: {
        "orderBy": "eventTime", "EQ_bizStep": [rng.choice(STEPS)],
    },
    "two common terms that never meet": lambda rng, n: {
        "EQ_bizStep": ["shipping"], "EQ_action": ["ADD"],
    },
}  # fmt: skip


def week(rng: random.Random, count: int) -> Asked:
    """Seven days somewhere in the history."""
    begin = FIRST + rng.randrange(max(1, count // A_DAY - 7)) * 86_400
    days = ("GE_eventTime", begin), ("LT_eventTime", begin + 7 * 86_400)
    return {name: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)) for name, at in days}


def asked_by(
    graph: Tracegraph, make: Callable[[random.Random, int], Asked], count: int, rng: random.Random
) -> Callable[[], Any]:
    """A question of a kind."""
    return page(graph, make(rng, count))


def page(graph: Tracegraph, asked: Asked) -> Callable[[], Any]:
    """A question for the first page."""
    query = read_query(asked, within=set)
    return lambda: find(graph.store, query, count=PAGE)


def timed(graph: Tracegraph, make: Callable[[random.Random], Callable[[], Any]]) -> list[float]:
    """How long each round takes, after one to warm up."""
    rng = random.Random(1)
    return [seconds(make(rng)) for _ in range(ROUNDS + 1)][1:]


def seconds(ask: Callable[[], Any]) -> float:
    """How long a question takes."""
    begin = time.perf_counter()
    ask()
    return time.perf_counter() - begin


def told(times: list[float]) -> str:
    """Median and 95th percentile, in milliseconds."""
    ordered = sorted(times)
    high = ordered[int(0.95 * len(ordered))]
    return f"{1000 * statistics.median(times):>9.1f} ms{1000 * high:>9.1f} ms"


if __name__ == "__main__":
    main(*sys.argv[1:])
