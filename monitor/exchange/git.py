"""Histories as a git repository: a Markdown file a source, a commit a version.

Commits are added in the order in which the pages were seen, and say so in their dates; whatever
interrupts an export, the repository is as it was before. Nothing else in it is touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import merge
from typing import TYPE_CHECKING, NamedTuple

from monitor.errors import UsageError
from monitor.exchange.git_program import refusal, start
from monitor.render.commit import MARK, commit_message, marked
from monitor.render.markdown import markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import IO

    from monitor.model import Source
    from monitor.record import Archive

BRANCH = "main"
_NEXT = "refs/policy-monitor/next"
"""Holds what is being added until all of it is there."""
_LINE = f"%(trailers:key={MARK},valueonly)"


class Step(NamedTuple):
    """One version that is to become a commit."""

    at: datetime
    source: str
    number: int
    dated: datetime
    """When the text was seen, or read anew."""
    change: int | None


@dataclass(frozen=True, slots=True)
class Repository:
    """A folder that is, or becomes, a git repository."""

    folder: Path

    def open(self) -> dict[str, int]:
        """Make the repository if need be; return the newest version of each source in it.

        Raises `UsageError` where the folder holds something else, or where git is missing.
        """
        if not self.folder.exists() or not any(self.folder.iterdir()):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._git("init", "--quiet", f"--initial-branch={BRANCH}")
        elif not (self.folder / ".git").exists():
            raise UsageError(f"{self.folder} is neither empty nor a git repository of its own")
        return self._exported() if self.head() else {}

    def head(self) -> str | None:
        """Return the newest commit; `None` where there is none."""
        found = self._git("rev-parse", "--verify", "--quiet", "HEAD", accept=(0, 1))
        return found.strip() or None

    def add(self, stream: Callable[[IO[bytes]], None]) -> None:
        """Take commits in the format of ``git fast-import``, all of them or none."""
        with start(self.folder, "fast-import", "--quiet", "--done", feed=True) as importing:
            assert importing.stdin is not None
            try:
                stream(importing.stdin)
                importing.stdin.write(b"done\n")
            except BrokenPipeError:
                # It has said why.
                pass
            except BaseException:
                importing.kill()
                raise
            _, said = importing.communicate()
        if importing.returncode:
            raise refusal(self.folder, said)
        try:
            # Refuses to lose edits of files that it would have to change.
            self._git("merge", "--quiet", "--ff-only", _NEXT)
        finally:
            self._git("update-ref", "-d", _NEXT)

    def _exported(self) -> dict[str, int]:
        newest: dict[str, int] = {}
        with start(self.folder, "log", f"--format={_LINE}", "HEAD") as log:
            assert log.stdout is not None
            for line in log.stdout:
                found = marked(line.decode("utf-8", "replace"))
                if found is not None:
                    newest[found[0]] = max(found[1], newest.get(found[0], 0))
            _, said = log.communicate()
        if log.returncode:
            raise refusal(self.folder, said)
        return newest

    def _git(self, *arguments: str, accept: tuple[int, ...] = (0,)) -> str:
        with start(self.folder, *arguments) as running:
            out, said = running.communicate()
        if running.returncode not in accept:
            raise refusal(self.folder, said)
        return out.decode("utf-8", "replace")


def steps(archive: Archive, sources: Sequence[Source], known: dict[str, int]) -> list[Step]:
    """List the versions that are not exported yet, in the order they were seen."""
    return list(merge(*(_steps(archive, source.id, known.get(source.id, 0)) for source in sources)))


def _steps(archive: Archive, source: str, known: int) -> Iterator[Step]:
    changes = {change.to_version: change.id for change in archive.history([source])}
    at = None
    for version in archive.versions(source):
        ours = version.cause in {"extractor", "rules"}
        dated = version.recorded_at if ours else version.fetched_at
        # The clock may have gone back; the order of versions never does.
        at = max(at or dated, dated)
        if version.number > known:
            yield Step(at, source, version.number, dated, changes.get(version.number))


def write_commits(
    out: IO[bytes],
    archive: Archive,
    sources: Sequence[Source],
    wanted: Sequence[Step],
    *,
    parent: str | None,
    author: str,
    passed: Callable[[], None] = lambda: None,
) -> None:
    """Write a commit for each version, one document in memory at a time."""
    named = {source.id: source for source in sources}
    for step in wanted:
        version = archive.version(step.source, step.number)
        assert version is not None
        change = None if step.change is None else archive.change(step.change)
        message = commit_message(named[step.source], version, change).encode("utf-8", "replace")
        text = markdown(version.document).encode("utf-8", "replace")
        when = f"{int(step.dated.timestamp())} +0000"
        head = f"commit {_NEXT}\nauthor {author} {when}\ncommitter {author} {when}\n"
        start = f"from {parent}\n" if parent else ""
        parent = None
        file = f"M 100644 inline {step.source}.md\n"
        out.write(
            b"".join((head.encode(), _sized(message), start.encode(), file.encode(), _sized(text)))
        )
        passed()


def _sized(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)
