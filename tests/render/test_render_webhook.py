from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from unidiff import PatchSet

from monitor.model import ChannelOutage, EventType, Finding, Outage, SectionChange
from monitor.model.comparison import Operation
from monitor.render import News, compose, compose_digest, sample, webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Bench

AT = datetime(2026, 1, 3, 10, tzinfo=UTC)
SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs/webhook.schema.json").read_text("utf-8")
)


def _closed(schema: Any) -> Any:
    """Forbid what the published schema leaves open for later: every property must be described."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(part) for name, part in schema.items()}
    if "required" in closed and "$schema" not in closed:
        closed["additionalProperties"] = False
    return closed


STRICT = Draft202012Validator(_closed(deepcopy(SCHEMA)), format_checker=None)


def _validate(payload: object) -> dict[str, Any]:
    seen: dict[str, Any] = json.loads(json.dumps(payload))
    STRICT.validate(seen)
    return seen


def test_webhook_schema_is_itself_valid() -> None:
    """The published schema is a schema."""
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "event",
    ["source.failing", "source.blocked", "source.gone", "source.reminder", "source.recovered"],
)
def test_webhook_outage_is_as_described(event: EventType, bench: Bench) -> None:
    """Every payload about an outage is one the schema describes, and says all it promises."""
    assert _validate(bench.outage(event).payload)["type"] == event


def test_webhook_first_version_is_as_described(bench: Bench) -> None:
    """So is the payload of a first version, with the dates it states."""
    message = bench.first("# Privacy\nLast updated: x\n## A\nWe may sell.")
    version = _validate(message.payload)["data"]["version"]
    assert (version["number"], version["words"], version["language"]) == (1, 10, "en")
    assert version["dates"]["last_updated"] == "2026-01-01"
    assert "first seen, 10 words in 1 section" in message.subject


def test_webhook_digest_is_as_described_and_so_are_its_events(bench: Bench) -> None:
    """Each event in a digest is the body it would have had alone."""
    comparison = bench.difference("## A\nWe will.", "## A\nWe may.")
    told = News(bench.delivery(), bench.source, bench.changed(comparison), comparison)
    outage = Outage(2, bench.source.id, AT, None, "failing", "status: 503")
    down = News(bench.delivery("source.failing"), bench.source, outage=outage)
    message = compose_digest((told, down), key="batch")
    data = _validate(message.payload)["data"]
    assert data["count"] == 2
    for event in data["events"]:
        assert event.pop("id")
        _validate(event)
    assert data["events"][0]["data"]["sections"]
    assert message.subject == "Digest: 1 change, 1 other event: Acme – Privacy policy"
    assert [file.name for file in message.attachments] == ["acme-privacy-3-4.diff"]
    assert message.text.index("1. Acme") < message.text.index("2. Acme")
    assert 'href="#n2"' in message.html
    assert 'id="n2"' in message.html


@pytest.mark.parametrize("event", ["channel.failing", "channel.recovered"])
def test_webhook_outage_of_a_channel_is_as_described(event: EventType, bench: Bench) -> None:
    """It names the channel that fails and what it answered, and no source."""
    closed = AT if event == "channel.recovered" else None
    trouble = ChannelOutage(1, "hook", AT, AT, closed, "410 Gone")
    message = compose(News(bench.delivery(event), bench.source, trouble=trouble))
    data = _validate(message.payload)["data"]
    assert (data["channel"], data["detail"]) == ("hook", "410 Gone")
    assert message.subject.startswith("Channel hook: ")


def test_webhook_digest_says_where_words_are_left_out(bench: Bench) -> None:
    """No number of large changes makes a payload much larger than its limit."""
    comparison = bench.difference("## A\n" + "old " * 4000, "## A\n" + "new " * 4000)
    member = News(bench.delivery(), bench.source, bench.changed(comparison), comparison)
    message = compose_digest([member] * 50, key="batch")
    assert len(json.dumps(message.payload)) < 1_500_000
    events = _validate(message.payload)["data"]["events"]
    assert len(events) == 50
    assert events[-1]["data"]["truncated"]
    assert events[-1]["data"]["stats"]["sections"] == 1


@pytest.mark.parametrize("event", ["policy.changed", "policy.silent_change", "policy.returned"])
def test_webhook_links_to_the_web_view_where_there_is_one(event: EventType, bench: Bench) -> None:
    """So do text, HTML and the short form, and a digest; without one, nothing pretends to."""
    comparison = bench.difference("## A\nWe will.", "## A\nWe may.")
    told = News(bench.delivery(event), bench.source, bench.changed(comparison), comparison)
    link = "https://policies.example.org/changes/7"
    for web in ("https://policies.example.org", ""):
        digest = compose_digest((told,), key="batch", web=web)
        alone = compose(
            News(told.delivery, told.source, change=told.change, comparison=comparison), web=web
        )
        written = [alone.text, alone.html, alone.brief, digest.text, digest.html]
        assert {link in text for text in written} == {bool(web)}
        assert _validate(alone.payload)["data"]["links"].get("change") == (link if web else None)


def test_webhook_test_is_as_described(bench: Bench) -> None:
    """So is the payload of a test."""
    message = compose(News(bench.delivery("channel.test"), bench.source))
    assert _validate(message.payload)["data"]["channel"] == "mail"


def test_webhook_describes_every_event_and_operation() -> None:
    """The schema knows every kind of event and of edit there is."""
    assert set(SCHEMA["properties"]["type"]["enum"]) == set(get_args(EventType))
    assert set(SCHEMA["$defs"]["section"]["properties"]["op"]["enum"]) == set(get_args(Operation))


def test_webhook_change_is_as_described(bench: Bench) -> None:
    """A change comes with its sections, runs, dates, interval and a diff that programs can read."""
    message = bench.alert(
        "# P\nLast updated: x\n## A\nWe will not sell.\nSo.\n## B\nOld.",
        "# P\nLast updated: x\n## A\nWe may sell.\nSo.\n## C\nNew.",
        dates=(bench.dated("2024-01-01"), bench.dated("2024-01-01", "2026-02-01")),
        findings=(Finding("announcement.silent", "It was silent.", ("will not",)),),
    )
    found = _validate(message.payload)["data"]
    assert found["interval"] == {
        "not_before": "2026-01-02T10:00:00Z",
        "not_after": "2026-01-03T10:00:00Z",
    }
    assert found["dates"]["state"] == "changed"
    assert not found["truncated"]
    hunk = found["sections"][0]["hunks"][0]
    assert [run["text"].strip() for run in hunk["runs"] if run["kind"] != "same"] == [
        "will not",
        "may",
    ]
    assert hunk["old"] == ["We will not sell."]
    assert hunk["old_line"] == 4
    assert PatchSet(found["unified_diff"])[0].added == found["unified_diff"].count("\n+") - 1


def test_webhook_without_the_words_lists_the_sections(bench: Bench) -> None:
    """A change whose text cannot be compared again is told by the sections its history names."""
    listed = (SectionChange(("A", "B"), "edited", 3, 1), SectionChange((), "added", 9, 0))
    change = bench.changed(None, sections=listed)
    message = compose(News(bench.delivery(), bench.source, change=change))
    found = _validate(message.payload)["data"]
    assert found["truncated"]
    assert found["stats"] == {"sections": 2, "words_added": 12, "words_removed": 1}
    assert "- A › B\n- Start of the document" in message.text
    assert '<li dir="auto">A › B</li>' in message.html
    assert message.attachments == ()


def test_webhook_payload_stays_small(bench: Bench) -> None:
    """However much changed, the body has a bounded size and says that it is not all."""
    old = "\n".join(f"## {n}\n{n} {'word ' * 300}" for n in range(300))
    new = "\n".join(f"## {n}\n{n} {'term ' * 300}{'x' * 30_000 * (n == 3)}" for n in range(300))
    message = bench.alert(old, new)
    found = _validate(message.payload)["data"]
    assert found["truncated"]
    assert found["stats"]["sections"] == 300
    assert len(found["sections"]) == webhook.SECTIONS
    # All lines differ, so the diff is one hunk, and a part of a hunk would not apply.
    assert found["unified_diff"] == ""
    assert len(json.dumps(message.payload)) < 500_000
    assert len(message.attachments[0].content) > 900_000


LINES = st.lists(
    st.text(st.characters(exclude_categories=()), max_size=30).map(
        lambda text: text.replace("\n", " ")
    )
    | st.sampled_from(["# A", "## B", "- item", "| a | b |", "<b>", "{+x+}"]),
    max_size=8,
)


def _texts(payload: object) -> Iterator[str]:
    if isinstance(payload, str):
        yield payload
    elif isinstance(payload, dict):
        yield from (text for part in payload.values() for text in _texts(part))
    elif isinstance(payload, list | tuple):
        yield from (text for part in payload for text in _texts(part))


@given(old=LINES, new=LINES)
def test_webhook_every_payload_validates(old: list[str], new: list[str], bench: Bench) -> None:
    """Whatever the texts are, the payload is as described and can be written as UTF-8."""
    message = bench.alert("\n".join(old), "\n".join(new))
    _validate(message.payload)
    for text in _texts(message.payload):
        text.encode()


def test_webhook_documentation_shows_a_payload_as_it_is(bench: Bench) -> None:
    """The example in the documentation is what the program composes."""
    document = (Path(__file__).parents[2] / "docs/webhook.md").read_text("utf-8")
    example = document.split("```json\n")[1].split("```")[0]
    delivery = replace(bench.delivery(), created_at=sample.CHANGE.confirmed_at)
    message = compose(
        News(delivery, sample.SOURCE, change=sample.CHANGE, comparison=sample.COMPARISON)
    )
    assert json.loads(example) == message.payload


def test_webhook_documentation_names_every_event_and_limit() -> None:
    """Every kind of event and every limit is in the documentation."""
    document = (Path(__file__).parents[2] / "docs/webhook.md").read_text("utf-8")
    assert all(f"`{event}`" in document for event in get_args(EventType))
    limits = (webhook.SECTIONS, webhook.HUNKS, webhook.TEXT, webhook.PASSAGE, webhook.DIFF)
    assert all(f"{limit:,}" in document for limit in limits)
