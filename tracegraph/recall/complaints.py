"""Complaints: from what a person names to items, and to the items they can be compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from tracegraph.model.instant import Instant
from tracegraph.model.key import Kind
from tracegraph.model.refusal import Refusal, Refused
from tracegraph.recall.material import ScopeTooLarge
from tracegraph.store.port import GraphStore, Search
from tracegraph.store.projection.rows import Flow, ItemRow
from tracegraph.trace.answer import UnknownEvent
from tracegraph.trace.instants import require_text
from tracegraph.trace.lookup import only, require_known, resolve
from tracegraph.trace.seeds import named_event

MOST_COMPLAINTS = 1_000
MOST_CONTROLS = 100_000
_PAGE = 5000


class Named(NamedTuple):
    """What complaints or controls came to, and the keys of those not yet met at the cut."""

    rows: dict[int, ItemRow]
    late: list[str]


def require_complaints(complaints: Sequence[str], controls: Sequence[str]) -> None:
    """Refuse a question that names no complaint, or too many things."""
    for name, given, low, most in (
        ("complaints", complaints, 1, MOST_COMPLAINTS),
        ("controls", controls, 0, MOST_CONTROLS),
    ):
        if not low <= len(given) <= most:
            accepted = f"{low} to {most} items or events"
            refusal = Refusal(f"/{name}", name, f"names {len(given)}.", accepted)
            raise Refused((refusal,))


def named(
    store: GraphStore, texts: Sequence[str], name: str, known: int, as_of: Instant | None
) -> Named:
    """The items that texts name: keys, scans, numbers, events, or numbers of complaints."""
    found, late = Named({}, []), list[str]()
    numbers: dict[str, list[int]] | None = None
    containers: set[int] = set()
    for place, text in enumerate(texts):
        require_text(f"{name}/{place}", text)
        rows: list[ItemRow]
        if items := resolve(store, text, known):
            rows = [only(items, text).row]
        else:
            seqs = _event(store, text, known)
            if not seqs:
                numbers = _complaints(store, known) if numbers is None else numbers
                seqs = numbers.get(text.strip(), [])
            if not seqs:
                late.append(require_known(store, text))
                continue
            rows = _of_events(store, seqs, known)
        containers |= {row.no for row in rows if row.kind == Kind.CONTAINER}
        found.rows.update((row.no, row) for row in rows if row.kind != Kind.CONTAINER)
    inside, waiting = set(containers), containers
    while waiting:
        waiting = set(store.held(waiting, known=known, as_of=as_of)) - inside
        inside |= waiting
    for no, row in store.items(inside - containers, known).items():
        if row.kind != Kind.CONTAINER:
            found.rows[no] = row
    return Named(found.rows, late)


def _event(store: GraphStore, text: str, known: int) -> list[int]:
    try:
        entry = named_event(store, text, known)
    except UnknownEvent:
        return []
    if entry.void is not None and entry.void <= known:
        raise UnknownEvent(f"{text} (voided)")
    return [entry.seq]


def _complaints(store: GraphStore, known: int) -> dict[str, list[int]]:
    """Standing complaints by their number."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for entry in store.of_types(("complaint",), known=known):
        number = orjson.loads(entry.body).get("number")
        if number:
            found[number].append(entry.seq)
    return dict(found)


def _of_events(store: GraphStore, seqs: Sequence[int], known: int) -> list[ItemRow]:
    """The items of events, those they made where they make any."""
    lines = store.lines_of_events(seqs, known)
    named = {i for i, flow in zip(lines.item, lines.flow, strict=True) if flow == Flow.OUT}
    if not named:
        named = {i for i, r in zip(lines.item, lines.role, strict=True) if r != "container"}
    return list(store.items(named, known).values())


def require_apart(bad: Named, good: Named) -> None:
    """Refuse controls that are complaints too."""
    both = sorted(row.key for no, row in bad.rows.items() if no in good.rows)
    if both:
        accepted = "items that are free of complaint"
        reason = f"names {both[0]}, which is a complaint too."
        raise Refused((Refusal("/controls", "controls", reason, accepted),))


def comparable(
    store: GraphStore, bad: Named, good: Named, known: int, budget: int
) -> dict[int, ItemRow]:
    """Items of the products of the complaints, of the same kind; none where controls are given."""
    found: dict[int, ItemRow] = {}
    if good.rows or good.late:
        return found
    wanted = {(row.product, row.kind) for row in bad.rows.values() if row.product is not None}
    for product, kind in sorted(wanted, key=str):
        after = 0
        while True:
            query = Search(product=product, kind=kind)
            page = store.search(query, known=known, after=after, limit=_PAGE)
            found.update((row.no, row) for row in page)
            if len(found) > budget:
                raise ScopeTooLarge(budget)
            if len(page) < _PAGE:
                break
            after = page[-1].no
    return found
