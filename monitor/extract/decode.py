"""From bytes to characters: BOM, header, meta, then detection on a bounded sample."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from monitor.errors import ExtractError
from monitor.extract.language import detect

MAX_BYTES = 20_000_000
_PDF = "application/pdf"
SAMPLE = 12_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"\x00\x00\x01\x00",
    b"\x28\xb5\x2f\xfd", b"\xd0\xcf\x11\xe0", b"\x7fELF", b"BM", b"OggS", b"ID3", b"wOFF", b"wOF2",
)  # fmt: skip
_META = re.compile(rb"<meta\b[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_TAGS = re.compile(rb"<[^<>]{0,2000}>")
# WHATWG Encoding Standard, section 4.2: labels whose decoder is not the one they name.
_ALIASES = {
    "ascii": "cp1252", "us-ascii": "cp1252", "iso-8859-1": "cp1252", "iso8859-1": "cp1252",
    "latin1": "cp1252", "latin-1": "cp1252", "l1": "cp1252", "iso-8859-9": "cp1254",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949", "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932",
    "x-sjis": "cp932", "tis-620": "cp874", "iso-8859-11": "cp874", "x-mac-cyrillic": "mac-cyrillic",
    "utf8": "utf-8", "unicode": "utf-16-le", "utf-16": "utf-16-le", "macintosh": "mac-roman",
}  # fmt: skip
# Only encodings a browser knows: others (punycode, utf-7) are slow or dangerous.
_KNOWN = re.compile(
    r"utf-?8|utf-16-?(?:le|be)|utf-32-?(?:le|be)|iso-?8859-?\d{1,2}|windows-125\d|cp125\d|cp874|"
    r"cp9(?:32|49)|koi8-[ru]|gb18030|big5(?:-hkscs)?|euc-jp|iso-2022-jp|ibm866|cp866|mac-\w+"
)
_GUESSES = [
    "cp1251", "koi8_r", "cp866", "cp1252", "cp1250", "iso8859_2", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp874", "gb18030", "big5", "cp932", "euc_jp", "cp949",
]  # fmt: skip
_HIGH = re.compile(rb"[\x80-\xff]+")
_CODE = re.compile(rb"[{}=|;_][^ ]")
_FEW = 4
_ISOLATED = 1.5
"""Bytes in a row beyond ASCII, on the mean, up to which they are accents in Latin script."""
_LATIN = {
    "cp1252": "en fr de es it pt nl sv da nb fi ca ga id",
    "cp1250": "pl cs sk hu hr sl ro",
    "iso8859_2": "pl cs sk hu hr sl ro",
    "cp1254": "tr",
    "cp1257": "et lv lt",
}
"""Encodings of Latin script, and the languages they were made for."""
_FEW_ERRORS = 0.01
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))


@dataclass(frozen=True, slots=True)
class Decoded:
    """The characters of a body, and how they were found."""

    text: str
    charset: str
    notes: tuple[str, ...] = ()


def decode(body: bytes, charset: str | None = None) -> Decoded:
    """Read a body as text.

    Raises:
        ExtractError: ``too_large``, ``empty``, or ``unsupported`` for a binary format.

    """
    if len(body) > MAX_BYTES:
        raise ExtractError("too_large", f"the body has {len(body):,} bytes")
    if not body.strip(b" \t\r\n\0"):
        raise ExtractError("empty", "the body is empty")
    for bom, name in _BOMS:
        if body.startswith(bom):
            return Decoded(body[len(bom) :].decode(name, "replace"), name)
    if body.startswith(_BINARY) and b"\0" in body[:4096]:
        raise ExtractError("unsupported", "the body is not text")
    return _declared(body, charset) or _undeclared(body)


def is_pdf(body: bytes, media_type: str = "") -> bool:
    """Tell a PDF by what its server calls it, or by its first bytes."""
    start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    return media_type.partition(";")[0].strip().lower() == _PDF or start.startswith(b"%PDF-")


def codec(label: str | None) -> str | None:
    """Name the Python codec for a charset label; `None` for one no browser knows."""
    name = (label or "").strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    return name if _KNOWN.fullmatch(name) else None


def _declared(body: bytes, charset: str | None) -> Decoded | None:
    head = body[:4096]
    found = _META.search(head) or _XML.match(head)
    labels = (charset, found[1].decode("ascii", "replace") if found else None)
    for name in filter(None, map(codec, labels)):
        if not name.startswith("utf-16") or _wide(body) or name != codec(labels[1]):
            decoded = _attempt(body, name)
            if decoded is not None:
                return decoded
    return None


def _attempt(body: bytes, name: str) -> Decoded | None:
    if name == "cp1252" and not body.isascii():
        try:
            return Decoded(body.decode(), "utf-8", ("the page is UTF-8 though it says otherwise",))
        except UnicodeDecodeError:
            return Decoded(_western(body), name)
    text = body.decode(name, "replace")
    wrong = text.count("\ufffd")
    if wrong and name == "utf-8" and wrong > sum(not char.isascii() for char in text) - wrong:
        return None  # Fewer characters are valid than not: this is another encoding.
    return Decoded(text, name) if wrong <= max(3, _FEW_ERRORS * len(text)) else None


def _western(body: bytes) -> str:
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def _undeclared(body: bytes) -> Decoded:
    if wide := _wide(body):
        return Decoded(body.decode(wide, "replace"), wide, (f"charset guessed: {wide}",))
    sample = body[:65536]
    if len(sample) - len(sample.translate(None, _CONTROLS)) > len(sample) // 50:
        raise ExtractError("unsupported", "the body is not text")
    try:
        return Decoded(body.decode(), "utf-8")
    except UnicodeDecodeError:
        return _guessed(body)


def _wide(body: bytes) -> str | None:
    sample = body[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    few, many = len(sample) // 50, len(sample) // 20
    if odd > many and even <= few:
        return "utf-16-le"
    if even > many and odd <= few:
        return "utf-16-be"
    return None


def _guessed(body: bytes) -> Decoded:
    broken = body.decode("utf-8", "replace")
    if broken.count("\ufffd") <= _FEW_ERRORS * sum(not char.isascii() for char in broken[:SAMPLE]):
        return Decoded(broken, "utf-8", ("some bytes are not UTF-8",))
    from charset_normalizer import from_bytes

    words = _TAGS.sub(b" ", body[: 40 * SAMPLE])
    every = re.split(rb"[\r\n]+", words)
    lines = [line for line in every if not line.isascii()]
    sample = b"\n".join(lines)[:SAMPLE]
    said = b"\n".join(line for line in every if not _CODE.search(line) and line.count(b" ") > _FEW)
    name = _latin(sample, said[-2 * SAMPLE :][:SAMPLE])
    if name is not None:
        text = _western(body) if name == "cp1252" else body.decode(name, "replace")
        return Decoded(text, name, (f"charset guessed: {name}",))
    best = from_bytes(sample, cp_isolation=_GUESSES, steps=3, chunk_size=512).best()
    name = best.encoding if best is not None else "cp1252"
    text = _western(body) if name == "cp1252" else body.decode(name, "replace")
    return Decoded(text, name, (f"charset guessed: {name}",))


def _latin(sample: bytes, said: bytes) -> str | None:
    """Name the encoding of accents here and there, by the language they make of the words."""
    runs = _HIGH.findall(sample)
    if sum(map(len, runs)) > _ISOLATED * len(runs):
        return None
    read = {name: (said + sample).decode(name, "replace") for name in _LATIN}
    fits = [name for name, text in read.items() if (detect(text) or "?") in _LATIN[name].split()]
    if "cp1252" in fits:
        return "cp1252"
    return max(fits, key=lambda name: sum(map(str.isalpha, read[name])), default=None)
