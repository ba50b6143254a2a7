"""One place where characters are made uniform; everything else works on its output."""

from __future__ import annotations

import re
import unicodedata

_GONE = re.compile(
    "[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ue000-\uf8ff\ud800-\udfff]+"
)
_LIGATURES = {
    ord(ligature): letters
    for ligature, letters in zip(
        "ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True
    )
}
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_C1 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\u0080-\u00bf"
_MOJIBAKE = re.compile(f"[âãäåæçèéï][{_C1}][{_C1}]|[ÂÃÅÐÑ][{_C1}]")
_JOINERS = re.compile("[\u200c\u200d]")
_JOINED = re.compile(
    "[\u0600-\u06ff\u0900-\u0dff\u1000-\u109f\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]"
)
_CJK = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\u3000-\u303f\uff00-\uffef]"
)


def normalise(text: str) -> str:
    """Make words uniform: NFC, single spaces, no invisible characters; idempotent.

    Soft hyphens, zero-width characters, direction marks and control characters go,
    typographic ligatures become letters, and UTF-8 once read as Windows-1252 is read again.
    """
    if text.isascii():
        if text.isprintable() and "  " not in text:
            return text.strip()
        return " ".join(_GONE.sub("", text).split())
    return " ".join(clean(text).split())


def clean(text: str) -> str:
    """Make characters uniform as `normalise` does, but keep white space as it is."""
    while True:
        cleaned = _clean(text)
        # What was damaged twice, or only shows once its parts stand together, takes another turn.
        if cleaned == text or not _MOJIBAKE.search(cleaned):
            return cleaned
        text = cleaned


def _clean(text: str) -> str:
    if _MOJIBAKE.search(text):
        text = _MOJIBAKE.sub(_reread, text)
    text = _GONE.sub("", text)
    if _LIGATURE.search(text):
        text = text.translate(_LIGATURES)
    if _JOINERS.search(text) and not _JOINED.search(text):
        text = _JOINERS.sub("", text)
    return unicodedata.normalize("NFC", text)


def weight(text: str) -> int:
    """Count characters, an ideograph or syllable of CJK text as two and a half."""
    if text.isascii():
        return len(text)
    return len(text) + 3 * len(_CJK.findall(text)) // 2


def _reread(match: re.Match[str]) -> str:
    try:
        return match[0].encode("cp1252").decode("utf-8")
    except UnicodeError:
        return match[0]
