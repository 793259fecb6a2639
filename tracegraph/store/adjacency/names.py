"""What items are called, in memory."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tracegraph.store.adjacency.arrays import STANDS, Ints, Longs
from tracegraph.store.walker import NameRow

_ROOM = 1024  # numbers beyond the last item, at least


@dataclass(slots=True)
class Names:
    """The key of each item by number, since when it has it, and what it was called before.

    New items are written in place, as nobody who reads at an earlier cut asks for them; who is
    called otherwise from now on is written into a copy.
    """

    keys: NDArray[np.object_]
    since: Ints
    earlier: dict[int, list[NameRow]] = field(default_factory=dict)
    nbytes: int = 0

    @classmethod
    def of(cls, rows: Iterable[NameRow], most_bytes: int) -> Names | None:
        """All names, None where they take more than so much memory. O(n)."""
        found = cls(np.empty(0, np.object_), np.empty(0, np.int32))
        for row in rows:
            if row.item >= len(found.keys):
                found._grow(row.item)
            found._add(row)
            if found.nbytes > most_bytes:
                return None
        return found

    def with_rows(self, rows: Iterable[NameRow]) -> Names:
        """The same with all names of some items anew."""
        versions: defaultdict[int, list[NameRow]] = defaultdict(list)
        for row in rows:
            versions[row.item].append(row)
        met = len(self.keys)
        known = {
            no for no in versions if no in self.earlier or (no < met and self.keys[no] is not None)
        }
        after = self
        if known or max(versions, default=-1) >= len(self.keys):
            after = Names(self.keys.copy(), self.since.copy(), dict(self.earlier), self.nbytes)
            after._grow(max(versions))
        for no, own in versions.items():
            after.keys[no], after.since[no] = None, STANDS
            after.earlier.pop(no, None)
            for row in own:
                after._add(row)
        return after

    def at(self, items: Longs, known: int) -> tuple[Longs, list[str]]:
        """Those of items that were met by then, and what they were called. O(items)."""
        items = items[items < len(self.keys)]
        late = np.flatnonzero(self.since[items] > known)
        keys = self.keys[items].tolist()
        for place in late.tolist():
            keys[place] = next(
                (
                    row.key
                    for row in self.earlier.get(int(items[place]), ())
                    if row.rec <= known < row.void
                ),
                None,
            )
        if None in keys:
            there = [place for place, key in enumerate(keys) if key is not None]
            return items[there], [keys[place] for place in there]
        return items, keys

    def _grow(self, item: int) -> None:
        more = item + 1 - len(self.keys)
        if more > 0:
            more += max(_ROOM, item // 8)
            self.keys = np.concatenate((self.keys, np.full(more, None, np.object_)))
            self.since = np.concatenate((self.since, np.full(more, STANDS, np.int32)))
            self.nbytes += 12 * more

    def _add(self, row: NameRow) -> None:
        self.nbytes += sys.getsizeof(row.key)
        if row.void < STANDS:
            self.earlier.setdefault(row.item, []).append(row)
        else:
            self.keys[row.item], self.since[row.item] = row.key, row.rec
