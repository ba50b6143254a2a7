"""A policy made of attacks goes through every way out of the program, and stays text."""

from __future__ import annotations

import html
import json
import re
import subprocess
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree.ElementTree import fromstring

import pytest
from icalendar import Calendar
from surroundings import TELLING, Answer, Mailbox, Program, Receiver, Site

if TYPE_CHECKING:
    from collections.abc import Iterable
    from email.message import EmailMessage
    from pathlib import Path

SOURCE = """
[[source]]
id = "acme"
site = "Acme <script>alert(1)</script>\\u202e"
kind = "privacy-policy"
name = "=HYPERLINK(\\"http://evil.example\\") [bold]{{{{ 7*7 }}}}[/bold]"
url = "{url}"
"""
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "]]><x xmlns='y'>&evil;",
    "javascript:alert(1)",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/pixel.png)",
    "=cmd|'/c calc'!A1",
    "@SUM(1+9)*cmd|'/c calc'!A1",
    "{{ 7*7 }} {% include '/etc/passwd' %} ${7*7} <%= 7*7 %>",
    "[bold red]red[/bold red] [link=http://evil.example]here[/link]",
    "Subject: x\r\nBcc: victim@example.org",
    "END:VEVENT\r\nBEGIN:VALARM",
    "Policy-Version: acme 99",
    'monitor_sources{site="x"} 99',
    "\x1b[31mred\x1b]0;title\x07\x1b[2J",
    "\x9b2J",
    "\u202egnp.exe\u202c\u2066x\u2069",
    "a\u2028b\x0bc\x0cd\x08e",
    "--- a/x +++ b/x @@ -1 +1 @@",
)
COMMANDS = """status
status acme
status --untracked
status --upcoming
list
history acme --all
checks acme
deliveries
diff acme 1 2
diff acme 1 2 --sections
diff acme 1 2 --unified
show acme
show acme --dates
blame acme
search alert
search victim
render 1 --as text
render 1 --as brief
render 1 --as webhook
reset acme"""
WHOLE = {"show acme", "diff acme 1 2 --unified"}
"""Those that write all of the text, also a heading of a megabyte."""
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "div", "main", "header", "footer", "nav"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "span", "ul", "ol", "li", "table", "thead", "tbody"),
    *("tr", "th", "td", "a", "ins", "del", "b", "code", "pre", "dl", "dt", "dd", "small", "strong"),
    *("section", "article", "details", "summary", "mark", "time", "br", "hr", "em", "i"),
}


def _policy(edit: str) -> bytes:
    """Write a policy in which every attack is a heading, a paragraph, an item and a cell."""
    parts = ["<p>Last updated: January 5, 2026</p>"]
    for number, attack in enumerate(ATTACKS, 1):
        shown = html.escape(attack)
        parts.append(
            f"<h2>{number}. {shown}</h2><p>We keep {shown} for {number} days. {edit}</p>"
            f"<ul><li>Device {number} {shown}</li></ul>"
            f"<table><tr><th>Who</th><th>Why</th></tr><tr><td>Co {number}</td><td>{shown}</td></tr>"
            f'</table><p><a href="{shown}">Read {number} of the terms</a></p>'
        )
    huge = f"<h2>{'Heading ' * 130_000}</h2><p>We keep what you tell us. {edit}</p>"
    title = html.escape("".join(ATTACKS))
    body = f"<h1>Privacy Policy {html.escape(ATTACKS[0])}</h1>{''.join(parts)}{huge}"
    page = f"<!doctype html><html lang=en><title>{title}</title><main>{body}</main></html>"
    return page.encode()


class _Page(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def _harmless(text: str, where: str) -> None:
    page = _Page(text)
    assert page.tags <= TAGS, where
    names = {name for name, _ in page.attributes}
    assert not [name for name in names if name.startswith("on") or name == "src"], where
    links = [value for name, value in page.attributes if name == "href"]
    assert not [link for link in links if "script:" in link.lower()], where
    assert not CONTROL.search(text), where


@pytest.fixture
def attacked(program: Program, site: Site, mailbox: Mailbox, receiver: Receiver) -> Program:
    """Watch a policy that is all attacks, through an edit of every section."""
    where = {"smtp": mailbox.port, "hook": receiver.url, "url": site.url("/policy")}
    program.write((TELLING + SOURCE).format(**where))
    odd = {"Content-Type": "text/html; charset=utf-8", "ETag": '"\x1b[31m"', "X-Odd": "\x9b2J"}
    for number, edit in enumerate(("", "We may sell it to anybody who asks for it.")):
        site.answers["/policy"] = Answer(_policy(edit), headers=odd)
        (row,) = program.json("check")
        assert row["outcome"] == ("first", "changed")[number]
    return program


def test_a_policy_of_attacks_stays_text(
    attacked: Program, mailbox: Mailbox, receiver: Receiver
) -> None:
    """Terminal, JSON, mail, webhook, feed, calendar, pages, git and log: nothing acts on it."""
    for command in COMMANDS.splitlines():
        done = attacked.run(*command.split())
        assert done.returncode in {0, 1}, (command, done.stderr)
        found = CONTROL.search(done.stdout + done.stderr)
        assert found is None, (command, found)
        assert len(done.stdout) < 100_000 or command in WHOLE, command
    for command in ("status", "history acme", "checks acme", "diff acme 1 2", "show acme"):
        said = attacked.run(*command.split(), "--json").stdout
        assert json.loads(said)
        assert not CONTROL.search(said), command
    kinds = {part.name for part in Calendar.from_ical(attacked("calendar")).walk()}
    assert kinds <= {"VCALENDAR", "VEVENT"}
    _harmless(attacked("diff", "acme", "1", "2", "--html", expect=1), "diff --html")
    fromstring(attacked("render", "1", "--as", "feed"))  # noqa: S314 - ours
    _files_are_harmless(attacked)
    (message,) = mailbox.messages
    _mail_is_harmless(message_from_bytes(bytes(message), policy=default))
    assert len(receiver.verified) == 1


def _mail_is_harmless(mail: EmailMessage) -> None:
    assert mail["Bcc"] is None
    assert mail["To"] == "reader@example.org"
    assert mail["Subject"].isprintable()
    assert len(mail["Subject"]) < 250
    pages = 0
    for part in mail.walk():
        if part.get_content_type() == "text/html":
            pages += 1
            _harmless(part.get_content().replace("\r\n", "\n"), "mail")
        elif part.get_content_type() == "text/plain":
            assert not CONTROL.search(part.get_content().replace("\r\n", "\n"))
    assert pages == 1


def _files_are_harmless(attacked: Program) -> None:
    folder = attacked.folder
    attacked("export", "site", "site")
    for path in _files(folder / "site", ".html"):
        _harmless(path.read_text("utf-8"), path.name)
    attacked("export", "git", "git")
    (text,) = _files(folder / "git", ".md")
    assert not re.search(r"(?<!\\)<", text.read_text("utf-8"))
    assert not CONTROL.search(text.read_text("utf-8"))
    log = subprocess.run(
        ["git", "log", "-p"], cwd=folder / "git", capture_output=True, check=True, timeout=60
    )
    assert not CONTROL.search(log.stdout.decode().replace("\t", ""))
    assert b"Policy-Version: acme 2" in log.stdout
    for line in attacked("export", "jsonl").split("\n")[:-1]:
        json.loads(line)


def _files(folder: Path, ending: str) -> Iterable[Path]:
    found = sorted(folder.rglob(f"*{ending}"))
    assert found
    return found
