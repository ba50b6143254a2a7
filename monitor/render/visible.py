"""Makes text from pages safe to show: what cannot be seen is dropped or drawn.

Knows nothing of HTML; escaping for a format is that format's renderer's work.
"""

from __future__ import annotations

import json
import re

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_BIDI = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_INVISIBLE = (*range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080))
_SURROGATES = range(0xD800, 0xE000)

_TABLE: dict[int, str | None] = {
    # C0 has pictures (U+2400 …): an escape sequence stays legible as text, and is only text.
    **{code: chr(0x2400 + code) for code in range(0x20)},
    **dict.fromkeys(range(0x7F, 0xA0), _REPLACEMENT),
    **dict.fromkeys((*_SURROGATES, 0xFFFE, 0xFFFF), _REPLACEMENT),
    # Overrides, embeddings and isolates can make a line read otherwise than it is written.
    **dict.fromkeys((*_BIDI, *_INVISIBLE)),
    0x09: " ",
    0x0A: "\n",
    0x0B: " ",
    0x0C: " ",
    0x0D: " ",
    0x7F: "\N{SYMBOL FOR DELETE}",
    0x85: " ",
    0x2028: " ",
    0x2029: " ",
}
_WHOLE = str.maketrans(_TABLE)
_ENCODABLE = str.maketrans(dict.fromkeys(_SURROGATES, _REPLACEMENT))
_MARK = re.compile(r"\{(?=\+)|\+(?=\})|\[(?=-)|-(?=\])")

_UNSEEN = re.compile(
    r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb\ufffe\uffff"
    r"\U000e0000-\U000e007f]"
)

ELLIPSIS = "…"


def visible(text: str) -> str:
    """Replace control characters, terminal escapes and bidi overrides; keep line feeds."""
    return text.translate(_WHOLE)


def one_line(text: str, limit: int = 160) -> str:
    """Make a single line of at most `limit` characters, ending in an ellipsis where it was cut."""
    # Whoever sends a megabyte as a title gets no work done on it.
    flat = " ".join(visible(text[: 8 * limit]).split())
    return clip(flat, limit)


def clip(text: str, limit: int) -> str:
    """Cut at a space near `limit`, adding an ellipsis; shorter text is returned as it is."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    space = kept.rfind(" ")
    return (kept[:space] if space > limit // 2 else kept).rstrip() + ELLIPSIS


def clip_start(text: str, limit: int) -> str:
    """Keep the end of the text, as `clip` keeps its start."""
    if len(text) <= limit:
        return text
    kept = text[1 - limit :]
    space = kept.find(" ")
    return ELLIPSIS + (kept[space:] if 0 <= space < limit // 2 else kept).lstrip()


def unmarked(text: str) -> str:
    """Open up what could be read as our own marks for words added and removed."""
    return _MARK.sub(lambda found: found[0] + " ", text)


def escaped(written: str) -> str:
    """Write as JSON escapes what JSON allows as it is, but a terminal or a reader may trip over."""
    return _UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], written)


def encodable(text: str) -> str:
    """Replace lone surrogates, which no UTF-8 can carry; leave everything else."""
    return text.translate(_ENCODABLE)
