"""Time stamps of an authority, as a user meets them; the authority is OpenSSL's."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from pages import page
from stamping_authority import OPENSSL, stamping
from surroundings import Answer, Program, Site

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """[defaults]
allow_private = true
robots = false

[monitor]
timestamp_url = "{authority}"
timestamp_private = true

[[source]]
id = "english"
url = "{url}"
"""


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_what_was_recorded_is_stamped_and_can_be_checked(
    program: Program, site: Site, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Stamped once, verified, bundled for OpenSSL, and carried to another archive."""
    site.answers["/english"] = Answer(page("english"))
    with stamping(tmp_path_factory.mktemp("authority")) as authority:
        program.write(CONFIG.format(authority=authority.url, url=site.url("/english")))
        program("check")
        assert program("seal").startswith(f"1 chain time-stamped by {authority.url}: 20")
        assert program.json("seal") == {"chains": 0}
    trusted = ("--certificates", str(authority.root))
    assert re.search(
        r"time-stamped up to link 2 on 20\S+, signature holds\n", program("verify", *trusted)
    )
    (tmp_path / "none.pem").write_text("none")
    for name, says in (("nowhere.pem", "cannot be read"), ("none.pem", "no certificates")):
        refused = program.run("verify", "--certificates", str(tmp_path / name))
        assert (refused.returncode, says in refused.stderr) == (2, True)

    folder = tmp_path / "evidence"
    program("export", "bundle", "english", "--output", str(folder))
    said = authority.openssl(
        *("ts", "-verify", "-data", str(folder / "timestamps/1.json")),
        *("-in", str(folder / "timestamps/1.tsr"), "-CAfile", str(authority.root)),
    )
    assert "Verification: OK" in said
    command = [sys.executable, "-I", "-S", "verify.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert "time stamp: link 2, 20" in done.stdout

    carried = tmp_path / "all.jsonl"
    program("export", "jsonl", "--output", str(carried))
    there = ["--config", str(program.config), "--database", f"sqlite:///{tmp_path / 'other.db'}"]
    for _ in range(2):
        done = program.run("import", "jsonl", str(carried), options=there)
        assert done.returncode == 0, done.stderr
    told = program.run("verify", *trusted, options=there)
    assert told.stdout == program("verify", *trusted)


def test_an_authority_has_to_be_named(program: Program, site: Site) -> None:
    """Without one the message says where to name it."""
    site.answers["/english"] = Answer(page("english"))
    text = CONFIG.format(authority="", url=site.url("/english"))
    program.write(text.replace('timestamp_url = ""\n', ""))
    program("check")
    refused = program.run("seal")
    assert refused.returncode == 2
    assert "timestamp_url in [monitor]" in refused.stderr
