"""What differs between two documents, in the sections where it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Verdict = Literal["same", "changed", "suspect"]
Operation = Literal["added", "removed", "edited", "moved", "renamed"]
RunKind = Literal["same", "added", "removed"]

CONTEXT_LINES = 3


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of words inside a changed passage."""

    kind: RunKind
    text: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """Old lines and the new lines that stand in their place; either may be empty."""

    old_line: int
    """Index into the old document's lines where `old` starts."""
    new_line: int
    """Index into the new document's lines where `new` starts."""
    old: tuple[str, ...]
    new: tuple[str, ...]
    runs: tuple[Run, ...] = ()
    """The hunk by words: ``same`` + ``removed`` is old, ``same`` + ``added`` is new."""
    elsewhere: tuple[str, ...] | None = None
    """Of lines that only moved, the section they stand in in the other document."""

    @property
    def departs(self) -> bool:
        """Whether it is the place that lines moved away from; they are told where they went."""
        return self.elsewhere is not None and bool(self.old)

    @property
    def arrives(self) -> bool:
        """Whether it is the place that lines moved to."""
        return self.elsewhere is not None and bool(self.new)


@dataclass(frozen=True, slots=True)
class Edit:
    """What happened to one section."""

    operation: Operation
    path: tuple[str, ...]
    """Headings in the new document; in the old one where the section was removed."""
    old_path: tuple[str, ...] | None
    """Headings in the old document; `None` where the section was added."""
    hunks: tuple[Hunk, ...]

    @property
    def words_added(self) -> int:
        """Count the words that are new; those that moved are not."""
        return self._count("added")

    @property
    def words_removed(self) -> int:
        """Count the words that are gone."""
        return self._count("removed")

    def _count(self, kind: RunKind) -> int:
        runs = (run for hunk in self.hunks if hunk.elsewhere is None for run in hunk.runs)
        texts = (run.text for run in runs if run.kind == kind)
        # Table bars, list marks and heading marks are ours, not words of the policy.
        return sum(any(map(str.isalnum, word)) for text in texts for word in text.split())


@dataclass(frozen=True, slots=True)
class Comparison:
    """The edits that lead from one document to another, noise left out."""

    verdict: Verdict
    reason: str
    """Why, in a few words: ``two sections edited``, ``other language``, ``no difference``."""
    edits: tuple[Edit, ...]
    old_lines: tuple[str, ...]
    new_lines: tuple[str, ...]
    clear: bool = False
    """Whether the difference is plain enough to be recorded without a second capture."""

    @property
    def hunks(self) -> tuple[Hunk, ...]:
        """All hunks of all edits in the order of the old text; they do not overlap."""
        found = (hunk for edit in self.edits for hunk in edit.hunks)
        return tuple(sorted(found, key=lambda hunk: (hunk.old_line, hunk.new_line)))

    def apply(self) -> tuple[str, ...]:
        """Return the old lines with every hunk applied: the new text, but for ignored noise."""
        lines: list[str] = []
        at = 0
        for hunk in self.hunks:
            lines += self.old_lines[at : hunk.old_line]
            lines += hunk.new
            at = hunk.old_line + len(hunk.old)
        return (*lines, *self.old_lines[at:])

    def unified(self, old: str = "old", new: str = "new", context: int = CONTEXT_LINES) -> str:
        """Render as a unified diff against the old text, as `patch` and `unidiff` read it.

        Empty where there is no edit. The text patched is `old_lines` joined and ended by newlines.
        """
        groups = list(_grouped(self.hunks, context))
        if not groups:
            return ""
        out = [f"--- {old}", f"+++ {new}"]
        shift = 0
        for group in groups:
            body, counts, shift = self._render(group, context, shift)
            out += [counts, *body]
        return "\n".join(out) + "\n"

    def _render(self, group: list[Hunk], context: int, shift: int) -> tuple[list[str], str, int]:
        start = max(0, group[0].old_line - context)
        body: list[str] = []
        at, added, removed = start, 0, 0
        for hunk in group:
            body += [f" {line}" for line in self.old_lines[at : hunk.old_line]]
            body += [f"-{line}" for line in hunk.old] + [f"+{line}" for line in hunk.new]
            at = hunk.old_line + len(hunk.old)
            removed += len(hunk.old)
            added += len(hunk.new)
        end = min(len(self.old_lines), at + context)
        body += [f" {line}" for line in self.old_lines[at:end]]
        old_count = end - start
        new_count = old_count - removed + added
        header = f"@@ -{_span(start, old_count)} +{_span(start + shift, new_count)} @@"
        return body, header, shift + added - removed


def _span(start: int, count: int) -> str:
    # GNU diff: an empty range names the line before it.
    return f"{start + 1 if count else start},{count}"


def _grouped(hunks: Iterable[Hunk], context: int) -> Iterator[list[Hunk]]:
    group: list[Hunk] = []
    for hunk in hunks:
        if group and hunk.old_line - (group[-1].old_line + len(group[-1].old)) > 2 * context:
            yield group
            group = []
        group.append(hunk)
    if group:
        yield group
