"""Follows each line and each section through all versions of a policy: where a text comes from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.compare.moves import MOVED_WORDS
from monitor.compare.noise import Reader, kind
from monitor.compare.sections import Outline
from monitor.compare.succession import Succession, succession
from monitor.model import Lineage, Name, Origin, SectionOrigin
from monitor.model.rule_text import Ignored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.model import Document

MOSTLY = 0.5
"""Share of a section's text from which it was part of another, or went into another."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One version on the way."""

    number: int
    document: Document
    ours: bool = False
    """Whether we read the page another way: what differs is no doing of the policy's."""


def follow(stages: Iterable[Stage], *, ignore: Sequence[str] = ()) -> Lineage:
    """Follow everything the last of some versions says back through the others, oldest first."""
    course: _Course | None = None
    for stage in stages:
        if course is None:
            course = _Course(stage, Reader(Ignored(ignore)))
        else:
            course.advance(stage)
    if course is None:
        raise ValueError("there is no version to follow")
    return Lineage(course.stage.number, course.oldest, tuple(course.lines), tuple(course.sections))


@dataclass(frozen=True, slots=True)
class _Gone:
    """Words that stand no longer."""

    origin: Origin
    last: int
    section: str


class _Course:
    """Where everything comes from, as far as it has been followed."""

    def __init__(self, stage: Stage, reader: Reader) -> None:
        number = self.oldest = stage.number
        self.stage = stage
        self.reader = reader
        self.outline = Outline(stage.document)
        self.lines = [Origin(number, number) for _ in stage.document.lines]
        self.sections = [
            SectionOrigin(_ident(number, at), number, number)
            for at in range(len(stage.document.sections))
        ]
        self.gone: dict[str, _Gone] = {}
        self.lost: dict[str, tuple[SectionOrigin, int]] = {}

    def advance(self, stage: Stage) -> None:
        """Go on to the next version."""
        before, story = self.stage, succession(self.stage.document, stage.document, self.reader)
        outline = Outline(stage.document)
        texts = stage.document.lines
        returning = {at: self._returning(story, at, text) for at, text in enumerate(texts)}
        lines = [self._origin(stage, story, at, returning[at]) for at in range(len(texts))]
        lines = [
            replace(line, moved=stage.number) if self._strayed(stage, story, outline, at) else line
            for at, line in enumerate(lines)
        ]
        sections = _Sections(self, stage, story, outline).origins(returning)
        self._let_go(before, story, set(self.reader.keys(texts)), sections)
        self.stage, self.outline = stage, outline
        self.lines, self.sections = lines, sections

    def _returning(self, story: Succession, at: int, text: str) -> _Gone | None:
        """Return what a line brings back, if it does."""
        key = self.reader.key(text)
        telling = key.count(" ") + 1 >= MOVED_WORDS or kind(text) == "#" or at in story.edited
        return self.gone.get(key) if telling and at not in story.same else None

    def _strayed(self, stage: Stage, story: Succession, outline: Outline, at: int) -> bool:
        """Whether a line was put into another section than the one it stood in."""
        if stage.ours or at not in story.moved:
            return False
        return story.sections.get(outline.at(at)) != self.outline.at(story.same[at])

    def _origin(self, stage: Stage, story: Succession, at: int, back: _Gone | None) -> Origin:
        if at in story.same:
            return self.lines[story.same[at]]
        opposite = story.edited.get(at, ())
        found = [self.lines[old] for old in opposite]
        if stage.ours and (found or back):
            return max(found, key=lambda one: one.since) if found else _origin_of(back)
        beside = opposite or ((story.rewritten[at],) if at in story.rewritten else ())
        first = min([origin.first for origin in found] or [stage.number])
        replaced = "\n".join(self.stage.document.lines[old] for old in beside)
        if back:
            first = min(first, back.origin.first)
        return Origin(first, stage.number, replaced, back.last if back else None)

    def _let_go(
        self, before: Stage, story: Succession, said: set[str], sections: Iterable[SectionOrigin]
    ) -> None:
        """Remember the words and the sections that are no longer there."""
        edited = (old for group in story.edited.values() for old in group)
        for old in {*story.gone, *edited}:
            key = self.reader.key(before.document.lines[old])
            if key not in said:
                section = self.section_of(old)
                ident = section.ident if section else ""
                self.gone[key] = _Gone(self.lines[old], before.number, ident)
        standing = {section.ident for section in sections}
        for section in self.sections:
            if section.ident not in standing:
                self.lost[section.ident] = section, before.number

    def section_of(self, line: int) -> SectionOrigin | None:
        """Return the section that a line of the text reached so far stands in."""
        at = self.outline.at(line)
        return self.sections[at] if at >= 0 else None


def _origin_of(back: _Gone | None) -> Origin:
    assert back is not None
    return back.origin


def _ident(number: int, place: int) -> str:
    return f"v{number}-{place + 1}"


@dataclass(slots=True)
class _Sections:
    """Where the sections of the next version come from."""

    course: _Course
    stage: Stage
    story: Succession
    outline: Outline

    def origins(self, returning: dict[int, _Gone | None]) -> list[SectionOrigin]:
        """Return the origin of each section."""
        old_of = self._sources()
        touched = self._touched()
        taken = {self.course.sections[old].ident for old in self.story.sections.values()}
        back = self._voted((at, gone.section) for at, gone in returning.items() if gone)
        found: list[SectionOrigin] = []
        for at in range(len(self.outline.starts)):
            if at in self.story.sections:
                origin = self._going_on(at, changed=at in touched)
            else:
                origin = self._beginning(at, back.get(at, ""), old_of.get(at, ""), taken)
            taken.add(origin.ident)
            found.append(origin)
        return self._merged(found)

    def _going_on(self, at: int, *, changed: bool) -> SectionOrigin:
        old = self.story.sections[at]
        origin = self.course.sections[old]
        if self.stage.ours:
            return origin
        key = self.course.reader.key
        heading = self.course.outline.heading(old)
        if key(heading) != key(self.outline.heading(at)):
            name = Name(heading, self.course.stage.number)
            origin = replace(origin, names=(*origin.names, name))
            changed = True
        if self.outline.starts[at] in self.story.moved:
            origin = replace(origin, moved=self.stage.number)
        return replace(origin, since=self.stage.number) if changed else origin

    def _beginning(self, at: int, back: str, parent: str, taken: set[str]) -> SectionOrigin:
        number = self.stage.number
        if back and back not in taken and back in self.course.lost:
            origin, last = self.course.lost[back]
            return replace(origin, since=number, returned=last)
        return SectionOrigin(_ident(number, at), number, number, split_from=parent or None)

    def _sources(self) -> dict[int, str]:
        """Map new sections to the identity of the old one that most of their text was in."""
        return self._voted(
            (at, section.ident)
            for at, olds in self._succeeding()
            if (section := self.course.section_of(olds))
        )

    def _succeeding(self) -> Iterator[tuple[int, int]]:
        yield from self.story.same.items()
        yield from ((at, olds[0]) for at, olds in self.story.edited.items() if olds)

    def _voted(self, votes: Iterable[tuple[int, str]]) -> dict[int, str]:
        """Map new sections to what most of their text, by lines, votes for."""
        counts: dict[int, Counter[str]] = {}
        for line, ident in votes:
            weight = len(self.stage.document.lines[line])
            counts.setdefault(self.outline.at(line), Counter())[ident] += weight
        won: dict[int, str] = {}
        for at, counted in counts.items():
            ident, weight = counted.most_common(1)[0]
            if weight >= MOSTLY * max(1, len(self.outline.body(at))):
                won[at] = ident
        return won

    def _touched(self) -> set[int]:
        """Return the new sections in which words came, went or changed."""
        story = self.story
        new = range(len(self.stage.document.lines))
        key, texts = self.course.reader.key, self.stage.document.lines
        touched = {self.outline.at(at) for at in new if at not in story.same and key(texts[at])}
        became = {old: at for at, old in story.sections.items()}
        touched |= {became.get(self.course.outline.at(old), -1) for old in story.gone}
        return touched

    def _merged(self, found: list[SectionOrigin]) -> list[SectionOrigin]:
        """Note the old sections that ended and whose text mostly went into another."""
        ended = set(range(len(self.course.sections))) - set(self.story.sections.values())
        went: dict[int, Counter[int]] = {old: Counter() for old in ended}
        for at, line in self._succeeding():
            old = self.course.outline.at(line)
            if old in went:
                went[old][self.outline.at(at)] += len(self.course.stage.document.lines[line])
        for old, counted in sorted(went.items()):
            at, weight = next(iter(counted.most_common(1)), (-1, 0))
            enough = MOSTLY * max(1, len(self.course.outline.body(old)))
            if at >= 0 and weight >= enough and not self.stage.ours:
                ident = self.course.sections[old].ident
                found[at] = replace(found[at], merged=(*found[at].merged, ident))
        return found
