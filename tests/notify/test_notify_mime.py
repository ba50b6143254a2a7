from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import EmailConfig, Message
from monitor.notify.answer import tidy
from monitor.notify.mime import header, left_part, mime

CONFIG = EmailConfig("mail", "localhost", "Monitor <m@example.org>", ("r@example.org",))
MESSAGE = Message(
    key="k",
    thread="t",
    created_at=datetime(2026, 1, 3, tzinfo=UTC),
    subject="subject",
    text="text",
    html="<p>html</p>",
    payload={},
    labels={"source": "s"},
)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)
EXPECTED = {
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id"),
    *("Auto-Submitted", "X-Monitor-Source", "MIME-Version", "Content-Type"),
}


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_mime_headers_cannot_be_injected(subject: str, label: str, key: str) -> None:
    """Whatever a page calls itself, the mail has exactly the headers meant."""
    message = replace(MESSAGE, subject=subject, labels={"source": label}, key=key, thread=key)
    mail = message_from_bytes(mime(message, CONFIG).as_bytes(), policy=default)
    assert set(mail.keys()) == EXPECTED
    assert len(mail.keys()) == len(EXPECTED)
    assert mail["To"] == "r@example.org"


READABLE = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=200)


@given(READABLE)
def test_mime_subject_survives_folding(subject: str) -> None:
    """What a reader sees is the subject composed, however long and in whatever script."""
    mail = mime(replace(MESSAGE, subject=subject), CONFIG)
    parsed = message_from_bytes(mail.as_bytes(), policy=default)
    assert parsed["Subject"] == header(subject)


@given(ANY_TEXT)
def test_mime_identifiers_are_stable_and_valid(key: str) -> None:
    """Any key makes one identifier, the same each time."""
    made = left_part(key)
    assert made == left_part(key)
    assert made.isascii()
    assert not set(made) & set(" <>@\r\n")
    assert 0 < len(made) <= 128


def test_mime_keys_differ_where_identifiers_must() -> None:
    """Two keys that cannot be written as they are do not become one."""
    assert left_part("a b") != left_part("a_b") != left_part("a  b")


@given(st.text(min_size=4, max_size=20).filter(lambda text: "*" not in text), ANY_TEXT)
def test_mime_answers_never_hold_a_secret(secret: str, around: str) -> None:
    """A secret is gone from what a server said, and what is left is one short line."""
    said = tidy(f"{around}{secret}{around}", [secret])
    assert "\n" not in said
    assert len(said) <= 300
    assert secret not in tidy(f"x {secret} y", [secret])


def test_mime_identifiers_name_a_host_in_ascii() -> None:
    """A sender's international domain is written as the mail system does."""
    config = replace(CONFIG, sender="Müller <post@müller.example>")
    mail = mime(MESSAGE, config)
    assert mail["Message-ID"] == "<k@xn--mller-kva.example>"
