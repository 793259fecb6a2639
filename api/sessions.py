"""Sessions of people who signed in on the pages with a key.

They are held in memory alone: the end of the service signs everyone out, and what a browser
holds is a random number that opens nothing else. A session knows the id of its key, never the
key, and what that key may do is looked up anew at each request.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

COOKIE = "tracegraph_session"  # holds the id
SECONDS = 12 * 3600
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Session:
    """Someone who signed in. `form` is the secret that every form of the session carries."""

    key: str
    form: str
    until: float


class Sessions:
    """Sessions by their ids. Thread-safe; holds hashes of ids, never ids."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[bytes, Session] = OrderedDict()  # the first ends first

    def start(self, key: str) -> str:
        """Begin a session of a key; gives its id. Too many end the oldest."""
        id = secrets.token_urlsafe(32)
        session = Session(key, secrets.token_urlsafe(32), time.monotonic() + SECONDS)
        with self._lock:
            self._held[_hashed(id)] = session
            while len(self._held) > MOST:
                self._held.popitem(last=False)
        return id

    def find(self, id: str) -> Session | None:
        """The session of an id; None once it has ended."""
        hashed = _hashed(id)
        with self._lock:
            session = self._held.get(hashed)
            if session is not None and session.until <= time.monotonic():
                del self._held[hashed]
                return None
        return session

    def end(self, id: str) -> None:
        """End a session; nothing where there is none."""
        with self._lock:
            self._held.pop(_hashed(id), None)


def _hashed(id: str) -> bytes:
    return hashlib.sha256(id.encode("utf-8", "surrogatepass")).digest()
