"""Finds the words that findings rest on in the lines of a diff, wherever runs divide them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.model import Run
    from monitor.model.comparison import RunKind
    from monitor.render.excerpt import Line

SHORTEST = 3
"""Words of fewer characters would be found everywhere."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: one kind, and one finding's words or none."""

    kind: RunKind
    text: str
    finding: int | None = None
    """Place of the finding whose words these are."""
    first: bool = False
    """Whether they are the first words of this finding that are marked."""
    last: bool = False
    """Whether what follows is not this finding's; its number stands here."""


class Marker:
    """Marks words as lines go by; remembers which findings it has met."""

    def __init__(self, phrases: Sequence[Iterable[str]]) -> None:
        self._phrases = [
            (_pattern(phrase), at)
            for at, words in enumerate(phrases)
            for phrase in words
            if len(phrase.strip()) >= SHORTEST
        ]
        self.met: set[int] = set()

    def pieces(self, line: Line) -> tuple[Piece, ...]:
        """Return the runs of a line, cut where marked words begin and end."""
        owners: list[list[int | None]] = [[] for _ in line.runs]
        for kind in ("added", "removed"):
            self._mark(line.runs, owners, kind)
        return tuple(
            _closed(
                piece
                for run, owned in zip(line.runs, owners, strict=True)
                for piece in self._cut(run, owned)
            )
        )

    def _mark(self, runs: tuple[Run, ...], owners: list[list[int | None]], other: str) -> None:
        """Look on one side of the diff: all runs but those of the other kind."""
        side = [at for at, run in enumerate(runs) if run.kind != other]
        text = "".join(runs[at].text for at in side)
        hits = [
            (hit.span(), finding)
            for pattern, finding in self._phrases
            for hit in pattern.finditer(text)
        ]
        if not hits:
            return
        for run, owned in zip(runs, owners, strict=True):
            owned.extend([None] * (len(run.text) - len(owned)))
        places = [(at, offset) for at in side for offset in range(len(runs[at].text))]
        for (start, end), finding in hits:
            found = places[start:end]
            # The same words may stand beside what changed; those the finding is not about.
            if any(runs[at].kind != "same" for at, _ in found):
                for at, offset in found:
                    owners[at][offset] = finding

    def _cut(self, run: Run, owned: Sequence[int | None]) -> list[Piece]:
        if not owned:
            return [Piece(run.kind, run.text)]
        pieces = []
        start = 0
        for end in range(1, len(owned) + 1):
            if end == len(owned) or owned[end] != owned[start]:
                finding = owned[start]
                first = finding not in {None, *self.met} and not run.text[start:end].isspace()
                if first and finding is not None:
                    self.met.add(finding)
                pieces.append(Piece(run.kind, run.text[start:end], finding, first))
                start = end
        return pieces


def _closed(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """End marks at words, and tell where each ends: space at their edges is nobody's."""
    found = list(pieces)
    follows: list[int | None] = []
    after = before = None
    for piece in reversed(found):
        follows.append(after)
        after = piece.finding if piece.text.strip() else after
    for piece, after in zip(found, reversed(follows), strict=True):
        if piece.text.strip():
            before = piece.finding
            yield replace(piece, last=before is not None and before != after)
        else:
            yield replace(piece, finding=before if before == after else None)


def _pattern(phrase: str) -> re.Pattern[str]:
    # A diff puts spaces of its own between what came and what went.
    return re.compile(r"\s+".join(map(re.escape, phrase.split())))
