"""What is shipped agrees: sources.toml, the JSON Schema and the documentation."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from monitor.model import Source
from monitor.sources import durations, json_schema, load
from monitor.sources.kinds import KINDS
from monitor.sources.schema import (
    AppriseEntry,
    Defaults,
    EmailEntry,
    MonitorEntry,
    SourceEntry,
    WebhookEntry,
)

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "sources.toml"
SCHEMA = ROOT / "docs" / "sources.schema.json"
MANUAL = (ROOT / "docs" / "sources.md").read_text("utf-8")


def test_the_shipped_sources_load_with_no_environment() -> None:
    """A fresh clone watches many publishers, kinds and languages without a fault or doubt."""
    configuration = load(SHIPPED, environ={})
    assert configuration.warnings == ()
    assert configuration.channels == {}
    enabled = [source for source in configuration.sources if source.enabled]
    assert len({source.site for source in enabled}) >= 45
    assert len({source.kind for source in enabled}) >= 10


def test_the_commented_example_loads_once_uncommented() -> None:
    """A newcomer who removes the comment signs gets channels that work."""
    text = re.sub(
        r"^# (\[(?:channels|monitor).*|\w+ = .*)$", r"\1", SHIPPED.read_text(), flags=re.MULTILINE
    )
    raw = tomllib.loads(text)
    assert set(raw["channels"]) == {"mail", "hook"}
    jsonschema.validate(raw, json_schema())


def test_the_schema_file_is_equal_to_the_code() -> None:
    """Editors check what the program checks."""
    made = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    assert SCHEMA.read_text("utf-8") == made, "write json_schema() to docs/sources.schema.json"


def test_the_schema_is_valid_and_accepts_the_shipped_file() -> None:
    """The schema is JSON Schema 2020-12, and the shipped file obeys it."""
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(tomllib.loads(SHIPPED.read_text("utf-8")), schema)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"source": []},
        {"source": [{"id": "a", "url": "https://a.example/", "wombat": 1}]},
        {"source": [{"id": "A b", "url": "https://a.example/"}]},
        {"source": [{"id": "a", "url": "ftp://a.example/"}]},
        {"source": [{"id": "a", "url": "https://a.example/", "every": "often"}]},
        {"source": [{"id": "a", "url": "https://a.example/"}], "channels": {"x": {"type": "fax"}}},
    ],
)
def test_the_schema_refuses_what_the_program_refuses(wrong: dict[str, Any]) -> None:
    """An editor underlines the mistakes it can see."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, json_schema())


TABLES = [Defaults, SourceEntry, EmailEntry, WebhookEntry, AppriseEntry, MonitorEntry]
FIELDS = sorted(
    {field.alias or key for table in TABLES for key, field in table.model_fields.items()}
)


@pytest.mark.parametrize("key", FIELDS)
def test_every_key_is_documented(key: str) -> None:
    """The manual has a row for each key."""
    assert re.search(rf"^\| `{key}` \|", MANUAL, re.MULTILINE)


def test_every_usual_kind_is_documented() -> None:
    """The manual lists the vocabulary."""
    assert [kind for kind in KINDS if f"`{kind}`" not in MANUAL] == []


def test_the_documented_defaults_are_the_models() -> None:
    """A default is what the manual says it is."""
    source = Source("a", "b", "c", "d", "https://e.example/")
    for key, value in {
        "every": source.schedule.every,
        "jitter": source.schedule.jitter,
        "timeout": source.timeout,
        "confirm_after": source.confirm_after,
        "remind_after": source.remind_after,
        "remind_before": source.remind_before,
    }.items():
        assert value is not None
        assert re.search(rf"^\| `{key}` \|.*`\"{durations.write(value)}\"`", MANUAL, re.MULTILINE)


def test_every_example_of_the_manual_loads(tmp_path: Path) -> None:
    """Each TOML block of the manual is a configuration, alone or beside a source."""
    environ = {
        "SMTP_PASSWORD": "x",
        "WEBHOOK_URL": "https://hooks.example.org/x",
        "WEBHOOK_SECRET": "whsec_" + "c2VjcmV0" * 4,
        "PORTAL_TOKEN": "x",
        "CHAT_URL": "json://chat.example.org/token",
    }
    blocks = re.findall(r"```toml\n(.*?)```", MANUAL, re.DOTALL)
    assert len(blocks) >= 4
    for block in blocks:
        path = tmp_path / "sources.toml"
        extra = (
            "" if "[[source]]" in block else '\n[[source]]\nid = "a"\nurl = "https://a.example/"\n'
        )
        path.write_text(block + extra, "utf-8")
        assert load(path, environ=environ).sources
