"""What a user keeps secret is used, and told nowhere: no output, no log, no database, no export."""

from __future__ import annotations

import gzip
import shutil
import stat
import zipfile
from typing import TYPE_CHECKING

from pages import page
from surroundings import SECRET, TELLING, Answer, Mailbox, Program, Receiver, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

KEPT = {
    'security = "none"': 'security = "none"\nusername = "monitor"\npassword = "file:password"',
    'secret = "env:HOOK_SECRET"': 'secret = "file:signing"',
    "[monitor]": '[monitor]\nweb_token = "file:token"',
}
"""Where secrets come into the configuration, each out of a file."""
SOURCE = """
[channels.closed]
type = "webhook"
url = "file:address"
allow_private = true

[[source]]
id = "acme"
url = "{page}"
headers = {{ Authorization = "file:login" }}
"""
COMMANDS = """status
list
list --json
validate
history acme
checks acme --json
deliveries
deliveries --json
channels list
channels test mail
channels test closed
render 1 --as webhook
render 1 --as email
verify
export jsonl --deliveries
export bundle acme
export warc all.warc.gz
export site site
export git git"""


def _kept(folder: Path, secrets: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """Read every file the program wrote, packed ones unpacked."""
    for path in folder.rglob("*"):
        if path.is_dir() or path.name in secrets:
            continue
        content = path.read_bytes()
        yield path.name, gzip.decompress(content) if path.suffix == ".gz" else content
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                for name in packed.namelist():
                    found = packed.read(name)
                    yield name, gzip.decompress(found) if name.endswith(".gz") else found


def _listed(folder: Path, program: str) -> Path:
    """Have what processes of a program are listed with written down."""
    real = shutil.which(program)
    assert real is not None
    before = folder / "bin" / program
    before.parent.mkdir()
    listed = folder / "processes.txt"
    before.write_text(f"#!/bin/sh\ncat /proc/$$/cmdline >> '{listed}'\nexec '{real}' \"$@\"\n")
    before.chmod(0o700)
    return listed


def test_secrets_are_used_and_never_told(
    program: Program,
    site: Site,
    mailbox: Mailbox,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A login, a signing key, a password, a token and a secret address; refused ones as well."""
    secrets = {
        "login": "Bearer s3cr3t-of-the-portal",
        "signing": SECRET,
        "password": "s3cr3t-of-the-mail-server",
        "address": "http://127.0.0.1:1/s3cr3t-in-the-path?key=s3cr3t-in-the-query",
        "token": "s3cr3t-of-the-web-view",
    }
    for name, value in secrets.items():
        (program.folder / name).write_text(f"{value}\n")
        (program.folder / name).chmod(0o600)
    listed = _listed(program.folder, "git")
    monkeypatch.setenv("PATH", f"{program.folder / 'bin'}", prepend=":")
    text = TELLING + SOURCE
    for plain, secret in KEPT.items():
        assert plain in text
        text = text.replace(plain, secret)
    program.write(text.format(smtp=mailbox.port, hook=receiver.url, page=site.url("/acme")))
    said = []
    for changed in (False, True):
        site.answers["/acme"] = Answer(page("english", changed=changed))
        done = program.run("check", "--json")
        assert done.returncode == 0, done.stderr
        said.append(done.stdout + done.stderr)
    assert {asked["authorization"] for _, asked in site.asked} == {secrets["login"]}
    assert receiver.verified
    assert (receiver.refused, mailbox.messages) == (0, [])
    site.answers["/acme"] = Answer(b"no", 403)
    program.run("check")
    for command in COMMANDS.splitlines():
        done = program.run(*command.split())
        assert done.stdout or done.stderr, command
        said.append(f"{command}\n{done.stdout}{done.stderr}")
    told = [("said", text.encode()) for text in said] + list(_kept(program.folder, secrets))
    assert len(told) > 40
    assert b"git" in listed.read_bytes()
    values = {value.encode() for value in secrets.values()} | {b"s3cr3t", SECRET[6:].encode()}
    for name, content in told:
        assert not [value for value in values if value in content], (name, content[:2000])
    assert stat.S_IMODE(program.database.stat().st_mode) == 0o600
