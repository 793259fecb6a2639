"""Looking around: mentions, histories, searches, names and anomalies."""

from __future__ import annotations

import random
from urllib.parse import quote

import pytest

from tests.builders import (
    Desk,
    at,
    container,
    copied,
    drafts,
    gtin,
    line,
    lines,
    lot,
    opaque,
    package,
    serial,
)
from tests.contract.engines import Engine
from tracegraph.library import Tracegraph
from tracegraph.model.instant import Instant
from tracegraph.store.port import GraphStore, Search, TouchRow, names_key
from tracegraph.store.projection.rows import ItemRow
from tracegraph.trace.answer import AmbiguousItem, UnknownItem
from tracegraph.trace.lookup import resolve_one, rows_of

START = (-(2**58), 0, "", 0)
UNIT, CASE = gtin(1), gtin(2)


def own(product: str, name: str, kind: str = "lot") -> str:
    return f"urn:tracegraph:{kind}:{product}:{name}"


def number(store: GraphStore, key: str) -> int:
    return store.spoken([key])[key].item


def put(store: GraphStore, *events) -> int:
    """Append each event as a batch of its own; the seq of the last."""
    for event in events:
        store.append(drafts([event]))
    return store.published().seq


def test_mentions_of_every_kind(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(
        store,
        desk.receipt(
            party="S-1", place="DOCK", order="PO-1", actor="ann", documents=["DN-1", "DN-2"]
        ),
        desk.move(lot(), place="DOCK", to="WH"),
        desk.production([lot()], equipment=["MIX-1", "OVEN"], order="MO-1"),
        desk.event("party", number="S-1"),
    )

    def seqs(kind: str, key: str) -> list[int]:
        return store.mentioned(kind, key, known=4, since=None, until=None)

    assert seqs("party", "S-1") == [1, 4]
    assert seqs("place", "DOCK") == [1, 2]
    assert seqs("place", "WH") == [2]
    assert seqs("order", "PO-1") == [1]
    assert seqs("equipment", "OVEN") == [3]
    assert seqs("document", "DN-2") == [1]
    assert seqs("actor", "ann") == [1]
    assert seqs("party", "DOCK") == seqs("nothing", "S-1") == []


def test_completions_of_what_stands(engine: Engine):
    store, desk = engine.empty(), Desk()
    first = desk.receipt(party="S-1", place="DOCK", order="PO-10", documents=["DN-1"])
    put(
        store,
        first,
        desk.receipt(party="S-12", place="DOCK", order="PO-1", equipment=["PO-OVEN"]),
        desk.receipt(party="S-2", place="D", order="po-1", actor="PO-ann"),
        desk.void(first),
    )

    def found(prefix: str, *kinds: str, known: int = 4, limit: int = 9) -> list[tuple[str, str]]:
        return store.completions(prefix, kinds, known=known, limit=limit)

    assert found("PO", "order", "equipment", "actor", known=3) == [
        ("order", "PO-1"),
        ("order", "PO-10"),
        ("equipment", "PO-OVEN"),
        ("actor", "PO-ann"),
    ]
    assert found("PO-1", "order") == [("order", "PO-1")]  # the receipt for PO-10 is void
    assert found("PO-1", "order", known=1) == [("order", "PO-10")]  # PO-1 is not recorded yet
    assert found("S-", "party", "order", known=3) == [
        ("party", "S-1"),
        ("party", "S-12"),
        ("party", "S-2"),
    ]
    assert found("S-", "party", known=3, limit=2) == [("party", "S-1"), ("party", "S-12")]
    assert found("D", "place", "document", known=3) == [
        ("place", "D"),
        ("place", "DOCK"),
        ("document", "DN-1"),
    ]
    assert found("DOCK", "place") == [("place", "DOCK")]
    assert found("X", "place", "order", "nothing") == found("", "nothing") == found("D") == []


def test_mentions_within_a_window_and_a_cut(engine: Engine):
    store, desk = engine.empty(), Desk()
    events = [
        desk.receipt(occurred_at=at(10)),
        desk.receipt(occurred_at=at(20), started_at=at(12)),
        desk.receipt(occurred_at=at(30)),
    ]
    put(store, *events)
    put(store, desk.void(events[2]))

    def seqs(since=None, until=None, known=3) -> list[int]:
        window = [None if m is None else Instant.parse(at(m)) for m in (since, until)]
        return store.mentioned("party", "S-1", known=known, since=window[0], until=window[1])

    assert seqs() == [1, 2, 3]
    assert seqs(since=10) == [1, 2, 3]
    assert seqs(since=11) == seqs(since=20) == [2, 3]
    assert seqs(until=11) == [1]
    assert seqs(until=12) == [1, 2]
    assert seqs(since=13, until=14) == [2]
    assert seqs(since=31) == seqs(until=9) == []
    assert seqs(known=1) == [1]
    assert seqs(known=4) == [1, 2]
    exact = Instant(Instant.parse(at(20)).micros, "1")  # a hair after the end
    assert store.mentioned("party", "S-1", known=3, since=exact, until=None) == [3]


def test_history_by_time_and_page_by_page(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(
        store,
        desk.shipment(lot(), occurred_at=at(30)),
        desk.receipt(lot(), occurred_at=at(10)),
        desk.production([lot()], [lot()], occurred_at=at(20)),
    )
    home = number(store, own("RM-1", "A"))

    found = store.history([home, home, 99], known=3, after=START, limit=100)

    assert [(touch.seq, touch.role) for touch in found] == [
        (2, "item"),
        (3, "input"),
        (3, "output"),
        (1, "item"),
    ]
    assert [touch.at for touch in found] == sorted(touch.at for touch in found)
    paged: list[TouchRow] = []
    after = START
    while page := store.history([home], known=3, after=after, limit=1):
        paged += page
        after = (page[-1].at, page[-1].seq, page[-1].pos, page[-1].via)
    assert paged == found
    assert [touch.seq for touch in store.history([home], known=2, after=START, limit=9)] == [2, 1]
    assert store.history([], known=3, after=START, limit=9) == []


def test_history_shows_what_was_corrected(engine: Engine):
    store, desk = engine.empty(), Desk()
    wrong = desk.shipment(lot(), occurred_at=at(10))
    early_void, late = desk.void("late"), desk.shipment(lot(), id="late", occurred_at=at(20))
    put(store, wrong, desk.void(wrong), early_void, late)
    graph = Tracegraph(store)

    history = graph.history(own("RM-1", "A"))

    assert [(entry.id, entry.status, entry.voided_by) for entry in history.entries] == [
        (wrong["id"], "voided", 2), ("late", "voided", 3),
    ]  # fmt: skip
    assert all(len(entry.lines) == 1 for entry in history.entries)
    before = graph.history(own("RM-1", "A"), known_at=1)
    assert [(entry.id, entry.status) for entry in before.entries] == [(wrong["id"], "stands")]


def test_a_line_that_is_projected_again_shows_once(engine: Engine):
    """A late packing record changes what a shipment held; the old row must not show beside it."""
    store, desk = engine.empty(), Desk()
    put(
        store,
        desk.shipment(container(), occurred_at=at(30)),
        desk.pack(container(), lot(), occurred_at=at(10)),
        desk.pack(container(), lot(number="B"), occurred_at=at(20)),
    )

    history = Tracegraph(store).history(container()["sscc"])

    assert [(entry.type, len(entry.lines)) for entry in history.entries] == [
        ("pack", 1),
        ("pack", 1),
        ("shipment", 1),
    ]
    contents = Tracegraph(store).history(own("RM-1", "A"))
    assert [(entry.type, entry.lines[0].via is not None) for entry in contents.entries] == [
        ("pack", False),
        ("shipment", True),
    ]


def test_history_of_a_joined_item_is_whole(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(
        store,
        desk.receipt(lot(UNIT, "1")),
        desk.receipt(lot("P", "1")),
        desk.shipment(lot(CASE, "1")),
    )
    graph = Tracegraph(store)
    record = desk.product("P", package(UNIT), package(CASE, 10))
    put(store, record)

    for name in (f"(01){UNIT}(10)1", own("P", "1"), f"01{CASE}101"):
        history = graph.history(name)
        assert [entry.seq for entry in history.entries] == [1, 2, 3]
        assert history.item.key == f"https://id.gs1.org/01/{UNIT}/10/1"
        assert {shown.item for entry in history.entries for shown in entry.lines} == {
            history.item.key
        }
        assert len(graph.history(name, known_at=3).entries) == 1
    put(store, desk.void(record))
    assert [entry.seq for entry in graph.history(own("P", "1")).entries] == [2]
    assert len(graph.history(own("P", "1"), known_at=4).entries) == 3


def test_a_lot_is_found_by_what_its_supplier_calls_it(engine: Engine) -> None:
    """By the line that says so, not the whole receipt; whatever the case and the punctuation."""
    store, desk = engine.empty(), Desk()
    graph = Tracegraph(store)
    first = desk.receipt(
        items=[line(lot("RM", "1"), "5", supplier_lot="NV-88213"), line(lot("RM", "2"), "5")]
    )
    second = desk.receipt(items=[line(lot("RM", "3"), "5", supplier_lot="nv 88213")])
    put(store, first)
    put(store, second)
    put(store, desk.receipt(items=[line(lot("RM", "NV88213"), "5", supplier_lot="X-1")]))
    put(store, desk.void(second))

    def found(text: str, known: int | None = None) -> list[str | None]:
        return [item.number for item in graph.resolve(text, known_at=known)]

    assert found("Nv 88213") == ["1"]
    assert found("NV-88213", 1) == ["1"]
    assert found("NV-88213", 2) == ["1", "3"], "the second was not void yet"
    assert found("NV88213") == ["NV88213", "1"], "whose own number it is comes first"
    assert found("88213") == found("--") == []
    assert graph.scope("NV-88213").items[0].number == "1"
    with pytest.raises(AmbiguousItem):
        graph.trace("NV88213")


def test_items_of_an_answer_are_found_together_as_each_is(engine: Engine) -> None:
    """Also those that were one item for a while: what is their number now is another's then."""
    store, desk = engine.empty(), Desk()
    put(store, desk.receipt(lot(UNIT, "1"), lot("P", "1"), serial("Q", "7", of="L")))
    put(store, desk.shipment(lot(CASE, "1"), container()))
    record = desk.product("P", package(UNIT), package(CASE, 10))
    put(store, record)
    put(store, desk.void(record))

    for known in range(1, store.published().seq + 1):
        rows = store.search(Search(), known=known, after=0, limit=100)
        keys = [row.key for row in rows]
        assert rows_of(store, keys, known) == [resolve_one(store, k, known).row for k in keys]
        assert {row.key for row in rows_of(store, keys, known)} == set(keys)
    with pytest.raises(UnknownItem):
        rows_of(store, [own("P", "2")], known)


def test_names_items_and_claims(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(
        store,
        desk.receipt(lot(UNIT, "1"), lot("P", "1"), lot("Z", "1")),
        desk.product("P", package(UNIT)),
    )
    keys = {
        "unit": f"https://id.gs1.org/01/{UNIT}/10/1",
        "own": own("P", "1"),
        "other": own("Z", "1"),
    }

    spoken = store.spoken([*keys.values(), "urn:nobody"])

    assert spoken.keys() == set(keys.values())
    assert (
        spoken[keys["unit"]].item
        == spoken[keys["own"]].item
        == min(spoken[k].home for k in keys.values() if "Z" not in k)
    )
    assert spoken[keys["other"]].item == spoken[keys["other"]].home
    assert {name.key for name in store.spoken_of(["P", UNIT, "P"])} == {keys["unit"], keys["own"]}
    assert store.claims(["P", UNIT, "Z"]) == {"P": [2], UNIT: [2]}
    homes = [name.home for name in spoken.values()]
    assert {row.key for row in store.items(homes, 1).values()} == set(keys.values())
    assert {row.key for row in store.items(homes, 2).values()} == {keys["unit"], keys["other"]}
    assert store.items(homes, 0) == store.items([], 2) == store.items([99], 2) == {}
    assert store.spoken([]) == {}
    assert store.claims([]) == {}
    assert store.spoken_of([]) == []
    named = store.items_by_number("1", 2, 10)
    assert [row.key for row in named] == sorted([keys["unit"], keys["other"]])
    assert len(store.items_by_number("1", 1, 2)) == 2
    assert store.items_by_number("2", 2, 10) == []


@pytest.fixture
def shelf(engine: Engine) -> GraphStore:
    """Lots, serials and a container of two products, under two orders."""
    store, desk = engine.empty(), Desk()
    put(
        store,
        desk.receipt(
            lot("RM", "A_1"), lot("RM", "A%2"), place="P1", order="PO-1", occurred_at=at(10)
        ),
        desk.receipt(
            lot("RM", "a_3"), lot("QM", "Aa1"), place="P2", order="PO-1", occurred_at=at(20)
        ),
        desk.production(
            [lot("RM", "A_1")],
            [serial("FG", "S1"), serial("FG", "S2")],
            order="MO-1",
            occurred_at=at(30),
        ),
        desk.pack(container(), serial("FG", "S1"), place="P1", occurred_at=at(40)),
    )
    return store


def found(store: GraphStore, known: int = 4, **query) -> list[str]:
    rows = store.search(Search(**query), known=known, after=0, limit=100)
    assert [row.no for row in rows] == sorted(row.no for row in rows)
    return [row.number or row.key.rpartition("/")[2] for row in rows]


def test_search_by_fragment(shelf):
    assert found(shelf, text="A_1") == ["A_1"]
    assert found(shelf, text="%") == ["A%2"]
    assert found(shelf, text="FG:S") == ["S1", "S2"]
    assert found(shelf, text="nowhere") == []
    assert found(shelf, text="00/0000") == [container()["sscc"]]
    assert found(shelf, text="aA") == found(shelf, text="AA") == ["Aa1"]


def test_search_by_what_an_item_is_and_what_its_events_name(shelf):
    assert found(shelf, product="RM") == ["A_1", "A%2", "a_3"]
    assert found(shelf, kind=2) == ["S1", "S2"]
    assert found(shelf, mentions=(("order", "PO-1"),)) == ["A_1", "A%2", "a_3", "Aa1"]
    assert found(shelf, mentions=(("order", "PO-1"), ("place", "P2"))) == ["a_3", "Aa1"]
    assert found(shelf, mentions=(("order", "PO-1"),), product="QM") == ["Aa1"]
    assert found(shelf, mentions=(("order", "nobody"),)) == []


def test_search_by_time_and_cut(shelf):
    since, until = Instant.parse(at(20)), Instant.parse(at(30))
    assert found(shelf, since=since, until=until) == ["A_1", "a_3", "Aa1", "S1", "S2"]
    assert found(shelf, until=Instant.parse(at(19))) == ["A_1", "A%2"]
    assert found(shelf, since=Instant.parse(at(41))) == []
    assert found(shelf, known=1) == ["A_1", "A%2"]
    assert found(shelf, known=0) == []


ODD = (
    "A%1", "A_1", "A\\1", 'q"u"o', "it's", "Straße-7", "İzmir", "izmir", "批号七二", "批号",
    "x AND y", "a*b",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%", ["A%1"]),
        ("a%1", ["A%1"]),
        ("A_1", ["A_1"]),
        ("a\\1", ["A\\1"]),
        ('"', ['q"u"o']),
        ('Q"U"', ['q"u"o']),
        ("t's", ["it's"]),
        ("ß", ["Straße-7"]),
        ("STRAß", ["Straße-7"]),
        ("strasse", []),
        ("STRAẞE", []),
        ("İz", ["İzmir"]),
        ("İZMIR", ["İzmir"]),
        ("IZMIR", ["izmir"]),
        ("i̇zmir", []),
        ("批", ["批号七二", "批号"]),
        ("批号", ["批号七二", "批号"]),
        ("号七二", ["批号七二"]),
        ("批号七三", []),
        ("X and Y", ["x AND y"]),
        ("a*b", ["a*b"]),
        ("izm*", []),
        ("\0", []),
        ("A%1\0", []),
        ("A" * 1000, []),
    ],
)
def test_search_takes_a_text_as_it_is_written(engine: Engine, text, expected):
    """Letters beyond A to Z are themselves alone, and no character means another."""
    store, desk = engine.empty(), Desk()
    known = put(store, desk.receipt(*(lot("RM", name) for name in ODD)))
    assert found(store, known, text=text) == expected


def test_search_of_a_number_that_could_be_a_piece_of_a_key(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(store, desk.receipt(lot("RM", "C/12"), lot("RM", "C:12"), lot("C", "12"), lot("RM", "C12")))
    assert found(store, 1, text="c/1") == ["C/12"]
    assert found(store, 1, text="C:12") == ["C:12", "12"]
    assert found(store, 1, text="lot:RM:C") == ["C/12", "C:12", "C12"]
    assert found(store, 1, text="lot") == []  # a piece of every key


def renamed(engine: Engine) -> tuple[GraphStore, str]:
    """A lot that was met by an own number, and is a GTIN's for as long as seq 3 stands."""
    store, desk = engine.empty(), Desk()
    record = desk.product("P", package(UNIT))
    put(store, desk.receipt(lot("P", "B-778")), desk.receipt(lot("Q", "B-779")), record)
    put(store, desk.void(record))
    return store, f"https://id.gs1.org/01/{UNIT}/10/B-77"


def test_search_by_what_an_item_was_called_at_the_cut(engine: Engine):
    store, key = renamed(engine)
    for known, own_key, of_record in ((2, True, False), (3, False, True), (4, True, False)):
        assert found(store, known, text="lot:P:B-7") == (["B-778"] if own_key else [])
        assert found(store, known, text=key) == (["B-778"] if of_record else [])
        assert found(store, known, text="b-77") == ["B-778", "B-779"]


# What loses the first item, and what it is found by.
LOST = {
    "sqlite": [
        "DELETE FROM item WHERE no = 1",
        "INSERT INTO name_text (name_text) VALUES ('delete-all')",
        "INSERT INTO key_text (key_text) VALUES ('delete-all')",
    ],
    "neo4j": ["MATCH (i:Item {node: 4}) SET i.number = '', i.search = '', i.was = null"],
}


def test_search_after_a_rebuild(engine: Engine):
    store, key = renamed(engine)
    before = [found(store, known, text=text) for known in (2, 3, 4) for text in (key, "778")]
    for statement in LOST[engine.name]:
        engine.run(statement)
    assert found(store, 4, text="778") == []

    assert Tracegraph(store).rebuild() > 0
    assert before == [
        found(store, known, text=text) for known in (2, 3, 4) for text in (key, "778")
    ]


def test_search_of_a_large_product_and_of_a_small_one(engine: Engine):
    """Whether the product or the text leads to the items, the answer is the same."""
    store, desk = engine.empty(), Desk()
    names = [f"N{n:04}" for n in range(1200)]
    known = put(
        store,
        desk.receipt(*(lot("BIG", name) for name in names)),
        desk.receipt(*(lot("SMALL", name) for name in names[:30]), order="PO-1"),
    )
    assert found(store, known, product="BIG", text="n001") == names[10:20]
    assert found(store, known, product="SMALL", text="n001") == names[10:20]
    assert found(store, known, mentions=(("order", "PO-1"),), text="N0029") == ["N0029"]


def naive(rows: list[ItemRow], text: str) -> list[ItemRow]:
    """Which items hold a text, by looking at each."""

    def fold(name: str | None) -> str:
        return (name or "").encode().lower().decode()

    return [
        row
        for row in rows
        if fold(text) in fold(row.number)
        or ((row.number is None or names_key(text)) and fold(text) in fold(row.key))
    ]


def test_search_finds_what_looking_at_each_item_finds(engine: Engine):
    chance, letters = random.Random(7), "aAbB1İ\u0131ß\u017f\u212a批%_\"'/:- "
    store, desk = engine.empty(), Desk()
    numbers = {"".join(chance.choices(letters, k=chance.randint(1, 9))).strip() for _ in range(90)}
    items = [lot(chance.choice(["RM", "a/b", UNIT]), name) for name in sorted(numbers) if name]
    boxes = [container(n) for n in range(1, 9)]
    opaque_keys = [opaque(f"aB/{n}:Bb{n}%25") for n in range(9)]
    record = desk.product("RM", package(CASE))
    known = put(store, desk.receipt(*items, *boxes, *opaque_keys), record)
    rows = store.search(Search(), known=known, after=0, limit=1000)

    assert len(rows) > 90
    for _ in range(300):
        row = chance.choice(rows)
        name = chance.choice([row.number or row.key, row.key])
        start = chance.randrange(len(name))
        text = name[start : start + chance.choice([1, 2, 3, 4, 7, 50])]
        text = chance.choice([text, text.upper(), text.lower(), text[::-1]])
        wanted = naive(rows, text)
        assert store.search(Search(text=text), known=known, after=0, limit=1000) == wanted
        if wanted:
            page = store.search(Search(text=text), known=known, after=wanted[0].no, limit=2)
            assert page == wanted[1:3]


def test_search_pages(shelf):
    every = shelf.search(Search(), known=4, after=0, limit=100)
    pages, after = [], 0
    while page := shelf.search(Search(), known=4, after=after, limit=2):
        pages += page
        after = page[-1].no
    assert pages == every
    assert len(every) == 7


# -- anomalies: each code shown once, and once settled by a late event or a correction


def wrong_and_right():
    desk = Desk()
    box, lot_a = container(), lot("RM", "A")
    two = [desk.receipt(lot_a, party="S-1"), desk.receipt(lot_a, party="S-2")]
    target = desk.receipt(lot_a, id="target")
    void = desk.void(target)
    again = desk.void(void)
    flawed = desk.receipt({"sscc": "123"}, occurred_at=at(1))
    inner, outer = (
        desk.pack(box, container(2), occurred_at=at(1)),
        desk.pack(container(2), box, occurred_at=at(2)),
    )
    kinds = [desk.receipt(opaque("x", "serial")), desk.receipt(opaque("x", "container"))]
    products = [desk.product("P", package(UNIT)), desk.product("Q", package(UNIT))]
    replacing = desk.receipt(lot_a, replaces="gone")
    return [
        ("no_origin", [desk.shipment(lot_a)], desk.receipt(lot_a, occurred_at=at(1))),
        ("two_suppliers", two, desk.void(two[1])),
        ("void_unknown", [void], target),
        ("void_of_void", [target, void, again], None),
        ("replaces_unknown", [replacing], copied(desk.receipt(lot_a), id="gone")),
        ("identifier", [flawed], desk.void(flawed)),
        (
            "contents_unproven",
            [desk.shipment(box, occurred_at=at(9))],
            desk.pack(box, lot_a, occurred_at=at(8)),
        ),
        (
            "container_cycle",
            [inner, outer, desk.shipment(box, occurred_at=at(3))],
            desk.void(outer),
        ),
        ("kind_conflict", kinds, None),
        ("product_ambiguous", products, desk.void(products[1])),
    ]


@pytest.mark.parametrize(
    ("code", "wrong", "right"),
    wrong_and_right(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_anomaly_is_shown_and_settled(engine: Engine, code, wrong, right):
    store = engine.empty()
    put(store, Desk().receipt(lot("UNRELATED", "1"), id="first"))
    quiet = store.published().seq
    known = put(store, *wrong)

    def shown(known: int) -> list[str]:
        return [row.code for _, row in store.anomalies(known=known, after=0, limit=100)]

    assert shown(quiet) == []
    assert code in shown(known)
    if right is not None:
        after = put(store, right)
        assert code not in shown(after)
        assert code in shown(known), "what was believed then stays"


def test_anomalies_page_by_cursor(engine: Engine):
    store, desk = engine.empty(), Desk()
    known = put(store, *(desk.shipment(lot("RM", str(n))) for n in range(5)))

    every = store.anomalies(known=known, after=0, limit=100)
    paged, after = [], 0
    while page := store.anomalies(known=known, after=after, limit=2):
        paged += page
        after = page[-1][0]

    assert paged == every
    assert [cursor for cursor, _ in every] == sorted({cursor for cursor, _ in every})
    assert {row.item for _, row in every} == {number(store, own("RM", str(n))) for n in range(5)}


def test_a_serials_lot_shows_in_both(engine: Engine):
    graph, desk = engine.graph(), Desk()
    graph.capture([desk.production([], [serial("FG", "1", of="L"), serial("FG", "2", of="L")])])

    assert [found.key for found in graph.item(own("FG", "1", "serial")).lots] == [own("FG", "L")]
    assert graph.item(own("FG", "L")).serials == 2


def test_a_package_level_multiplies_what_its_lines_say(engine: Engine):
    store, desk = engine.empty(), Desk()
    put(store, desk.receipt(items=[line(lot(CASE, "1"), "3"), line(lot(CASE, "1"), "2.5", "kg")]))
    known = put(store, desk.product("P", package(UNIT), package(CASE, 12)))

    def amounts(known: int) -> dict[str, tuple[int | None, str | None]]:
        columns = store.lines_of_events([1], known)
        return {
            pos: (quantity, unit)
            for pos, quantity, unit in zip(columns.pos, columns.quantity, columns.unit, strict=True)
        }

    assert amounts(1) == {"items/0": (3_000_000, "each"), "items/1": (2_500_000, "kg")}
    assert amounts(known) == {"items/0": (36_000_000, "each"), "items/1": (2_500_000, "kg")}


def test_lines_of_unknown_events_are_none(engine: Engine):
    store = engine.empty()
    put(store, Desk().receipt(items=lines(lot("A", "1"), lot("A", "1"))))

    columns = store.lines_of_events([1, 1, 2, -1], 1)
    assert sorted(columns.pos) == ["items/0", "items/1"]
    assert store.lines_of_events([], 1).seq == store.lines_of_events([1], 0).seq == []


def test_names_of_products_that_were_kept_follow_new_records_and_voids(engine: Engine):
    """Whoever asks again and again is told what one who asks for the first time is told."""
    graph, desk = engine.graph(), Desk()
    named = desk.event("product", number="FG", packages=[package(gtin(1))])
    wrong = desk.event("void", voids=named["id"], reason="typed wrong")
    texts = ["urn:tracegraph:lot:FG:L", f"https://id.gs1.org/01/{gtin(1)}/10/L"]
    steps = [desk.production([], [lot("FG", "L")]), named, desk.receipt(), wrong]
    told = []
    for each in steps:
        graph.store.append(drafts([each]))
        anew = Tracegraph(engine.again())
        now = [[item.key for item in graph.resolve(text)] for text in texts]
        assert now == [[item.key for item in anew.resolve(text)] for text in texts]
        told.append(now)
        for known in range(1, graph.store.published().seq):
            before = [[item.key for item in graph.resolve(text, known_at=known)] for text in texts]
            assert before == told[known - 1]
    assert told[1] != told[0]
    assert told[2] == told[1]
    assert told[3] == told[0]


def test_units_scanned_by_the_label_of_another_agency_are_those_of_the_product(engine: Engine):
    """A maker calls it by its own number, a hospital scans its HIBC label: one recall, both."""
    graph, desk = engine.graph(), Desk()
    device, case = "+A99912345", "+A99912346"
    unit = "+A99912345/$$52001510X3/16D20111212/S77DE1G45-"
    made = desk.production([lot("RM", "A")], [serial("FG", "77DE1G45", of="10X3")])
    used = desk.event("use", items=[{"item": {"scan": unit}}], party="HOSPITAL")
    named = desk.event("product", number="FG", packages=[package(device), package(case, 12)])
    graph.store.append(drafts([made, used]))
    assert {item.key for item in graph.trace("A", direction="forward").items}.isdisjoint(
        [item.key for item in graph.resolve(unit)]
    )
    graph.store.append(drafts([named]))

    (item,) = graph.resolve(unit)
    assert item.key == f"urn:tracegraph:serial:{quote(device, safe='')}:77DE1G45"
    assert item.product == "FG"
    assert item.key in {each.key for each in graph.trace("A", direction="forward").items}
    assert {entry.type for entry in graph.history(unit).entries} == {"production", "use"}
    assert graph.resolve("urn:tracegraph:serial:FG:77DE1G45") == (item,)
