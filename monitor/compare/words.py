"""Words as they are compared and as they are shown."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from monitor.compare.align import DIRECT_WORDS, Effort, Pair, matching
from monitor.model import Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.model.comparison import RunKind

# Scripts written without spaces: every character is a word, with the signs that follow it.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_HAN_DIGITS = "〇零一二三四五六七八九十百千万億亿两"
_WHOLE = (  # a date, and a number in signs, are read as one
    r"[^\w\s]{0,3}(?:\d{2,4}|[〇零一二三四五六七八九十]{2,4})年\s?"
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?"
    rf"|[{_HAN_DIGITS}]{{2,}}"
)
_CHUNK = re.compile(
    rf"\n|(?:{_WHOLE})[^\w\s]*[^\S\n]*"
    rf"|[{_UNSPACED}][^\w\s]*[^\S\n]*|(?:(?![{_UNSPACED}])\S)+[^\S\n]*|[^\S\n]+"
)
_LIST_SIGNS = (",", ";", "、", "，", "；", "،", "؛")
_HIDDEN = re.compile("[\ufe00-\ufe0f]")  # variation selectors
_ALONE = re.compile(f"[{_UNSPACED}]")
# Signs that carry meaning: units, money, comparison, ticks and crosses of tables.
_KEPT_CATEGORIES = {"Sc", "Sm"}
_KEPT_SIGNS = frozenset("%‰@&+§✓✔✗✘☑☒☐")
_NOT_KEPT = frozenset("|~=←↑→↓↔")
_TRADEMARKS = str.maketrans("", "", "™℠®©")

TELLING = 5
"""So many equal words stand for themselves between any two changes; of signs of"""
TELLING_SIGNS = 4
"""scripts without spaces, so many."""
PASSES = 8
"""Times that islands are looked for: each one that goes joins the changes beside it."""
ALIKE = 0.15
"""Share of equal words below which a passage counts as replaced rather than edited."""


class _Signs(dict[int, str]):
    """What each character becomes before words are compared, worked out when first met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        category = unicodedata.category(sign)
        if category == "Cf" or _HIDDEN.match(sign):
            image = ""
        elif _ALONE.match(sign):  # Thai and its like carry signs above and below
            image = sign if category[0] == "M" else f" {sign} " if sign > "\u2fff" else f" {sign}"
        elif sign == "_" or category[0] in "LNM":
            image = sign
        elif sign in _KEPT_SIGNS or (category in _KEPT_CATEGORIES and sign not in _NOT_KEPT):
            image = f" {sign} "
        else:
            image = " "
        self[code] = image
        return image


_SEPARATOR = "\x1f"  # of ASCII, as texts of nothing else are folded several times faster
_TYPESET = "’“”–—•…\u00a0"
"""Signs that are no words, and often all that keeps a text from being folded fast."""
_SIGNS = _Signs({ord(_SEPARATOR): _SEPARATOR})


def fold(text: str) -> list[str]:
    """Return the words of a text without case, punctuation, Unicode form and hidden characters."""
    return _folded(text).replace(_SEPARATOR, " ").split()


def _folded(text: str) -> str:
    if not text.isascii():
        for sign in _TYPESET:
            text = text.replace(sign, " ")
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_TRADEMARKS))
    return text.casefold().translate(_SIGNS)


def fold_each(texts: Iterable[str]) -> list[list[str]]:
    """Return the words of each text; one pass over all of them is several times faster."""
    joined = _SEPARATOR.join(text.replace(_SEPARATOR, " ") for text in texts)
    return [text.split() for text in _folded(joined).split(_SEPARATOR)]


@dataclass(slots=True)
class Passage:
    """Lines cut into pieces to show, each with the words it is compared by."""

    pieces: list[str]
    """Whole words with their punctuation and the space after; joined they are the lines."""
    words: list[str]
    owner: list[int]
    """Index of the piece each word belongs to."""

    @classmethod
    def of(cls, lines: Sequence[str], masked: Sequence[str]) -> Passage:
        """Cut `lines`; `masked` are the same lines with ignored characters blanked."""
        text, blanked = "\n".join(lines), "\n".join(masked)
        passage = cls([], [], [])
        lead = ""
        chunks = list(_CHUNK.finditer(text))
        folded = fold_each(blanked[chunk.start() : chunk.end()] for chunk in chunks)
        for chunk, words in zip(chunks, folded, strict=bool(chunks)):
            if words:
                passage.pieces.append(lead + chunk[0])
                passage.words += words
                passage.owner += [len(passage.pieces) - 1] * len(words)
                lead = ""
            elif passage.pieces and not _opens_line(text, chunk.start()) and not lead:
                passage.pieces[-1] += chunk[0]
            else:
                lead += chunk[0]
        if lead:
            if not passage.pieces:
                passage.pieces.append("")
            passage.pieces[-1] += lead
        return passage


def _opens_line(text: str, at: int) -> bool:
    """Whether only a marker stands before `at` on its line: it goes with the word after it."""
    return at > 0 and text[at - 1] == "\n" and text[at] != "\n"


def runs(old: Passage, new: Passage, effort: Effort) -> tuple[Run, ...]:
    """Return the word-level reading of a replacement.

    `same` and `removed` joined are the old text, `same` and `added` the new one; where only
    punctuation or case differs the new form is shown as same.
    """
    pairs = matching(old.words, new.words, direct=DIRECT_WORDS, effort=effort)
    pairs = _without_islands(pairs, old, new)
    longer = max(len(old.words), len(new.words), 1)
    if len(pairs) < ALIKE * longer and len(pairs) < ALIKE * 2 * min(len(old.words), len(new.words)):
        pairs = []
    old_kept, new_kept = _whole_pieces(old, new, pairs)
    return tuple(merged(_walk(old, new, old_kept, new_kept)))


def replaced(old: str, new: str) -> tuple[Run, ...]:
    """Return the reading of a passage of which nothing is kept."""
    return tuple(merged([("removed", old), ("added", new)]))


def _without_islands(pairs: list[Pair], old: Passage, new: Passage) -> list[Pair]:
    """Drop equal stretches too short to tell two replacements apart: they would interleave."""
    stretches: list[list[Pair]] = []
    for pair in pairs:
        last = stretches[-1][-1] if stretches else None
        if last and pair == (last[0] + 1, last[1] + 1):
            stretches[-1].append(pair)
        else:
            stretches.append([pair])
    reach = _reach(old.words), _reach(new.words)
    for _ in range(PASSES):
        ends = [(-1, -1), *(stretch[-1] for stretch in stretches)]
        starts = [*(stretch[0] for stretch in stretches[1:]), (len(old.words), len(new.words))]
        kept = [
            stretch
            for stretch, before, after in zip(stretches, ends, starts, strict=False)
            if not _is_island(reach, before, stretch, after) or _is_item(stretch, old, new)
        ]
        if len(kept) == len(stretches):
            break
        stretches = kept
    return [pair for stretch in stretches for pair in stretch]


def _reach(words: Sequence[str]) -> list[int]:
    """Return how many letters stand before each word, and in all."""
    return [0, *accumulate(map(len, words))]


def _is_island(
    reach: tuple[list[int], list[int]], before: Pair, stretch: Sequence[Pair], after: Pair
) -> bool:
    """Whether what is replaced on either side outweighs an equal stretch between."""
    first, last = stretch[0], stretch[-1]
    letters = reach[1][last[1] + 1] - reach[1][first[1]]
    signs = len(stretch) == letters
    if len(stretch) >= (TELLING_SIGNS if signs else TELLING):
        return False
    left = [_between(reach[side], before[side] + 1, first[side]) for side in (0, 1)]
    right = [_between(reach[side], last[side] + 1, after[side]) for side in (0, 1)]
    words, beside = (
        min(max(gap[of] for gap in left), max(gap[of] for gap in right)) for of in (0, 1)
    )
    replaces = any(left[0] + right[0]) and any(left[1] + right[1])
    return replaces and letters <= beside and (signs or len(stretch) < words)


def _between(reach: list[int], start: int, stop: int) -> Pair:
    """Return how many words and how many letters a range of words has."""
    return stop - start, reach[stop] - reach[start]


def _is_item(stretch: Sequence[Pair], old: Passage, new: Passage) -> bool:
    """Whether a stretch is whole items of an enumeration: one that stays is not replaced."""
    return all(
        _ends_item(passage, passage.owner[stretch[0][side]] - 1)
        and _ends_item(passage, passage.owner[stretch[-1][side]])
        for side, passage in enumerate((old, new))
    )


def _ends_item(passage: Passage, piece: int) -> bool:
    if not 0 <= piece < len(passage.pieces) - 1:
        return True
    return passage.pieces[piece].rstrip().endswith(_LIST_SIGNS)


def _whole_pieces(
    old: Passage, new: Passage, pairs: list[tuple[int, int]]
) -> tuple[list[bool], list[bool]]:
    """Tell which pieces are kept: those all of whose words are, with kept pieces opposite."""
    partner_of_old = dict(pairs)
    partner_of_new = {there: here for here, there in pairs}
    words_of_old, words_of_new = _by_piece(old), _by_piece(new)
    old_kept = [bool(words) for words in words_of_old]
    new_kept = [bool(words) for words in words_of_new]
    loose_old = _loose(words_of_old, partner_of_old)
    loose_new = _loose(words_of_new, partner_of_new)
    while loose_old or loose_new:
        for at in loose_old:
            piece = old.owner[at]
            if old_kept[piece]:
                old_kept[piece] = False
                loose_new += [partner_of_old[w] for w in words_of_old[piece] if w in partner_of_old]
        loose_old = []
        for at in loose_new:
            piece = new.owner[at]
            if new_kept[piece]:
                new_kept[piece] = False
                loose_old += [partner_of_new[w] for w in words_of_new[piece] if w in partner_of_new]
        loose_new = []
    return old_kept, new_kept


def _loose(words_of: list[list[int]], partners: dict[int, int]) -> list[int]:
    """Return a word of each piece whose words have not all one unbroken counterpart."""
    return [
        words[0]
        for words in words_of
        if words
        and [partners.get(word) for word in words]
        != [partners.get(words[0], -1) + step for step in range(len(words))]
    ]


def _by_piece(passage: Passage) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in passage.pieces]
    for at, piece in enumerate(passage.owner):
        found[piece].append(at)
    return found


def _walk(
    old: Passage, new: Passage, old_kept: list[bool], new_kept: list[bool]
) -> Iterator[tuple[RunKind, str]]:
    """Yield the pieces in reading order, what goes before what comes."""
    sizes_old = [len(words) for words in _by_piece(old)]
    sizes_new = [len(words) for words in _by_piece(new)]
    here = there = ahead = 0
    gap, space = _Gap(), ""
    while here < len(old.pieces) or there < len(new.pieces):
        if ahead <= 0 and here < len(old.pieces) and not old_kept[here]:
            yield from gap.before("removed", old.pieces[here])
            here += 1
        elif there < len(new.pieces) and not new_kept[there]:
            yield from gap.before("added", new.pieces[there])
            there += 1
        elif ahead <= 0 and here < len(old.pieces):
            space = _space_after(old.pieces[here])
            if ahead < 0:
                gap.old = space
            ahead += sizes_old[here]
            here += 1
        else:
            ahead -= sizes_new[there]
            yield from gap.before("same", new.pieces[there].rstrip())
            gap.old, gap.new = space, _space_after(new.pieces[there])
            there += 1
    yield "same", gap.new


def _space_after(piece: str) -> str:
    return piece[len(piece.rstrip()) :]


@dataclass(slots=True)
class _Gap:
    """The space after a kept piece, which may be there on one side only."""

    old: str = ""
    new: str = ""

    def before(self, kind: RunKind, text: str) -> Iterator[tuple[RunKind, str]]:
        """Yield a piece with the space its side has before it."""
        if kind == "same" or (self.old and self.new):
            yield "same", self.new
            self.old = self.new = ""
        if kind == "removed":
            text, self.old = self.old + text, ""
        elif kind == "added":
            text, self.new = self.new + text, ""
        yield kind, text


def merged(pieces: Iterable[tuple[RunKind, str]]) -> Iterator[Run]:
    """Yield runs, one for all pieces of a kind that stand together."""
    kind: RunKind = "same"
    texts: list[str] = []
    for this, text in pieces:
        if not text:
            continue
        if this != kind and texts:
            yield Run(kind, "".join(texts))
            texts = []
        kind = this
        texts.append(text)
    if texts:
        yield Run(kind, "".join(texts))
