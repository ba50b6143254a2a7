"""Read a web page: parse, leave out what is not the policy, read the rest into blocks."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from monitor.extract import main
from monitor.extract.boilerplate import is_hidden
from monitor.extract.evidence import PageEvidence
from monitor.extract.html import parse
from monitor.extract.material import Material
from monitor.extract.measure import measure
from monitor.extract.reading import Reader, read
from monitor.extract.selectors import apply_selectors, propose_selector, selected
from monitor.extract.text import normalise
from monitor.model import Dropped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.extract.block import Block
    from monitor.extract.html import Page
    from monitor.extract.tree import Node
    from monitor.model import Rules

_SHOWN = 500
"""Characters shown of a dropped part."""
_MOST_DROPPED = 200
_MOST_NEARBY = 60
_LARGE_NEARBY = 1500
_FAR = frozenset(("consent", "dialog", "choice", "button", "menu", "links"))
_ASIDE = frozenset(("hidden", "header", "navigation", "footer", "aside", "menu", "search"))
_NOSCRIPT = 2000
_PRESSED = frozenset(("button", "submit"))
_MOST_BUTTONS, _LONGEST_LABEL = 20, 50


def read_page(html: str, rules: Rules) -> Material:
    """Read the main text of a page."""
    page = parse(html)
    body = page.body
    notes = apply_selectors(body, rules.select, rules.remove)
    text_chars = measure(body) if selected(body) else main.choose(body)
    if rules.select and not selected(body) and (proposed := propose_selector(body)):
        notes.append(f"the main text was found automatically; as a selector: {proposed}")
    reader = Reader()
    reader.read(page.body)
    cut = list(_cut_parts(page.body))
    return Material(
        blocks=tuple(reader.blocks),
        title=page.title,
        claimed=page.language,
        marked_up=not page.flattened,
        nearby=tuple(_nearby(cut)),
        dropped=tuple(_dropped(cut)),
        notes=(*notes, *_notes(page)),
        evidence=_evidence(page, text_chars),
    )


def _cut_parts(body: Node) -> Iterator[Node]:
    """Yield the outermost parts that are left out."""
    for node in body.walk():
        for child in node.children:
            if not isinstance(child, str) and child.cut:
                yield child


def _dropped(cut: list[Node]) -> Iterator[Dropped]:
    left = _MOST_DROPPED
    for node in cut:
        text = _shown(node)
        if text and left:
            left -= 1
            yield Dropped(text, node.cut)


def _shown(node: Node) -> str:
    """Return the first words of a part as people read it: links beside one another are two."""
    found: list[str] = []
    size = 0
    stack: list[Node | str] = [node]
    while stack and size < 2 * _SHOWN:
        part = stack.pop()
        if isinstance(part, str):
            found.append(part)
            size += len(part)
            continue
        last: Node | str = ""
        below: list[Node | str] = [" "]
        for child in part.children:
            if not isinstance(last, str) and not isinstance(child, str):
                below.append(" ")
            below.append(child)
            last = child
        below.append(" ")
        if not part.block and part.tag != "br":
            below = below[1:-1]
        stack += reversed(below)
    return normalise("".join(found))[:_SHOWN]


def _nearby(cut: list[Node]) -> Iterator[Block]:
    left = _MOST_NEARBY
    for node in cut:
        if left and node.cut not in _FAR and len(node.words(_LARGE_NEARBY)) < _LARGE_NEARBY:
            found = read(node, cut=True)[:left]
            left -= len(found)
            yield from found


def _notes(page: Page) -> Iterator[str]:
    if page.flattened:
        yield "the markup is of hostile shape and was read without its structure"
    for frame in page.frames:
        if frame and not frame.startswith(("about:", "javascript:", "data:")):
            yield f"frame: {frame[:_SHOWN]}"


def _evidence(page: Page, text_chars: int) -> PageEvidence:
    nodes = list(page.body.walk(cut=True))
    headings = [normalise(node.words(_SHOWN)) for node in nodes if node.level]
    inputs = [node for node in nodes if node.tag == "input" and not _stands_aside(node)]
    kinds = [node.get("type").lower() for node in inputs]
    return PageEvidence(
        title=page.title,
        text_chars=text_chars,
        script_chars=page.script_chars,
        script_count=page.script_count,
        form_count=sum(node.tag == "form" for node in nodes),
        input_count=sum(kind != "hidden" for kind in kinds),
        password_count=kinds.count("password"),
        fields_aside=all(map(_stands_apart, inputs)),
        link_count=sum(node.tag == "a" for node in nodes),
        heading_count=len(headings),
        meta_refresh=page.meta_refresh,
        frames=tuple(page.frames),
        noscript=_noscript(nodes),
        headings=tuple(filter(None, headings))[:10],
        buttons=tuple(islice(_buttons(nodes), _MOST_BUTTONS)),
    )


def _buttons(nodes: Iterable[Node]) -> Iterator[str]:
    """Yield the labels of buttons, and of links that lead nowhere, where the page itself asks."""
    for node in nodes:
        pressed = node.tag == "button" or node.get("role") == "button"
        typed = node.tag == "input" and node.get("type").lower() in _PRESSED
        leads = node.tag == "a" and node.get("href")[:1] in {"", "#"}
        if (pressed or typed or leads) and not any(above.cut for above in node.ancestors()):
            label = normalise(node.get("value") if typed else node.words(_LONGEST_LABEL))
            if label and len(label) < _LONGEST_LABEL:
                yield label


def _stands_apart(node: Node) -> bool:
    """Tell a field in a part that is left out for what it is, other than for being a form."""
    return any(above.cut and above.cut != "form" for above in node.ancestors())


def _stands_aside(node: Node) -> bool:
    """Tell a field of a closed dialog, or of the frame of a page, from what the page is about."""
    return any(above.cut in _ASIDE or is_hidden(above) for above in node.ancestors())


def _noscript(nodes: list[Node]) -> str:
    words = (node.words(_NOSCRIPT) for node in nodes if node.tag == "noscript")
    return normalise(" ".join(words))[:_NOSCRIPT]
