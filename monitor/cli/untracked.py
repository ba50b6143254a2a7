"""``status --untracked``: policies that watched pages lead to and nobody tracks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.model import Capture, Source
    from monitor.record import Archive
    from monitor.sources.untracked import Pointer


def show_untracked(opened: Archive, known: Mapping[str, Source], *, as_json: bool) -> None:
    """Print them by site, those that most pages lead to first."""
    from monitor.sources.untracked import untracked

    captures = {name: capture for name in known if (capture := _shown(opened, name))}
    tracked = {url for source in opened.sources() for url in source.urls}
    tracked |= {capture.final_url for capture in captures.values()}
    pointers = [
        pointer for name, capture in captures.items() for pointer in _pointers(name, capture)
    ]
    found = untracked(pointers, tracked)
    if as_json:
        output.emit(
            [
                {
                    "url": one.url,
                    "text": one.text,
                    "kind": one.kind,
                    "linked_from": list(one.sources),
                }
                for one in found
            ]
        )
        return
    out = output.console()
    if not found:
        pages = output.count(len(captures), "page")
        out.print(f"No link to a policy that is not tracked, on {pages}.")
        return
    grid = output.table("Policy", "Kind", "Link", "On", text="Policy")
    for one in found:
        sources = ", ".join(one.sources[:3]) + (" …" if len(one.sources) > 3 else "")  # noqa: PLR2004 - enough
        grid.add_row(output.plain(one.url), one.kind, output.plain(one.text), sources)
    out.print(grid)
    out.print("Watch one: monitor add URL")


def _shown(opened: Archive, name: str) -> Capture | None:
    version = opened.version(name)
    if version is None:
        return None
    try:
        return opened.capture(name, version.snapshot)
    except ArchiveError:
        # Its body was pruned, or came from elsewhere without one.
        return None


def _pointers(name: str, capture: Capture) -> Iterator[Pointer]:
    from monitor.extract.links import links
    from monitor.model.capture import MULTIPART
    from monitor.model.pages import parted
    from monitor.sources.untracked import Pointer

    pages = [(capture.final_url, capture.media_type, capture.charset, capture.body)]
    if capture.media_type == MULTIPART:
        pages = [
            (part.url, part.media_type, part.charset, part.body) for part in parted(capture.body)
        ]
    for url, media_type, charset, body in pages:
        for link in links(body, url=url, media_type=media_type, charset=charset):
            yield Pointer(name, url, link.url, link.text)
