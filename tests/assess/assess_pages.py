"""Two versions of a policy of our own making, read and compared as the program does it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from monitor.assess import Interval, assess
from monitor.compare.verdict import compare
from monitor.extract.document import extract

if TYPE_CHECKING:
    from monitor.model import Assessment, Document, Finding

UNCHANGED, SEEN = date(2026, 3, 1), date(2026, 3, 2)
INTERVAL = Interval(UNCHANGED, SEEN)
FILLING = "".join(
    f"<h2>Service {number}</h2><p>The service of this number is offered under the rules above.</p>"
    for number in range(8)
)
PROSE = {
    "fr": "La présente politique décrit la manière dont nous travaillons et ce que vous en avez.",
    "de": "Diese Erklärung beschreibt, wie wir arbeiten und was Sie davon haben, wenn Sie wollen.",
    "es": "Esta política describe cómo trabajamos y lo que usted tiene de ello cuando lo desea.",
    "it": "La presente informativa descrive il modo in cui lavoriamo e gli scopi degli uffici.",
    "pt": "Esta política descreve como trabalhamos e o que você tem disso quando o deseja também.",
    "nl": "Deze verklaring beschrijft hoe wij werken en wat u daarvan heeft wanneer u dat wenst.",
    "ru": "Настоящая политика описывает, как мы работаем и что вы от этого имеете, когда захотите.",
    "zh": "本政策说明我们如何工作，以及当您愿意的时候您能够从中得到什么，请您仔细阅读。",
}
"""A sentence without a word that matters, in each language but English."""
DATED = "<p>Last updated: January 5, 2026</p>"


def page(
    *body: str, dated: str = DATED, lang: str = "en", title: str = "Privacy policy"
) -> Document:
    """Read a policy that says these paragraphs or elements."""
    inner = "".join(part if part.startswith("<") else f"<p>{part}</p>" for part in body)
    filling = f"<p>{PROSE[lang]}</p>" * 8 if lang in PROSE else FILLING
    html = (
        f'<!doctype html><html lang="{lang}"><head><title>{title}</title></head><body><main>'
        f"<h1>{title}</h1>{dated}<h2>Your data</h2>{inner}{filling}</main></body></html>"
    )
    return extract(html.encode(), url="https://example.org/privacy")


def assessed(
    old: Document, new: Document, interval: Interval = INTERVAL, **more: Any
) -> Assessment:
    """Assess the change from one to the other."""
    return assess(old, new, compare(old, new), interval, **more)


def edited(old: str, new: str, lang: str = "en") -> Assessment:
    """Assess the edit of one paragraph."""
    return assessed(page(old, lang=lang), page(new, lang=lang))


def rules(assessment: Assessment) -> set[str]:
    """Return the rules that fired."""
    return {finding.rule for finding in assessment.findings}


def of_rule(assessment: Assessment, rule: str) -> Finding:
    """Return the first finding of a rule."""
    return next(finding for finding in assessment.findings if finding.rule == rule)
