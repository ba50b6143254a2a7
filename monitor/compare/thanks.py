"""Names of people who are thanked, as for reporting a weakness: they come and bind nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.compare.noise import kind
from monitor.compare.sections import Outline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.compare.blocks import Group, Lines
    from monitor.model import Document

LONGEST_NAME = 6
"""Words of a line from which it is no name."""
LONGEST_HEADING = 8

_THANKS = re.compile(
    r"\b(?:acknowledge?ments|(?:hall|wall) of (?:fame|thanks)|thanks(?: to)?|thank you"
    r"|remerciements|danksagung(?:en)?|agradecimientos|agradecimentos|ringraziamenti"
    r"|dankbetuiging(?:en)?|dankwoord|podziękowania|poděkování|poďakovanie|kiitokset"
    r"|köszönetnyilvánítás|mulțumiri|благодарности|подяки|teşekkürler|ευχαριστίες)\b"
    r"|謝辞|致谢|致謝|鸣谢|鳴謝|감사의 (?:글|말)",
    re.IGNORECASE,
)
_PARTICLE = re.compile(r"\W*(?:al|and|bin|da|de|del|der|di|dos|el|et|of|the|und|van|von|y|&)\W*")


def without_thanks(
    lines: Lines, groups: Sequence[Group], old: Document, new: Document
) -> list[Group]:
    """Leave out the names that came or went in lists under a heading of thanks."""
    outlines = Outline(old), Outline(new)
    return [group for group in groups if not all(_named(lines, group, outlines))]


def _named(lines: Lines, group: Group, outlines: tuple[Outline, Outline]) -> Iterator[bool]:
    spans = (group.old_start, group.old_stop), (group.new_start, group.new_stop)
    for texts, outline, span in zip((lines.old, lines.new), outlines, spans, strict=True):
        yield from (_thanked(outline, at) and _is_name(texts[at]) for at in range(*span))


def _thanked(outline: Outline, line: int) -> bool:
    heading = outline.heading(outline.at(line))
    return len(heading.split()) <= LONGEST_HEADING and _THANKS.search(heading) is not None


def _is_name(line: str) -> bool:
    """Tell an item of a few words that all begin as names do."""
    words = [word for word in line.strip(" -*•|").split() if not _PARTICLE.fullmatch(word)]
    return (
        bool(kind(line))
        and 0 < len(words) <= LONGEST_NAME
        and not any(word.lstrip("(@'’“\"")[:1].islower() for word in words)
    )
