"""The pages of orders: a list of them, one with what fulfilled it, and their key figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from starlette.datastructures import QueryParams

from api.pages.question import Question, from_day, whole_day, with_query
from api.pages.render import Page
from api.pages.visit import page_number, spoken
from api.pages.words import Words
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.orders.answer import MonthFigures, Rate, UnknownOrder
from tracegraph.orders.state import KINDS, STATES
from viz.columns import Column, columns_svg

ROWS = 50  # orders of a list
ITEMS = 200  # of one order
FIELDS = ("state", "kind", "party", "since", "until", "as_of", "known_at")


@dataclass(frozen=True, slots=True)
class OrderQuestion:
    """What is asked of orders, as it stands in the address; nothing that is empty."""

    fields: Mapping[str, str]
    cursor: str = ""
    page: int = 1
    lang: str = ""

    @classmethod
    def read(cls, said: QueryParams) -> OrderQuestion:
        """The question in an address."""
        fields = {name: said.get(name, "").strip() for name in FIELDS}
        return cls(
            {name: text for name, text in fields.items() if text},
            said.get("cursor", ""),
            page_number(said.get("page", "")),
            spoken(said.get("lang", "")),
        )

    def asked(self, *names: str) -> dict[str, Any]:
        """Those fields as the library takes them; a day is its first or its last instant."""
        cut = Question(known_at=self.fields.get("known_at", "")).known_at_cut
        read: dict[str, Any] = {
            **self.fields,
            "since": from_day(self.fields.get("since", "")),
            "until": whole_day(self.fields.get("until", "")),
            "as_of": whole_day(self.fields.get("as_of", "")),
            "known_at": cut,
        }
        return {name: read.get(name) for name in names}

    def address(self, path: str, **more: Any) -> str:
        """An address under this question, some of it changed."""
        said = {**self.fields, "lang": self.lang, **more}
        return with_query(path, [(name, str(value)) for name, value in said.items() if value])

    def twin(self, path: str, *names: str) -> str:
        """The address of the same as data."""
        said = [(name, str(v)) for name, v in self.asked(*names).items() if v is not None]
        return with_query(path, said)

    @property
    def items(self) -> Question:
        """The cuts, for the pages of items."""
        as_of, known_at = self.fields.get("as_of", ""), self.fields.get("known_at", "")
        return Question(as_of=as_of, known_at=known_at, lang=self.lang)


def list_page(graph: Tracegraph, question: OrderQuestion, words: Words) -> Page:
    """Orders by state, kind and party, a page of them at a time."""
    names = ("state", "kind", "party", "as_of", "known_at")
    said = _said(question) | {
        "json": [(words("json_orders"), question.twin("/v1/orders", *names))],
    }
    try:
        found = graph.orders(**question.asked(*names), cursor=question.cursor or None, limit=ROWS)
    except Refused as error:
        return Page("orders.html", words, said | _refused(error), 422)
    more = {"cursor": found.next, "known_at": found.known_at}
    said["following"] = question.address("/orders", **more) if found.next else None
    return Page("orders.html", words, said | {"found": found})


def one_page(graph: Tracegraph, number: str, question: OrderQuestion, words: Words) -> Page:
    """One order at a cut: its state, its lines with what fulfilled them, what contradicts it."""
    path = page_address(number)
    twin = question.twin(f"/v1/orders/{quote(number, safe='')}", "as_of", "known_at")
    said = _said(question) | {"number": number, "path": path, "json": [(words("json_order"), twin)]}
    try:
        found = graph.order(number, **question.asked("as_of", "known_at"))
    except UnknownOrder:
        return Page("order_unknown.html", words, said, 404)
    except Refused as error:
        return Page("order_unknown.html", words, said | _refused(error), 422)
    last = max(1, -(-len(found.items) // ITEMS))
    page = min(question.page, last)
    said |= {
        "found": found,
        "rows": found.items[(page - 1) * ITEMS : page * ITEMS],
        "page": page,
        "pages": last,
        "page_at": lambda number: question.address(path, page=number) + "#items",
    }
    return Page("order.html", words, said)


def figures_page(graph: Tracegraph, question: OrderQuestion, words: Words) -> Page:
    """Key figures of the orders placed in a window; the form alone until one is asked for."""
    names = ("since", "until", "kind", "as_of", "known_at")
    twin = question.twin("/v1/orders/figures", *names)
    said = _said(question) | {"json": [(words("json_figures"), twin)]}
    if not question.fields:
        return Page("order_figures.html", words, said)
    try:
        found = graph.order_figures(**question.asked(*names))
    except Refused as error:
        return Page("order_figures.html", words, said | _refused(error), 422)
    charts = tuple(_charts(found.months, words))
    return Page("order_figures.html", words, said | {"found": found, "charts": charts})


def _charts(months: Sequence[MonthFigures], words: Words) -> Iterator[tuple[str, Markup]]:
    """A title and a drawing for each figure, month by month."""
    values: dict[str, Callable[[MonthFigures], Column]] = {
        "orders": lambda one: Column(one.month, one.orders, f"{one.orders:,}"),
        "time": lambda one: _days(one.month, one.time_to_fulfil.median_seconds, words),
        "on_time": lambda one: _share(one.month, one.on_time, words),
        "cancelled": lambda one: _share(one.month, one.cancelled, words),
        "nonconforming": lambda one: _share(one.month, one.nonconforming, words),
    }
    for name, column in values.items():
        title = words.of("chart", name)
        most = 1.0 if name == "on_time" else None
        columns = [column(month) for month in months]
        yield title, Markup(columns_svg(columns, label=title, most=most))


def _share(month: str, of: Rate, words: Words) -> Column:
    if of.rate is None:
        return Column(month, None, words("chart_none"))
    return Column(month, float(of.rate), f"{Decimal(of.rate) * 100:.0f} %")


def _days(month: str, seconds: str | None, words: Words) -> Column:
    if seconds is None:
        return Column(month, None, words("chart_none"))
    return Column(month, float(seconds) / 86_400, f"{float(seconds) / 86_400:.1f}")


def page_address(number: str) -> str:
    """The address of the page of an order."""
    return f"/orders/{quote(number, safe='')}"


def _said(question: OrderQuestion) -> dict[str, Any]:
    return {
        "here": "orders",
        "asked": question,
        "states": STATES,
        "order_kinds": KINDS,
        "reasons": (),
        "found": None,
        "item_at": question.items.from_here,
    }


def _refused(error: Refused) -> dict[str, tuple[Refusal, ...]]:
    return {"reasons": error.refusals}
