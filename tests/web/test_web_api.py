"""The JSON API against its own description, and against what the command line prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import schemathesis
import web_pages
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS

from monitor.render import answers
from monitor.web.app import routed
from monitor.web.desk import Desk
from monitor.web.pulse import Pulse

if TYPE_CHECKING:
    import httpx

    from monitor.record import Archive

HELD = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
]


def test_answers_are_those_of_the_command_line(client: httpx.Client, filled: Archive) -> None:
    """The same question has the same answer, field by field."""
    change = filled.history(["lantern-privacy"])[0]
    assert client.get(f"/api/changes/{change.id}").json() == _plain(answers.change(change))
    assert client.get("/api/sources/lantern-privacy/changes").json() == [
        _plain(answers.change(one)) for one in filled.history(["lantern-privacy"])
    ]
    source = filled.lists.source("lantern-privacy")
    version = filled.version("lantern-privacy", 2)
    assert source is not None
    assert version is not None
    found = client.get("/api/sources/lantern-privacy/versions/2").json()
    assert found == _plain(answers.version(source, version))
    diff = answers.diff(filled.comparison(change.id), ("lantern-privacy/3", "lantern-privacy/4"))
    assert client.get(f"/api/changes/{change.id}/diff").json() == _plain(diff)


def test_lists_are_filtered_and_cut(client: httpx.Client) -> None:
    """Filters, times and pages narrow a list as they do on the page."""
    found = client.get("/api/sources", params={"tag": "eu", "limit": 1}).json()
    assert (found["total"], len(found["sources"])) == (2, 1)
    assert found["sources"][0]["last_change"]["change"] > 0
    changes = client.get("/api/changes", params={"site": "Lanternfish"}).json()
    later = {"site": "Lanternfish", "since": changes[0]["first_seen_at"]}
    assert [one["change"] for one in client.get("/api/changes", params=later).json()] == [
        changes[0]["change"]
    ]
    skipped = client.get("/api/changes", params={"site": "Lanternfish", "offset": 1}).json()
    assert skipped == changes[1:]


def test_search_and_the_past(client: httpx.Client, filled: Archive) -> None:
    """What was in force when, with how sure that is; and passages by their words."""
    asked = {"time": "2025-11-20T12:00:00Z"}
    found = client.get("/api/sources/lantern-privacy/at", params=asked).json()
    assert (found["version"], found["in_force"]["certainty"]) == (2, "changing")
    hits = client.get("/api/search", params={"q": "usage records", "limit": 5}).json()
    assert hits == [_plain(answers.hit(hit)) for hit in filled.past.search("usage records", (), 5)]
    assert hits


def test_what_is_known_is_not_sent_again(client: httpx.Client) -> None:
    """An answer that has not changed is 304 without a body."""
    first = client.get("/api/changes")
    again = client.get("/api/changes", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.hypothesis
def test_the_description_holds(filled: Archive) -> None:
    """Whatever is asked within the description, or just beside it, is answered as it says."""
    app = routed(Desk(filled, lambda: web_pages.NOW, Pulse()))
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    checks = CHECKS.get_by_names(HELD)
    fuzzing = settings.get_current_profile_name() == "fuzz"
    asked = 0
    for operation in schema.get_all_operations():
        strategy = operation.ok().as_strategy()

        @settings(
            max_examples=200 if fuzzing else 5,
            derandomize=not fuzzing,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def ask(case: schemathesis.Case) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(checks=checks)

        ask()
    assert asked > 50


def _plain(answer: object) -> object:
    return json.loads(json.dumps(answer))
