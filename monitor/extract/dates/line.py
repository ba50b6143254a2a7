"""A line of the page made ready for reading: folded, with its dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.extract.dates.folding import fold, visible
from monitor.extract.dates.forms import may_have_date, read_spans
from monitor.extract.dates.span import ends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.extract.block import Block, BlockKind
    from monitor.extract.dates.span import Span


_MOSTLY = 0.5
_LONGEST_DATE = 60
_FIRST_LINES, _LAST_LINES = 300, 60
_HEAD, _TAIL = 20_000, 8_000


@dataclass(frozen=True, slots=True)
class Line:
    """One block of the page."""

    number: int
    """Index into the lines of the document; for a nearby block, past its last line."""
    kind: BlockKind
    level: int
    shown: str
    text: str
    """The folded form of `shown`, of the same length."""
    spans: tuple[Span, ...]
    linked: bool
    nearby: bool = False

    @property
    def is_date(self) -> bool:
        """Whether the line is a full date and nothing else."""
        if len(self.spans) != 1 or self.spans[0].weak or len(self.text) > _LONGEST_DATE:
            return False
        span = self.spans[0]
        rest = self.text[: span.start] + self.text[span.end :]
        return not any(character.isalnum() for character in rest)


def read_lines(
    blocks: Sequence[Block], language: str | None, *, start: int = 0, nearby: bool = False
) -> list[Line]:
    """Fold the blocks that may hold a date and find it; the others are left as they are.

    On a page of very many dates, only the first and the last of such blocks are read.
    """
    dated = [number for number, block in enumerate(blocks) if may_have_date(block.text)]
    read = set(ends(dated, _FIRST_LINES, _LAST_LINES))
    return [
        _line(block, start + number, language, read=number in read, nearby=nearby)
        for number, block in enumerate(blocks)
    ]


def _line(block: Block, number: int, language: str | None, *, read: bool, nearby: bool) -> Line:
    shown, text = block.text, ""
    spans: tuple[Span, ...] = ()
    if read:
        shown = visible(_shortened(shown))
        text = fold(shown)
        spans = tuple(read_spans(text, shown, language))
    return Line(number, block.kind, block.level, shown, text, spans, block.linked > _MOSTLY, nearby)


def _shortened(shown: str) -> str:
    """Leave out the middle of a page that is one line."""
    return shown if len(shown) <= _HEAD + _TAIL else f"{shown[:_HEAD]} {shown[-_TAIL:]}"
