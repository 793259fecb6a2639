"""Random histories: small worlds of few names, so that everything meets everything.

`any_event` asks a `pick` for every choice: hypothesis draws (and shrinks), or a plain random
generator where speed counts. Ids are given by place, so that every event has its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.builders import Wire, at, gtin, line, lot, opaque, package, serial, sscc
from tracegraph.capture.drafting import draft
from tracegraph.model.refusal import Refused

Pick = Callable[[Sequence[Any]], Any]

UNIT, CASE, PALLET, OTHER = (gtin(number) for number in (101, 102, 103, 104))
DEVICE = "+X999123ABC0"
NAMES = ("P", "Q", UNIT, CASE, PALLET, OTHER, DEVICE)
LOTS = ("A", "B")
SERIALS = ("1", "2")
BOXES = (1, 2, 3)
SOURCES = ("a", "b")
MINUTES = tuple(range(9))
FRACTIONS = ("", "", "", "0000001", "0000002", "000001")
QUANTITIES = (None, "1", "2", "5", "0.000001", "7.5")
UNITS = ("each", "each", "each", "kg", "PR")
RUNS = (None, None, None, "R1", "R2", "urn:run:1")
MAKES = ("production", "assembly", "disassembly", "rework", "split", "merge", "relabel", "process")
SIMPLE = (
    "receipt", "supplier_return", "move", "shipment", "delivery", "return", "scrap", "use",
    "adjustment", "observation", "inspection", "hold", "release", "nonconformance",
)  # fmt: skip

# Weighted: what makes history late or crossed comes often.
TYPES = (
    "make", "make", "make", "make", "make", "simple", "simple", "receipt",
    "pack", "pack", "pack", "unpack", "product", "product", "void", "void", "party",
)  # fmt: skip


def any_item(pick: Pick) -> Wire:
    """A reference to one of few items, in one of many ways."""
    form = pick(
        ("lot", "lot", "lot", "serial", "serial", "box", "box", "opaque", "flawed", "bare", "scan")
    )
    product = pick(NAMES)
    if form == "lot":
        return lot(product, pick(LOTS))
    if form == "serial":
        return serial(product, pick(SERIALS), of=pick((None, *LOTS)))
    if form == "box":
        return {"sscc": sscc(pick(BOXES))}
    if form == "opaque":
        return opaque(pick(("x", "y")), pick((None, "lot", "serial", "container")))
    if form == "flawed":
        flawed: Wire = pick(({"sscc": "12345"}, lot("00000000000001", "A"), {"scan": "hello"}))
        return flawed
    if form == "bare":
        return {"product": product}
    labels = (f"{DEVICE}/$AE", f"{DEVICE}/$B/S1+")  # with their check characters
    gs1 = f"(01){pick((UNIT, CASE))}(10){pick(LOTS)}{pick(('', '(21)1'))}"
    return {"scan": pick((gs1, gs1, *labels))}


def any_line(pick: Pick) -> Wire:
    """A line that capture accepts: a serial is one unit, a container has none of its own."""
    item = any_item(pick)
    countless = "sscc" in item or "kind" in item or "scan" in item or "serial" in item
    quantity = None if countless else pick(QUANTITIES)
    return line(item, quantity, pick(UNITS) if quantity else "each")


def any_lines(pick: Pick, least: int = 1) -> list[Wire]:
    return [any_line(pick) for _ in range(pick((least, 1, 1, 2, 3)))]


def any_times(pick: Pick) -> Wire:
    minute = pick(MINUTES)
    fraction = pick(FRACTIONS)
    found = {"occurred_at": at(minute, fraction=fraction, offset=pick((0, 0, 8, -5)))}
    before = pick((None, None, 0, 1, 3))
    if before is not None:
        found["started_at"] = at(minute - before, fraction=fraction)
    return found


def any_event(pick: Pick, length: int) -> Wire:
    """An event of a history of about `length` events, without an id of its own yet."""
    kind = pick(TYPES)
    found: Wire = {"source": pick(SOURCES), **any_times(pick)}
    if kind == "make":
        return found | _make(pick)
    if kind == "simple":
        type_ = pick(SIMPLE)
        found |= {"type": type_, "items": any_lines(pick)}
        found |= {"to": "WH"} if type_ == "move" else {}
    elif kind == "receipt":
        found |= {"type": "receipt", "items": any_lines(pick), "party": pick(("S-1", "S-2", "S-3"))}
    elif kind in {"pack", "unpack"}:
        box = pick(
            (*({"sscc": sscc(number)} for number in BOXES), opaque("x", "container"), opaque("y"))
        )
        found |= {"type": kind, "container": box}
        found["items"] = any_lines(pick, least=0 if kind == "unpack" else 1)
    elif kind == "product":
        levels = [package(pick(NAMES[2:]), pick((1, 1, 10, 12))) for _ in range(pick((0, 1, 2)))]
        found |= {"type": "product", "number": pick(("P", "Q", UNIT)), "packages": levels}
    elif kind == "void":
        target = pick(range(length + 2))
        found |= {
            "type": "void",
            "voids": f"e{target}",
            "voids_source": pick(SOURCES),
            "reason": "wrong",
        }
    else:
        found |= {"type": "party", "number": pick(("S-1", "C-1"))}
    if pick((False, False, False, False, True)):
        found["replaces"] = f"e{pick(range(length))}"
    return found


def _make(pick: Pick) -> Wire:
    type_ = pick(MAKES)
    if type_ == "process" and pick((False, True)):
        return {"type": type_, "items": any_lines(pick)}
    inputs, outputs = any_lines(pick, least=0), any_lines(pick, least=0)
    if not inputs and not outputs:
        inputs = any_lines(pick)
    run = pick(RUNS)
    found: Wire = {"type": type_, "inputs": inputs, "outputs": outputs}
    return found if run is None else {**found, "run": run}


def numbered(events: Iterable[Wire]) -> list[Wire]:
    """Events with ids by place. A void names an id whatever its source: aim it at the real one."""
    found = [{"id": f"e{index}", **event} for index, event in enumerate(events)]
    sources = {event["id"]: event["source"] for event in found}
    for event in found:
        if event["type"] == "void":
            event["voids_source"] = sources.get(event["voids"], event["voids_source"])
    return [event for event in found if _accepted(event)]


def _accepted(event: Wire) -> bool:
    try:
        draft(event, source=None, caller=None)
    except Refused:  # such as a container put into itself
        return False
    return True


def random_history(rng: Random, length: int) -> list[Wire]:
    return numbered(any_event(rng.choice, length) for _ in range(length))


@st.composite
def events_of(draw: st.DrawFn, length: int) -> Wire:
    return any_event(lambda options: draw(st.sampled_from(options)), length)


def histories(most: int = 16) -> st.SearchStrategy[list[Wire]]:
    """Histories of up to `most` events, in order of arrival."""
    sizes = st.integers(1, most)  # drawn first: lists alone are mostly short
    lists = sizes.flatmap(lambda size: st.lists(events_of(most), min_size=size, max_size=size))
    return lists.map(numbered).filter(bool)


def splits(events: Sequence[Wire], rng: Random) -> list[list[Wire]]:
    """The same events in order, cut into batches at random."""
    found: list[list[Wire]] = [[]]
    for event in events:
        if found[-1] and rng.random() < 0.4:
            found.append([])
        found[-1].append(event)
    return found
