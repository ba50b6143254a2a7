"""A line of the page made ready for reading: folded, with its dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.extract.dates.folding import fold, visible
from monitor.extract.dates.forms import may_have_date, read_spans

if TYPE_CHECKING:
    from monitor.extract.block import Block, BlockKind
    from monitor.extract.dates.span import Span


_MOSTLY = 0.5


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
        if len(self.spans) != 1 or self.spans[0].weak:
            return False
        span = self.spans[0]
        rest = self.text[: span.start] + self.text[span.end :]
        return not any(character.isalnum() for character in rest)


def read_line(block: Block, number: int, language: str | None, *, nearby: bool = False) -> Line:
    """Fold a block and find its dates; a line that cannot hold one is left unread."""
    shown, text = block.text, ""
    spans: tuple[Span, ...] = ()
    if may_have_date(shown):
        shown = visible(shown)
        text = fold(shown)
        spans = tuple(read_spans(text, shown, language))
    return Line(number, block.kind, block.level, shown, text, spans, block.linked > _MOSTLY, nearby)
