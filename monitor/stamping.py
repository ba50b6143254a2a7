"""Time stamps of an authority (RFC 3161): asked for, looked at, and checked later.

docs/evidence.md says what is stamped, and how anybody can check it with OpenSSL alone.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING

from monitor.errors import StampError, UsageError
from monitor.model import Seal
from monitor.model.evidence import sealed_text

try:
    import rfc3161_client as rfc3161
    from cryptography import x509
except ImportError as missing:
    raise UsageError(
        "time stamps need the extra `timestamp`: pip install 'policy-monitor[timestamp]'"
    ) from missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.fetch.authority import Authority
    from monitor.record import Archive

_CERTIFICATES = 0xA0
_WHOLLY, _WITH_MODS = bytes.fromhex("020100"), bytes.fromhex("020101")
"""The statuses granted and grantedWithMods."""
_LONG = 0x80
"""Where the length of an element is longer than one byte (X.690, 8.1.3)."""


def stamp(archive: Archive, authority: Authority) -> Seal | None:
    """Have the heads of all chains that grew time-stamped, and keep that; `None` where none did.

    Raises:
        StampError: the authority gave no stamp, or one over something else; nothing was kept.

    """
    heads = archive.evidence.unsealed()
    if not heads:
        return None
    asked = (
        rfc3161.TimestampRequestBuilder()
        .data(sealed_text(heads).encode("ascii"))
        .hash_algorithm(rfc3161.HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    token = authority.ask(asked.as_bytes())
    answer = _read(token, authority.url)
    told = answer.tst_info
    if told.message_imprint.message != asked.message_imprint.message or told.nonce != asked.nonce:
        raise StampError(f"{authority.url} stamped something else than it was shown")
    seal = Seal(told.gen_time, authority.url, heads, token)
    archive.evidence.seal(seal)
    return seal


def certificates(pem: bytes, name: str) -> tuple[x509.Certificate, ...]:
    """Read the certificates of authorities that are trusted; raises `UsageError`."""
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError:
        raise UsageError(f"{name}: holds no certificates in PEM form") from None


def doubt(seal: Seal, trusted: Sequence[x509.Certificate]) -> str:
    """Say why a time stamp does not hold; nothing where one of the trusted vouches for it."""
    try:
        answer = _read(seal.token, seal.authority)
        builder = rfc3161.VerifierBuilder()
        for certificate in trusted:
            if certificate.issuer == certificate.subject:
                builder = builder.add_root_certificate(certificate)
            else:
                builder = builder.add_intermediate_certificate(certificate)
        digest = hashlib.sha256(seal.text.encode("ascii")).digest()
        builder.build().verify(answer, digest)
    except (StampError, rfc3161.VerificationError, ValueError) as error:
        return str(error)
    return "" if answer.tst_info.gen_time == seal.sealed_at else "it tells another time"


def _read(token: bytes, url: str) -> rfc3161.TimeStampResponse:
    try:
        answer = rfc3161.decode_timestamp_response(_granted(_sorted(token)))
    except ValueError:
        raise StampError(f"{url} gave an answer that is no time stamp") from None
    if answer.status != rfc3161.PKIStatus.GRANTED:
        why = "; ".join(answer.status_string) or f"status {answer.status}"
        raise StampError(f"{url} refused: {why}")
    try:
        _ = answer.tst_info
    except ValueError:
        raise StampError(f"{url} granted a time stamp, and gave none") from None
    return answer


def _granted(token: bytes) -> bytes:
    """Take what was granted with modifications for granted (RFC 3161, 2.4.2): both hold a stamp.

    The library takes only the latter. No signature is over the status, and what was stamped is
    held against what was asked for.
    """
    try:
        status = _inside(token, _inside(token, 0)[0])[0]
    except ValueError:
        return token
    plain = token[status : status + len(_WITH_MODS)] != _WITH_MODS
    return token if plain else token[:status] + _WHOLLY + token[status + len(_WITH_MODS) :]


def _sorted(token: bytes) -> bytes:
    """Put the certificates of an answer in the order DER wants.

    OpenSSL, and so many an authority, writes them as they come; the library takes them only sorted
    (X.690, 11.6). No signature is over them. What cannot be followed is left for it to refuse.
    """
    try:
        start, end = _certificates(token)
        places = [start]
        while places[-1] < end:
            places.append(_inside(token, places[-1])[1])
    except ValueError:
        return token
    found = sorted(token[place:after] for place, after in pairwise(places))
    return token[:start] + b"".join(found) + token[end:]


def _certificates(token: bytes) -> tuple[int, int]:
    place = 0
    # TimeStampResp past its status, ContentInfo past its type, [0], SignedData past three fields.
    for skipped in (1, 1, 0, 3):
        place, end = _inside(token, place)
        for _ in range(skipped):
            place = _inside(token, place)[1]
    if place >= end or token[place] != _CERTIFICATES:
        raise ValueError("no certificates")
    return _inside(token, place)


def _inside(token: bytes, place: int) -> tuple[int, int]:
    """Return where the content of the element at a place begins and ends."""
    if place + 1 >= len(token):
        raise ValueError("cut short")
    size, start = token[place + 1], place + 2
    if size >= _LONG:
        count = size - _LONG
        size, start = int.from_bytes(token[start : start + count]), start + count
    if start + size > len(token):
        raise ValueError("cut short")
    return start, start + size
