"""An id is an identity: a source under another id begins a history of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model.source import Source
    from monitor.model.state import SourceState


def renamed(
    watched: Iterable[Source], known: Iterable[Source], states: Iterable[SourceState]
) -> dict[str, str]:
    """Say for each watched source without a past which one had its address before.

    Args:
        watched: Those of the configuration.
        known: All that were ever watched.
        states: How those stand.

    """
    histories = {state.source: state for state in states}
    current = tuple(watched)
    ids = {source.id for source in current}
    left = {
        source.url: source.id
        for source in known
        if source.id not in ids and histories[source.id].version is not None
    }
    fresh = (
        source
        for source in current
        if source.id not in histories or not histories[source.id].changes
    )
    return {source.id: left[source.url] for source in fresh if source.url in left}


def advice(old: str) -> str:
    """Say what a new id means for the history of the old one."""
    return (
        f"begins a history of its own; its address was watched as {old} before: "
        f'to go on with that history, give it back the id "{old}"'
    )
