"""``export jsonl`` and ``import jsonl`` as a user runs them."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from warc_files import URL, WarcFile, story

if TYPE_CHECKING:
    from surroundings import Program


def test_an_archive_moves_through_a_pipe_or_a_file(program: Program) -> None:
    """The history of the other archive is the same; a second time changes nothing."""
    program.write(f'[[source]]\nid = "acme"\nname = "Privacy policy"\nurl = "{URL}"\n')
    story(WarcFile(program.folder / "in.warc.gz"), "aabbcc")
    program("import", "warc", "in.warc.gz", "--all")
    history = program.json("history", "acme")
    lines = program("export", "jsonl").splitlines()
    assert {json.loads(line)["type"] for line in lines} >= {"archive", "body", "version", "change"}
    assert program("export", "jsonl", "--output", "out.jsonl.gz") == "out.jsonl.gz: 1 source\n"

    program.database.rename(program.folder / "old.db")
    assert program("import", "jsonl", "out.jsonl.gz") == "1 source: 1 added and equal\n"
    assert program.json("history", "acme") == history
    piped = subprocess.run(
        [*program.command, "import", "jsonl", "-"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        env=program.environ,
        cwd=program.folder,
        check=True,
    )
    assert piped.stdout == "1 source: 1 equal already\n"
    done = program.run("import", "jsonl", "in.warc.gz")
    assert (done.returncode, "line 1: is no JSON object" in done.stderr) == (2, True)
    done = program.run("export", "jsonl", "--output", "out.jsonl.gz")
    assert (done.returncode, "--force" in done.stderr) == (2, True)
