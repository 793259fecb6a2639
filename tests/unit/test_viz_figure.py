"""Figures of genealogies: everything is drawn, once, in few marks, and texts are inert."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from tests.unit.contrast import contrast
from tests.unit.genealogies import event, genealogy, layered, lot
from tracegraph.trace.answer import Edge, Step
from viz import genealogy_figure
from viz.clip import clip, inert, width
from viz.drawing import draw
from viz.figure import figure_of
from viz.fold import BUDGET, EVENT_BUDGET, OTHERS, fold
from viz.layout import CARD, EVENT, layout
from viz.palette import PALETTES
from viz.rank import ranks
from viz.svg import standalone, style_sheet, svg_of
from viz.tint import COLOURS, Colouring, Tint
from viz.within import Found, hits
from viz.words import LANGUAGES

if TYPE_CHECKING:
    from tracegraph.trace.answer import Genealogy

FIVE = layered([(2, 1), (1, 1), (1, 1)], serials=1)
HUNDREDS = layered([(8, 20), (4, 30), (3, 30), (2, 20), (1, 30)], serials=60)
THOUSANDS = layered([(24, 20), (4, 60), (3, 100), (2, 100), (1, 60), (1, 40)], serials=4000)
ANSWERS = pytest.mark.parametrize(
    "answer",
    [
        pytest.param(FIVE, id="five"),
        pytest.param(HUNDREDS, id="hundreds"),
        pytest.param(THOUSANDS, id="thousands"),
        pytest.param(layered([(1, 40)], serials=0), id="forty-seeds"),
        pytest.param(layered([(60, 3), (1, 1)]), id="sixty-products"),
        pytest.param(layered([(1, 2)] * 80), id="eighty-steps"),
        pytest.param(genealogy([], [], []), id="nothing"),
    ],
)


def traces(figure: Any) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data}


@ANSWERS
def test_every_item_and_event_is_on_exactly_one_mark(answer: Genealogy) -> None:
    folded = fold(answer)

    shown = [item.key for c in folded.columns for mark in c.marks for item in mark.members]
    assert sorted(shown) == sorted(item.key for item in answer.items)
    nodes = [node for mark in folded.events for node in mark.nodes]
    assert sorted(nodes) == sorted({event.node for event in answer.events})


@ANSWERS
def test_no_column_has_more_marks_than_its_budget(answer: Genealogy) -> None:
    folded = fold(answer)

    assert all(len(column.marks) <= BUDGET for column in folded.columns)
    gaps = [mark.gap for mark in folded.events]
    assert all(gaps.count(gap) <= EVENT_BUDGET for gap in gaps)


def test_a_hundred_thousand_items_fit_the_budget_too() -> None:
    answer = layered([(24, 200), (4, 600), (3, 1000), (2, 1000), (1, 600)], serials=90_000)

    drawing = draw(answer)

    assert len(answer.items) > 100_000
    assert len(drawing.cards) <= BUDGET * len(drawing.heads)
    assert len(drawing.squares) <= EVENT_BUDGET * (len(drawing.heads) + 1)


@ANSWERS
def test_every_edge_ends_at_a_mark_that_is_drawn(answer: Genealogy) -> None:
    folded = fold(answer)
    placed = layout(folded)

    drawn = {(route.edge.source, route.edge.target) for route in placed.routes}
    for edge in answer.edges:
        ends = folded.mark_of[edge.source], folded.mark_of[edge.target]
        assert ends[0] in placed.at
        assert ends[1] in placed.at
        assert ends in drawn or ends[0] == ends[1]


@ANSWERS
def test_lines_start_and_end_at_their_marks(answer: Genealogy) -> None:
    placed = layout(fold(answer))

    for route in placed.routes:
        for end, (x, y) in (
            (route.edge.source, route.points[0]),
            (route.edge.target, route.points[-1]),
        ):
            mark_x, mark_y = placed.at[end]
            assert abs(x - mark_x) <= CARD[0] / 2 + 8
            assert abs(y - mark_y) <= 11


@ANSWERS
def test_marks_do_not_overlap(answer: Genealogy) -> None:
    drawing = draw(answer)

    boxes = [(card.x, card.y, *CARD) for card in drawing.cards]
    boxes += [(square.x, square.y, EVENT, EVENT + 12) for square in drawing.squares]
    for (x, y, w, h), (u, v, a, b) in itertools.combinations(boxes, 2):
        assert abs(x - u) >= (w + a) / 2 - 0.1 or abs(y - v) >= (h + b) / 2 - 0.1
    assert all(0 < y < drawing.height and 0 < x < drawing.width for x, y, _, _ in boxes)


@ANSWERS
def test_material_flows_right_where_there_is_no_cycle(answer: Genealogy) -> None:
    placed = layout(fold(answer))

    back = [route for route in placed.routes if route.back]
    beyond = [route for route in back if placed.at[route.edge.target][0] > placed.columns[0] + 150]
    assert not beyond, "only the last column, of all that is further, may have lines both ways"


@ANSWERS
def test_texts_are_cut_to_their_cards(answer: Genealogy) -> None:
    for card in draw(answer).cards:
        badge = width(card.text.badge, 11, bold=True)
        assert width(card.text.name, 12, bold=True) + badge <= CARD[0] - 12
        assert width(card.text.detail, 10.5) <= CARD[0] - 12


@ANSWERS
def test_the_same_answer_gives_the_same_figure(answer: Genealogy) -> None:
    again = replace(answer, items=tuple(answer.items), events=tuple(answer.events))

    assert genealogy_figure(answer).to_json() == genealogy_figure(again).to_json()


@ANSWERS
def test_items_with_the_same_neighbours_rank_as_each_would_alone(answer: Genealogy) -> None:
    untwinned = tuple(
        replace(item, first_event=f"{item.first_event or '~'}{at:07d}")
        for at, item in enumerate(answer.items)
    )

    assert ranks(answer) == ranks(replace(answer, items=untwinned))


def test_five_items_are_five_cards_from_left_to_right() -> None:
    figure = genealogy_figure(FIVE)

    cards = traces(figure)["cards"]
    assert [kind for kind, _ in cards.customdata] == ["item"] * 5
    by_key = {key: base for (_, key), base in zip(cards.customdata, cards.base, strict=True)}
    steps = [by_key[item.key] for item in sorted(FIVE.items, key=lambda item: -item.depth)]
    assert steps == sorted(steps)
    assert len(set(steps)) == 4


def test_the_seed_is_in_ink_with_a_star() -> None:
    figure = traces(genealogy_figure(FIVE))

    stars = [name for name in figure["names"].text if name.startswith("★")]
    inked = [c for c in figure["cards"].marker.color if c == PALETTES["light"].seed]
    assert stars == ["★ 0000000"]
    assert len(inked) == 1


def test_a_fold_says_how_many_it_holds() -> None:
    folded = fold(HUNDREDS)

    groups = [mark for column in folded.columns for mark in column.marks if not mark.single]
    badges = traces(genealogy_figure(HUNDREDS))["badges"].text
    assert sorted(badges) == sorted(f"\N{MULTIPLICATION SIGN}{len(g.members):,}" for g in groups)


def test_products_beyond_the_budget_share_a_group() -> None:
    folded = fold(layered([(60, 3), (1, 1)]))

    first = folded.columns[0]
    shared = [mark for mark in first.marks if mark.path == (OTHERS,)]
    assert len(first.marks) == BUDGET
    assert len(shared) == 1


def test_an_opened_group_shows_its_members_and_the_rest_makes_room() -> None:
    closed = fold(THOUSANDS)
    group = max(
        (mark for column in closed.columns for mark in column.marks if not mark.seed),
        key=lambda mark: len(mark.members),
    )

    opened = fold(THOUSANDS, opened=frozenset({group.id}))

    column = opened.columns[group.column]
    inside = [mark for mark in column.marks if set(mark.members) <= set(group.members)]
    assert [mark.id for mark in opened.opened] == [group.id]
    assert group.id not in {mark.id for mark in column.marks}
    assert len(inside) >= BUDGET // 2
    assert len(column.marks) <= BUDGET
    assert sum(len(mark.members) for mark in column.marks) == column.items


def test_opening_again_and_again_ends_at_single_items() -> None:
    opened: frozenset[str] = frozenset()
    folded = fold(THOUSANDS)
    for _ in range(12):
        folded = fold(THOUSANDS, opened=opened)
        assert all(len(column.marks) <= BUDGET for column in folded.columns)
        groups = [m for m in folded.columns[-1].marks if not m.single and m.id not in opened]
        if not groups:
            break
        opened |= {min(groups, key=lambda mark: (len(mark.members), mark.id)).id}

    assert sum(mark.single for mark in folded.columns[-1].marks) > 2


def test_an_unknown_group_opens_nothing() -> None:
    assert fold(HUNDREDS, opened=frozenset({"0123456789ab"})) == fold(HUNDREDS)


def test_rework_is_drawn_as_a_dashed_line_back() -> None:
    made, reworked = event("p"), event("r", "rework", "2026-01-05T08:00:00Z")
    resin, part = lot("RM", "1", 1), lot("FG", "1", 0)
    edges = [
        Edge("input", resin.key, made.node, "5", "kg"),
        Edge("output", made.node, part.key, "9", "each"),
        Edge("input", part.key, reworked.node, "1", "each"),
        Edge("output", reworked.node, part.key, "1", "each"),
        Edge("output", reworked.node, resin.key, "1", "kg"),
    ]
    answer = genealogy([resin, part], [made, reworked], edges)

    placed = layout(fold(answer))

    assert [route.edge.target for route in placed.routes if route.back] == [
        fold(answer).mark_of[part.key],
        fold(answer).mark_of[resin.key],
    ]
    assert traces(genealogy_figure(answer))["back"].line.dash
    assert (
        placed.at[fold(answer).mark_of[resin.key]][0] < placed.at[fold(answer).mark_of[part.key]][0]
    )


def test_a_lot_stands_before_its_serials_although_they_go_back_into_its_pool() -> None:
    of, one = lot("FG", "L", 1, first_event=None), lot("FG", "7", 0, kind="serial")
    edges = [Edge("comprises", of.key, one.key), Edge("pooled", one.key, of.key)]

    folded = fold(genealogy([one, of], [], edges, "both"))

    assert [column.marks[0].members[0].key for column in folded.columns] == [of.key, one.key]


def test_both_directions_put_the_seed_between() -> None:
    raw, seed, sold = lot("RM", "1"), lot("FG", "1", 0), lot("KT", "1", direction="forward")
    first, second = event("a"), event("b")
    edges = [
        Edge("input", raw.key, first.node), Edge("output", first.node, seed.key),
        Edge("input", seed.key, second.node), Edge("output", second.node, sold.key),
    ]  # fmt: skip

    folded = fold(genealogy([seed, raw, sold], [first, second], edges, "both"))

    assert [column.step for column in folded.columns] == [-1, 0, 1]
    assert [column.marks[0].members[0].key for column in folded.columns] == [
        raw.key, seed.key, sold.key,
    ]  # fmt: skip


def test_edges_say_how_much_flows() -> None:
    figure = traces(genealogy_figure(FIVE))

    said = {text for name in figure if name.startswith("edges") for text in figure[name].hovertext}
    assert any(text and "1,000 each" in text for text in said)


HOSTILE = '<b>A</b> & "B" <img src=x onerror=alert(1)> $x$\u202e\n%{y}'


def test_markup_in_names_is_inert() -> None:
    answer = genealogy([lot(HOSTILE, HOSTILE, 0, key="urn:x:<script>")], [], [])

    figure = genealogy_figure(answer)
    svg = svg_of(draw(answer), label=HOSTILE, link=lambda card: f"/{HOSTILE}")

    for trace in figure.data:
        for text in (*(trace.text or ()), *(trace.hovertext or ())):
            assert "<" not in (text or "").replace("<br>", "")
            assert "\u202e" not in (text or "")
    assert "<b>" not in svg
    assert "<img" not in svg
    assert "<script" not in svg
    assert 'onerror=alert(1)>"' not in svg


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_themes_and_languages_change_colours_and_words_only(language: str, theme: Any) -> None:
    plain = json.loads(str(genealogy_figure(HUNDREDS).to_json()))
    other = json.loads(str(genealogy_figure(HUNDREDS, language=language, theme=theme).to_json()))

    for before, after in zip(plain["data"], other["data"], strict=True):
        assert (before["name"], before["x"], before["y"]) == (after["name"], after["x"], after["y"])
    assert other["layout"]["paper_bgcolor"] == PALETTES[theme].ground


def test_every_language_has_the_same_words_with_the_same_gaps() -> None:
    english = LANGUAGES["en"]
    for language in LANGUAGES.values():
        assert language.keys() == english.keys()
        for key, text in language.items():
            assert text.count("{") == english[key].count("{"), key


# -- colours

SURE = Tint("certain", "certain", "●", "certain")
UNSURE = Tint("possible", "possible", "◐", "possible")


def halved(answer: Genealogy, tints: tuple[Tint, ...] = (SURE, UNSURE)) -> Colouring:
    """Every other item of an answer certain, the rest possible."""
    return Colouring({item.key: tints[at % 2].name for at, item in enumerate(answer.items)}, tints)


def test_items_of_different_classes_share_no_group_while_there_is_room() -> None:
    colouring = halved(HUNDREDS)

    drawing = draw(HUNDREDS, colouring=colouring)

    groups = [card.mark for card in drawing.cards if not card.mark.single]
    assert groups
    assert all(len(colouring.counted(mark.members)) == 1 for mark in groups)
    assert sum(count for _, count in drawing.tints) == len(HUNDREDS.items)


def test_a_group_of_several_classes_takes_the_gravest_and_counts_each() -> None:
    answer = layered([(60, 4), (1, 1)])

    colouring = halved(answer)

    drawing = draw(answer, colouring=colouring)

    (shared,) = [card for card in drawing.cards if card.mark.path == (OTHERS,)]
    sure = sum(colouring.of[item.key] == "certain" for item in shared.mark.members)
    unsure = len(shared.mark.members) - sure
    assert shared.tint == SURE
    assert shared.text.detail.startswith(f"●{sure} ◐{unsure}")
    assert f"● certain {sure} · ◐ possible {unsure}" in shared.text.hover


def test_what_is_possible_is_hatched_in_both_drawings_and_a_seed_is_not() -> None:
    every = Colouring({item.key: "possible" for item in FIVE.items}, (SURE, UNSURE))
    drawing = draw(FIVE, colouring=every)

    shapes = traces(figure_of(drawing))["cards"].marker.pattern.shape
    svg = svg_of(drawing, label="x")

    unseeded = [not card.mark.seed for card in drawing.cards]
    assert [bool(shape) for shape in shapes] == unseeded
    assert svg.count('class="hatch"') == sum(unseeded) == 4
    assert svg.count('id="hatch"') == 1
    assert 'id="hatch"' not in svg_of(draw(FIVE), label="x")


def test_items_of_no_class_keep_the_colour_of_their_kind() -> None:
    drawing = draw(FIVE, colouring=Colouring({}, (SURE,)))

    assert figure_of(drawing).to_json() == genealogy_figure(FIVE).to_json()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_figures_have_the_contrast_of_wcag_aa(theme: Any) -> None:
    p = PALETTES[theme]

    for fill in (p.lot, p.serial, p.container):
        assert contrast(p.ink, fill) >= 7
        assert contrast(p.quiet, fill) >= 4.5
        assert contrast(p.border, p.band) >= 3
    assert set(p.tints) == set(COLOURS)
    for colour in COLOURS:
        assert contrast(p.ink, p.fill(colour)) >= 7
        assert contrast(p.quiet, p.fill(colour)) >= 4.5
        assert contrast(p.line(colour), p.band) >= 3
    assert contrast(p.on_seed, p.seed) >= 7
    for ground in (p.ground, p.band):
        assert contrast(p.ink, ground) >= 7
        assert contrast(p.quiet, ground) >= 4.5
        assert contrast(p.edge, ground) >= 3
        assert contrast(p.way, ground) >= 3
        assert contrast(p.found, ground) >= 3
        assert contrast(p.event, ground) >= 3


def test_clipping_keeps_what_fits() -> None:
    assert clip("short", 100, 12) == "short"
    assert clip("", 0, 12) == ""
    assert clip("anything", 0, 12) == "…"
    assert inert("a\x00\u202eb\tc") == "ab c"
    for text in ("W" * 40, "i" * 80, "批次编号很长很长很长很长很长", "A" * 18):
        assert width(clip(text, 60, 12, bold=True), 12, bold=True) <= 60


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_drawing_as_a_file_has_its_colours_in_it(theme: Any) -> None:
    drawing = draw(HUNDREDS, colouring=halved(HUNDREDS))

    file = standalone(svg_of(drawing, label="a < b"), theme)

    root = ElementTree.fromstring(file.encode())
    assert root.get("aria-label") == "a < b"
    assert "var(" not in file
    assert PALETTES[theme].fill("certain") in file
    assert PALETTES[theme].ground in file
    assert file.count('class="card') == len(drawing.cards)


def test_the_svg_has_every_card_and_its_colours_in_the_style_sheet() -> None:
    drawing = draw(HUNDREDS)

    svg = svg_of(drawing, label="x", link=lambda card: "/to")

    assert svg.count("<a ") == len(drawing.cards)
    assert svg.count('class="event"') == len(drawing.squares)
    assert "style=" not in svg, "the security policy of the pages blocks style attributes"
    assert PALETTES["dark"].seed in style_sheet()
    assert all(f".card.tint-{colour}{{" in style_sheet() for colour in COLOURS)


def test_the_way_to_an_item_is_marked_in_both_drawings_and_nothing_else() -> None:
    raw, part = lot("RM", "1", 2), lot("CP", "1", 1)
    other, seed = lot("RM", "2", 2), lot("FG", "1", 0)
    first, second = event("a"), event("b", at="2026-01-03T08:00:00Z")
    edges = [
        Edge("input", raw.key, first.node), Edge("input", other.key, first.node),
        Edge("output", first.node, part.key), Edge("input", part.key, second.node),
        Edge("output", second.node, seed.key),
    ]  # fmt: skip
    answer = genealogy([seed, part, raw, other], [first, second], edges)
    way = [Step(seed.key, None), Step(part.key, second.node), Step(raw.key, first.node)]

    drawing = draw(answer, way=way)

    marked = {card.mark.members[0].key for card in drawing.cards if card.on_way}
    assert marked == {seed.key, part.key, raw.key}
    assert sum(line.on_way for line in drawing.lines) == 4
    figure, svg = traces(figure_of(drawing)), svg_of(drawing, label="x")
    assert figure["way"].x.count(None) == 4
    assert svg.count('class="edge way"') == 4
    assert svg.count(' way"') == 4 + 3
    assert "way" not in traces(genealogy_figure(answer))


def test_a_way_into_a_group_marks_the_group() -> None:
    (grouped,) = [c.mark for c in draw(layered([(1, 1)], serials=60)).cards if not c.mark.single]
    member, (of, *_) = grouped.members[3], layered([(1, 1)], serials=60).items

    drawing = draw(layered([(1, 1)], serials=60), way=[Step(of.key, None), Step(member.key, None)])

    assert [card.mark.id for card in drawing.cards if card.on_way][-1] == grouped.id
    assert sum(line.on_way for line in drawing.lines) == 1


# -- a search within the figure


@pytest.mark.parametrize("text", ["r-24", "R-24", "PVC", "lot:rm-", "\u00e9"])
def test_a_search_goes_by_number_key_and_product_in_any_case(text: str) -> None:
    item = replace(lot("RM-PVC", "R-2401", 0), number="R-2401\N{LATIN CAPITAL LETTER E WITH ACUTE}")

    assert hits([item, lot("CP", "X", 1)], text) == 1
    assert hits([item], "") == 0
    assert hits([item], "R-25") == 0


def test_what_a_search_found_is_marked_in_both_drawings_and_counted() -> None:
    answer = layered([(1, 2), (1, 40)])
    drawing = draw(answer, within="00001")

    figure, svg = traces(figure_of(drawing)), svg_of(drawing, label="x", link=lambda card: "/to")

    marked = [card for card in drawing.cards if card.hits]
    assert 0 < len(marked) < len(drawing.cards)
    assert len(figure["found"].x) == svg.count('class="found"') == len(marked)
    assert svg.count("data-hits=") == len(marked)
    assert all("◆" in card.text.badge for card in marked)
    assert drawing.found.drawn + drawing.found.folded == hits(answer.items, "00001") == 2
    assert draw(answer).found == Found(of=sum(card.mark.single for card in drawing.cards))


def test_a_group_says_how_many_of_its_members_were_found() -> None:
    answer = layered([(1, 60)])
    number = answer.items[-1].number or ""

    drawing = draw(answer, within=number)

    (group,) = [card for card in drawing.cards if card.hits and not card.mark.single]
    assert group.text.badge == f"◆1 \N{MULTIPLICATION SIGN}{len(group.mark.members)}"
    assert "◆ found: 1" in group.text.hover
    assert drawing.found == Found(0, drawing.found.of, 1, 1)


def test_a_search_moves_no_card() -> None:
    plain, searched = draw(HUNDREDS), draw(HUNDREDS, within="1")

    assert [(card.x, card.y) for card in plain.cards] == [(c.x, c.y) for c in searched.cards]
    assert "found" not in traces(figure_of(plain))


def test_the_chosen_card_is_the_current_one_and_groups_have_no_key() -> None:
    drawing = draw(HUNDREDS)
    chosen = next(card.key for card in drawing.cards if card.key)

    svg = svg_of(drawing, label="x", link=lambda card: "/to", chosen=chosen)

    assert svg.count('aria-current="true"') == 1
    assert f'data-card="{chosen}" aria-current="true"' in svg
    assert svg.count("data-card=") == sum(card.mark.single for card in drawing.cards)
    assert "aria-current" not in svg_of(drawing, label="x", link=lambda card: "/to")


def test_what_is_typed_makes_no_markup() -> None:
    answer = genealogy([lot("RM", '"><b>', 0)], [], [])

    svg = svg_of(draw(answer, within="<B>"), label="x", link=lambda card: "/to")

    assert "<b>" not in svg
    assert svg.count('class="found"') == 1
