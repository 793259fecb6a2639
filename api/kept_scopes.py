"""Scopes that were read or asked for lately.

A stored scope never changes, and one that was asked for at a cut is the same whenever it is asked
again, as long as no rebuild has mended the rows that it was reasoned from.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock

from tracegraph.library import Tracegraph
from tracegraph.recall.answer import Scope
from tracegraph.recall.lineage import lineage
from tracegraph.recall.query import ScopeQuery
from tracegraph.trace.answer import Genealogy

MOST_ITEMS = 50_000  # in all that is kept, at about four kilobytes an item with what is told of it


@dataclass
class KeptScopes:
    """Reading page after page of a scope takes it from the store, or reasons it, once.

    The last one stays however large it is: each of its pages would take as much memory again,
    and minutes of reasoning.
    """

    _lock: Lock = field(default_factory=Lock)
    _scopes: OrderedDict[Hashable, Scope] = field(default_factory=OrderedDict)
    _running: dict[Hashable, Future[Scope]] = field(default_factory=dict)
    _lineage: tuple[Hashable, Genealogy] | None = None

    def read(self, graph: Tracegraph, id: str) -> Scope:
        """The scope of a snapshot, by its whole hash. Raises what `stored_scope` does."""
        return self._kept(id, lambda: graph.stored_scope(id))

    def ask(self, graph: Tracegraph, query: ScopeQuery, as_of: str | None, known: int) -> Scope:
        """The scope of a query up to a seq. Raises what `ask` does."""
        key = _asked(graph, query, as_of, known)
        return self._kept(key, lambda: graph.ask(query, as_of=as_of, known_at=known))

    def holds(self, graph: Tracegraph, query: ScopeQuery, as_of: str | None, known: int) -> bool:
        """Whether `ask` would answer at once."""
        key = _asked(graph, query, as_of, known)
        with self._lock:
            return key in self._scopes

    def lineage(self, graph: Tracegraph, scope: Scope) -> Genealogy:
        """The genealogy of what a scope says is affected; the last one is kept, for its figures."""
        key = (scope.hash, graph.store.rebuilds())
        kept = self._lineage
        if kept is None or kept[0] != key:
            kept = self._lineage = (key, lineage(graph.store, scope))
        return kept[1]

    def _kept(self, key: Hashable, find: Callable[[], Scope]) -> Scope:
        """What is kept under a key, else what `find` gives; who asks meanwhile waits for it."""
        with self._lock:
            if key in self._scopes:
                self._scopes.move_to_end(key)
                return self._scopes[key]
            others, own = self._running.get(key), Future[Scope]()
            if others is None:
                self._running[key] = own
        if others is not None:
            return others.result()
        try:
            own.set_result(find())
        except BaseException as error:
            own.set_exception(error)
        with self._lock:
            del self._running[key]
            if own.exception() is None:
                self._keep(key, own.result())
        return own.result()

    def _keep(self, key: Hashable, found: Scope) -> None:
        self._scopes[key] = found
        while len(self._scopes) > 1 and self._size() > MOST_ITEMS:
            self._scopes.popitem(last=False)

    def _size(self) -> int:
        return sum(len(scope.items) for scope in self._scopes.values())


def _asked(graph: Tracegraph, query: ScopeQuery, as_of: str | None, known: int) -> Hashable:
    return (query, as_of, known, graph.store.rebuilds())
