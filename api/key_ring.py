"""The keys of callers, looked up at most every few seconds."""

from __future__ import annotations

import hashlib
import threading
import time

from tracegraph.keys import KIND, Key, authenticate
from tracegraph.store.port import GraphStore

MOST_CACHED = 1000


class KeyRing:
    """Keys by their tokens. Thread-safe; holds hashes of tokens, never tokens.

    A key that was found counts for `seconds`, so a revocation acts within that time. What was
    not found is asked again each time, so a new key acts at once.
    """

    def __init__(self, store: GraphStore, *, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self._lock = threading.Lock()
        self._found: dict[bytes, tuple[float, Key]] = {}
        self._locked = False

    def locked(self) -> bool:
        """Whether any key was ever made; from then on every caller needs one."""
        if not self._locked:
            self._locked = bool(self._store.documents(KIND))
        return self._locked

    def find(self, token: str) -> Key | None:
        """The key of a token, None where it is unknown or revoked."""
        hashed = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        now = time.monotonic()
        with self._lock:
            until, key = self._found.get(hashed, (0.0, None))
            if key is not None and now < until:
                return key
        key = authenticate(self._store, token)
        with self._lock:
            self._found.pop(hashed, None)
            if key is not None:
                if len(self._found) >= MOST_CACHED:
                    self._found.clear()
                self._found[hashed] = (now + self._seconds, key)
        return key
