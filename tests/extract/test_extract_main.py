"""What is kept of a page and what is left out, by structural feature."""

from __future__ import annotations

import pytest

import monitor

SENTENCES = [
    f"Paragraph {number} says that we collect personal data about you and keep it for a while."
    for number in range(12)
]
PROSE = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
POLICY = f"<h1>Privacy Policy</h1><p>Last updated: 3 May 2024</p>{PROSE}"


def text_of(body: str) -> str:
    """Extract the text of a page with this body."""
    return monitor.extract(f"<!doctype html><html><body>{body}</body></html>".encode()).text


AROUND = {
    "nav": '<nav><a href="/a">Products</a><a href="/b">MARK</a></nav>',
    "role": '<div role="navigation"><a href="/b">MARK</a></div>',
    "footer": '<footer><p>MARK GmbH, all rights reserved</p><a href="/x">Jobs</a></footer>',
    "consent": '<div id="cookie-banner"><p>MARK. We use cookies to improve your experience on '
    "this site and to show you things.</p><button>Accept</button></div>",
    "modal": '<div class="modal"><p>MARK: sign up for our newsletter and get ten percent off your '
    "first order with us today.</p></div>",
    "dialog": '<div role="dialog"><p>MARK please choose your region first</p></div>',
    "links": '<div class="x"><ul><li><a href="/1">MARK one</a></li><li><a href="/2">MARK two</a>'
    '</li><li><a href="/3">MARK three</a></li></ul></div>',
    "form": '<div><form><label>MARK</label><input name="mail"><button>Go</button></form></div>',
    "language picker": "<div><select><option>MARK</option><option>Deutsch</option></select></div>",
    "script": '<script>var x = "MARK"</script><style>.MARK{}</style><template>MARK</template>',
    "noscript": "<noscript><p>MARK: please switch scripts on to see this page</p></noscript>",
    "feedback": '<div class="y">Was this MARK useful?<button>Yes</button><button>No</button></div>',
}


@pytest.mark.parametrize("part", AROUND.values(), ids=AROUND.keys())
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_boilerplate_goes_and_the_policy_stays(part: str, *, before: bool) -> None:
    """A part of the page that is not policy is left out wherever it stands."""
    main = f'<div class="content">{POLICY}</div>'
    text = text_of(part + main if before else main + part)
    assert "MARK" not in text
    assert all(sentence in text for sentence in SENTENCES)
    assert "Last updated: 3 May 2024" in text


LAYOUTS = {
    "siblings": "".join(f'<section class="s"><p>{s}</p></section>' for s in SENTENCES),
    "main": f"<main>{PROSE}</main>",
    "details": "".join(f"<details><summary>T</summary><p>{s}</p></details>" for s in SENTENCES),
    "closed accordion": "".join(
        f'<h3><button aria-expanded="false">Title</button></h3>'
        f'<div aria-hidden="true" style="display:none"><p>{s}</p></div>'
        for s in SENTENCES
    ),
    "tabs": "".join(f'<div role="tabpanel" hidden><p>{s}</p></div>' for s in SENTENCES),
    "definition list": "<dl>" + "".join(f"<dt>T</dt><dd>{s}</dd>" for s in SENTENCES) + "</dl>",
    "layout table": f'<table><tr><td><a href="/">Home</a></td><td>{PROSE}</td></tr></table>',
    "pre": "<pre>" + "\n\n".join(SENTENCES) + "</pre>",
    "line breaks": "<div>" + "<br><br>".join(SENTENCES) + "</div>",
    "spans": "".join(f'<span style="display:block">{s}</span><br>' for s in SENTENCES),
    "page form": f'<form id="aspnetForm"><input type="hidden" name="v">{PROSE}</form>',
    "noscript only": f"<div id=app></div><noscript>{PROSE}</noscript>",
    "shadow root": f"<x-page><template shadowrootmode=open>{PROSE}</template></x-page>",
    "article in aside": f"<aside>{PROSE}</aside>",
    "footer that is the page": f"<footer>{PROSE}</footer>",
    "textarea": "<form><textarea>" + "\n".join(SENTENCES) + "</textarea></form>",
    "custom elements": "".join(f"<x-text>{s}</x-text>" for s in SENTENCES),
    "names that mislead": f'<div class="modal-open has-sidebar text-footer">{PROSE}</div>',
    "ids made from headings": "".join(
        f'<div id="cookie-notice-{n}"><p>{s}</p></div>' for n, s in enumerate(SENTENCES)
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_no_sentence_of_the_policy_is_lost(layout: str) -> None:
    """Every sentence stays, whatever elements the policy stands in."""
    menu = '<nav><a href="/a">Products</a><a href="/b">Prices</a></nav>'
    text = text_of(f"{menu}<div><h1>Privacy Policy</h1>{layout}</div>")
    assert [sentence for sentence in SENTENCES if sentence not in text] == []


def test_table_of_contents_goes_where_it_repeats_the_headings() -> None:
    """A list of links to places on the page itself is left out."""
    contents = "".join(f'<li><a href="#s{n}">Chapter {n}</a></li>' for n in range(5))
    body = "".join(f'<h2 id="s{n}">Chapter {n}</h2><p>{SENTENCES[n]}</p>' for n in range(5))
    text = text_of(f"<main><h1>Policy</h1><ul>{contents}</ul>{body}</main>")
    assert "- Chapter" not in text
    assert "## Chapter 4" in text


def test_list_of_addresses_amid_the_policy_stays() -> None:
    """Links that a sentence announces, or that show their own address, are policy text."""
    links = "".join(f'<li><a href="/{n}">Partner {n}</a></li>' for n in range(5))
    text = text_of(f"<main>{POLICY}<p>We share data with these:</p><ul>{links}</ul>{PROSE}</main>")
    assert "- Partner 3" in text
    shown = '<ul><li><a href="https://a.example/x">https://a.example/x</a></li></ul>'
    assert "https://a.example/x" in text_of(f"<main>{POLICY}{shown}{PROSE}</main>")


def test_consent_dialog_may_outweigh_a_short_imprint() -> None:
    """A cookie dialog goes even where it holds more words than the page's own text."""
    imprint = f"<div><h1>Imprint</h1><p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p></div>"
    dialog = (
        '<div class="cookie-modal"><h2>Cookies</h2>'
        + "".join(f"<p>{s} Cookies.</p><input type=checkbox>" for s in SENTENCES[3:6])
        + "<button>Save</button></div>"
    )
    text = text_of(imprint + dialog)
    assert SENTENCES[0] in text
    assert "Cookies" not in text


def test_head_of_a_cookie_policy_is_no_consent_dialog() -> None:
    """Title and date above a cookie policy stay, whatever buttons stand beside them."""
    head = (
        '<div class="x"><h1>Cookie Policy</h1><span>Effective: 4 May 2024</span>'
        "<button>Versions</button><button>Print</button></div>"
    )
    document = monitor.extract(f"<body>{head}<div class=y>{PROSE}</div></body>".encode())
    assert document.lines[0] == "# Cookie Policy"
    assert document.dates.effective is not None


def test_text_part_named_like_a_dialog_is_kept_in_the_main_text() -> None:
    """Names such as dialog, overlay or cta alone never cost a sentence of the policy."""
    part = "".join(
        f'<div class="{name}"><p>{SENTENCES[0]} In {name}.</p></div>'
        for name in ("report-dialog", "hero__overlay", "section-cta")
    )
    text = text_of(f"<main>{POLICY}{part}{PROSE}</main>")
    assert all(f"In {name}." in text for name in ("report-dialog", "hero__overlay", "section-cta"))


def test_noscript_with_an_open_frame_swallows_nothing() -> None:
    """A frame left open inside noscript ends with it, as in a browser that runs scripts."""
    text = text_of(f'<noscript><iframe src="//t.example"></noscript>{POLICY}')
    assert SENTENCES[-1] in text


def test_dropped_parts_are_told_with_the_reason() -> None:
    """What is left out is listed with why, for a person to judge."""
    document = monitor.extract(f"<body><nav><a href=/>Home</a></nav>{POLICY}</body>".encode())
    assert [(part.text, part.why) for part in document.dropped] == [("Home", "navigation")]


def test_frames_are_noted() -> None:
    """A frame may hold the policy, so its address is named."""
    page = f'<body>{POLICY}<iframe src="https://p.example/policy"></iframe></body>'
    assert "frame: https://p.example/policy" in monitor.extract(page.encode()).notes


def test_same_page_gives_the_same_document() -> None:
    """Extraction rests on nothing but its arguments."""
    page = f"<body>{POLICY}</body>".encode()
    assert monitor.extract(page) == monitor.extract(page)
    assert monitor.extract(page).digest == monitor.extract(page).digest
