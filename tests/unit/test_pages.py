"""Pages without a browser: words, addresses, the security policy, and what is served."""

from __future__ import annotations

import ast
import gzip
import re
from dataclasses import fields
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, get_args, get_type_hints
from urllib.parse import unquote, urlencode

import pytest
from fastapi.testclient import TestClient

import tracegraph
from api.app import create_app
from api.pages.assets import assets, content_security_policy, plotly_styles
from api.pages.case_page import STEPS as CASE_STEPS
from api.pages.complaint_page import FIELDS as COMPLAINT
from api.pages.correction_page import WAYS
from api.pages.event_page import FACTS as SAID
from api.pages.item_colours import STATES as COLOURED_STATES
from api.pages.item_flow import ENDS as FLOW_ENDS
from api.pages.item_flow import SOURCES as FLOW_SOURCES
from api.pages.item_page import FACTS
from api.pages.item_standing import PURPOSES
from api.pages.items_page import NARROWING
from api.pages.letters_page import ADDED
from api.pages.orders_page import FIELDS as ORDER_FIELDS
from api.pages.question import COLOURS, DIRECTIONS, Question
from api.pages.recall_question import FIELDS, RANGES
from api.pages.recall_rows import PARTS
from api.pages.render import moment
from api.pages.report_rows import FACTS as REPORTED
from api.pages.report_rows import NAMED
from api.pages.suspects_page import FIELDS as SUSPECT_FIELDS
from api.pages.words import LANGUAGES, Words, preferred
from tests.unit.contrast import contrast
from tests.unit.pages import served
from tracegraph.capture.report import Status
from tracegraph.keys import create_key
from tracegraph.library import SHAPES
from tracegraph.orders.state import KINDS as ORDER_KINDS
from tracegraph.orders.state import STATES, STEPS
from tracegraph.recall.answer import GATE_RULES, Balance, Change, Why
from tracegraph.recall.directory import KINDS as DIRECTORY_KINDS
from tracegraph.recall.gaps import REMEDY
from tracegraph.recall.ledger import (
    ADJUSTED,
    AVAILABLE,
    CONSUMED,
    DELIVERED,
    DESTROYED,
    HELD,
    QUARANTINE,
    RETURNED,
    TRANSIT,
    USED,
)
from tracegraph.recall.suspects import KINDS as SUSPECT_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAGES = Path(__file__).parents[2] / "api" / "pages"
GAP = re.compile(r"\{\w+\}")


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[tracegraph.Tracegraph]:
    with tracegraph.connect(f"sqlite:///{tmp_path}/pages.db") as graph:
        yield graph


@pytest.fixture
def client(graph: tracegraph.Tracegraph) -> Iterator[TestClient]:
    app = create_app(graph=graph)
    here = "127.0.0.1"  # without keys only this machine may ask
    with TestClient(
        app, base_url=f"http://{here}", client=(here, 50000), follow_redirects=False
    ) as client:
        yield client


def receipt(id: str, product: str, lot: str) -> dict[str, object]:
    return {
        "id": id, "source": "erp", "type": "receipt", "occurred_at": "2026-01-02T08:00:00Z",
        "place": "P1", "party": "S1",
        "items": [{"item": {"product": product, "lot": lot}, "quantity": "9", "unit": "kg"}],
    }  # fmt: skip


def test_every_language_has_the_same_words_with_the_same_gaps() -> None:
    english = LANGUAGES["en"]

    for language in LANGUAGES.values():
        assert language.keys() == english.keys()
        for key, text in language.items():
            assert sorted(GAP.findall(text)) == sorted(GAP.findall(english[key])), key


def test_every_code_that_the_documentation_lists_has_words() -> None:
    docs = PAGES.parents[1] / "docs"
    for page, codes in (("orders.md", OF_ORDERS), ("events.md", OF_RECORDS)):
        rows = re.findall(r"^\| (`.*?) \|", (docs / page).read_text(encoding="utf-8"), re.MULTILINE)
        listed = set(re.findall(r"`(\w+)`", " ".join(rows)))
        assert set(codes) <= listed, page


def test_every_state_has_a_colour() -> None:
    assert {state for state, _, _ in COLOURED_STATES} == set(GROUPS["state"])


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (PAGES / "templates").iterdir()]
    used = set(re.findall(r"\bt\('(\w+)'", " ".join(sources)))
    for path in PAGES.glob("*.py"):
        if path.name != "words.py":
            tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            used |= {
                node.args[0].value
                for node in tree
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "words"
                and isinstance(node.args[0], ast.Constant)
            }
    by_value = {"backward", "forward", "both", "this_language"}
    by_value |= {f"{group}_{name}".replace(" ", "_") for group, of in GROUPS.items() for name in of}

    assert used | by_value == LANGUAGES["en"].keys()


OTHER_FIELDS = ("certainty", "of", "name", "status", "reason")
BALANCE = [field.name for field in fields(Balance)][2:-1]
TABLES = ("figures", *PARTS)
OF_ORDERS = (
    "illegal_step", "kind_changed", "more_than_ordered", "not_ordered", "other_product",
    "unknown_line", "line_twice", "unknown_quantity", "inconvertible",
)  # fmt: skip
OF_RECORDS = (
    "no_origin", "two_suppliers", "kind_conflict", "void_unknown", "void_of_void",
    "replaces_unknown", "identifier", "contents_unproven", "container_cycle", "product_ambiguous",
)  # fmt: skip
GROUPS: dict[str, Iterable[str]] = {  # words that are chosen by what an answer says
    "role": ("input", "output", "item", "container"),
    "gap": REMEDY,
    "arrived": get_args(Status),
    "arrived_status": ("conflict", "refused"),
    "remedy": REMEDY,
    "certainty": get_args(get_type_hints(Why)["verdict"]),
    "reason": (
        "unrelated", "time_order", "recorded_allocation", "never_used", "voided_record",
        "seed_excluded",
    ),
    "export": SHAPES,
    "orders": ORDER_KINDS,
    "term": BALANCE,
    "part": (*TABLES, "asked", "exports"),
    "about": TABLES,
    "field": (*FIELDS, *ORDER_FIELDS, *SUSPECT_FIELDS, *OTHER_FIELDS, *NARROWING),
    "found": DIRECTORY_KINDS,
    "chart": ("orders", "time", "on_time", "cancelled", "nonconforming"),
    "lead": ("items", "orders", "recall", "supplier"),
    "orderstate": STATES,
    "step": STEPS,
    "anomaly": (*OF_ORDERS, *OF_RECORDS),
    "mend": OF_RECORDS,
    "hint": {*FIELDS, *SUSPECT_FIELDS} - {*RANGES, "as_of", "known_at"},
    "suspect": SUSPECT_KINDS,
    "storing": ("open", "closed"),
    "letters": (*ADDED, "have", "used", "passed", "signed"),
    "complaint": (*COMPLAINT, "status", "open", "closed", "title", "more", "does", "udi", "do"),
    "complaint_hint": ("occurred_at", "party", "correction", "reply"),
    "correct": (*WAYS, "done", "not"),
    "correcting": WAYS,
    "do": CASE_STEPS,
    "turned": ("origin", "form", "role"),
    "colour": ("none", *COLOURS),
    "coloured": (*COLOURS, "change"),
    "purpose": PURPOSES,
    "rule": GATE_RULES,
    "lift": GATE_RULES,
    "nothing": DIRECTIONS,
    "fact": FACTS,
    "said": {*SAID, *REPORTED},
    "named": (*NAMED, "certificate"),
    "signs": ("prepared", "reviewed", "approved"),
    "means": ("certain", "possible", "unproven"),
    "no_pdf": ("failed", "pango", "busy", "slow"),
    "no_pdf_of": ("report", "figure"),
    "no_pdf_else": ("report", "figure"),
    "came": FLOW_SOURCES,
    "went": FLOW_ENDS,
    "verdict": ("pass", "fail", "conditional"),
    "case": ("open", "closed"),
    "enforced": ("open", "closed"),
    "change": get_args(get_type_hints(Change)["kind"]),
    "holder": ("place", "party", "none"),
    "state": (
        AVAILABLE, QUARANTINE, HELD, "rejected", TRANSIT, DELIVERED, RETURNED, CONSUMED, DESTROYED,
        USED, ADJUSTED,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"),
    [
        pytest.param(None, "", "en", id="nothing"),
        pytest.param(None, "zh-CN,zh;q=0.9,en;q=0.8", "zh", id="chinese-browser"),
        pytest.param(None, "de-DE,de;q=0.9", "en", id="not-spoken"),
        pytest.param(None, "zh;q=0, en", "en", id="not-wanted"),
        pytest.param(None, "zh;q=x", "en", id="nonsense"),
        pytest.param("zh", "en", "zh", id="by-name"),
        pytest.param("xx", "zh", "zh", id="by-an-unknown-name"),
    ],
)
def test_the_language_is_the_one_asked_for(asked: str | None, accepted: str, expected: str) -> None:
    assert preferred(asked, accepted) == expected
    assert Words(expected).language == expected


def test_an_address_says_only_what_does_not_go_without_saying() -> None:
    question = Question(known_at="7", opened=frozenset({"b", "a"}), lang="zh")

    assert Question().address("urn:x:a/b") == "/items/urn%3Ax%3Aa%2Fb"
    assert question.address("k") == "/items/k?known_at=7&open=a&open=b&lang=zh"
    assert question.from_here("k") == "/items/k?known_at=7&lang=zh"


def test_a_day_means_all_of_it() -> None:
    question = Question(as_of="2026-03-02", known_at="2026-03-02")

    assert question.as_of_instant == "2026-03-02T23:59:59.999999Z"
    assert question.known_at_cut == "2026-03-02T23:59:59.999999Z"
    assert Question(known_at="12").known_at_cut == 12
    assert Question().as_of_instant is None


def test_instants_are_shown_in_utc() -> None:
    assert moment("2024-11-04T13:00:00+01:00") == "2024-11-04 12:00:00"
    assert moment(None) == ""


def test_the_policy_lets_through_two_styles_of_plotly_and_nothing_inline() -> None:
    policy = content_security_policy()

    styles = plotly_styles()
    assert len(styles) == 2
    assert styles[0] == ""
    assert "maplibregl" in styles[1]
    assert policy.count("'sha256-") == 2
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy


PAIRS = {  # WCAG 2.2: 1.4.3 for text, 1.4.11 for controls
    ("ink", "ground"): 7, ("ink", "raised"): 7, ("ink", "notice"): 7, ("ink", "seed"): 7,
    ("quiet", "ground"): 4.5, ("quiet", "raised"): 4.5, ("quiet", "seed"): 4.5,
    ("link", "ground"): 4.5, ("link", "raised"): 4.5, ("link", "seed"): 4.5,
    ("alarm", "ground"): 4.5, ("alarm", "raised"): 4.5, ("alarm", "notice"): 4.5,
    ("on-accent", "accent"): 4.5, ("control", "ground"): 3, ("accent", "ground"): 3,
}  # fmt: skip


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_pages_have_the_contrast_of_wcag_aa(theme: int) -> None:
    sheet = (PAGES / "static" / "page.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", sheet.split(":root")[theme + 1]))

    low = {pair: contrast(*map(colours.__getitem__, pair)) for pair in PAIRS}
    assert {pair for pair, ratio in low.items() if ratio < PAIRS[pair]} == set()


def test_assets_stand_at_addresses_that_name_their_content(client: TestClient) -> None:
    for asset in assets().values():
        answer = client.get(asset.address)
        assert answer.status_code == 200
        assert answer.content == asset.body == gzip.decompress(asset.compressed)
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]
    plain = client.get(assets()["page.js"].address, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert client.get("/static/0000000000000000/page.js").status_code == 404
    assert client.get("/static/0000000000000000/..%2frouter.py").status_code == 404


def test_an_empty_store_says_how_to_load_something(client: TestClient) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert "tracegraph demo" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_one_match_leads_to_its_page_and_keeps_the_language(
    client: TestClient, graph: tracegraph.Tracegraph
) -> None:
    graph.capture([receipt("1", "RM", "R-1")])

    answer = client.get("/", params={"q": " R-1 ", "lang": "zh"})

    assert answer.status_code == 303
    assert answer.headers["location"] == "/items/urn%3Atracegraph%3Alot%3ARM%3AR-1?lang=zh"


def test_several_matches_are_listed_and_none_says_what_to_try(
    client: TestClient, graph: tracegraph.Tracegraph
) -> None:
    graph.capture([receipt("1", "RM", "R-1"), receipt("2", "RX", "R-1")])

    several = client.get("/", params={"q": "R-1"})
    nothing = client.get("/", params={"q": "<script>alert(1)</script>"})

    assert several.status_code == 200
    assert several.text.count("urn%3Atracegraph%3Alot%3AR") == 2
    assert nothing.status_code == 404
    assert "What to try" in nothing.text
    assert "<script>alert" not in nothing.text


def test_an_unknown_item_is_a_404_that_says_what_to_try(client: TestClient) -> None:
    answer = client.get("/items/urn:nothing", headers={"accept-language": "zh"})

    assert answer.status_code == 404
    assert "可以尝试" in answer.text
    assert 'lang="zh-Hans"' in answer.text


@pytest.mark.parametrize(
    "query", ["max_depth=x", "max_depth=-1", "as_of=soon", "known_at=2026-13-45"]
)
def test_a_bad_question_says_what_is_wrong_and_keeps_the_form(
    client: TestClient, graph: tracegraph.Tracegraph, query: str
) -> None:
    graph.capture([receipt("1", "RM", "R-1")])
    value = query.partition("=")[2]

    answer = client.get(f"/items/urn:tracegraph:lot:RM:R-1?{query}")

    assert answer.status_code == 422
    assert f'value="{value}"' in answer.text
    assert "<form" in answer.text
    figure = client.get(f"/figures/genealogy.json?key=urn:tracegraph:lot:RM:R-1&{query}")
    assert figure.status_code == 422


def test_voided_entries_stay_visible_struck_through(
    client: TestClient, graph: tracegraph.Tracegraph
) -> None:
    void = {
        "id": "v", "source": "erp", "type": "void", "occurred_at": "2026-01-03T08:00:00Z",
        "voids": "1", "reason": "counted twice",
    }  # fmt: skip
    report = graph.capture([receipt("1", "RM", "R-1"), receipt("2", "RM", "R-1"), void])
    assert report.seq == 3, report

    page = client.get("/items/urn:tracegraph:lot:RM:R-1")

    assert page.status_code == 200
    (struck,) = re.findall(r"<strong>([^<]*)</strong> <s>(.*?)</s>", page.text, re.DOTALL)
    assert struck[0] == "voided by no. 3"
    assert "receipt" in struck[1]
    assert page.text.count('class="voided"') == 1


def test_a_number_with_a_slash_has_a_page(client: TestClient, graph: tracegraph.Tracegraph) -> None:
    graph.capture([receipt("1", "RM", "R/1?#")])

    found = client.get("/", params={"q": "R/1?#"})
    page = client.get(found.headers["location"])

    assert page.status_code == 200
    assert "<h1>R/1?#</h1>" in page.text
    (other,) = re.findall(r'class="language" href="([^"]+)"', page.text)
    assert "<h1>R/1?#</h1>" in client.get(unescape(other)).text


def test_what_was_not_yet_known_is_not_there(
    client: TestClient, graph: tracegraph.Tracegraph
) -> None:
    graph.capture([receipt("1", "RM", "R-1")])
    graph.capture([receipt("2", "RM", "R-2")])

    assert client.get("/items/urn:tracegraph:lot:RM:R-2?known_at=2").status_code == 200
    early = client.get("/items/urn:tracegraph:lot:RM:R-2?known_at=1")
    assert early.status_code == 404
    assert "clear it" in early.text


@pytest.mark.parametrize("lot", ["R-1", "R/1?#%2F"])
def test_every_page_leads_to_the_same_as_data(
    client: TestClient, graph: tracegraph.Tracegraph, lot: str
) -> None:
    graph.capture([receipt("1", "RM", lot), receipt("2", "RX", lot)])
    item = Question(known_at="2026-12-31", direction="both", max_depth="3").address(
        graph.find(lot, product="RM").items[0].key
    )

    for path in (item, f"/?{urlencode({'q': lot})}"):
        page = client.get(path)
        footer = page.text.split("<footer>")[1]
        links = [unescape(link) for link in re.findall(r'href="([^"]+)"', footer)]
        assert links
        for link in links:
            answer = client.get(link)
            assert answer.status_code == 200, (link, answer.text)
            assert lot in unquote(answer.text)


def test_a_long_table_has_pages(client: TestClient, graph: tracegraph.Tracegraph) -> None:
    inputs = [
        {"item": {"product": "RM", "lot": f"R-{n:04d}"}, "quantity": "1", "unit": "kg"}
        for n in range(600)
    ]
    made = {
        "id": "p", "source": "mes", "type": "production", "occurred_at": "2026-01-03T08:00:00Z",
        "place": "P1", "inputs": inputs,
        "outputs": [{"item": {"product": "FG", "lot": "F-1"}, "quantity": "1", "unit": "each"}],
    }  # fmt: skip
    graph.capture([made])

    first = client.get("/items/urn:tracegraph:lot:FG:F-1")
    second = client.get("/items/urn:tracegraph:lot:FG:F-1?page=2")

    assert "Items 1 to 500 of 601" in first.text
    assert "Items 501 to 601 of 601" in second.text
    assert "R-0599" not in first.text.split('id="items"')[1]
    assert "R-0599" in second.text.split('id="items"')[1]


def test_the_figure_is_served_as_json_with_a_tag(
    client: TestClient, graph: tracegraph.Tracegraph
) -> None:
    graph.capture([receipt("1", "RM", "R-1")])
    address = "/figures/genealogy.json?key=urn:tracegraph:lot:RM:R-1&theme=dark"

    answer = client.get(address)
    again = client.get(address, headers={"if-none-match": answer.headers["etag"]})

    assert answer.json()["layout"]["paper_bgcolor"] == "#14181d"
    assert again.status_code == 304
    assert client.get("/figures/genealogy.json?key=urn:none").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/recall", "/recall/export", "/recall/why", "/recall/why.json", "/recall/scopes",
     "/recall/scopes/0", "/recall/scopes/0/diff", "/orders", "/orders/1", "/orders/figures",
     "/records", "/suspects", "/suspects.json",
     "/recall/store", "/recall/scopes/0/change"],
)  # fmt: skip
def test_whoever_may_not_read_sees_no_page(path: str) -> None:
    with served([]) as (client, graph):
        _, token = create_key(graph.store, name="k")
        stranger, reader = client.get(path), client.get(path, auth=("any", token))

    assert stranger.status_code == 401
    assert stranger.headers["www-authenticate"].startswith("Bearer")
    assert reader.status_code in {200, 404, 422}
