"""The pages of a recall: what is affected, who has it, what is to do, why, and its files."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from api.pages.recall_question import FIELDS, NAMES, RecallQuestion
from api.pages.recall_rows import PARTS, Lack, found, lacks, todo
from api.pages.words import LANGUAGES
from tests.unit.pages import HOSTILE, addresses, event, line, recall_history, served, text_of
from tests.unit.scopes import LOT, affected, consignee, position, scope, sent
from tracegraph.model.canonical import canonical
from tracegraph.model.refusal import Refused
from tracegraph.recall.answer import Unproven
from tracegraph.recall.gaps import REMEDY
from tracegraph.recall.totals import Sum, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

    from tracegraph.library import Tracegraph
    from tracegraph.recall.answer import Scope
    from tracegraph.recall.query import ScopeQuery

C1 = "urn:tracegraph:lot:FG-9:C1"
KEY = "urn%3Atracegraph%3Alot%3ARM-110%3AA"


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[TestClient, Tracegraph]]:
    with served(recall_history()) as found:
        yield found


@pytest.fixture(scope="module")
def client(service: tuple[TestClient, Tracegraph]) -> TestClient:
    return service[0]


def question(**said: Any) -> RecallQuestion:
    from starlette.datastructures import QueryParams

    pairs = [(k, v) for k, vs in said.items() for v in (vs if isinstance(vs, list) else [vs])]
    return RecallQuestion.read(QueryParams(pairs))


# -- the question


def test_several_seeds_stand_a_line_each_or_repeated() -> None:
    asked = question(item=["A\r\n B \n\nA", "C"], supplier="SUP-1", since="2026-03-02")

    query = asked.query()

    assert [(seed.kind, seed.key) for seed in query.seeds] == [
        ("item", "A"), ("item", "B"), ("item", "C"), ("supplier", "SUP-1"),
    ]  # fmt: skip
    assert [seed.since for seed in query.seeds] == [None, None, None, "2026-03-02T00:00:00Z"]
    assert asked.address() == "/recall?item=A&item=B&item=C&supplier=SUP-1&since=2026-03-02"


def test_a_window_belongs_to_the_kinds_that_have_one_and_ranges_to_products() -> None:
    asked = question(
        instrument="CAL-1", product="FG-9", place="SZ1", lot_from="C1", since="2026-03-02",
        until="2026-03-02",
    )  # fmt: skip

    seeds = {seed.kind: seed for seed in asked.query().seeds}

    end = "2026-03-02T23:59:59.999999Z"
    assert (seeds["instrument"].since, seeds["instrument"].until) == (None, end)
    assert (seeds["product"].lot_from, seeds["product"].since) == ("C1", None)
    assert (seeds["place"].lot_from, seeds["place"].until) == (None, end)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        pytest.param({"as_of": "2026-03-02"}, "item", id="no-seed"),
        pytest.param({"item": "A", "since": "2026-03-02"}, "since", id="window-of-nothing"),
        pytest.param({"item": "A", "lot_to": "C9"}, "lot_to", id="range-of-nothing"),
        pytest.param({"supplier": "S", "since": "soon"}, "since", id="no-time"),
        pytest.param({"item": "A", "place": "P", "until": "x"}, "until", id="second-seed"),
        pytest.param({"item": "A", "transit_days": "-1"}, "transit_days", id="days"),
        pytest.param({"item": "A", "clock_tolerance": "x"}, "clock_tolerance", id="seconds"),
        pytest.param({"item": "A", "asof": "2026-03-02"}, "asof", id="mistyped-name"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(said: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        question(**said).query()

    assert [each.pointer for each in refused.value.refusals] == [f"/{field}"]
    assert refused.value.refusals[0].accepted


def test_every_field_of_a_question_is_in_the_form(client: TestClient) -> None:
    page = client.get("/recall")

    assert page.status_code == 200
    assert {f"{name}" for name in re.findall(r' id="f-(\w+)"', page.text)} == set(FIELDS)
    labelled = set(re.findall(r'<label for="f-(\w+)"', page.text))
    assert labelled == set(FIELDS) < NAMES


# -- the answer


def test_a_scope_says_what_is_affected_and_who_has_it(client: TestClient) -> None:
    page = client.get("/recall?item=urn:tracegraph:lot:RM-110:A")

    assert page.status_code == 200
    said = text_of(page.text)
    assert "3 items affected 3 lots, 0 serials; 3 certainly, 0 possibly" in said
    assert "2 consignees to reach without a contact: 1" in said
    assert "FG-9 2 0 0 600 each" in said, "one run's outputs are bounded together"
    assert "100 to 500 each" in said
    assert "FG-8 0 0 1 unproven items are not counted here" in said, "which is not zero"
    assert "NO CONTACT" in said
    assert said.index("CUST-13") < said.index("CUST-12"), "whom nobody can reach comes first"
    assert "Recall desk" in said
    assert {"tel:+0055501", "mailto:recall@example.com", "/orders/SO-771"} <= set(
        addresses(page.text)
    )
    assert "DN-5520" in said
    assert "120 each sent" in said


def test_gaps_are_things_to_do_and_unexplained_balances_stand_out(client: TestClient) -> None:
    page = client.get("/recall?item=urn:tracegraph:lot:RM-110:A")

    said = text_of(page.text)
    assert REMEDY["balance_negative"] in said
    assert REMEDY["consignee_unknown"] in said
    assert "balances unexplained: 2" in said
    assert '<td class="alarm">1,000</td>' in page.text, "C2 is overdrawn by 1,000"
    assert '<strong class="alarm">NO</strong>' in page.text


def test_names_cannot_make_markup(client: TestClient) -> None:
    for path in (
        "/recall?item=urn:tracegraph:lot:RM-110:A",
        "/recall?item=urn:tracegraph:lot:RM-110:A&part=sent",
        f"/recall?item={HOSTILE}",
        f"/recall?supplier=x&since={HOSTILE}",
        f"/recall?item=A&{HOSTILE}=1",
        f"/recall?item=urn:tracegraph:lot:RM-110:A&part=items&find={HOSTILE}",
    ):
        page = client.get(path)
        assert "<script>alert" not in page.text, path
        assert "&lt;script&gt;alert" in page.text, path


def test_a_chinese_page_says_the_same(client: TestClient) -> None:
    page = client.get("/recall?item=urn:tracegraph:lot:RM-110:A&lang=zh")

    said = text_of(page.text)
    assert 'lang="zh-Hans"' in page.text
    assert "3 件物品受影响" in said
    assert LANGUAGES["zh"]["remedy_balance_negative"] in said
    assert "无联系方式" in said
    kept = [link for link in addresses(page.text) if link.startswith("/recall")]
    assert [link for link in kept if "lang=zh" not in link] == [f"/recall?item={KEY}&lang=en"]


def test_remedies_are_those_of_the_library() -> None:
    english = LANGUAGES["en"]

    assert {rule: english[f"remedy_{rule}"] for rule in REMEDY} == REMEDY


def test_what_is_not_known_is_said_and_never_zero() -> None:
    history = [
        event("r", "receipt", "2026-03-01T08:00:00Z", place="P", items=[line("RM", "A", None)]),
        event("s", "shipment", "2026-03-02T08:00:00Z", place="P", party="C",
              items=[line("RM", "A", None)]),
    ]  # fmt: skip
    with served(history) as (here, _):
        page = here.get("/recall?item=A")

    said = text_of(page.text)
    assert "not recorded sent, not recorded still held; 0 or more each affected" in said
    assert "not known" in said, "completeness"
    assert "quantity unknown" in said


def test_nothing_affected_yet_says_why(client: TestClient) -> None:
    page = client.get("/recall?item=urn:tracegraph:lot:RM-110:A&known_at=1")

    assert page.status_code == 200
    assert 'role="alert" lang="en">' in page.text
    assert "8 events have been recorded since." in text_of(page.text)


def test_links_keep_to_what_was_recorded_by_then() -> None:
    with served(recall_history()) as (here, graph):
        first = here.get("/recall?item=urn:tracegraph:lot:RM-110:A")
        graph.capture(
            [event("s3", "shipment", "2026-03-11T08:00:00Z", place="SZ1", party="CUST-99",
                   items=[line("FG-9", "C1", "5")])]
        )  # fmt: skip
        (link,) = [a for a in addresses(first.text) if a.endswith("part=consignees")]

        before, now = here.get(link), here.get("/recall?item=urn:tracegraph:lot:RM-110:A")

    assert "CUST-99" not in before.text
    assert "CUST-99" in now.text


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_a_page_with_a_search(client: TestClient, part: str) -> None:
    path = f"/recall?item=urn:tracegraph:lot:RM-110:A&part={part}"

    every, none = client.get(path), client.get(f"{path}&find=nothing-of-the-kind")

    assert every.status_code == none.status_code == 200
    rows = every.text.partition("<tbody>")[2].count("<tr>")
    assert f"of {rows}; {rows} in all" in text_of(every.text)
    assert f"No row matches; {rows} in all." in text_of(none.text)
    assert "<caption" in every.text
    assert 'tabindex="0"' in every.text


def test_a_long_part_has_pages_and_a_filter_by_certainty() -> None:
    serials = [
        {"item": {"product": "FG", "serial": f"S{n:04d}"}, "quantity": "1", "unit": "each"}
        for n in range(450)
    ]
    history = [
        event("r", "receipt", "2026-03-01T08:00:00Z", place="P", items=[line("RM", "A", "9")]),
        event("m", "production", "2026-03-02T08:00:00Z", place="P", inputs=[line("RM", "A", "9")],
              outputs=serials),
    ]  # fmt: skip
    with served(history) as (here, _):
        brief = here.get("/recall?item=A")
        third = here.get("/recall?item=A&part=items&page=3")
        beyond = here.get("/recall?item=A&part=items&page=99")
        one = here.get("/recall?item=A&part=items&find=s0449")
        certain = here.get("/recall?item=A&part=items&certainty=certain")

    assert "451 items affected" in text_of(brief.text)
    assert "S0449" not in brief.text
    assert "Rows 401 to 451 of 451" in text_of(third.text)
    assert "S0449" in third.text
    assert "Rows 401 to 451 of 451" in text_of(beyond.text), "the last page there is"
    assert "Rows 1 to 1 of 1; 451 in all" in text_of(one.text)
    assert "possible</span>" not in certain.text.partition("<tbody>")[2]


def test_a_scope_is_reasoned_once_for_all_its_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[ScopeQuery] = []
    monkeypatch.setattr("api.kept_scopes.MOST_ITEMS", 1)  # less than this scope has
    with served(recall_history()) as (here, graph):
        reason = graph.ask

        def noted(query: ScopeQuery, **cuts: Any) -> Scope:
            asked.append(query)
            return reason(query, **cuts)

        monkeypatch.setattr(graph, "ask", noted)
        path = "/recall?item=urn:tracegraph:lot:RM-110:A"
        pages = [here.get(f"{path}{more}") for more in ("", "&part=items", "&part=gaps&find=x")]
        graph.capture([event("x", "receipt", "2026-03-01T08:00:00Z", place="P",
                             items=[line("RM-110", "A")])])  # fmt: skip
        later = here.get(path)

    assert {page.status_code for page in pages} == {200}
    assert len(asked) == 2, "once, and once more after something was recorded"
    assert "601 each" in text_of(later.text)


# -- what has no answer


def test_what_no_record_names_is_a_404_that_keeps_the_form(client: TestClient) -> None:
    for path in ("/recall?item=X-1", "/recall?supplier=X-1", "/recall?event=mes/X-1"):
        page = client.get(path)
        assert page.status_code == 404, path
        assert "X-1" in page.text
        assert "<form" in page.text


def test_a_bad_question_is_a_422_that_names_the_field(client: TestClient) -> None:
    page = client.get("/recall?item=A&as_of=soon&lang=zh")

    assert page.status_code == 422
    assert 'href="#f-as_of"' in page.text
    assert re.search(r'id="f-as_of"[^>]*value="soon"[^>]*aria-invalid="true"', page.text)
    assert "RFC 3339" in page.text
    assert "发生截至" in page.text


def test_a_number_of_several_items_lists_them_and_keeps_the_question() -> None:
    history = [
        event(str(n), "receipt", "2026-03-01T08:00:00Z", place="P", items=[line(product, "A")])
        for n, product in enumerate(("RM", "RX"))
    ]
    with served(history) as (here, _):
        several = here.get("/recall?item=A&exclude=urn:tracegraph:lot:RX:A&lang=zh")
        key = "urn%3Atracegraph%3Alot%3ARM%3AA"
        address = f"/recall?item={key}&exclude=urn%3Atracegraph%3Alot%3ARX%3AA&lang=zh"
        assert address in addresses(several.text)
        assert here.get(address).status_code == 200
        why = here.get("/recall/why?item=urn:tracegraph:lot:RM:A&of=A")
        chosen = next(a for a in addresses(why.text) if a.endswith("RX%3AA"))
        assert "never used" in here.get(chosen).text or here.get(chosen).status_code == 200


# -- why, files and twins


def test_why_shows_the_chain_of_events(client: TestClient) -> None:
    page = client.get(f"/recall/why?item=urn:tracegraph:lot:RM-110:A&of={C1}")

    said = text_of(page.text)
    assert page.status_code == 200
    assert said.index("urn:tracegraph:lot:RM-110:A") < said.index("production m1 mes")
    assert said.index("production m1 mes") < said.rindex(C1)
    assert "certain" in said
    assert "/events/mes/m1" in addresses(page.text)
    assert client.get("/events/mes/m1").status_code == 200


def test_why_out_says_the_reason_in_words(client: TestClient) -> None:
    path = "/recall/why?item=urn:tracegraph:lot:RM-110:A&of=urn:tracegraph:lot:RM-200:Z"

    english, chinese = client.get(path), client.get(f"{path}&lang=zh")

    assert "out : no record links it to what is bad" in text_of(english.text)
    assert LANGUAGES["zh"]["reason_unrelated"] in chinese.text


def test_why_of_nothing_is_a_422_and_of_an_unknown_item_a_404(client: TestClient) -> None:
    assert client.get("/recall/why?item=urn:tracegraph:lot:RM-110:A").status_code == 422
    assert client.get("/recall/why?item=urn:tracegraph:lot:RM-110:A&of=X-1").status_code == 404
    assert client.get("/recall/why.json?item=urn:tracegraph:lot:RM-110:A&of=X").status_code == 404
    assert client.get("/recall/export?item=X-1").status_code == 404


def test_an_exclusion_that_is_reached_all_the_same_is_said(client: TestClient) -> None:
    path = "/recall?item=urn:tracegraph:lot:RM-110:A"

    reached = client.get(f"{path}&exclude={C1}")
    apart = client.get(f"{path}&exclude=urn:tracegraph:lot:RM-200:Z")

    said = '<strong class="alarm">in the scope all the same</strong>'
    assert said in reached.text
    assert said not in apart.text
    assert "urn:tracegraph:lot:RM-200:Z" in apart.text


def test_the_twin_proves_its_hash_and_every_file_is_there(client: TestClient) -> None:
    page = client.get("/recall?item=urn:tracegraph:lot:RM-110:A")
    footer = page.text.split("<footer>")[1]

    (twin,) = addresses(footer)
    said = client.get(twin).json()
    hash = said.pop("hash")
    files = [link for link in addresses(page.text) if link.startswith("/recall/export")]

    assert hashlib.sha256(canonical(said)).hexdigest() == hash
    assert hash in page.text
    assert len(files) == 7 + 1
    for link in files:
        answer = client.get(link)
        assert answer.status_code == 200, link
        assert hash[:12] in answer.headers["content-disposition"]
        assert len(answer.content) > 100


def test_the_twin_of_why_says_the_same(client: TestClient) -> None:
    page = client.get(f"/recall/why?item=urn:tracegraph:lot:RM-110:A&of={C1}")

    (twin,) = addresses(page.text.split("<footer>")[1])

    said = orjson.loads(client.get(twin).content)
    assert (said["item"], said["verdict"]) == (C1, "certain")


# -- rows


def test_serials_that_a_lot_counts_are_not_counted_again() -> None:
    serial = "urn:tracegraph:serial:FG-9:1"
    both = scope(
        items=(affected(), affected(serial, lot=LOT)),
        positions=(position(), position(serial, quantity="1")),
        consignees=(consignee(sent(), sent(serial, lot=LOT, sent="1")),),
    )

    (row,) = where(both)
    (whom,) = PARTS["consignees"].rows(both)

    assert (row.total.items, str(row.total.quantity)) == (1, "380")
    assert str(whom.totals[0].quantity) == "120"


def test_a_sum_with_an_unknown_amount_is_not_whole() -> None:
    total = Sum()
    total.add("1.50")
    total.add(None)

    assert (str(total), total.whole, total.known) == ("1.5", False, True)


def test_gaps_that_are_mended_alike_are_one_thing_to_do() -> None:
    one = scope().gaps[0]
    (task,) = todo(scope(gaps=(one, one)))

    assert len(task.gaps) == 2


def test_each_missing_record_is_told_once_with_all_that_waits_for_it() -> None:
    def unproven(key: str, parent: str | None = None, event: str | None = None) -> Unproven:
        material = None if parent else "RM"
        return Unproven(key, "lot", "P", key, None, material, event, parent, "1", "each")

    one, two = "urn:tracegraph:event:mes:m1", "urn:tracegraph:event:mes:m2"
    chain = (unproven("c", "b"), unproven("b", "a"), unproven("a", event=one))

    assert lacks(scope(unproven=(*chain, unproven("d", event=two)))) == [
        Lack("RM", one, 3), Lack("RM", two, 1),
    ]  # fmt: skip


def test_what_is_unproven_is_told_beside_the_gaps_with_what_to_send() -> None:
    bill = [{"product": "RM", "quantity": "1", "unit": "kg"}]
    record = event("p1", "product", "2026-01-01T08:00:00Z", number="FG", bill_of_materials=bill)
    bought = event("r1", "receipt", "2026-01-02T08:00:00Z", place="SZ1", party="S",
                   items=[line("RM", "A", "9")])  # fmt: skip
    made = event("m1", "production", "2026-01-03T08:00:00Z", place="SZ1",
                 outputs=[line("FG", "1", "5")])  # fmt: skip
    with served([record, bought, made]) as (client, _):
        said = text_of(client.get("/recall?item=urn:tracegraph:lot:RM:A").text)

    assert "1 items unproven may be affected; records missing: 1" in said
    assert "Beside these, 1 items are unproven. Records missing: 1" in said
    assert "no record of RM at m1 mes . 1 of the items below wait for it." in said


def test_rows_are_found_in_whatever_letters() -> None:
    rows = PARTS["items"].rows(scope(items=(affected(), affected("urn:x", number="D2"))))

    assert len(found("items", rows, "fg-9", "")) == 2
    assert [row.number for row in found("items", rows, "d2", "")] == ["D2"]
    assert found("items", rows, "", "possible") == []
