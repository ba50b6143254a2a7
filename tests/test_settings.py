"""The environment says where things are; what it says wrongly is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.settings import Settings, database_url


def test_an_empty_environment_gives_the_defaults() -> None:
    """Nothing needs to be set; empty is unset."""
    settings = Settings.from_environ({"MONITOR_LOG": "", "HOME": "/h"})
    assert settings.config == Path("sources.toml")
    assert settings.database.startswith("sqlite:////")
    assert settings.database.endswith("/policy-monitor/monitor.sqlite3")
    assert (settings.log, settings.contact) == ("text", None)


def test_every_variable_is_read_directly_or_from_a_file(tmp_path: Path) -> None:
    """NAME_FILE holds what NAME would; the last newline goes."""
    (tmp_path / "url").write_text("postgresql://u:hunter2@db/m\n")
    settings = Settings.from_environ(
        {
            "MONITOR_CONFIG": "/etc/monitor/sources.toml",
            "MONITOR_DATABASE_FILE": str(tmp_path / "url"),
            "MONITOR_LOG": "json",
            "MONITOR_CONTACT": "mailto:a@b.example",
        }
    )
    assert settings.config == Path("/etc/monitor/sources.toml")
    assert settings.database == "postgresql+psycopg://u:hunter2@db/m"
    assert (settings.log, settings.contact) == ("json", "mailto:a@b.example")
    assert "hunter2" not in repr(settings)


def test_a_path_is_the_address_of_an_sqlite_file() -> None:
    """Nobody has to count slashes."""
    assert database_url("/var/lib/m.db") == "sqlite:////var/lib/m.db"
    assert database_url("m.db") == f"sqlite:///{Path.cwd() / 'm.db'}"
    assert database_url("sqlite:///m.db") == "sqlite:///m.db"
    with pytest.raises(ConfigError, match="no database 'mysql'"):
        database_url("mysql://u:p@h/d")


def test_the_command_line_overrides_the_environment() -> None:
    """What is said nearer counts; what is not said stays."""
    settings = Settings.from_environ({"MONITOR_DATABASE": "/a.db", "MONITOR_CONFIG": "/a.toml"})
    assert settings.override() == settings
    assert settings.override(database="/b.db").database == "sqlite:////b.db"
    assert settings.override(config=Path("b.toml")).config == Path("b.toml")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MONITOR_LOG", "jsn", 'did you mean "json"?'),
        ("MONITOR_LOG", "xml", '"text" or "json"'),
        ("MONITOR_DATABASE", "oracle://u:hunter2@h/d", "no database 'oracle'"),
        ("MONITOR_DATABSE", "/a.db", "did you mean MONITOR_DATABASE?"),
        ("MONITOR_CONTACT", "a\nb", "holds a line break"),
        ("MONITOR_CONTACT_FILE", "/nowhere/x", "cannot be read: No such file"),
    ],
)
def test_a_bad_value_is_a_fault(name: str, value: str, said: str) -> None:
    """The fault names the variable and keeps secrets to itself."""
    with pytest.raises(ConfigError) as caught:
        Settings.from_environ({name: value})
    (fault,) = caught.value.faults
    assert (fault.where, fault.key) == ("environment", name)
    assert said in str(fault)
    assert "hunter2" not in str(fault)


def test_all_bad_values_are_told_at_once(tmp_path: Path) -> None:
    """Each variable has its fault, also one that is set twice or holds no text."""
    (tmp_path / "x").write_bytes(b"\xff")
    with pytest.raises(ConfigError) as caught:
        Settings.from_environ(
            {
                "MONITOR_LOG": "xml",
                "MONITOR_CONFIG": "a",
                "MONITOR_CONFIG_FILE": "b",
                "MONITOR_CONTACT_FILE": str(tmp_path / "x"),
            }
        )
    keys = [fault.key for fault in caught.value.faults]
    assert keys == ["MONITOR_CONFIG", "MONITOR_CONTACT_FILE", "MONITOR_LOG"]


def test_other_programs_variables_are_left_alone() -> None:
    """A secret named after the monitor is no misspelled setting."""
    settings = Settings.from_environ({"MONITOR_SMTP_PASSWORD": "x", "MONITOR": "y"})
    assert settings.log == "text"
