from __future__ import annotations

import base64
import gzip
import json
import socket
import ssl
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from monitor.errors import ConfigError, DeliveryError
from monitor.fetch.guarded import guarded_transport
from monitor.model import WebhookConfig
from monitor.notify import open_channel
from monitor.notify.webhook import LONGEST_RETRY, body, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_httpserver import HTTPServer
    from werkzeug import Request

    from monitor.model import Message
    from monitor.notify import Channel
    from monitor.notify.webhook import TransportFactory

    Open = Callable[..., Channel]

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four!").decode()
OTHER = "whsec_" + base64.b64encode(b"another of twenty-four!!").decode()
PATH = "/hook/T0KEN-in-the-path"


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def open_webhook(httpserver: HTTPServer) -> Iterator[Open]:
    """Open channels to the receiver of the test and close them at the end."""
    opened: list[Channel] = []

    def make(
        clock: Callable[[], datetime] = _now,
        transport: TransportFactory | None = None,
        **changes: object,
    ) -> Channel:
        given = {"name": "hook", "url": httpserver.url_for(PATH), "secret": SECRET}
        config = WebhookConfig(**(given | {"allow_private": True} | changes))  # type: ignore[arg-type]  # fields by name
        opened.append(open_channel(config, transport=transport, clock=clock))
        return opened[-1]

    yield make
    for channel in opened:
        channel.close()


def _take(httpserver: HTTPServer) -> Request:
    (taken,) = httpserver.log
    return taken[0]


def test_webhook_signature_is_verified_by_the_standards_own_library(
    httpserver: HTTPServer, open_webhook: Open, message: Message
) -> None:
    """What is received is what was composed, under the message's key and a valid signature."""
    httpserver.expect_request(PATH, method="POST").respond_with_data("thanks", status=202)
    assert open_webhook().send(message) == "202 ACCEPTED: thanks"
    request = _take(httpserver)
    assert Webhook(SECRET).verify(request.data, dict(request.headers)) == message.payload
    assert request.headers["webhook-id"] == message.key
    assert request.headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(request.data, dict(request.headers))


def test_webhook_repeats_carry_the_same_key_and_body_at_their_own_time(
    httpserver: HTTPServer, open_webhook: Open, message: Message
) -> None:
    """A second attempt differs in time and signature only."""
    httpserver.expect_request(PATH).respond_with_data("")
    times = iter([datetime(2026, 1, 3, tzinfo=UTC), datetime(2026, 1, 4, tzinfo=UTC)])
    channel = open_webhook(clock=lambda: next(times))
    channel.send(message)
    channel.send(message)
    first, second = (request for request, _ in httpserver.log)
    assert first.data == second.data
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] == "1767398400"
    assert second.headers["webhook-timestamp"] == "1767484800"
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_webhook_signs_with_every_secret(
    httpserver: HTTPServer, open_webhook: Open, message: Message
) -> None:
    """While a secret is being replaced, receivers with either one accept the message."""
    httpserver.expect_request(PATH).respond_with_data("")
    open_webhook(secret=(SECRET, OTHER)).send(message)
    request = _take(httpserver)
    for secret in (SECRET, OTHER):
        Webhook(secret).verify(request.data, dict(request.headers))


def test_webhook_without_secret_is_not_signed(
    httpserver: HTTPServer, open_webhook: Open, message: Message
) -> None:
    """No secret, no signature; the key and time are there all the same."""
    httpserver.expect_request(PATH).respond_with_data("")
    open_webhook(secret=None).send(message)
    request = _take(httpserver)
    assert "webhook-signature" not in request.headers
    assert request.headers["webhook-id"] == message.key


def test_webhook_configured_headers_are_sent_but_never_replace_ours(
    httpserver: HTTPServer, open_webhook: Open, message: Message
) -> None:
    """A configuration may add headers and cannot forge the identity of a message."""
    httpserver.expect_request(PATH).respond_with_data("")
    headers = (("Authorization", "Bearer abc"), ("Webhook-Id", "forged"))
    open_webhook(headers=headers).send(message)
    request = _take(httpserver)
    assert request.headers["Authorization"] == "Bearer abc"
    assert request.headers.getlist("webhook-id") == [message.key]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 422])
def test_webhook_most_refusals_are_final(
    httpserver: HTTPServer, open_webhook: Open, message: Message, status: int
) -> None:
    """An answer that says the request is wrong is not asked again."""
    httpserver.expect_request(PATH).respond_with_data("no", status=status)
    with pytest.raises(DeliveryError, match=f"^{status} .*no") as caught:
        open_webhook().send(message)
    assert caught.value.permanent


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_webhook_some_refusals_are_tried_again(
    httpserver: HTTPServer, open_webhook: Open, message: Message, status: int
) -> None:
    """An answer that says "later" is asked again, at the time it names."""
    headers = {"Retry-After": "120"}
    httpserver.expect_request(PATH).respond_with_data("later", status=status, headers=headers)
    with pytest.raises(DeliveryError, match=f"^{status} ") as caught:
        open_webhook().send(message)
    assert not caught.value.permanent
    assert caught.value.retry_after == timedelta(minutes=2)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_webhook_redirects_are_not_followed(
    httpserver: HTTPServer, open_webhook: Open, message: Message, status: int
) -> None:
    """A receiver cannot send a signed message on to somebody else."""
    elsewhere = httpserver.url_for("/elsewhere")
    headers = {"Location": elsewhere}
    httpserver.expect_request(PATH).respond_with_data("", status=status, headers=headers)
    httpserver.expect_request("/elsewhere").respond_with_data("")
    with pytest.raises(DeliveryError, match="redirects are not followed") as caught:
        open_webhook().send(message)
    assert caught.value.permanent
    assert len(httpserver.log) == 1


def test_webhook_silence_times_out(open_webhook: Open, message: Message) -> None:
    """A receiver that never answers is given up for now."""
    # One that answers too late would be seen by a test that follows.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/hook"
        with pytest.raises(DeliveryError, match=r"no answer within 0.2 s") as caught:
            open_webhook(url=address, timeout=timedelta(seconds=0.2)).send(message)
    assert not caught.value.permanent


def test_webhook_nobody_listening_is_tried_again(open_webhook: Open, message: Message) -> None:
    """A refused connection is not final."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(DeliveryError, match="refused") as caught:
        open_webhook(url=f"http://127.0.0.1:{port}/").send(message)
    assert not caught.value.permanent


def test_webhook_answer_in_the_log_is_short_and_without_secrets(
    httpserver: HTTPServer, open_webhook: Open, message: Message
) -> None:
    """A receiver that repeats our secrets does not get them into the attempt log."""
    url = httpserver.url_for(PATH)
    echo = f"{SECRET} {url} {PATH} Bearer s3cr3t-t0ken\r\n\x1b[31m" + "x" * 100_000
    httpserver.expect_request(PATH).respond_with_data(echo, status=500)
    channel = open_webhook(headers=(("Authorization", "Bearer s3cr3t-t0ken"),))
    with pytest.raises(DeliveryError) as caught:
        channel.send(message)
    said = str(caught.value)
    assert len(said) < 400
    assert not any(secret in said for secret in (SECRET, SECRET[6:], PATH, "s3cr3t"))
    assert said.isprintable()


@pytest.mark.parametrize("secret", ["whsec_", "whsec_!", "whsec_abcde"])
def test_webhook_secret_that_is_none_is_reported_at_once(open_webhook: Open, secret: str) -> None:
    """A wrong secret opens no channel, names the key and is not repeated."""
    with pytest.raises(ConfigError, match=r"channels\.hook\.secret") as caught:
        open_webhook(secret=secret)
    assert secret not in str(caught.value).replace("whsec_ followed by base64", "")


def test_webhook_url_that_is_none_is_reported_at_once(open_webhook: Open) -> None:
    """A wrong address opens no channel and names the key."""
    with pytest.raises(ConfigError, match=r"channels\.hook\.url"):
        open_webhook(url="http://example.org:port/")


def test_webhook_answer_that_breaks_off_still_counts(open_webhook: Open, message: Message) -> None:
    """The status line is the acceptance; the rest is only for the log."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                received = b""
                while message.key.encode() not in received or b"\r\n\r\n{" not in received:
                    received += connection.recv(65_536)
                connection.sendall(answer)

        served = pool.submit(serve)
        port = server.getsockname()[1]
        said = open_webhook(url=f"http://127.0.0.1:{port}/").send(message)
        served.result()
    assert said == "200 OK: only this (cut off)"


def test_webhook_needs_a_guard_unless_private_addresses_are_allowed() -> None:
    """Nobody forgets the check of addresses by leaving an argument out."""
    with pytest.raises(ValueError, match="guarded transport"):
        open_channel(WebhookConfig("hook", "https://example.org/"))


def test_webhook_uses_the_transport_it_is_given(message: Message) -> None:
    """The transport is asked for with the channel's own permission."""
    asked: list[bool] = []

    def transport(*, allow_private: bool) -> httpx.BaseTransport:
        asked.append(allow_private)
        return httpx.MockTransport(lambda _: httpx.Response(204, stream=httpx.ByteStream(b"")))

    channel = open_channel(WebhookConfig("hook", "https://example.org/"), transport=transport)
    assert channel.send(message) == "204 No Content"
    assert asked == [False]


def test_webhook_private_address_is_refused_where_not_allowed(
    httpserver: HTTPServer, open_webhook: Open, message: Message
) -> None:
    """With the real guard, a webhook cannot be pointed into the private network."""
    httpserver.expect_request(PATH).respond_with_data("")
    guard = partial(guarded_transport, ssl_context=ssl.create_default_context())
    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1|loopback|private") as caught:
        open_webhook(transport=guard, allow_private=False).send(message)
    assert not caught.value.permanent
    assert not httpserver.log
    allowed = open_webhook(transport=guard, allow_private=True)
    assert allowed.send(message).startswith("200")


def test_webhook_answer_that_is_a_bomb_does_not_go_off(
    httpserver: HTTPServer, open_webhook: Open, message: Message
) -> None:
    """A receiver that packs a packed answer gets no memory for it; its status still counts."""
    bomb = gzip.compress(gzip.compress(bytes(64_000_000), 1), 9)
    coded = {"Content-Encoding": "gzip, gzip"}
    httpserver.expect_request(PATH).respond_with_data(bomb, headers=coded)
    tracemalloc.start()
    try:
        assert open_webhook().send(message) == "200 OK: encoded as gzip, gzip"
        assert tracemalloc.get_traced_memory()[1] < 32_000_000
    finally:
        tracemalloc.stop()
    assert _take(httpserver).headers["accept-encoding"] == "identity"


def test_webhook_goes_through_no_proxy(
    httpserver: HTTPServer,
    open_webhook: Open,
    message: Message,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy of the environment would go to addresses that the guard refuses."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, httpserver.url_for("/"))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    guard = partial(guarded_transport, ssl_context=ssl.create_default_context())
    for transport, said in ((guard, "not a public address"), (None, "refused")):
        inside = "http://127.0.0.1:1/hook"
        channel = open_webhook(transport=transport, url=inside, allow_private=transport is None)
        with pytest.raises(DeliveryError, match=said):
            channel.send(message)
    assert not httpserver.log


def test_webhook_url_of_another_scheme_is_final(open_webhook: Open, message: Message) -> None:
    """Only http and https are spoken."""
    with pytest.raises(DeliveryError) as caught:
        open_webhook(url="file:///etc/passwd").send(message)
    assert caught.value.permanent


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=5), JSON))
def test_webhook_body_is_the_same_for_the_same_payload(payload: dict[str, object]) -> None:
    """Key order does not show, and nothing is lost."""
    backwards = dict(reversed(payload.items()))
    assert body(payload) == body(backwards)
    assert json.loads(body(payload)) == payload


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("", None),
        ("soon", None),
        ("-5", None),
        ("0", timedelta()),
        ("90", timedelta(seconds=90)),
        ("9" * 400, LONGEST_RETRY),
        ("Sat, 03 Jan 2026 10:01:00 GMT", timedelta(minutes=1)),
        ("Sat, 03 Jan 2026 09:00:00 GMT", timedelta()),
        ("Sun, 03 Jan 2066 09:00:00 GMT", LONGEST_RETRY),
    ],
)
def test_webhook_retry_after_is_read_in_both_forms(value: str, wait: timedelta | None) -> None:
    """Seconds and dates are understood, nonsense is ignored, and nobody silences us for ever."""
    assert retry_after(value, datetime(2026, 1, 3, 10, 0, tzinfo=UTC)) == wait


@given(st.text(max_size=40))
def test_webhook_retry_after_never_fails(value: str) -> None:
    """Whatever a receiver writes there, an answer is an answer."""
    wait = retry_after(value, datetime(2026, 1, 3, tzinfo=UTC))
    assert wait is None or timedelta() <= wait <= LONGEST_RETRY
