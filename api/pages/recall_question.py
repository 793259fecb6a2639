"""What is asked about something bad, as it stands in the address of a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import QueryParams

from api.pages.question import LONGEST, MOST_OPEN, Question, from_day, given, whole_day, with_query
from api.pages.visit import page_number, spoken
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.recall.asking import read_query
from tracegraph.recall.query import ScopeQuery, ScopeSeed

# The kinds of seeds as fields of the form; several may stand in one field, a line each.
KINDS = (
    "item", "product", "supplier", "equipment", "place", "order", "event", "instrument",
    "inspection", "certificate",
)  # fmt: skip
RANGES = ("lot_from", "lot_to", "made_from", "made_to", "expires_from", "expires_to")
_WINDOWED = ("supplier", "equipment", "place", "order")
_SINCE = dict.fromkeys(_WINDOWED, "since")
_UNTIL = dict.fromkeys((*_WINDOWED, "instrument"), "until")
CUTS = ("as_of", "known_at", "transit_days", "clock_tolerance")
_SINGLE = ("since", "until", *RANGES, *CUTS)
_VIEW = ("part", "find", "certainty", "page", "open", "within", "card", "lang")
_OTHER = ("of", "format")  # of the pages beside: why, and files
FIELDS = (*KINDS, "exclude", *_SINGLE)
NAMES = frozenset((*FIELDS, *_VIEW, *_OTHER))

_MOST_DAYS = 6  # digits


@dataclass(frozen=True, slots=True)
class RecallQuestion:
    """The form of a recall as it was filled in, and which part of the answer is looked at.

    `seeds` and `exclude` hold texts as they were typed, `limits` the rest that is not empty.
    """

    seeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    limits: Mapping[str, str] = field(default_factory=dict)
    part: str = ""
    find: str = ""
    certainty: str = ""
    page: int = 1
    opened: frozenset[str] = frozenset()  # groups of the figure
    within: str = ""  # what is searched for in the figure
    card: str = ""  # an item of the figure, the records of which are beside it
    lang: str = ""
    unknown: tuple[str, ...] = ()  # names that no field has

    @classmethod
    def read(cls, said: QueryParams) -> RecallQuestion:
        """The question in an address."""
        limits = {name: said.get(name, "").strip() for name in _SINGLE}
        return cls(
            seeds={kind: found for kind in KINDS if (found := lines_of(said.getlist(kind)))},
            exclude=lines_of(said.getlist("exclude")),
            limits={name: text for name, text in limits.items() if text},
            part=said.get("part", ""),
            find=said.get("find", "").strip(),
            certainty=said.get("certainty", ""),
            page=page_number(said.get("page", "")),
            opened=frozenset(said.getlist("open")[:MOST_OPEN]),
            within=said.get("within", "").strip()[:LONGEST],
            card=said.get("card", ""),
            lang=spoken(said.get("lang", "")),
            unknown=tuple(name for name in said if name not in NAMES),
        )

    @property
    def asked(self) -> bool:
        """Whether anything is asked at all."""
        return bool(self.seeds or self.exclude or self.limits or self.unknown)

    @property
    def known_at(self) -> int | str | None:
        """`known_at` for the library."""
        return Question(known_at=self.limits.get("known_at", "")).known_at_cut

    @property
    def as_of(self) -> str | None:
        """`as_of` for the library."""
        return whole_day(self.limits.get("as_of", ""))

    @property
    def bad(self) -> tuple[str, ...]:
        """What is asked about, as it was typed."""
        return tuple(text for kind in KINDS for text in self.seeds.get(kind, ()))

    def query(self) -> ScopeQuery:
        """The question as the library takes it. Raises Refused, its pointers naming fields."""
        for name in self.unknown:
            raise _refused(name, "unknown", "is no field.", "the fields of the form")
        self._require_limits_that_limit()
        sown = [(kind, key) for kind in KINDS for key in self.seeds.get(kind, ())]
        try:
            return read_query(
                [self._seed(kind, key) for kind, key in sown],
                self.exclude,
                clock_tolerance=self.limits.get("clock_tolerance", "0"),
                transit_days=_days(self.limits.get("transit_days", "30")),
            )
        except Refused as error:
            raise self.named(error) from error

    def named(self, error: Refused) -> Refused:
        """What the library refuses, with pointers that name fields of the form."""
        kinds = [kind for kind in KINDS for _ in self.seeds.get(kind, ())]

        def at(pointer: str) -> str:
            what, _, rest = pointer.strip("/").partition("/")
            place, _, name = rest.partition("/")
            if what == "seeds":
                return name if name in NAMES else kinds[int(place)] if place else "item"
            return what

        return Refused(
            tuple(replace(each, pointer=f"/{at(each.pointer)}") for each in error.refusals)
        )

    def _seed(self, kind: Any, key: str) -> ScopeSeed:
        ranges = RANGES if kind == "product" else ()
        return ScopeSeed(
            kind,
            key,
            since=from_day(self.limits.get(_SINCE.get(kind, ""), "")),
            until=whole_day(self.limits.get(_UNTIL.get(kind, ""), "")),
            **{name: self.limits[name] for name in ranges if name in self.limits},
        )

    def _require_limits_that_limit(self) -> None:
        """A limit that narrows nothing would give the answer to another question."""
        for names, kinds in (
            (("since",), tuple(_SINCE)),
            (("until",), tuple(_UNTIL)),
            (RANGES, ("product",)),
        ):
            for name in names:
                if name in self.limits and not any(kind in self.seeds for kind in kinds):
                    accepted = f"{', '.join(kinds)} beside it, or nothing"
                    raise _refused(name, "narrows_nothing", "narrows nothing.", accepted)

    # -- addresses

    def with_(self, **changes: Any) -> RecallQuestion:
        """The same question, another part of its answer."""
        return replace(self, **changes)

    def at(self, known_at: int) -> RecallQuestion:
        """The same question, answered from what was recorded up to a seq."""
        return replace(self, limits={**self.limits, "known_at": str(known_at)})

    def now(self) -> RecallQuestion:
        """The same question, answered from everything recorded."""
        return replace(
            self, limits={name: t for name, t in self.limits.items() if name != "known_at"}
        )

    def naming(self, text: str, key: str) -> RecallQuestion:
        """The same question with a text that names several items made the key of one."""
        seeds = {kind: renamed(texts, text, key) for kind, texts in self.seeds.items()}
        return replace(self, seeds=seeds, exclude=renamed(self.exclude, text, key))

    def parameters(self) -> Iterator[tuple[str, str]]:
        """What the address says of the question; nothing of which part is looked at."""
        for kind in KINDS:
            yield from ((kind, text) for text in self.seeds.get(kind, ()))
        yield from (("exclude", text) for text in self.exclude)
        yield from self.limits.items()
        if self.lang:
            yield "lang", self.lang

    def view(self) -> Iterator[tuple[str, str]]:
        """What the address says of the part that is looked at."""
        yield from self.figure()
        yield from given(
            part=self.part, find=self.find, certainty=self.certainty,
            page=str(self.page) if self.page > 1 else "", card=self.card,
        )  # fmt: skip

    def figure(self) -> list[tuple[str, str]]:
        """What the address says of the figure."""
        groups = [("open", group) for group in sorted(self.opened)]
        return given(*groups, within=self.within)

    def address(self, path: str = "/recall", *pairs: tuple[str, str], **more: str) -> str:
        """An address under this question."""
        view = self.view() if path == "/recall" else ()
        return with_query(path, [*self.parameters(), *view, *pairs, *more.items()])


def lines_of(texts: list[str]) -> tuple[str, ...]:
    """What stands in fields, a line each, once."""
    lines = (line.strip() for text in texts for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def renamed(texts: tuple[str, ...], text: str, key: str) -> tuple[str, ...]:
    """Texts with one that names several items made the key of one."""
    return tuple(key if each == text else each for each in texts)


def _days(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= _MOST_DAYS:
        return int(text)
    raise _refused("transit_days", "range", f"{text!r} is none.", "a whole number of days")


def _refused(name: str, rule: str, detail: str, accepted: str) -> Refused:
    return Refused((Refusal(f"/{name}", rule, detail, accepted),))
