"""Reads the dates a policy states about itself, in any language, from its lines.

The words of the page decide; what its markup or its server says of dates is not asked: that is
the age of the page, not of the policy.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.extract.dates.choose import Page, choose
from monitor.extract.dates.decoys import is_of_cookies
from monitor.extract.dates.folding import fold
from monitor.extract.dates.line import Line, read_lines
from monitor.extract.dates.order import Order, find_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.extract.block import Block
    from monitor.model import Dates

__all__ = ["find_dates"]

_OPENING = 5
"""Lines among which the title may stand."""


def find_dates(
    blocks: Sequence[Block],
    *,
    title: str,
    language: str | None,
    url: str,
    labels: Sequence[str] = (),
    nearby: Sequence[Block] = (),
) -> Dates:
    """Find the policy's own dates; none is a normal answer.

    Args:
        blocks: The lines of the main text, in order.
        title: The document's title; empty where unknown.
        language: BCP 47 tag of the page; its region tells 03/04 from 04/03.
        url: Address of the page; its country does the same.
        labels: Literal words before a date, tried before any other.
        nearby: Blocks just outside the main text; weaker evidence.

    """
    lines = read_lines(blocks, language)
    outside = read_lines(nearby, language, start=len(lines), nearby=True)
    order = find_order([span for line in lines for span in line.spans], language, url)
    headings = [block.text for block in blocks[:_OPENING] if block.kind == "heading"]
    opening = " ".join([title, url, *headings])
    page = Page(
        lines=[_settled(line, order) for line in lines],
        nearby=[_settled(line, order) for line in outside],
        title=title,
        language=language.partition("-")[0].lower() if language else None,
        labels=[fold(label).strip() for label in labels],
        of_cookies=is_of_cookies(fold(opening)),
    )
    return choose(page)


def _settled(line: Line, order: Order) -> Line:
    """Give every date of a line its one reading."""
    if not line.spans or not any(span.swapped for span in line.spans):
        return line
    return replace(line, spans=tuple(order.settle(span) for span in line.spans))
