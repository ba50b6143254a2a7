"""From the bytes of a PDF to words at their places, through pdfium.

pdfium is C++ and knows neither threads nor limits: calls take turns here, and whoever reads files
of strangers does so in a process that can be ended.
"""

from __future__ import annotations

import ctypes
import re
from contextlib import contextmanager
from itertools import pairwise
from math import atan2, hypot, pi
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Self

from monitor.errors import ExtractError
from monitor.extract.pdf.sheet import Font, Rule, Sheet, Upright, Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_PAGES: Final = 1_000
MOST_CHARACTERS: Final = 4_000_000
_MOST_OBJECTS: Final = 10_000
"""Pieces of a page that are looked at for the lines of tables."""
_MOST_SEGMENTS: Final = 400
_MOST_RULES: Final = 2_000
"""Lines above which a page is a drawing rather than a table."""
_TURNS = Lock()
_WORD = re.compile("[^\\s\x02\ufffe]+[\x02\ufffe]?")
"""pdfium writes U+FFFE for a hyphen at the end of a line, and leaves the line end out."""
_BOLD = re.compile(r"bold|black|heavy|demi(?!l)|cmbx|[-,]bd\b", re.IGNORECASE)
_HEAVY: Final = 600
_OUTLINED: Final = 2
"""Rendering mode that fills and strokes letters: bold without a bold font."""
_NAME: Final = 128
_TILTED: Final = 0.02
"""Part of a quarter turn by which letters may stand askew before they are a watermark."""
_THIN: Final = 2.5
_DASH: Final = 7.0
_RISE: Final = 0.5
_GAP: Final = 0.8
"""Sizes of letters by which a word stands off the one drawn before, as in the next cell."""


def read_sheets(body: bytes) -> list[Sheet]:
    """Read all pages, in order.

    Raises:
        ExtractError: ``unsupported`` where the extra is not installed, ``encrypted``, ``damaged``
            or ``too_large``.

    """
    try:
        import pypdfium2
    except ImportError:
        raise ExtractError(
            "unsupported", "reading PDF is an extra: pip install 'policy-monitor[pdf]'"
        ) from None
    raw = pypdfium2.raw
    with _TURNS, _opened(raw, body) as file:
        return list(_sheets(raw, file))


@contextmanager
def _opened(raw: Any, body: bytes) -> Iterator[Any]:  # noqa: ANN401 - bindings without types
    file = raw.FPDF_LoadMemDocument64(body, len(body), None)
    try:
        if raw.FPDF_GetPageCount(file) > 0:
            yield file
        elif raw.FPDF_GetLastError() in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
            raise ExtractError("encrypted", "the PDF is locked with a password")
        else:
            raise ExtractError("damaged", "the PDF is damaged: no page of it can be read")
    finally:
        if file:
            raw.FPDF_CloseDocument(file)


def _sheets(raw: Any, file: Any) -> Iterator[Sheet]:  # noqa: ANN401 - as above
    pages = raw.FPDF_GetPageCount(file)
    if pages > MOST_PAGES:
        raise ExtractError(
            "too_large", f"the PDF has {pages:,} pages; up to {MOST_PAGES:,} are read"
        )
    left = MOST_CHARACTERS
    for number in range(pages):
        with _Page(raw, file, number) as page:
            left -= page.characters
            if left < 0:
                raise ExtractError("too_large", f"the PDF has over {MOST_CHARACTERS:,} characters")
            yield page.sheet()


class _Page:
    """One page while pdfium has it open; one that is damaged is empty."""

    def __init__(self, raw: Any, file: Any, number: int) -> None:  # noqa: ANN401 - as above
        self._raw = raw
        self._page = raw.FPDF_LoadPage(file, number)
        self._text = raw.FPDFText_LoadPage(self._page) if self._page else None
        self.characters = max(0, raw.FPDFText_CountChars(self._text)) if self._text else 0
        self._matrix = raw.FS_MATRIX()
        self._settings: dict[tuple[float, ...], tuple[Font, int | None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._text:
            self._raw.FPDFText_ClosePage(self._text)
        if self._page:
            self._raw.FPDF_ClosePage(self._page)

    def sheet(self) -> Sheet:
        """Read the words that run the way most of the page does, and the lines drawn across it."""
        if not self.characters:
            return Sheet(0, ())
        uprights = [Upright(turn, *self._box()) for turn in range(4)]
        by_turn: list[list[Word]] = [[], [], [], []]
        for turn, word in self._placed(uprights):
            by_turn[turn].append(word)
        words = max(by_turn, key=len)
        upright = uprights[by_turn.index(words)]
        shown = tuple(word for word in words if upright.shows(word.left, word.right, word.y))
        rules = self._rules(upright) if _may_hold_table(shown) else ((), ())
        return Sheet(upright.height, shown, *rules)

    def _box(self) -> tuple[float, float, float, float]:
        box = [ctypes.c_float() for _ in range(4)]
        for read in (self._raw.FPDFPage_GetCropBox, self._raw.FPDFPage_GetMediaBox):
            if read(self._page, *box):
                left, bottom, right, top = (edge.value for edge in box)
                return left, bottom, right, top
        return (
            0,
            0,
            self._raw.FPDF_GetPageWidthF(self._page),
            self._raw.FPDF_GetPageHeightF(self._page),
        )

    def _words(self) -> Iterator[tuple[int, int, str]]:
        """Yield each word with the numbers of its first and last character."""
        units = (ctypes.c_ushort * (2 * self.characters + 2))()
        size = self._raw.FPDFText_GetText(self._text, 0, self.characters, units)
        text = bytes(units)[: 2 * max(0, size - 1)].decode("utf-16-le", "replace")
        # Characters without a letter are left out of the text, and then numbers differ.
        differ = len(text) != self.characters
        number = self._raw.FPDFText_GetCharIndexFromTextIndex
        for found in _WORD.finditer(text):
            start, end = found.start(), found.end() - 1
            if differ:
                start, end = number(self._text, start), number(self._text, end)
            if 0 <= start <= end:
                yield start, end, found[0]

    def _placed(self, uprights: Sequence[Upright]) -> Iterator[tuple[int, Word]]:
        raw, page = self._raw, self._text
        x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
        at_x, at_y, at_box = ctypes.byref(x), ctypes.byref(y), ctypes.byref(box)
        before, font, turn = None, Font(0, bold=False), None
        for start, end, text in self._words():
            drawn = raw.FPDFText_GetTextObject(page, start)
            key = ctypes.addressof(drawn.contents) if drawn else None
            if key is None or key != before:
                before, (font, turn) = key, self._setting(start, drawn)
            if turn is None:
                continue
            raw.FPDFText_GetCharOrigin(page, start, at_x, at_y)
            raw.FPDFText_GetLooseCharBox(page, end, at_box)
            place = uprights[turn].place
            left, height = place(x.value, y.value)
            one, _ = place(box.left, box.bottom)
            other, _ = place(box.right, box.top)
            # Written from the right, the first letter stands right of the last.
            yield turn, Word(text, min(left, one, other), max(left, one, other), height, font)

    def _setting(self, index: int, drawn: Any) -> tuple[Font, int | None]:  # noqa: ANN401
        """Return the font of a character and its quarter turns, `None` where it stands askew."""
        raw, matrix = self._raw, self._matrix
        raw.FPDFText_GetMatrix(self._text, index, matrix)
        size = raw.FPDFText_GetFontSize(self._text, index)
        font = raw.FPDFTextObj_GetFont(drawn) if drawn else None
        key = (
            ctypes.addressof(font.contents) if font else index, size,
            matrix.a, matrix.b, matrix.c, matrix.d,
            raw.FPDFTextObj_GetTextRenderMode(drawn) if drawn else 0,
        )  # fmt: skip
        known = self._settings.get(key)
        if known is None:
            quarters = atan2(matrix.b, matrix.a) / (pi / 2)
            turn = round(quarters) % 4 if abs(quarters - round(quarters)) < _TILTED else None
            shown = round(2 * size * hypot(matrix.c, matrix.d)) / 2
            known = Font(shown, self._is_bold(index) or key[-1] == _OUTLINED), turn
            self._settings[key] = known
        return known

    def _is_bold(self, index: int) -> bool:
        name = ctypes.create_string_buffer(_NAME)
        self._raw.FPDFText_GetFontInfo(self._text, index, name, _NAME, None)
        return (
            self._raw.FPDFText_GetFontWeight(self._text, index) >= _HEAVY
            or _BOLD.search(name.value.decode("latin-1")) is not None
        )

    def _rules(self, upright: Upright) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """Return the lines drawn across and down the page, the edges of boxes among them."""
        raw = self._raw
        across: list[Rule] = []
        down: list[Rule] = []
        for number in range(min(raw.FPDFPage_CountObjects(self._page), _MOST_OBJECTS)):
            drawing = raw.FPDFPage_GetObject(self._page, number)
            if raw.FPDFPageObj_GetType(drawing) != raw.FPDF_PAGEOBJ_PATH:
                continue
            for (x, y), (to_x, to_y) in self._strokes(drawing, upright):
                if abs(y - to_y) <= _THIN and abs(x - to_x) >= _DASH:
                    across.append(Rule(min(x, to_x), max(x, to_x), y))
                elif abs(x - to_x) <= _THIN and abs(y - to_y) >= _DASH:
                    down.append(Rule(min(y, to_y), max(y, to_y), x))
            if len(across) + len(down) > _MOST_RULES:
                return (), ()
        return tuple(across), tuple(down)

    def _strokes(
        self,
        drawing: Any,  # noqa: ANN401
        upright: Upright,
    ) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
        """Yield the straight lines of a drawing."""
        raw, matrix = self._raw, self._matrix
        segments = raw.FPDFPath_CountSegments(drawing)
        if segments > _MOST_SEGMENTS or not raw.FPDFPageObj_GetMatrix(drawing, matrix):
            return
        x, y = ctypes.c_float(), ctypes.c_float()
        here = start = (0.0, 0.0)
        for number in range(segments):
            segment = raw.FPDFPath_GetPathSegment(drawing, number)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            before, here = (
                here,
                upright.place(
                    matrix.a * x.value + matrix.c * y.value + matrix.e,
                    matrix.b * x.value + matrix.d * y.value + matrix.f,
                ),
            )
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                start = here
            elif kind == raw.FPDF_SEGMENT_LINETO:
                yield before, here
            if raw.FPDFPathSegment_GetClose(segment):
                yield here, start


def _may_hold_table(words: Sequence[Word]) -> bool:
    """Tell whether text jumps about; only then are drawn lines worth a look at every object."""
    jumps = 0
    for before, word in pairwise(words):
        size = word.font.size
        rise = before.y - word.y
        if rise > _RISE * size or (abs(rise) < 1 and word.left - before.right > _GAP * size):
            jumps += 1
    return jumps > 1
