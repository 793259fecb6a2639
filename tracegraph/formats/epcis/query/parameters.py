"""The parameters of a query, read from an address or from JSON.

A list is given by repeating a parameter, or with commas in an address; in JSON it is a list. What
is not known, or not of its form, is refused with the name of the parameter.

Source: EPCIS 2.0, section 8.2.7.1, and its query schema for names and forms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from tracegraph.formats.epcis.fields import kind_of
from tracegraph.formats.epcis.mapping import ACTIONS, EVENT_TYPES
from tracegraph.formats.epcis.query import conditions
from tracegraph.formats.epcis.query.conditions import PATTERN, Condition, moment, number
from tracegraph.identify.canonical_link import canonical_link
from tracegraph.identify.cbv import bare_word
from tracegraph.model.instant import ACCEPTED as INSTANT
from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refusal, Refused, pointer
from tracegraph.store.projection.terms import CLASS_PARTS, EPC_PARTS

Order = Literal["eventTime", "recordTime"]

MOST_VALUES = 1_000  # of one parameter
_ONE_OF: dict[str, tuple[str, ...]] = {
    "eventType": ("type",),
    "EQ_action": ("action",),
    "EQ_bizStep": ("bizStep",),
    "EQ_disposition": ("disposition",),
    "EQ_persistentDisposition_set": ("set",),
    "EQ_persistentDisposition_unset": ("unset",),
    "EQ_readPoint": ("readPoint",),
    "EQ_bizLocation": ("bizLocation",),
    "EQ_transformationID": ("transformationID",),
    "EQ_errorReason": ("reason",),
    "EQ_correctiveEventID": ("correctiveEventIDs",),
}
_CHOICES = {"eventType": tuple(EVENT_TYPES), "EQ_action": ACTIONS}
_WITHIN = {"WD_readPoint": "readPoint", "WD_bizLocation": "bizLocation"}
_MATCH: dict[str, tuple[str, ...]] = {
    "MATCH_epc": ("epcList", "childEPCs"),
    "MATCH_parentID": ("parentID",),
    "MATCH_inputEPC": ("inputEPCList",),
    "MATCH_outputEPC": ("outputEPCList",),
    "MATCH_anyEPC": EPC_PARTS,
    "MATCH_epcClass": ("quantityList", "childQuantityList"),
    "MATCH_inputEPCClass": ("inputQuantityList",),
    "MATCH_outputEPCClass": ("outputQuantityList",),
    "MATCH_anyEPCClass": CLASS_PARTS,
}
_SENSED = (
    "type", "deviceID", "dataProcessingMethod", "microorganism", "chemicalSubstance", "bizRules",
    "stringValue", "booleanValue", "hexBinaryValue", "uriValue",
)  # fmt: skip
_TIMES = ("time", "startTime", "endTime")

_TYPED = re.compile(r"EQ_(bizTransaction|source|destination)_(.+)")
_TYPED_PART = {
    "bizTransaction": "bizTransactionList", "source": "sourceList", "destination": "destinationList"
}  # fmt: skip
_QUANTITY = re.compile(r"(EQ|GT|GE|LT|LE)_quantity(?:_([A-Z0-9]{2,4}))?")
_MEASURED = re.compile(
    r"(EQ|GT|GE|LT|LE)_(value|minValue|maxValue|meanValue|sDev|percValue)_([A-Z0-9]{2,4})"
    r"|(EQ|GT|GE|LT|LE)_(percRank)()"
)
_DECLARED_AT = re.compile(r"(GE|LT)_errorDeclaration_?Time")
_SENSED_AT = re.compile(rf"(GE|LT)_({'|'.join(_TIMES)})")
_EXTENSION = re.compile(
    r"(EQ|GT|GE|LT|LE|EXISTS)_(INNER_)?"
    r"(ILMD_|ERROR_DECLARATION_|SENSOR(?:ELEMENT|METADATA|REPORT)_)?(?=.*[:#/])(.+)"
)
_FIELD = {
    "ILMD_": "ilmd", "ERROR_DECLARATION_": "errorDeclaration",
    "SENSORELEMENT_": "sensorElementList", "SENSORMETADATA_": "sensorMetadata",
    "SENSORREPORT_": "sensorReport", None: None,
}  # fmt: skip

Within = Callable[[Iterable[str]], set[str]]
"""Which places are some places, or lie within them."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read. Times bound events half-open: from, included, until, excluded.

    `limit` is how many events the whole answer has at most, and `most` how many it may have
    before it is refused.
    """

    conditions: tuple[Condition, ...] = ()
    occurred: tuple[Instant | None, Instant | None] = (None, None)
    recorded: tuple[Instant | None, Instant | None] = (None, None)
    order: Order | None = None
    descending: bool = True
    limit: int | None = None
    most: int | None = None


def read_query(
    asked: Mapping[str, Any], *, within: Within, at: Sequence[str] = ("query",)
) -> Query:
    """Read parameters by name: of each a list of texts, as in an address, or a value of JSON.

    `at` is where they stand, for the pointers of refusals. Raises Refused with every fault.
    """
    reading = _Reading(asked, tuple(at))
    found: list[Condition] = []
    for name in asked:
        if name not in _OTHERS:
            found += reading.condition(name, within)
    query = Query(
        tuple(found),
        (reading.instant("GE_eventTime"), reading.instant("LT_eventTime")),
        (reading.instant("GE_recordTime"), reading.instant("LT_recordTime")),
        reading.order(),
        reading.choice("orderDirection", ("ASC", "DESC")) != "ASC",
        reading.count("eventCountLimit"),
        reading.count("maxEventCount"),
    )
    if query.limit is not None and query.order is None:
        reading.refuse("eventCountLimit", "order", "needs an order.", "orderBy beside it")
    if query.limit is not None and query.most is not None:
        reading.refuse("maxEventCount", "exclusive", "excludes eventCountLimit.", "one of them")
    if reading.refusals:
        raise Refused(tuple(reading.refusals))
    return query


_OTHERS = {
    "GE_eventTime", "LT_eventTime", "GE_recordTime", "LT_recordTime", "orderBy", "orderDirection",
    "eventCountLimit", "maxEventCount",
}  # fmt: skip


class _Reading:
    """The parameters of one query, and the faults found so far."""

    def __init__(self, asked: Mapping[str, Any], at: tuple[str, ...]) -> None:
        self._asked = asked
        self._at = at
        self.refusals: list[Refusal] = []

    def refuse(self, name: str, rule: str, detail: str, accepted: str) -> None:
        self.refusals.append(Refusal(pointer((*self._at, name)), rule, detail, accepted))

    # -- values

    def texts(self, name: str) -> list[str]:
        """The texts of a list; commas part those of an address, and never those of JSON."""
        value = self._asked[name]
        if isinstance(value, tuple):
            found = [part for each in value for part in each.split(",")]
        else:
            found = [_plain(each) for each in (value if isinstance(value, list) else [value])]
        if not found or not all(found):
            self.refuse(name, "text", f"is {_said(value)}.", "texts that are not empty")
            return []
        if len(found) > MOST_VALUES:
            self.refuse(name, "too_long", "has too many values.", f"{MOST_VALUES} at most")
            return []
        return found

    def single(self, name: str) -> str | None:
        """The one text of a parameter; None where it is not there, or wrong."""
        if name not in self._asked:
            return None
        value = self._asked[name]
        alone = value[0] if isinstance(value, tuple) and len(value) == 1 else value
        text = _plain(alone)
        if not text:
            self.refuse(name, "single", f"is {_said(value)}.", "one value")
        return text or None

    def instant(self, name: str) -> Instant | None:
        text = self.single(name)
        if text is None:
            return None
        try:
            return Instant.parse(text)
        except ValueError as error:
            self.refuse(name, "instant", f"{error}.", f"{INSTANT} (in an address, + as %2B)")
            return None

    def count(self, name: str) -> int | None:
        text = self.single(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text)):
            self.refuse(name, "count", "is no count.", "a whole number from 1")
            return None
        return int(text)

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        text = self.single(name)
        if text is not None and text not in choices:
            self.refuse(name, "choice", f"is {text[:40]!r}.", " or ".join(choices))
        return text

    def order(self) -> Order | None:
        said = self.choice("orderBy", ("eventTime", "recordTime"))
        return "eventTime" if said == "eventTime" else "recordTime" if said else None

    def bounds(self, name: str) -> list[Any]:
        """What extensions are compared with: a number, an instant, or for equality any texts."""
        texts = self.texts(name) if name.startswith("EQ_") else [self.single(name) or ""]
        if name.startswith("EQ_"):
            return list(texts)
        found = [value for text in texts if (value := _bound(text)) is not None]
        if not found:
            self.refuse(name, "bound", "is neither.", f"a number, or {INSTANT}")
        return found

    def numbers(self, name: str) -> list[Decimal]:
        texts = self.texts(name) if name.startswith("EQ_") else [self.single(name) or ""]
        found = [found for text in texts if (found := number(text)) is not None]
        if len(found) < len(texts):
            self.refuse(name, "number", "is no number.", "a finite decimal number")
        return found

    def flag(self, name: str) -> bool:
        """Whether a parameter that only asks for being there asks: not with false."""
        text = _plain(
            self._asked[name][0] if isinstance(self._asked[name], tuple) else self._asked[name]
        )
        if text not in {None, "", "true", "false", "0", "1"}:
            self.refuse(name, "flag", f"is {text[:40]!r}.", "true, or nothing")
        return text not in {"false", "0"}

    # -- conditions

    def condition(self, name: str, within: Within) -> list[Condition]:
        """What a parameter demands; nothing where it is refused."""
        if name in _ONE_OF:
            return self._one_of(name)
        if name in _MATCH:
            return self._match(name)
        if name in _WITHIN:
            return [conditions.one_of((_WITHIN[name],), within(self.texts(name)))]
        if name == "EQ_eventID":
            return [conditions.event_id(self.texts(name))]
        if name == "EXISTS_errorDeclaration":
            return [conditions.declared()] if self.flag(name) else []
        if name == "EXISTS_sensorElementList":
            return [conditions.has_sensors()] if self.flag(name) else []
        for pattern, read in _PATTERNS:
            if match := pattern.fullmatch(name):
                return read(self, name, match)
        self.refuse(name, "unknown", "is not a parameter.", "docs/epcis.md lists them")
        return []

    def _one_of(self, name: str) -> list[Condition]:
        values, choices = self.texts(name), _CHOICES.get(name)
        if choices and (wrong := [value for value in values if value not in choices]):
            self.refuse(name, "choice", f"has {wrong[0][:40]!r}.", ", ".join(choices))
        return [conditions.one_of(_ONE_OF[name], values)]

    def _match(self, name: str) -> list[Condition]:
        values = self.texts(name)
        for value in values:
            if value.startswith(PATTERN) and (
                value.count("*") != 1 or not value.endswith(".*") or not canonical_link(value)
            ):
                accepted = "a pattern that ends with its one star, or an EPC"
                self.refuse(name, "pattern", f"has the pattern {value[:80]!r}.", accepted)
        return [conditions.matching(_MATCH[name], values)]

    def _typed(self, name: str, match: re.Match[str]) -> list[Condition]:
        part = _TYPED_PART[match[1]]
        return [conditions.of_type(part, bare_word(match[2]), self.texts(name))]

    def _quantity(self, name: str, match: re.Match[str]) -> list[Condition]:
        return [conditions.quantity(match[1], self.numbers(name), match[2])]

    def _measured(self, name: str, match: re.Match[str]) -> list[Condition]:
        compare, field, unit = match[1] or match[4], match[2] or match[5], match[3] or None
        return [conditions.sensed(compare, field, self.numbers(name), unit)]

    def _declared_at(self, name: str, match: re.Match[str]) -> list[Condition]:
        bound = self.instant(name)
        path = ("errorDeclaration", "declarationTime")
        return [] if bound is None else [conditions.at(match[1], bound, *path)]

    def _sensed_at(self, name: str, match: re.Match[str]) -> list[Condition]:
        bound = self.instant(name)
        return [] if bound is None else [conditions.sensed(match[1], match[2], [bound], None)]

    def _sensed(self, name: str, match: re.Match[str]) -> list[Condition]:
        return [conditions.sensed("EQ", match[1], self.texts(name), None)]

    def _extension(self, name: str, match: re.Match[str]) -> list[Condition]:
        compare, inner, field, extension = match.groups()
        if compare == "EXISTS":
            bounds: list[Any] = []
            if not self.flag(name):
                return []
        else:
            bounds = self.bounds(name)
        return [conditions.extension(compare, extension, bounds, _FIELD[field], inner=bool(inner))]


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[..., list[Condition]]], ...] = (
    (_TYPED, _Reading._typed),
    (_QUANTITY, _Reading._quantity),
    (_MEASURED, _Reading._measured),
    (_DECLARED_AT, _Reading._declared_at),
    (_SENSED_AT, _Reading._sensed_at),
    (re.compile(rf"EQ_({'|'.join(_SENSED)})"), _Reading._sensed),
    (_EXTENSION, _Reading._extension),
)


def _plain(value: Any) -> str | None:
    """A value of JSON as an address would have it; None for a list, an object and null."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _said(value: Any) -> str:
    return "empty, or several" if isinstance(value, tuple) else kind_of(value)


def _bound(text: str) -> Decimal | Instant | None:
    found = number(text)
    return moment(text) if found is None else found
