"""Read a tree into blocks: one paragraph, heading, item or row each, in reading order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.extract import plain
from monitor.extract.block import Block
from monitor.extract.numbering import BULLET, Numbering
from monitor.extract.text import normalise

if TYPE_CHECKING:
    from monitor.extract.block import BlockKind
    from monitor.extract.tree import Node

_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){2,200}")
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_CELLS = frozenset(("td", "th"))
_TERMS = frozenset(("dt", "summary"))
_LONG_PRE = 70
_LONG_CELL = 1500


class Reader:
    """Collects the blocks below elements; `placed` tells the element each block stands in."""

    def __init__(self, *, cut: bool = False) -> None:
        self.blocks: list[Block] = []
        self.placed: list[Node] = []
        self._cut = cut
        """Whether to read what is cut as well."""
        self._words: list[str] = []
        self._linked = self._bold = 0
        """Characters of `_words` that stand in links, and in bold."""
        self._links = self._bolds = 0
        """How many links and bold elements are open."""
        self._kind: BlockKind = "text"
        self._level = 0
        self._marker = ""
        self._lists: list[Numbering] = []
        self._row: list[str] | None = None
        self._row_of: Node | None = None

    def read(self, root: Node) -> None:
        """Read `root` and what is below it."""
        stack: list[tuple[Node, str | bool]] = [(root, True)]
        while stack:
            node, part = stack.pop()
            if isinstance(part, str):
                self._say(part)
            elif not part:
                self._leave(node)
            elif (self._cut or not node.cut) and not self._whole(node):
                self._enter(node)
                stack.append((node, False))
                stack += [
                    (node, child) if isinstance(child, str) else (child, True)
                    for child in reversed(node.children)
                ]
        self._flush(root)

    def _say(self, text: str) -> None:
        self._words.append(text)
        if self._links:
            self._linked += len(text.strip())
        if self._bolds:
            self._bold += len(text.strip())

    def _whole(self, node: Node) -> bool:
        """Read an element that is not read child by child; tell whether it was one."""
        if node.tag == "br":
            if self._kind == "text" and self._row is None:
                self._flush(node)
            else:
                self._words.append(" ")
            return True
        if (mail := address(node.get("data-cfemail"))) is not None:
            self._say(mail)
            return True
        return node.tag in {"pre", "textarea"} and self._preformatted(node)

    def _preformatted(self, node: Node) -> bool:
        words = node.words()
        if self._row is not None or len(words) < _LONG_PRE or "\n" not in words.strip():
            return False
        self._flush(node)
        found = plain.blocks(words)
        self.blocks += found
        self.placed += [node] * len(found)
        return True

    def _enter(self, node: Node) -> None:
        tag = node.tag
        if not node.block:
            self._links += tag == "a" and "href" in node.attributes
            self._bolds += _is_bold(node)
            return
        if _stands_in_text(node):
            return
        self._flush(node)
        if level := node.level:
            self._kind, self._level = "heading", level
        elif tag in _TERMS:
            self._kind = "term"
        elif tag in _LISTS:
            self._lists.append(Numbering(node))
        elif tag == "li":
            self._marker = self._lists[-1].marker(node) if self._lists else BULLET
        elif tag == "tr" and self._row is None and _is_row(node):
            self._row, self._row_of = [], node
        elif tag in _CELLS and self._row is not None:
            self._row.append("")

    def _leave(self, node: Node) -> None:
        tag = node.tag
        if not node.block:
            self._links -= tag == "a" and "href" in node.attributes
            self._bolds -= _is_bold(node)
            return
        if _stands_in_text(node):
            return
        self._flush(node)
        if node.level or tag in _TERMS:
            self._kind, self._level = "text", 0
        elif tag in _LISTS:
            self._lists.pop()
            self._marker = ""
        elif tag == "li":
            self._marker = ""
        elif node is self._row_of and self._row is not None:
            cells, self._row, self._row_of = self._row, None, None
            if any(cells):
                self._add(Block("row", " | ".join(cells)), node)

    def _flush(self, node: Node) -> None:
        """End the block at hand, if there is one."""
        if not self._words:
            return
        text = normalise("".join(self._words))
        letters = sum(len(words.strip()) for words in self._words)
        linked, bold = self._linked, self._bold
        self._words, self._linked, self._bold = [], 0, 0
        if not text:
            return
        if self._row is not None:
            self._row[-1:] = [f"{self._row[-1]} {text}".strip()] if self._row else [text]
            return
        self._add(self._block(text, linked / letters, strong=bold >= letters), node)

    def _block(self, text: str, linked: float, *, strong: bool) -> Block:
        marker, self._marker = self._marker, ""
        if self._kind in {"heading", "term"}:
            if marker not in {"", BULLET} and not text.startswith(marker.rstrip(".")):
                text = f"{marker} {text}"
            return Block(self._kind, text, self._level, linked=linked, strong=strong)
        if marker:
            depth = max(0, len(self._lists) - 1)
            return Block("item", text, depth, marker, linked, strong)
        return Block("text", text, linked=linked, strong=strong)

    def _add(self, block: Block, node: Node) -> None:
        self.blocks.append(block)
        self.placed.append(node)


def read(root: Node, *, cut: bool = False) -> list[Block]:
    """Read the blocks of `root`; with `cut`, those of cut parts too."""
    reader = Reader(cut=cut)
    reader.read(root)
    return reader.blocks


def _is_bold(node: Node) -> bool:
    return node.tag in {"b", "strong"} or bool(_BOLD.search(node.get("style")))


def _stands_in_text(node: Node) -> bool:
    """Tell whether a custom element stands inside a sentence, as a link would."""
    if "-" not in node.tag or node.parent is None:
        return False
    return any(isinstance(child, str) and not child.isspace() for child in node.parent.children)


def _is_row(node: Node) -> bool:
    """Tell a row of values from a table that only lays a page out."""
    table = next((above for above in node.ancestors() if above.tag == "table"), None)
    if table is None or table.get("role") in {"presentation", "none"}:
        return False
    cells = [child for child in node.elements if child.tag in _CELLS]
    if len(cells) < 2 and not any(len(row.elements) > 1 for row in _rows(table)):  # noqa: PLR2004 -- a pair
        return False
    return not any(
        below.tag == "table" or (below.level and below.level < 4) or below.chars > _LONG_CELL  # noqa: PLR2004
        for cell in cells
        for below in cell.walk()
    )


def _rows(table: Node) -> list[Node]:
    return [node for node in table.walk() if node.tag == "tr"]


def address(hidden: str) -> str | None:
    """Decode an e-mail address that a proxy hid: the first byte is the key of all others."""
    if not _HEX.fullmatch(hidden):
        return None
    key, *letters = bytes.fromhex(hidden)
    return bytes(letter ^ key for letter in letters).decode("utf-8", "replace")
