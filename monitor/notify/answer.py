"""Puts a server's answer into an attempt log: short, on one line, without our secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT = 300
_SHORTEST_SECRET = 4
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


def tidy(answer: str | bytes, secrets: Iterable[str | None] = ()) -> str:
    """Clip an answer to one line, with every secret in it replaced by ``***``."""
    shown = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    # Longest first: a secret may be part of another.
    known = {secret for secret in secrets if secret and len(secret) >= _SHORTEST_SECRET}
    for secret in sorted(known, key=len, reverse=True):
        shown = shown.replace(secret, "***")
    shown = _UNSEEN.sub(" ", shown).strip()
    return shown if len(shown) <= LIMIT else shown[: LIMIT - 1] + "…"
