"""`tracegraph import`: what is stored, what is rejected and where that is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.command import CHAIN, RECEIPT, Command, event

GOOD = [event(str(n), type="place", number=f"P{n}") for n in range(5)]
BAD = event("bad", type="place", number=7)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(tmp_path)


def journal(command: Command) -> list[str]:
    return [each["id"] for each in command.json("events")["events"]]


def rejects(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_importing_twice_changes_nothing(command: Command) -> None:
    file = command.file("in.ndjson", *GOOD)
    first = command.json("import", file)
    before = command("events", "--format", "json").stdout

    second = command.json("import", file)

    assert (first["stored"], first["duplicates"]) == (5, 0)
    assert (second["stored"], second["duplicates"]) == (0, 5)
    assert command("events", "--format", "json").stdout == before
    assert not list(command.folder.glob("*.rejects.ndjson"))


def test_the_bad_are_told_and_the_good_are_stored(command: Command) -> None:
    twice = GOOD[0] | {"name": "other"}
    file = command.file("in.ndjson", *GOOD, BAD, '{"id": ', twice)

    result = command("import", file, exit_code=1)

    assert journal(command) == ["0", "1", "2", "3", "4"]
    assert "5 events stored" in result.stdout
    assert "2 refused" in result.stdout
    assert "in.ndjson.rejects.ndjson" in result.stderr
    told = rejects(Path(f"{file}.rejects.ndjson"))
    for each in told:
        assert {"file", "line", "pointer", "rule", "detail", "accepted", "raw"} <= set(each)
        assert each["file"] == file
        assert each["detail"].endswith(".")
    by_line = {each["line"]: each for each in told}
    assert list(by_line) == [7, 6, 8] or set(by_line) == {6, 7, 8}
    assert (by_line[6]["pointer"], json.loads(by_line[6]["raw"])) == ("/number", BAD)
    assert (by_line[7]["rule"], by_line[7]["raw"]) == ("json", '{"id":')
    assert by_line[8]["rule"] == "conflict"
    assert by_line[8]["differences"] == [{"pointer": "/name", "stored": None, "sent": "other"}]


def test_rejects_of_an_earlier_import_do_not_stay(command: Command) -> None:
    file = command.file("in.ndjson", *GOOD, BAD)
    command("import", file, exit_code=1)
    assert Path(f"{file}.rejects.ndjson").exists()

    command.file("in.ndjson", *GOOD, event("mended", type="place", number="7"))
    command("import", file)

    assert not Path(f"{file}.rejects.ndjson").exists()


def test_rejects_go_where_they_are_wanted(command: Command) -> None:
    one, two = command.file("1.ndjson", BAD), command.file("2.ndjson", BAD)
    wanted = command.folder / "rejects"

    said = command.json("import", one, two, "--rejects", str(wanted), exit_code=1)

    assert [each["file"] for each in rejects(wanted)] == [one, two]
    assert said["rejects"] == [str(wanted)]
    assert not list(command.folder.glob("*.rejects.ndjson"))


def test_rejects_never_go_over_what_is_imported(command: Command) -> None:
    file = command.file("in.ndjson", BAD)

    command("import", file, "--rejects", f"{command.folder}/./in.ndjson", exit_code=2)

    assert json.loads(Path(file).read_text(encoding="utf-8")) == BAD


def test_rejects_that_cannot_be_written_are_said(command: Command) -> None:
    file = command.file("in.ndjson", BAD)

    result = command("import", file, "--rejects", "no/such/folder/file", exit_code=2)

    assert "--rejects" in result.stderr


def test_a_dry_run_stores_nothing(command: Command) -> None:
    file = command.file("in.ndjson", *GOOD, BAD)

    result = command("import", file, "--dry-run", exit_code=1)

    assert "5 events would be stored" in result.stdout
    assert journal(command) == []
    assert len(rejects(Path(f"{file}.rejects.ndjson"))) == 1


@pytest.mark.parametrize("bad", [BAD, "nonsense", GOOD[0] | {"name": "other"}])
def test_atomic_stores_all_or_nothing(command: Command, bad: Any) -> None:
    file = command.file("in.ndjson", *GOOD, bad)

    said = command.json("import", file, "--atomic", "--batch-size", "2", exit_code=1)

    assert (said["stored"], said["skipped"]) == (0, 5)
    assert journal(command) == []
    assert len(rejects(Path(f"{file}.rejects.ndjson"))) == 1

    command("import", command.file("good.ndjson", *GOOD), "--atomic")

    assert len(journal(command)) == 5


def test_standard_input_is_a_file_too(command: Command) -> None:
    lines = "\r\n".join(json.dumps(each) for each in [*GOOD, BAD])

    said = command.json("import", "-", input=b"\xef\xbb\xbf" + lines.encode(), exit_code=1)

    assert (said["stored"], said["refused"]) == (5, 1)
    (told,) = rejects(command.folder / "stdin.rejects.ndjson")
    assert (told["file"], told["line"]) == ("-", 6)


@pytest.mark.parametrize("indent", [None, 2])
def test_arrays_and_single_events_are_read(command: Command, indent: int | None) -> None:
    command("import", "-", input=json.dumps(GOOD, indent=indent))
    command("import", "-", input=json.dumps(RECEIPT, indent=indent))

    assert len(journal(command)) == 6


def test_the_source_is_for_events_that_name_none(command: Command) -> None:
    without = {name: value for name, value in GOOD[0].items() if name != "source"}

    command("import", command.file("in.ndjson", without), exit_code=1)
    command("import", command.file("in.ndjson", without, GOOD[1]), "--source", "erp")

    events = command.json("events")["events"]
    assert [each["source"] for each in events] == ["erp", "mes"]


def test_batches_are_as_large_as_asked(command: Command) -> None:
    said = command.json("import", command.file("in.ndjson", *GOOD), "--batch-size", "2")

    assert said["stored"] == 5
    assert {"seconds", "per_second", "seq", "found"} <= set(said)


def test_a_late_void_is_counted(command: Command) -> None:
    void = event("v", type="void", voids="r1", reason="wrong")
    command.load(void)

    said = command.json("import", command.file("in.ndjson", *CHAIN))

    assert (said["stored"], said["voided"]) == (2, 1)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["no-such-file"], id="missing"),
        pytest.param(["."], id="a-folder"),
        pytest.param([], id="none"),
        pytest.param(["-", "-"], id="stdin-twice"),
        pytest.param(["-", "--batch-size", "0"], id="no-batch"),
    ],
)
def test_what_cannot_be_read_is_usage(command: Command, words: list[str]) -> None:
    result = command("import", *words, exit_code=2)

    assert not result.stdout
    assert result.stderr
    assert not (command.folder / "store.db").exists(), "nothing is touched before that is known"


def test_an_empty_file_is_no_fault(command: Command) -> None:
    assert command.json("import", command.file("in.ndjson"))["found"] == 0
