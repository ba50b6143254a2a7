"""Who is named: legal entities, and the entries of lists of those who get the data."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from monitor.assess.rules import TOPICS, WEIGHTS, name
from monitor.assess.sentences import bare, key, words_of
from monitor.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.assess.sentences import Sentence
    from monitor.assess.vocabulary import Vocabulary
    from monitor.model import Document

_FORM = (
    r"Ltd|Limited(?!\s+[A-Z])|Inc|Incorporated|L\.?L\.?C|L\.?L\.?P|P\.?L\.?C|Corp|Corporation|GmbH(?:\s&\sCo\.?\sKG)?|AG|SE|KG|UG"
    r"|S\.?A\.?R\.?L|S\.?A\.?S\.?U?|S\.A|SA|S\.?p\.?A|S\.?r\.?l|S\.?L\.?U?|B\.?V|N\.?V|A/S|ApS|AB|Oy|AS"
    r"|Pty|s\.?\s?r\.?\s?o|d\.?o\.?o|Kft|ООО|ОАО|ЗАО|ПАО|АО|Ltda|Lda"
)
_PART = r"[A-ZÀ-ÞА-Я0-9][\w&'’.+-]*"
_ENTITY = re.compile(
    rf"((?:{_PART}\s+(?:(?:of|and|de|du|&|the)\s+)?){{1,5}}?)(?:,\s*)?(?:Co\.?,?\s*)?(?:{_FORM})(?![\w&])\.?"
    r"|(?:ООО|АО|ПАО)\s+[«\"][^»\"]{2,40}[»\"]|[\u4e00-\u9fff（）()]{2,24}(?:有限公司|公司|集团)|株式会社[\w]{2,20}"
)
_LEADING = {
    "the",
    "a",
    "an",
    "by",
    "if",
    "we",
    "our",
    "and",
    "or",
    "in",
    "of",
    "at",
    "to",
    "with",
    "between",
}
_REST = re.compile(r"\s[–—-]\s|:\s|\s\(|;|\.\s")
_URL = re.compile(r"https?://\S+|www\.\S+")
_DOMAIN = re.compile(r"(?<![\w@/.])[\w-]{2,40}\.(?:com|io|ai|net|org|eu|co)(?![\w.-])")
_SHORTEST = 3
OWN = 5
"""Times that a name stands in a policy from which it is the publisher's own."""
NAMES = 4
LONGEST = 60
"""Characters of the name of an entry."""
ENTRY = 7
"""Words of one; what is longer is a sentence."""


def entities(sentences: Sequence[Sentence], old: Document, new: Document) -> Iterator[Finding]:
    """Yield a finding where a company is named that was not, or no longer is."""
    come: dict[str, Sentence] = {}
    gone: dict[str, Sentence] = {}
    for sentence in sentences:
        for one in _entities(sentence.new):
            if one not in sentence.old and not _names(old, one):
                come.setdefault(one, sentence)
        for one in _entities(sentence.old):
            if one not in sentence.new and not _names(new, one):
                gone.setdefault(one, sentence)
    if not come and not gone:
        return
    first = next(iter((come or gone).values()))
    if come and gone:
        told = f"Companies: {_listed(gone)} made way for {_listed(come)}."
    else:
        told = (
            f"Companies: {_listed(come or gone)} {_is(come or gone)} {'new' if come else 'gone'}."
        )
    yield Finding(
        name("entity"), told, (*list(gone)[:NAMES], *list(come)[:NAMES]), first.path,
        bare(first.old), bare(first.new), WEIGHTS["entity"],
    )  # fmt: skip


def _entities(text: str) -> Iterator[str]:
    for found in _ENTITY.finditer(text):
        parts = found[0].split()
        while parts and parts[0].casefold() in _LEADING:
            parts.pop(0)
        shouted = found[0].isupper() and text.isupper()
        named = any(map(str.isalpha, "".join(parts[:-1]))) or not found[0].isascii()
        if (named and not shouted) or not found[0].isascii():
            yield " ".join(parts).strip(" ,")


def without_entities(text: str) -> str:
    """Return a text without the names of companies."""
    return _ENTITY.sub(" ", text)


def _names(document: Document, company: str) -> bool:
    """Whether a document names a company, however it writes its legal form."""
    return key(company) in words_of(document) or _plain(company) in _plain(document.text)


@lru_cache(maxsize=256)
def _plain(text: str) -> str:
    return key(text.replace(".", ""))


def entries(
    sentences: Sequence[Sentence], old: Document, new: Document, words: Vocabulary
) -> Iterator[Finding]:
    """Yield a finding for each list of recipients that gained or lost an entry."""
    lists: defaultdict[tuple[str, ...], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    places: dict[tuple[str, ...], Sentence] = {}
    heads = words.pattern("recipients", "lists")
    for sentence in sentences:
        if not sentence.listed or not _of_recipients(sentence, heads):
            continue
        was, now = (entry(text) if text else "" for text in (sentence.old, sentence.new))
        if key(was) == key(now):
            continue
        if now and key(now) not in words_of(old):
            lists[sentence.path][0].append(now)
            places.setdefault(sentence.path, sentence)
        if was and key(was) not in words_of(new):
            lists[sentence.path][1].append(was)
            places.setdefault(sentence.path, sentence)
    for path, (come, gone) in lists.items():
        yield _entries(path, come, gone, places[path])


def _of_recipients(sentence: Sentence, heads: re.Pattern[str]) -> bool:
    """Whether an item stands in a list of recipients, or a row says that it is one."""
    text = sentence.new or sentence.old
    if any(map(heads.search, sentence.path[-1:])):
        return True
    if text.lstrip().startswith("|"):
        return any(map(heads.search, (*sentence.path, text)))
    return bool(_DOMAIN.search(text) or _ENTITY.search(text)) and bool(heads.search(text))


def _entries(path: tuple[str, ...], come: list[str], gone: list[str], first: Sentence) -> Finding:
    said = [f"added {_named(come)}"] if come else []
    said += [f"removed {_named(gone)}"] if gone else []
    title = (
        " ".join(path[-1].split())[:LONGEST].rstrip(" :.") if path else TOPICS["recipient"].title
    )
    return Finding(
        name("recipient"), f"{title}: {', '.join(said)}.", (*come[:NAMES], *gone[:NAMES]), path,
        bare(first.old), bare(first.new), TOPICS["recipient"].weight,
    )  # fmt: skip


def entry(line: str) -> str:
    """Return the name of an item or a row: its first words before what is said of it."""
    cells = [_REST.split(_URL.sub("", cell), maxsplit=1)[0] for cell in bare(line).split(" | ")]
    short = [cell.strip(" *.,:") for cell in cells[:2] if len(cell.split()) <= ENTRY]
    named = [cell for cell in short if any(map(str.isupper, cell)) and cell[0] != "_"]
    return next(iter((*named, *short)), "")


def replaced_names(
    sentences: Sequence[Sentence], old: Document, words: Vocabulary
) -> Iterator[Finding]:
    """Yield a finding where a sentence about who gets data names another one than it did."""
    context = words.pattern("recipients", "context")
    for sentence in sentences:
        if not sentence.edited or sentence.listed or not context.search(sentence.new):
            continue
        for gone, come in zip(sentence.removed, sentence.added, strict=False):
            was, now = _URL.sub("", gone).strip(" .,:;()"), _URL.sub("", come).strip(" .,:;()")
            if not _is_name(was) or not _is_name(now) or not key(now):
                continue
            before = words_of(old)
            if key(now) not in before and before.count(key(was)) <= OWN:
                told = f"Recipients: “{was}” made way for “{now}”."
                yield Finding(
                    name("recipient"), told, (was, now), sentence.path, bare(sentence.old),
                    bare(sentence.new), TOPICS["recipient"].weight,
                )  # fmt: skip
                break


def _is_name(text: str) -> bool:
    parts = text.split()
    return 0 < len(parts) <= _SHORTEST and all(part[0].isupper() for part in parts)


def _listed(names: dict[str, Sentence]) -> str:
    return _named(list(names))


def _named(names: list[str]) -> str:
    more = len(names) - NAMES
    shown = [one[:LONGEST] for one in names[:NAMES]]
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _is(names: dict[str, Sentence]) -> str:
    return "is" if len(names) == 1 else "are"
