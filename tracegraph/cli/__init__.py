"""The command `tracegraph`: what the library can do, from a shell.

| Exit code | Means |
|---|---|
| 0 | done |
| 1 | something in the data was wrong: rejects, conflicts, a projection that differs |
| 2 | the command was not used as it can be |
| 3 | the store cannot be reached, or does not fit this version |
| 4 | no record names the item, event, order, scope or key |
| 5 | several items are called so |
| 6 | the gate refuses |
"""

from __future__ import annotations

from tracegraph.cli.application import app, main

__all__ = ["app", "main"]
