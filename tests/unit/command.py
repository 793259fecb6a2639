"""The command as tests run it, on a store of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from typer import testing
from typer.testing import CliRunner, Result

from tracegraph.cli import app

AT = "2026-03-02T09:14:00Z"

# Each run would build all commands anew, which takes longer than most of them do.
_BUILD = "_get_command"
setattr(testing, _BUILD, cache(getattr(testing, _BUILD)))


@dataclass(frozen=True)
class Command:
    """`tracegraph`, run in this process; `dsn` is the store unless a test names another."""

    folder: Path

    @property
    def dsn(self) -> str:
        return f"sqlite:///{self.folder / 'store.db'}"

    def __call__(
        self, *words: str, input: str | bytes | None = None, exit_code: int = 0, store: str = ""
    ) -> Result:
        """Run it and demand an exit code; a traceback is never right."""
        environment = {"TRACEGRAPH_STORE": store or self.dsn}
        result = CliRunner().invoke(app, list(words), input=input, env=environment)
        assert result.exit_code == exit_code, (result.exit_code, result.output, result.exception)
        assert "\x1b" not in result.output, "no colour without a terminal"
        assert "Traceback" not in result.output
        return result

    def json(self, *words: str, exit_code: int = 0, input: str | bytes | None = None) -> Any:
        """Run it with --format json; what it says on stdout."""
        words = (*words, "--format", "json")
        return json.loads(self(*words, exit_code=exit_code, input=input).stdout)

    def file(self, name: str, *events: Any) -> str:
        """Write a file of events, a line each; text is written as it is."""
        path = self.folder / name
        lines = [each if isinstance(each, str) else json.dumps(each) for each in events]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return str(path)

    def load(self, *events: Any) -> None:
        """Import events that are good."""
        self("import", self.file("good.ndjson", *events))


def line(product: str, lot: str, quantity: str = "1") -> dict[str, Any]:
    return {"item": {"product": product, "lot": lot}, "quantity": quantity, "unit": "each"}


def event(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "source": "mes", "type": "production", "occurred_at": AT} | fields


def made(id: str, inputs: list[str], outputs: list[str], **fields: Any) -> dict[str, Any]:
    """A production of lots, each named `product:lot`."""
    return event(
        id,
        inputs=[line(*each.split(":")) for each in inputs],
        outputs=[line(*each.split(":")) for each in outputs],
        **fields,
    )


RECEIPT = event("r1", type="receipt", party="SUP-1", place="W", items=[line("RM", "A", "5")])
CHAIN = (
    RECEIPT,
    made("p1", ["RM:A"], ["SA:B"], order="MO-1", equipment=["M-1"], place="L1"),
    made("p2", ["SA:B"], ["FG:C"], place="L2"),
)


def key(product: str, lot: str) -> str:
    return f"urn:tracegraph:lot:{product}:{lot}"
