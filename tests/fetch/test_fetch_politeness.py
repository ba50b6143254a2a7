from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from fetch_servers import FakeTime, redirect, reply, source

from monitor.errors import FetchError
from monitor.fetch import Limits
from monitor.fetch.politeness import Turns, Visit, host_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from fetch_servers import MappedNetwork, Site

    from monitor.fetch import Fetcher

    OpenSite = Callable[..., Site]
    OpenFetcher = Callable[..., Fetcher]


def test_visits_to_one_host_are_spaced(
    open_fetcher: OpenFetcher, open_site: OpenSite, time: FakeTime
) -> None:
    """The second visit waits; redirects within a host belong to the first."""
    site = open_site({"/a": redirect("/b"), "/b": reply(b"terms")})
    fetcher = open_fetcher(Limits(host_spacing=timedelta(seconds=3)))
    fetcher.fetch(source(site.url("/a")))
    assert time.slept == []
    time.at += 1
    fetcher.fetch(source(site.url("/b")))
    assert time.slept == [2.0]


def test_distance_and_name_can_change_while_running(
    open_fetcher: OpenFetcher, open_site: OpenSite, time: FakeTime
) -> None:
    """What a configuration that is read again says holds from the next fetch on."""
    site = open_site({"/": reply(b"terms")})
    fetcher = open_fetcher(Limits(host_spacing=timedelta(seconds=3)))
    fetcher.adjust(user_agent="policy-monitor/9 (+us)", host_spacing=timedelta(seconds=7))
    fetcher.fetch(source(site.url("/")))
    fetcher.fetch(source(site.url("/")))
    assert time.slept == [7.0]
    assert site.headers(-1)["user-agent"] == "policy-monitor/9 (+us)"


def test_a_host_is_busy_until_its_pause_is_over(
    fetcher: Fetcher, open_site: OpenSite, time: FakeTime
) -> None:
    """Whoever schedules can tell that another source is the better choice."""
    seen: list[bool] = []

    def page(sock: socket.socket, _head: bytes) -> bool:
        seen.append(fetcher.busy(site.url("/other")))
        sock.sendall(reply(b"terms"))
        return True

    site = open_site({"/": page})
    assert not fetcher.busy(site.url("/"))
    fetcher.fetch(source(site.url("/")))
    assert seen == [True]
    assert fetcher.busy(site.url("/other"))
    assert not fetcher.busy("http://127.0.0.1:1/")
    time.at += 1
    assert not fetcher.busy(site.url("/"))


def test_a_failed_visit_counts_too(fetcher: Fetcher, open_site: OpenSite, time: FakeTime) -> None:
    """A host that fails is not asked again at once, nor locked for ever."""
    site = open_site({})
    for _ in range(2):
        with pytest.raises(FetchError):
            fetcher.fetch(source(site.url("/")))
    assert time.slept == [1.0]


def test_one_host_never_has_two_visitors(open_fetcher: OpenFetcher, open_site: OpenSite) -> None:
    """Twelve threads at one host come one after the other, and all of them come."""
    inside = threading.Lock()

    def page(sock: socket.socket, _head: bytes) -> bool:
        assert inside.acquire(blocking=False)
        try:
            sock.sendall(reply(b"terms"))
        finally:
            inside.release()
        return True

    site = open_site({"/": page})
    fetcher = open_fetcher(Limits(host_spacing=timedelta(0)))
    with ThreadPoolExecutor(12) as threads:
        captures = list(threads.map(lambda _: fetcher.fetch(source(site.url("/"))), range(60)))
    assert len(captures) == len(site.requests) == 60


def test_a_slow_host_delays_nobody_else(
    open_fetcher: OpenFetcher, open_site: OpenSite, mapped: MappedNetwork
) -> None:
    """While one host keeps its visitor waiting, another is fetched, also by way of a redirect."""
    mapped.names = {name: [["127.0.0.1"]] for name in ("slow.test", "quick.test", "third.test")}
    entered, released = threading.Event(), threading.Event()

    def slow(sock: socket.socket, _head: bytes) -> None:
        entered.set()
        released.wait(10)
        sock.sendall(reply(b"slow"))

    site = open_site({"/slow": slow, "/quick": reply(b"quick")})
    site.pages["/to-slow"] = redirect(f"http://slow.test:{site.port}/quick")
    fetcher = open_fetcher(Limits(host_spacing=timedelta(0)), network=mapped.network())

    def fetch(host: str, path: str) -> object:
        return fetcher.fetch(source(f"http://{host}:{site.port}{path}"))

    with ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(fetch, "slow.test", "/slow")]
        entered.wait(10)
        waiting.append(threads.submit(fetch, "third.test", "/to-slow"))
        while fetcher.busy(f"http://third.test:{site.port}/") or site.paths().count("/to-slow") < 1:
            threading.Event().wait(0.005)
        # The fetch that was redirected to the slow host holds neither its first host nor others.
        fetch("quick.test", "/quick")
        fetch("third.test", "/quick")
        assert not any(fetched.done() for fetched in waiting)
        released.set()
        for fetched in waiting:
            fetched.result(timeout=10)


def test_waiting_for_a_turn_has_an_end(time: FakeTime) -> None:
    """Neither a visitor that stays nor a pause holds others for ever; all waits count together."""
    turns = Turns(1.0, monotonic=time.monotonic, sleep=time.sleep)
    slow, paused = httpx.URL("https://slow.test/"), httpx.URL("https://paused.test/")
    turns.enter("slow.test")
    turns.enter("paused.test")
    turns.leave("paused.test", 20.0)
    with Visit(turns, patience=0.05) as visit:
        assert not visit.go(slow)
        assert visit.waited >= 0.05
        assert not visit.go(paused)
    assert time.slept == []
    turns.leave("slow.test", 0.0)
    with Visit(turns, patience=0.05) as visit:
        assert visit.go(slow)


def test_many_redirects_to_one_slow_host_end_in_time(
    open_fetcher: OpenFetcher, open_site: OpenSite
) -> None:
    """Publishers that send everybody to one host hold nobody for as long as all of them take."""
    entered, released = threading.Event(), threading.Event()

    def slow(sock: socket.socket, _head: bytes) -> None:
        entered.set()
        released.wait(10)
        sock.sendall(reply(b"slow"))

    meeting = open_site({"/": slow})
    lures = [open_site({"/": redirect(meeting.url("/"))}) for _ in range(6)]
    fetcher = open_fetcher(Limits(host_spacing=timedelta(0), patience=timedelta(seconds=0.1)))

    def fetch(site: Site) -> str:
        try:
            fetcher.fetch(source(site.url("/")))
        except FetchError as error:
            return f"{error.kind}: {error}"
        return "fetched"

    with ThreadPoolExecutor(7) as threads:
        first = threads.submit(fetch, meeting)
        entered.wait(10)
        told = list(threads.map(fetch, lures))
        released.set()
        assert first.result(timeout=10) == "fetched"
    assert {said.partition(":")[0] for said in told} == {"timeout"}
    assert all("too many checks lead to 127.0.0.1" in said for said in told)
    assert fetch(lures[0]) == "fetched"


def test_a_turn_given_up_while_waiting_is_free(time: FakeTime) -> None:
    """Whoever is interrupted on the way to a host does not keep it."""

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    turns = Turns(1.0, monotonic=time.monotonic, sleep=interrupted)
    turns.enter("acme.test")
    turns.leave("acme.test", 1.0)
    with pytest.raises(KeyboardInterrupt):
        turns.enter("acme.test")
    time.at += 1
    assert not turns.busy("acme.test")


def test_hosts_are_forgotten(time: FakeTime) -> None:
    """Ten thousand hosts visited once leave nothing behind."""
    turns = Turns(1.0, monotonic=time.monotonic, sleep=time.sleep)
    for number in range(10_000):
        turns.enter(f"{number}.test")
        turns.leave(f"{number}.test", 1.0)
        time.at += 0.1
    assert len(turns._free_at) <= 1001


def test_http_and_https_are_one_host() -> None:
    """A host on its usual ports is one host, on another port another."""
    hosts = [host_of(httpx.URL(url)) for url in ("http://a.test", "https://A.test:443/x")]
    assert hosts == ["a.test", "a.test"]
    assert host_of(httpx.URL("http://a.test:8080/")) == "a.test:8080"
