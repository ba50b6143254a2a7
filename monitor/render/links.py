"""Addresses in the web view; `web` is where it stands, without a slash at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.model import Change


def change_page(web: str, change: Change) -> str:
    """Return the address of the page that shows a change."""
    return f"{web}/changes/{change.id}"
