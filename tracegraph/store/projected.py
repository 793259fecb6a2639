"""The version of the projection that a store's rows were made by.

The same journal gives other rows once the projection changes, and rows of two versions side by
side would give answers that neither means. So a store says which version made its rows, and one
of an older version is not asked before it was rebuilt (docs/adr/0015).
"""

from __future__ import annotations

from tracegraph.store.port import (
    Document,
    GraphStore,
    ProjectionOutdated,
    StoreOutdated,
    VersionConflict,
)

# Raised whenever a journal gives other rows than before.
# 1: events mention products; a serial that is taken and given again leaves its lot.
# 2: scans of HIBC and ISBT 128 labels name what they name.
# 3: EPCIS events are found by what they say.
# 4: lots are found by what their suppliers call them.
VERSION = 4

KIND, ID = "projection", "rows"


def made_by(store: GraphStore) -> int:
    """The version that made a store's rows; 0 where it does not say."""
    found = store.document(KIND, ID)
    return 0 if found is None else int(found.body["version"])


def require(store: GraphStore) -> int:
    """The version, which is this program's. Raises ProjectionOutdated, or StoreOutdated."""
    version = made_by(store)
    if version > VERSION:
        raise StoreOutdated(f"Projection {version} of the store is newer than this program.")
    if version < VERSION:
        raise ProjectionOutdated(
            "What the store derived from its journal was made by an older version;"
            " run `tracegraph rebuild`."
        )
    return version


def set_out(store: GraphStore) -> None:
    """Mark a store that has no events yet: what it will hold is of this version."""
    if store.document(KIND, ID) is None and not store.published().seq:
        settle(store)


def settle(store: GraphStore) -> None:
    """Mark a store all rows of which were made by this version."""
    found = store.document(KIND, ID) or Document(KIND, ID, 0, {})
    if found.body.get("version") == VERSION:
        return
    try:
        store.put_document(found._replace(body={"version": VERSION}))
    except VersionConflict:  # somebody else came first, with the same to say
        require(store)
