"""Writes `cldr.tsv`: what Babel's CLDR knows of dates, in the few words that reading them needs.

Run ``python -m monitor.extract.dates.cldr > monitor/extract/dates/cldr.tsv`` after an upgrade of
Babel. The table is committed because asking Babel for so many locales takes a third of a second.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCALES = [
    "af",
    "am",
    "ar",
    "ar_DZ",
    "ar_IQ",
    "ar_MA",
    "ar_SA",
    "ar_SY",
    "ar_TN",
    "az",
    "be",
    "bg",
    "bn",
    "bs",
    "ca",
    "cs",
    "cy",
    "da",
    "de",
    "de_AT",
    "el",
    "en",
    "en_AU",
    "en_CA",
    "en_GB",
    "es",
    "es_MX",
    "et",
    "eu",
    "fa",
    "fa_AF",
    "fi",
    "fil",
    "fr",
    "fr_CA",
    "ga",
    "gl",
    "gu",
    "he",
    "hi",
    "hr",
    "hu",
    "hy",
    "id",
    "is",
    "it",
    "ja",
    "ka",
    "kk",
    "km",
    "kn",
    "ko",
    "ky",
    "lb",
    "lo",
    "lt",
    "lv",
    "mk",
    "ml",
    "mn",
    "mr",
    "ms",
    "mt",
    "my",
    "nb",
    "ne",
    "nl",
    "nn",
    "pa",
    "pl",
    "pt",
    "pt_PT",
    "ro",
    "ru",
    "si",
    "sk",
    "sl",
    "sq",
    "sr",
    "sr_Latn",
    "sv",
    "sw",
    "ta",
    "te",
    "tg",
    "th",
    "tk",
    "tr",
    "uk",
    "ur",
    "uz",
    "vi",
    "zh",
    "zh_Hant",
]
"""Locales whose names are read; a regional one only where its names differ."""

_LITERAL = re.compile(r"'([^']+)'")


def table() -> str:
    """Render the table: rows of kind, word or territory, month, languages; sorted."""
    languages: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for code in LOCALES:
        for row in _rows(code):
            languages[row].add(code.split("_")[0])
    rows = ["\t".join((*row, " ".join(sorted(codes)))) for row, codes in languages.items()]
    rows += [f"month_first\t{territory}\t\t" for territory in _month_first()]
    return "\n".join(sorted(rows)) + "\n"


def _rows(code: str) -> Iterator[tuple[str, str, str]]:
    from babel import Locale, localedata

    # Babel keeps a resolved alias in the data its locales share: without this, the names of the
    # first locale asked would appear in the next ones.
    localedata._cache.clear()  # noqa: SLF001 -- no public way to forget
    locale = Locale.parse(code)
    for context in locale.months:
        for width, kind in (("wide", "month"), ("abbreviated", "abbreviation")):
            for month, name in locale.months[context].get(width, {}).items():
                yield kind, name.lower(), str(month)
            for name in locale.days[context].get(width, {}).values():
                yield "weekday", name.lower(), ""
    for length in ("long", "medium"):
        for literal in _LITERAL.findall(locale.date_formats[length].pattern):
            yield "literal", literal.lower(), ""


def _month_first() -> list[str]:
    """Territories whose own English or Spanish writes the month before the day in figures."""
    from babel import Locale
    from babel.localedata import locale_identifiers

    found = set()
    for code in locale_identifiers():
        locale = Locale.parse(code)
        spoken = locale.language in {"en", "es"} and locale.territory
        if spoken and re.match(r"M+[/.-]d", locale.date_formats["short"].pattern):
            found.add(spoken)
    return sorted(found)


if __name__ == "__main__":
    sys.stdout.write(table())
