"""Signing in with a key: who gets a session, what it opens, and what ends it."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
import structlog

from api import sessions
from api.pages import signin_router
from api.pages.signin_page import here
from api.pages.visitor import FORM
from api.sessions import COOKIE as SESSION
from api.sessions import Sessions
from tests.unit.pages import addresses, form_of, posted, recall_history, served, signed_in, text_of
from tracegraph.keys import create_key, revoke_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.testclient import TestClient

    from tracegraph.library import Tracegraph

Service = tuple["TestClient", "Tracegraph"]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(signin_router, "FAILED_SECONDS", 0.0)
    with served(recall_history()) as found:
        yield found


@pytest.fixture
def client(service: Service) -> TestClient:
    return service[0]


@pytest.fixture
def token(service: Service) -> str:
    """A reader's key; from here on every caller needs one."""
    return create_key(service[1].store, name="Recall desk")[1]


def test_a_key_opens_a_session_that_reads_the_pages(client: TestClient, token: str) -> None:
    assert client.get("/recall").status_code == 401

    answer = signed_in(client, token, "/recall?item=A&lang=zh")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/recall?item=A&lang=zh"
    page = client.get("/recall")
    assert page.status_code == 200
    assert "Recall desk" in text_of(page.text)


LOOKING = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}  # as browsers say


@pytest.mark.parametrize("path", ["/", "/recall?item=A&lang=zh", "/records", "/orders/SO%2F1"])
def test_who_opens_a_page_is_led_to_the_form_and_back(
    client: TestClient, token: str, path: str
) -> None:
    led = client.get(path, headers={**LOOKING, "sec-fetch-site": "none"})

    assert led.status_code == 303
    assert "www-authenticate" not in led.headers, "else browsers ask for a password by themselves"
    form = client.get(led.headers["location"], headers=LOOKING)
    fields = form_of(form.text, "/signin")
    answer = posted(client, "/signin", {**fields, "key": token})
    assert answer.headers["location"] == path
    assert ("lang=zh" in path) == ('lang="zh-Hans"' in form.text.partition("<head>")[0])


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_from_elsewhere_reaches_who_is_signed_in(
    client: TestClient, token: str, site: str
) -> None:
    """No cookie comes with such a link, so the page it gets leads on by itself, with the cookie."""
    led = client.get("/recall?item=A", headers={**LOOKING, "sec-fetch-site": site})
    assert led.status_code == 200
    (found,) = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', led.text)
    onward = unescape(found)
    assert onward in addresses(led.text), "for browsers that are told not to refresh"
    assert client.get(onward, headers=LOOKING).status_code == 200, "the form"

    signed_in(client, token)

    assert client.get(onward, headers=LOOKING).headers["location"] == "/recall?item=A"


@pytest.mark.parametrize(
    "headers", [{}, {"accept": "application/json"}, {"accept": "image/svg+xml"}]
)
def test_programs_are_told_that_a_key_is_missing(
    client: TestClient, token: str, headers: dict[str, str]
) -> None:
    answer = client.get("/records", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert client.get("/records", auth=("any", token), headers=LOOKING).status_code == 200
    wrong = client.get("/records", auth=("any", "tg_wrong"), headers=LOOKING)
    assert wrong.status_code == 401, "a form would not say that the password was wrong"


def test_the_form_loads_what_it_needs_before_anyone_is_signed_in(
    client: TestClient, token: str
) -> None:
    page = client.get("/signin")

    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    assert loaded
    for asset in loaded:
        assert client.get(asset).status_code == 200, "else browsers ask for a password"


def test_the_cookie_is_of_this_origin_alone_and_holds_no_key(
    client: TestClient, token: str
) -> None:
    answer = signed_in(client, token)

    (cookie,) = answer.headers.get_list("set-cookie")
    name, *attributes = cookie.split("; ")
    assert name.startswith(f"{SESSION}=")
    assert sorted(attributes) == ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=strict"]
    assert token not in cookie
    assert token[3:] not in cookie


@pytest.mark.parametrize("headers", [{"x-forwarded-proto": "https"}], ids=["proxy"])
def test_by_https_cookies_are_secure(
    client: TestClient, token: str, headers: dict[str, str]
) -> None:
    page = client.get("/signin", headers=headers)
    assert "Secure" in page.headers["set-cookie"]
    cookie = page.headers["set-cookie"].partition(";")[0]

    fields = {**form_of(page.text, "/signin"), "key": token}
    https = {"origin": "https://127.0.0.1", "cookie": cookie, **headers}
    answer = posted(client, "/signin", fields, **https)
    plain = posted(client, "/signin", fields, **https | {"origin": "http://127.0.0.1"})

    assert "Secure" in answer.headers["set-cookie"]
    assert plain.status_code == 403


def test_a_session_opens_the_pages_and_not_the_interface(service: Service, token: str) -> None:
    client, graph = service
    case = graph.save_scope(graph.scope("urn:tracegraph:lot:RM-110:A")).id
    signed_in(client, token)

    links = addresses(client.get(f"/recall/scopes/{case}").text)
    files = [link for link in links if "/export?" in link]
    assert len(files) == 7
    for link in files:
        assert client.get(link).status_code == 200, link
    assert client.get("/recall/scopes/0/export").status_code == 404
    assert client.get("/v1/items").status_code == 401
    assert client.get("/epcis/events").status_code == 401
    assert client.post("/v1/scopes", json={"seeds": ["A"], "save": False}).status_code == 401


@pytest.mark.parametrize("wrong", ["", "tg_unknown", "x" * 5000, "ключ", "revoked"])
def test_whatever_is_wrong_with_a_key_the_answer_is_the_same(
    service: Service, token: str, wrong: str
) -> None:
    client, graph = service
    if wrong == "revoked":
        key, wrong = create_key(graph.store, name="old")
        revoke_key(graph.store, key.id)

    answer = signed_in(client, wrong, "/")

    assert answer.status_code == 403
    assert SESSION not in client.cookies
    assert "This is no valid key. Check it, or ask for another." in text_of(answer.text)
    assert not wrong or wrong not in answer.text
    assert client.get("/recall").status_code == 401


def test_a_wrong_key_takes_its_time(
    client: TestClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(signin_router, "FAILED_SECONDS", 0.5)
    monkeypatch.setattr("api.pages.signin_router.asyncio.sleep", sleep)

    signed_in(client, "tg_unknown")
    signed_in(client, token)

    assert slept == [0.5]


def test_a_revoked_key_ends_its_sessions(service: Service) -> None:
    client, graph = service
    key, token = create_key(graph.store, name="k")
    signed_in(client, token)
    assert client.get("/recall?item=A").status_code == 200

    revoke_key(graph.store, key.id)  # the tests' ring remembers keys for no time

    answer = client.get("/recall?item=A", headers=LOOKING)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/signin?next=%2Frecall%3Fitem%3DA"
    assert SESSION not in client.cookies
    assert client.get("/recall").status_code == 401


def test_a_key_found_by_its_id_counts_for_some_seconds(service: Service) -> None:
    from api.key_ring import KeyRing

    _, graph = service
    key, _ = create_key(graph.store, name="k")
    lasting, fleeting = KeyRing(graph.store, seconds=60), KeyRing(graph.store, seconds=0)
    assert lasting.of_id(key.id) == fleeting.of_id(key.id) == key

    revoke_key(graph.store, key.id)

    assert lasting.of_id(key.id) == key
    assert fleeting.of_id(key.id) is None
    assert lasting.of_id("key-0") is None


def test_a_session_ends_when_it_is_signed_out(client: TestClient, token: str) -> None:
    signed_in(client, token)
    kept = client.cookies[SESSION]
    page = client.get("/records")

    answer = posted(client, "/signout", form_of(page.text, "/signout"))

    assert answer.headers["location"] == "/signin"
    assert SESSION not in client.cookies
    again = client.get("/records", headers={"cookie": f"{SESSION}={kept}"})
    assert again.status_code == 401, "who kept the cookie has nothing"


def test_signing_in_again_ends_the_session_before(client: TestClient, token: str) -> None:
    signed_in(client, token)
    first = client.cookies[SESSION]

    signed_in(client, token)

    assert client.cookies[SESSION] != first
    client.cookies.clear()
    assert client.get("/records", headers={"cookie": f"{SESSION}={first}"}).status_code == 401


def test_sessions_end_by_themselves_and_are_not_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("api.sessions.time.monotonic", lambda: now[0])
    monkeypatch.setattr(sessions, "MOST", 2)
    held = Sessions()
    ids = [held.start(f"key-{n}") for n in range(3)]

    assert [held.find(id) is not None for id in ids] == [False, True, True]
    now[0] = sessions.SECONDS
    assert held.find(ids[2]) is None


FOREIGN = [
    pytest.param({"origin": "https://evil.example"}, id="origin"),
    pytest.param({"origin": "http://127.0.0.1:8001"}, id="port"),
    pytest.param({"origin": "null"}, id="opaque"),
    pytest.param({"origin": "http://[bad"}, id="malformed"),
    pytest.param({"sec-fetch-site": "cross-site"}, id="cross-site"),
    pytest.param({"sec-fetch-site": "same-site"}, id="same-site"),
    pytest.param({"sec-fetch-site": "none"}, id="typed"),
    pytest.param({"origin": "", "sec-fetch-site": ""}, id="nothing-said"),
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_no_other_origin_signs_in_or_out(
    client: TestClient, token: str, headers: dict[str, str]
) -> None:
    fields = {**form_of(client.get("/signin").text, "/signin"), "key": token}
    refused = posted(client, "/signin", fields, **headers)
    assert refused.status_code == 403
    assert SESSION not in client.cookies

    signed_in(client, token)
    out = posted(client, "/signout", form_of(client.get("/records").text, "/signout"), **headers)

    assert out.status_code == 403
    assert "did not come from a page of this service" in text_of(out.text)
    assert client.get("/records").status_code == 200


@pytest.mark.parametrize("header", ["origin", "sec-fetch-site"])
def test_one_of_what_browsers_say_is_enough(client: TestClient, token: str, header: str) -> None:
    fields = {**form_of(client.get("/signin").text, "/signin"), "key": token}

    assert posted(client, "/signin", fields, **{header: ""}).status_code == 303


@pytest.mark.parametrize("form", [None, "", "x", "A" * 43], ids=["none", "empty", "x", "other"])
def test_a_form_without_its_secret_is_refused(
    client: TestClient, token: str, form: str | None
) -> None:
    fields = {**form_of(client.get("/signin").text, "/signin"), "key": token}
    own = {"lang": "en"} | ({"form": form} if form is not None else {})

    fields.pop("form")
    assert posted(client, "/signin", fields | own).status_code == 403
    assert SESSION not in client.cookies
    signed_in(client, token)
    assert posted(client, "/signout", own).status_code == 403
    assert client.get("/records").status_code == 200


def test_the_secret_of_a_session_is_its_own(client: TestClient, token: str) -> None:
    signed_in(client, token)
    other = form_of(client.get("/records").text, "/signout")
    signed_in(client, token)

    assert posted(client, "/signout", other).status_code == 403


def test_a_form_needs_the_cookie_that_it_was_made_with(client: TestClient, token: str) -> None:
    fields = {**form_of(client.get("/signin").text, "/signin"), "key": token}
    client.cookies.delete(FORM)

    assert posted(client, "/signin", fields).status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil",
        "/\t/evil.example", "/a\r\nset-cookie: x=y", "javascript:alert(1)", "/ü", "",
    ],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(client: TestClient, token: str, target: str) -> None:
    assert here(target) == "/"
    fields = {**form_of(client.get("/signin").text, "/signin"), "key": token, "next": target}

    assert posted(client, "/signin", fields).headers["location"] == "/"


def test_a_form_is_read_as_a_form(client: TestClient, token: str) -> None:
    said = {"origin": "http://127.0.0.1", "content-type": "text/plain"}

    assert client.post("/signin", content="key=x", headers=said).status_code == 415
    said["content-type"] = "application/x-www-form-urlencoded"
    assert client.post("/signin", content=b"key=%ff", headers=said).status_code == 400
    assert client.post("/signin", content=b"&a=" * 9000, headers=said).status_code == 400


def test_while_no_key_exists_nobody_signs_in(client: TestClient) -> None:
    page = client.get("/signin")

    assert page.status_code == 200
    assert "tracegraph keys create" in text_of(page.text)
    assert 'name="key"' not in page.text
    assert "/signin" not in addresses(client.get("/recall").text)


def test_no_key_gets_into_the_log(
    client: TestClient,
    token: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    lines = structlog.testing.LogCapture()
    monkeypatch.setattr(signin_router, "log", structlog.wrap_logger(None, processors=[lines]))
    signed_in(client, "tg_wrong-one")
    signed_in(client, token)

    said = repr(lines.entries) + caplog.text
    assert {"session.refused", "session.started"} <= {line["event"] for line in lines.entries}
    assert token not in said
    assert "wrong-one" not in said
