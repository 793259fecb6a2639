"""Where rejects go: NDJSON files beside the imported ones, or one file for all."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import IO, Self

import typer

from tracegraph.capture.importing import Reject
from tracegraph.cli.faults import fail
from tracegraph.cli.output import json_text

SUFFIX = ".rejects.ndjson"
STDIN = "-"


class Rejects:
    """The rejects files of one import, written as rejects come.

    A file appears with its first reject; one that an earlier import left is replaced, or
    removed when nothing is rejected this time.
    """

    def __init__(self, files: list[str], path: Path | None) -> None:
        self._one = path
        self._paths = {file: path or default_path(file) for file in files}
        self._open: dict[Path, IO[str]] = {}
        self._stack = ExitStack()

    @property
    def written(self) -> list[Path]:
        """The files that hold rejects."""
        return list(self._open)

    def __enter__(self) -> Self:
        """Start writing."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close what was written; remove what an earlier import left, unless this one failed."""
        self._stack.close()
        if error[0] is None:
            for path in set(self._paths.values()) - set(self._open):
                if path.is_file():
                    path.unlink()

    def write(self, reject: Reject) -> None:
        """Write one reject, as one line."""
        path = self._paths[reject.found.file]
        try:
            if path not in self._open:
                stream = path.open("w", encoding="utf-8", newline="\n")
                self._open[path] = self._stack.enter_context(stream)
            self._open[path].write(json_text(reject.as_json(), indent=False))
        except OSError as error:
            fail(f"Cannot write rejects to {path}: {error.strerror}. Name a file with --rejects.")


def default_path(file: str) -> Path:
    """Beside the file that is imported.

    >>> str(default_path("june.ndjson")), str(default_path("-"))
    ('june.ndjson.rejects.ndjson', 'stdin.rejects.ndjson')
    """
    return Path(("stdin" if file == STDIN else file) + SUFFIX)


def check_path(path: Path | None, files: list[Path]) -> None:
    """Refuse to write rejects over what is imported."""
    if path is not None and path.resolve() in {file.resolve() for file in files}:
        raise typer.BadParameter("is a file to import; name another.", param_hint="--rejects")
