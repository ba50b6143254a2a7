"""The cheap gate: a digest of a page's visible words, for skipping what is plainly the same.

It reads every visible word, menus included, so equal gates mean equal words; it never looks at
attributes, scripts or styles. Only pages whose gates differ are extracted.
"""

from __future__ import annotations

import hashlib
import re

from monitor.errors import ExtractError
from monitor.extract.decode import decode, is_pdf
from monitor.extract.html import payloads, shown_text
from monitor.extract.reading import address
from monitor.extract.text import normalise
from monitor.model.capture import MULTIPART
from monitor.model.pages import parted

_SHELL = 3_000
"""Characters up to which the words of a page may be the frame of an application."""
_HIDDEN_ADDRESS = re.compile(r"""data-cfemail\s*=\s*["']?([0-9a-fA-F]{4,400})""")


def gate_digest(body: bytes, media_type: str = "text/html", charset: str | None = None) -> str:
    """Digest the visible words of a body, hexadecimal; equal digests mean equal words.

    Never fails: of a body that cannot be read as text, and of a PDF, the bytes are digested.
    """
    if media_type == MULTIPART:
        return _several(body)
    try:
        text = "" if is_pdf(body, media_type) else decode(body, charset).text
    except ExtractError:
        text = ""
    if not text:
        return hashlib.sha256(body).hexdigest()
    carried: list[str] = []
    if "html" in media_type or "xml" in media_type or not media_type:
        addresses = map(address, _HIDDEN_ADDRESS.findall(text) if "data-cfemail" in text else [])
        shown = shown_text(text)
        # Where next to nothing is shown, the text may be in what the page carries for its scripts.
        carried += payloads(text) if len(shown) < _SHELL else []
        text = " ".join([shown, *filter(None, addresses)])
    return hashlib.sha256("\n".join([normalise(text), *carried]).encode()).hexdigest()


def _several(body: bytes) -> str:
    try:
        gates = [gate_digest(part.body, part.media_type, part.charset) for part in parted(body)]
    except (ValueError, KeyError):
        return hashlib.sha256(body).hexdigest()
    return hashlib.sha256("\n".join(gates).encode()).hexdigest()
