"""The main job: pages are recorded, noise is silent, changes are told once, in their section."""

from __future__ import annotations

import subprocess
from email.header import decode_header, make_header
from typing import TYPE_CHECKING

import pytest
from pages import POLICIES, page, plain_text
from surroundings import TELLING, Answer, Mailbox, Program, Receiver, Site
from unidiff import PatchSet

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

SOURCE = """
[[source]]
id = "{name}"
site = "Site {name}"
kind = "privacy-policy"
name = "Policy"
url = "{url}"
"""


def _publish(site: Site, *, changed: bool = False) -> None:
    for name in POLICIES:
        site.answers[f"/{name}"] = Answer(page(name, changed=changed))
    text = Answer(plain_text(changed=changed), headers={"Content-Type": "text/plain"})
    site.answers["/text"] = text


@pytest.fixture
def watched(program: Program, site: Site, mailbox: Mailbox, receiver: Receiver) -> Program:
    """Configure every page, a mail server and a webhook."""
    names = [*POLICIES, "text"]
    entries = "".join(SOURCE.format(name=name, url=site.url(f"/{name}")) for name in names)
    program.write(TELLING.format(smtp=mailbox.port, hook=receiver.url) + entries)
    _publish(site)
    return program


def test_a_change_reaches_everybody_once(
    watched: Program, site: Site, mailbox: Mailbox, receiver: Receiver, tmp_path: Path
) -> None:
    """First captures, noise, then changes: every change is found and told once to each channel."""
    names = {*POLICIES, "text"}
    first = watched.json("check")
    assert {row["source"]: row["outcome"] for row in first} == dict.fromkeys(names, "first")

    _publish(site)
    noise = watched.json("check")
    assert {row["outcome"] for row in noise} == {"unchanged"}
    assert not mailbox.messages

    _publish(site, changed=True)
    changed = watched.json("check")
    assert {row["source"]: row["outcome"] for row in changed} == dict.fromkeys(names, "changed")
    assert sorted(hook["data"]["source"]["id"] for hook in receiver.verified) == sorted(names)
    assert receiver.refused == 0
    assert len(mailbox.messages) == len(names)
    assert len({message["Message-ID"] for message in mailbox.messages}) == len(names)

    again = watched.json("check")
    assert {row["outcome"] for row in again} == {"unchanged"}
    assert len(receiver.verified) == len(mailbox.messages) == len(names)
    assert {row["state"] for row in watched.json("deliveries")} == {"sent"}

    _history_names_the_section(watched)
    _diff_patches_the_old_text(watched, mailbox, tmp_path)
    _mail_reads_well(mailbox)


def _history_names_the_section(watched: Program) -> None:
    (change,) = watched.json("history", "english")
    assert change["verdict"] == "changed"
    assert change["alert"] is True
    assert [section["path"][-1] for section in change["sections"]] == ["1. What we collect"]
    assert change["dates"]["old"]["updated"] == change["dates"]["new"]["updated"] == "2026-01-05"
    assert change["stats"]["words_removed"] == 0
    assert change["last_seen_unchanged_at"] <= change["first_seen_at"]
    shown = watched("history", "127.0.0.1")
    assert "1 section changed" in shown
    assert "1. What we collect" in shown
    (japanese,) = watched.json("history", "japanese")
    assert "第1条" in japanese["sections"][0]["path"][-1]


def _diff_patches_the_old_text(watched: Program, mailbox: Mailbox, folder: Path) -> None:
    for name in ("english", "russian", "table", "text"):
        old, new = (watched("show", name, number) for number in ("1", "2"))
        unified = watched("diff", name, "1", "2", "--unified", expect=1)
        (attached,) = (
            part.get_payload(decode=True)
            for part in _mail(mailbox, name).walk()
            if part.get_content_type() == "text/x-diff"
        )
        (folder / "old.txt").write_text(old, "utf-8")
        for diff in (unified.encode(), attached):
            assert PatchSet(diff.decode())[0].added >= 1
            (folder / "the.diff").write_bytes(diff)
            command = ["patch", "-s", "-o", "new.txt", "old.txt", "the.diff"]
            subprocess.run(command, cwd=folder, check=True)
            assert (folder / "new.txt").read_text("utf-8") == new
    assert "precise location" in watched("diff", "english", expect=1)


def _mail(mailbox: Mailbox, name: str) -> Message:
    return next(m for m in mailbox.messages if m["X-Monitor-Source"] == name)


def _mail_reads_well(mailbox: Mailbox) -> None:
    message = _mail(mailbox, "english")
    subject = str(make_header(decode_header(message["Subject"])))
    assert "Site english" in subject
    assert "1 section" in subject
    parts = {part.get_content_type(): part for part in message.walk()}
    assert {"text/plain", "text/html"} <= parts.keys()
    shown = parts["text/plain"].get_payload(decode=True)
    assert "We also collect your precise location." in shown.decode()


def test_dry_run_records_nothing(watched: Program) -> None:
    """A dry run says what it would find and leaves the archive as it was."""
    watched("check", "english", "--dry-run")
    assert watched.json("status", "english")[0]["checks"] == 0


def test_exit_code_tells_of_a_change(watched: Program, site: Site) -> None:
    """With --exit-code a change is exit 1, and a later check that sees none is 0."""
    watched("check", "english")
    site.answers["/english"] = Answer(page("english", changed=True))
    watched("check", "english", "--exit-code", expect=1)
    watched("check", "english", "--exit-code", expect=0)
