"""Writes a comparison as a unified diff, whole for a file and cut for a payload."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.model import Attachment
from monitor.render.visible import encodable

if TYPE_CHECKING:
    from monitor.model import Change, Comparison

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def unified(change: Change, comparison: Comparison) -> str:
    """Write the diff between two versions, as `patch` and `unidiff` read it."""
    name = _UNSAFE.sub("-", change.source)
    old, new = f"{name}/version-{change.from_version}", f"{name}/version-{change.to_version}"
    return encodable(comparison.unified(old, new))


def attachment(change: Change, comparison: Comparison) -> Attachment:
    """Make the diff a file to attach."""
    name = _UNSAFE.sub("-", change.source)[:80].strip(".-") or "change"
    return Attachment(
        name=f"{name}-{change.from_version}-{change.to_version}.diff",
        media_type="text/x-diff",
        content=unified(change, comparison).encode(),
    )


def cut(diff: str, limit: int) -> tuple[str, bool]:
    """Keep whole hunks of a diff up to `limit` characters; tell whether any are missing.

    What is left still parses and applies; it is empty where not even the first hunk fits.
    """
    if len(diff) <= limit:
        return diff, False
    # Imported here: few diffs are too long, and messages are part of every alert.
    from unidiff.patch import PatchSet

    kept = ""
    for file in PatchSet(diff):
        kept = f"--- {file.source_file}\n+++ {file.target_file}\n"
        for hunk in file:
            if len(kept) + len(str(hunk)) > limit:
                break
            kept += str(hunk)
    return (kept if "@@" in kept else ""), True
