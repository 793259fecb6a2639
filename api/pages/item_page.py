"""The page of an item: what it is, its genealogy as a figure and a table, its history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

import orjson
from markupsafe import Markup

from api.item_keys import tried
from api.pages import card_panel, item_flow, twins
from api.pages.card_panel import Leads, Panel
from api.pages.figure_search import found_said, search
from api.pages.figure_sheet import sheet
from api.pages.item_colours import MOST, colouring
from api.pages.item_cuts import Changed, by_change, changed, cuts, earlier, told
from api.pages.item_standing import days, standing
from api.pages.item_timeline import timeline
from api.pages.question import COLOURS, DIRECTIONS, Question, with_query
from api.pages.render import Page
from api.pages.words import Words
from api.raw_path import decoded
from tracegraph.library import Tracegraph
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.store.projection.rows import line_sent
from tracegraph.trace.answer import (
    AmbiguousItem,
    Genealogy,
    HistoryEntry,
    ItemDetail,
    Step,
    TracedItem,
    UnknownItem,
)
from viz.drawing import Card, Drawing, draw
from viz.figure import CONFIG, figure_of
from viz.label import group_title
from viz.layout import CARD
from viz.palette import Theme
from viz.svg import Link, standalone, svg_of

ROWS = 500
ENTRIES = 200
FIGURE = "#genealogy"
DEPTH_WRONG = Refusal(
    "/max_depth", "int_parsing", "is no number of steps.", "a whole number from 0 on"
)
# What the story tells of an event beside the item's part in it, in this order.
FACTS = (
    "plan", "verdict", "number", "status", "reason", "description", "sample", "place", "to",
    "party", "run", "actor", "notes",
)  # fmt: skip


def page(graph: Tracegraph, part: str, question: Question, words: Words) -> Page:
    """The page of the item that a part of an address names, as it was sent.

    404 where there is none, 422 for a bad question.
    """
    key = decoded(part)
    said = asked(part, question)
    said["json"] = [
        (words("json_item"), twins.item(key, question)),
        (words("json_genealogy"), twins.genealogy(key, question)),
        (words("json_history"), twins.history(key, question)),
        (words("json_positions"), twins.positions(key, question)),
        (words("json_flow"), twins.flow(key, question)),
    ]
    try:
        depth = question.depth
    except ValueError:
        return Page("refused.html", words, said | {"reasons": (DEPTH_WRONG,)}, 422)
    cut = question.known_at_cut
    try:
        detail = tried(part, lambda text: graph.item(text, known_at=cut))
        genealogy = traced(graph, detail.key, question, depth)
        stands = standing(graph, detail.key, question)
        flow = item_flow.flow_of(graph, detail.key, question)
        history = graph.history(
            detail.key, known_at=cut, cursor=question.after or None, limit=ENTRIES
        )
        at_cut = cut is not None or question.after
        whole = graph.history(detail.key, limit=ENTRIES) if at_cut else history
        change = _changed(graph, detail.key, genealogy, question)
    except (UnknownItem, AmbiguousItem) as error:
        return not_one(error, key, question, words, json=said["json"])
    except Refused as error:
        return Page("refused.html", words, said | {"reasons": error.refusals}, 422)
    said["key"] = detail.key
    drawing = _drawing(graph, genealogy, question, words, change)
    name = name_of(detail)
    label = figure_label(genealogy, name, words)
    link = _link(detail.key, question)
    clear = question.with_(within="").address(detail.key) + FIGURE
    said |= {
        "name": name,
        "item": detail,
        "genealogy": genealogy,
        "history": history,
        "days": days(history.entries),
        "cuts": cuts(whole.entries),
        "changed": change,
        "changed_said": told(change, words) if change else "",
        "timeline": timeline(history.entries, name, question, words),
        "facts": FACTS,
        "supplier_lots": dict(_supplier_lots(history.entries, {detail.key, *detail.aliases})),
        "flow": item_flow.said(flow, name, question, words),
        "standing": stands,
        "label": label,
        "way": _way(genealogy, question.why),
        "tints": drawing.tints,
        "uncoloured": bool(question.colour) and len(genealogy.items) > MOST,
        "svg": Markup(svg_of(drawing, label=label, link=link, chosen=question.card)),
        "search": search(drawing, question.within, words, link, clear),
        "panel": _panel(graph, detail.key, question) if question.card else None,
        "panel_address": _panel_address(detail.key, question),
        "figure_address": _figure_address("json", detail.key, question, words),
        "svg_address": _figure_address("svg", detail.key, question, words),
        "pdf_address": _figure_address("pdf", detail.key, question, words),
        "groups": _groups(drawing, detail.key, question, words),
        "report_address": question.report_address(detail.key),
        "rows": _rows(genealogy, question),
        "first": (question.page - 1) * ROWS + 1,
        "pages": -(-len(genealogy.items) // ROWS),
    }
    return Page("item.html", words, said)


def asked(part: str, question: Question) -> dict[str, Any]:
    """What a page says of a question without an answer: it can be asked anew of the item."""
    return {
        "key": decoded(part),
        "question": question,
        "directions": DIRECTIONS,
        "colours": COLOURS,
    }


def not_one(
    error: UnknownItem | AmbiguousItem,
    text: str,
    question: Question,
    words: Words,
    *,
    json: Sequence[tuple[str, str]] = (),
) -> Page:
    """The page of a text that no record names (404), or that names several items."""
    said: dict[str, Any] = {"question": question, "key": text, "json": json}
    if isinstance(error, UnknownItem):
        return Page("unknown.html", words, said, 404)
    found = {"q": text, "found": error.candidates, "leads": {}, "more": False, "empty": False}
    return Page("search.html", words, said | found | {"total": len(error.candidates)})


def _supplier_lots(entries: Sequence[HistoryEntry], names: Set[str]) -> Iterator[tuple[int, str]]:
    """What its supplier calls the item, by the seq of each receipt that says so."""
    for entry in entries:
        for line in entry.lines:
            said = line_sent(entry.event, line.pos).get("supplier_lot")
            if entry.type == "receipt" and said and line.item in names:
                yield entry.seq, said


def _changed(
    graph: Tracegraph, key: str, genealogy: Genealogy, question: Question
) -> Changed | None:
    """What changed since the cuts that were looked at before; None where none were."""
    before = earlier(question)
    if before is None:
        return None
    try:
        return changed(traced(graph, key, before, before.depth), genealogy)
    except UnknownItem:  # it had not been recorded then
        return changed(replace(genealogy, items=(), events=(), edges=()), genealogy)


def panel_part(graph: Tracegraph, key: str, question: Question, words: Words) -> Page:
    """The records of an item of the figure alone, for a page that is there already."""
    return card_panel.part(_panel(graph, key, question), words)


def _panel(graph: Tracegraph, key: str, question: Question) -> Panel | None:
    """The records of the item of the figure that the address names."""
    leads = Leads(
        close=question.with_(card="").address(key) + FIGURE,
        way=question.with_(why=question.card).address(key) + FIGURE if question.card != key else "",
    )
    return card_panel.panel(graph, question.card, question, leads)


def _panel_address(key: str, question: Question) -> str:
    """Where the records of an item of the figure are to be had, but for its key at the end."""
    said = question.with_(card="", page=1, after="").parameters()
    return with_query("/figures/card", [("key", key), *said, ("card", "")])


def _drawing(
    graph: Tracegraph,
    genealogy: Genealogy,
    question: Question,
    words: Words,
    found: Changed | None = None,
) -> Drawing:
    if found and not question.colour:
        colours = by_change(found, words)
    else:
        colours = colouring(graph, genealogy, question, words)
    return draw(
        genealogy,
        language=words.language,
        opened=question.opened,
        colouring=colours,
        way=_way(genealogy, question.why),
        within=question.within,
    )


def _way(genealogy: Genealogy, key: str) -> tuple[Step, ...]:
    """One shortest way from a seed to an item of the answer, in time; empty to any other."""
    try:
        return genealogy.why(key) if key else ()
    except UnknownItem:
        return ()


def figure_svg(graph: Tracegraph, key: str, question: Question, words: Words, theme: Theme) -> str:
    """The figure of the item's genealogy as an SVG file. Raises what `figure_json` does."""
    genealogy = traced(graph, key, question, question.depth)
    label = figure_label(genealogy, key, words)
    return standalone(svg_of(_drawing(graph, genealogy, question, words), label=label), theme)


def figure_sheet(graph: Tracegraph, key: str, question: Question, words: Words) -> Page:
    """The same on a sheet of its own, to be printed. Raises what `figure_json` does."""
    genealogy = traced(graph, key, question, question.depth)
    label = figure_label(genealogy, key, words)
    svg = standalone(svg_of(_drawing(graph, genealogy, question, words), label=label))
    what, known_at = f"{words('genealogy')}: {key}", genealogy.known_at
    return sheet(svg, what, label, words, name=key, as_of=question.as_of_instant, known_at=known_at)


def figure_label(genealogy: Genealogy, name: str, words: Words) -> str:
    """What the figure of a genealogy is called."""
    items, events = f"{len(genealogy.items):,}", f"{len(genealogy.events):,}"
    return words("figure_label", name=name, items=items, events=events)


def traced(graph: Tracegraph, key: str, question: Question, depth: int | None) -> Genealogy:
    """The genealogy that a question asks of an item. Raises what `trace` does."""
    return graph.trace(
        key,
        direction=question.direction,
        as_of=question.as_of_instant,
        known_at=question.known_at_cut,
        max_depth=depth,
    )


def figure_json(
    graph: Tracegraph, key: str, question: Question, words: Words, theme: Theme
) -> bytes:
    """The Plotly figure of the item's genealogy, as JSON: data, layout, config.

    With what Plotly does not draw: where each card is and what it says, for those who go by
    keyboard or by ear, and what is said of a search and of a cut.
    """
    genealogy = traced(graph, key, question, question.depth)
    found = _changed(graph, key, genealogy, question)
    drawing = _drawing(graph, genealogy, question, words, found)
    figure = figure_of(drawing, language=words.language, theme=theme)
    said = told(found, words) if found else ""
    beside = {
        "config": CONFIG, "cards": [_placed(card) for card in drawing.cards], "said": said,
        "found": found_said(drawing, question.within, words),
    }  # fmt: skip
    return orjson.dumps({**figure.to_plotly_json(), **beside})


def _placed(card: Card) -> dict[str, Any]:
    return {
        "kind": "item" if card.key else "group", "id": card.key or card.mark.id,
        "left": round(card.x - CARD[0] / 2), "top": round(card.y - CARD[1] / 2),
        "width": CARD[0], "height": CARD[1], "said": "; ".join(card.text.hover),
        "hits": card.hits,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of items; `types` are those of the event through which it was reached."""

    item: TracedItem
    types: tuple[str, ...]
    through: str


@dataclass(frozen=True, slots=True)
class Group:
    """A folded card, or one that is open, with the address that opens or closes it."""

    title: str
    members: int
    address: str
    is_open: bool


def name_of(detail: ItemDetail) -> str:
    """What an item is called, by its product and number."""
    if not detail.number:
        return detail.key
    return f"{detail.product} {detail.number}" if detail.product else detail.number


def _link(key: str, question: Question) -> Link:
    def link(card: Card) -> str:
        """An item leads to its page, a group to this page with the group open."""
        if card.key:
            return question.from_here(card.key)
        return question.opening(card.mark.id).address(key) + FIGURE

    return link


def _figure_address(form: str, key: str, question: Question, words: Words) -> str:
    said = question.with_(card="", page=1, after="", lang=words.language).parameters()
    return with_query(f"/figures/genealogy.{form}", [("key", key), *said])


def _groups(drawing: Drawing, key: str, question: Question, words: Words) -> list[Group]:
    folded = drawing.folded
    opened = [
        Group(group_title(mark, words.language), len(mark.members),
              question.closing(mark.id).address(key) + FIGURE, True)
        for mark in folded.opened
    ]  # fmt: skip
    closed = [
        Group(group_title(mark, words.language), len(mark.members),
              question.opening(mark.id).address(key) + FIGURE, False)
        for column in folded.columns
        for mark in column.marks
        if not mark.single
    ]  # fmt: skip
    return opened + closed


def _rows(genealogy: Genealogy, question: Question) -> list[Row]:
    by_node: dict[str, list[tuple[str, str]]] = {}
    for event in genealogy.events:
        by_node.setdefault(event.node, []).append((event.type, event.id))
    first = (question.page - 1) * ROWS
    rows = []
    for item in genealogy.items[first : first + ROWS]:
        events = by_node.get(item.through or "", [])
        types = tuple(sorted({kind for kind, _ in events}))
        rows.append(Row(item, types, ", ".join(id for _, id in events[:3])))
    return rows
