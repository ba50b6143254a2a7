"""The cheap gate: equal for what only looks different, different for every word."""

from __future__ import annotations

import pytest

from monitor.extract import gate_digest

PAGE = (
    '<html><head><title>P</title><script nonce="1">var a = 1</script></head><body class="x">'
    '<form><input type="hidden" name="csrf" value="1"></form><p>We keep <a href="/a">your data</a> '
    "for 12 months.</p></body></html>"
)


def digest(page: str) -> str:
    """Digest a page."""
    return gate_digest(page.encode(), "text/html", None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('nonce="1">var a = 1', 'nonce="2">var a = 2'),
        ('value="1"', 'value="2"'),
        ('href="/a"', 'href="/b?utm=1"'),
        ('class="x"', 'class="y" data-build="77"'),
        ("We keep", "We\n   keep"),
        ("for 12", "for&nbsp;12"),
        ("<p>", "<!-- 12:01 --><p>"),
        ("months", "mon&shy;ths"),
    ],
)
def test_markup_leaves_the_gate_equal(old: str, new: str) -> None:
    """What no reader sees does not open the gate."""
    assert old in PAGE
    assert digest(PAGE.replace(old, new)) == digest(PAGE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12 months", "13 months"),
        ("your data", "your  date"),
        ("months.", "months"),
        ("</p>", "</p><noscript>New</noscript>"),
        ("</p>", "</p><div hidden>New</div>"),
        ("</p>", '</p><a data-cfemail="422302206c21">[email protected]</a>'),
        ("</p>", "</p><x-y><template shadowrootmode=open>New</template></x-y>"),
    ],
)
def test_every_word_opens_the_gate(old: str, new: str) -> None:
    """Any word that may belong to the policy changes the digest."""
    assert digest(PAGE.replace(old, new)) != digest(PAGE)


def test_hidden_address_is_compared_decoded() -> None:
    """The key of a hidden address changes with each response; the address does not."""
    pages = [
        PAGE.replace("</p>", f'</p><a data-cfemail="{code}">[email protected]</a>')
        for code in ("422302206c21", "006140622e63", "422302206c22")
    ]
    assert digest(pages[0]) == digest(pages[1])
    assert digest(pages[0]) != digest(pages[2])


@pytest.mark.parametrize("body", [b"", b"\x89PNG\0\0", b"\0" * 9, bytes(range(256)) * 9])
def test_gate_never_fails(body: bytes) -> None:
    """Bytes that are no text have a digest too, their own."""
    assert gate_digest(body, "text/html", None) != gate_digest(body + b"x\0", "text/html", None)


def test_plain_text_is_digested_as_it_stands() -> None:
    """In plain text, what looks like markup is words."""
    plain = [gate_digest(body, "text/plain", None) for body in (b"a <b>", b"a <c>", b"a\n <b> ")]
    assert plain[0] != plain[1]
    assert plain[0] == plain[2]


def test_text_carried_for_scripts_is_compared() -> None:
    """Where a page shows nothing, what it holds for its application is its text."""
    shell = '<div id="app"></div><script type="application/json">{"html": "<p>WORDS</p>"}</script>'
    assert digest(shell) != digest(shell.replace("WORDS", "other words"))
    busy = f"{PAGE}{'<p>Words that are shown.</p>' * 200}{shell}"
    assert digest(busy) == digest(busy.replace("WORDS", "other words"))
