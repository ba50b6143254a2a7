"""Puts a message into the form of an e-mail (RFC 5322, MIME); sends nothing."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.model import EmailConfig, Message

# Seven-bit parts: nothing depends on what the relays on the way can carry.
_POLICY = SMTP.clone(cte_type="7bit")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
_LEFT_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_LEFT_LIMIT = 128
_LABEL = re.compile(r"[A-Za-z0-9-]+")


def mime(message: Message, config: EmailConfig) -> EmailMessage:
    """Build the e-mail: text and HTML alternatives, attachments, and headers that thread it."""
    mail = EmailMessage(policy=_POLICY)
    domain = _domain(config.sender)
    mail["From"] = address(config.sender)
    mail["To"] = [address(recipient) for recipient in config.to]
    mail["Subject"] = header(message.subject)
    mail["Date"] = message.created_at
    mail["Message-ID"] = f"<{left_part(message.key)}@{domain}>"
    thread = f"<{left_part(message.thread)}@{domain}>"
    mail["In-Reply-To"] = thread
    mail["References"] = thread
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Id"] = f"<{left_part(config.name)}.policy-monitor.{domain}>"
    for name, value in (message.labels or {}).items():
        if _LABEL.fullmatch(name):
            mail[f"X-Monitor-{name.title()}"] = header(value)
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    for file in message.attachments:
        kind, _, subtype = file.media_type.partition("/")
        mail.add_attachment(
            file.content,
            maintype=kind,
            subtype=subtype,
            filename=file.name,
            params={"charset": "utf-8"} if kind == "text" else None,
        )
    return mail


def header(value: str) -> str:
    """Make a value that stays in its own header: one line, nothing unprintable."""
    return " ".join(_UNSEEN.sub(" ", value).split())


def address(text: str) -> Address:
    """Read ``Name <local@domain>`` or a bare address.

    Raises `ValueError` where it is neither.
    """
    name, spec = parseaddr(header(text))
    local, _, domain = spec.rpartition("@")
    if not local or not domain or " " in spec:
        raise ValueError(f"{text!r} is not an e-mail address")
    return Address(display_name=name, username=local, domain=domain)


def left_part(text: str) -> str:
    """Return the text where it may stand left of ``@`` in an identifier, else its digest."""
    if len(text) <= _LEFT_LIMIT and _LEFT_PART.fullmatch(text):
        return text
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _domain(sender: str) -> str:
    domain = address(sender).domain
    if not domain.isascii():
        domain = domain.encode("idna").decode("ascii")
    return domain if _HOST.fullmatch(domain) else "monitor.invalid"
