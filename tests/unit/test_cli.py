"""The other commands: answers, formats, exit codes and help."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.unit.command import CHAIN, Command, event, key, line
from tracegraph import __version__
from tracegraph.cli.application import app
from tracegraph.cli.faults import FAULTS, fail, told, without_password
from tracegraph.cli.output import shown
from tracegraph.demo import STORY, Scale, history
from tracegraph.library import connect
from tracegraph.model.refusal import TracegraphError
from tracegraph.store.port import StoreUnavailable
from tracegraph.store.projected import ID, KIND

C = key("FG", "C")
ROOT = Path(__file__).parents[2]
COMMANDS = sorted(
    [each.name for each in app.registered_commands if each.name]
    + ["keys create", "keys list", "keys revoke"]
)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(tmp_path)


@pytest.fixture
def loaded(command: Command) -> Command:
    command.load(*CHAIN)
    return command


@pytest.mark.parametrize("name", COMMANDS)
def test_help_teaches_with_an_example(command: Command, name: str) -> None:
    text = command(*name.split(), "--help").stdout

    assert re.search(rf"Examples?:\n\s+(\S+ .*\| )?tracegraph {name}\b", text), text
    assert "--store" in text or name in {"schema", "copy"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_on_its_page(name: str) -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")

    assert f"tracegraph {name}" in page


def test_help_and_the_page_tell_the_exit_codes(command: Command) -> None:
    help_text = command("--help").stdout
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")

    for code in range(6):
        assert re.search(rf"^\s+{code}  \S", help_text, re.MULTILINE)
        assert re.search(rf"^\| {code} \|", page, re.MULTILINE)
    assert {code for _, code, _ in FAULTS} <= set(range(1, 6))


def test_the_version(command: Command) -> None:
    assert command("--version").stdout == f"tracegraph {__version__}\n"


def test_items_are_found(loaded: Command) -> None:
    assert loaded("find", "FG:C").stdout == f"kind\tproduct\tnumber\tkey\nlot\tFG\tC\t{C}\n"
    assert [i["key"] for i in loaded.json("find", "--product", "SA")["items"]] == [key("SA", "B")]
    assert loaded.json("find", "--kind", "serial")["items"] == []
    assert len(loaded.json("find", "--order", "MO-1")["items"]) == 2
    assert len(loaded.json("find", "--party", "SUP-1")["items"]) == 1
    assert len(loaded.json("find", "--place", "L2")["items"]) == 2
    assert loaded.json("find", "--place", "L2", "--until", "2026-01-01T00:00:00Z")["items"] == []


def test_pages_say_how_to_go_on(loaded: Command) -> None:
    first = loaded("find", "--limit", "2")
    cursor = first.stderr.strip().rpartition(" ")[2]

    second = loaded("find", "--limit", "2", "--cursor", cursor)

    rows = first.stdout.splitlines()[1:] + second.stdout.splitlines()[1:]
    assert len(set(rows)) == 3
    assert second.stderr == ""


def test_an_item_is_shown(loaded: Command) -> None:
    assert C in loaded("item", "C").stdout
    assert loaded.json("item", C)["number"] == "C"


def test_a_label_is_read_whether_or_not_its_item_is_known(loaded: Command) -> None:
    label = "+A99912345/$$52001510X3/16D20111212/S77DE1G45-"
    shown = loaded("resolve", label).stdout
    told = loaded.json("resolve", label)

    assert "hibcc" in shown
    assert "2020-01-15" in shown
    assert told["label"]["serial"] == "77DE1G45"
    assert told["candidates"] == []


def test_resolving_says_why_a_label_cannot_be_right_and_lists_what_a_number_could_be(
    loaded: Command,
) -> None:
    assert "would have to end in 2" in loaded("resolve", "(01)09506000134353(10)C1").stdout
    assert C in loaded("resolve", "C").stdout
    assert loaded("resolve", "nothing is called so", exit_code=4).stdout == ""


def test_a_history_keeps_corrections(loaded: Command) -> None:
    loaded.load(event("v", type="void", voids="p2", reason="wrong lot"))

    table = loaded("history", "B").stdout
    entries = loaded.json("history", "B")["entries"]

    assert "voided" in table
    assert [(each["id"], each["status"]) for each in entries] == [
        ("p1", "stands"),
        ("p2", "voided"),
    ]


def test_the_journal_is_listed(loaded: Command) -> None:
    page = loaded.json("events", "--after", "1", "--limit", "1")

    assert [each["id"] for each in page["events"]] == ["p1"]
    assert "--after 2" in loaded("events", "--limit", "2").stderr


def test_the_journal_is_followed(loaded: Command) -> None:
    followed = loaded("events", "--follow", "--limit", "3", "--format", "json").stdout

    assert [json.loads(each)["id"] for each in followed.splitlines()] == ["r1", "p1", "p2"]
    table = loaded("events", "--follow", "--after", "2", "--limit", "1").stdout.splitlines()
    assert len(table) == 2


def test_following_goes_on_with_what_comes(
    loaded: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = event("late", type="place", number="P")
    monkeypatch.setattr("tracegraph.cli.journal.sleep", lambda seconds: loaded.load(late))

    followed = loaded("events", "--follow", "--limit", "4", "--format", "json").stdout

    assert json.loads(followed.splitlines()[-1])["id"] == "late"


def test_ctrl_c_ends_following_in_peace(loaded: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tracegraph.cli.journal.sleep", interrupt)

    assert len(loaded("events", "--follow").stdout.splitlines()) == 4


def test_anomalies_are_listed(loaded: Command) -> None:
    loaded.load(event("v", type="void", voids="nothing", reason="?"))

    found = loaded.json("anomalies")["anomalies"]

    assert found
    assert found[0]["code"] in loaded("anomalies").stdout


def test_upkeep_of_a_sound_store(loaded: Command) -> None:
    assert loaded.json("migrate") == {"applied": [], "rebuild": False}
    assert loaded.json("rebuild") == {"mended": 0}
    assert loaded.json("verify", "--sample", "10")["differences"] == 0
    assert "0 differences" in loaded("verify").stdout
    assert "Nothing" in loaded("rebuild").stdout


def test_a_store_that_differs_is_told_and_mended(loaded: Command) -> None:
    script = f"import sqlite3; c = sqlite3.connect({str(loaded.folder / 'store.db')!r})\n"
    script += "c.execute('DELETE FROM line WHERE seq = 2'); c.commit()"
    subprocess.run([sys.executable, "-c", script], check=True)

    result = loaded("verify", exit_code=1)

    assert "tracegraph rebuild" in result.stderr
    assert "mended" in loaded("rebuild").stdout
    loaded("verify")


def test_a_journal_is_copied(loaded: Command, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path / 'copy.db'}"

    assert loaded.json("copy", loaded.dsn, target) == {"copied": 3}

    with connect(loaded.dsn) as one, connect(target) as other:
        assert one.events() == other.events()
    loaded("copy", loaded.dsn, loaded.dsn, exit_code=2)


def test_the_schema_is_json_schema(command: Command) -> None:
    schema = json.loads(command("schema").stdout)

    assert schema["$schema"].endswith("2020-12/schema")


def test_keys_are_made_listed_and_revoked(command: Command) -> None:
    made = command.json("keys", "create", "MES", "--role", "writer", "--source", "mes")
    table = command("keys", "create", "ERP")

    assert made["token"]
    assert table.stdout.strip().count("\n") == 0, "the token alone, to be piped"
    listed = command.json("keys", "list")["keys"]
    assert {each["name"]: each["role"] for each in listed} == {"MES": "writer", "ERP": "reader"}
    assert made["token"] not in json.dumps(listed)
    assert command.json("keys", "revoke", made["id"])["revoked_at"]
    assert made["id"] in command("keys", "list").stdout
    assert "keys list" in command("keys", "revoke", "none", exit_code=4).stderr
    command("keys", "create", "X", "--role", "king", exit_code=2)
    command("keys", "create", " ", exit_code=2)


READING = [
    ["trace", "C"], ["find"], ["item", "C"], ["history", "C"], ["events"], ["anomalies"],
    ["verify"], ["keys", "list"],
]  # fmt: skip


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_an_empty_store_is_not_taken_for_an_answer(command: Command, words: list[str]) -> None:
    result = command(*words, exit_code=3)

    assert "tracegraph migrate" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("words", [*READING, ["import", "-"]], ids=" ".join)
def test_a_store_of_an_older_projection_wants_a_rebuild(loaded: Command, words: list[str]) -> None:
    before = loaded("find").stdout
    with connect(loaded.dsn) as graph:
        graph.store.delete_document(KIND, ID)

    if words != ["verify"]:  # which goes by the journal
        result = loaded(*words, exit_code=3)
        assert "tracegraph rebuild" in result.stderr
        assert result.stdout == ""
    assert loaded("verify").stdout
    assert "tracegraph rebuild" in loaded("migrate").stderr
    assert loaded.json("migrate") == {"applied": [], "rebuild": True}
    loaded("rebuild")
    assert loaded("find").stdout == before
    assert loaded.json("migrate") == {"applied": [], "rebuild": False}


@pytest.mark.parametrize(
    "words", [*READING, ["import", "-"], ["migrate"], ["rebuild"], ["demo"]], ids=" ".join
)
def test_a_store_that_is_away_has_its_code(command: Command, words: list[str]) -> None:
    result = command(*words, store="sqlite:////no/such/folder/x.db", exit_code=3)

    assert "--store" in result.stderr


def test_what_names_no_store_is_usage(command: Command) -> None:
    assert "--store" in command("find", "--store", "mysql://x", exit_code=2).stderr


def test_a_setting_that_is_none_is_usage(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEGRAPH_IDENTIFIERS", "vague")

    assert "TRACEGRAPH_IDENTIFIERS" in command("find", exit_code=2).stderr


def test_the_option_wins_over_the_environment(loaded: Command, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path / 'other.db'}"
    loaded("migrate", "--store", other)

    assert loaded.json("find", "--store", other)["items"] == []


def test_an_unknown_item_has_its_code(loaded: Command) -> None:
    for name in ("item", "history"):
        assert "tracegraph find" in loaded(name, "nothing", exit_code=4).stderr


def test_passwords_are_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    from typer import Exit

    with pytest.raises(Exit), told():
        raise StoreUnavailable("neo4j://me:s3cret@db:7687/x does not answer")

    said = capsys.readouterr().err
    assert "s3cret" not in said
    assert "me:***@db" in said
    assert without_password("nothing to hide: a@b") == "nothing to hide: a@b"


def test_an_error_that_is_not_in_the_table_is_still_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from typer import Exit

    class Odd(TracegraphError):
        pass

    with pytest.raises(Exit) as caught, told():
        raise Odd("Something odd")
    assert caught.value.exit_code == 1
    with pytest.raises(Exit) as caught:
        fail("Wrong. Do right.")
    assert caught.value.exit_code == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_control_characters_do_not_reach_a_terminal(command: Command) -> None:
    steering = {"item": {"scan": "\x1b[31mred"}, "quantity": "1", "unit": "each"}
    command.load(event("x", outputs=[steering, line("F", "1")]))

    for words in (["find"], ["events"], ["anomalies"], ["history", "1"], ["trace", "1"]):
        command(*words)  # which looks for escapes
    assert shown("\x1b[31m\u202e\n") == "\ufffd[31m\ufffd\ufffd"


def test_the_demo_is_loaded_once(command: Command) -> None:
    first = command("demo", "--scale", "small")
    again = command("demo", "--scale", "small")

    assert "loaded" in first.stdout
    assert "already holds" in again.stdout
    questions = re.findall(r"^    tracegraph (.*)$", first.stdout, re.MULTILINE)
    assert len(questions) == 3
    assert any(STORY.bad_resin_lot in each for each in questions)
    for question in questions:
        words = [word.strip("'") for word in question.split()]
        assert len(command(*words).stdout.splitlines()) > 2


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the beginning of the demo, where its size does not matter."""

    def beginning(scale: Scale, seed: int) -> Iterator[dict[str, Any]]:
        return islice(history(scale, seed), 200)

    monkeypatch.setattr("tracegraph.cli.demonstrating.history", beginning)


@pytest.mark.usefixtures("short")
def test_a_demo_that_was_cut_short_is_taken_up_again(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_short(*given: Any) -> Any:
        raise KeyboardInterrupt
        yield

    with monkeypatch.context() as patched:
        patched.setattr("tracegraph.cli.demonstrating.history", cut_short)
        command("demo", exit_code=130)

    assert "loaded" in command("demo").stdout


@pytest.mark.usefixtures("short")
def test_the_demo_is_not_mixed_with_other_events(loaded: Command) -> None:
    result = loaded("demo", exit_code=2)

    assert "--mix" in result.stderr
    assert len(loaded.json("events")["events"]) == 3
    assert "loaded" in loaded("demo", "--mix").stdout


@pytest.mark.usefixtures("short")
def test_the_demo_is_written_as_it_is_loaded(command: Command) -> None:
    command("demo", "--write", "demo.ndjson", "--seed", "3")
    assert not (command.folder / "store.db").exists()

    said = command.json("import", "demo.ndjson")

    assert said["found"] == said["stored"] + said["voided"]
    command("demo", "--write", "no/such/folder/x", exit_code=2)
    command("demo", "--write", "x", "--serve", exit_code=2)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the service was called with, instead of listening."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr("api.serve.serve", lambda **given: calls.append(given))
    return calls


@pytest.mark.usefixtures("short")
def test_the_service_is_started_as_asked(command: Command, served: list[dict[str, Any]]) -> None:
    command("serve")
    command("serve", "--host", "0.0.0.0", "--port", "81")
    command("demo", "--serve", "--port", "82")

    assert served == [
        {"store": command.dsn, "host": None, "port": None},
        {"store": command.dsn, "host": "0.0.0.0", "port": 81},
        {"store": command.dsn, "host": None, "port": 82},
    ]


def test_an_open_service_wants_a_key_first(command: Command) -> None:
    result = command("serve", "--host", "0.0.0.0", exit_code=2)

    assert "tracegraph keys create" in result.stderr


def test_a_terminal_gets_a_table(loaded: Command) -> None:
    """A pseudo-terminal, since what is drawn depends on there being one."""
    leader, follower = pty.openpty()
    environment = os.environ | {
        "TRACEGRAPH_STORE": loaded.dsn, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "200",
    }  # fmt: skip
    script = "from tracegraph.cli import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", script, "find", "C"],
        stdout=follower, stderr=subprocess.PIPE, env=environment, check=True, timeout=60,
    )  # fmt: skip

    os.close(follower)
    drawn = os.read(leader, 10_000).decode()
    os.close(leader)
    assert C in drawn
    assert "\t" not in drawn
    assert done.stderr == b""
