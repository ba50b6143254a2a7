"""An archive of policies of our own making, filled by a real import and real checks."""

# ruff: noqa: E501 - the text of pages

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from surroundings import Answer, Site, publishing
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.exchange.history import History
from monitor.exchange.index import Index
from monitor.fetch import Fetcher, Limits
from monitor.model import Assessment, Finding, Source
from monitor.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.record import Archive

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
START = NOW - timedelta(days=300)
FRAME = '<!doctype html><html lang="{lang}"{dir}><head><meta charset="utf-8"><title>{title}</title></head><body><nav><a href="/">Home</a></nav><main><h1>{title}</h1>{body}</main></body></html>'

SHARING = "<h2>3. Whom we share it with</h2><p>{sharing}</p><table><tr><th>Company</th><th>Purpose</th></tr><tr><td>Parcelpost</td><td>Delivery</td></tr><tr><td>Northwind</td><td>Hosting</td></tr>{row}</table>"
KEEPING = "<h2>{n}. How long we keep it</h2><p>We delete usage records after {period}. Account details are kept until you close your account, and for as long as the law asks for.</p>"
LANTERN = """<p>Last updated: {date}</p><p>This policy explains what Lanternfish Ltd learns about the people who use its lamps, and why it does so.</p>
<h2>1. What we collect</h2><p>We collect the e-mail address and the name you give when you register a lamp with us.</p><ul><li>Light levels and switching times.</li><li>The version of the software in the lamp.</li></ul>
{middle}
<h2>5. Your choices</h2><p>You can ask for a copy of what we keep about you, and for its correction or deletion, at any time.</p>
<h2>6. Contact</h2><p>Write to privacy@lanternfish.example with any question about this policy.</p>{end}"""
TRAINING = "<h2>7. Training of models</h2><p>We may use light levels and switching times to train the models behind Lanternfish Evenings. You can object in the settings of the app.</p>"


def _lantern(number: int) -> str:
    sharing = "We will not sell or rent personal data to anyone. We share it only with the companies below."
    told = {"sharing": sharing, "row": ""}
    period, date, end = "30 days", "March 3, 2025", ""
    if number >= 2:
        period, date = "24 months", "March 3, 2025"
    if number >= 3:
        told = {
            "sharing": "We may share personal data with partners who offer products we think you will like, and with the companies below.",
            "row": "<tr><td>Quillmetrics</td><td>Usage analysis</td></tr>",
        }
        date, end = "April 1, 2026", TRAINING
    keeping = KEEPING.format(n=4 if number < 4 else 2, period=period)
    shared = SHARING.format(**told)
    middle = shared + keeping if number < 4 else keeping + shared
    return FRAME.format(
        lang="en",
        dir="",
        title="Privacy policy",
        body=LANTERN.format(date=date, middle=middle, end=end),
    )


ARABIC = """<p>آخر تحديث: 5 يناير 2026</p><p>توضح هذه السياسة البيانات التي نجمعها عن مستخدمي خدماتنا والغرض من جمعها وكيفية استخدامها.</p>
<h2>1. البيانات التي نجمعها</h2><p>نجمع عنوان البريد الإلكتروني والاسم الذي تقدمه عند التسجيل في خدماتنا.</p>
<h2>2. مدة الاحتفاظ</h2><p>نحتفظ بسجلات الحساب لمدة {period} بعد إغلاق الحساب ثم نحذفها نهائيا من أنظمتنا.</p>
<h2>3. الاتصال</h2><p>يمكنك مراسلتنا على privacy@example.org لأي سؤال حول هذه السياسة.</p>"""
HOSTILE = """<p>Last updated: January 5, 2026</p><p>These terms say what you may do with the service, &lt;script&gt;alert(document.cookie)&lt;/script&gt; and what we may do.</p>
<h2>1. Use &lt;img src=x onerror=alert(1)&gt;</h2><p>You may use the service "as is"; javascript:alert(1) is text here, and so is \u202eevil\u202c. {edit}</p>
<h2>2. Ending</h2><p>Either side may end the contract with one month's notice, in writing or by e-mail.</p>
<h2>3. Breaking out &quot; onmouseover=&quot;alert(4)</h2><p>We keep &lt;/script&gt;&lt;script&gt;alert(5)&lt;/script&gt; and &lt;/title&gt;&lt;/style&gt;&lt;/textarea&gt;&lt;svg onload=alert(6)&gt; for a year. {edit}</p>
<p><a href="javascript:alert(7)">Read ' autofocus onfocus='alert(8) and {{{{ 7*7 }}}} here.</a></p>"""
LOCKED = "<p>Last updated: {date}</p><p>These terms are long.</p>" + "".join(
    f"<h2>{n}. Clause number {n}</h2><p>Clause {n} binds the customer of tier {n} to pay {n * 7} units within {n + 3} days of the invoice, unless the schedule for region {n} says otherwise.</p>"
    + "".join(
        f"<p>Paragraph {k} of clause {n} repeats in other words what the {k * n} previous agreements between the parties of class {k} already said about liability number {n * k}, so that nobody can say later that they had not been told.</p>"
        for k in range(1, 7)
    )
    for n in range(1, 81)
)


def _pages() -> dict[str, list[str]]:
    arabic = [
        FRAME.format(
            lang="ar", dir=' dir="rtl"', title="سياسة الخصوصية", body=ARABIC.format(period=period)
        )
        for period in ("ثلاثين يوما", "سنتين كاملتين")
    ]
    hostile = [
        FRAME.format(
            lang="en",
            dir="",
            title="Terms &lt;b&gt;of&lt;/b&gt; Use",
            body=HOSTILE.format(edit=edit),
        )
        for edit in (
            "",
            "You agree to &lt;svg onload=alert(2)&gt; arbitration and waive any class action.",
        )
    ]
    long = FRAME.format(lang="en", dir="", title="Master agreement", body=LOCKED)
    return {
        "lantern-privacy": [_lantern(number) for number in (1, 2, 3, 4)],
        "sahara-privacy": arabic,
        "hostile-terms": hostile,
        "long-terms": [
            long.format(date="January 5, 2025"),
            long.format(date="January 5, 2026").replace("tier 60 to pay", "tier 60 to prepay"),
            long.format(date="January 5, 2026")
            .replace("binds the customer", "obliges each reseller")
            .replace("previous agreements", "older contracts"),
        ],
    }


LABELS = {
    "lantern-privacy": ("Lanternfish", "privacy-policy", "Privacy policy", ("lamps", "eu")),
    "sahara-privacy": ("واحة", "privacy-policy", "سياسة الخصوصية", ("eu",)),
    "hostile-terms": (
        "<script>alert(3)</script>",
        "terms-of-service",
        "Terms & <b>conditions</b>",
        ("a\"b'c",),
    ),
    "long-terms": ("Longwind", "terms-of-service", "Master agreement", ()),
}


def sources() -> list[Source]:
    """Return the sources whose captures are imported."""
    return [
        Source(ident, site, kind, name, f"https://{ident}.example/policy", tags=tags)
        for ident, (site, kind, name, tags) in LABELS.items()
    ]


def fill(archive: Archive, folder: Path) -> None:
    """Import every page twice, a day apart, and check a publisher who fails and one who blocks."""
    file = folder / "pages.warc.gz"
    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for ident, bodies in _pages().items():
            for number, body in enumerate(bodies):
                for again in (0, 1):
                    at = START + timedelta(days=number * 90 + again)
                    _write(writer, f"https://{ident}.example/policy", body.encode(), at)
    with (
        publishing() as site,
        Fetcher(Limits(host_spacing=timedelta()), clock=lambda: NOW) as fetcher,
    ):
        known = sources()
        archive.adopt([*known, *_live(site)], NOW - timedelta(hours=1))
        dice = random.Random(1)  # noqa: S311 - jitter
        pipeline = Pipeline(fetcher, archive, lambda: NOW, dice, "test")
        for source in known:
            for _ in History(pipeline, source, Index([file], [source.url])).feed(None):
                pass
        for source in _live(site):
            pipeline.check(source)
    _assess(archive)
    later = [replace(source, enabled=source.id != "long-terms") for source in known]
    archive.adopt([*later, *_live(site)], NOW)


def _assess(archive: Archive) -> None:
    """Write what the first change of the lamps means as a judge would, words and all."""
    first = archive.history(["lantern-privacy"])[-1]
    findings = (
        Finding(
            "announcement.silent", "The words changed while the date did not.", ("March 3, 2025",)
        ),
        Finding(
            "period.longer",
            "A period went from 30 days to 24 months.",
            ("30 days", "24 months"),
            old="We delete usage records after 30 days.",
            new="We delete usage records after 24 months.",
            weight=0.6,
        ),
    )
    archive.assess(
        first.id,
        Assessment(
            "silent", findings, "Usage records are kept for 24 months instead of 30 days.", 0.6
        ),
    )


def _write(writer: WARCWriter, url: str, body: bytes, at: datetime) -> None:
    headers = StatusAndHeaders(
        "200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1"
    )
    dated = {"WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    writer.write_record(
        writer.create_warc_record(
            url,
            "response",
            payload=BytesIO(body),
            length=len(body),
            http_headers=headers,
            warc_headers_dict=dated,
        )
    )


def _live(site: Site) -> Iterator[Source]:
    site.answers["/blocked"] = Answer(
        b"<html><head><title>Just a moment...</title></head><body><p>Checking your browser before accessing. Enable JavaScript and cookies to continue.</p></body></html>",
        200,
    )
    for ident in ("failing", "blocked"):
        yield Source(
            ident,
            ident.title(),
            "privacy-policy",
            "Privacy policy",
            site.url(f"/{ident}"),
            allow_private=True,
            robots=False,
        )
