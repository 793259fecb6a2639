"""Random EPCIS events of few names, and random queries on them.

Each thing stands in a table with what it is called canonically, so that nothing here, nor the
oracle beside it, asks the code under test what a name means. `pick` makes every choice, as in
`histories`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

Pick = Callable[[Sequence[Any]], Any]
Event = dict[str, Any]
Asked = dict[str, list[str]]


class Thing(NamedTuple):
    """What a thing is called: canonically, otherwise, and of which class it is."""

    link: str
    others: tuple[str, ...] = ()
    of: str | None = None


_GTIN = "https://id.gs1.org/01/04012345111118"
_ASSET = "https://id.gs1.org/8003/04012345123456"
_DOCUMENT = "https://id.gs1.org/253/4012345123456"
ITEMS = (
    Thing(
        f"{_GTIN}/21/9876",
        (
            "urn:epc:id:sgtin:4012345.011111.9876",
            "https://shop.example.com/gtin/04012345111118/ser/9876?x=1",
            f"{_GTIN}/10/L7/21/9876",
        ),
        _GTIN,
    ),
    Thing(f"{_GTIN}/21/1", ("urn:epc:id:sgtin:4012345.011111.1",), _GTIN),
    Thing(
        "https://id.gs1.org/01/04012345222227/21/1",
        ("urn:epc:id:sgtin:4012345.022222.1",),
        "https://id.gs1.org/01/04012345222227",
    ),
    Thing("https://id.gs1.org/00/040123450000000177", ("urn:epc:id:sscc:4012345.0000000017",)),
    Thing(f"{_ASSET}400", ("urn:epc:id:grai:4012345.12345.400",), _ASSET),
    Thing(f"{_DOCUMENT}D4", ("urn:epc:id:gdti:4012345.12345.D4",), _DOCUMENT),
    Thing("urn:example:thing,1"),
    Thing("https://example.com/things/" + "é" * 600),
)
LOTS = (
    Thing(f"{_GTIN}/10/L7", ("urn:epc:class:lgtin:4012345.011111.L7",), _GTIN),
    Thing(f"{_GTIN}/10/L8", ("urn:epc:class:lgtin:4012345.011111.L8",), _GTIN),
    Thing(_GTIN, ("urn:epc:idpat:sgtin:4012345.011111.*",)),
    Thing("urn:example:lot:1"),
)
PATTERNS = {
    "urn:epc:idpat:sgtin:4012345.011111.*": _GTIN,
    "urn:epc:idpat:sgtin:4012345.022222.*": "https://id.gs1.org/01/04012345222227",
    "urn:epc:idpat:grai:4012345.12345.*": _ASSET,
    "urn:epc:idpat:gdti:4012345.12345.*": _DOCUMENT,
}
PLACES = (
    Thing("https://id.gs1.org/414/4012345000054", ("urn:epc:id:sgln:4012345.00005.0",)),
    Thing("https://id.gs1.org/414/4012345000054/254/7", ("urn:epc:id:sgln:4012345.00005.7",)),
    Thing("geo:47.4,8.5"),
    Thing("urn:tracegraph:place:SITE%2F1"),
)
# Which place lies in which, as the master data have it.
INSIDE = {PLACES[1].link: PLACES[0].link, PLACES[0].link: PLACES[3].link}


def _words(kind: str, short: str, *names: str) -> tuple[Thing, ...]:
    return tuple(
        Thing(
            name,
            (f"urn:epcglobal:cbv:{short}:{name}", f"https://ref.gs1.org/cbv/{kind}-{name}",
             f"cbv:{kind}-{name}"),
        )
        for name in names
    )  # fmt: skip


STEPS = (*_words("BizStep", "bizstep", "shipping", "inspecting"), Thing("urn:example:step"))
STATES = (*_words("Disp", "disp", "active", "damaged"), Thing("https://example.com/d"))
REASONS = _words("ER", "er", "did_not_occur", "incorrect_data")
PAPERS = _words("BTT", "btt", "po", "inv")
OWNERS = _words("SDT", "sdt", "owning_party", "location")
NUMBERS = (Thing("urn:example:paper:1"), Thing("urn:example:paper:2"), *PLACES[:1])
NAMED = {
    thing: each.link
    for each in (*ITEMS, *LOTS, *PLACES, *STEPS, *STATES, *REASONS, *PAPERS, *OWNERS, *NUMBERS)
    for thing in (each.link, *each.others)
}
"""What each name that is used here means."""

CLASS_OF = {each.link: each.of for each in (*ITEMS, *LOTS)}

_ONE, _TWO, _BARE = "http://ns.example.com/a/", "http://ns.example.org/b#", "urn:example:ns"
CONTEXTS: tuple[list[Any], ...] = (
    ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld", {"ex": _ONE, "two": _TWO}],
    [{"ex": _TWO, "two": _ONE}],
    [{"ex": {"@id": _ONE}}, {"bare": _BARE}],
)
OWN_CONTEXTS = (None, None, {"ex": _TWO}, [{"own": _ONE}])
KEYS = ("ex:grade", "two:grade", "bare:grade", "own:grade", "nobody:grade")
NAMES = (
    *KEYS, f"{_ONE}grade", f"{_ONE}#grade", f"{_TWO}grade", f"{_TWO}#grade", f"{_BARE}#grade",
)  # fmt: skip
MOMENTS = (
    "2026-03-01T23:59:59.9999999Z", "2026-03-02T00:00:00Z", "2026-03-02T00:00:00.0000001Z",
    "2026-03-02T08:00:00+08:00", "2026-03-02T00:30:00+00:30", "2026-03-02T01:00:00Z",
    "2026-03-02T01:00:00.000000Z", "2026-03-05T12:00:00-11:00", "1969-12-31T23:59:59.5Z",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2016-12-31T23:59:60Z",
    "2017-01-01T00:00:00Z",
)  # fmt: skip
_SAID = (5, 5.0, 5.5, "5", "5.50", "NaN", "sNaN", "Infinity", True, False, "true", "a,b", "é",
         "2026-03-02T00:00:00Z", "2026-03-02T08:00:00.0000001+08:00")  # fmt: skip
WITHIN = ("", "", "ILMD_", "ERROR_DECLARATION_", "SENSORELEMENT_", "SENSORMETADATA_",
          "SENSORREPORT_")  # fmt: skip
COMPARE = ("EQ", "GT", "GE", "LT", "LE")
_MATCHES = ("epc", "parentID", "inputEPC", "outputEPC", "anyEPC")
_CLASSES = ("epcClass", "inputEPCClass", "outputEPCClass", "anyEPCClass")
_MEASURES = ("value", "minValue", "maxValue", "meanValue", "sDev", "percValue")
_REPORTED = {
    "type": ("Temperature", "urn:example:t"), "deviceID": ("urn:example:device",),
    "dataProcessingMethod": ("https://example.com/m",), "microorganism": ("https://example.com/o",),
    "chemicalSubstance": ("https://example.com/c",), "bizRules": ("https://example.com/r",),
    "stringValue": ("s", "true"), "booleanValue": (True, False), "hexBinaryValue": ("F0",),
    "uriValue": ("urn:example:u",),
}  # fmt: skip


def rarely(pick: Pick, times: int) -> bool:
    """Once in so many times; not, where hypothesis shrinks."""
    return bool(pick(range(times)) == times - 1)


def spelled(pick: Pick, things: Sequence[Thing]) -> str:
    """A thing, however it may be written."""
    thing = pick(things)
    return str(pick((thing.link, *thing.others)))


# -- events


def any_event(pick: Pick, number: int) -> Event:
    """An event of any type, all of whose fields may be there or not."""
    kind = pick(("Object", "Aggregation", "Association", "Transaction", "Transformation"))
    event: Event = {
        "type": f"{kind}Event",
        "eventID": f"urn:uuid:{number}",
        "eventTime": pick(MOMENTS),
        "eventTimeZoneOffset": "+00:00",
    }
    if kind != "Transformation":
        event["action"] = pick(("ADD", "OBSERVE", "DELETE"))
    if kind in {"Object", "Transaction"}:
        _items(pick, event, "epcList", "quantityList")
    elif kind == "Transformation":
        _items(pick, event, "inputEPCList", "inputQuantityList")
        _items(pick, event, "outputEPCList", "outputQuantityList")
        event |= {"transformationID": pick(("urn:example:run:1", "urn:example:run:2"))}
    else:
        _items(pick, event, "childEPCs", "childQuantityList")
    if kind in {"Aggregation", "Association"} or (kind == "Transaction" and pick((False, True))):
        held = {NAMED[epc] for epc in event.get("childEPCs", ())}
        event["parentID"] = spelled(pick, [each for each in ITEMS if each.link not in held])
    if kind == "Transaction" or rarely(pick, 3):
        event["bizTransactionList"] = [_typed(pick, "bizTransaction", PAPERS)]
    return event | _said(pick)


def _said(pick: Pick) -> Event:
    """What an event of any type may say."""
    found: Event = {}
    some = {
        "bizStep": lambda: spelled(pick, STEPS),
        "disposition": lambda: spelled(pick, STATES),
        "readPoint": lambda: {"id": spelled(pick, PLACES)},
        "bizLocation": lambda: {"id": spelled(pick, PLACES)},
        "persistentDisposition": lambda: {pick(("set", "unset")): [spelled(pick, STATES)]},
        "sourceList": lambda: [_typed(pick, "source", OWNERS) for _ in range(2)],
        "destinationList": lambda: [_typed(pick, "destination", OWNERS)],
        "sensorElementList": lambda: [_sensor(pick)],
        "ilmd": lambda: {pick(KEYS): _value(pick)},
        "@context": lambda: pick(OWN_CONTEXTS),
    }
    for name, make in some.items():
        if rarely(pick, 3) and (value := make()) is not None:
            found[name] = value
    for key in KEYS:
        if rarely(pick, 4):
            found[key] = _value(pick)
    return found


def _items(pick: Pick, event: Event, instances: str, classes: str) -> None:
    which = pick((1, 2, 3))
    if which & 1:
        event[instances] = [spelled(pick, ITEMS) for _ in range(pick((1, 2)))]
    if which & 2:
        quantity = {"quantity": pick((1, 5, 5.5))} if pick((False, True)) else {}
        unit = {"uom": pick(("KGM", "GRM"))} if quantity and pick((False, True)) else {}
        event[classes] = [{"epcClass": spelled(pick, LOTS), **quantity, **unit}]


def _typed(pick: Pick, name: str, kinds: Sequence[Thing]) -> Event:
    kind = {"type": spelled(pick, kinds)} if not rarely(pick, 4) else {}
    return {**kind, name: spelled(pick, NUMBERS)}


def _value(pick: Pick) -> Any:
    if rarely(pick, 3):
        return {pick(KEYS): [pick(_SAID), {pick(KEYS): pick(_SAID)}]}
    return pick(_SAID) if pick(range(3)) else [pick(_SAID), pick(_SAID)]


def _sensor(pick: Pick) -> Event:
    report: Event = {pick(_MEASURES): pick((5, 5.5, 21)), "uom": pick(("CEL", "FAH"))}
    report |= {name: pick(values) for name, values in _REPORTED.items() if rarely(pick, 3)}
    if pick((False, True)):
        report |= {"percRank": 50, pick(("time", "startTime", "endTime")): pick(MOMENTS)}
    element: Event = {"sensorReport": [report]}
    for said in (report, element):
        if rarely(pick, 3):
            said[pick(KEYS)] = _value(pick)
    if pick((False, True)):
        element["sensorMetadata"] = {"deviceID": "urn:example:device", "time": pick(MOMENTS)}
    return element


def declaring(pick: Pick, event: Event) -> Event:
    """That an event is wrong. What repeats it need not have its eventTime in any form."""
    told: Event = {"declarationTime": pick(MOMENTS), "reason": spelled(pick, REASONS)}
    if pick((False, True)):
        told["correctiveEventIDs"] = [f"urn:uuid:{pick(range(6))}"]
    if rarely(pick, 3):
        told[pick(KEYS)] = _value(pick)
    repeated = {**event, "errorDeclaration": told}
    time = pick((event["eventTime"],) * 4 + ("yesterday", 5, None))
    return repeated | {"eventTime": time}


@st.composite
def batches(draw: st.DrawFn, most: int = 4, least: int = 2) -> list[tuple[list[Any], list[Event]]]:
    """Documents that come one after the other: the context and the events of each."""

    def pick(options: Sequence[Any]) -> Any:
        return draw(st.sampled_from(options))

    found: list[tuple[list[Any], list[Event]]] = []
    sent: list[Event] = []
    number = 0
    for _ in range(draw(st.integers(least, most))):
        events: list[Event] = []
        for _ in range(draw(st.integers(1, 6))):
            # Each is declared wrong once at most: what differs of the same id would be refused.
            if sent and rarely(pick, 5):
                events.append(declaring(pick, sent.pop(pick(range(len(sent))))))
            else:
                number += 1
                events.append(any_event(pick, number))
        sent += [event for event in events if "errorDeclaration" not in event]
        found.append((pick(CONTEXTS), events))
    return found


# -- queries


def any_query(pick: Pick, recorded: Sequence[str]) -> Asked:
    """Any combination of few parameters, each a list of texts. `recorded` are record times."""
    asked: Asked = {}
    for _ in range(pick((0, 1, 1, 1, 2, 3))):
        name, values = pick(_PARAMETERS)(pick)
        asked[name] = values
    for name, moments in (("eventTime", MOMENTS), ("recordTime", (*recorded, MOMENTS[0]))):
        for compare in ("GE", "LT"):
            if rarely(pick, 5):
                asked[f"{compare}_{name}"] = [pick(moments)]
    if pick(range(4)):
        asked["orderBy"] = [pick(("eventTime", "eventTime", "recordTime"))]
        if rarely(pick, 3):
            asked["eventCountLimit"] = [str(pick((1, 2, 5)))]
    if pick((False, True)):
        asked["orderDirection"] = [pick(("ASC", "DESC"))]
    return asked


def _some(pick: Pick, things: Sequence[Thing]) -> list[str]:
    return [spelled(pick, things) for _ in range(pick((1, 1, 2)))]


def _of(name: str, things: Sequence[Thing]) -> Callable[[Pick], tuple[str, list[str]]]:
    return lambda pick: (name, _some(pick, things))


def _match(pick: Pick) -> tuple[str, list[str]]:
    name, things = pick([(n, ITEMS) for n in _MATCHES] + [(n, LOTS) for n in _CLASSES])
    patterns = tuple(PATTERNS) if things is ITEMS else tuple(PATTERNS)[:1]
    pattern = [pick(patterns)] if rarely(pick, 2) else []
    return f"MATCH_{name}", pattern or _some(pick, things)


def _typed_list(pick: Pick) -> tuple[str, list[str]]:
    name, kinds = pick((("bizTransaction", PAPERS), ("source", OWNERS), ("destination", OWNERS)))
    return f"EQ_{name}_{spelled(pick, kinds)}", _some(pick, NUMBERS)


def _number(pick: Pick) -> tuple[str, list[str]]:
    unit = pick(("", "_KGM", "_GRM"))
    name = pick((f"quantity{unit}", f"{pick(_MEASURES)}_{pick(('CEL', 'FAH'))}", "percRank"))
    return f"{pick(COMPARE)}_{name}", [pick(("5", "5.5", "5.0", "50"))]


def _time(pick: Pick) -> tuple[str, list[str]]:
    name = pick(("errorDeclarationTime", "errorDeclaration_Time", "time", "startTime", "endTime"))
    return f"{pick(('GE', 'LT'))}_{name}", [pick(MOMENTS)]


def _reported(pick: Pick) -> tuple[str, list[str]]:
    name = pick(tuple(_REPORTED))
    return f"EQ_{name}", [str(value).lower() if isinstance(value, bool) else value
                          for value in pick((_REPORTED[name], ("none",)))]  # fmt: skip


def _extension(pick: Pick) -> tuple[str, list[str]]:
    compare = pick((*COMPARE, "EXISTS"))
    name = f"{pick(('', 'INNER_'))}{pick(WITHIN)}{pick(NAMES)}"
    if compare == "EXISTS":
        return f"EXISTS_{name}", ["true"]
    texts = ("5", "5.5", "2026-03-02T00:00:00Z")
    equal = (*texts, "true", "a,b", "é", "NaN", "sNaN")
    return f"{compare}_{name}", [pick(equal if compare == "EQ" else texts)]


def _flag(pick: Pick) -> tuple[str, list[str]]:
    name = pick(("EXISTS_errorDeclaration", "EXISTS_sensorElementList"))
    return name, [pick(("true", "false"))]


_KINDS = tuple(map(Thing, ("ObjectEvent", "AggregationEvent", "TransformationEvent")))
_PARAMETERS = (
    _of("eventType", _KINDS), _of("EQ_action", (Thing("ADD"), Thing("DELETE"))),
    _of("EQ_bizStep", STEPS), _of("EQ_disposition", STATES),
    _of("EQ_persistentDisposition_set", STATES), _of("EQ_persistentDisposition_unset", STATES),
    _of("EQ_readPoint", PLACES), _of("EQ_bizLocation", PLACES),
    _of("WD_readPoint", PLACES), _of("WD_bizLocation", PLACES),
    _of("EQ_transformationID", (Thing("urn:example:run:1"),)), _of("EQ_errorReason", REASONS),
    _of("EQ_correctiveEventID", tuple(Thing(f"urn:uuid:{n}") for n in range(6))),
    _of("EQ_eventID", tuple(Thing(f"urn:uuid:{n}") for n in range(6))),
    _match, _match, _match, _match, _match, _typed_list, _typed_list, _number, _number, _time,
    _reported, _extension, _extension, _extension, _flag,
)  # fmt: skip
