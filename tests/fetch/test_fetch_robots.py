from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from fetch_servers import FakeTime, redirect, reply, source

from monitor.errors import FetchError
from monitor.fetch import Limits
from monitor.model.robots import RobotsCopy

if TYPE_CHECKING:
    from collections.abc import Callable

    from fetch_servers import MappedNetwork, Site

    from monitor.fetch import Fetcher

    OpenSite = Callable[..., Site]
    OpenFetcher = Callable[..., Fetcher]

DAY = 86_400
HOUR = 3600
CLOSED = reply(b"User-agent: *\nDisallow: /private\n")


class Shelf(dict[str, RobotsCopy]):
    """Copies kept in memory."""

    def put(self, origin: str, copy: RobotsCopy) -> None:
        """Keep a copy."""
        self[origin] = copy


def _refusal(fetcher: Fetcher, url: str, **fields: object) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(source(url, robots=True, **fields))
    return caught.value


def test_a_disallowed_address_is_not_fetched(fetcher: Fetcher, open_site: OpenSite) -> None:
    """robots.txt is obeyed, and the message says how not to."""
    site = open_site({"/robots.txt": CLOSED, "/private": reply(b"x"), "/open": reply(b"y")})
    error = _refusal(fetcher, site.url("/private"))
    assert error.kind == "robots"
    assert error.permanent
    assert "robots = false" in str(error)
    fetcher.fetch(source(site.url("/open"), robots=True))
    assert site.paths() == ["/robots.txt", "/open"]
    assert site.connections == 1


def test_a_source_may_ignore_robots(fetcher: Fetcher, open_site: OpenSite) -> None:
    """Without obedience robots.txt is not even asked for."""
    site = open_site({"/robots.txt": CLOSED, "/private": reply(b"x")})
    fetcher.fetch(source(site.url("/private"), robots=False))
    assert site.paths() == ["/private"]


def test_the_rules_for_this_program_count(open_fetcher: OpenFetcher, open_site: OpenSite) -> None:
    """Rules are looked up by the product name of the User-Agent."""
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: Acme-Watch\nDisallow:\n"
    site = open_site({"/robots.txt": reply(rules), "/": reply(b"terms")})
    assert _refusal(open_fetcher(), site.url("/")).kind == "robots"
    fetcher = open_fetcher(Limits(user_agent="acme-watch/2.0 (+mailto:law@acme.example)"))
    fetcher.fetch(source(site.url("/"), robots=True))
    assert site.headers(-1)["user-agent"].startswith("acme-watch/2.0")


def test_rules_are_kept_for_a_day(fetcher: Fetcher, open_site: OpenSite, time: FakeTime) -> None:
    """One robots.txt serves every source of a host until it is a day old."""
    site = open_site({"/robots.txt": CLOSED, "/": reply(b"terms")})
    for hours in (0, 12, 11, 2):
        time.at += hours * HOUR
        fetcher.fetch(source(site.url("/"), robots=True))
    assert site.paths().count("/robots.txt") == 2


def test_rules_are_remembered_by_the_next_program(
    open_fetcher: OpenFetcher, open_site: OpenSite, time: FakeTime
) -> None:
    """What one program has read, another one obeys without asking, for the rest of the day."""
    site = open_site({"/robots.txt": CLOSED, "/": reply(b"terms"), "/private": reply(b"x")})
    shelf = Shelf()
    for hours in (0, 12, 11):
        time.at += hours * HOUR
        open_fetcher(robots=shelf).fetch(source(site.url("/"), robots=True))
        assert _refusal(open_fetcher(robots=shelf), site.url("/private")).permanent
    assert site.paths().count("/robots.txt") == 1
    time.at += 2 * HOUR
    open_fetcher(robots=shelf).fetch(source(site.url("/"), robots=True))
    assert site.paths().count("/robots.txt") == 2


def test_a_clock_that_went_back_does_not_keep_rules_for_ever(
    open_fetcher: OpenFetcher, open_site: OpenSite, time: FakeTime
) -> None:
    """What was read in the future is asked for again."""
    site = open_site({"/robots.txt": CLOSED, "/": reply(b"terms")})
    shelf = Shelf()
    ahead = open_fetcher(robots=shelf, clock=lambda: time.now() + timedelta(days=30))
    ahead.fetch(source(site.url("/"), robots=True))
    open_fetcher(robots=shelf).fetch(source(site.url("/"), robots=True))
    assert site.paths().count("/robots.txt") == 2


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"gone", "404 Not Found"),
        reply(b"no", "403 Forbidden"),
        reply(b""),
        reply(b"<html>Not a robots.txt</html>"),
        reply(b"\xff\xfe\x00garbage"),
        reply(b"not gzip", "200 OK", "Content-Encoding: gzip"),
        redirect("/robots.txt"),
        redirect("ftp://example.com/robots.txt"),
    ],
)
def test_a_host_without_rules_allows_everything(
    fetcher: Fetcher, open_site: OpenSite, answer: bytes
) -> None:
    """What RFC 9309 calls unavailable is no obstacle."""
    site = open_site({"/robots.txt": answer, "/": reply(b"terms")})
    fetcher.fetch(source(site.url("/"), robots=True))
    assert site.paths()[-1] == "/"


def test_rules_may_be_elsewhere(
    open_fetcher: OpenFetcher, open_site: OpenSite, mapped: MappedNetwork
) -> None:
    """A redirect of robots.txt is followed, and its rules hold for the host that was asked."""
    mapped.names = {"a.test": [["127.0.0.1"]], "b.test": [["127.0.0.1"]]}
    site = open_site({"/rules": CLOSED})
    site.pages["/robots.txt"] = redirect(f"http://b.test:{site.port}/rules")
    fetcher = open_fetcher(network=mapped.network())
    assert _refusal(fetcher, f"http://a.test:{site.port}/private").kind == "robots"


def test_a_broken_server_means_wait(fetcher: Fetcher, open_site: OpenSite, time: FakeTime) -> None:
    """A server error on robots.txt stops fetching for minutes, and is asked about again later."""
    site = open_site({"/robots.txt": reply(b"", "503 Service Unavailable"), "/": reply(b"terms")})
    error = _refusal(fetcher, site.url("/"))
    assert error.kind == "robots"
    assert not error.permanent
    _refusal(fetcher, site.url("/"))
    assert site.paths() == ["/robots.txt"]
    site.pages["/robots.txt"] = reply(b"", "404 Not Found")
    time.at += HOUR
    fetcher.fetch(source(site.url("/"), robots=True))


def test_rules_once_read_outlive_trouble(
    fetcher: Fetcher, open_site: OpenSite, time: FakeTime
) -> None:
    """While the server is in trouble, the copy that was read before still holds."""
    site = open_site({"/robots.txt": CLOSED, "/": reply(b"terms"), "/private": reply(b"x")})
    fetcher.fetch(source(site.url("/"), robots=True))
    site.pages["/robots.txt"] = reply(b"", "500 Internal Server Error")
    time.at += 2 * DAY
    fetcher.fetch(source(site.url("/"), robots=True))
    assert _refusal(fetcher, site.url("/private")).permanent


def test_trouble_for_a_month_counts_as_none(
    fetcher: Fetcher, open_site: OpenSite, time: FakeTime
) -> None:
    """A robots.txt that cannot be read for very long stops nobody."""
    site = open_site({"/robots.txt": reply(b"", "500 Internal Server Error"), "/": reply(b"terms")})
    _refusal(fetcher, site.url("/"))
    time.at += 31 * DAY
    fetcher.fetch(source(site.url("/"), robots=True))


def test_an_unreachable_host_keeps_its_own_failure(open_fetcher: OpenFetcher) -> None:
    """A name that does not resolve is not reported as a fault of robots.txt."""
    assert _refusal(open_fetcher(), "http://nowhere.invalid/").kind == "dns"


def test_a_huge_file_is_read_in_part(fetcher: Fetcher, open_site: OpenSite) -> None:
    """Rules beyond half a megabyte are left unread; those before them hold."""
    rules = b"User-agent: *\nDisallow: /private\n" + b"# padding\n" * 300_000
    site = open_site({"/robots.txt": reply(rules), "/private": reply(b"x")})
    assert _refusal(fetcher, site.url("/private")).kind == "robots"


def test_a_requested_delay_is_kept(fetcher: Fetcher, open_site: OpenSite, time: FakeTime) -> None:
    """Crawl-delay lengthens the pause, up to half a minute."""
    rules = b"User-agent: *\nCrawl-delay: 86400\n"
    site = open_site({"/robots.txt": reply(rules), "/": reply(b"terms")})
    for _ in range(2):
        fetcher.fetch(source(site.url("/"), robots=True))
    assert time.slept == [30.0]


def test_each_hop_is_asked_about(
    open_fetcher: OpenFetcher, open_site: OpenSite, mapped: MappedNetwork
) -> None:
    """A redirect does not lead round the rules of the host it leads to."""
    mapped.names = {"a.test": [["127.0.0.1"]], "b.test": [["127.0.0.1"]]}
    site = open_site({"/robots.txt": CLOSED, "/private": reply(b"x")})
    site.pages["/"] = redirect(f"http://b.test:{site.port}/private")
    fetcher = open_fetcher(network=mapped.network())
    assert _refusal(fetcher, f"http://a.test:{site.port}/").kind == "robots"
    assert "/private" not in site.paths()
