"""Whatever a WARC file holds, an import reads captures or says what it cannot use, and soon."""

from __future__ import annotations

import gzip
import time
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warc_files import URL, message, record

from monitor.errors import UsageError
from monitor.exchange.index import Index
from monitor.exchange.skipped import UnusableError

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_S = 10.0
GOOD = record(message(b"<p>We keep what you tell us for thirty days.</p>"))
PIECES = st.sampled_from([
    b"\r\n", b"\n", b"\r\n\r\n", b"\x00", b": ", b"WARC/1.0\r\n", b"WARC/9.9\r\n", b"\x1f\x8b\x08",
    b"Content-Length: -1\r\n", b"Content-Length: 99999999999999999999\r\n", b"HTTP/1.1 200\r\n",
    b"WARC-Date: 0000-00-00T00:00:00Z\r\n", b"WARC-Date: 9999-12-31T23:59:60Z\r\n",
    b"WARC-Date: 2025-01-01T00:00:00+99:99\r\n", b"WARC-Type: revisit\r\n", b"WARC-Type: \xff\r\n",
    b"WARC-Target-URI: http://[::1\r\n", b"WARC-Target-URI: file:///etc/passwd\r\n",
    b"WARC-Payload-Digest: sha1:\r\n", b"WARC-Refers-To: <urn:uuid:0>\r\n", b" folded: x\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip, br, zstd\r\n", b"-5\r\n", b"0\r\n",
    b"Content-Type: application/http; msgtype=\r\n", b"WARC-Segment-Number: 2\r\n", b"A" * 70_000,
])  # fmt: skip


@st.composite
def records(draw: st.DrawFn) -> bytes:
    """Draw a record into which pieces were put, and from which others were cut."""
    made = GOOD
    for _ in range(draw(st.integers(0, 4))):
        at, cut = draw(st.integers(0, len(made))), draw(st.integers(0, 30))
        made = made[:at] + draw(PIECES | st.binary(max_size=12)) + made[at + cut :]
    return made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(records(), max_size=4), st.booleans(), st.integers(0, 40))
def test_no_file_brings_an_import_down(
    tmp_path: Path,
    made: list[bytes],
    packed: bool,  # noqa: FBT001 - drawn by hypothesis
    cut: int,
) -> None:
    """Each capture is read or named unusable; of good records none is lost beside broken ones."""
    path = tmp_path / f"in.warc{'.gz' * packed}"
    content = [gzip.compress(one, 1) if packed else one for one in (GOOD, *made)]
    path.write_bytes(b"".join(content)[: -cut or None] if made else content[0])
    start, said, read = time.monotonic(), [""], 0
    try:
        index = Index([path], [URL])
        for place in index.places(URL):
            try:
                read += b"thirty days" in index.capture(URL, place).body
            except UnusableError as error:
                said.append(str(error))
    except UsageError as error:
        said.append(str(error))
    # Unpacked, a record that ends where no other begins may be cut short, and is left out.
    assert read >= 1 or cut or not packed
    assert "".join(said).isprintable()
    assert time.monotonic() - start < LIMIT_S
