"""Damage real pages in ways pages get damaged, and see that extraction neither breaks nor loses.

    python benchmarks/mutate_pages.py FOLDER [--pages 60] [--rounds 3] [--seed 0]

FOLDER holds captures as ``*.html``. Each mutation of each page must give a document or an
`ExtractError`, the same one twice, within the time limit. Prints for each kind of mutation how
often a page was refused, how far its text fell from that of the untouched page, and the longest
time; exits with 1 where a promise is broken.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
import traceback
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import monitor
from monitor.extract import gate_digest

if TYPE_CHECKING:
    from collections.abc import Callable

    Mutation = Callable[[str, random.Random], bytes]

LIMIT_S = 3.0
TAG = re.compile(r"<[^<>]{1,2000}>")
ATTRIBUTE = re.compile(r' (class|id|role|style|href)="([^"]{0,300})"')
ENTITY = re.compile(r"&[a-z#0-9]{2,8};")
WORD = re.compile(r"\w+")
FEW = 5


def cut(text: str, chance: random.Random) -> bytes:
    """End the page at a random byte."""
    body = text.encode()
    return body[: chance.randrange(len(body) // 2, len(body))]


def without_tags(text: str, chance: random.Random) -> bytes:
    """Leave out a few tags."""
    return _at_tags(text, chance, lambda _: "")


def doubled_tags(text: str, chance: random.Random) -> bytes:
    """Write a few tags twice."""
    return _at_tags(text, chance, lambda tag: tag * 2)


def wrong_nesting(text: str, chance: random.Random) -> bytes:
    """Swap neighbouring tags and close what is not open."""
    closing = ["</div>", "</b>", "</table>", "</section>", "<b>", "<div>", "</p>", "<td>", "</a>"]
    return _at_tags(text, chance, lambda tag: chance.choice(closing) + tag)


def stray_signs(text: str, chance: random.Random) -> bytes:
    """Put signs of markup where they mean nothing."""
    signs = ["<", "< ", "<3", ">", "&", "<!", "</", '"', "<?", "]]>", "&#", "&#x110000;", "\0"]
    return _at_tags(text, chance, lambda tag: tag + chance.choice(signs))


def swapped_attributes(text: str, chance: random.Random) -> bytes:
    """Give two elements each other's values of one attribute, a few times."""
    found = list(ATTRIBUTE.finditer(text))
    if len(found) < FEW:
        return text.encode()
    values = [match[2] for match in found]
    for _ in range(FEW):
        first, second = chance.sample(range(len(found)), 2)
        values[first], values[second] = values[second], values[first]
    parts, place = [], 0
    for match, value in zip(found, values, strict=True):
        parts += [text[place : match.start(2)], value]
        place = match.end(2)
    return "".join([*parts, text[place:]]).encode()


def broken_entities(text: str, chance: random.Random) -> bytes:
    """Take the semicolon off some entities, and double the ampersand of others."""
    endings: list[Callable[[str], str]] = [lambda e: e[:-1], lambda e: f"&amp;{e[1:]}", str]
    return ENTITY.sub(lambda match: chance.choice(endings)(match[0]), text).encode()


def upper_case_tags(text: str, _: random.Random) -> bytes:
    """Write the names of elements in capitals."""
    return re.sub(r"</?[a-z][a-z0-9]*", lambda match: match[0].upper(), text).encode()


def latin_1(text: str, _: random.Random) -> bytes:
    """Encode the page as Latin-1, whatever it says of itself."""
    return text.encode("latin-1", "xmlcharrefreplace")


def utf_16(text: str, chance: random.Random) -> bytes:
    """Encode the page as UTF-16 without a byte order mark."""
    return text.encode(chance.choice(["utf-16-le", "utf-16-be"]))


def invalid_bytes(text: str, chance: random.Random) -> bytes:
    """Overwrite a few bytes with ones that UTF-8 never has."""
    body = bytearray(text.encode())
    for _ in range(FEW):
        body[chance.randrange(len(body))] = chance.choice(b"\xc0\xc1\xf5\xff\x80")
    return bytes(body)


def in_json(text: str, _: random.Random) -> bytes:
    """Hide the page in a string of a JSON body."""
    return json.dumps({"status": "ok", "page": {"html": text, "id": 7}}).encode()


def one_line(text: str, _: random.Random) -> bytes:
    """Take the line ends out."""
    return " ".join(text.split()).encode()


MUTATIONS: tuple[Mutation, ...] = (
    cut, without_tags, doubled_tags, wrong_nesting, stray_signs, swapped_attributes,
    broken_entities, upper_case_tags, latin_1, utf_16, invalid_bytes, in_json, one_line,
)  # fmt: skip


def _at_tags(text: str, chance: random.Random, change: Callable[[str], str]) -> bytes:
    found = list(TAG.finditer(text))
    chosen = set(chance.sample(range(len(found)), min(FEW, len(found))))
    parts, place = [], 0
    for index in sorted(chosen):
        match = found[index]
        parts += [text[place : match.start()], change(match[0])]
        place = match.end()
    return "".join([*parts, text[place:]]).encode()


def read(body: bytes) -> str | None:
    """Return the main text; `None` for a page that is refused."""
    try:
        return monitor.extract(body).text
    except monitor.ExtractError:
        return None


def likeness(first: str, second: str) -> tuple[float, float]:
    """Return F1 and recall of the word 4-grams of `second` against those of `first`."""
    one, two = _grams(first), _grams(second)
    both = len(one & two)
    return 2 * both / max(1, len(one) + len(two)), both / max(1, len(one))


def _grams(text: str) -> set[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return {tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3))}


class Tally:
    """What became of the pages under one mutation."""

    def __init__(self) -> None:
        self.refused = 0
        self.f1: list[float] = []
        self.recall: list[float] = []
        self.longest = 0.0
        self.worst: tuple[float, str] = (1.0, "")

    def take(self, name: str, before: str, after: str | None, took: float) -> None:
        """Count one page."""
        self.longest = max(self.longest, took)
        if after is None:
            self.refused += 1
            self.worst = min(self.worst, (0.0, name))
            return
        f1, recall = likeness(before, after)
        self.f1.append(f1)
        self.recall.append(recall)
        self.worst = min(self.worst, (f1, name))

    def row(self) -> str:
        """Return the counts as a row of the table."""
        count = max(1, len(self.f1))
        bad = sum(f1 < 0.95 for f1 in self.f1)  # noqa: PLR2004 -- what a person would notice
        return (
            f"{len(self.f1) + self.refused:6} {self.refused:8} {sum(self.f1) / count:8.4f} "
            f"{sum(self.recall) / count:8.4f} {bad:6} {self.longest:8.2f}  {self.worst[0]:.2f} "
            f"{self.worst[1]}"
        )


def main() -> int:
    """Run every mutation over a sample of pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)  # noqa: S311 -- repeatable, not secret
    files = sorted(arguments.folder.glob("*.html"))
    tallies: dict[str, Tally] = defaultdict(Tally)
    faults = 0
    for file in chance.sample(files, min(arguments.pages, len(files))):
        body = file.read_bytes()
        before = read(body)
        if before is None:
            continue
        text = body.decode("utf-8", "replace")
        for mutation in MUTATIONS * arguments.rounds:
            mutated = mutation(text, chance)
            faults += _try(mutation.__name__, file.name, mutated, before, tallies)
    print(f"{'':20}  pages  refused  F1 mean   recall  <0.95  seconds  worst")
    for name, tally in tallies.items():
        print(f"{name:20} {tally.row()}")
    print(f"promises broken: {faults}")
    return int(faults > 0)


def _try(kind: str, name: str, body: bytes, before: str, tallies: dict[str, Tally]) -> int:
    """Read one mutated page twice; return how many promises it broke."""
    start = time.process_time()
    try:
        after = read(body)
        gate_digest(body)
    except Exception:  # noqa: BLE001 -- any crash is what this program looks for
        print(f"{kind} {name}: crash")
        traceback.print_exc()
        return 1
    took = time.process_time() - start
    tallies[kind].take(name, before, after, took)
    faults = [took > LIMIT_S and f"{took:.1f} s", read(body) != after and "not the same twice"]
    for fault in filter(None, faults):
        print(f"{kind} {name}: {fault}")
    return sum(map(bool, faults))


if __name__ == "__main__":
    sys.exit(main())
