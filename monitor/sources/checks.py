"""What makes a single value acceptable; each check returns it or refuses it with a hint."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitor.sources.refusal import refuse, suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_LINE = 200
LONGEST_URL = 4_000
LONGEST_HOST = 253
LAST_PORT = 65_535
MOST_PAGES = 20
SHORTEST_KEY = 24
"""Bytes of a signing key, as Standard Webhooks asks for."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_MAILBOX = r"[^\s<>@,;:()\"]+@[^\s<>@,;:()\"]+"
_ADDRESS = re.compile(rf"(?:[^<>\"(),;:]+ |\"[^\"\\]+\" )?<{_MAILBOX}>|{_MAILBOX}")
_HOST = re.compile(r"(?!-)[\w-]{1,63}(?<!-)(?:\.(?!-)[\w-]{1,63}(?<!-))*\.?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_CONNECTION_HEADERS = {
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "if-modified-since",
    "if-none-match",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
_SECRET_HEADER = re.compile(r"authorization|token|secret|api-?key|password", re.IGNORECASE)


def line(text: str) -> str:
    """Accept one line of printable text, not only blanks."""
    if not text.strip():
        raise refuse("is empty")
    if _CONTROL.search(text):
        raise refuse("holds a line break or control character")
    if len(text) > LONGEST_LINE:
        raise refuse(f"is longer than {LONGEST_LINE} characters")
    return text.strip()


def listening(text: str) -> str:
    """Accept an address and a port to listen on, or the word that switches listening off."""
    if text == "off":
        return text
    name, mark, port = text.rpartition(":")
    if not mark or not port.isascii() or not port.isdigit() or not 0 < int(port) <= LAST_PORT:
        raise refuse(f'"{text[:100]}" is no address and port', '"127.0.0.1:8383", or "off"')
    host(name)
    return text


def url(text: str, *, secret: bool = False) -> str:
    """Accept an absolute http or https address without credentials; a secret one is not quoted."""
    shown = "the address" if secret else f'"{text[:100]}"'
    if len(text) > LONGEST_URL or _CONTROL.search(text) or " " in text:
        raise refuse(f"{shown} holds blanks or control characters, or is too long")
    try:
        parts = urlsplit(text)
        hostname, _port = parts.hostname or "", parts.port
    except ValueError:
        raise refuse(f"{shown} is no address", "https://host/path") from None
    if parts.scheme not in {"http", "https"}:
        hint = f"https://{text}" if "." in text.partition("/")[0] and not parts.scheme else ""
        raise refuse(f"{shown} is not http or https", "" if secret else hint and f"write {hint}")
    if "@" in parts.netloc:
        raise refuse(
            "the address holds a user name or password",
            'send them as headers = { Authorization = "env:NAME" }',
        )
    host(f"[{hostname}]" if "[" in parts.netloc else hostname)
    return text


def web_address(text: str) -> str:
    """Accept the address that others are built on; it comes without a slash at its end."""
    url(text)
    if not text.isascii():
        raise refuse("holds letters beyond ASCII", "write the host as xn--… and the path as %…")
    if "?" in text or "#" in text:
        raise refuse("holds a query or a fragment", "end it with the path the web view stands at")
    return text.rstrip("/")


def host(text: str) -> str:
    """Accept a host name or an IP address."""
    if len(text) <= LONGEST_HOST and _HOST.fullmatch(text):
        return text
    if ":" in text and _is_ip(text.removeprefix("[").removesuffix("]")):
        return text
    raise refuse(f'"{text[:100]}" is no host name' if text else "has no host name")


def _is_ip(text: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def address(text: str) -> str:
    """Accept one e-mail address, with or without a display name."""
    if _CONTROL.search(text) or not _ADDRESS.fullmatch(text.strip()):
        raise refuse(
            f'"{text[:100]}" is no e-mail address', "name@example.org or Name <name@example.org>"
        )
    return text.strip()


def several(values: Sequence[Any]) -> Sequence[Any]:
    """Refuse a list of pages that needs no list, or would take hours."""
    if len(values) < 2:  # noqa: PLR2004 - one is what `url` is for
        raise refuse("names fewer than two pages", "write url = … for a policy of one page")
    if len(values) > MOST_PAGES:
        raise refuse(f"names more than {MOST_PAGES} pages", "make several sources of them")
    return values


def at_least_one(values: Sequence[Any]) -> Sequence[Any]:
    """Refuse an empty list."""
    if not values:
        raise refuse("is empty", "name at least one address")
    return values


def at_least_one_key(values: Sequence[Any]) -> Sequence[Any]:
    """Refuse an empty list of signing keys: unsigned is said by leaving it out."""
    if not values:
        raise refuse("is empty", "name at least one key, or leave `secret` out")
    return values


@lru_cache(maxsize=256)
def timezone(name: str) -> str:
    """Accept an IANA time zone."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = suggestion(name, available_timezones()) or 'such as "Europe/Paris" or "UTC"'
        raise refuse(f'"{name[:100]}" is no time zone', hint) from None
    return name


def language(tag: str) -> str:
    """Accept the form of a BCP 47 tag."""
    if not _LANGUAGE.fullmatch(tag):
        raise refuse(f'"{tag[:100]}" is no language tag', 'such as "en", "pt-BR" or "zh-Hant"')
    return tag


def header_name(name: str) -> str:
    """Accept a field name of RFC 9110 that is not the connection's own business."""
    if not _TOKEN.fullmatch(name):
        raise refuse("is no header name", "letters, digits and hyphens")
    if name.lower() in _CONNECTION_HEADERS:
        raise refuse("is set by the monitor itself")
    return name


def header_value(value: str) -> str:
    """Accept printable ASCII; the value is never quoted, as it may be a secret."""
    if not value.isascii() or not value.replace("\t", " ").isprintable():
        raise refuse("the value holds a line break or a character outside ASCII")
    return value.strip()


def is_secret_header(name: str) -> bool:
    """Whether the value of the header `name` must be a reference."""
    return bool(_SECRET_HEADER.search(name))


def signing_key(secret: str) -> str:
    """Accept a key of Standard Webhooks: ``whsec_`` and base64 of 24 bytes or more."""
    hint = "whsec_ and the output of: openssl rand -base64 32"
    if not secret.startswith("whsec_"):
        raise refuse('the signing key does not start with "whsec_"', hint)
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise refuse("the signing key is not base64", hint) from None
    if len(key) < SHORTEST_KEY:
        raise refuse(f"the signing key is shorter than {SHORTEST_KEY} bytes", hint)
    return secret
