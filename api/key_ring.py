"""The keys of callers, looked up at most every few seconds."""

from __future__ import annotations

import hashlib
import threading
import time
from typing import NamedTuple, TypeVar

from tracegraph.keys import KIND, Key, authenticate, standing_key
from tracegraph.store.port import GraphStore

MOST_CACHED = 1000

Name = TypeVar("Name", bytes, str)


class Standing(NamedTuple):
    """Whether callers need a key, and the one that a caller has."""

    locked: bool
    key: Key | None = None


class KeyRing:
    """Keys by their tokens. Thread-safe; holds hashes of tokens, never tokens.

    A key that was found counts for `seconds`, so a revocation acts within that time, and so does
    that there are none. Of a token that was not found the store is asked each time, so whoever
    has a new key can use it at once.
    """

    def __init__(self, store: GraphStore, *, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self._lock = threading.Lock()
        self._found: dict[bytes, tuple[float, Key]] = {}
        self._by_id: dict[str, tuple[float, Key]] = {}
        self._locked = False
        self._open_until = 0.0

    def locked(self) -> bool:
        """Whether any key was ever made; from then on every caller needs one. Asks the store."""
        if not self._locked:
            self._locked = bool(self._store.documents(KIND))
            self._open_until = time.monotonic() + self._seconds
        return self._locked

    def remembered(self, token: str | None) -> Standing | None:
        """What is known of a caller without asking the store; None where that must be asked."""
        now = time.monotonic()
        if token is None:
            return Standing(self._locked) if self._locked or now < self._open_until else None
        with self._lock:
            until, key = self._found.get(_hashed(token), (0.0, None))
        return Standing(True, key) if key is not None and now < until else None

    def of_id(self, id: str) -> Key | None:
        """The key of an id as it stands; None once it is revoked. Asks the store when due."""
        now = time.monotonic()
        with self._lock:
            until, key = self._by_id.get(id, (0.0, None))
        if key is not None and now < until:
            return key
        key = standing_key(self._store, id)
        self._keep(self._by_id, id, key)
        return key

    def ask(self, token: str | None) -> Standing:
        """What the store says of a caller."""
        locked = self.locked()
        if token is None or not locked:
            return Standing(locked)
        hashed = _hashed(token)
        key = authenticate(self._store, token)
        self._keep(self._found, hashed, key)
        return Standing(True, key)

    def _keep(self, kept: dict[Name, tuple[float, Key]], name: Name, key: Key | None) -> None:
        """Keep what the store said of a name, in bounds; nothing of one that is no key's."""
        with self._lock:
            kept.pop(name, None)
            if key is not None:
                if len(kept) >= MOST_CACHED:
                    kept.clear()
                kept[name] = (time.monotonic() + self._seconds, key)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
