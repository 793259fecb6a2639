"""Digital Links of items: where they lead, and what is none."""

from __future__ import annotations

from urllib.parse import quote

import pytest

GTIN = "09506000134352"
LOT = f"https://id.gs1.org/01/{GTIN}/10/L7"
SLASHED = f"https://id.gs1.org/01/{GTIN}/10/C%2F1"
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def followed(client, path: str, **asked) -> str:
    answer = client.get(path, follow_redirects=False, **asked)
    assert answer.status_code == 307
    return str(answer.headers["location"])


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (f"/01/{GTIN}/10/L7", LOT),
        (f"/01/{GTIN}/10/C%2F1", SLASHED),
        (f"/01/{GTIN}/10/L7/21/S1", f"https://id.gs1.org/01/{GTIN}/21/S1"),
        (f"/01/{GTIN}/22/2A/10/L7?17=290131", LOT),
        ("/00/106141412345678908", "https://id.gs1.org/00/106141412345678908"),
    ],
)
def test_a_phone_is_led_to_the_page_of_the_item(client, path: str, key: str) -> None:
    assert followed(client, path, headers=BROWSER) == f"/items/{quote(key, safe='')}"


def test_a_program_is_led_to_the_answer(client) -> None:
    address = followed(client, f"/01/{GTIN}/10/C%2F1", headers={"accept": "application/json"})

    assert client.get(address).json()["key"] == SLASHED


def test_a_product_is_led_to_its_items(client) -> None:
    address = followed(client, f"/01/{GTIN}", headers={"accept": "application/json"})

    keys = [item["key"] for item in client.get(address).json()["items"]]
    assert sorted(keys) == sorted([SLASHED, LOT])
    assert followed(client, f"/01/{GTIN}", headers=BROWSER) == f"/?q={GTIN}"


@pytest.mark.parametrize("link_type", ["gs1:traceability", "https://ref.gs1.org/voc/traceability"])
def test_a_link_type_leads_to_the_genealogy(client, link_type: str) -> None:
    address = followed(client, f"/01/{GTIN}/10/L7", params={"linkType": link_type})

    assert client.get(address).json()["seeds"] == [LOT]


@pytest.mark.parametrize(
    "asked",
    [
        {"params": {"linkType": "linkset"}},
        {"params": {"linkType": "all"}},
        {"headers": {"accept": "application/linkset+json"}},
    ],
)
def test_all_links_are_a_linkset_whose_targets_are_there(client, asked) -> None:
    answer = client.get(f"/01/{GTIN}/10/L7", follow_redirects=False, **asked)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/linkset+json"
    (links,) = answer.json()["linkset"]
    assert links.pop("anchor") == LOT
    assert set(links) == {
        "https://ref.gs1.org/voc/defaultLink",
        "https://ref.gs1.org/voc/traceability",
    }
    for own in links.values():
        for link in own:
            found = client.get(link["href"])
            assert found.status_code == 200
            assert found.headers["content-type"].startswith(link["type"])
            assert f"<{link['href']}>" in answer.headers["link"]


@pytest.mark.parametrize(
    ("path", "status", "why"),
    [
        ("/01/09506000134353/10/L7", 400, "the check digit is wrong"),
        ("/01/9506000/10/L7", 400, "too few digits for a GTIN"),
        (f"/01/{GTIN}/10/L%207", 400, "a lot has no spaces"),
        (f"/01/{GTIN}/shop", 404, "no qualifier of a GTIN"),
        ("/00/106141412345678908/10/L7", 404, "a logistic unit has no lot"),
        (f"/01/{GTIN}/10/L7?linkType=gs1:recipeInfo", 404, "no such link is offered"),
    ],
)
def test_other_paths_are_problems(client, path: str, status: int, why: str) -> None:
    answer = client.get(path, follow_redirects=False)

    assert answer.status_code == status, why
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_resolver_says_what_it_takes(client) -> None:
    found = client.get("/.well-known/gs1resolver").json()

    assert found["supportedPrimaryKeys"] == ["01", "00"]


def test_head_is_answered_like_get(client) -> None:
    answer = client.head(f"/01/{GTIN}/10/L7", follow_redirects=False, headers=BROWSER)

    assert (answer.status_code, answer.content) == (307, b"")
