"""Find the headings that are not marked up as such: bold, capital, numbered and glued ones."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.extract.block import Block
from monitor.extract.numbering import BULLET
from monitor.extract.text import weight

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST = 120
_LONGEST_CAPITALS = 100
_LONGEST_BARE = 90
_MOST_WORDS = 14
_SMALLEST_BODY = 60
_FEW = 2
"""With no more marked-up headings than this, bare short lines may be headings too."""
_ENDS = tuple(".;,。；，、!:：…")
_SENTENCE_ENDS = (*".!?:;。！？：；", "”", '"', "»", ")")

_CLAUSE = re.compile(
    r"(?P<number>\d{1,3}(?:\.\d{1,3}){0,4})[.)、:]?\s*(?=[^\W\d_])"
    r"|(?:§+|art(?:icle|ículo|icolo|igo|ikel)?\.?|section|secci[oó]n|sezione|abschnitt|clause|"
    r"chapter|chapitre|kapitel|cap[ií]tulo|part|teil|partie|annex|anlage|annexe|appendix|schedule|"
    r"exhibit|статья|раздел|пункт|глава|стаття|розділ)\s*(?P<named>\d{1,3}|[IVXLC]{1,6}|[A-Z])\b"
    r"|第\s*[一二三四五六七八九十百零\d]{1,5}\s*[条條章节節部]"
    r"|[一二三四五六七八九十]{1,3}\s*[、.．]"
    r"|제\s*\d{1,3}\s*[조장]"
    r"|(?P<roman>[IVX]{1,5}|[A-Z])[.)]\s+(?=\S)",
    re.IGNORECASE,
)
_CJK_DEPTH = (("章", 0), ("部", 0), ("장", 0), ("节", 1), ("節", 1))
_BOUND = re.compile(
    r"(?<=[^\W\d_A-Z][.!?:)”\"])(?=[A-Z“][\w’'“])|(?<=\b(?:19|20)\d\d)(?=[A-Z][a-z])"
)
_GLUED = re.compile(
    r"(?P<title>[A-Z][\w’'&,/()-]*(?: [\w’'&,/()-]+){1,11}?[a-z)])(?=[A-Z][\w’]* ?[a-zA-Z])"
)
_INNER = re.compile(r"[，：；。]|[:;.!?] \S+ \S|://|@")
_LONG_LINE = 400
_JOINTS = 3
_SMALL_WORDS = frozenset((
    "a", "an", "and", "any", "as", "at", "by", "for", "from", "how", "in", "into", "is", "it",
    "no", "not", "of", "on", "or", "our", "out", "per", "the", "to", "via", "we", "what",
    "when", "where", "who", "with", "you", "your",
))  # fmt: skip


def promote(blocks: Sequence[Block], *, marked_up: bool) -> list[Block]:
    """Turn blocks that read as headings into headings; `marked_up` tells HTML from plain text."""
    parts = [part for block in blocks for part in _unglue(block)]
    bare = not marked_up or sum(block.kind == "heading" for block in parts) <= _FEW
    found: list[Block] = []
    above = 0
    for index, block in enumerate(parts):
        if block.kind == "heading":
            above = block.level
            found.append(block)
            continue
        following = parts[index + 1] if index + 1 < len(parts) else None
        heading = _as_heading(block, following, above, bare=bare, first=index == 0)
        found.append(heading or _settled(block))
    return found


def _settled(block: Block) -> Block:
    return replace(block, kind="text") if block.kind == "term" else block


def _as_heading(
    block: Block, following: Block | None, above: int, *, bare: bool, first: bool
) -> Block | None:
    text = block.text
    if following is None or len(text) > _LONGEST or not any(map(str.isalpha, text)):
        return None
    if block.kind == "term":
        return _heading(text, min(6, above + 1) if above else 2) if _has_body(following) else None
    if block.kind == "item":
        if block.marker == BULLET or not block.strong or following.kind != "text":
            return None
        text = f"{block.marker} {text}"
    elif block.kind != "text" or block.linked > 0.5:  # noqa: PLR2004 -- mostly a link
        return None
    clause = _CLAUSE.match(text)
    if first and bare and _is_bare(text) and _is_title(text):
        return _heading(text, 1)
    if not (
        (block.strong and _is_label(text))
        or _is_capitals(text)
        or (bare and clause is not None and _is_title(text[clause.end() :]) and _is_bare(text))
        or (bare and _is_bare(text) and _stands_above(text, following))
    ):
        return None
    depth = _depth(clause) if clause else 0
    return _heading(text, min(6, (2 if bare else max(1, above) + 1) + depth))


def _heading(text: str, level: int) -> Block:
    return Block("heading", text, level)


def _depth(clause: re.Match[str]) -> int:
    """Count how deep a clause number is: 0 for ``1.``, 1 for ``1.2``."""
    if clause["number"]:
        return clause["number"].count(".")
    return 0


def _is_label(text: str) -> bool:
    return (len(text.split()) <= _MOST_WORDS and not text.endswith((".", ";", ",", "。"))) or (
        len(text.split()) <= _MOST_WORDS // 2 and text.endswith(".")
    )


def _is_capitals(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return (
        len(letters) > 3  # noqa: PLR2004 -- an abbreviation is no heading
        and all(map(str.isupper, letters))
        and len(text) <= _LONGEST_CAPITALS
        and len(text.split()) <= _MOST_WORDS
        and not text.endswith((",", ";"))
    )


def _is_bare(text: str) -> bool:
    return (
        weight(text) <= _LONGEST_BARE
        and not _INNER.search(text)
        and len(text.split()) <= _MOST_WORDS
        and (not text.endswith(_ENDS) or _is_title_case(text))
    )


def _is_title(text: str) -> bool:
    return bool(text) and (text[0].isupper() or not text[0].isascii())


def _is_title_case(text: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_]+", text) if word.lower() not in _SMALL_WORDS]
    return (
        len(words) > 1
        and all(word[0].isupper() for word in words)
        and not text.endswith((",", ";"))
    )


def _stands_above(text: str, following: Block) -> bool:
    """Tell a title from a short line: a body of sentences comes next."""
    first = next((char for char in text if char.isalpha()), "")
    if first.islower() or re.search(r"\d{3,}", text):
        return False
    return following.kind == "text" and _has_body(following) and len(following.text) > len(text)


def _has_body(following: Block) -> bool:
    if following.kind in {"item", "row", "code"}:
        return True
    if following.kind != "text":
        return False
    return weight(following.text) >= _SMALLEST_BODY or following.text.endswith(_SENTENCE_ENDS)


def _unglue(block: Block) -> Iterator[Block]:
    """Split a long line whose sentences and titles were run together without spaces."""
    if block.kind != "text" or len(block.text) < _LONG_LINE:
        yield block
        return
    pieces = [piece for piece in _BOUND.split(block.text) if piece]
    if len(pieces) <= _JOINTS:
        yield block
        return
    for piece in pieces:
        yield from _untitle(piece)


def _untitle(piece: str) -> Iterator[Block]:
    match = _GLUED.match(piece[: 2 * _LONGEST])
    if match and _is_title_case(match["title"]) and len(piece) - match.end() >= _SMALLEST_BODY // 2:
        yield Block("text", match["title"], strong=True)
        piece = piece[match.end() :]
    yield Block("text", piece)
