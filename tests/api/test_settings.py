"""Settings: the page and the code say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from tracegraph.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
ROW = re.compile(r"^\| `(TRACEGRAPH_\w+)` \| (?:`([^`]*)`|none) \| (.+) \|$", re.MULTILINE)


def test_the_table_has_each_setting_with_its_default_and_meaning() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))

    assert [(name, default, meaning.replace("`", "")) for name, default, meaning in rows] == [
        (f"TRACEGRAPH_{name.upper()}", str(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ]


def test_settings_come_from_the_environment_and_empty_ones_do_not_count(monkeypatch) -> None:
    monkeypatch.setenv("TRACEGRAPH_PORT", "8080")
    monkeypatch.setenv("TRACEGRAPH_STORE", "")

    settings = Settings()

    assert settings.port == 8080
    assert settings.store == "sqlite:///tracegraph.db"


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "80800"), ("IDENTIFIERS", "loose"), ("MAX_BATCH_EVENTS", "0")]
)
def test_a_value_that_is_none_is_refused(monkeypatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"TRACEGRAPH_{name}", value)

    with pytest.raises(ValidationError):
        Settings()


def test_a_password_in_the_store_is_not_shown() -> None:
    assert "hunter2" not in repr(Settings(store="neo4j://neo4j:hunter2@db:7687/neo4j"))
