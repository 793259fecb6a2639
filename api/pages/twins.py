"""The addresses of the API answers that hold what a page shows."""

from __future__ import annotations

from urllib.parse import quote

from api.pages.question import Question, with_query


def search(text: str) -> str:
    """Items by any text."""
    return with_query("/v1/items", [("text", text)] if text else [])


def item(key: str, question: Question) -> str:
    """The item itself."""
    return with_query(f"/v1/items/{quote(key, safe='')}", _cuts(question, "known_at"))


def genealogy(key: str, question: Question) -> str:
    """Its genealogy, under the same question."""
    way = [("direction", question.direction)]
    cuts = _cuts(question, "as_of", "known_at", "max_depth")
    return with_query(f"/v1/items/{quote(key, safe='')}/genealogy", way + cuts)


def history(key: str, question: Question) -> str:
    """Its history."""
    return with_query(f"/v1/items/{quote(key, safe='')}/history", _cuts(question, "known_at"))


def positions(key: str, question: Question) -> str:
    """Where its units are, under the same cuts."""
    return with_query("/v1/positions", [("item", key), *_cuts(question, "as_of", "known_at")])


def flow(key: str, question: Question) -> str:
    """Where its units came from and went, under the same cuts."""
    address = f"/v1/items/{quote(key, safe='')}/flow"
    return with_query(address, _cuts(question, "as_of", "known_at"))


def _cuts(question: Question, *names: str) -> list[tuple[str, str]]:
    values = {
        "as_of": question.as_of_instant,
        "known_at": question.known_at_cut,
        "max_depth": question.max_depth or None,
    }
    return [(name, str(values[name])) for name in names if values[name] is not None]
