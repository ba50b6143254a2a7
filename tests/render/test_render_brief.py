"""The short form of a message: what, where, when and the link, in 1,000 characters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.render import News, compose, sample
from monitor.render.brief import LIMIT

if TYPE_CHECKING:
    from conftest import Bench


def test_brief_says_what_where_when_and_links(bench: Bench) -> None:
    """The sections, the dates, the interval and the page are in it."""
    told = compose(
        News(bench.delivery(), sample.SOURCE, change=sample.CHANGE, comparison=sample.COMPARISON)
    )
    assert "• Privacy policy › Sharing" in told.brief or "• Sharing" in told.brief
    assert "Last updated: 2025-03-01 (unchanged)" in told.brief
    assert "Changed after: 2025-06-01 06:00 UTC" in told.brief
    assert told.brief.endswith("\nhttps://example.com/privacy")


def test_brief_keeps_its_limit_and_its_link(bench: Bench) -> None:
    """However much has changed, the link is there and the whole is short."""
    old = "\n".join(f"## Section {'x' * 60} {at}\nOld." for at in range(40))
    comparison = bench.difference(old, old.replace("Old.", "New."))
    source = replace(bench.source, url="https://acme.example/" + "p" * 200)
    change = replace(bench.changed(comparison), url=source.url)
    told = compose(News(bench.delivery(), source, change=change, comparison=comparison))
    assert len(told.brief) <= LIMIT
    assert told.brief.splitlines()[-1] == source.url
