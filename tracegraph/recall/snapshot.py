"""Snapshots: stored scopes, immutable, addressed by the hash of what they say.

A snapshot is a small document beside the parts of its answer, compressed. Only its status and
what its last review found ever change. An open one is a case: the gate refuses what its query
reaches, and a review tells when the query's answer has changed.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from tracegraph.model.canonical import canonical, digest
from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refusal, Refused, TracegraphError
from tracegraph.recall.answer import Scope, Snapshot
from tracegraph.recall.query import ScopeQuery, ScopeSeed
from tracegraph.store.port import Document, GraphStore, VersionConflict

KIND, PART = "snapshot", "snapshot-part"
_PART_BYTES = 512 * 1024  # of compressed content
_HASH_LENGTH = 64


class UnknownSnapshot(TracegraphError, LookupError):
    """No snapshot has this hash."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"No snapshot {text!r} is stored.")


class SnapshotDamaged(TracegraphError):
    """What is stored of a snapshot no longer has its hash."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A snapshot with the version of its document, and its answer as the JSON it was."""

    snapshot: Snapshot
    version: int
    checked: int  # the seq up to which its query was compared


def save(
    store: GraphStore,
    scope: Scope,
    *,
    name: str | None = None,
    status: Literal["open", "closed"] = "open",
) -> Snapshot:
    """Store a scope. Storing the same answer again changes nothing but name and status."""
    content = orjson.loads(orjson.dumps(scope))
    packed = zlib.compress(canonical(content), 6)
    parts = [packed[at : at + _PART_BYTES] for at in range(0, len(packed), _PART_BYTES)]
    for number, part in enumerate(parts):
        id_ = f"{scope.hash}/{number:06d}"
        if store.document(PART, id_) is None:
            body = {"data": base64.b64encode(part).decode()}
            _put_once(store, Document(PART, id_, 0, body))
    snapshot = Snapshot(
        id=scope.hash,
        hash=scope.hash,
        name=name,
        status=status,
        query=scope.query,
        as_of=scope.as_of,
        known_at=scope.known_at,
        rule=scope.rule,
        engine=store.engine,
        created_at=str(Instant.parse(datetime.now(UTC).isoformat())),
        items=len(scope.items),
        flag=None,
    )
    before = store.document(KIND, scope.hash)
    if before is not None:
        kept = _read(before).snapshot
        changed = _with(kept, name=name if name is not None else kept.name, status=status)
        _write(store, Stored(changed, before.version, before.body["checked"]), len(parts))
        return changed
    _write(store, Stored(snapshot, 0, scope.known_at), len(parts))
    return snapshot


def _put_once(store: GraphStore, document: Document) -> None:
    try:
        store.put_document(document)
    except VersionConflict:
        return  # another writer stored the very same part


def _with(snapshot: Snapshot, **changes: Any) -> Snapshot:
    values = {name: getattr(snapshot, name) for name in Snapshot.__dataclass_fields__}
    return Snapshot(**{**values, **changes})


def _write(store: GraphStore, stored: Stored, parts: int) -> None:
    body = orjson.loads(orjson.dumps(stored.snapshot))
    body |= {"checked": stored.checked, "parts": parts}
    store.put_document(Document(KIND, stored.snapshot.id, stored.version, body))


def _read(document: Document) -> Stored:
    body = dict(document.body)
    checked, _ = body.pop("checked"), body.pop("parts")
    body["query"] = read_stored_query(body["query"])
    return Stored(Snapshot(**body), document.version, checked)


def read_stored_query(body: dict[str, Any]) -> ScopeQuery:
    """A query from its JSON, as it was stored."""
    seeds = {key: tuple(ScopeSeed(**seed) for seed in body[key]) for key in ("seeds", "exclude")}
    return ScopeQuery(**{**body, **seeds})


def snapshots(store: GraphStore) -> list[Snapshot]:
    """All snapshots, the newest first."""
    found = [_read(document).snapshot for document in store.documents(KIND)]
    return sorted(found, key=lambda snapshot: (snapshot.created_at, snapshot.id), reverse=True)


def open_cases(store: GraphStore) -> list[Snapshot]:
    """The snapshots that are open, by id."""
    return open_among(store.documents(KIND))


def open_among(documents: Iterable[Document]) -> list[Snapshot]:
    """The open ones among documents of snapshots."""
    found = (_read(document).snapshot for document in documents)
    return [snapshot for snapshot in found if snapshot.status == "open"]


def find(store: GraphStore, text: str) -> Stored:
    """A snapshot by its hash, or by eight or more of its first digits. Raises UnknownSnapshot."""
    document = store.document(KIND, text) if len(text) == _HASH_LENGTH else None
    if document is None:
        short = text.lower()
        several = [d for d in store.documents(KIND) if d.id.startswith(short)]
        least = 8
        if len(short) < least or not several:
            raise UnknownSnapshot(text)
        if len(several) > 1:
            accepted = "more of its digits"
            raise Refused((Refusal("/id", "ambiguous", f"{text} begins several.", accepted),))
        document = several[0]
    return _read(document)


def content(store: GraphStore, snapshot: Snapshot) -> dict[str, Any]:
    """What a snapshot says, checked against its hash. Raises SnapshotDamaged."""
    packed = b"".join(_parts(store, snapshot.id))
    try:
        found: dict[str, Any] = orjson.loads(zlib.decompress(packed))
    except (zlib.error, orjson.JSONDecodeError) as error:
        raise SnapshotDamaged(f"Snapshot {snapshot.id} cannot be read.") from error

    said = {key: value for key, value in found.items() if key != "hash"}
    if digest(said) != snapshot.hash:
        raise SnapshotDamaged(f"Snapshot {snapshot.id} no longer has its hash.")
    return found


def _parts(store: GraphStore, id_: str) -> Iterator[bytes]:
    number = 0
    while (part := store.document(PART, f"{id_}/{number:06d}")) is not None:
        yield base64.b64decode(part.body["data"])
        number += 1


def set_status(store: GraphStore, text: str, status: Literal["open", "closed"]) -> Snapshot:
    """Open or close a snapshot as a case. Raises UnknownSnapshot, VersionConflict."""
    stored = find(store, text)
    changed = _with(stored.snapshot, status=status)
    parts = _count(store, stored.snapshot.id)
    _write(store, Stored(changed, stored.version, stored.checked), parts)
    return changed


def flag(store: GraphStore, stored: Stored, newer: str | None, checked: int) -> Snapshot:
    """Note what a review up to `checked` found: the newer answer's hash, None for no change."""
    changed = _with(stored.snapshot, flag=newer)
    parts = _count(store, stored.snapshot.id)
    _write(store, Stored(changed, stored.version, checked), parts)
    return changed


def _count(store: GraphStore, id_: str) -> int:
    document = store.document(KIND, id_)
    return 0 if document is None else int(document.body["parts"])
