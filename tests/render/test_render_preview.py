"""The page that shows how a policy is read."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Candidate, Dates, Document, Dropped, PolicyDate, Section
from monitor.render.preview import lines, preview

UPDATED = PolicyDate("2024-05-03", "day", "updated", "3 May 2024", 0.9, 1)
LAW = PolicyDate("2016-04-27", "day", "bare", "27 April 2016", 0.1, 1)
TITLE = "Policy <script>alert(1)</script>"
TEXT = f"""# {TITLE}
Last updated: 3 May 2024, under the law of 27 April 2016.
- An item
  1. A step
| Cookie | A year |"""
DOCUMENT = Document(
    title=TITLE,
    language="en",
    sections=(Section((TITLE,), TITLE, "", 0, 1),),
    text=TEXT,
    dates=Dates(
        updated=UPDATED,
        candidates=(
            Candidate(UPDATED, chosen=True, why="labelled"),
            Candidate(LAW, chosen=False, why="belongs to a law"),
        ),
    ),
    parts=("Terms & Conditions",),
    dropped=(Dropped('Home <img src="https://x.example/p.png">', "navigation"),),
    notes=("frame: https://p.example/<b>",),
)


class Elements(HTMLParser):
    """Collects the elements of a page and the words of each mark."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.marks: list[tuple[str, str]] = []
        self._open: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._open = dict(attrs).get("class") if tag == "mark" else None

    def handle_data(self, data: str) -> None:
        if self._open:
            self.marks.append((self._open, data))
            self._open = None


def test_page_shows_text_dates_and_what_was_left_out() -> None:
    """Every line, the evidence where it stands, and each dropped part with its reason."""
    shown = preview(DOCUMENT, address="https://p.example/privacy")
    page = Elements()
    page.feed(shown)
    assert page.marks[2:] == [("chosen", "3 May 2024"), ("passed", "27 April 2016")]
    for words in ("An item", "1. A step", "Cookie | A year", "<b>navigation</b>", "Terms &amp;"):
        assert words in shown


def test_page_runs_and_loads_nothing() -> None:
    """Words of the page never become elements."""
    page = Elements()
    page.feed(preview(DOCUMENT, address="https://p.example/<script>"))
    assert not page.tags & {"script", "img", "link", "iframe"}


@given(st.text(alphabet="ab 3-|#.\n", max_size=40), st.lists(st.text("ab 3", max_size=4)))
def test_lines_keep_every_word(text: str, evidence: list[str]) -> None:
    """Cutting lines at dates, overlapping or not, loses and doubles nothing."""
    candidates = tuple(
        Candidate(PolicyDate("2024", "year", "bare", words, 0.5, at % 3), chosen=at > 1, why="")
        for at, words in enumerate(evidence)
        if words
    )
    document = Document("", None, (), text, Dates(candidates=candidates))
    for line, shown in zip(document.lines, lines(document), strict=True):
        words = "".join(piece.text for piece in shown.pieces)
        assert line.endswith(words) or line == f"| {words} |"
        assert set(line.removesuffix(words)) <= set(" -|")
