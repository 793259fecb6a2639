"""The page of items by what their events name: a party, a place, an order, a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from api.pages.question import Question, given, with_query
from api.pages.render import Page
from api.pages.visit import spoken
from api.pages.words import Words
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import Refused

ROWS = 100
KINDS = ("lot", "serial", "container")
NARROWING = ("text", "product", "party", "place", "order", "document", "equipment", "kind")


@dataclass(frozen=True, slots=True)
class ItemsQuestion:
    """What items are asked for, as it stands in the address; nothing that is empty."""

    fields: Mapping[str, str]
    known_at: str = ""
    cursor: str = ""
    lang: str = ""

    @classmethod
    def read(cls, said: QueryParams) -> ItemsQuestion:
        """The question in an address."""
        return cls(
            dict(given(*((name, said.get(name, "").strip()) for name in NARROWING))),
            said.get("known_at", "").strip(),
            said.get("cursor", ""),
            spoken(said.get("lang", "")),
        )

    @property
    def items(self) -> Question:
        """The cut, for the pages of items."""
        return Question(known_at=self.known_at, lang=self.lang)


def page(graph: Tracegraph, question: ItemsQuestion, words: Words) -> Page:
    """Items that all fields fit, a page of them at a time; the form alone where none is filled."""
    cut = question.items.known_at_cut
    twin = [*question.fields.items(), *([] if cut is None else [("known_at", str(cut))])]
    said: dict[str, Any] = {
        "asked": question,
        "kinds": KINDS,
        "reasons": (),
        "found": None,
        "json": [(words("json_items"), with_query("/v1/items", twin))],
    }
    if not question.fields:
        return Page("items.html", words, said)
    try:
        found = graph.find(
            **question.fields, cursor=question.cursor or None, limit=ROWS, known_at=cut
        )
    except Refused as error:
        return Page("items.html", words, said | {"reasons": error.refusals}, 422)
    following = given(cursor=found.next or "", known_at=str(found.known_at), lang=question.lang)
    said |= {
        "found": found,
        "following": with_query("/items", [*question.fields.items(), *following])
        if found.next
        else None,
        "item_at": question.items.from_here,
    }
    return Page("items.html", words, said)
