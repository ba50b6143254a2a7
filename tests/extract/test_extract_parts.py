"""Several documents on one page, and the one an address means."""

from __future__ import annotations

import pytest

import monitor

SENTENCE = "We collect personal data about you and keep it only as long as it is needed for this."


def section(title: str, *, level: int = 2) -> str:
    """Write one document of a page."""
    body = "".join(f"<h{level + 1}>Part {n}</h{level + 1}><p>{SENTENCE * 4}</p>" for n in range(6))
    return f"<h{level}>{title}</h{level}>{body}<p>End of {title}.</p>"


SEVERAL = (
    "<body><h1>Legal</h1>"
    + section("Terms of Service")
    + section("Privacy Policy")
    + section("Cookie Policy")
    + "</body>"
).encode()
SINGLE = (
    f"<body><h1>Privacy Policy</h1><p>{SENTENCE * 20}</p>"
    + "".join(section(title) for title in ("What we collect", "Cookies", "Your rights"))
    + "</body>"
).encode()


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("https://a.example/privacy-policy", "Privacy Policy"),
        ("https://a.example/en/privacy_policy.html", "Privacy Policy"),
        ("https://a.example/legal#cookie-policy", "Cookie Policy"),
        ("https://a.example/legal#privacy", "Privacy Policy"),
        ("https://a.example/tos/", "Terms of Service"),
        ("https://a.example/legal#terms", "Terms of Service"),
        ("https://a.example/terms", None),
        ("https://a.example/legal", None),
        ("https://a.example/legal#top", None),
        ("https://a.example/policy", None),
        ("https://a.example/", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_part_is_named_by_the_address(url: str, part: str | None) -> None:
    """The fragment or last path segment chooses, and only where one document fits."""
    document = monitor.extract(SEVERAL, url=url)
    assert document.part == part
    assert document.parts == ("Terms of Service", "Privacy Policy", "Cookie Policy")
    others = {"Terms of Service", "Privacy Policy", "Cookie Policy"} - {part}
    if part:
        assert f"End of {part}." in document.text
        assert not any(f"End of {other}." in document.text for other in others)
    else:
        assert all(f"End of {other}." in document.text for other in others)


@pytest.mark.parametrize("url", ["https://a.example/privacy-policy", "https://a.example/x#cookies"])
def test_one_document_is_never_split(url: str) -> None:
    """The sections of a single policy are no documents of their own."""
    document = monitor.extract(SINGLE, url=url)
    assert document.parts == ()
    assert document.part is None
    assert "End of Your rights." in document.text


def test_title_above_its_own_sections_is_kept_whole() -> None:
    """A policy whose title has the rank of its sections is not cut to its opening."""
    body = f"<h2>Privacy Policy</h2><p>{SENTENCE * 20}</p>" + "".join(
        f"<h2>Chapter {n}</h2><p>{SENTENCE * 20}</p>" for n in range(5)
    )
    page = f"<body>{body}<h2>Cookie Policy</h2><p>{SENTENCE * 20}</p></body>".encode()
    document = monitor.extract(page, url="https://a.example/privacy-policy")
    assert "## Chapter 4" in document.text
