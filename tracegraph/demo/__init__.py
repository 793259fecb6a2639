"""A made-up history of a device maker with three sites, to try tracegraph with.

    for event in history(Scale.SMALL, seed=1):
        ...

`sized(edges)` is a scale by the number of edges that its graph has. The same scale and seed give
the same events on any machine.
"""

from __future__ import annotations

from tracegraph.demo.history import history
from tracegraph.demo.plan import Scale, sized
from tracegraph.demo.story import STORY, Story

__all__ = ["STORY", "Scale", "Story", "history", "sized"]
