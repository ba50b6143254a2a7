from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
import trustme
from fetch_servers import PUBLIC, Http2Site, redirect, reply, source

from monitor.errors import FetchError
from monitor.fetch import Fetcher, Network, guarded_transport
from monitor.model.capture import Capture

if TYPE_CHECKING:
    from collections.abc import Callable

    from fetch_servers import MappedNetwork, Site

    OpenSite = Callable[..., Site]
    OpenFetcher = Callable[..., Fetcher]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Found an authority nobody else trusts."""
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """Build a client's context that trusts the test's authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def _serving(authority: trustme.CA, *names: str, protocol: str = "http/1.1") -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    context.set_alpn_protocols([protocol])
    return context


def _failure(fetcher: Fetcher, url: str, **fields: object) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(source(url, **fields))
    return caught.value


def test_tls_checks_the_name_not_the_address(
    open_fetcher: OpenFetcher,
    open_site: OpenSite,
    authority: trustme.CA,
    trusting: ssl.SSLContext,
    mapped: MappedNetwork,
) -> None:
    """A guarded connection goes to the checked address and still verifies the host's name."""
    mapped.names = {"acme.test": [[PUBLIC]], "wrong.test": [[PUBLIC]]}
    site = open_site({"/": reply(b"terms")}, _serving(authority, "acme.test"))
    fetcher = open_fetcher(ssl_context=trusting, network=mapped.network())
    capture = fetcher.fetch(source(site.url("/", "acme.test"), allow_private=False))
    assert isinstance(capture, Capture)
    assert capture.body == b"terms"
    assert mapped.connected == [PUBLIC]
    error = _failure(fetcher, site.url("/", "wrong.test"), allow_private=False)
    assert error.kind == "tls"
    assert "wrong.test" in str(error)


def test_an_unknown_authority_is_not_trusted(
    fetcher: Fetcher, open_site: OpenSite, authority: trustme.CA
) -> None:
    """A certificate nobody vouches for is a transient failure that says so."""
    site = open_site({"/": reply(b"terms")}, _serving(authority, "127.0.0.1"))
    error = _failure(fetcher, site.url("/"))
    assert error.kind == "tls"
    assert not error.permanent
    assert "certificate" in str(error)


def test_http2_is_used_where_offered(
    open_fetcher: OpenFetcher, open_site: OpenSite, authority: trustme.CA, trusting: ssl.SSLContext
) -> None:
    """Over HTTP/2 a page arrives, and its connection is used again."""
    context = _serving(authority, "127.0.0.1", protocol="h2")
    site = open_site({"/": b"terms"}, context, Http2Site)
    fetcher = open_fetcher(ssl_context=trusting)
    for _ in range(2):
        capture = fetcher.fetch(source(site.url("/")))
        assert isinstance(capture, Capture)
        assert (capture.body, capture.media_type) == (b"terms", "text/html")
    assert site.requests[0].startswith("GET / HTTP/2")
    assert site.connections == 1


def test_http2_connections_serve_one_name_only(
    open_fetcher: OpenFetcher,
    open_site: OpenSite,
    authority: trustme.CA,
    trusting: ssl.SSLContext,
    mapped: MappedNetwork,
) -> None:
    """One certificate for two names is no reason to skip the second name's check."""
    mapped.names = {"a.test": [[PUBLIC]], "b.test": [["127.0.0.1"]]}
    context = _serving(authority, "a.test", "b.test", protocol="h2")
    site = open_site({"/": b"terms"}, context, Http2Site)
    fetcher = open_fetcher(ssl_context=trusting, network=mapped.network())
    fetcher.fetch(source(site.url("/", "a.test"), allow_private=False))
    error = _failure(fetcher, site.url("/", "b.test"), allow_private=False)
    assert error.kind == "forbidden_address"
    assert site.connections == 1


def test_a_name_that_does_not_resolve(fetcher: Fetcher) -> None:
    """An unknown name is transient and says to check the spelling."""
    error = _failure(fetcher, "http://policy.invalid/")
    assert (error.kind, error.permanent) == ("dns", False)
    assert "policy.invalid" in str(error)
    assert "spelling" in str(error)


@pytest.mark.parametrize("host", ["a..b", "-", "a" * 64 + ".test", ".", "_"])
def test_impossible_names_are_named_failures(fetcher: Fetcher, host: str) -> None:
    """A label DNS cannot carry is a failure like any other."""
    assert _failure(fetcher, f"http://{host}/").kind in {"dns", "forbidden_address"}


def test_a_closed_port_refuses(fetcher: Fetcher) -> None:
    """Nobody listening is a transient failure to connect."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = _failure(fetcher, f"http://127.0.0.1:{port}/")
    assert (error.kind, error.permanent) == ("connect", False)
    assert "refused" in str(error)


def test_a_header_that_cannot_be_sent_is_the_sources_fault(
    fetcher: Fetcher, open_site: OpenSite
) -> None:
    """A line break in a configured header fails instead of reaching the wire."""
    site = open_site({"/": reply(b"terms")})
    error = _failure(fetcher, site.url("/"), headers=(("X-Token", "a\r\nHost: other"),))
    assert (error.kind, error.permanent) == ("protocol", True)
    assert site.requests == []


def test_a_header_may_hold_any_letter(fetcher: Fetcher, open_site: OpenSite) -> None:
    """Values beyond ASCII travel as UTF-8."""
    site = open_site({"/": reply(b"terms")})
    fetcher.fetch(source(site.url("/"), headers=(("X-Name", "Zoë"),)))
    assert site.headers(0)["x-name"].encode("latin-1").decode() == "Zoë"


def test_a_connection_that_ended_unseen_is_replaced(fetcher: Fetcher, open_site: OpenSite) -> None:
    """A server that hangs up instead of a second answer is asked once more on a new connection."""

    def once(sock: socket.socket, head: bytes) -> bool:
        if b"GET /b" in head and len(site.requests) == 2:
            return False
        sock.sendall(redirect("/b") if b"GET /a" in head else reply(b"terms"))
        return True

    site = open_site({"/a": once, "/b": once})
    capture = fetcher.fetch(source(site.url("/a")))
    assert isinstance(capture, Capture)
    assert capture.body == b"terms"
    assert site.connections == 2


def test_one_tls_context_for_the_life_of_the_process(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A context costs as much as several fetches: one is made, when the fetcher is."""
    made = []
    create = ssl.create_default_context
    monkeypatch.setattr(
        ssl, "create_default_context", lambda *a, **k: made.append(1) or create(*a, **k)
    )
    plain = open_site({"/": reply(b"terms")})
    with Fetcher(clock=lambda: datetime.now(UTC), sleep=lambda _: None) as fetcher:
        for _ in range(3):
            fetcher.fetch(source(plain.url("/")))
            _failure(fetcher, "https://127.0.0.1:1/")
    assert len(made) == 1


def test_the_environment_names_no_proxy(
    open_fetcher: OpenFetcher,
    open_site: OpenSite,
    mapped: MappedNetwork,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy would connect to addresses nobody checked: none is asked, the guard stays."""
    proxy, site = open_site({}), open_site({"/": reply(b"terms")})
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url())
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    mapped.names = {"public.test": [[PUBLIC]], "inside.test": [["10.0.0.1"]]}
    fetcher = open_fetcher(network=mapped.network())
    fetcher.fetch(source(site.url("/", "public.test"), allow_private=False))
    assert mapped.connected == [PUBLIC]
    for url in ("http://inside.test/", "https://inside.test/"):
        assert _failure(fetcher, url, allow_private=False).kind == "forbidden_address"
    assert proxy.connections == 0


def test_the_transport_serves_other_clients(open_site: OpenSite) -> None:
    """Whoever sends webhooks gets the same guard, in the exceptions of httpx."""
    site = open_site({"/hook": reply(b"ok")})
    context = httpx.create_ssl_context()
    with httpx.Client(
        transport=guarded_transport(allow_private=True, ssl_context=context)
    ) as client:
        assert client.post(site.url("/hook"), content=b"{}").text == "ok"
    with (
        httpx.Client(
            transport=guarded_transport(allow_private=False, ssl_context=context)
        ) as client,
        pytest.raises(httpx.ConnectError, match="not a public address"),
    ):
        client.post(site.url("/hook"), content=b"{}")


@pytest.mark.parametrize("answer", [[], OSError(-3, "Temporary failure in name resolution")])
def test_a_resolver_without_an_answer_is_named(
    open_fetcher: OpenFetcher, answer: list[str] | OSError
) -> None:
    """No address and no resolver are both transient failures of DNS."""

    def resolve(_host: str, _port: int) -> list[str]:
        if isinstance(answer, OSError):
            raise answer
        return answer

    error = _failure(open_fetcher(network=Network(resolve)), "http://acme.test/")
    assert (error.kind, error.permanent) == ("dns", False)


def test_a_hanging_resolver_uses_no_more_than_the_time(open_fetcher: OpenFetcher) -> None:
    """The system's resolver knows no limits; the fetch does."""
    released = threading.Event()

    def resolve(_host: str, _port: int) -> list[str]:
        released.wait(10)
        return ["127.0.0.1"]

    fetcher = open_fetcher(network=Network(resolve))
    error = _failure(fetcher, "http://acme.test/", timeout=timedelta(seconds=0.2))
    released.set()
    assert error.kind == "dns"
    assert "in time" in str(error)


def test_a_host_that_never_accepts_is_a_timeout(open_fetcher: OpenFetcher) -> None:
    """Every address gets a part of the time, and none more."""
    parts: list[float] = []

    def connect(_address: str, _port: int, timeout: float) -> socket.socket:
        parts.append(timeout)
        raise TimeoutError("timed out")

    network = Network(lambda _host, _port: ["127.0.0.1", "127.0.0.2"], connect)
    error = _failure(open_fetcher(network=network), "http://acme.test/")
    assert error.kind == "timeout"
    assert parts[0] < 5.1
    assert parts[1] < 10.1


@pytest.mark.parametrize("farewell", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_a_handshake_may_break_off(fetcher: Fetcher, farewell: bytes) -> None:
    """A server that hangs up, or does not speak TLS, is a failure of TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            sock, _ = listener.accept()
            with sock:
                sock.recv(10)
                sock.sendall(farewell)

        thread = threading.Thread(target=accept)
        thread.start()
        error = _failure(fetcher, f"https://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()
    assert error.kind == "tls"


def test_a_silent_handshake_is_a_timeout(fetcher: Fetcher) -> None:
    """A server that accepts and says nothing does not keep the fetch."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        error = _failure(fetcher, url, timeout=timedelta(seconds=0.2))
    assert error.kind == "timeout"


def test_only_some_connections_are_kept(open_site: OpenSite, usual_context: ssl.SSLContext) -> None:
    """The oldest idle connection closes when there are more than are to be kept."""
    sites = [open_site({"/": reply(b"ok")}) for _ in range(3)]
    limits = httpx.Limits(max_keepalive_connections=2, keepalive_expiry=60)
    transport = guarded_transport(allow_private=True, ssl_context=usual_context, limits=limits)
    with httpx.Client(transport=transport) as client:
        for site in [*sites, *reversed(sites)]:
            client.get(site.url("/"))
    assert [site.connections for site in sites] == [2, 1, 1]


def test_a_post_is_never_repeated(open_site: OpenSite, usual_context: ssl.SSLContext) -> None:
    """A message that may have arrived is not sent twice behind the sender's back."""
    site = open_site({})

    def hook(sock: socket.socket, _head: bytes) -> bool:
        if len(site.requests) > 1:
            return False
        sock.sendall(reply(b"ok"))
        return True

    site.pages["/hook"] = hook
    transport = guarded_transport(allow_private=True, ssl_context=usual_context)
    with httpx.Client(transport=transport) as client:
        client.post(site.url("/hook"))
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(site.url("/hook"))
    assert len(site.requests) == 2
