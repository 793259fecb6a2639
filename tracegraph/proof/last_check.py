"""The last check of a store: when `verify` ran, up to where, and what it found."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass

from tracegraph.model.instant import Instant
from tracegraph.proof.verifying import Verification
from tracegraph.store.port import Document, GraphStore, StoreUnavailable, VersionConflict

KIND, ID = "proof", "verified"


@dataclass(frozen=True, slots=True)
class LastCheck:
    """When everything up to a seq was compared with the journal, and how many differences."""

    at: str
    known_at: int
    events: int
    closures: int
    differences: int


def keep(store: GraphStore, found: Verification, at: Instant) -> None:
    """Note what a verification found, beside the journal and outside the projection.

    A store that cannot be written is verified all the same, and nothing is noted.
    """
    check = LastCheck(str(at), found.known_at, found.events, found.closures, found.differences)
    before = store.document(KIND, ID) or Document(KIND, ID, 0, {})
    # Another check that ended at the same time is as good.
    with suppress(VersionConflict, StoreUnavailable):
        store.put_document(before._replace(body=asdict(check)))


def last_check(store: GraphStore) -> LastCheck | None:
    """What the last verification found; None where none was ever run."""
    found = store.document(KIND, ID)
    return None if found is None else LastCheck(**found.body)
