"""Keys of callers: who may use the service, as what, and for which sending system.

A token is shown once, when its key is made; only its SHA-256 is stored, as a document of kind
`key`. A key's id is the head of that hash, so a token leads to its document in one look-up.

    TracegraphError
    └── UnknownKey     no key has this id
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refusal, Refused, TracegraphError
from tracegraph.store.port import Document, GraphStore

Role = Literal["reader", "writer", "admin"]

ROLES: tuple[Role, ...] = get_args(Role)  # from least to most
KIND = "key"
PREFIX = "tg_"
MOST_TEXT = 200


class UnknownKey(TracegraphError, LookupError):
    """No key has this id."""

    def __init__(self, id: str) -> None:
        self.id = id
        super().__init__(f"No key has the id {id!r}.")


@dataclass(frozen=True, slots=True)
class Key:
    """A caller's key, without its secret.

    `role` is reader, writer (may send events) or admin; `source` is that of its events which
    name none. A revoked key stays listed, so that events it sent can be told from others'.
    """

    id: str
    name: str
    role: Role
    source: str | None
    created_at: str
    revoked_at: str | None = None


def create_key(
    store: GraphStore, *, name: str, role: str = "reader", source: str | None = None
) -> tuple[Key, str]:
    """Make a key; gives it and its token, which is not stored and cannot be had again.

    Raises Refused for an empty name, an unknown role or an empty source.
    """
    token = PREFIX + secrets.token_urlsafe(32)
    refusals = [*_text_faults("name", name)]
    if source is not None:
        refusals += _text_faults("source", source)
    if role not in ROLES:
        refusals.append(
            Refusal("/role", "role", f"{role!r} is no role.", "one of " + ", ".join(ROLES))
        )
    if refusals:
        raise Refused(tuple(refusals))
    hashed = _hash(token)
    body = {
        "name": name,
        "role": role,
        "source": source,
        "created_at": str(Instant.of(datetime.now(UTC))),
        "revoked_at": None,
        "hash": hashed,
    }
    return _key(store.put_document(Document(KIND, _id(hashed), 0, body))), token


def list_keys(store: GraphStore) -> tuple[Key, ...]:
    """All keys ever made, revoked ones included, by id."""
    return tuple(map(_key, store.documents(KIND)))


def revoke_key(store: GraphStore, id: str) -> Key:
    """Make a key's token worthless; one that is revoked already stays as it is.

    Raises UnknownKey, and VersionConflict when another writer changed it in between.
    """
    document = store.document(KIND, id)
    if document is None:
        raise UnknownKey(id)
    if document.body["revoked_at"] is None:
        body = {**document.body, "revoked_at": str(Instant.of(datetime.now(UTC)))}
        document = store.put_document(document._replace(body=body))
    return _key(document)


def authenticate(store: GraphStore, token: str) -> Key | None:
    """The key that a token belongs to; None for one that is unknown or revoked.

    Hashes are compared in constant time, so the time taken tells nothing of a stored one.
    """
    hashed = _hash(token)
    document = store.document(KIND, _id(hashed))
    if document is None or not hmac.compare_digest(hashed, str(document.body["hash"])):
        return None
    key = _key(document)
    return key if key.revoked_at is None else None


def standing_key(store: GraphStore, id: str) -> Key | None:
    """The key of an id; None where there is none, or it is revoked."""
    document = store.document(KIND, id)
    key = None if document is None else _key(document)
    return key if key is not None and key.revoked_at is None else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _id(hashed: str) -> str:
    return f"key-{hashed[:16]}"


def _key(document: Document) -> Key:
    body: dict[str, Any] = document.body
    return Key(
        id=document.id,
        name=body["name"],
        role=body["role"],
        source=body["source"],
        created_at=body["created_at"],
        revoked_at=body["revoked_at"],
    )


def _text_faults(field: str, text: str) -> list[Refusal]:
    if text.strip() == text and text.isprintable() and 0 < len(text) <= MOST_TEXT:
        return []
    accepted = f"1 to {MOST_TEXT} printable characters without blanks around them"
    return [Refusal(f"/{field}", field, "is empty, too long or not printable.", accepted)]
