"""``show --quarantine``: what arrived in place of the policy."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.errors import UsageError
from monitor.render import answers

if TYPE_CHECKING:
    from monitor.model import Capture, KeptCapture, Source
    from monitor.record import Archive


def show_quarantine(
    opened: Archive, source: Source, number: int | None, *, raw: bool, as_json: bool
) -> None:
    """List what is quarantined of a source, or print one capture: its words, or its bytes."""
    kept = opened.kept(source.id, "quarantine")
    if number is None and not raw:
        if as_json:
            output.emit([_json(source, one) for one in kept])
        else:
            _print_all(source, kept)
        return
    if not kept:
        raise UsageError(f"{source.id} has nothing in quarantine")
    found = kept[0] if number is None else next((k for k in kept if k.number == number), None)
    capture = opened.kept_capture(source.id, found.number) if found else None
    if found is None or capture is None:
        numbers = ", ".join(str(one.number) for one in kept[:8])
        raise UsageError(f"{source.id} has no capture {number} in quarantine; there are: {numbers}")
    if raw:
        sys.stdout.buffer.write(capture.body)
    elif as_json:
        output.emit(_json(source, found) | {"text": _words(capture)})
    else:
        _print_one(found, capture)


def _json(source: Source, kept: KeptCapture) -> dict[str, object]:
    reason, _, message = kept.reason.partition(": ")
    return {
        "source": source.id,
        "capture": kept.number,
        "reason": reason,
        "message": message,
        "fetched_at": answers.utc(kept.fetched_at),
        "status": kept.status,
        "final_url": kept.final_url,
        "media_type": kept.media_type,
        "size": kept.size,
        "digest": kept.digest,
    }


def _print_all(source: Source, kept: tuple[KeptCapture, ...]) -> None:
    from rich.text import Text

    out = output.console()
    if not kept:
        out.print(f"{source.id}: nothing is in quarantine.", markup=False)
        return
    grid = output.table("capture", "first seen", "answered", "bytes", "why it is not the policy")
    for one in kept:
        reason = Text(output.plain(one.reason))
        seen = output.local(one.fetched_at)
        grid.add_row(str(one.number), seen, str(one.status), str(one.size), reason)
    out.print(grid)
    command = f"monitor show {source.id} {kept[0].number} --quarantine"
    out.print(f"\nIts words: {command}; its bytes: {command} --raw", markup=False)


def _print_one(kept: KeptCapture, capture: Capture) -> None:
    head = output.joined(
        (
            f"capture {kept.number}",
            output.local(kept.fetched_at),
            f"{capture.status} {capture.final_url}",
            kept.reason,
        )
    )
    output.console(stderr=True).print(output.plain(head), style="dim", markup=False)
    for line in _words(capture).splitlines():
        if line.strip():
            sys.stdout.write(output.plain(line.strip()) + "\n")


def _words(capture: Capture) -> str:
    from monitor.errors import ExtractError
    from monitor.extract.decode import decode
    from monitor.extract.html import shown_text

    try:
        text = decode(capture.body, capture.charset).text
    except ExtractError:
        return ""
    page = "html" in capture.media_type or "xml" in capture.media_type or not capture.media_type
    return shown_text(text) if page else text
