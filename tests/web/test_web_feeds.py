"""Feeds, calendar, time maps: what other programs follow."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import icalendar
import pytest
import web_pages

if TYPE_CHECKING:
    import httpx

    from monitor.record import Archive

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize(
    ("path", "sources"),
    [
        ("all", {"lantern-privacy", "sahara-privacy", "hostile-terms", "long-terms"}),
        ("source/sahara-privacy", {"sahara-privacy"}),
        ("site/Lanternfish", {"lantern-privacy"}),
        ("site/%3Cscript%3Ealert(3)%3C%2Fscript%3E", {"hostile-terms"}),
        ("tag/eu", {"lantern-privacy", "sahara-privacy"}),
        ("kind/terms-of-service", {"hostile-terms", "long-terms"}),
        ("kind/none", set()),
    ],
    ids=range(7),
)
def test_feeds_tell_what_they_cover(
    client: httpx.Client, filled: Archive, path: str, sources: set[str]
) -> None:
    """Each feed holds the changes of its sources, the words inside, and leads to their pages."""
    answer = client.get(f"/feeds/{path}.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    root = ET.fromstring(answer.content)  # noqa: S314 - our own answer
    entries = root.findall(f"{ATOM}entry")
    told = {entry.findtext(f"{ATOM}id", "").split("/")[1] for entry in entries}
    assert told == sources
    assert len(entries) == len(filled.history([*sources]))
    for entry in entries:
        link = entry.find(f"{ATOM}link[@rel='alternate']")
        assert link is not None
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/changes/\d+", link.get("href", ""))
        assert "<" in entry.findtext(f"{ATOM}content", "")


def test_feeds_are_sent_once(client: httpx.Client) -> None:
    """A reader that has a feed is told 304."""
    first = client.get("/feeds/all.atom")
    again = client.get("/feeds/all.atom", headers={"If-None-Match": f"W/{first.headers['etag']}"})
    assert again.status_code == 304
    assert not again.content


def test_calendar_holds_announced_days(client: httpx.Client, filled: Archive) -> None:
    """A day that a policy announces is an event; filters leave out other sources."""
    answer = client.get("/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(answer.text)
    days = {event["DTSTART"].dt for event in calendar.walk("VEVENT")}
    stated = {one.deadline.due_on for one in filled.deadlines.upcoming()}
    assert days == {day for day in stated if day >= (web_pages.NOW - timedelta(days=90)).date()}
    other = icalendar.Calendar.from_ical(client.get("/calendar.ics?site=Nobody").text)
    assert not other.walk("VEVENT")


def test_versions_are_mementos(client: httpx.Client, filled: Archive) -> None:
    """A time map lists all versions; each says when it was captured; the gate finds one by time."""
    timemap = client.get("/sources/lantern-privacy/timemap")
    assert timemap.headers["content-type"] == "application/link-format"
    versions = filled.versions("lantern-privacy")
    mementos = re.findall(r'<([^>]+)>; rel="([^"]*memento)"; datetime="([^"]+)"', timemap.text)
    assert len(mementos) == len(versions) == 4
    assert mementos[0][1] == "first memento"
    assert mementos[-1][1] == "last memento"
    assert '<https://lantern-privacy.example/policy>; rel="original"' in timemap.text
    for address, _, when in mementos:
        shown = client.get(address)
        assert shown.headers["memento-datetime"] == when
        assert 'rel="timegate"' in shown.headers["link"]
    gate = "/sources/lantern-privacy/timegate"
    asked = client.get(gate, headers={"Accept-Datetime": mementos[1][2]})
    assert (asked.status_code, asked.headers["location"]) == (302, mementos[1][0])
    assert asked.headers["vary"] == "accept-datetime"
    before = client.get(gate, headers={"Accept-Datetime": "Thu, 01 Jan 2015 00:00:00 GMT"})
    assert before.headers["location"] == mementos[0][0]
    assert client.get(gate).headers["location"] == mementos[-1][0]
    assert client.get(gate, headers={"Accept-Datetime": "soon"}).status_code == 400


def test_plain_text_of_a_version(client: httpx.Client, filled: Archive) -> None:
    """A version is served as the text that was compared."""
    version = filled.version("sahara-privacy", 1)
    assert version is not None
    answer = client.get("/sources/sahara-privacy/versions/1.txt")
    assert answer.text == version.document.text + "\n"
