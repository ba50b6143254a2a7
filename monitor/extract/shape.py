"""Keeps markup of hostile shape from an HTML5 parser, whose cost it makes quadratic.

Nesting costs the square of its depth, attributes the square of their number, and formatting
elements closed in the wrong order are opened again in every paragraph that follows. Pages that
people read stay far below the limits.
"""

from __future__ import annotations

import re

MAX_DEPTH = 600
MAX_ATTRIBUTES = 400
MAX_ATTRIBUTES_IN_ALL = 400_000
"""A parser keeps some hundreds of bytes for each."""
MAX_REOPENED = 400_000
"""Formatting elements left open, times the tags they may be opened again in."""

# Quote-aware and possessive: linear whatever the input is.
_TAG = re.compile(
    r"""<(?:!--|(/?)([a-zA-Z][^\s/>]*+)((?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')|[="'])*+)>?)"""
)
_REPEATED = re.compile(r"<p>(?:\s*+<p>)++")
_ATTRIBUTE = re.compile(r"""[^\s=/]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]++))?""")
_NAME = re.compile(r"<(/?[a-zA-Z][^\s/>]*)")
_MANY_PIECES = 10_000
_MANY_NAMES = 4_000
_DEEP = 400
_UNCLOSED = 60
_LONG_PIECE = 2 * MAX_ATTRIBUTES
_FEW_CHARACTERS = 16
"""Attributes this short are not counted: as many as tags may have them cost little."""
_REACH = 60
_NESTED_FORMATTING = 8
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr", "path", "circle", "rect", "use", "line", "polygon", "polyline",
    "ellipse", "stop",
))  # fmt: skip
_OPTIONAL = frozenset((
    "p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup",
    "html", "body", "head",
))  # fmt: skip
_FORMATTING = frozenset((
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt",
    "u",
))  # fmt: skip
_RAW = {
    name: re.compile(f"</{name}", re.IGNORECASE)
    for name in ("script", "style", "xmp", "iframe", "noembed", "noframes")
}
_KEPT = frozenset((
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "title",
))  # fmt: skip


class _Shape:
    """What one pass over the tags finds out."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.formatting = 0
        self.deepest_formatting = 0
        self.leaked = 0
        self.tags = 0
        self.attributes = 0
        self.hostile = False

    def start(self, name: str, attributes: str) -> None:
        self.tags += 1
        self.count(attributes)
        if name in _VOID or name in _OPTIONAL:
            return
        self.open.append(name)
        if name in _FORMATTING:
            self.formatting += 1
            self.deepest_formatting = max(self.deepest_formatting, self.formatting)
        self.hostile |= len(self.open) > MAX_DEPTH

    def count(self, attributes: str) -> None:
        if len(attributes) <= _FEW_CHARACTERS:
            return
        found = len(_ATTRIBUTE.findall(attributes))
        self.attributes += found
        self.hostile |= found > MAX_ATTRIBUTES or self.attributes > MAX_ATTRIBUTES_IN_ALL

    def end(self, name: str) -> None:
        if self.open and self.open[-1] == name:
            self.open.pop()
            self.formatting -= name in _FORMATTING
        elif name in self.open[-_REACH:]:
            self.leaked += name in _FORMATTING
            while (last := self.open.pop()) != name:
                if last in _FORMATTING:
                    self.leaked += 1
                    self.formatting -= 1
            self.formatting -= name in _FORMATTING
        else:
            self.leaked += name in _FORMATTING

    @property
    def reopened(self) -> int:
        return (self.leaked + max(0, self.deepest_formatting - _NESTED_FORMATTING)) * self.tags


def tame(html: str) -> tuple[str, bool]:
    """Return markup that is safe to parse, and whether it had to be flattened."""
    if _is_plainly_fine(html) or not is_hostile(html):
        return html, False
    return flatten(html), True


def _is_plainly_fine(html: str) -> bool:
    """Tell, at a fraction of the cost, that even the worst markup of this outline is cheap."""
    pieces = html.split("<")
    if len(pieces) > _MANY_PIECES:
        return False
    names = _NAME.findall(html)
    depth = deepest = formatting = 0
    for name in names:
        if name[0] == "/":
            depth -= 1
            formatting -= name[1:] in _FORMATTING
        elif name not in _VOID and name not in _OPTIONAL:
            depth += 1
            formatting += name in _FORMATTING
            deepest = max(deepest, depth)
    return (
        len(names) <= _MANY_NAMES
        and deepest <= _DEEP
        and formatting <= _UNCLOSED
        and not any(len(piece) > _LONG_PIECE and _is_long_tag(piece) for piece in pieces[1:])
    )


def _is_long_tag(piece: str) -> bool:
    match = _TAG.match(f"<{piece}")
    return match is not None and match[2] is not None and len(match[3]) > 2 * MAX_ATTRIBUTES


def is_hostile(html: str) -> bool:
    """Tell whether an HTML5 parser would need far more than linear time."""
    shape = _Shape()
    place = 0
    while not shape.hostile and (match := _TAG.search(html, place)) is not None:
        place = _after(html, match)
        name = (match[2] or "").lower()
        if match[1]:
            shape.end(name)
        elif name and name not in _RAW:
            shape.start(name, match[3])
        elif name:
            shape.count(match[3])
    return shape.hostile or shape.reopened > MAX_REOPENED


def flatten(html: str) -> str:
    """Keep words, headings and items; every other element becomes a paragraph break."""
    found: list[str] = []
    place = 0
    while (match := _TAG.search(html, place)) is not None:
        found.append(html[place : match.start()])
        place = _after(html, match)
        name = (match[2] or "").lower()
        if name in _KEPT:
            found.append(f"<{match[1]}{name}>")
        elif name and name not in _RAW and name not in _FORMATTING and name != "span":
            found.append("<p>")
    found.append(html[place:])
    return _REPEATED.sub("<p>", "".join(found))


def _after(html: str, match: re.Match[str]) -> int:
    """Return where markup goes on: past the tag, its comment or its raw text."""
    name = (match[2] or "").lower()
    if not name:
        end = html.find("-->", match.start() + 2)
        return len(html) if end < 0 else end + 3
    if name in _RAW and not match[1]:
        closing = _RAW[name].search(html, match.end())
        return len(html) if closing is None else closing.start()
    return match.end()
