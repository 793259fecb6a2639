"""`tracegraph scope`, `why`, `scopes`, `diff`, `positions`, `origins` and `gate`."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from tests.unit.command import Command, event, key, line, made
from tests.unit.scopes import affected, consignee, position, scope, sent
from tracegraph.cli import app as cli
from tracegraph.cli.bad import KINDS
from tracegraph.cli.gate import Purpose, item_of
from tracegraph.cli.scope import why
from tracegraph.cli.scope_files import Form
from tracegraph.cli.scope_view import headline, say_scope
from tracegraph.cli.scopes import app
from tracegraph.library import SHAPES
from tracegraph.recall.gate import GateItem

ROOT = Path(__file__).parents[2]
SUBCOMMANDS = sorted(each.name for each in app.registered_commands if each.name)

A, B, C1, C2 = key("RM", "A"), key("RM", "B"), key("FG", "C1"), key("FG", "C2")
LONG_AGO = "2026-01-01T00:00:00Z"
PARTY = event(
    "party", type="party", number="CUST-1", name="Klinikum",
    contacts=[{"name": "Desk", "phone": "+49 1", "email": "recall@example.com"}],
    occurred_at=LONG_AGO,
)  # fmt: skip
HISTORY = (
    event("rm", type="product", number="RM", occurred_at=LONG_AGO),
    event("fg", type="product", number="FG", occurred_at=LONG_AGO),
    event("r1", type="receipt", party="SUP-1", place="W", occurred_at="2026-03-01T08:00:00Z",
          items=[line("RM", "A", "600"), line("RM", "B", "400")]),
    event("p1", place="W", order="MO-1", equipment=["M-1"],
          inputs=[line("RM", "A", "600"), line("RM", "B", "400")],
          outputs=[line("FG", "C1", "500"), line("FG", "C2", "500")]),
    PARTY,
    event("s1", type="shipment", place="W", party="CUST-1", order="SO-1", documents=["DN-1"],
          occurred_at="2026-03-03T08:00:00Z", items=[line("FG", "C1", "120")]),
    event("d1", type="delivery", party="CUST-1", order="SO-1",
          occurred_at="2026-03-04T08:00:00Z", items=[line("FG", "C1", "120")]),
)  # fmt: skip


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    found = Command(tmp_path)
    found.load(*HISTORY)
    return found


@pytest.fixture
def stored(command: Command) -> str:
    command("scope", A, "--save", "--name", "Resin A")
    return str(command.json("scopes")["scopes"][0]["id"])


def keys(command: Command, *words: str) -> set[str]:
    return {item["key"] for item in command.json("scope", *words)["items"]}


@pytest.mark.parametrize("name", ["", *SUBCOMMANDS])
def test_help_teaches_with_an_example(command: Command, name: str) -> None:
    text = command("scopes", *name.split(), "--help").stdout

    assert re.search(rf"Examples?:\n\s+tracegraph scopes {name}", text), text
    assert "--store" in text


def test_every_subcommand_is_on_the_page() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    row = next(text for text in page.splitlines() if "tracegraph scopes show" in text)

    assert {*SUBCOMMANDS} == {"show", *re.findall(r"`(\w+)`", row.split("|")[1])}


def test_forms_are_those_of_the_library() -> None:
    assert {form.value for form in Form} == {"table", *SHAPES}
    assert "item" in KINDS


def test_a_scope_begins_with_what_matters(command: Command) -> None:
    text = command("scope", A).stdout

    first, *rest = text.splitlines()
    assert first == ("3 lots affected: 3 certainly, 0 possibly; 0 unproven; 1 consignee; no gaps.")
    titles = [each for each in rest if re.fullmatch(r"[A-Z][\w ,]+ \(\d+\)", each)]
    assert [title.partition(" (")[0] for title in titles] == [
        "Figures", "Consignees", "Where it is", "Mass balance of lots",
    ]  # fmt: skip
    assert "FG\t2\t0\t0\t600 each\t880\t0\t120\t0\t0\t0\t100 %" in text
    assert "CUST-1\tKlinikum\t\tDesk, +49 1, recall@example.com\tFG\t120 each\t120" in text
    assert text.splitlines()[-1].startswith("known at 7, recorded 20")


def test_what_is_missing_is_told_with_its_remedy(command: Command) -> None:
    command.load(event("s2", type="shipment", place="W", party="NEW", items=[line("FG", "C2")]))

    text = command("scope", A).stdout

    assert "NEW\t\t\tNO CONTACT\tFG" in text
    assert "Gaps in the records, by kind" in text
    assert "consignee_unknown\t1\tNEW\tNo record describes the consignee NEW.\tSend the" in text


def test_what_is_unproven_is_listed(command: Command) -> None:
    bill = [{"product": "RM", "quantity": "1", "unit": "each"}]
    command.load(
        event(
            "bill",
            type="product",
            number="FG",
            bill_of_materials=bill,
            occurred_at="2026-01-02T00:00:00Z",
        ),
        made("p2", ["XX:1"], ["FG:C9"], place="W", occurred_at="2026-03-05T08:00:00Z"),
    )

    text = command("scope", A).stdout

    assert "1 unproven" in text.splitlines()[0]
    assert "FG\tC9\t1 each\tno record of RM at urn:tracegraph:event:mes:p2" in text


def test_rows_are_cut_only_on_the_screen_and_say_so(command: Command) -> None:
    text = command("scope", A, "--rows", "1").stdout

    assert "… and 2 more; --rows 0 shows all" in text
    assert "more; --rows" not in command("scope", A, "--rows", "0").stdout
    assert len(command.json("scope", A, "--rows", "1")["items"]) == 3


def test_json_is_that_of_the_library(command: Command) -> None:
    found = command.json("scope", A)

    assert {item["key"] for item in found["items"]} == {A, C1, C2}
    assert len(found["hash"]) == 64
    assert command("scope", A, "--format", "json").stdout.startswith('{"as_of":null,"balances"')


def test_seeds_of_every_kind(command: Command) -> None:
    command.load(
        event("i1", type="inspection", items=[line("FG", "C2")], verdict="fail",
              equipment=["CAL-1"], occurred_at="2026-03-06T08:00:00Z"),
        event("c1", type="certificate", number="COA-1", items=[line("RM", "B")],
              occurred_at="2026-03-06T08:00:00Z"),
    )  # fmt: skip
    everything = {A, B, C1, C2}

    assert keys(command, "--supplier", "SUP-1") == everything
    assert keys(command, "--supplier", "SUP-1", "--since", "2026-03-02T00:00:00Z") == set()
    assert keys(command, "--equipment", "M-1") == {C1, C2}
    assert keys(command, "--place", "W", "--until", "2026-03-01T12:00:00Z") == everything
    assert keys(command, "--event", "mes/p1") == {C1, C2}
    assert keys(command, "--order", "SO-1") == {C1}
    assert keys(command, "--inspection", "mes/i1") == {C2}
    assert keys(command, "--instrument", "CAL-1") == {C2}
    assert keys(command, "--certificate", "COA-1") == {B, C1, C2}
    assert keys(command, "--product", "FG", "--lot-from", "C2") == {C2}
    assert keys(command, "--product", "FG", "--lot-to", "C1") == {C1}
    assert keys(command, C1, "--order", "MO-1") >= {C1, C2}
    assert keys(command, A, B, "--exclude", A) == {B, C1, C2}
    assert keys(command, "--supplier", "SUP-1", "--exclude", "supplier=SUP-1") == set()


def test_cuts(command: Command) -> None:
    assert keys(command, A, "--as-of", "2026-03-01T12:00:00Z") == {A}
    assert "Not yet met" in command("scope", A, "--known-at", "0").stdout
    empty = command("scope", A, "--known-at", "0", "--format", "csv")
    assert "Not yet met" in empty.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param([], "name an item", id="no-seed"),
        pytest.param([A, "--since", "2026-01-01T00:00:00Z"], "belong to --supplier", id="window"),
        pytest.param([A, "--lot-from", "1"], "belongs to --product", id="range"),
        pytest.param([A, "--name", "x"], "belongs to --save", id="name"),
        pytest.param([A, "--sheet", "items"], "belongs to --format csv", id="sheet"),
        pytest.param([A, "--out", "x.txt"], "add --format json", id="no-form"),
        pytest.param([A, "--format", "csv", "--sheet", "none"], "one of summary", id="no-sheet"),
        pytest.param([A, "--as-of", "today"], "RFC 3339", id="no-time"),
        pytest.param(["--supplier", "S", "--since", "x"], "RFC 3339", id="no-window"),
        pytest.param([A, "--out", "nowhere/x.json"], "Cannot write", id="no-folder"),
    ],
)
def test_a_command_that_cannot_be_used_so_says_why(
    command: Command, words: list[str], told: str
) -> None:
    result = command("scope", *words, exit_code=2)

    assert told in re.sub(r"\s+", " ", result.stderr)
    assert result.stdout == ""


def test_a_scope_is_never_cut_short(command: Command) -> None:
    result = command("scope", A, "--budget", "2", exit_code=1)

    assert "More than 2 items are reached" in result.stderr
    assert "--budget" in result.stderr
    assert result.stdout == ""


def test_unknown_names_have_their_codes(command: Command) -> None:
    command("scope", "none", exit_code=4)
    command("scope", "--event", "no/ne", exit_code=4)
    for words in (["show", "0" * 8], ["open", "0" * 64], ["close", "x"], ["review", "0" * 8]):
        assert "tracegraph scopes" in command("scopes", *words, exit_code=4).stderr
    command("diff", "0" * 8, exit_code=4)
    command("why", "--scope", "0" * 8, A, exit_code=4)


def test_files_are_written_as_their_names_end(command: Command, tmp_path: Path) -> None:
    def written(name: str, *words: str) -> bytes:
        result = command("scope", A, "--out", name, *words)
        assert result.stdout == ""
        assert f"Written: {name}" in result.stderr
        return (tmp_path / name).read_bytes()

    assert json.loads(written("a.json"))["items"]
    assert written("a.csv").startswith(b"key,kind,product")
    assert written("g.csv", "--sheet", "figures").startswith(b"product,unit")
    assert written("a.graphml").startswith(b"<?xml")
    assert "bundle" in json.loads(written("a.prov.json"))
    assert written("l.csv", "--format", "letters").startswith(b"party,name")
    written("a.xlsx")
    assert "consignees" in openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames


def test_a_folder_takes_every_sheet(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "recall"
    folder.mkdir()

    command("scope", A, "--format", "csv", "--out", "recall")
    command("scope", A, "--format", "xlsx", "--out", "recall")

    names = {path.name for path in folder.iterdir()}
    assert {"summary.csv", "items.csv", "consignees.csv", "letters.csv"} <= names
    assert any(re.fullmatch(r"scope-[0-9a-f]{12}\.xlsx", name) for name in names)
    with (folder / "items.csv").open(newline="", encoding="utf-8") as file:
        assert [row["key"] for row in csv.DictReader(file)] == [A, C1, C2]


def test_files_go_to_stdout_too(command: Command) -> None:
    assert command("scope", A, "--format", "letters").stdout.startswith("party,name")
    packed = CliRunner().invoke(cli, ["scope", A, "--format", "xlsx", "--store", command.dsn])
    assert packed.stdout_bytes.startswith(b"PK"), "bytes, as they are"
    assert "C1" in command("scope", A, "--format", "graphml").stdout


def test_nothing_is_stored_unless_asked_for(command: Command) -> None:
    command("scope", A)

    assert command.json("scopes") == {"scopes": []}


def test_a_scope_is_stored_as_an_open_case(command: Command) -> None:
    result = command("scope", A, "--save", "--name", "Resin A", "--format", "json")

    hash_ = json.loads(result.stdout)["hash"]
    assert f"tracegraph scopes close {hash_[:12]}" in result.stderr
    rows = command("scopes").stdout.splitlines()
    assert rows[1].split("\t")[:4] == [hash_[:12], "open", "Resin A", "3"]
    assert command("scopes", "--status", "closed").stdout.splitlines() == rows[:1]


def test_a_stored_scope_is_shown_as_it_was(command: Command, stored: str) -> None:
    before = command.json("scope", A)
    command.load(event("s2", type="shipment", place="W", party="CUST-1", items=[line("FG", "C2")]))

    text = command("scopes", "show", stored[:8]).stdout

    assert re.search(r"^name +Resin A$", text, re.MULTILINE)
    assert "3 lots affected" in text
    assert command.json("scopes", "show", stored) == before


def test_a_case_is_closed_and_opened(command: Command, stored: str) -> None:
    closed = command("scopes", "close", stored[:12])
    command("gate", "--purpose", "ship", f"{C1}=5")
    again = command("scope", A, "--save")

    assert "is closed: the gate lets it pass" in closed.stdout
    assert "before, and closed" in again.stderr, "asking opens no closed case"
    assert command.json("scopes", "open", stored)["status"] == "open"
    command("gate", "--purpose", "ship", f"{C1}=5", exit_code=6)


def test_a_review_tells_what_has_changed(command: Command, stored: str) -> None:
    assert "has not changed" in command("scopes", "review", stored[:8]).stdout
    assert command("diff", stored[:8]).stdout == "Nothing has changed.\n"
    command.load(
        event("s2", type="shipment", place="W", party="CUST-1", items=[line("FG", "C2", "9")],
              occurred_at="2026-03-05T08:00:00Z"),
        made("p9", ["FG:C1"], ["KT:K"], place="W", occurred_at="2026-03-06T08:00:00Z"),
    )  # fmt: skip

    said = command("scopes", "review", stored).stdout

    newer = re.search(r"tracegraph diff \w+ (\w+)", said)
    assert newer is not None
    text = command("diff", stored, newer[1]).stdout
    assert text.startswith("3 items differ: 1 in, 2 moved.")
    rows = [row.split("\t") for row in text.splitlines()[3:]]
    assert [(row[0], row[1]) for row in rows] == [
        ("in", key("KT", "K")), ("moved", C1), ("moved", C2),
    ]  # fmt: skip
    assert "shipment urn:tracegraph:event:mes:s2" in rows[2][4]
    assert "9 CUST-1 in transit" in rows[2][3]
    assert "… and 2 more" in command("diff", stored, "--rows", "1").stdout
    assert len(command.json("diff", stored)["changes"]) == 3
    command("scopes", "close", stored)
    assert "closed, so it is not reviewed" in command("scopes", "review", stored).stdout


def test_one_item_differs(command: Command, stored: str) -> None:
    command.load(
        event("s2", type="shipment", place="W", party="CUST-1", items=[line("FG", "C2", "9")],
              occurred_at="2026-03-05T08:00:00Z"),
    )  # fmt: skip

    assert command("diff", stored).stdout.startswith("1 item differs: 1 moved.")


def test_why(command: Command, stored: str) -> None:
    inside = command("why", A, C1).stdout
    outside = command("why", A, B).stdout

    assert inside.startswith(f"{C1} is certain. At least 100 and at most 500")
    assert f"{C1}\turn:tracegraph:event:mes:p1\tproduction" in inside
    assert outside.startswith(f"{B} is out (")
    assert command.json("why", "--scope", stored, C1)["verdict"] == "certain"
    assert command.json("why", "--equipment", "M-1", A)["verdict"] == "out"
    command("why", C1, exit_code=2)
    both = command("why", "--scope", stored, A, C1, exit_code=2)
    assert "name only the item" in re.sub(r"\s+", " ", both.stderr)


def test_positions(command: Command) -> None:
    text = command("positions", C1).stdout

    assert text.splitlines()[0].startswith("item\tholder_kind\tholder\tstate")
    assert f"{C1}\tparty\tCUST-1\tdelivered\t\t120\teach" in text
    for words in (["--party", "CUST-1"], ["--order", "SO-1"], ["--product", "FG"]):
        found = command.json("positions", *words)["positions"]
        assert "CUST-1" in {row["holder"] for row in found}
    early = command.json("positions", "--place", "W", "--as-of", "2026-03-01T12:00:00Z")
    assert {row["item"] for row in early["positions"]} == {A, B}
    command("positions", exit_code=2)
    command("positions", C1, "--party", "CUST-1", exit_code=2)
    command("positions", "none", exit_code=4)


def test_positions_that_cannot_be_are_told_beside_the_answer(command: Command) -> None:
    command.load(event("s3", type="shipment", place="X", party="P", items=[line("FG", "C2")]))

    assert "balance_negative" in command("positions", C2).stderr


def test_origins(command: Command) -> None:
    table = command("origins", C1).stdout.splitlines()

    assert table[1].split("\t")[:3] == ["certain", "100 to 500", "each"]
    assert table[2].split("\t")[:3] == ["possible", "0 to 400", "each"]
    assert command.json("origins", C1)["item"] == C1
    command("origins", C1, "--budget", "1", exit_code=1)


def test_the_gate_answers_by_its_exit_code(command: Command, stored: str) -> None:
    refused = command("gate", "--purpose", "ship", f"{C1}=5", exit_code=6)
    told = command.json("gate", "--purpose", "use", B, "none", exit_code=6)
    command("scopes", "close", stored)
    allowed = command("gate", "--purpose", "ship", f"{C1}=5", f"{C2}=500")

    assert refused.stdout.startswith("REFUSED to ship: 1 reason.")
    assert f"{C1}  scope_certain" in refused.stdout
    assert "To lift it: Close the case" in refused.stdout
    assert refused.stderr == "", "a refusal is an answer"
    assert "unknown_item" in {refusal["rule"] for refusal in told["refusals"]}
    assert allowed.stdout.startswith("ALLOWED to ship: 2 items")


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        pytest.param([f"{C1}=501"], "quantity", id="more-than-there-is"),
        pytest.param([f"{C1}=1", "--place", "X"], "place", id="elsewhere"),
        pytest.param([f"{C1}=1kg"], "quantity", id="another-unit"),
        pytest.param([f"{C1}=1", "--seen", "99"], "behind", id="behind"),
    ],
)
def test_what_the_gate_refuses(command: Command, words: list[str], rule: str) -> None:
    told = command.json("gate", "--purpose", "consume", *words, exit_code=6)

    assert [refusal["rule"] for refusal in told["refusals"]] == [rule]


@pytest.mark.parametrize("amount", ["-5", "abc", "", "1,5"])
def test_a_malformed_quantity_is_a_mistake(command: Command, amount: str) -> None:
    told = command("gate", "--purpose", "ship", f"{C1}={amount}", exit_code=2)
    assert repr(amount) in told.stderr


def test_a_number_may_have_an_equals_sign(command: Command) -> None:
    told = command.json("gate", "--purpose", "ship", "https://x/?lot=C", exit_code=6)
    assert [refusal["rule"] for refusal in told["refusals"]] == ["unknown_item"]

    command.load(
        event("r2", type="receipt", place="W", items=[line("RM", "Z", "5"), line("RM", "Z=a", "5")])
    )
    for number in ("Z=a", "Z=a=5", "Z=5"):
        command("gate", "--purpose", "ship", number)
    assert "'b'" in command("gate", "--purpose", "ship", "Z=b", exit_code=2).stderr


def test_the_gate_tells_a_refusal_from_a_mistake(command: Command) -> None:
    assert [purpose.value for purpose in Purpose] == ["ship", "consume", "use"]
    command("gate", C1, exit_code=2)
    command("gate", "--purpose", "eat", C1, exit_code=2)
    command("gate", "--purpose", "ship", C1, "--at", "now", exit_code=2)
    command("gate", "--purpose", "ship", f"{C1}=0", exit_code=2)
    command("gate", "--purpose", "ship", C1, store="sqlite:///none.db", exit_code=3)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C1", GateItem("C1")),
        ("C1=120", GateItem("C1", "120", "each")),
        ("C1=2.5kg", GateItem("C1", "2.5", "kg")),
        ("C1=2.5 kg", GateItem("C1", "2.5", "kg")),
        ("https://x/?lot=C", GateItem("https://x/?lot=C")),
        ("https://x/?lot=C=7", GateItem("https://x/?lot=C", "7", "each")),
        ("=5", GateItem("=5")),
    ],
)
def test_a_quantity_is_written_behind_its_item(text: str, found: GateItem) -> None:
    assert item_of(text) == found


def test_serials_that_a_lot_counts_are_counted_once(capsys: pytest.CaptureFixture[str]) -> None:
    lot = affected()
    serial = affected("s", kind="serial", lot=lot.key, number="1", certainty="possible")
    seen = scope(
        items=(lot, serial),
        positions=(position(units_max="380"), position("s", quantity="1", units_max="1")),
        consignees=(consignee(sent(), sent("s", lot=lot.key, sent="1"), sent("t", sent=None)),),
    )

    say_scope(seen, rows=0)

    text = capsys.readouterr().out
    assert headline(seen).startswith("1 lot and 1 serial affected: 1 certainly, 1 possibly;")
    assert "SZ1/WH\tavailable\t\tFG-9\t1\t380 each\t0 to 380" in text
    assert "120 or more each" in text, "an unknown amount is not nothing"


def test_nothing_in_a_scope_can_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    bad: Any = consignee(sent(), name="red\x1b[31m", contacts=({"name": "\x1b]0;x\x07"},))

    say_scope(scope(consignees=(bad,)), rows=0)

    assert "\x1b" not in capsys.readouterr().out


def test_a_terminal_gets_what_needs_somebody_in_red(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    say_scope(scope(consignees=(consignee(sent(), contacts=()),)), rows=20)

    text = capsys.readouterr().out
    assert re.search(r"\x1b\[1;31mNO CONTACT", text)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert "at customers" in plain, "headings are whole"
    assert max(map(len, plain.splitlines()[:-1])) <= 110


def test_a_terminal_gets_a_chain_step_by_step(
    command: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    why([A, C1], store=command.dsn)

    lines = capsys.readouterr().out.splitlines()
    assert lines[3:] == [
        f"  {A}",
        "    production, 2026-03-02T09:14:00Z, MO-1",
        "    urn:tracegraph:event:mes:p1",
        f"  {C1}",
    ]
