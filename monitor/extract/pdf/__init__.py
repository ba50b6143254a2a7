"""From the bytes of a PDF to the policy in it.

::

    pdfium ─► words at their places ─► lines ─► less running heads ─► columns, tables ─► blocks
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.errors import ExtractError
from monitor.extract.block import Block
from monitor.extract.decode import MAX_BYTES
from monitor.extract.evidence import PageEvidence
from monitor.extract.material import Material
from monitor.extract.pdf.blocks import to_blocks
from monitor.extract.pdf.file import read_sheets
from monitor.extract.pdf.frame import cut_contents, cut_frame
from monitor.extract.pdf.hyphen import Vocabulary
from monitor.extract.pdf.layout import arrange
from monitor.extract.pdf.line import lines
from monitor.extract.pdf.ruled import ruled_tables
from monitor.extract.text import normalise
from monitor.model import Dropped

if TYPE_CHECKING:
    from monitor.extract.pdf.line import Line
    from monitor.extract.pdf.sheet import Sheet
    from monitor.model import Rules

_MOST_NEARBY = 30
_SEVERAL = 2


def read_pdf(body: bytes, rules: Rules) -> Material:
    """Read the text of a PDF.

    Raises:
        ExtractError: ``encrypted``, ``no_text`` for a scan, ``damaged``, ``too_large``, or
            ``unsupported`` where the extra is not installed.

    """
    if len(body) > MAX_BYTES:
        raise ExtractError("too_large", f"the body has {len(body):,} bytes")
    sheets = read_sheets(body)
    if not any(sheet.words for sheet in sheets):
        raise ExtractError("no_text", "the PDF holds pictures of pages, and no text")
    pages, running = cut_frame([(sheet.height, _lines(sheet)) for sheet in sheets])
    pages, contents = cut_contents(pages)
    pieces = [
        piece
        for sheet, page in zip(sheets, pages, strict=True)
        for piece in arrange(page, sheet.across)
    ]
    blocks = to_blocks(pieces, Vocabulary([line for page in pages for line in page]))
    headings = [block.text for block in blocks if block.kind == "heading"]
    titles = len(headings) + sum(block.strong for block in blocks)
    return Material(
        tuple(blocks),
        marked_up=titles >= _SEVERAL,
        nearby=tuple(Block("text", normalise(text)) for text in running[:_MOST_NEARBY]),
        dropped=tuple(_dropped(running, "running head") + _dropped(contents, "contents")),
        notes=("a PDF holds no elements: select is not used",) if rules.select else (),
        evidence=PageEvidence(
            text_chars=sum(len(block.text) for block in blocks), headings=tuple(headings[:10])
        ),
    )


def _lines(sheet: Sheet) -> list[Line]:
    tables, words = ruled_tables(sheet) if sheet.down else ([], sheet.words)
    return lines(words, tables)


def _dropped(texts: list[str], why: str) -> list[Dropped]:
    return [Dropped(text, why) for text in map(normalise, texts) if text]
