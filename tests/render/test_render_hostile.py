from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from monitor.model import Finding
from monitor.render.html import page
from monitor.render.terminal import diff_sections, diff_unified, diff_words

if TYPE_CHECKING:
    from conftest import Bench

    from monitor.model import Message

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "closing": "</style></title></textarea>--><svg onload=alert(1)>",
    "entity": "&lt;script&gt; &#60;b&#62; &amp;",
    "header": "Title\r\nBcc: victim@example.org\r\n\r\nbody",
    "escape": "\x1b[31mred\x1b]0;title\x07\x1b[2J\x9b31m",
    "bidi": "\u202egnp.exe\u202c \u2066x\u2069",
    "markup": "[bold red]x[/bold red] [link=http://evil]y[/link] {{ 7*7 }} {% raw %}",
    "surrogate": "a\udc80b\ud83dc",
    "separators": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "tags": "a\U000e0041\U000e0042b",
    "huge": "H" * 1_000_000,
    "marks": "{+fake+} [-fake-]",
}
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "p", "table", "tr"),
    *("th", "td", "a", "ins", "del", "b", "code", "ul", "li"),
}


class _Seen(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.words.append(data)


def harmless(html: str) -> _Seen:
    """Check that a page has no element, attribute or link that is not ours."""
    seen = _Seen(html)
    assert seen.tags <= TAGS
    names = {name for name, _ in seen.attributes}
    assert not [name for name in names if name.startswith("on") or name in {"src", "background"}]
    links = [value for name, value in seen.attributes if name == "href"]
    assert all(link.startswith(("http://", "https://")) for link in links)
    assert "url(" not in html
    assert "@import" not in html
    assert not CONTROL.search(html)
    return seen


def _alert(bench: Bench, text: str) -> Message:
    """Put a text wherever a page, a publisher or a finding has a say."""
    one = text.replace("\n", " ")
    source = replace(bench.source, site=text, name=text, url="https://acme.example/" + text)
    return bench.alert(
        f"# {one}\nold {one}\n- {one}\nsame {one}\n## {one} 2\ngone",
        f"# {one}\nnew {one}\n- {one} 2\nsame {one}\n### {one} 3\n{one}",
        source=source,
        findings=(Finding("rule", text, (text,)),),
        dates=(bench.dated(text), bench.dated(text, text)),
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_stays_text(name: str, bench: Bench) -> None:
    """No text of a page becomes an element, a header, an escape sequence or a megabyte of title."""
    message = _alert(bench, HOSTILE[name])
    assert message.subject.isprintable()
    assert len(message.subject) < 250
    assert not CONTROL.search(message.text)
    harmless(message.html)
    assert len(message.html) < 120_000
    assert len(message.text) < 100_000
    for value in (message.labels or {}).values():
        assert value.isprintable()


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("color", [True, False])
def test_hostile_text_does_not_steer_the_terminal(name: str, color: bool, bench: Bench) -> None:  # noqa: FBT001 - a parameter of the test
    """Only the program's own styles reach a terminal, and square brackets are no markup."""
    text = HOSTILE[name].replace("\n", " ")
    comparison = bench.difference(f"# {text}\nold {text}", f"# {text}\nnew {text}")
    shown = [
        *diff_sections(comparison, color=color),
        diff_words(comparison, color=color),
        diff_unified(comparison.unified(), color=color),
    ]
    for block in shown:
        assert not CONTROL.search(block.plain.replace("\n", ""))
        out = Console(file=StringIO(), force_terminal=True, color_system="standard", width=80)
        out.print(block)
        written = out.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO above
        assert not re.search(r"\x1b(?!\[[0-9;]*m)", written)
    if name == "markup":
        assert "[bold red]x[/bold red]" in shown[0].plain


def test_hostile_url_is_no_link(bench: Bench) -> None:
    """Only http and https addresses can be followed; others are shown as text."""
    source = replace(bench.source, url="javascript:alert(1)")
    message = bench.alert("a", "b", source=source)
    seen = harmless(message.html)
    assert "javascript:alert(1)" in seen.words


def test_hostile_marks_are_opened(bench: Bench) -> None:
    """A page cannot pretend that words were added or removed."""
    message = bench.alert("a {+fake+} b", "a {+fake+} c")
    assert "{ +fake+ }" in message.text
    assert "{+c+}" in message.text


ANY = st.text(st.characters(exclude_categories=()), max_size=60)


@given(old=ANY, new=ANY)
def test_hostile_nothing_unescaped_ever(old: str, new: str, bench: Bench) -> None:
    """No renderer emits an element that is not its own, whatever the words are."""
    message = _alert(bench, old + new)
    harmless(message.html)
    assert not CONTROL.search(message.text + message.subject)
    assert "\n" not in message.subject
    harmless(page(bench.difference(old, new), title=old, subtitle=new))


@given(words=st.text(st.characters(categories=("L", "P", "S")), min_size=1, max_size=40))
def test_hostile_words_are_shown_as_they_are(words: str, bench: Bench) -> None:
    """Escaping hides nothing: a reader sees the very words of the page."""
    message = bench.alert("Old words here.", f"Quite {words} other.")
    assert words in "".join(_Seen(message.html).words)
