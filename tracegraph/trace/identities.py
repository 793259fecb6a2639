"""Identities of products, kept between questions as long as product records stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from tracegraph.store.port import GraphStore
from tracegraph.trace.lookup import Identities


@dataclass
class KeptIdentities:
    """The identities that were looked up in a store, for questions at its head."""

    store: GraphStore
    _lock: Lock = field(default_factory=Lock)
    _known: int = -1
    _found: Identities = field(default_factory=dict)

    def at(self, known: int) -> Identities | None:
        """Those that stand at a cut, to be added to; None for one before what was asked last.

        Reads which records of products came since, and begins anew where one did, or a void.
        """
        with self._lock:
            if known < self._known:
                return None
            if -1 < self._known < known and self.store.of_types(
                ("product", "void"), known=known, after=self._known
            ):
                self._found = {}
            self._known = known
            return self._found
