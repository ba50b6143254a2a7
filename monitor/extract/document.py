"""The entrance to extraction: one body in, one document out."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.errors import ExtractError
from monitor.extract import markdown, plain
from monitor.extract.dates import find_dates
from monitor.extract.decode import decode, is_pdf
from monitor.extract.evidence import PageEvidence
from monitor.extract.guard import judge, resemblance
from monitor.extract.headings import promote
from monitor.extract.html import payloads
from monitor.extract.language import language
from monitor.extract.material import Material
from monitor.extract.parts import documents, find_parts, named_by, titled
from monitor.extract.rules import cut_ranges, ignore
from monitor.extract.sections import sections
from monitor.extract.several import merged, pages_of
from monitor.extract.vocabulary import reads_as_policy
from monitor.extract.webpage import read_page
from monitor.model import Document, Rules
from monitor.model.capture import MULTIPART

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitor.extract.block import Block

REVISION = 4
"""Raised whenever the same bytes may give another document."""

_MARKUP = re.compile(r"<(?:!doctype|[a-z][a-z0-9-]*[\s/>])", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_HEAD = 20_000
_SHELL = 100
"""Characters up to which the text of a page may be the shell of an application."""
_MOST_PAYLOADS = 3
_LEAST_MARKUP = 300
"""Characters from which a string of its data may be a text rather than a label."""


def extract(
    body: bytes,
    *,
    url: str = "",
    media_type: str = "text/html",
    charset: str | None = None,
    rules: Rules | None = None,
) -> Document:
    """Read the policy out of a page; the same arguments give the same document.

    Raises:
        ExtractError: the capture is not a policy; its reason says what it is instead.

    """
    rules = rules or Rules()
    if media_type.startswith(MULTIPART):
        return _several(body, rules)
    if rules.pages:
        raise ExtractError("incomplete", f"one page where {len(rules.pages)} are wanted")
    material = _material(body, media_type, charset, rules)
    blocks, cut_notes = cut_ranges(material.blocks, rules.remove)
    blocks, ignore_notes = ignore(promote(blocks, marked_up=material.marked_up), rules.ignore)
    blocks, part, parts, part_notes = _choose_part(blocks, url, rules)
    notes = (*material.notes, *cut_notes, *ignore_notes, *part_notes)
    document = _document(replace(material, blocks=tuple(blocks), notes=notes), url, rules)
    document = replace(document, parts=parts, part=part)
    evidence = replace(
        material.evidence,
        main_chars=len(document.text),
        body_bytes=len(body),
        pointed=bool(rules.select) and not document.drift,
    )
    if (error := judge(document, evidence)) is not None:
        raise error
    return replace(document, instead=resemblance(document, evidence) or "")


def _several(body: bytes, rules: Rules) -> Document:
    documents = []
    for number, (part, own) in enumerate(pages_of(body, rules), 1):
        try:
            documents.append(
                extract(
                    part.body,
                    url=part.url,
                    media_type=part.media_type,
                    charset=part.charset,
                    rules=own,
                )
            )
        except ExtractError as error:
            raise ExtractError(error.reason, f"page {number}, {part.url}: {error}") from None
    return merged(documents)


def _document(material: Material, url: str, rules: Rules) -> Document:
    blocks = material.blocks
    text = "\n".join(block.line for block in blocks)
    if text and not _LETTER.search(text):
        raise ExtractError("empty", "the page holds no words")
    title = _title(blocks, material.title)
    tongue = language(text, rules.language or material.claimed)
    return Document(
        title=title,
        language=tongue,
        sections=sections(blocks),
        text=text,
        dates=find_dates(
            blocks, title=title, language=tongue, url=url, labels=rules.date, nearby=material.nearby
        ),
        dropped=material.dropped,
        notes=material.notes,
    )


def _choose_part(
    blocks: list[Block], url: str, rules: Rules
) -> tuple[list[Block], str | None, tuple[str, ...], tuple[str, ...]]:
    every = find_parts(blocks)
    found = documents(every)
    names = tuple(part.heading for part in found)
    if rules.part is None:
        chosen = named_by(url, found)
    elif (chosen := titled(rules.part, every)) is None:
        return blocks, None, names, (f"no heading reads “{rules.part}”; the whole page is kept",)
    if chosen is None:
        return blocks, None, names, ()
    return blocks[chosen.start : chosen.end], chosen.heading, names, ()


def _material(body: bytes, media_type: str, charset: str | None, rules: Rules) -> Material:
    if is_pdf(body, media_type):
        from monitor.extract.pdf import read_pdf

        return read_pdf(body, rules)
    kind = media_type.partition(";")[0].strip().lower() or "text/html"
    reader = _READERS.get(kind)
    if reader is None:
        raise ExtractError("unsupported", f"{kind} cannot be read")
    decoded = decode(body, charset)
    material = reader(decoded.text, rules)
    return replace(material, notes=decoded.notes + material.notes)


def _read_html(text: str, rules: Rules) -> Material:
    start = text[:_HEAD].lstrip()
    if start.startswith(("{", "[")) and (html := _html_in_json(text)) is not None:
        return read_page(html, rules)
    if not _MARKUP.search(text):
        return _read_plain(text, rules)
    material = read_page(text, rules)
    if sum(len(block.text) for block in material.blocks) > _SHELL or "/json" not in text:
        return material
    return _read_payload(text, material, rules)


def _read_payload(text: str, shell: Material, rules: Rules) -> Material:
    """Read the markup that an application which has not started would show, where it holds any."""
    for payload in sorted(payloads(text), key=len, reverse=True)[:_MOST_PAYLOADS]:
        try:
            html = _html_in_json(payload, least=_LEAST_MARKUP)
        except ExtractError:
            continue
        found = read_page(html, rules) if html is not None else shell
        if reads_as_policy(" ".join(block.text for block in found.blocks)):
            return replace(
                found,
                title=shell.title or found.title,
                claimed=shell.claimed,
                evidence=replace(found.evidence, title=shell.title),
                notes=(*found.notes, "read from the data of an application that has not started"),
            )
    return shell


def _html_in_json(text: str, least: int = 0) -> str | None:
    """Join the strings of JSON that hold markup, of `least` characters; `None` for no JSON."""
    try:
        stack = [json.loads(text)]
    except (ValueError, RecursionError):
        return None
    found: list[str] = []
    while stack:
        value = stack.pop()
        if isinstance(value, str) and len(value) >= least and _MARKUP.search(value):
            found.append(value)
        elif isinstance(value, dict):
            stack.extend(reversed(value.values()))
        elif isinstance(value, list):
            stack.extend(reversed(value))
    if not found:
        raise ExtractError("unsupported", "the body is JSON without a page in it")
    return "\n".join(found)


def _read_plain(text: str, _rules: Rules) -> Material:
    return _of_text(plain.blocks(text), marked_up=False)


def _read_markdown(text: str, _rules: Rules) -> Material:
    return _of_text(markdown.blocks(text), marked_up=True)


def _of_text(blocks: list[Block], *, marked_up: bool) -> Material:
    headings = tuple(block.text for block in blocks if block.kind == "heading")[:10]
    evidence = PageEvidence(text_chars=sum(len(block.text) for block in blocks), headings=headings)
    return Material(tuple(blocks), marked_up=marked_up, evidence=evidence)


# A reader a format; that of PDF reads bytes rather than text.
_READERS: dict[str, Callable[[str, Rules], Material]] = {
    "text/html": _read_html,
    "application/xhtml+xml": _read_html,
    "application/xml": _read_html,
    "text/xml": _read_html,
    "text/plain": _read_plain,
    "text/markdown": _read_markdown,
    "text/x-markdown": _read_markdown,
}


def _title(blocks: Sequence[Block], page_title: str) -> str:
    first = next((block.text for block in blocks[:10] if block.kind == "heading"), "")
    return first or page_title or (blocks[0].text[:100] if blocks else "")
