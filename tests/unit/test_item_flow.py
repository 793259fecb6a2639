"""The flow of an item's units on its page: what is said, drawn, listed, and where it leads."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from tests.unit.pages import HOSTILE, addresses, event, line, served, text_of

KEY = "urn:tracegraph:lot:RM-110:A"
PAGE = f"/items/{KEY}"


def history(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        event("r1", "receipt", "2026-03-01T08:00:00Z", place="SZ1", party="SUP-1",
              items=[line("RM-110", "A", "1600")]),
        event("m1", "production", "2026-03-02T09:00:00Z", place="SZ1",
              inputs=[line("RM-110", "A", "600")], outputs=[line("FG-9", "C1", "600")]),
        event("m2", "split", "2026-03-03T09:00:00Z", place="SZ1",
              inputs=[line("RM-110", "A", "100")],
              outputs=[line("RM-110", "A1", "50"), line("RM-110", "A2", "50")]),
        event("s1", "shipment", "2026-03-04T08:00:00Z", place="SZ1", party=HOSTILE,
              items=[line("RM-110", "A", "150")]),
        event("d1", "delivery", "2026-03-05T08:00:00Z", party=HOSTILE,
              items=[line("RM-110", "A", "150")]),
        event("x1", "scrap", "2026-03-06T08:00:00Z", place="SZ2", reason="cracked",
              items=[line("RM-110", "A", "7")]),
        *more,
    ]  # fmt: skip


def section(page: str) -> str:
    return page.split('aria-labelledby="flow"')[1].split("</section>", maxsplit=1)[0]


def figure(page: str) -> str:
    return section(page).split("<details")[0]


def table(page: str) -> list[list[str]]:
    """The rows of the table, side, how, name, quantity and events."""
    body = section(page).split("<tbody>")[1].split("</tbody>")[0]
    return [
        [text_of(cell) for cell in re.findall(r"<td.*?</td>", row)]
        for row in body.split("<tr>")[1:]
    ]


def test_the_figure_and_the_table_say_both_sides() -> None:
    with served(history()) as (client, _):
        page = client.get(PAGE).text
        chinese = client.get(f"{PAGE}?lang=zh").text

    assert table(page) == [
        ["From", "received", "SUP-1", "1,600 each", "r1 mes"],
        ["From", "overdrawn, available", "SZ2", "7 each", "x1 mes"],
        ["To", "on hand, available", "SZ1", "750 each", "r1 mes"],
        ["To", "delivered", HOSTILE, "150 each", "d1 mes"],
        ["To", "consumed into FG-9", "C1", "600 each", "m1 mes"],
        ["To", "consumed into RM-110", "A1, A2", "100 each", "m2 mes"],
        ["To", "destroyed", "x1", "7 each", "x1 mes"],
    ]
    said = text_of(figure(page))
    assert "both sides come to the same" in said
    assert "Overdrawn is what was taken from where it had not come to" in said
    assert "RM-110 A 1,607 each" in said
    for name in ("SUP-1 1,600 each · received", "C1 600 each · consumed into FG-9"):
        assert name in said
    assert 'role="group"' in figure(page)
    assert "<script>alert" not in page
    assert table(chinese)[0] == ["来自", "收货", "SUP-1", "1,600 each", "r1 mes"]
    assert "两侧合计相等" in text_of(figure(chinese))


def test_bands_lead_to_items_parties_places_and_events() -> None:
    with served(history()) as (client, _):
        page = client.get(f"{PAGE}?known_at=6&lang=en").text
        links = addresses(figure(page))

        assert links == [unescape(each) for each in [
            "/items?party=SUP-1&known_at=6&lang=en", "/items?place=SZ2&known_at=6&lang=en",
            "/items?place=SZ1&known_at=6&lang=en", links[3],
            "/items/urn%3Atracegraph%3Alot%3AFG-9%3AC1?known_at=6&lang=en",
            "/events/mes/m2?lang=en", "/events/mes/x1?lang=en",
        ]]  # fmt: skip
        assert links[3].startswith("/items?party=%3Cscript%3E")
        for link in links:
            assert client.get(link).status_code == 200, link


def test_the_flow_goes_by_the_cut_and_its_data_too() -> None:
    with served(history()) as (client, _):
        page = client.get(f"{PAGE}?as_of=2026-03-02").text
        (twin,) = [each for each in addresses(page) if each.endswith("/flow") or "/flow?" in each]
        data = client.get(twin).json()

    assert [row[2:4] for row in table(page)] == [
        ["SUP-1", "1,600 each"], ["SZ1", "1,000 each"], ["C1", "600 each"],
    ]  # fmt: skip
    assert "at the cut that was asked for" in text_of(figure(page))
    (measure,) = data["measures"]
    assert [stream["quantity"] for stream in measure["ends"]] == ["1000", "600"]
    assert (measure["total"], data["as_of"]) == ("1600", "2026-03-02T23:59:59.999999Z")


def test_what_is_not_drawn_is_said() -> None:
    weighed = {"item": {"product": "RM-110", "lot": "A"}, "quantity": "2.5", "unit": "kg"}
    more = history(
        event("r2", "receipt", "2026-03-07T08:00:00Z", place="SZ1", party="SUP-1", items=[weighed]),
        event("r3", "receipt", "2026-03-07T09:00:00Z", place="SZ1", party="SUP-1",
              items=[line("RM-110", "A", None)]),
    )  # fmt: skip
    with served(more) as (client, _):
        page = client.get(PAGE).text

    said = text_of(figure(page))
    assert "2.5 kg of it cannot be told in each" in said
    assert "not drawn: r3 mes" in said
    assert "2.5 kg · " not in said
    assert ["From", "received", "SUP-1", "2.5 kg", "r2 mes"] in table(page)


def test_where_there_is_nothing_to_show_there_is_no_section() -> None:
    unknown = event("r", "receipt", "2026-03-01T08:00:00Z", place="P", items=[line("A", "1", None)])
    with served([unknown]) as (client, _):
        page = client.get("/items/urn:tracegraph:lot:A:1").text

    assert 'id="flow"' not in page
    assert "#flow" not in page


def test_too_many_share_a_band_that_leads_to_the_table() -> None:
    sent = [
        event(f"s{n:03}", "shipment", "2026-03-04T08:00:00Z", place="SZ1", party=f"C-{n:03}",
              items=[line("RM-110", "A", str(n + 1))])
        for n in range(1, 301)
    ]  # fmt: skip
    with served([history()[0], *sent]) as (client, _):
        page = client.get(f"{PAGE}?as_of=2026-03-05").text

    drawn = figure(page)
    assert drawn.count('class="bar"') == 2 + 12
    assert "#flow-table" in addresses(drawn)
    assert 'id="flow-table"' in page
    assert re.search(r"\b289 more \S+ each · in transit", text_of(drawn)), text_of(drawn)
    assert len(table(page)) == 200
    assert "The first 200 of 302 rows" in text_of(section(page))
