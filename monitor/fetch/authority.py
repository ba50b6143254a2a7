"""Asks a time-stamping authority over HTTP (RFC 3161, 3.4), on the guarded network of pages."""

from __future__ import annotations

from contextlib import closing
from time import monotonic

import httpx

from monitor.errors import StampError

TIMEOUT_S = 30.0
LARGEST = 256 * 1024
"""Bytes of an answer; one with a chain of certificates has some thousands."""


class Authority:
    """One authority; follows no redirects."""

    def __init__(self, url: str, *, transport: httpx.BaseTransport) -> None:
        self.url = url
        self._client = httpx.Client(transport=transport, trust_env=False, follow_redirects=False)

    def ask(self, query: bytes) -> bytes:
        """Return the answer to a ``TimeStampReq``, both DER; raises `StampError` for none."""
        wait = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT_S)
        extensions = {"ends_at": monotonic() + TIMEOUT_S, "timeout": wait}
        try:
            request = self._client.build_request(
                "POST",
                self.url,
                content=query,
                headers={
                    "Content-Type": "application/timestamp-query",
                    "Accept-Encoding": "identity",
                },
                extensions=extensions,
            )
            with closing(self._client.send(request, stream=True)) as response:
                if response.status_code != httpx.codes.OK:
                    raise self._failed(f"answered {response.status_code}")
                return self._body(response)
        except httpx.TimeoutException:
            raise self._failed(f"gave no answer within {TIMEOUT_S:g} s") from None
        except httpx.HTTPError as error:
            raise self._failed(f"cannot be asked: {error}") from None

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _body(self, response: httpx.Response) -> bytes:
        found = b""
        # As it came: what is compressed could unpack to more than there is memory.
        for piece in response.iter_raw():
            found += piece
            if len(found) > LARGEST:
                raise self._failed("answered more than any time stamp is long")
        return found

    def _failed(self, what: str) -> StampError:
        return StampError(f"{self.url} {what}; nothing was time-stamped")
