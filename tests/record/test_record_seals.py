"""Time stamps of an authority over what was recorded; the authority is OpenSSL's."""

from __future__ import annotations

import ssl
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from record_samples import ACME, at, change, first
from stamping_authority import OPENSSL, StampingAuthority, stamping

from monitor.errors import StampError
from monitor.fetch.authority import Authority
from monitor.fetch.guarded import guarded_transport
from monitor.stamping import certificates, doubt, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from monitor.model import Seal
    from monitor.record import Archive

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StampingAuthority]:
    """Run an authority."""
    with stamping(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture
def authority(running: StampingAuthority) -> StampingAuthority:
    """Have it answer as it should."""
    running.tamper, running.mishear, running.status, running.asked = None, None, 200, []
    return running


def _ask(
    archive: Archive, authority: StampingAuthority, *, allow_private: bool = True
) -> Seal | None:
    context = ssl.create_default_context()
    transport = guarded_transport(allow_private=allow_private, ssl_context=context)
    with closing(Authority(authority.url, transport=transport)) as asked:
        return stamp(archive, asked)


def test_a_chain_is_stamped_where_it_grew(archive: Archive, authority: StampingAuthority) -> None:
    """Nothing is asked for twice, and what holds is told apart from what does not."""
    assert _ask(archive, authority) is None
    first(archive)
    one = _ask(archive, authority)
    assert _ask(archive, authority) is None
    change(archive, "one", "two", at(1))
    two = _ask(archive, authority)
    assert archive.evidence.seals("acme") == (one, two)
    assert archive.evidence.seals("other") == ()
    assert not any(b"acme" in query for query in authority.asked)

    verified = archive.evidence.verify(ACME.id)
    assert (verified.breaks, verified.seals) == ((), (one, two))
    trusted = certificates(authority.root.read_bytes(), "root.pem")
    assert [doubt(seal, trusted) for seal in verified.seals] == ["", ""]


def test_a_rewritten_chain_is_found_out(archive: Archive, authority: StampingAuthority) -> None:
    """Whoever writes another chain cannot write the stamp anew."""
    first(archive)
    _ask(archive, authority)
    with archive._database.write() as connection:
        connection.run("UPDATE links SET digest = :other WHERE number = 2", other=bytes(32))
    assert any(
        "is over another link 2" in one.what for one in archive.evidence.verify(ACME.id).breaks
    )


def test_a_stamp_of_a_stranger_does_not_hold(
    archive: Archive, authority: StampingAuthority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Signatures count where they lead to a certificate that is trusted."""
    first(archive)
    seal = _ask(archive, authority)
    assert seal is not None
    with stamping(tmp_path_factory.mktemp("stranger")) as stranger:
        trusted = certificates(stranger.root.read_bytes(), "root.pem")
    assert doubt(seal, trusted)


def test_a_stamp_that_was_granted_with_modifications_counts(
    sqlite_archive: Archive, authority: StampingAuthority
) -> None:
    """Such an answer holds a stamp, too (RFC 3161, 2.4.2)."""
    first(sqlite_archive)
    granted, with_mods = bytes.fromhex("3003020100"), bytes.fromhex("3003020101")
    authority.tamper = lambda answer: answer.replace(granted, with_mods, 1)
    seal = _ask(sqlite_archive, authority)
    assert seal is not None
    assert with_mods in seal.token
    assert doubt(seal, certificates(authority.root.read_bytes(), "root.pem")) == ""


@pytest.mark.parametrize(
    ("tamper", "status", "says"),
    [
        (lambda _: b"<html>Sorry</html>", 200, "is no time stamp"),
        (lambda answer: answer[:-9], 200, "is no time stamp"),
        (lambda _: b"", 200, "is no time stamp"),
        (lambda _: bytes.fromhex("30053003020102"), 200, "refused"),
        (lambda _: bytes.fromhex("30053003020100"), 200, "granted a time stamp, and gave none"),
        (lambda answer: answer, 503, "answered 503"),
        (lambda _: b"0" * 300_000, 200, "more than any time stamp is long"),
    ],
    ids=["page", "cut", "nothing", "refusal", "hollow", "trouble", "endless"],
)
def test_what_is_no_stamp_is_not_kept(
    sqlite_archive: Archive,
    authority: StampingAuthority,
    tamper: Callable[[bytes], bytes],
    status: int,
    says: str,
) -> None:
    """The message says what came instead, and the next attempt stamps all there is."""
    first(sqlite_archive)
    authority.tamper, authority.status = tamper, status
    with pytest.raises(StampError, match=says):
        _ask(sqlite_archive, authority)
    authority.tamper, authority.status = None, 200
    assert _ask(sqlite_archive, authority) is not None


def test_an_old_answer_is_no_new_one(sqlite_archive: Archive, authority: StampingAuthority) -> None:
    """An answer to another question is refused, whoever sends it."""
    first(sqlite_archive)
    seal = _ask(sqlite_archive, authority)
    assert seal is not None
    change(sqlite_archive, "one", "two", at(1))
    authority.tamper = lambda _: seal.token
    with pytest.raises(StampError, match="something else than it was shown"):
        _ask(sqlite_archive, authority)


def _other_nonce(query: bytes) -> bytes:
    # A request ends with the nonce, and three bytes that ask for the certificate.
    return query[:-4] + bytes([query[-4] ^ 1]) + query[-3:]


def _other_digest(query: bytes) -> bytes:
    start = query.index(b"\x04\x20") + 2
    return query[:start] + bytes(32) + query[start + 32 :]


@pytest.mark.parametrize("mishear", [_other_nonce, _other_digest], ids=["nonce", "digest"])
def test_a_stamp_over_something_else_is_not_kept(
    sqlite_archive: Archive, authority: StampingAuthority, mishear: Callable[[bytes], bytes]
) -> None:
    """A stamp counts where both the digest and the nonce are those that were sent."""
    first(sqlite_archive)
    authority.mishear = mishear
    with pytest.raises(StampError, match="something else than it was shown"):
        _ask(sqlite_archive, authority)
    assert sqlite_archive.evidence.seals() == ()
    authority.mishear = None
    assert _ask(sqlite_archive, authority) is not None


def test_a_private_address_is_not_connected_to(
    sqlite_archive: Archive, authority: StampingAuthority
) -> None:
    """The guard of pages stands before authorities, too."""
    first(sqlite_archive)
    with pytest.raises(StampError, match=r"127\.0\.0\.1"):
        _ask(sqlite_archive, authority, allow_private=False)
    assert authority.asked == []
