"""What goes wrong, as an exit code and one sentence on what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from pydantic import ValidationError

from tracegraph.cli.output import complain
from tracegraph.keys import UnknownKey
from tracegraph.model.refusal import Refused, TracegraphError
from tracegraph.orders.answer import IllegalStep, UnknownOrder
from tracegraph.recall.material import ScopeTooLarge
from tracegraph.recall.snapshot import SnapshotDamaged, UnknownSnapshot
from tracegraph.store.port import (
    BatchTooLarge,
    ProjectionOutdated,
    StoreError,
    StoreOutdated,
    StoreUnavailable,
)
from tracegraph.trace.answer import AmbiguousItem, UnknownEvent, UnknownItem

DATA = 1
USAGE = 2
STORE = 3
UNKNOWN = 4
AMBIGUOUS = 5
REFUSED = 6  # by the gate; an answer, not a fault

# The first line that fits decides: an exit code, and what to do next.
FAULTS: tuple[tuple[type[TracegraphError], int, str], ...] = (
    (AmbiguousItem, AMBIGUOUS, "Name one of them by its key."),
    (UnknownItem, UNKNOWN, "Look for it with: tracegraph find TEXT"),
    (UnknownEvent, UNKNOWN, "See what was recorded with: tracegraph events"),
    (UnknownOrder, UNKNOWN, "See the orders with: tracegraph orders"),
    (UnknownSnapshot, UNKNOWN, "See the stored scopes with: tracegraph scopes"),
    (UnknownKey, UNKNOWN, "See the keys with: tracegraph keys list"),
    (IllegalStep, DATA, "Nothing was stored."),
    (ScopeTooLarge, DATA, "The option is --budget."),
    (SnapshotDamaged, DATA, "Ask its question again with: tracegraph scope"),
    (Refused, USAGE, "See --help."),
    (BatchTooLarge, STORE, "Send fewer events at once, or give the server more heap."),
    (ProjectionOutdated, STORE, "Run it once: tracegraph rebuild"),
    (StoreOutdated, STORE, "Use the version that made the store, or another store."),
    (StoreUnavailable, STORE, "Check --store or TRACEGRAPH_STORE and try again."),
    (StoreError, STORE, "Try again."),
    (TracegraphError, DATA, "Mend the data and try again."),
)

_PASSWORD = re.compile(r"(://[^:/@\s]*:)(?!password@)[^@/\s]*@")


def without_password(text: str) -> str:
    """A text whose DSNs keep their passwords to themselves.

    >>> without_password("neo4j://neo4j:secret@db:7687/main is away")
    'neo4j://neo4j:***@db:7687/main is away'
    """
    return _PASSWORD.sub(r"\1***@", text)


@contextmanager
def told() -> Iterator[None]:
    """Turn an error of the library into a sentence on stderr and an exit code."""
    try:
        yield
    except ValidationError as error:  # of the settings, the only thing validated outside Refused
        first = error.errors(include_url=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        fail(f"The environment variable TRACEGRAPH_{name} is not usable: {first['msg']}. Mend it.")
    except TracegraphError as error:
        for kind, code, remedy in FAULTS:
            if isinstance(error, kind):
                sentence = _said(error)
                # An error that names a command has said what to do.
                fail(sentence if "`tracegraph " in sentence else f"{sentence} {remedy}", code)
        raise


def fail(sentence: str, code: int = USAGE) -> NoReturn:
    """Say what is wrong, and what to do next, on stderr; end with an exit code."""
    complain(f"tracegraph: {without_password(sentence)}")
    raise typer.Exit(code)


def _said(error: TracegraphError) -> str:
    if not isinstance(error, Refused):
        text = str(error)
        return text if text.endswith(".") else f"{text}."
    return " ".join(
        f"{_option(refusal.pointer)} {refusal.detail} Accepted: {refusal.accepted}."
        for refusal in error.refusals
    )


def _option(pointer: str) -> str:
    """The option that a parameter of the library came from."""
    name = pointer.strip("/").replace("_", "-")
    return f"--{name}" if name and "/" not in name else pointer or "This"
