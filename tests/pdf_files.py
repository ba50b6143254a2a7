"""PDF files of our own making: one policy, set in several ways."""

# ruff: noqa: E501 - the text of a policy

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4, LETTER, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    ListFlowable,
    ListItem,
    PageTemplate,
    Paragraph,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

TITLE = "Privacy Policy of Example"
DATE = "Last updated: 4 May 2026"
SECTIONS = [
    (
        "1. What we collect",
        (
            "We collect the name, the postal address and the telephone number that you give us when you"
            " register, and a record of every page you visit while you are signed in. Third-party"
            " services that you connect to your account send us what you allow them to send."
        ),
        [
            "Contact details, such as an e-mail address or a telephone number.",
            (
                "Content that you upload, with the time and the place where it was made, and what others"
                " write about it in the rooms that are open to all."
            ),
            "Payment details.",
        ],
    ),
    (
        "2. Why we use it",
        (
            "We use personal data to provide the service, to keep it secure, and to understand how it"
            " is used, so that we can improve it. We do not sell it, and we never let advertisers see"
            " what you write in a private room."
        ),
        [],
    ),
    (
        "3. How long we keep it",
        (
            "Account records are kept for thirty days after an account has been closed. Backups are"
            " overwritten within ninety days of the day on which they were made, unless a court orders"
            " that they be kept for longer."
        ),
        [],
    ),
]
ROWS = [
    ["Company", "Purpose", "Country"],
    ["Northwind Traders", "Hosting of the servers and of the backups", "Ireland"],
    ["Contoso", "Sending of e-mail", "Finland"],
    ["Fabrikam", "Payments by card and by direct debit", "France"],
]


def policy(  # noqa: PLR0913 - each is one choice of whoever sets a text
    *,
    columns: int = 1,
    size: float = 10,
    page: tuple[float, float] = A4,
    head: str = "",
    justified: bool = False,
    ruled: bool = True,
    bold: bool = False,
    repeat: int = 2,
    edit: str = "",
) -> bytes:
    """Return the policy as a file, its sections repeated under further numbers."""
    styles = _styles(size, justified=justified, bold=bold)
    story: list[Any] = [Paragraph(TITLE, styles["title"]), Paragraph(DATE, styles["body"])]
    for turn in range(repeat):
        for number, (title, text, items) in enumerate(SECTIONS, 1):
            shown = f"{turn * len(SECTIONS) + number}. {title.partition(' ')[2]}"
            more = edit if (turn, number) == (0, 2) else ""
            story += [Paragraph(shown, styles["heading"]), Paragraph(text + more, styles["body"])]
            if items:
                entries = [ListItem(Paragraph(item, styles["item"])) for item in items]
                story.append(ListFlowable(entries, bulletType="bullet", start="•"))
    story += [Paragraph("Companies that help us", styles["heading"]), _table(size, ruled=ruled)]
    return _built(story, columns, page, head)


def _styles(size: float, *, justified: bool, bold: bool) -> dict[str, ParagraphStyle]:
    body = ParagraphStyle(
        "body", fontName="Times-Roman", fontSize=size, leading=1.25 * size, spaceAfter=0.8 * size,
        alignment=4 if justified else 0,
    )  # fmt: skip
    larger = 1.0 if bold else 1.3
    return {
        "body": body,
        "item": ParagraphStyle("item", parent=body, spaceAfter=0),
        "title": ParagraphStyle(
            "title", parent=body, fontName="Times-Bold", fontSize=2 * size, leading=2.4 * size,
            alignment=1,
        ),
        "heading": ParagraphStyle(
            "heading", parent=body, fontName="Times-Bold", fontSize=larger * size,
            leading=1.25 * larger * size, alignment=0, keepWithNext=1,
        ),
    }  # fmt: skip


def _table(size: float, *, ruled: bool) -> Table:
    cell = ParagraphStyle("cell", fontName="Times-Roman", fontSize=size, leading=1.2 * size)
    rows = [[Paragraph(text, cell) for text in row] for row in ROWS]
    lines = [("GRID", (0, 0), (-1, -1), 0.5, black)] if ruled else []
    return Table(rows, colWidths=[72, 95, 60], style=[*lines, ("VALIGN", (0, 0), (-1, -1), "TOP")])


def _built(story: Sequence[Any], columns: int, page: tuple[float, float], head: str) -> bytes:
    width, height = page
    inner = (width - 100 - 20 * (columns - 1)) / columns
    frames = [Frame(50 + n * (inner + 20), 60, inner, height - 130) for n in range(columns)]

    def around(canvas: Canvas, _: BaseDocTemplate) -> None:
        if head:
            canvas.setFont("Helvetica", 8)
            canvas.drawString(56, height - 40, head)
            canvas.drawRightString(width - 56, 35, f"Page {canvas.getPageNumber()} of many")

    written = BytesIO()
    template = BaseDocTemplate(written, pagesize=page)
    template.addPageTemplates(PageTemplate(frames=frames, onPage=around))
    template.build(list(story))
    return written.getvalue()


LAYOUTS = {
    "plain": {},
    "two columns": {"columns": 2},
    "justified columns": {"columns": 2, "justified": True, "size": 9},
    "letter with heads": {"page": LETTER, "head": "Example – legal", "size": 11},
    "landscape, three columns": {"page": landscape(A4), "columns": 3, "head": "Example"},
    "bold headings": {"bold": True},
    "table without lines": {"ruled": False},
}


def drawn(*pages: Sequence[tuple[float, float, str]], password: str = "", size: int = 10) -> bytes:
    """Return a file whose pages show texts at places, from the lower left corner."""
    written = BytesIO()
    locked = None
    if password:
        from reportlab.lib.pdfencrypt import StandardEncryption

        locked = StandardEncryption(password)
    canvas = Canvas(written, pagesize=A4, encrypt=locked)
    for page in pages:
        canvas.setFont("Helvetica", size)
        for x, y, text in page:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def laughing(depth: int = 9) -> bytes:
    """Return two kilobytes whose drawings contain each other ten times over, a billion in all."""
    body = [b"BT /F 12 Tf (ha) Tj ET", *([b"/X Do " * 10] * depth)]
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<"
        b"/Font<</F 5 0 R>>/XObject<</X %d 0 R>>>>>>" % (5 + len(body)),
        b"<</Length 5>>\nstream\n/X Do\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, drawing in enumerate(body):
        objects.append(
            b"<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</Font<</F 5 0 R>>/XObject<<"
            b"/X %d 0 R>>>>/Length %d>>\nstream\n%s\nendstream"
            % (max(6, 5 + number), len(drawing), drawing)
        )
    written = b"%PDF-1.7\n"
    places = []
    for number, entry in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, entry)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (len(places) + 1, table, len(places) + 1, len(written))
    )
