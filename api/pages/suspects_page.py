"""The page of what complaints have in common: the question, the suspects, and where to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import QueryParams

from api.pages.question import Question, given, whole_day, with_query
from api.pages.recall_question import KINDS as SEEDS
from api.pages.recall_question import lines_of, renamed
from api.pages.render import Page
from api.pages.visit import page_number, spoken
from api.pages.words import Words
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.recall.answer import Suspect, Suspects
from tracegraph.recall.material import ScopeTooLarge
from tracegraph.trace.answer import AmbiguousItem, UnknownEvent, UnknownItem

PATH = "/suspects"
ROWS = 25  # suspects of a page
RANKED = 1000  # suspects at most
LISTED = 100  # complaints of a page
MOST_UNKNOWN = 50  # texts that no record names, before the question is taken for a mistake
LIMITS = ("as_of", "known_at", "clock_tolerance")
FIELDS = ("complaint", "control", *LIMITS)
_NAMES = frozenset((*FIELDS, "page", "lang"))
_WINDOWED = ("equipment", "supplier", "place")


@dataclass(frozen=True, slots=True)
class SuspectsQuestion:
    """The form as it was filled in; `limits` holds what is not empty."""

    complaints: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    limits: Mapping[str, str] = field(default_factory=dict)
    page: int = 1
    lang: str = ""
    unknown: tuple[str, ...] = ()  # names that no field has

    @classmethod
    def read(cls, said: QueryParams) -> SuspectsQuestion:
        """The question in an address."""
        limits = {name: said.get(name, "").strip() for name in LIMITS}
        return cls(
            lines_of(said.getlist("complaint")),
            lines_of(said.getlist("control")),
            {name: text for name, text in limits.items() if text},
            page_number(said.get("page", "")),
            spoken(said.get("lang", "")),
            tuple(name for name in said if name not in _NAMES),
        )

    @property
    def asked(self) -> bool:
        """Whether anything is asked at all."""
        return bool(self.complaints or self.controls or self.limits or self.unknown)

    @property
    def cuts(self) -> Question:
        """The cuts that the reader asked for, for the pages of items."""
        said = self.limits.get
        return Question(as_of=said("as_of", ""), known_at=said("known_at", ""), lang=self.lang)

    def with_(self, **changes: Any) -> SuspectsQuestion:
        """The same question but for some fields."""
        return replace(self, **changes)

    def without(self, text: str) -> SuspectsQuestion:
        """The same question but for a text that no record names."""
        return self.with_(
            complaints=tuple(each for each in self.complaints if each != text),
            controls=tuple(each for each in self.controls if each != text),
        )

    def naming(self, text: str, key: str) -> SuspectsQuestion:
        """The same question with a text that names several items made the key of one."""
        return self.with_(
            complaints=renamed(self.complaints, text, key),
            controls=renamed(self.controls, text, key),
        )

    def at(self, known_at: int) -> SuspectsQuestion:
        """The same question, answered from what was recorded up to a seq."""
        return self.with_(limits={**self.limits, "known_at": str(known_at)})

    def address(self, path: str = PATH) -> str:
        """Its address."""
        said = [
            *(("complaint", text) for text in self.complaints),
            *(("control", text) for text in self.controls),
            *self.limits.items(),
            ("page", str(self.page) if self.page > 1 else ""),
            ("lang", self.lang),
        ]
        return with_query(path, given(*said))


@dataclass(frozen=True, slots=True)
class Answer:
    """Suspects, and what was named that no record knows."""

    found: Suspects
    not_identified: tuple[str, ...]


FAILED = (UnknownItem, AmbiguousItem, ScopeTooLarge, Refused)


def page(graph: Tracegraph, question: SuspectsQuestion, words: Words) -> Page:
    """The form alone; with complaints their suspects, or what is wrong with them (404, 422)."""
    if not question.asked:
        return Page("suspects_form.html", words, _form(question))
    try:
        answer = ask(graph, question)
    except FAILED as error:
        return failed(error, question, words)
    return Page("suspects.html", words, _form(question) | _said(answer, question, words))


def ask(graph: Tracegraph, question: SuspectsQuestion) -> Answer:
    """The suspects of a question; what no record names is told beside them. Raises FAILED."""
    for name in question.unknown:
        refusal = Refusal(f"/{name}", "unknown", "is no field.", "the fields of the form")
        raise Refused((refusal,))
    unknown: list[str] = []
    while True:
        try:
            found = graph.suspects(
                question.complaints,
                controls=question.controls,
                as_of=whole_day(question.limits.get("as_of", "")),
                known_at=question.cuts.known_at_cut,
                clock_tolerance=question.limits.get("clock_tolerance", "0"),
                limit=RANKED,
            )
        except (UnknownItem, UnknownEvent) as error:
            text = error.text.removesuffix(" (voided)")
            unknown.append(error.text)
            rest = question.without(text)
            if rest == question or not rest.complaints or len(unknown) > MOST_UNKNOWN:
                raise UnknownItem(", ".join(unknown)) from error
            question = rest
        except Refused as error:
            raise _named(error) from error
        else:
            return Answer(found, tuple(unknown))


def failed(error: Exception, question: SuspectsQuestion, words: Words) -> Page:
    """The page of a question that has no answer, with the form as it was filled in."""
    said = _form(question)
    match error:
        case AmbiguousItem():
            choices = [
                (item, question.naming(error.text, item.key).address()) for item in error.candidates
            ]
            more = {"text": error.text, "choices": choices, "form": "suspects_question.html"}
            return Page("several.html", words, said | more)
        case UnknownItem():
            return Page("suspects_form.html", words, said | {"unnamed": error.text}, 404)
        case Refused():
            return Page("suspects_form.html", words, said | {"reasons": error.refusals}, 422)
    return Page("suspects_form.html", words, said | {"too_large": str(error)}, 422)


def _form(question: SuspectsQuestion) -> dict[str, Any]:
    return {
        "here": "suspects",
        "asked": question,
        "reasons": (),
        "unnamed": "",
        "too_large": "",
    }


def _said(answer: Answer, question: SuspectsQuestion, words: Words) -> dict[str, Any]:
    """What the page of an answer says; its later pages keep to what was recorded by then."""
    found = answer.found
    pinned = question.at(found.known_at)
    last = max(1, -(-len(found.suspects) // ROWS))
    number = min(question.page, last)
    first = found.suspects[0] if found.suspects else None
    return {
        "found": found,
        "not_identified": answer.not_identified,
        "rows": found.suspects[(number - 1) * ROWS : number * ROWS],
        "first": (number - 1) * ROWS + 1,
        "page": number,
        "pages": last,
        "page_at": lambda page: pinned.with_(page=page).address() + "#suspects",
        "ranked": RANKED,
        "complained": found.complaints[:LISTED],
        "item_at": question.cuts.from_here,
        "item_way": lambda key, way: question.cuts.with_(direction=way).address(key),
        "recall_at": lambda each: recall_address(each, question),
        "join_at": lambda key: first and recall_address(first, question, "/recall/why", of=key),
        "json": [(words("json_suspects"), pinned.with_(page=1).address(f"{PATH}.json"))],
    }


def recall_address(
    suspect: Suspect, question: SuspectsQuestion, path: str = "/recall", **more: str
) -> str:
    """The address of the recall that a suspect is the seed of; none of what is no seed."""
    if suspect.kind not in SEEDS:
        return ""
    windowed = suspect.kind in _WINDOWED
    said = [
        (suspect.kind, suspect.key),
        ("since", suspect.since or "" if windowed else ""),
        ("until", suspect.until or "" if windowed else ""),
        *question.limits.items(),
        *more.items(),
        ("lang", question.lang),
    ]
    return with_query(path, given(*said))


def _named(error: Refused) -> Refused:
    """What the library refuses, with pointers that name fields of the form."""
    fields = {"complaints": "complaint", "controls": "control"}

    def at(pointer: str) -> str:
        name = pointer.strip("/").partition("/")[0]
        return f"/{fields.get(name, name)}"

    return Refused(tuple(replace(each, pointer=at(each.pointer)) for each in error.refusals))
