"""Addresses in the web view; `web` is where it stands, without a slash at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.render.visible import encodable

if TYPE_CHECKING:
    from monitor.model import Change


def links_of(url: str, change: Change | None, web: str) -> dict[str, str]:
    """Return where a program finds the policy, and the change where there is a web view."""
    links = {"page": encodable(url)}
    return links | {"change": change_page(web, change)} if change and web else links


def change_page(web: str, change: Change) -> str:
    """Return the address of the page that shows a change."""
    return f"{web}/changes/{change.id}"
