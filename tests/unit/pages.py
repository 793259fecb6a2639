"""What tests of pages share: a small recall to look at, and a client that looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from fastapi.testclient import TestClient

import tracegraph
from api.app import create_app
from tracegraph.library import Tracegraph
from tracegraph.settings import Settings

HOSTILE = "<script>alert(1)</script>"


@contextmanager
def served(events: list[dict[str, Any]]) -> Iterator[tuple[TestClient, Tracegraph]]:
    """A client on this machine, and the graph in memory that it asks."""
    here = "127.0.0.1"  # without keys only this machine may ask
    with tracegraph.connect("sqlite:///:memory:") as graph:
        report = graph.capture(events)
        assert report.ok, report
        app = create_app(Settings(key_cache_seconds=0.0), graph)
        yield (
            TestClient(
                app, base_url=f"http://{here}", client=(here, 50000), follow_redirects=False
            ),
            graph,
        )


def text_of(page: str) -> str:
    """What a page says, as one line of text."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def addresses(page: str) -> list[str]:
    """Where the links of a page lead, in their order."""
    return [unescape(found) for found in re.findall(r'<a [^>]*?href="([^"]+)"', page)]


def line(product: str, lot: str, quantity: str | None = "1", **more: Any) -> dict[str, Any]:
    amount = {} if quantity is None else {"quantity": quantity, "unit": "each"}
    return {"item": {"product": product, "lot": lot}, **amount, **more}


def event(id: str, type: str, at: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "source": "mes", "type": type, "occurred_at": at, **fields}


def recall_history() -> list[dict[str, Any]]:
    """The worked case of the domain, with consignees: one with a contact, one without a record.

    Of FG-8 no record says which RM-110 went in, so it is unproven.
    """
    contact = {"name": "Recall desk", "email": "recall@example.com", "phone": "+00 555 01"}
    return [
        event("p1", "party", "2026-01-01T08:00:00Z", number="CUST-12", name=HOSTILE,
              contacts=[contact]),
        event("b1", "product", "2026-01-01T08:00:00Z", number="FG-8",
              bill_of_materials=[{"product": "RM-110", "quantity": "1", "unit": "each"}]),
        event("r1", "receipt", "2026-03-01T08:00:00Z", place="SZ1", party="SUP-1",
              items=[line("RM-110", "A", "600"), line("RM-110", "B", "400")]),
        event("r2", "receipt", "2026-03-01T09:00:00Z", place="SZ1", party="SUP-2",
              items=[line("RM-200", "Z", "5")]),
        event("m1", "production", "2026-03-02T09:00:00Z", place="SZ1", order="MO-1",
              inputs=[line("RM-110", "A", "600"), line("RM-110", "B", "400")],
              outputs=[line("FG-9", "C1", "500"), line("FG-9", "C2", "500")]),
        event("m2", "production", "2026-03-03T09:00:00Z", place="SZ1", order="MO-2",
              inputs=[line("RM-200", "Z", "5")], outputs=[line("FG-8", "E1", "5")]),
        event("s1", "shipment", "2026-03-09T08:00:00Z", place="SZ1", party="CUST-12",
              order="SO-771", documents=["DN-5520"], items=[line("FG-9", "C1", "120")]),
        event("s2", "shipment", "2026-03-10T08:00:00Z", place="SZ1", party="CUST-13",
              items=[line("FG-9", "C2", "1500")]),
    ]  # fmt: skip


def form_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form of a page that is sent to an address."""
    (found,) = re.findall(
        rf'<form[^>]* action="{re.escape(action)}[^"]*"[^>]*>(.*?)</form>', page, re.DOTALL
    )
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found)
    return {name: unescape(value) for name, value in hidden}


def posted(client: TestClient, address: str, fields: dict[str, str], **headers: str) -> Any:
    """A form as a browser of the service's own pages sends it, but for some headers."""
    here = str(client.base_url).rstrip("/")
    said = {"origin": here, "sec-fetch-site": "same-origin", **headers}
    return client.post(address, data=fields, headers={n: v for n, v in said.items() if v})


def signed_in(client: TestClient, token: str, target: str = "/recall") -> Any:
    """Sign a client in with a key; gives the answer."""
    form = form_of(client.get("/signin").text, "/signin")
    return posted(client, "/signin", {**form, "next": target, "key": token})
