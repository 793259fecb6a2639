"""The directory: orders, documents and what master records describe, by number or by name.

What a person types is compared without regard to case, spaces and punctuation. Numbers that no
master record describes are known by the events that name them; of those, as of orders and
documents, the beginning must be typed, in capitals or as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from tracegraph.identify.folding import folded
from tracegraph.recall.master import Master, packages
from tracegraph.store.port import GraphStore

Kind = Literal["order", "party", "product", "place", "equipment", "document"]

KINDS: tuple[Kind, ...] = get_args(Kind)
_RECORDED: tuple[Kind, ...] = ("party", "product", "place", "equipment")


@dataclass(frozen=True, slots=True)
class Listing:
    """What bears a number, and its name where a master record says one.

    `exact` where the text that was looked for is the whole of the number or the name.
    """

    kind: Kind
    number: str
    name: str | None = None
    exact: bool = False


def directory(
    store: GraphStore, master: Master, text: str, *, known: int, limit: int
) -> tuple[Listing, ...]:
    """What is called as `text` says, the likeliest first; `limit` of each kind at most.

    First what is called just so, then what begins so, then what holds it. One exchange with the
    store; linear in the master records.
    """
    wanted = folded(text)
    if not wanted:
        return ()
    found: dict[tuple[Kind, str], tuple[int, Listing]] = {}
    for listing, known_as in _recorded(master):
        ranks = [rank for name in known_as if (rank := _rank(wanted, name)) is not None]
        if ranks:
            own = (listing.kind, listing.number)
            before = found.get(own)
            if before is None or min(ranks) < before[0]:
                found[own] = (min(ranks), listing)
    for prefix in dict.fromkeys((text.strip(), text.strip().upper())):
        for kind, number in store.completions(prefix, KINDS, known=known, limit=limit):
            rank = _rank(wanted, folded(number))
            listing = Listing(_kind(kind), number)
            found.setdefault((listing.kind, number), (1 if rank is None else rank, listing))
    return tuple(_best(found, limit))


def _best(found: Mapping[tuple[Kind, str], tuple[int, Listing]], limit: int) -> Iterator[Listing]:
    ordered = sorted(found.values(), key=lambda each: (each[0], each[1].number))
    left = dict.fromkeys(KINDS, limit)
    for rank, listing in ordered:
        if left[listing.kind]:
            left[listing.kind] -= 1
            yield replace(listing, exact=rank == 0)


def _recorded(master: Master) -> list[tuple[Listing, tuple[str, ...]]]:
    """What master records describe, by their latest, each with the folded texts it goes by."""
    kept = master.names_read
    if not kept:
        kept[:] = _read(master)
    return kept


def _read(master: Master) -> Iterator[tuple[Listing, tuple[str, ...]]]:
    for kind in _RECORDED:
        for number, records in master.records[kind].items():
            name = records[-1].sent.get("name")
            known_as = [number, *([name] if name else [])]
            listed = number
            if kind == "product":
                known_as += packages(records[-1].sent)
                listed = master.product(number)
            yield Listing(kind, listed, name), tuple(map(folded, known_as))


def _kind(text: str) -> Kind:
    return next(kind for kind in KINDS if kind == text)


def _rank(wanted: str, name: str) -> int | None:
    """0 where it is called so, 1 where it begins so, 2 where it holds it, None where it is not."""
    place = name.find(wanted)
    if place < 0:
        return None
    return 2 if place else int(len(name) > len(wanted))
