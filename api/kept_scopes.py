"""Stored scopes that were read lately. They never change, so what is kept is never wrong."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from tracegraph.library import Tracegraph
from tracegraph.recall.answer import Scope

MOST_ITEMS = 50_000  # in all that is kept, at about four kilobytes an item with what is told of it


@dataclass
class KeptScopes:
    """Reading page after page of a scope takes it from the store once."""

    _lock: Lock = field(default_factory=Lock)
    _scopes: OrderedDict[str, Scope] = field(default_factory=OrderedDict)

    def read(self, graph: Tracegraph, id: str) -> Scope:
        """The scope of a snapshot, by its whole hash. Raises what `stored_scope` does."""
        with self._lock:
            if id in self._scopes:
                self._scopes.move_to_end(id)
                return self._scopes[id]
        found = graph.stored_scope(id)
        with self._lock:
            self._scopes[id] = found
            while sum(len(scope.items) for scope in self._scopes.values()) > MOST_ITEMS:
                self._scopes.popitem(last=False)
        return found
