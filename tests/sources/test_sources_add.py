"""A source is added without touching what is there, or not at all."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from monitor.errors import ConfigError
from monitor.sources import add_source, guess, load, load_sources, suggest_id

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = {"id": "b", "url": "https://b.example/", "name": 'The "B"'}
OLD = '# mine\n[[source]]  # odd   spacing\nid="a"\nurl = "https://a.example/"'


@pytest.mark.parametrize("old", [OLD, OLD + "\n", OLD.replace("\n", "\r\n"), "\ufeff" + OLD])
def test_the_old_text_stays_byte_for_byte(old: str, tmp_path: Path) -> None:
    """Comments, spacing, line ends and mark survive; the new source comes last."""
    path = tmp_path / "sources.toml"
    path.write_bytes(old.encode())
    path.chmod(0o640)
    add_source(path, ENTRY)
    assert path.read_bytes().startswith(old.encode())
    assert [source.id for source in load(path, environ={}).sources] == ["a", "b"]
    assert path.stat().st_mode & 0o777 == 0o640
    assert [kept.name for kept in tmp_path.iterdir()] == ["sources.toml"]
    if "\r\n" in old:
        assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")


def test_a_name_cannot_make_the_file_read_otherwise(tmp_path: Path) -> None:
    """What turns a line around, or is not seen, is written as escapes and read back."""
    name = "A\u202e\u2066evil\U000e0041 Zoë سياسة"
    path = tmp_path / "sources.toml"
    add_source(path, {**ENTRY, "name": name})
    written = path.read_text("utf-8")
    assert written.replace("\n", "").isprintable()
    assert "Zoë سياسة" in written
    (found,) = load(path, environ={}).sources
    assert found.name == name


def test_a_file_is_made_where_there_is_none(tmp_path: Path) -> None:
    """The first source makes the file."""
    path = tmp_path / "sources.toml"
    add_source(path, {**ENTRY, "tags": ["x", "y"], "headers": {"X-Y": "1"}, "enabled": True})
    (source,) = load(path, environ={}).sources
    assert (source.tags, source.name) == (("x", "y"), 'The "B"')


@pytest.mark.parametrize("old", ["", "# none yet\n", '[defaults]\nevery = "1d"\n'])
def test_a_file_without_sources_gets_its_first(old: str, tmp_path: Path) -> None:
    """Who begins with defaults and channels is not told that there is no source."""
    path = tmp_path / "sources.toml"
    path.write_text(old)
    assert load_sources(path) == ()
    add_source(path, ENTRY)
    assert [source.id for source in load_sources(path)] == ["b"]


def test_a_link_goes_on_pointing_to_the_file(tmp_path: Path) -> None:
    """A configuration kept elsewhere and linked is changed there."""
    target = tmp_path / "real.toml"
    target.write_text(OLD)
    link = tmp_path / "sources.toml"
    link.symlink_to(target)
    add_source(link, ENTRY)
    assert link.is_symlink()
    assert len(load(target, environ={}).sources) == 2


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "a", "url": "https://b.example/"},
        {"id": "b", "url": "ftp://b.example/"},
        {"id": "b", "url": "https://b.example/\udcff"},
        {"id": "b"},
    ],
)
def test_a_bad_source_leaves_the_file_alone(entry: dict[str, str], tmp_path: Path) -> None:
    """The whole file is checked before it is replaced."""
    path = tmp_path / "sources.toml"
    path.write_text(OLD)
    with pytest.raises(ConfigError):
        add_source(path, entry)
    assert path.read_text() == OLD
    assert [kept.name for kept in tmp_path.iterdir()] == ["sources.toml"]


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """The fault says what the system said."""
    with pytest.raises(ConfigError, match="cannot be written: No such file"):
        add_source(tmp_path / "none" / "sources.toml", ENTRY)


def test_additions_at_once_all_last(tmp_path: Path) -> None:
    """Programs that add at the same time do not undo one another."""
    path = tmp_path / "sources.toml"
    code = (
        "import sys, pathlib, monitor.sources as s;"
        "s.add_source(pathlib.Path(sys.argv[1]), {'id': sys.argv[2], 'url': 'https://a.example/'})"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), f"s{n}"]) for n in range(4)]
    assert [program.wait(60) for program in running] == [0] * 4
    assert {source.id for source in load(path, environ={}).sources} == {"s0", "s1", "s2", "s3"}


@pytest.mark.parametrize(
    ("url", "kind", "name"),
    [
        ("https://www.acme.example/legal/privacy-policy", "privacy-policy", "Privacy Policy"),
        ("https://acme.example/privacy/cookies", "cookie-policy", "Cookie Policy"),
        ("https://acme.example/de/datenschutzerkl%C3%A4rung", "privacy-policy", "Privacy Policy"),
        ("https://acme.example/politique-de-confidentialité", "privacy-policy", "Privacy Policy"),
        ("https://acme.example/Terms_Of_Use.html", "terms-of-service", "Terms of Service"),
        ("https://acme.example/agb", "terms-of-service", "Terms of Service"),
        ("https://acme.example/利用規約", "terms-of-service", "Terms of Service"),
        (
            "https://acme.example/legal/dpa",
            "data-processing-agreement",
            "Data Processing Agreement",
        ),
        ("https://acme.example/subprocessors", "sub-processors", "Sub-processors"),
        ("https://acme.example/trademark-guidelines", "brand-guidelines", "Brand Guidelines"),
        ("https://privacy.acme.example/en", "privacy-policy", "Privacy Policy"),
        ("https://acme.example/impressum", "imprint", "Imprint"),
        ("https://acme.example/legal", "policy", "Policy"),
    ],
)
def test_an_address_gives_kind_and_name_away(url: str, kind: str, name: str) -> None:
    """The words that publishers put in addresses are read in several languages."""
    guessed = guess(url)
    assert (guessed["kind"], guessed["name"]) == (kind, name)
    assert guessed["site"].endswith("acme.example")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.acme.co.uk/privacy", "acme-privacy-policy"),
        ("https://legal.acme.example/", "acme-policy"),
        ("http://127.0.0.1:8000/terms", "127-0-0-1-terms-of-service"),
        ("http://localhost/agb", "localhost-terms-of-service"),
        ("http://[::1/", "policy"),
        ("https://例え.jp/", "policy"),
    ],
)
def test_an_id_is_suggested(url: str, expected: str) -> None:
    """The publisher's own part of the host and the kind make a readable id."""
    assert suggest_id(url, ()) == expected
    assert suggest_id(url, {expected, f"{expected}-2"}) == f"{expected}-3"
