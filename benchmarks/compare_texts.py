"""Compare pairs of hostile texts of two megabytes and print what each costs.

    python benchmarks/compare_texts.py [--limit 2.0]

No real policy looks like these: texts of endless lines, of a hundred thousand tiny ones, all of
them edited, shuffled or unrelated. Exits with 1 where one takes longer than the limit (CPU).
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from typing import TYPE_CHECKING

from monitor.compare.verdict import compare
from monitor.model import Document, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SIZE = 2_000_000
WORDS = [f"word{number}" for number in range(3_000)]
HAN = "的一是在不了有和人这中大为上个国我以要他时来用们"

Pair = tuple[list[str], list[str]]


def document(lines: Sequence[str]) -> Document:
    """Build a document; lines that open with ``#`` begin sections."""
    starts = [at for at, line in enumerate(lines) if line.startswith("#")] or [0]
    ends = [*starts[1:], len(lines)]
    sections = tuple(
        Section((lines[at],), lines[at], "\n".join(lines[at + 1 : end]), at, 1)
        for at, end in zip(starts, ends, strict=True)
    )
    return Document("", None, sections, "\n".join(lines))


def of_words(chance: random.Random, count: int, begin: str = "") -> list[str]:
    """Return lines of `count` words each, as many as make two megabytes."""
    number = SIZE // (8 * count + len(begin) + 1)
    return [begin + " ".join(chance.choices(WORDS, k=count)) for _ in range(number)]


def of_kinds(chance: random.Random, *kinds: str) -> list[str]:
    """Return lines drawn from a few kinds, as many as make two megabytes."""
    number = SIZE // (sum(map(len, kinds)) // len(kinds) + 1)
    return chance.choices(kinds, k=number)


def shuffled(chance: random.Random, lines: list[str]) -> list[str]:
    """Return the lines in another order."""
    return chance.sample(lines, len(lines))


def edited(chance: random.Random, lines: list[str], share: float) -> list[str]:
    """Replace a share of the words of every line."""
    return [
        " ".join(
            word if chance.random() > share else chance.choice(WORDS) for word in line.split(" ")
        )
        for line in lines
    ]


def pairs(chance: random.Random) -> Iterator[tuple[str, Pair]]:
    """Yield the texts with what they are called."""
    prose, tiny, endless = (of_words(chance, count) for count in (30, 3, 2_000))
    yield "prose, every line edited", (prose, edited(chance, prose, 0.1))
    yield "prose, unrelated", (prose, of_words(chance, 30))
    yield "prose, reversed", (prose, prose[::-1])
    yield "endless lines, edited", (endless, edited(chance, endless, 0.1))
    yield "one line, edited", ([" ".join(endless)], edited(chance, [" ".join(endless)], 0.05))
    yield "tiny lines, edited", (tiny, edited(chance, tiny, 0.3))
    yield "tiny lines, unrelated", (tiny, of_words(chance, 3))
    yield "tiny lines, shuffled", (tiny, shuffled(chance, tiny))
    yield "tiny lines, numbered", (tiny, [f"{at}. {line}" for at, line in enumerate(tiny)])
    items = of_words(chance, 3, "- ")
    yield "items, shuffled", (items, shuffled(chance, items))
    headings = of_words(chance, 3, "## ")
    yield "headings, shuffled", (headings, shuffled(chance, headings))
    mixed = [line if at % 10 else f"## {line}" for at, line in enumerate(tiny)]
    yield "sections of ten lines, shuffled", (mixed, shuffled(chance, mixed))
    few = of_kinds(chance, "of one", "or two", "# three", "- four")
    yield "four kinds of lines, reversed", (few, few[::-1])
    letters = of_kinds(chance, *"abcdefgh")
    yield "a letter a line, reversed", (letters, letters[::-1])
    han = ["".join(chance.choices(HAN, k=20)) for _ in range(SIZE // 60)]
    yield "Chinese, shuffled", (han, shuffled(chance, han))
    dates = [f"March {1 + at % 27}, {1990 + at % 30}" for at in range(SIZE // 15)]
    yield "dates, a day off", (dates, [*dates[1:], dates[0]])


def main() -> int:
    """Compare every pair once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=float, default=2.0)
    limit = parser.parse_args().limit
    slow = 0
    for name, (old, new) in pairs(random.Random(0)):  # noqa: S311 -- repeatable, not secret
        before, after = document(old), document(new)
        start = time.process_time()
        found = compare(before, after)
        took = time.process_time() - start
        slow += took > limit
        print(f"{name:32} {len(old):8} lines {took:6.2f} s  {found.verdict}: {found.reason}")
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main())
