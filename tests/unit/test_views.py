"""Views of a genealogy follow parents, in one order, at any depth."""

from __future__ import annotations

from random import Random

from tests.unit.chains import chain, event, genealogy, item
from tracegraph.trace.answer import Genealogy
from tracegraph.trace.views import flat, tree, walk


def outline(answer: Genealogy) -> list[tuple[int, str]]:
    return [(len(placed.lasts), placed.node.item.key) for placed in walk(tree(answer))]


def test_a_tree_hangs_items_under_their_parents() -> None:
    answer = genealogy(
        [item("s"), item("a", 1, "s"), item("b", 1, "s"), item("c", 2, "a"), item("d", 2, "b")]
    )

    assert outline(answer) == [(0, "s"), (1, "a"), (2, "c"), (1, "b"), (2, "d")]


def test_a_tree_does_not_depend_on_the_order_of_the_answer() -> None:
    items = [item("s"), item("t"), *(item(f"a{n}", 1, "st"[n % 2]) for n in range(20))]
    expected = outline(genealogy(items))

    for seed in range(5):
        Random(seed).shuffle(items)
        assert outline(genealogy(items)) == expected


def test_the_last_of_siblings_is_known() -> None:
    answer = genealogy([item("s"), item("a", 1, "s"), item("b", 1, "s"), item("c", 2, "a")])

    lasts = {placed.node.item.key: placed.lasts for placed in walk(tree(answer))}

    assert lasts == {"s": (), "a": (False,), "c": (False, True), "b": (True,)}


def test_a_node_knows_the_events_it_was_reached_through() -> None:
    run = [event("e1", node="run"), event("e2", node="run")]
    answer = genealogy([item("s"), item("a", 1, "s", through="run")], [*run, event("other")])

    (root,) = tree(answer)

    assert root.events == ()
    assert [each.key for each in root.children[0].events] == ["e1", "e2"]


def test_an_item_on_both_sides_of_the_seed_stands_on_both() -> None:
    answer = genealogy(
        [
            item("s"),
            item("x", 1, "s"),
            item("x", 2, "y", direction="forward"),
            item("y", 1, "s", direction="forward"),
        ],
        direction="both",
    )

    assert outline(answer) == [(0, "s"), (1, "x"), (1, "y"), (2, "x")]


def test_an_item_whose_parent_was_left_out_is_not_lost() -> None:
    answer = genealogy([item("s"), item("a", 7, "gone")])

    assert outline(answer) == [(0, "s"), (0, "a")]


def test_an_empty_answer_has_empty_views() -> None:
    answer = genealogy([])

    assert tree(answer) == ()
    assert flat(answer) == ()


def test_depth_is_no_limit() -> None:
    answer = chain(5_000)

    assert len(outline(answer)) == 5_001
    assert flat(answer)[-1].depth == 5_000


def test_rows_go_by_depth_and_key_and_name_their_event() -> None:
    answer = genealogy(
        [item("b", 1, "s"), item("a", 1, "s"), item("s")],
        [event("e:a", type="assembly", id="17")],
    )

    rows = flat(answer)

    assert [(row.depth, row.key) for row in rows] == [(0, "s"), (1, "a"), (1, "b")]
    assert (rows[1].event, rows[1].event_type, rows[1].event_id) == ("e:a", "assembly", "17")
    assert rows[2].event == "e:b"
    assert rows[2].event_type is None, "an event that was left out is not made up"
