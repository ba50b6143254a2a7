"""Whatever goes wrong is said clearly, with the documented exit code, and nothing is lost."""

from __future__ import annotations

import random
import resource
import sqlite3
import subprocess

import pytest
from pages import page
from surroundings import Answer, Program, Site

CONFIG = """[defaults]
allow_private = true
robots = false
confirm_after = "0s"
timeout = "5s"

[monitor]
host_spacing = "0s"
"""


def _watch(program: Program, *urls: str) -> None:
    entries = (
        f'\n[[source]]\nid = "s{number}"\nurl = "{url}"\n' for number, url in enumerate(urls)
    )
    program.write(CONFIG + "".join(entries))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "monitor add"),
        ('[[source]]\nid = "a"\nurl = "https://example.org/"\nevry = "1h"\n', "did you mean"),
        ('[[source]]\nid = "a"\nurl = "ftp://example.org/"\n', "http"),
        ("[[source]\n", "TOML"),
    ],
    ids=["empty", "unknown key", "not http", "no TOML"],
)
def test_bad_configuration_is_explained(program: Program, text: str, said: str) -> None:
    """A configuration that cannot be used is exit 2, with file, line and advice."""
    program.write(text)
    done = program.run("check")
    assert done.returncode == 2
    assert "sources.toml" in done.stderr
    assert said.casefold() in done.stderr.casefold()


def test_missing_configuration_is_explained(program: Program) -> None:
    """Without a configuration the program says how to make one."""
    done = program.run("check")
    assert done.returncode == 2
    assert "monitor add" in done.stderr


def test_failures_have_kinds_and_do_not_stop_the_others(program: Program, site: Site) -> None:
    """Each kind of failure is named; a source that works is recorded all the same; exit 3."""
    site.answers |= {
        "/good": Answer(page("english")),
        "/error": Answer(b"broken", 500),
        "/empty": Answer(b""),
        "/loop": Answer(b"", 302, {"Location": "/loop"}),
        "/huge": Answer(b"<p>" + b"policy words " * 4_000_000),
    }
    paths = ("/good", "/missing", "/error", "/empty", "/loop", "/huge")
    _watch(program, *map(site.url, paths), "http://no-such-host.invalid/")
    rows = {row["source"]: row for row in program.json("check", expect=3)}
    details = {path: rows[f"s{n}"]["detail"] for n, path in enumerate((*paths, "dns"))}
    assert rows["s0"]["outcome"] == "first"
    assert details["/missing"].startswith("status: ")
    assert "404" in details["/missing"]
    assert "500" in details["/error"]
    assert rows["s3"]["outcome"] == "blocked"
    assert details["/loop"].startswith("redirect_loop: ")
    assert details["/huge"].startswith("too_large: ")
    assert details["dns"].startswith("dns: ")


def test_all_failed_is_told_apart(program: Program) -> None:
    """Where no source can be reached the program says just that, points to the demo; exit 4."""
    _watch(program, "http://no-such-host.invalid/")
    done = program.run("check")
    assert done.returncode == 4
    assert "monitor demo" in done.stderr


def test_cyrillic_without_charset_is_read(program: Program, site: Site) -> None:
    """A body in windows-1251 that names no charset anywhere is read as what it is."""
    body = page("russian").replace(b'<meta charset="windows-1251">', b"")
    site.answers["/ru"] = Answer(body)
    _watch(program, site.url("/ru"))
    program("check")
    assert "персональные данные" in program("show", "s0")


def test_unwritable_data_directory(program: Program, site: Site) -> None:
    """A database that cannot be created is exit 4 with the path."""
    site.answers["/a"] = Answer(page("english"))
    _watch(program, site.url("/a"))
    blocked = program.folder / "file"
    blocked.write_text("not a folder")
    options = [*program.options[:3], f"sqlite:///{blocked}/monitor.db"]
    done = program.run("check", options=options)
    assert done.returncode == 4
    assert str(blocked) in done.stderr
    assert "Traceback" not in done.stderr


def test_corrupt_database(program: Program, site: Site) -> None:
    """A file that is not a database is exit 4, and is left as it was."""
    _watch(program, site.url("/a"))
    program.database.write_bytes(b"this is not a database at all" * 100)
    before = program.database.read_bytes()
    done = program.run("check")
    assert done.returncode == 4
    assert "monitor.db" in done.stderr
    assert "Traceback" not in done.stderr
    assert program.database.read_bytes() == before


def test_full_disk_loses_nothing(program: Program, site: Site) -> None:
    """A disk that fills during a check is exit 4; what was recorded before can still be read."""
    site.answers["/a"] = Answer(page("english"))
    _watch(program, site.url("/a"))
    program("check")
    bulk = random.Random(1).randbytes(400_000).hex()  # noqa: S311 - what does not compress
    body = page("english", changed=True).replace(b"</main>", f"<!-- {bulk} --></main>".encode())
    site.answers["/a"] = Answer(body)
    room = program.database.stat().st_size + 10_000

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    done = subprocess.run(
        [*program.command, "check"],
        capture_output=True,
        text=True,
        env=program.environ,
        preexec_fn=fill,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert program.json("show", "s0")["version"] == 1
    assert program.json("check")[0]["outcome"] in {"changed", "pending"}


def test_locked_database_is_explained(program: Program, site: Site) -> None:
    """A database that another program holds locked is waited for, then exit 4."""
    site.answers["/a"] = Answer(page("english"))
    _watch(program, site.url("/a"))
    program("check")
    patient = [*program.options[:3], f"sqlite:///{program.database}?timeout=1"]
    with sqlite3.connect(program.database) as holder:
        holder.execute("begin exclusive")
        done = program.run("check", options=patient)
        holder.rollback()
    holder.close()
    assert done.returncode == 4
    assert "locked" in done.stderr
    assert program.json("check")[0]["outcome"] == "unchanged"


def test_unknown_site_suggests_the_nearest(program: Program, site: Site) -> None:
    """A site nobody watches is exit 2 with the nearest spelling."""
    site.answers["/a"] = Answer(page("english"))
    program.write(CONFIG + f'\n[[source]]\nid = "acme-privacy"\nurl = "{site.url("/a")}"\n')
    program("check")
    done = program.run("history", "acme-privcy")
    assert done.returncode == 2
    assert "acme-privacy" in done.stderr
