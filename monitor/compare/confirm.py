"""What two captures agree on: differences seen once and still there.

Parts of a page that rotate never repeat, so the changed blocks are confirmed, not the page. What
a second capture does not confirm must stay a difference against what is recorded: `agree` gives
the document to record, and the rest shows up again in the next comparison with it until it is
confirmed or gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.compare.noise import Reader
from monitor.compare.suspicion import SENTENCE
from monitor.compare.verdict import compare, told
from monitor.compare.volatile import places, turned, without_hunks
from monitor.compare.words import fold, replaced
from monitor.model import Comparison, Dates, Document, Edit, Hunk, PolicyDate, Section
from monitor.model.rule_text import Ignored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.model import Run

ROTATING = 0.1
"""Share of a page up to which two captures of it may differ and still agree."""

WordEdit = tuple[tuple[str, ...], tuple[str, ...]]


def confirm(
    old: Document, first: Document, second: Document, *, ignore: Sequence[str] = ()
) -> Comparison:
    """Return the differences from `old` to `second` that `first` already showed.

    The verdict is ``same`` where none is confirmed; ``suspect`` where `second` still looks like
    another page, which no number of confirmed blocks cures.
    """
    before = compare(old, first, ignore=ignore)
    after = compare(old, second, ignore=ignore)
    if not before.edits or not after.edits:
        return Comparison("same", "not seen again", (), after.old_lines, after.new_lines)
    seen = _Seen.of(before, Reader(Ignored(ignore)))
    edits = tuple(edit for edit in map(seen.still, after.edits) if edit.hunks)
    if not edits:
        return Comparison("same", "not seen again", (), after.old_lines, after.new_lines)
    reason = after.reason if after.verdict == "suspect" else told(edits)
    return replace(after, reason=reason, edits=edits)


def agree(
    old: Document, first: Document, second: Document, *, ignore: Sequence[str] = ()
) -> tuple[Comparison, Document]:
    """Return what two captures agree on, and the document that says just that.

    The document is `second` itself where all of it is confirmed, and `old` where nothing is.
    It is `first` where nothing repeats and `second` is a plain edit of `first`: a policy edited
    twice in a row, whose later edit shows in the next comparison. Where it is not `second`,
    equality with the body of `second` does not mean that nothing is left to find.
    """
    confirmed = confirm(old, first, second, ignore=ignore)
    if confirmed.edits:
        return confirmed, settled(old, confirmed, second, ignore=ignore)
    before = compare(old, first, ignore=ignore)
    if before.verdict == "changed" and compare(first, second, ignore=ignore).clear:
        return before, first
    return confirmed, old


def steady(
    confirmed: Comparison,
    old: Document,
    first: Document,
    second: Document,
    *,
    ignore: Sequence[str] = (),
) -> Comparison:
    """Return what is confirmed but for what stands where two captures show different things.

    So a part that rotates looks: what it showed first is gone in both, and its label is new in
    both, and neither says anything. Sentences that are new in both count wherever they stand.
    """
    before, after = compare(old, first, ignore=ignore), compare(old, second, ignore=ignore)
    turning = {place.key for place in turned(before, after, ignore=ignore)}
    spans = [
        (place.hunks[0].old_line, place.hunks[-1].old_line + len(place.hunks[-1].old))
        for place in places(after, ignore=ignore)
        if place.after.key in turning
    ]

    def doubted(hunk: Hunk) -> bool:
        short = all(len(line.split()) < SENTENCE for line in hunk.new)
        return (
            (not hunk.old or not hunk.new)
            and short
            and any(start <= hunk.old_line <= stop for start, stop in spans)
        )

    return without_hunks(confirmed, doubted, "parts that rotate")


def agrees(first: Document, second: Document, *, ignore: Sequence[str] = ()) -> bool:
    """Tell whether two captures show the same page, but for small parts that rotate."""
    found = compare(first, second, ignore=ignore)
    runs = [run for hunk in found.hunks for run in hunk.runs]
    gone, came = (
        sum(len(run.text) for run in runs if run.kind == kind) for kind in ("removed", "added")
    )
    return found.verdict != "suspect" and max(gone, came) <= ROTATING * len(second.text)


def settled(
    old: Document, confirmed: Comparison, second: Document, *, ignore: Sequence[str] = ()
) -> Document:
    """Return `second` without what is not confirmed: the text to compare the next capture with.

    It is `second` itself where everything is confirmed or only noise is left out.
    """
    if compare(old, second, ignore=ignore).edits == confirmed.edits:
        return second
    lines: list[str] = []
    sections: list[Section] = []
    starts = (
        {section.line: section for section in old.sections},
        {section.line: section for section in second.sections},
    )
    for is_new, at in _origins(confirmed):
        text = confirmed.new_lines[at] if is_new else confirmed.old_lines[at]
        section = starts[is_new].get(at)
        if section or not sections:
            section = section or Section((), "", "", 0)
            sections.append(replace(section, text="", line=len(lines)))
        if not (sections[-1].heading and sections[-1].line == len(lines)):
            last = sections[-1]
            sections[-1] = replace(last, text=f"{last.text}\n{text}" if last.text else text)
        lines.append(text)
    return replace(
        second,
        sections=tuple(sections),
        text="\n".join(lines),
        dates=_dates(old, second, lines),
    )


def _origins(comparison: Comparison) -> Iterator[tuple[bool, int]]:
    """Yield for every line of the applied text which side it is from, and where there."""
    at = 0
    for hunk in comparison.hunks:
        yield from ((False, line) for line in range(at, hunk.old_line))
        yield from ((True, line) for line in range(hunk.new_line, hunk.new_line + len(hunk.new)))
        at = hunk.old_line + len(hunk.old)
    yield from ((False, line) for line in range(at, len(comparison.old_lines)))


def _dates(old: Document, second: Document, lines: list[str]) -> Dates:
    """Return the dates of whichever document still states them all, at their new lines."""
    for document in (second, old):
        dates, texts = document.dates, document.lines
        stated = [dates.updated, dates.effective, dates.published, dates.bare]
        at = {date.line for date in stated if date and date.line is not None}
        if all(texts[line] in lines for line in at):
            moved = {line: lines.index(texts[line]) for line in at}
            return replace(
                dates,
                updated=_moved(dates.updated, moved),
                effective=_moved(dates.effective, moved),
                published=_moved(dates.published, moved),
                bare=_moved(dates.bare, moved),
            )
    return Dates()


def _moved(date: PolicyDate | None, moved: dict[int, int]) -> PolicyDate | None:
    return replace(date, line=moved[date.line]) if date and date.line is not None else date


@dataclass(frozen=True, slots=True)
class _Seen:
    """What an earlier comparison with the same old document showed."""

    reader: Reader
    removed: str
    """Words of all lines that went, one space between and around them."""
    added: str
    words: frozenset[WordEdit]

    @classmethod
    def of(cls, before: Comparison, reader: Reader) -> _Seen:
        """Remember every line and every replaced word of a comparison."""
        return cls(
            reader,
            _joined(reader.key(line) for hunk in before.hunks for line in hunk.old),
            _joined(reader.key(line) for hunk in before.hunks for line in hunk.new),
            frozenset(edit for hunk in before.hunks for edit in _word_edits(hunk.runs)),
        )

    def still(self, edit: Edit) -> Edit:
        """Return the edit with those parts of its hunks that were seen before."""
        return replace(edit, hunks=tuple(part for hunk in edit.hunks for part in self._parts(hunk)))

    def _parts(self, hunk: Hunk) -> Iterator[Hunk]:
        if hunk.old and hunk.new:
            lines = all(self._known(line, self.added) for line in hunk.new)
            if lines or not self.words.isdisjoint(_word_edits(hunk.runs)):
                yield hunk
            return
        known, texts = (self.removed, hunk.old) if hunk.old else (self.added, hunk.new)
        start = None
        for at, line in enumerate([*texts, None]):
            if line is not None and self._known(line, known):
                start = at if start is None else start
            elif start is not None:
                yield _part(hunk, start, at)
                start = None

    def _known(self, line: str, known: str) -> bool:
        """Whether the words of a line were seen, broken into lines in whatever way."""
        key = self.reader.key(line)
        return not key or f" {key} " in known


def _joined(keys: Iterable[str]) -> str:
    return f" {' '.join(filter(None, keys))} "


def _part(hunk: Hunk, start: int, stop: int) -> Hunk:
    """Return some of the lines of a one-sided hunk."""
    if (start, stop) == (0, len(hunk.old) or len(hunk.new)):
        return hunk
    old, new = hunk.old[start:stop], hunk.new[start:stop]
    return Hunk(
        hunk.old_line + (start if hunk.old else 0),
        hunk.new_line + (start if hunk.new else 0),
        old,
        new,
        replaced("\n".join(old), "\n".join(new)),
    )


def _word_edits(runs: Sequence[Run]) -> Iterator[WordEdit]:
    """Yield the words that went with those that came in their place, alike wherever they stand."""
    gone: list[str] = []
    came: list[str] = []
    for run in runs:
        if run.kind == "same":
            if gone or came:
                yield tuple(gone), tuple(came)
            gone, came = [], []
        else:
            (gone if run.kind == "removed" else came).extend(fold(run.text))
    if gone or came:
        yield tuple(gone), tuple(came)
