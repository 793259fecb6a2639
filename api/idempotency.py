"""Idempotency keys: the same request sent again gets the same answer.

Kept as documents of kind `idempotency`, one for each caller and key. The key is reserved before
the batch is captured, so that of two bodies under one key only the first acts. Capture itself is
idempotent by the ids of events, so a reservation whose request died may simply be used again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.problems import INVALID_PARAMETER, KEY_REUSED, Problem
from tracegraph.model.instant import Instant
from tracegraph.model.refusal import Refusal
from tracegraph.store.port import Document, GraphStore, StoreUnavailable, VersionConflict

HEADER = "Idempotency-Key"
REPLAYED = "idempotency-replayed"
KIND = "idempotency"
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_AT = "/header/idempotency-key"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it is kept and sent again."""

    status: int
    headers: dict[str, str]
    body: str


def request_hash(*parts: str | bytes) -> str:
    """What tells one request from another: the SHA-256 of its parts and their lengths."""
    found = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        found.update(len(data).to_bytes(8, "big") + data)
    return found.hexdigest()


class Reservation:
    """One caller's use of one key for one request.

    Raises Problem for a malformed key, and for a key that was used for another request.
    """

    def __init__(self, store: GraphStore, caller: str, key: str, request: str) -> None:
        if _KEY.fullmatch(key) is None:
            accepted = "1 to 255 visible ASCII characters, such as a UUID"
            refusal = Refusal(_AT, "idempotency_key", "It is not a key.", accepted)
            raise Problem(INVALID_PARAMETER, f"{HEADER} is not valid.", (refusal,))
        self._store = store
        self._request = request
        self._document = self._reserved(request_hash(caller, key))

    def kept(self) -> Kept | None:
        """The answer that this request had before, None where it had none."""
        answer: dict[str, Any] | None = self._document.body.get("answer")
        return None if answer is None else Kept(**answer)

    def keep(self, answer: Kept) -> None:
        """Keep the answer. Of two that come at once, the first is kept."""
        body = {
            **self._document.body,
            "answer": {"status": answer.status, "headers": answer.headers, "body": answer.body},
        }
        try:
            self._document = self._store.put_document(self._document._replace(body=body))
        except (VersionConflict, StoreUnavailable):
            return  # it is stored: sent again, it is answered as what was there already

    def _reserved(self, id: str) -> Document:
        found = self._store.document(KIND, id)
        if found is None:
            body = {"request": self._request, "at": str(Instant.of(datetime.now(UTC)))}
            try:
                return self._store.put_document(Document(KIND, id, 0, body))
            except VersionConflict:
                found = self._store.document(KIND, id)
        if found is None or found.body["request"] != self._request:
            refusal = Refusal(
                _AT,
                "idempotency_key",
                "It was used for another request.",
                "a new key for a new request",
            )
            raise Problem(KEY_REUSED, "Nothing was stored.", (refusal,))
        return found
