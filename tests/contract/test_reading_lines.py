"""Lines by the items they name, serials and lots, what was sent, and records of a type."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import orjson
import pytest

from tests.builders import Desk, at, container, drafts, lot, serial, sscc
from tests.builders import lines as wires
from tests.contract.engines import Engine
from tests.property.histories import random_history, splits
from tests.property.laws import append_all
from tracegraph.model.instant import Instant
from tracegraph.store.columns import ComprisesColumns, EventColumns, LineColumns, Records
from tracegraph.store.port import LISTED, Document, GraphStore, Published, Search, StoreOutdated
from tracegraph.store.projection.rows import STANDS

BOX = f"https://id.gs1.org/00/{sscc(1)}"

# What takes a store back to the schema before the second migration, and the migrations since.
FIRST_SCHEMA = {
    "sqlite": [
        "DROP INDEX journal_type",
        "ALTER TABLE batch DROP COLUMN nodes",
        "ALTER TABLE batch DROP COLUMN items",
        "DROP TABLE name_text",
        "DROP TABLE key_text",
        "DROP TABLE posting",
        "DELETE FROM migration WHERE no > 1",
    ],
    "neo4j": [
        "DROP INDEX event_type",
        "DROP CONSTRAINT posting_block",
        "MATCH (m:Migration) WHERE m.no > 1 DELETE m",
    ],
}
SINCE = {"sqlite": [2, 3, 4, 5], "neo4j": [2, 3]}


def own(product: str, name: str, kind: str = "lot") -> str:
    return f"urn:tracegraph:{kind}:{product}:{name}"


def number(store: GraphStore, key: str) -> int:
    return store.spoken([key])[key].item


def put(store: GraphStore, *events: Any) -> int:
    """Append each event as a batch of its own; the seq of the last."""
    for event in events:
        store.append(drafts([event]))
    return store.published().seq


def ask(store: GraphStore, *items: int, known: int | None = None, as_of: str | None = None):
    """Lines of items, after what must hold of every answer."""
    known = store.published().seq if known is None else known
    until = None if as_of is None else Instant.parse(as_of)
    events, lines = store.lines_of_items(items, known=known, as_of=until)
    rows = list(zip(*lines, strict=True))
    assert len(rows) == len(set(rows)), "a line is given once"
    assert len(events.seq) == len(set(events.seq)), "an event is given once"
    assert set(events.seq) == set(lines.seq)
    return events, lines


def seqs(store: GraphStore, *keys: str, **cuts: Any) -> list[int]:
    """The seq of each line on items, ascending."""
    _, lines = ask(store, *(number(store, key) for key in keys), **cuts)
    return sorted(lines.seq)


def members(columns: ComprisesColumns) -> set[tuple[int, int]]:
    return set(zip(columns.lot, columns.serial, strict=True))


@pytest.fixture
def plant(engine: Engine) -> GraphStore:
    """A lot that is used, a serial of a lot that is packed and shipped, and what was corrected."""
    store, desk = engine.empty(), Desk()
    wrong = desk.receipt(lot("RM", "A"), occurred_at=at(50))
    put(
        store,
        desk.receipt(lot("RM", "A"), occurred_at=at(10)),
        desk.production(
            [lot("RM", "A")], [serial("FG", "1", of="L"), serial("FG", "2")], occurred_at=at(20)
        ),
        desk.pack(container(), serial("FG", "1", of="L"), lot("RM", "B"), occurred_at=at(30)),
        desk.shipment(container(), occurred_at=at(40)),
        wrong,
        desk.void(wrong, occurred_at=at(60)),
    )
    return store


def test_lines_of_nothing_and_of_the_unknown(plant: GraphStore):
    nothing: tuple[EventColumns, list[object]] = (
        EventColumns(*([] for _ in EventColumns._fields)),
        [],
    )

    for items in ([], [0], [-1], [9999]):
        events, lines = ask(plant, *items)
        assert (events, [*zip(*lines, strict=True)]) == nothing
        assert lines == LineColumns(*([] for _ in LineColumns._fields))


def test_items_named_twice_give_each_line_once(plant: GraphStore):
    no = number(plant, own("RM", "A"))

    assert sorted(ask(plant, no, no, 9999)[1].seq) == [1, 2]
    assert seqs(plant, own("RM", "A"), own("FG", "2", "serial")) == [1, 2, 2]
    # The serial by its own number and by that of its lot.
    both = seqs(plant, own("FG", "1", "serial"), own("FG", "L"))
    assert both == seqs(plant, own("FG", "1", "serial")) == [2, 3, 4]


def test_a_line_is_whole(plant: GraphStore):
    events, lines = ask(plant, number(plant, own("FG", "2", "serial")))
    (row,) = zip(*lines, strict=True)
    (event,) = zip(*events, strict=True)

    no = number(plant, own("FG", "2", "serial"))
    assert row == (2, "outputs/1", "output", 2, no, 2, 0, 0, 0, 1_000_000, "each")
    when = Instant.parse(at(20))
    assert event == (2, "mes", "e00003", "production", when, when, 2)


def test_records_of_a_serial_are_its_lines_and_those_of_its_lot(plant: GraphStore):
    known = plant.published().seq
    lot_, serial_ = (number(plant, key) for key in (own("FG", "L"), own("FG", "1", "serial")))

    found = plant.records([serial_, serial_], known, [2])

    events, lines = plant.lines_of_items([lot_, serial_], known=known, as_of=None, members=False)
    assert sorted(zip(*found.lines, strict=True)) == sorted(zip(*lines, strict=True))
    assert sorted(zip(*found.events, strict=True)) == sorted(zip(*events, strict=True))
    assert members(found.members) == {(lot_, serial_)}
    assert found.items == plant.items([lot_, serial_], known)
    assert found.bodies == plant.bodies(set(events.seq) - {2})
    assert found.bodies


def test_records_of_nothing_and_of_the_unknown(plant: GraphStore):
    for items in ([], [0], [9999]):
        found = plant.records(items, plant.published().seq, [])
        assert not found.items
        assert not found.bodies
        assert not any((*found.lines, *found.events, *found.members))


def test_records_of_what_nothing_names_any_more(engine: Engine):
    """An item whose only record was voided is an item still, without lines."""
    store, desk = engine.empty(), Desk()
    only = desk.receipt(lot("RM", "A"), occurred_at=at(10))
    put(store, only, desk.void(only, occurred_at=at(20)))
    no = number(store, own("RM", "A"))

    found = store.records([no], store.published().seq, [])
    before = store.records([no], 1, [])

    assert [*found.lines.seq, *found.events.seq] == []
    assert [*before.lines.seq, *before.events.seq] == [1, 1]
    assert found.bodies == {}


def test_names_are_met_from_their_first_record_on(plant: GraphStore):
    known = plant.published().seq
    key = own("FG", "1", "serial")
    no = number(plant, key)
    other = number(plant, own("RM", "A"))

    assert plant.met([key, "urn:nothing"], known) == ([no], plant.items([no], known)[no])
    homes, row = plant.met([key, own("RM", "A")], known) or ([], None)
    assert homes == sorted({no, other})
    assert row == plant.items([min(no, other)], known)[min(no, other)]
    assert plant.met([key], 1) is None
    assert plant.met([], known) is None


def alike(records: Records) -> Any:
    """Records as sets of rows, for engines keep no order."""
    return [set(zip(*part, strict=True)) if isinstance(part, tuple) else part for part in records]


def test_an_opening_is_what_its_parts_are_at_the_head(plant: GraphStore):
    groups = [
        (own("FG", "1", "serial"), "urn:nothing"),
        (own("RM", "A"), own("FG", "1", "serial")),
        ("urn:nothing",),
        (),
    ]
    for id_ in "ba":
        plant.put_document(Document("kind", id_, 0, {"of": id_}))
    plant.put_document(Document("other", "c", 0, {}))
    known = plant.published().seq

    found = plant.opening("kind", groups)

    assert found.published == plant.published()
    assert found.documents == plant.documents("kind")
    assert [document.id for document in found.documents] == ["a", "b"]
    assert found.met == {keys: plant.met(keys, known) for keys in groups}
    assert [found.met[keys] is None for keys in groups] == [False, False, True, True]
    items = {met[1].no for met in found.met.values() if met is not None}
    assert alike(found.records) == alike(plant.records(items, known, []))
    assert found.records.lines.seq

    before = plant.opening("kind", groups, 1)
    assert before.published == found.published
    assert before.met == {keys: plant.met(keys, 1) for keys in groups}


def test_an_opening_of_nothing(engine: Engine):
    store = engine.empty()
    found = store.opening("kind", [("urn:nothing",)])
    assert found[:3] == (Published(0, None), [], {("urn:nothing",): None})
    assert alike(found.records) == alike(store.records([], 0, []))


def test_a_lot_gives_the_lines_that_name_it_beside_a_serial(plant: GraphStore):
    _, lines = ask(plant, number(plant, own("FG", "L")))

    assert set(lines.item) == {number(plant, own("FG", "1", "serial"))}
    # Sent in its container it was named without a lot, so that only the first two say it.
    told = plant.lines_of_events([2, 3, 4], 6)
    naming = [seq for seq, of in zip(told.seq, told.lot, strict=True) if of]
    assert sorted(lines.seq) == sorted(naming)
    assert {2, 3} <= set(naming)


def test_lots_and_lines_of_another_serial_are_left_out(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(
        store,
        desk.receipt(serial("FG", "1", of="L"), serial("FG", "2", of="M"), serial("FG", "3")),
        desk.shipment(serial("FG", "1")),
        desk.shipment(serial("FG", "1", of="M")),
        desk.shipment(lot("FG", "L")),
    )

    assert seqs(store, own("FG", "L")) == [1, 4]
    assert seqs(store, own("FG", "M")) == [1, 3]
    assert seqs(store, own("FG", "1", "serial")) == [1, 2, 3]
    assert seqs(store, own("FG", "L"), own("FG", "M")) == [1, 1, 3, 4]


def test_contents_have_the_lines_of_their_container(plant: GraphStore):
    box, inside = number(plant, BOX), number(plant, own("FG", "1", "serial"))
    _, lines = ask(plant, inside)
    through = dict(zip(lines.seq, lines.via, strict=True))
    assert through == {2: 0, 3: 0, 4: box}

    _, lines = ask(plant, box)
    roles = sorted(zip(lines.seq, lines.role, lines.item, strict=True))
    assert roles == [(3, "container", box), (4, "item", box)]
    assert seqs(plant, own("RM", "B")) == [3, 4]


def test_corrected_lines_are_left_out(plant: GraphStore):
    key = own("RM", "A")

    assert seqs(plant, key, known=4) == [1, 2]
    assert seqs(plant, key, known=5) == [1, 2, 5]
    assert seqs(plant, key, known=6) == seqs(plant, key) == [1, 2]


def test_known_hides_what_came_later(plant: GraphStore):
    for known in range(7):
        assert all(seq <= known for seq in seqs(plant, own("RM", "A"), BOX, known=known))
    assert seqs(plant, own("FG", "1", "serial"), known=3) == [2, 3]
    assert seqs(plant, own("FG", "1", "serial"), known=0) == []


def test_as_of_hides_what_happened_later(plant: GraphStore):
    key = own("FG", "1", "serial")
    assert seqs(plant, key, as_of=at(19)) == []
    assert seqs(plant, key, as_of=at(20)) == [2]
    assert seqs(plant, key, as_of=at(39)) == seqs(plant, own("FG", "L"), key, as_of=at(30))
    assert seqs(plant, key, as_of=at(40)) == [2, 3, 4]


def test_a_time_is_looked_at_in_whole_microseconds(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(store, desk.receipt(lot(), occurred_at=at(0, fraction="0000019")))
    no = number(store, own("RM-1", "A"))

    events, _ = ask(store, no, as_of=at(0, fraction="0000012"))
    assert events.end == [Instant.parse(at(0, fraction="0000019"))]
    assert ask(store, no, as_of=at(0))[0].seq == []


def test_lines_that_came_late_are_there_from_then_on(plant: GraphStore):
    desk = Desk("late")
    # What was in the container is known only later, and so is where it had been before.
    end = put(
        plant,
        desk.pack(container(), serial("FG", "2", of="L"), occurred_at=at(35)),
        desk.receipt(serial("FG", "2", of="L"), occurred_at=at(5)),
    )
    key = own("FG", "2", "serial")

    assert seqs(plant, key, known=6) == [2]
    assert seqs(plant, key, known=7) == [2, 4, 7]
    assert seqs(plant, key, known=end) == [2, 4, 7, 8]
    assert seqs(plant, key, as_of=at(5)) == [8]


def test_members_of_a_run_keep_their_hub(engine: Engine):
    store, desk = engine.empty(), Desk()
    first = desk.production([lot("RM", "A")], [], run="R")
    wrong = desk.production([lot("RM", "A")], [], run="R")
    put(store, first, desk.production([], [lot("FG", "1")], run="R"), wrong, desk.void(wrong))

    events, lines = ask(store, number(store, own("RM", "A")))

    assert (lines.seq, events.seq) == ([1], [1])
    assert lines.hub == events.hub
    assert lines.hub[0] < 0


def test_serials_of_lots_and_lots_of_serials(plant: GraphStore):
    put(plant, Desk("late").receipt(serial("FG", "2", of="L"), occurred_at=at(70)))
    of, first, second = (
        number(plant, key)
        for key in (own("FG", "L"), own("FG", "1", "serial"), own("FG", "2", "serial"))
    )

    def serials(*lots: int, known: int = 7, as_of: str | None = None) -> set[tuple[int, int]]:
        until = None if as_of is None else Instant.parse(as_of)
        found = plant.serials_of(lots, known=known, as_of=until)
        back = plant.lots_of(found.serial, known=known, as_of=until)
        assert set(zip(*found, strict=True)) == set(zip(*back, strict=True))
        return members(found)

    assert serials(of) == serials(of, of, 999, 0, -1) == {(of, first), (of, second)}
    assert serials(of, known=6) == serials(of, as_of=at(69)) == {(of, first)}
    assert serials(of, as_of=at(19)) == serials(of, known=1) == set()
    assert serials() == serials(first) == serials(999) == set()
    empty = ComprisesColumns([], [], [], [], [], [])
    assert plant.serials_of([], known=7, as_of=None) == empty
    assert plant.lots_of([999, of], known=7, as_of=None) == empty
    assert plant.lots_of([second, second], known=7, as_of=None).lot == [of]


def test_a_membership_that_was_corrected_is_left_out(engine: Engine):
    store, desk = engine.empty(), Desk()
    wrong = desk.receipt(serial("FG", "1", of="WRONG"))
    put(store, wrong, desk.void(wrong), desk.receipt(serial("FG", "1", of="L")))
    serial_no = number(store, own("FG", "1", "serial"))
    wrong_no, right_no = number(store, own("FG", "WRONG")), number(store, own("FG", "L"))

    assert members(store.lots_of([serial_no], known=3, as_of=None)) == {(right_no, serial_no)}
    assert members(store.lots_of([serial_no], known=1, as_of=None)) == {(wrong_no, serial_no)}
    assert members(store.serials_of([wrong_no], known=3, as_of=None)) == set()
    assert members(store.serials_of([wrong_no], known=1, as_of=None)) == {(wrong_no, serial_no)}


@pytest.mark.parametrize("seed", range(6))
def test_answers_are_what_the_rows_say(engine: Engine, seed: int):
    """Every method against the rows of the projection, at every end of a batch."""
    rng = Random(f"lines {seed}")
    store = engine.empty()
    ends = append_all(store, splits(random_history(rng, 40), rng))
    most = max(row[0] for row in store.rows("item", ends[-1]))
    for known in rng.sample(ends, min(4, len(ends))):
        lines = [row for row in store.rows("line", known) if row[-1] == STANDS]
        joins = [row for row in store.rows("comprises", known) if row[-1] == STANDS]
        times = sorted({row[6] for row in lines})
        wanted = {no for no in range(1, most + 1) if rng.random() < 0.3}
        for until in (None, rng.choice(times)) if times else (None,):
            as_of = None if until is None else Instant(until, "999")
            _, found = store.lines_of_items(wanted, known=known, as_of=as_of)
            assert sorted(zip(*found, strict=True), key=repr) == sorted(
                (
                    (*row[:6], *row[7:-2])
                    for row in lines
                    if not wanted.isdisjoint((row[4], row[7]))
                    and (until is None or row[6] <= until)
                ),
                key=repr,
            )
            ask(store, *wanted, known=known)
            for name, side in (("serials_of", 0), ("lots_of", 1)):
                found = getattr(store, name)(wanted, known=known, as_of=as_of)
                assert sorted(zip(*found, strict=True)) == sorted(
                    row[:-2]
                    for row in joins
                    if row[side] in wanted and (until is None or row[2] <= until)
                )


def test_bodies_are_what_was_sent(engine: Engine):
    store, desk = engine.empty(), Desk()
    sent = [desk.receipt(notes="naïve \u2603"), desk.receipt(), desk.product("P")]
    sent.append(desk.void(sent[1]))
    put(store, *sent)

    assert store.bodies([]) == store.bodies([0, -1, 99]) == {}
    found = store.bodies([1, 1, 4, 2, 99])
    assert {seq: orjson.loads(body) for seq, body in found.items()} == {
        1: sent[0], 2: sent[1], 4: sent[3],
    }  # fmt: skip
    assert found[1] == store.entries_by_seq([1], 4)[1].body


def test_more_than_one_statement_can_carry(engine: Engine):
    """Neo4j is asked in chunks: the seams must neither lose nor repeat."""
    store, desk = engine.empty(), Desk()
    count = 6000
    for low in range(0, count, 2000):
        items = [serial("FG", str(n), of="L") for n in range(low, low + 2000)]
        events = [desk.receipt(*items[first : first + 100]) for first in range(0, 2000, 100)]
        store.append(drafts(events))
    store.append(drafts([desk.move(serial("FG", "0"))]))
    known = store.published().seq
    nos = range(1, count + 2)

    events, lines = ask(store, *nos)
    assert (len(lines.seq), len(events.seq)) == (count + 1, count // 100 + 1)
    assert len(ask(store, number(store, own("FG", "L")))[1].seq) == count
    assert len(store.lots_of(nos, known=known, as_of=None).lot) == count
    assert len(store.serials_of(nos, known=known, as_of=None).lot) == count
    assert store.bodies(range(20_000)).keys() == set(range(1, known + 1))


def test_records_of_types(engine: Engine):
    store, desk = engine.empty(), Desk()
    wrong = desk.product("Q")
    put(
        store,
        desk.product("P"),
        desk.receipt(),
        desk.event("party", number="S-1"),
        wrong,
        desk.void(wrong),
        desk.product("R"),
    )

    def of(*types: str, known: int = 6, after: int = 0) -> list[int]:
        found = store.of_types(types, known=known, after=after)
        assert [*found] == [store.entries_by_seq([e.seq], known)[e.seq] for e in found]
        return [entry.seq for entry in found]

    assert of() == of("order") == []
    assert of("product") == of("product", "product") == [1, 6]
    assert of("void", "product", "party") == of("party", "void", "product") == [1, 3, 5, 6]
    assert of("product", "party", known=4) == [1, 3, 4]
    assert of("product", "void", after=1) == [5, 6]
    assert of("product", after=6) == of("product", known=0) == of("product", after=4, known=5) == []
    assert of(*LISTED) == [1, 3, 5, 6]
    for unlisted in ("receipt", "nothing"):
        with pytest.raises(ValueError, match=unlisted):
            of("product", unlisted)


def test_a_record_whose_void_came_first_never_stands(engine: Engine):
    store, desk = engine.empty(), Desk()
    late = desk.product("P")
    put(store, desk.void(late), late)

    assert [entry.seq for entry in store.of_types(["product", "void"], known=2)] == [1]


def test_a_store_of_the_first_schema_is_brought_up_with_what_it_holds(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(store, desk.product("P"), desk.receipt(), desk.void(desk.product("Q")))
    rows = store.search(Search(), known=3, after=0, limit=9)
    store.close()
    for statement in FIRST_SCHEMA[engine.name]:
        engine.run(statement)
    old = engine.again()

    with pytest.raises(StoreOutdated, match="older"):
        old.health()
    assert [entry.seq for entry in old.of_types(["product"], known=3)] == [1]  # slow, but right
    assert old.migrate() == SINCE[engine.name]
    assert old.migrate() == []
    assert old.health().schema == 1 + len(SINCE[engine.name])
    assert [entry.seq for entry in old.of_types(["product", "void"], known=3)] == [1, 3]
    for text in (rows[0].key, rows[0].number):
        assert old.search(Search(text=text), known=3, after=0, limit=9) == rows
    put(old, desk.product("R"))
    assert [entry.seq for entry in engine.again().of_types(["product"], known=4)] == [1, 4]


def test_a_document_goes(engine: Engine):
    store = engine.empty()
    for kind, id_ in (("key", "a"), ("key", "b"), ("case", "a")):
        store.put_document(Document(kind, id_, 0, {}))

    assert store.delete_document("key", "a") is True
    assert store.delete_document("key", "a") is store.delete_document("none", "b") is False
    assert store.document("key", "a") is None
    assert [document.id for document in engine.again().documents("key")] == ["b"]
    assert store.document("case", "a") is not None
    assert store.put_document(Document("key", "a", 0, {"new": 1})).version == 1


def test_of_two_who_delete_a_document_one_finds_it(engine: Engine):
    stores = [engine.empty(), engine.again()]
    with ThreadPoolExecutor(2) as pool:
        for turn in range(10):
            stores[0].put_document(Document("key", str(turn), 0, {}))
            done = pool.map(lambda store, id_=str(turn): store.delete_document("key", id_), stores)
            assert sorted(done) == [False, True]


# -- how many serials of lots events name


def counts(store: GraphStore, *lots: int, known: int | None = None) -> set[tuple[Any, ...]]:
    """Counts as (lot, seq, role, serials, spells), after what must hold of every answer."""
    known = store.published().seq if known is None else known
    found = store.records(lots, known, []).counts
    rows = list(zip(*found, strict=True))
    assert len({row[:3] for row in rows}) == len(rows), "a lot, event and role are told once"
    return set(rows)


def test_serials_are_counted_by_event_and_role(engine: Engine):
    store, desk = engine.empty(), Desk()
    wrong = desk.event("scrap", items=wires(serial("FG", "1")), occurred_at=at(50))
    put(
        store,
        desk.production(
            [], [lot("FG", "L"), serial("FG", "1", of="L"), serial("FG", "2", of="L")],
            occurred_at=at(10),
        ),
        # Named twice in an event, by itself and in a container, it is one.
        desk.pack(container(), serial("FG", "1"), serial("FG", "2"), occurred_at=at(20)),
        desk.shipment(container(), serial("FG", "1"), occurred_at=at(30)),
        desk.production([serial("FG", "2")], [serial("FG", "9", of="M")], occurred_at=at(40)),
        wrong,
        desk.void(wrong, occurred_at=at(60)),
    )  # fmt: skip
    of, other = number(store, own("FG", "L")), number(store, own("FG", "M"))

    made = {(of, 1, "output", 2, False)}
    moved = {(of, 2, "item", 2, False), (of, 3, "item", 2, False), (of, 4, "input", 1, False)}
    assert counts(store, of) == counts(store, of, of, 0, -1, 9999) == made | moved
    assert counts(store, of, other) == made | moved | {(other, 4, "output", 1, False)}
    assert counts(store, of, known=5) == made | moved | {(of, 5, "item", 1, False)}
    assert counts(store, of, known=1) == made
    assert counts(store) == counts(store, of, known=0) == set()


def test_a_serial_that_changed_its_lot_is_told(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(
        store,
        desk.receipt(serial("FG", "1", of="L"), occurred_at=at(10)),
        desk.event(
            "relabel",
            inputs=wires(serial("FG", "1")),
            outputs=wires(serial("FG", "1", of="M")),
            occurred_at=at(20),
        ),
        desk.event("scrap", items=wires(serial("FG", "1")), occurred_at=at(30)),
    )
    of, other = number(store, own("FG", "L")), number(store, own("FG", "M"))

    # A line that names another lot does not count; of one that names none the caller must judge.
    assert (of, 1, "item", 1, False) in counts(store, of, known=1)
    assert {row[4] for row in counts(store, of, other)} == {True}
    assert (of, 2, "output") not in {row[:3] for row in counts(store, of)}
