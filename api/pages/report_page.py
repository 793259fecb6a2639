"""The audit report of an item: its genealogy with every record, to be printed and signed."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from markupsafe import Markup

from api.item_keys import tried
from api.pages import report_rows, twins
from api.pages.assets import print_style
from api.pages.item_page import (
    DEPTH_WRONG,
    asked,
    figure_label,
    name_of,
    not_one,
    traced,
)
from api.pages.item_standing import standing
from api.pages.question import Question
from api.pages.render import Page, moment
from api.pages.words import Words
from api.raw_path import decoded
from tracegraph import __version__
from tracegraph.library import Tracegraph
from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refused
from tracegraph.recall.answer import RULE, Gap
from tracegraph.recall.material import ScopeTooLarge
from tracegraph.trace.answer import AmbiguousItem, Genealogy, UnknownItem
from tracegraph.trace.instants import read_cut
from viz.drawing import draw
from viz.svg import standalone, svg_of

ROWS = EVENTS = 1_000  # of a page, which any browser prints in seconds
# Of a PDF, which takes half a second and six megabytes a page, of some twenty rows or five events.
PDF_ROWS, PDF_EVENTS = 250, 500
MOST_ITEMS = 10_000  # among which gaps are looked for


@dataclass(frozen=True, slots=True)
class Printing:
    """How a report is made: by whom, and whether it is to be a PDF rather than a page."""

    by: str = ""
    pdf: bool = False

    @property
    def rows(self) -> int:
        """How many rows of a table are shown."""
        return PDF_ROWS if self.pdf else ROWS

    @property
    def events(self) -> int:
        """How many events are told."""
        return PDF_EVENTS if self.pdf else EVENTS

    def said(self) -> dict[str, Any]:
        """What the templates of reports ask."""
        return {
            "printing": self.pdf,
            "printed_by": self.by,
            "printed": str(Instant.parse(datetime.now(UTC).isoformat())),
            "version": __version__,
            "skeleton": "print.html" if self.pdf else "base.html",
            "print_style": Markup(print_style()) if self.pdf else "",
            "rows_a_table": self.rows,
        }


def page(
    graph: Tracegraph, part: str, question: Question, words: Words, printing: Printing
) -> Page:
    """The report of the item that a part of an address names, as it was sent.

    Everything in it is of one journal number, but for what the gate says, which is of now. 404
    where there is no such item, 422 for a bad question.
    """
    said = asked(part, question)
    try:
        depth = question.depth
    except ValueError:
        return Page("refused.html", words, said | {"reasons": (DEPTH_WRONG,)}, 422)
    try:
        known = read_cut(graph.store, question.known_at_cut)
        detail = tried(part, lambda text: graph.item(text, known_at=known))
        question = question.with_(known_at=str(known))
        genealogy = traced(graph, detail.key, question, depth)
        said |= _said(graph, detail.key, genealogy, question, words, printing)
    except (UnknownItem, AmbiguousItem) as error:
        return not_one(error, decoded(part), question, words, json=said.get("json", ()))
    except Refused as error:
        return Page("refused.html", words, said | {"reasons": error.refusals}, 422)
    name = name_of(detail)
    figure = _figure(genealogy, name, words, pdf=printing.pdf)
    said |= {"item": detail, "name": name, "key": detail.key, "question": question, **figure}
    said["pdf_address"] = question.report_address(detail.key, format="pdf")
    return Page("report_item.html", words, said | printing.said())


def _said(
    graph: Tracegraph,
    key: str,
    genealogy: Genealogy,
    question: Question,
    words: Words,
    printing: Printing,
) -> dict[str, Any]:
    """What the report says of the item and its genealogy: a bounded number of reads."""
    dossier = graph.dossier(genealogy, limit=printing.events)
    events = report_rows.event_rows(dossier.events, words)
    return {
        "genealogy": genealogy,
        "dossier": dossier,
        "standing": standing(graph, key, question),
        "gaps": _gaps(graph, key, question),
        "items": report_rows.item_rows(genealogy)[: printing.rows],
        "events": events,
        "days": [
            (day, list(rows))
            for day, rows in groupby(
                events, key=lambda row: moment(row.event.stored.event["occurred_at"])[:10]
            )
        ],
        "named": report_rows.named(events),
        "quality": report_rows.quality(events),
        "corrections": report_rows.corrections(events),
        "known_at": genealogy.known_at,
        "recorded_at": genealogy.recorded_at,
        "rule": RULE,
        "item_at": question.from_here,
        "data": {
            "genealogy": twins.genealogy(key, question),
            "history": twins.history(key, question),
            "positions": twins.positions(key, question),
        },
    }


def _gaps(graph: Tracegraph, key: str, question: Question) -> tuple[Gap, ...] | None:
    """What is not recorded; None where that is more than is looked for at once."""
    try:
        return graph.gaps(
            key,
            direction=question.direction,
            as_of=question.as_of_instant,
            known_at=question.known_at_cut,
            budget=MOST_ITEMS,
        )
    except ScopeTooLarge:
        return None


def _figure(genealogy: Genealogy, name: str, words: Words, *, pdf: bool) -> dict[str, Any]:
    """The folded figure: in a page as it is, in a PDF as an image with its own colours."""
    drawing = draw(genealogy, language=words.language)
    label = figure_label(genealogy, name, words)
    svg = svg_of(drawing, label=label)
    if not pdf:
        return {"label": label, "figure": Markup(svg)}
    drawn = b64encode(standalone(svg).encode()).decode()
    return {"label": label, "figure": f"data:image/svg+xml;base64,{drawn}"}
