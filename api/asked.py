"""Questions that come in a body: from JSON to values, with the place of every fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, Literal

from api.problems import REFUSED_BODY, Problem
from tracegraph.model.refusal import Refusal, Refused, json_type
from tracegraph.recall.gate import GateItem
from tracegraph.recall.query import ScopeSeed

Status = Literal["open", "closed"]

_TEXT, _WHOLE, _TRUTH = "a text", "a whole number", "true or false"
_SEED = tuple(field.name for field in fields(ScopeSeed))
_GATE_ITEM = tuple(field.name for field in fields(GateItem))
_ONE_SEED = "a text that names an item, or an object with kind and key"
_ONE_ITEM = "a text that names an item, or an object with item, quantity and unit"


@dataclass(frozen=True, slots=True)
class ScopeAsked:
    """What POST /v1/scopes was sent."""

    question: dict[str, Any]
    save: bool
    name: str | None
    status: Status | None


@contextmanager
def in_body(body: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Make what the library refuses a fault of the body, at its place there.

    The library counts one seed as the first of a list; in a `body` it may stand alone.
    """
    try:
        yield
    except Refused as error:
        raise malformed(*(_placed(refusal, body or {}) for refusal in error.refusals)) from error


def _placed(refusal: Refusal, body: Mapping[str, Any]) -> Refusal:
    for name in ("seeds", "exclude"):
        first = f"/{name}/0"
        if refusal.pointer.startswith(first) and not isinstance(body.get(name), list):
            at = f"/{name}{refusal.pointer.removeprefix(first)}"
            return Refusal(at, refusal.rule, refusal.detail, refusal.accepted)
    return refusal


def malformed(*refusals: Refusal) -> Problem:
    """The problem of a body that asks nothing sensible."""
    return Problem(REFUSED_BODY, "See errors: each says what would be accepted.", refusals)


def scope_asked(body: Mapping[str, Any]) -> ScopeAsked:
    """The question for a scope. Raises Problem with all that is wrong with its form."""
    form = _Form(body)
    form.only(
        "seeds", "exclude", "as_of", "known_at", "clock_tolerance", "transit_days", "budget",
        "save", "name", "status",
    )  # fmt: skip
    question = {
        "seeds": form.seeds("seeds"),
        "exclude": form.seeds("exclude"),
        "as_of": form.value("as_of", _TEXT),
        "known_at": form.value("known_at", _TEXT, _WHOLE),
        "clock_tolerance": form.value("clock_tolerance", _TEXT),
        "transit_days": form.value("transit_days", _WHOLE),
        "budget": form.value("budget", _WHOLE),
    }
    save, status = form.value("save", _TRUTH), form.status()
    asked = ScopeAsked(
        {name: value for name, value in question.items() if value is not None},
        True if save is None else save,
        form.name(),
        status,
    )
    form.finish()
    return asked


def case_asked(body: Mapping[str, Any]) -> tuple[str | None, Status | None]:
    """The new name and status of a case. Raises Problem."""
    form = _Form(body)
    form.only("name", "status")
    name, status = form.name(), form.status()
    if not {"name", "status"} & body.keys():
        form.refuse("", "missing", "changes nothing.", "name, status or both")
    form.finish()
    return name, status


@dataclass(frozen=True, slots=True)
class GateAsked:
    """What POST /v1/gate was sent."""

    items: list[str | GateItem]
    purpose: Any
    place: str | None
    at: str | None
    seen: int | None
    strict: bool


def gate_asked(body: Mapping[str, Any]) -> GateAsked:
    """The question to the gate. Raises Problem with all that is wrong with its form."""
    form = _Form(body)
    form.only("items", "purpose", "place", "at", "seen", "strict")
    for name in ("items", "purpose"):
        if name not in body:
            form.refuse(f"/{name}", "missing", "is missing.", f"{name}; it is required")
    asked = GateAsked(
        items=form.gated(),
        purpose=form.value("purpose", _TEXT),
        place=form.value("place", _TEXT),
        at=form.value("at", _TEXT),
        seen=form.value("seen", _WHOLE),
        strict=bool(form.value("strict", _TRUTH)),
    )
    form.finish()
    return asked


class _Form:
    """An object that is being read, with what is wrong with it. null is as if left out."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._body = body
        self._refusals: list[Refusal] = []

    def refuse(self, at: str, rule: str, detail: str, accepted: str) -> None:
        """Note a fault."""
        self._refusals.append(Refusal(at, rule, detail, accepted))

    def finish(self) -> None:
        """Raise Problem where there are faults."""
        if self._refusals:
            raise malformed(*self._refusals)

    def only(self, *names: str) -> None:
        """No names but these: one that is mistyped would ask another question."""
        self._unknown("", self._body, names)

    def value(self, name: str, *forms: str) -> Any:
        """A value of one of the forms, or None."""
        value = self._body.get(name)
        if value is None or _form(value) in forms:
            return value
        self.refuse(f"/{name}", "type", f"is {json_type(value)}.", " or ".join(forms))
        return None

    def name(self) -> str | None:
        """The name of a case."""
        name: str | None = self.value("name", _TEXT)
        most = 200
        if name is not None and not (0 < len(name) <= most and name.isprintable()):
            self.refuse("/name", "name", "is none.", f"1 to {most} printable characters")
        return name

    def status(self) -> Status | None:
        """Whether a case is open."""
        status = self._body.get("status")
        if status is not None and status not in ("open", "closed"):
            self.refuse("/status", "status", "is none.", "open or closed")
            return None
        return status

    def seeds(self, name: str) -> list[str | ScopeSeed]:
        """One seed, or a list of them."""
        found: list[str | ScopeSeed] = []
        given = self._body.get(name)
        several = given if isinstance(given, list) else [] if given is None else [given]
        for place, seed in enumerate(several):
            at = f"/{name}/{place}" if isinstance(given, list) else f"/{name}"
            if isinstance(seed, str):
                found.append(seed)
            elif self._texts(at, seed, _SEED, ("kind", "key"), _ONE_SEED):
                found.append(ScopeSeed(**seed))
        return found

    def gated(self) -> list[str | GateItem]:
        """The items that are to go."""
        given = self._body.get("items", [])
        if not isinstance(given, list):
            self.refuse("/items", "type", f"is {json_type(given)}.", "a list of items")
            return []
        found: list[str | GateItem] = []
        for place, item in enumerate(given):
            if isinstance(item, str):
                found.append(item)
            elif self._texts(f"/items/{place}", item, _GATE_ITEM, ("item",), _ONE_ITEM):
                found.append(GateItem(**item))
        return found

    def _texts(
        self, at: str, value: Any, names: tuple[str, ...], needed: tuple[str, ...], accepted: str
    ) -> bool:
        """Whether a value is an object of texts of these names."""
        before = len(self._refusals)
        if not isinstance(value, dict):
            self.refuse(at, "type", f"is {json_type(value)}.", accepted)
            return False
        self._unknown(at, value, names)
        for name in needed:
            if value.get(name) is None:
                self.refuse(f"{at}/{name}", "missing", "is missing.", f"{name}; it is required")
        for name, part in value.items():
            if name in names and part is not None and not isinstance(part, str):
                self.refuse(f"{at}/{name}", "type", f"is {json_type(part)}.", _TEXT)
        return len(self._refusals) == before

    def _unknown(self, at: str, value: Mapping[str, Any], names: tuple[str, ...]) -> None:
        for name in value:
            if name not in names:
                where = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
                self.refuse(where, "unknown_field", "is no field.", ", ".join(names))


def _form(value: Any) -> str:
    if isinstance(value, bool):
        return _TRUTH
    return _WHOLE if isinstance(value, int) else _TEXT if isinstance(value, str) else "other"
