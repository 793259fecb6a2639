"""A reader in this process that follows the journal and answers closures from memory."""

from __future__ import annotations

import atexit
import threading
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

import numpy as np
import structlog

from tracegraph.model.instant import Instant
from tracegraph.store.adjacency.arrays import STANDS, Columns, Rows, longs
from tracegraph.store.adjacency.names import Names
from tracegraph.store.adjacency.walking import Cut, Scratch, Walked, items_of, walk
from tracegraph.store.levels import seed_nodes
from tracegraph.store.port import GraphStore, StoreError
from tracegraph.store.walker import Closure, Direction, Standing

_NEVER = 2**62  # later than any instant, in microseconds
_FAR = 5_000  # events behind, beyond which a question is left to the engine
_LEAST_DELTA = 100_000  # edges beside the base, beyond which all are put in order anew

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _View:
    """All edges and names up to a seq; each direction is a base and what has come since."""

    seq: int
    rebuilds: int
    rows: dict[Direction, tuple[Rows, Rows]]
    names: Names

    @property
    def edges(self) -> int:
        return sum(map(len, self.rows["forward"]))

    @property
    def nbytes(self) -> int:
        rows = sum(part.nbytes for parts in self.rows.values() for part in parts)
        return rows + self.names.nbytes


class Adjacency:
    """The walked edges of a store and the keys of its items; it holds `most_bytes` at most.

    It loads in a thread of its own, which then looks for news every `poll_seconds`. Answers are
    None while it cannot give them: while it loads, where the store is too large for it, and
    where it is far behind; the engine answers then. Every answer is what the engine would say at
    the same cut, in another order. It takes about twice as much while it loads. Safe for many
    threads.
    """

    def __init__(self, store: GraphStore, *, most_bytes: int, poll_seconds: float = 1.0) -> None:
        self._store = store
        self._most = most_bytes
        self._poll = poll_seconds
        self._view: _View | None = None
        self._state: Literal["loading", "ready", "too_large", "failed"] = "loading"
        self._following = threading.Lock()
        self._scratch: list[Scratch] = []
        self._stop = threading.Event()
        self._loaded = threading.Event()
        self._thread = threading.Thread(target=self._run, name="adjacency", daemon=True)

    def start(self) -> None:
        """Begin to load.

        The thread ends before the interpreter does, whether or not `close` was called: one that
        was stopped within a statement would keep the connection it was on locked for ever.
        """
        atexit.register(self.close)
        self._thread.start()

    def close(self) -> None:
        """Stop following, and let go of the memory."""
        atexit.unregister(self.close)
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._view = None

    def forget(self) -> None:
        """Let go of what it holds, which may no longer be what the store does, and load it anew."""
        with self._following:
            self._view, self._state = None, "loading"

    def wait(self, seconds: float) -> bool:
        """Wait until it is loaded, or cannot be; whether it is ready."""
        self._loaded.wait(seconds)
        return self._state == "ready"

    def standing(self) -> Standing:
        """How it is."""
        view = self._view
        if view is None:
            return Standing(self._state, 0, 0, 0)
        return Standing(self._state, view.seq, view.edges, view.nbytes)

    def walk(
        self,
        seeds: Collection[int],
        direction: Direction,
        *,
        known: int,
        as_of: Instant | None,
        max_depth: int | None,
        budget: int,
    ) -> tuple[list[int], int | None] | None:
        """The nodes reached from items, and the last whole depth where some were left out."""
        view = self._at(known)
        if view is None:
            return None
        cut = Cut(known, _micros(as_of))
        found = self._walked(view, seeds, direction, cut, max_depth, budget)
        return found.nodes.tolist(), found.complete_depth

    def closure(
        self,
        seeds: Collection[int],
        direction: Direction,
        *,
        known: int,
        as_of: Instant | None,
        budget: int,
    ) -> tuple[Closure | None] | None:
        """The items reached; (None,) where they are more than the budget."""
        view = self._at(known)
        if view is None:
            return None
        cut = Cut(known, _micros(as_of))
        found = self._walked(view, seeds, direction, cut, None, budget)
        if found.complete_depth is not None:
            return (None,)
        items, keys = view.names.at(items_of(found.nodes), known)
        return (Closure(items.tolist(), keys),)

    def _walked(
        self,
        view: _View,
        seeds: Collection[int],
        direction: Direction,
        cut: Cut,
        max_depth: int | None,
        budget: int,
    ) -> Walked:
        nodes = longs(list(seed_nodes(seeds)))
        try:
            scratch = self._scratch.pop()
        except IndexError:  # as many as there are searches at once
            scratch = Scratch()
        rows = view.rows[direction]
        found = walk(rows, nodes, cut, scratch, max_depth=max_depth, budget=budget)
        self._scratch.append(scratch)  # not after an error, which may leave marks
        return found

    # -- following the journal

    def _at(self, known: int) -> _View | None:
        view = self._view
        if view is None or known <= view.seq:
            return view
        if known - view.seq > _FAR:
            return None
        with self._following:
            view = self._view
            if view is not None and view.seq < known:
                view = self._view = self._followed(view)
                self._state = "loading" if view is None else self._state
            return view if view is not None and known <= view.seq else None

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._catch_up()
            except StoreError as error:  # it may be back at the next look
                log.warning("adjacency.failed", error=str(error))
            except Exception:
                self._state, self._view = "failed", None
                self._loaded.set()
                log.exception("adjacency.failed")
                return
            if self._state == "too_large":
                return
            self._stop.wait(self._poll)

    def _catch_up(self) -> None:
        with self._following:
            view = self._view
            behind = 0 if view is None else self._store.published().seq - view.seq
            if view is not None and view.rebuilds == self._store.rebuilds() and behind <= _FAR:
                self._view = self._followed(view) if behind else view
            else:  # to read all of it takes no longer
                self._view = None
            if self._view is not None and self._view.nbytes > self._most:
                self._too_large()
        if self._view is None and self._state != "too_large":
            self._load()

    def _load(self) -> None:
        """Read everything; answers are the engine's meanwhile."""
        self._state = "loading"
        rebuilds, seq = self._store.rebuilds(), self._store.published().seq
        parts, left = [], self._most
        for edges in self._store.edges():
            if self._stop.is_set():
                return
            columns = Columns.of(edges)
            parts.append(columns.only(columns.rec <= seq))
            left -= 40 * len(parts[-1].src)
            if left < 0:
                break
        called = takewhile(lambda _: not self._stop.is_set(), self._store.names())
        names = Names.of((row for row in called if row.rec <= seq), left)
        if self._stop.is_set():
            return
        if left < 0 or names is None:
            self._too_large()
        else:
            every = Columns.joined(parts)
            parts.clear()
            rows = {way: (base, _empty()) for way, base in _both(every, dense=True).items()}
            self._view = _View(seq, rebuilds, rows, names)
            self._state = "ready"
            log.info("adjacency.loaded", **self.standing()._asdict())
        self._loaded.set()

    def _too_large(self) -> None:
        self._view, self._state = None, "too_large"
        log.warning("adjacency.too_large", most_bytes=self._most)

    def _followed(self, view: _View) -> _View | None:
        """The view up to what is published now; None where all must be loaded anew."""
        until = self._store.published().seq
        if until <= view.seq:
            return view
        touched = self._store.touched(view.seq, until)
        if touched is None or self._store.rebuilds() != view.rebuilds:
            return None
        edges = Columns.of(self._store.edges_at(touched.nodes))
        edges = edges.only(edges.rec <= until)
        _void(view, edges)
        new = edges.only(edges.rec > view.seq)
        rows = {
            way: (base, Rows.of(Columns.joined((delta.columns(), own)), dense=False))
            for (way, (base, delta)), own in zip(
                view.rows.items(), (new, new.turned()), strict=True
            )
        }
        base, delta = rows["forward"]
        if len(delta) > max(_LEAST_DELTA, len(base) // 8):
            every = Columns.joined((base.columns(), delta.columns()))
            rows = {way: (whole, _empty()) for way, whole in _both(every, dense=True).items()}
        named = self._store.names(touched.items) if touched.items else ()
        return replace(view, seq=until, rows=rows, names=view.names.with_rows(named))


def _micros(as_of: Instant | None) -> int:
    return _NEVER if as_of is None else as_of.micros


def _both(edges: Columns, *, dense: bool) -> dict[Direction, Rows]:
    return {
        "forward": Rows.of(edges, dense=dense),
        "backward": Rows.of(edges.turned(), dense=dense),
    }


def _empty() -> Rows:
    return Rows.of(Columns.joined(()), dense=False)


def _void(view: _View, edges: Columns) -> None:
    """Write when edges of the view were voided since: after the last of those alike was."""
    last: defaultdict[tuple[int, int, int, int], int] = defaultdict(int)
    for src, dst, at, rec, void in zip(*(column.tolist() for column in edges), strict=True):
        if rec <= view.seq:
            last[src, dst, at, rec] = max(last[src, dst, at, rec], void)
    gone = {edge: void for edge, void in last.items() if view.seq < void < STANDS}
    if not gone:
        return
    columns = Columns(*np.array([(*edge, void) for edge, void in gone.items()], np.int64).T)
    for way, own in (("forward", columns), ("backward", columns.turned())):
        for rows in view.rows["forward" if way == "forward" else "backward"]:
            rows.write_void(own)
