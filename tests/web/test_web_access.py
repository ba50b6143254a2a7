"""Who is let in, and what a browser may do with what it is given."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import httpx
import pytest
import web_pages
from starlette.routing import Route

from monitor.errors import ListenError, UsageError
from monitor.web.access import Access
from monitor.web.app import PARTS, routed
from monitor.web.desk import Desk
from monitor.web.opening import Opening, open_view
from monitor.web.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from monitor.record import Archive

TOKEN = "a-token-of-more-than-sixteen-characters"
FILLED_IN = {
    "{ident}": "lantern-privacy",
    "{number:int}": "1",
    "{number}": "1",
    "{name}": "style.css",
    "{site:path}": "Lanternfish",
    "{tag:path}": "eu",
    "{kind}": "privacy-policy",
}
ASKED = {"search": "?q=records", "at": "?date=2026-01-01&time=2026-01-01T00:00:00Z", "compare": "?from=1&to=2", "compare.diff": "?from=1&to=2", "diff": "?from=1&to=2"}  # fmt: skip # noqa: E501


@pytest.fixture(scope="module")
def closed(filled: Archive) -> Iterator[str]:
    """Serve with a token."""
    opening = Opening("127.0.0.1", 0, ("policies.example.org",), TOKEN)
    with open_view(filled, opening, lambda: web_pages.NOW) as address:
        yield address.rstrip("/")


def _paths(archive: Archive) -> list[str]:
    desk = Desk(archive, lambda: web_pages.NOW, Pulse())
    app = routed(desk)
    paths = []
    for pattern in _patterns(app, desk):
        path = pattern
        for mark, value in FILLED_IN.items():
            path = path.replace(mark, value)
        paths.append(path + ASKED.get(path.rpartition("/")[2], ""))
    assert not [path for path in paths if "{" in path], "fill in the new parameter"
    return paths


def _patterns(app: FastAPI, desk: Desk) -> list[str]:
    """Return the paths of all routes, those of the parts included."""
    own = [route.path for route in app.routes if isinstance(route, Route)]
    assert len(app.routes) == len(own) + len(PARTS), "a part that this test does not know"
    routers = [part.routes(desk) for part in PARTS]
    return own + [route.path for router in routers for route in router.routes]


def test_no_route_is_reached_without_the_token(closed: str, filled: Archive) -> None:
    """Every address there is, and those that are not, answer 401 alike; with the token they do."""
    paths = [*_paths(filled), "/nothing", "/api/nothing"]
    assert len(paths) > 30
    with httpx.Client(base_url=closed) as client:
        for path in paths:
            for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic Og=="}):
                answer = client.get(path, headers=headers)
                assert answer.status_code == 401, path
                assert "policies" not in answer.text
            answer = client.get(path, headers={"Authorization": f"Bearer {TOKEN}"})
            assert answer.status_code in {200, 302, 404}, (path, answer.status_code)
            assert (answer.status_code == 404) == ("nothing" in path), path


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer  {TOKEN}", 200),
        ("Basic " + base64.b64encode(f"anybody:{TOKEN}".encode()).decode(), 200),
        ("Basic " + base64.b64encode(f":{TOKEN}".encode()).decode(), 200),
        ("Basic " + base64.b64encode(f"{TOKEN}:".encode()).decode(), 401),
        ("Basic not base64!", 401),
        (f"Digest {TOKEN}", 401),
        (f"Bearer {TOKEN}x", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
        (TOKEN, 401),
    ],
    ids=range(10),
)
def test_token_is_taken_as_bearer_or_password(closed: str, sent: str, status: int) -> None:
    """Programs send it as a bearer token, browsers as a password; nothing else will do."""
    assert httpx.get(closed, headers={"Authorization": sent}).status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:9999", 200),
        ("[::1]:8383", 200),
        ("POLICIES.example.org.", 200),
        ("evil.example.org", 421),
        ("127.0.0.1.evil.example.org", 421),
        ("10.0.0.1", 421),
        ("", 421),
    ],
    ids=range(8),
)
def test_only_known_names_are_answered(closed: str, host: str, status: int) -> None:
    """A name that was made to point here reads nothing, token or not."""
    headers = {"Host": host, "Authorization": f"Bearer {TOKEN}"}
    assert httpx.get(closed, headers=headers).status_code == status


def test_every_answer_carries_the_headers(client: httpx.Client, closed: str) -> None:
    """Pages, refusals and errors forbid frames, scripts from elsewhere, sniffing and referrers."""
    answers = [client.get(path) for path in ("/", "/nothing", "/static/style.css", "/api/changes")]
    answers += [httpx.get(closed), httpx.get(closed, headers={"Host": "evil"})]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "server" not in answer.headers


def test_captures_are_text_in_a_sandbox(client: httpx.Client, filled: Archive) -> None:
    """The exact bytes are downloaded as text, and nothing in them would run if they were opened."""
    version = filled.version("hostile-terms", 1)
    assert version is not None
    (blocked,) = filled.kept("blocked", "quarantine")
    paths = {
        "/sources/hostile-terms/versions/1/raw": filled.body(version.snapshot),
        f"/sources/blocked/captures/{blocked.number}/raw": filled.body(blocked.digest),
    }
    for path, body in paths.items():
        answer = client.get(path)
        assert answer.content == body
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    other = client.get(f"/sources/lantern-privacy/captures/{blocked.number}/raw")
    assert other.status_code == 404


def test_head_answers_as_get_does_without_a_body(client: httpx.Client, closed: str) -> None:
    """Feed readers and Memento clients ask so, and need the token as others do."""
    for path in ("/", "/feeds/all.atom", "/api/sources", "/sources/lantern-privacy/versions/1"):
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == got.headers["etag"]
        assert head.headers["content-length"] == str(len(got.content))
    assert httpx.head(f"{closed}/").status_code == 401


def test_nothing_can_be_written(client: httpx.Client) -> None:
    """Only reading methods have routes."""
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.request(method, "/changes/1").status_code == 405
    for route in client.get("/api/openapi.json").json()["paths"].values():
        assert set(route) == {"get"}


@pytest.mark.parametrize(
    ("host", "token", "said"),
    [
        ("0.0.0.0", None, "needs a token"),  # noqa: S104 - that it is refused is the test
        ("192.168.1.5", None, "needs a token"),
        ("monitor.example.org", None, "needs a token"),
        ("::", None, "needs a token"),
        ("127.0.0.1", "short", "shorter than 16"),
    ],
    ids=range(5),
)
def test_it_refuses_to_be_open(host: str, token: str | None, said: str) -> None:
    """Beyond loopback nothing starts without a token, nor anywhere with one easily guessed."""
    with pytest.raises(UsageError, match=said):
        Access(host, token=token)


def test_addresses_are_known_once_a_network_is_let_in() -> None:
    """Behind a token, the machine may be asked by any of its addresses, not by any name."""
    access = Access("0.0.0.0", token=TOKEN)  # noqa: S104
    assert access.knows("192.168.1.5:8383")
    assert not access.knows("evil.example.org")
    assert TOKEN not in repr(access)


def test_a_taken_port_is_a_clear_error(view: str, filled: Archive) -> None:
    """Who is refused a port is told which, and what to do."""
    port = int(view.rpartition(":")[2])
    opening = Opening("127.0.0.1", port)
    with (
        pytest.raises(ListenError, match=f"127.0.0.1:{port} .*choose another port"),
        open_view(filled, opening, lambda: web_pages.NOW),
    ):
        pass


def test_every_route_is_one_of_ours(filled: Archive) -> None:
    """No route comes with the framework: no pages that load scripts from elsewhere."""
    desk = Desk(filled, lambda: web_pages.NOW, Pulse())
    own = set(_patterns(routed(desk), desk))
    assert not own & {"/docs", "/redoc", "/docs/oauth2-redirect"}
