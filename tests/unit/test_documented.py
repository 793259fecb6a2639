"""A setting or a query that the documentation does not name fails here, and the reverse."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CYPHER = ROOT / "cypher"
ENGINE = ROOT / "tracegraph" / "store" / "neo4j"
SETTINGS_PAGE = ROOT / "docs" / "settings.md"
SCHEMA_PAGE = ROOT / "docs" / "neo4j-schema.md"

QUERY_HEADER = ["name", "purpose", "parameters", "returns", "order", "anchor", "cost"]
MIGRATION_HEADER = ["name", "purpose"]

HEADER_LINE = re.compile(r"//\s*([a-z]+):\s*(\S.*)")
# Comments, strings and quoted names: where a `$` or a `;` means nothing.
NOT_STATEMENT = re.compile(
    r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`""", re.DOTALL
)
PARAMETER = re.compile(r"\$(\w+)")


def read_header(text: str) -> list[tuple[str, str]]:
    """Return the `// key: value` lines that a file begins with; other comments are prose."""
    header = []
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        if found := HEADER_LINE.fullmatch(line.rstrip()):
            header.append((found[1], found[2]))
    return header


def header_faults(stem: str, text: str, *, migration: bool) -> list[str]:
    """Return what is wrong with one file's header, a sentence for each fault."""
    header = read_header(text)
    fields = dict(header)
    required = MIGRATION_HEADER if migration else QUERY_HEADER
    keys = [key for key, _ in header if key in required]
    if keys != required:
        return [f"{stem}: the header has {keys}, not {required}"]
    found = []
    if fields["name"] != stem:
        found.append(f"{stem}: the header calls it {fields['name']}")
    if migration:
        return found
    statement = NOT_STATEMENT.sub(" ", text).strip()
    if ";" in statement.removesuffix(";"):
        found.append(f"{stem}: a file holds one statement")
    listed = set() if fields["parameters"] == "-" else set(fields["parameters"].split(", "))
    used = set(PARAMETER.findall(statement))
    if listed != used:
        found.append(f"{stem}: lists the parameters {sorted(listed)}, uses {sorted(used)}")
    return found


def cypher_files() -> list[Path]:
    return sorted(CYPHER.rglob("*.cypher"))


def is_migration(path: Path) -> bool:
    return path.parent == CYPHER / "migrations"


def string_literals(folder: Path) -> set[str]:
    return {
        node.value
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    from tracegraph.settings import Settings

    prefix = Settings.model_config["env_prefix"]
    table = [
        line
        for line in SETTINGS_PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    documented = set(re.findall(r"\bTRACEGRAPH_[A-Z0-9_]+", "\n".join(table)))

    declared = {f"{prefix}{field}".upper() for field in Settings.model_fields}

    assert prefix.upper() == "TRACEGRAPH_"
    assert declared == documented


def test_every_cypher_file_has_a_true_header() -> None:
    files = cypher_files()

    found = [
        fault
        for path in files
        for fault in header_faults(
            path.stem, path.read_text(encoding="utf-8"), migration=is_migration(path)
        )
    ]

    assert files, "there is no Cypher to check"
    assert not found, "\n".join(found)


def test_every_cypher_file_has_a_name_of_its_own() -> None:
    stems = [path.stem for path in cypher_files()]

    assert sorted(set(stems)) == sorted(stems)


def test_every_cypher_file_is_on_the_schema_page() -> None:
    page = SCHEMA_PAGE.read_text(encoding="utf-8")

    found = [path.stem for path in cypher_files() if not re.search(rf"\b{path.stem}\b", page)]

    assert not found, f"docs/neo4j-schema.md does not name {found}"


def test_every_query_is_used() -> None:
    loaded = {literal.rpartition("/")[2] for literal in string_literals(ENGINE)}

    found = [path.stem for path in cypher_files() if not is_migration(path)]
    found = [stem for stem in found if stem not in loaded]

    assert not found, f"no string literal of tracegraph/store/neo4j names {found}"


TRUE_HEADER = """\
// name: items_by_key
// purpose: Items by their keys.
// parameters: keys, known
// returns: key, name
// order: key
// anchor: unique key
// cost: one look-up a key; costs '$nothing'
UNWIND $keys AS k MATCH (i:Item {key: k}) WHERE i.rec <= $known AND i.name <> '$x;' RETURN i
"""


def test_a_true_header_passes() -> None:
    assert header_faults("items_by_key", TRUE_HEADER, migration=False) == []


@pytest.mark.parametrize(
    ("stem", "old", "new"),
    [
        pytest.param("other", "", "", id="another-name"),
        pytest.param("items_by_key", "// cost:", "// price:", id="no-cost"),
        pytest.param("items_by_key", "keys, known", "keys", id="parameter-not-listed"),
        pytest.param("items_by_key", "keys, known", "keys, known, more", id="parameter-not-used"),
        pytest.param("items_by_key", "keys, known", "-", id="says-none"),
        pytest.param("items_by_key", "// order: key", "// order:", id="empty-line"),
        pytest.param("items_by_key", "RETURN i", "RETURN i; RETURN 1", id="two-statements"),
    ],
)
def test_a_false_header_is_seen(stem: str, old: str, new: str) -> None:
    text = TRUE_HEADER.replace(old, new)

    found = header_faults(stem, text, migration=False)

    assert found, "a check that never fires guards nothing"


def test_a_migration_needs_a_name_and_a_purpose_only() -> None:
    text = "// name: V0001__items\n// purpose: Unique keys.\nCREATE (a);\nCREATE (b);\n"

    assert header_faults("V0001__items", text, migration=True) == []
    assert header_faults("V0002__items", text, migration=True) != []
