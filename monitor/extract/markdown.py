"""Markdown to blocks: the marks of CommonMark that a reader does not see become structure."""

from __future__ import annotations

import re

from monitor.extract.block import Block
from monitor.extract.text import clean, normalise

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)(.*?)(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_RULE = re.compile(r" {0,3}(?:[-*_][ \t]*){3,}$")
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?P<marker>[-*+]|\d{1,9}[.)])[ \t]+(?P<text>\S.*)")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_ROW = re.compile(r"[ \t]*\|(.*)\|[ \t]*$")
_DELIMITER = re.compile(r"[ \t:|-]+$")
_IMAGE = re.compile(r"!\[([^\]\n]{0,300})\]\([^()\s]{0,2000}(?:\s+\"[^\"\n]{0,300}\")?\)")
_LINK = re.compile(r"\[([^\[\]\n]{0,500})\]\([^()\s]{0,2000}(?:\s+\"[^\"\n]{0,300}\")?\)")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>")
_HTML = re.compile(r"</?[a-zA-Z][^<>\n]{0,300}>|<!--[^\n]{0,2000}?-->")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=\S)([^*\n]{1,2000}?)(?<=\S)\1(?![\w*])")
_UNDERSCORES = re.compile(r"(?<![\w_])(_{1,3})(?=\S)([^_\n]{1,2000}?)(?<=\S)\1(?![\w_])")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_CODE = re.compile(r"(`{1,3})([^`\n]{1,500})\1")


def blocks(text: str) -> list[Block]:
    """Read Markdown line by line; wrapped lines of one paragraph are joined."""
    reading = _Reading()
    lines = clean(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    for line in lines:
        reading.take(line.expandtabs(4))
    reading.close()
    return reading.blocks


class _Reading:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._open: list[str] = []
        self._item: tuple[int, str] | None = None
        self._fenced = False
        self._front = True

    def take(self, line: str) -> None:
        """Read one line."""
        if _FENCE.match(line):
            self.close()
            self._fenced = not self._fenced
        elif self._fenced:
            self._add(Block("code", normalise(line)))
        elif not line.strip():
            self.close()
        elif self._open and self._item is None and (under := _UNDERLINE.match(line)):
            title, self._open = " ".join(self._open), []
            self._add(Block("heading", _shown(title), 1 if under[1][0] == "=" else 2))
        elif heading := _HEADING.match(line):
            self.close()
            self._add(Block("heading", _shown(heading[2]), len(heading[1])))
        elif _RULE.match(line):
            self.close()
        else:
            self._words(line)

    def _words(self, line: str) -> None:
        if row := _ROW.match(line):
            self.close()
            if not _DELIMITER.match(line):
                cells = [_shown(cell) for cell in re.split(r"(?<!\\)\|", row[1])]
                self._add(Block("row", " | ".join(cells)))
        elif item := _ITEM.match(line):
            self.close()
            marker = item["marker"]
            bullet = not marker[0].isdigit()
            self._item = (min(5, len(item["indent"]) // 2), "-" if bullet else f"{marker[:-1]}.")
            self._open = [item["text"]]
        else:
            words = line.strip().removeprefix(">").strip()
            self._open.append(words)
            if line.endswith(("  ", "\\")):
                self.close()

    def close(self) -> None:
        """End the paragraph or item at hand."""
        if self._open:
            raw = " ".join(self._open)
            strong = bool(re.fullmatch(r"(\*\*|__)[^*_]+\1:?", raw.strip()))
            text = _shown(raw)
            if self._item is not None:
                self._add(Block("item", text, self._item[0], self._item[1], strong=strong))
            else:
                self._add(Block("text", text, strong=strong))
        self._open, self._item = [], None

    def _add(self, block: Block) -> None:
        if block.text:
            self.blocks.append(block)


def _shown(text: str) -> str:
    """Return what a reader sees of inline Markdown."""
    text = _IMAGE.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _AUTOLINK.sub(r"\1", text)
    text = _HTML.sub(" ", text)
    text = _CODE.sub(r"\2", text)
    text = _UNDERSCORES.sub(r"\2", _EMPHASIS.sub(r"\2", text))
    return normalise(_ESCAPE.sub(r"\1", text).rstrip("\\"))
