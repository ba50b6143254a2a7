from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fetch_servers import PUBLIC, redirect, reply, source
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.fetch import Network
from monitor.fetch.address import system_resolve
from monitor.model.address import is_public, special_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from fetch_servers import MappedNetwork, Site

    from monitor.fetch import Fetcher

    OpenFetcher = Callable[..., Fetcher]

# Each spelling is left to the resolver of the system, as a browser or curl would leave it.
HOSTILE_HOSTS = (Path(__file__).parent / "hostile_hosts.txt").read_text("utf-8").split()
HOSTILE_URLS = [
    *(f"http://{host}/" for host in HOSTILE_HOSTS),
    *(f"https://{host}/latest/meta-data" for host in HOSTILE_HOSTS[::9]),
    "http://user:pass@127.0.0.1/",
    "http://example.com@127.0.0.1/",
    "http://example.com:80@127.0.0.1:6379/",
    "http://127.0.0.1:6379/?.example.com",
    "http://127.0.0.1#@example.com/",
    "http://127.0.0.1?@example.com/",
    "HTTP://127.0.0.1/",
    "hTTps://[::1]:8443/",
    " http://127.0.0.1/ ",
    "http://localhost/",
    "http://LOCALHOST:8080/",
    "http://127.0.0.1:80%2f@127.0.0.1/",
]
# Octal numbers in a redirect are taken for no address at all, which is a failure of its own.
REDIRECTED = [host for host in HOSTILE_HOSTS[::7] if not host.startswith("0")]
REDIRECTED += ["localhost", "inside.test", "user@127.1"]
UNFETCHABLE_URLS = [
    *(Path(__file__).parent / "unfetchable_urls.txt").read_text("utf-8").split(),
    "",
    "http://\x00127.0.0.1/",
    "http://127.0.0.1\r\nHost:x/",
]


def _no_connection(address: str, port: int, timeout: float) -> object:  # noqa: ARG001
    pytest.fail(f"connected to {address}")


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_no_spelling_reaches_a_private_address(open_fetcher: OpenFetcher, url: str) -> None:
    """However an address is written, it is refused before a connection is opened."""
    fetcher = open_fetcher(network=Network(system_resolve, _no_connection))
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(source(url, allow_private=False))
    assert caught.value.kind == "forbidden_address"
    assert caught.value.permanent


@pytest.mark.parametrize("url", UNFETCHABLE_URLS)
def test_what_is_no_http_address_is_never_opened(open_fetcher: OpenFetcher, url: str) -> None:
    """Other schemes, broken hosts and look-alike digits end in a named failure."""
    fetcher = open_fetcher(network=Network(system_resolve, _no_connection))
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(source(url, allow_private=False))
    assert caught.value.kind in {"forbidden_address", "dns"}
    assert str(caught.value).isprintable()


def test_the_table_is_large_enough() -> None:
    """More than 120 hostile addresses are tried."""
    assert len(set(HOSTILE_URLS)) >= 120


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        ["10.1.2.3", PUBLIC],
        [PUBLIC, "169.254.169.254"],
        [PUBLIC, "::1"],
        ["fe80::1%lo"],
        ["64:ff9b::a00:1"],
        ["not an address"],
    ],
)
def test_one_private_answer_refuses_the_name(
    open_fetcher: OpenFetcher, mapped: MappedNetwork, answer: list[str]
) -> None:
    """A name is refused whatever else it resolves to, and in whatever order."""
    mapped.names = {"shop.test": [answer]}
    with pytest.raises(FetchError) as caught:
        open_fetcher(network=mapped.network()).fetch(
            source("https://shop.test/", allow_private=False)
        )
    assert caught.value.kind == "forbidden_address"
    assert "shop.test" in str(caught.value)
    assert mapped.connected == []


def test_every_hostile_answer_refuses_the_name(
    open_fetcher: OpenFetcher, mapped: MappedNetwork
) -> None:
    """Whichever special address a name server mixes among public ones, nothing is connected to."""
    answers = [host.strip("[]") for host in HOSTILE_HOSTS]
    answers = [answer for answer in answers if _is_address(answer)]
    assert len(answers) >= 80
    mapped.names = {f"n{n}.test": [[PUBLIC, answer]] for n, answer in enumerate(answers)}
    fetcher = open_fetcher(network=mapped.network())
    for name in mapped.names:
        with pytest.raises(FetchError) as caught:
            fetcher.fetch(source(f"https://{name}/", allow_private=False))
        assert caught.value.kind == "forbidden_address"
    assert mapped.connected == []


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("page", ["/", "/robots.txt"])
@pytest.mark.parametrize("host", REDIRECTED)
def test_no_redirect_leads_inside(
    open_fetcher: OpenFetcher,
    open_site: Callable[..., Site],
    mapped: MappedNetwork,
    host: str,
    page: str,
) -> None:
    """From a page as from robots.txt, to whichever spelling and scheme, each hop is checked."""
    mapped.names = {"public.test": [[PUBLIC]], "inside.test": [["192.168.0.1"]]}
    looked_up = mapped.network().resolve

    def resolve(name: str, port: int) -> list[str]:
        return (looked_up if name.endswith(".test") else system_resolve)(name, port)

    fetcher = open_fetcher(network=Network(resolve, mapped.network().connect))
    for number, target in enumerate((f"http://{host}/", f"https://{host}/x", f"//{host}:8080/")):
        site = open_site({"/": reply(b"terms"), page: redirect(target)})
        mapped.connected.clear()
        with pytest.raises(FetchError) as caught:
            fetcher.fetch(source(site.url("/", "public.test"), allow_private=False, robots=True))
        assert caught.value.kind == "forbidden_address", number
        assert set(mapped.connected) == {PUBLIC}


def test_rebinding_finds_no_gap(
    open_fetcher: OpenFetcher, open_site: Callable[..., Site], mapped: MappedNetwork
) -> None:
    """The address checked is the one connected to; a second answer is checked anew."""
    site = open_site({"/": lambda sock, _head: sock.sendall(reply(b"terms"))})
    mapped.names = {"rebind.test": [[PUBLIC], ["127.0.0.1"]]}
    fetcher = open_fetcher(network=mapped.network())
    asked = source(f"http://rebind.test:{site.port}/", allow_private=False)
    fetcher.fetch(asked)
    assert (mapped.asked, mapped.connected) == (["rebind.test"], [PUBLIC])
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(asked)
    assert caught.value.kind == "forbidden_address"
    assert mapped.connected == [PUBLIC]


def test_a_private_connection_never_serves_a_guarded_source(
    open_fetcher: OpenFetcher, open_site: Callable[..., Site]
) -> None:
    """A connection kept open for a source that may be private is no way in for another."""
    site = open_site({"/": reply(b"intranet")})
    fetcher = open_fetcher()
    fetcher.fetch(source(site.url("/")))
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(source(site.url("/"), allow_private=False))
    assert caught.value.kind == "forbidden_address"
    assert len(site.requests) == 1


def test_the_next_address_is_tried(
    open_fetcher: OpenFetcher, open_site: Callable[..., Site], mapped: MappedNetwork
) -> None:
    """An address where nobody listens does not make the host unreachable."""
    site = open_site({"/": reply(b"terms")})
    mapped.names = {"two.test": [["127.0.0.2", PUBLIC]]}
    network = mapped.network()

    def connect(address: str, port: int, timeout: float) -> object:
        if address == "127.0.0.2":
            raise ConnectionRefusedError(111, "Connection refused")
        return network.connect(address, port, timeout)

    fetcher = open_fetcher(network=Network(network.resolve, connect))
    fetcher.fetch(source(f"http://two.test:{site.port}/"))
    assert len(site.requests) == 1


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "93.184.215.14",
        "172.15.0.1",
        "172.32.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "169.253.0.1",
        "192.0.1.1",
        "198.20.0.1",
        "223.255.255.255",
        "11.0.0.1",
        "2606:4700::1111",
        "2a00:1450:4001::200e",
        "2001:4860:4860::8888",
        "2001:200::1",
        "2003::1",
    ],
)
def test_the_public_internet_is_public(address: str) -> None:
    """Addresses beside the special ranges are fetched."""
    assert is_public(address)
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "text", ["", "localhost", "127.1", "0x7f000001", "8.8.8.8 ", "8.8.8.8/32", "[::1]", "１.1.1.1"]
)
def test_text_that_is_no_address_is_not_public(text: str) -> None:
    """Only one spelling of an address is read here."""
    assert not is_public(text)


def test_the_range_is_named() -> None:
    """The name of a range is for a person to read."""
    assert special_range("169.254.169.254") == "link-local"
    assert special_range("8.8.8.8") is None


@given(st.integers(0, 2**32 - 1))
def test_no_disguise_of_ipv4_is_public(number: int) -> None:
    """An IPv6 address that carries an IPv4 address is never public."""
    for network in ("::ffff:0:0/96", "64:ff9b::/96", "::/96"):
        assert not is_public(IPv6Address(int(IPv6Network(network)[0]) | number))
    assert not is_public(IPv6Address((0x2002 << 112) | (number << 80)))


@given(st.integers(0, 2**32 - 1))
def test_nothing_python_calls_private_is_public(number: int) -> None:
    """The tables are at least as strict as those of the standard library."""
    address = IPv4Address(number)
    assert not (is_public(address) and (not address.is_global or address.is_multicast))
