"""Kinds of policy: the usual names, and what an address gives away about site and kind."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Container

OTHER = "policy"
"""Kind of a source whose address says nothing."""

# Most telling first: the word that ends last in the address decides, ties go to the earlier row.
KINDS: dict[str, tuple[str, str]] = {
    "data-processing-agreement": (
        "Data Processing Agreement",
        r"data-?process(?:ing|or)(?:-\w+)?|processorterms|\bdpa\b|auftragsverarbeitung",
    ),
    "sub-processors": ("Sub-processors", r"sub-?process(?:ors?|ing)(?:-list)?|unterauftragnehmer"),
    "cookie-policy": ("Cookie Policy", r"(?:cookies?|trackers?)(?:-(?:policy|notice|statement))?"),
    "acceptable-use": (
        "Acceptable Use Policy",
        r"acceptable-use(?:-policy)?|\baup\b|online-conduct|prohibited-\w+|usage-polic(?:y|ies)",
    ),
    "developer-terms": (
        "Developer Terms",
        r"(?:developers?|api)-(?:terms|policy|polic(?:y|ies)|agreement)(?:-of-(?:use|service))?",
    ),
    "copyright-policy": ("Copyright Policy", r"copyright(?:-policy)?|dmca(?:-policy)?"),
    "brand-guidelines": ("Brand Guidelines", r"(?:trademarks?|brand)(?:-\w+)?"),
    "law-enforcement-guidelines": ("Law Enforcement Guidelines", r"law-enforcement(?:-\w+)*"),
    "vulnerability-disclosure": (
        "Vulnerability Disclosure Policy",
        r"vulnerability-disclosure|responsible-disclosure|bug-bounty|security/disclosure",
    ),
    "service-level-agreement": ("Service Level Agreement", r"service-level(?:-\w+)?|\bsla\b"),
    "refund-policy": ("Refund Policy", r"(?:refunds?|returns?)(?:-policy)?|widerruf\w*"),
    "childrens-privacy": (
        "Children’s Privacy Policy",
        r"(?:kids?|child(?:ren)?s?|teens?)-privacy(?:-\w+)?",
    ),
    "accessibility-statement": (
        "Accessibility Statement",
        r"accessibility(?:-statement)?|barrierefreiheit|accessibilite",
    ),
    "community-guidelines": (
        "Community Guidelines",
        r"community-(?:guidelines|rules|standards)|\b(?:guidelines|rules)\b|code-of-conduct",
    ),
    "commercial-terms": (
        "Commercial Terms",
        r"\bcgv\b|commercial-terms|terms-of-sale|conditions-\w+-de-vente",
    ),
    "editorial-policy": ("Editorial Policy", r"editorial(?:-\w+)?|\bethics\b"),
    "privacy-policy": (
        "Privacy Policy",
        (
            r"privacy-?(?:policy|notice|statement)?(?:-\w+)?|data-(?:protection|privacy|policy)"
            r"|datenschutz\w*|confidentialite|donnees-personnelles|privacidade?|protezione-dati"
            r"|privacy-?beleid|prywatnosc\w*|integritet\w*|personvern\w*|privatliv\w*|tietosuoja\w*"
            r"|soukromi\w*|confidential|конфиденциальност\w*|隐私\w*|プライバシー\w*|개인정보\w*"
            r"|adatvedelm\w*|gizlilik\w*|privasi|bao-mat|quyen-rieng-tu|απορρητ\w*|конфіденційн\w*"
            r"|поверителност\w*|隱私\w*|個人情報\w*|ความเป็นส่วนตัว|गोपनीयता|الخصوصية|פרטיות"
        ),
    ),
    "terms-of-service": (
        "Terms of Service",
        (
            r"terms(?:-(?:of|and)-\w+)?|\btos\b|\beula\b|(?:user|subscriber|services?)-?agreement"
            r"|conditions(?:-\w+)*|\bcg[ue]\b|\bagb\b|nutzungsbedingungen|voorwaarden|regulamin"
            r"|condiciones|condizioni|termini|termos|terminos|kayttoehdot|anvandarvillkor|vilkar"
            r"|obchodni-podminky|соглашени\w*|利用規約|服务条款|이용약관"
            r"|aszf|felhasznalasi-feltetelek|kullanim-(?:kosullari|sartlari)|termeni|ketentuan\w*"
            r"|dieu-khoan|οροι|умови|угод\w*|условия|服務條款|ข้อกำหนด|शर्तें|الشروط|תנאי"
        ),
    ),
    "imprint": ("Imprint", r"imprint|impressum|mentions-legales|legal-notice|aviso-legal"),
    OTHER: ("Policy", r"(?!)"),
}
_MOSTLY = 0.5
_SECOND_LEVEL = {"ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "ne", "net", "or", "org"}


class Guess(TypedDict):
    """What an address suggests for the labels of a source."""

    site: str
    kind: str
    name: str


def guess(url: str) -> Guess:
    """Return the labels that `url` suggests; never fails, whatever the text."""
    kind = _kind(_words(url))
    return Guess(site=_host(url) or "unknown", kind=kind, name=title(kind))


def title(kind: str) -> str:
    """Return the English name of `kind`, made from the slug where it is not a usual one."""
    return KINDS[kind][0] if kind in KINDS else kind.replace("-", " ").capitalize()


def kind_in(words: str) -> str:
    """Return the kind that a few words name with at least the half of their letters."""
    plain = _plain(words.lower()).strip("-")
    for kind, pattern in _patterns():
        named = sum(len(match[0]) for match in pattern.finditer(plain))
        if named and named >= _MOSTLY * len(plain):
            return kind
    return OTHER


def site_of(url: str) -> str:
    """Return the part of a host name that its owner registered, as far as that can be told."""
    host = _host(url)
    owner = _owner(host)
    return host[max(0, host.rfind(owner)) :]


def suggest_id(url: str, taken: Container[str]) -> str:
    """Return an id for a source at `url` that is not among `taken`: ``acme-privacy-policy``."""
    stem = slug(f"{_owner(_host(url))} {guess(url)['kind']}")[:90].strip("-") or "source"
    number = 1
    candidate = stem
    while candidate in taken:
        number += 1
        candidate = f"{stem}-{number}"
    return candidate


def slug(text: str) -> str:
    """Return `text` in lower-case ASCII letters and digits, joined by single hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern)) for kind, (_, pattern) in KINDS.items())


def _kind(words: str) -> str:
    best, furthest = OTHER, 0
    for kind, pattern in _patterns():
        end = max((match.end() for match in pattern.finditer(words)), default=0)
        if end > furthest:
            best, furthest = kind, end
    return best


def _words(url: str) -> str:
    address = re.sub(r"^[a-z]+://", "", url.lower()[:2000])
    host, _, rest = address.partition("/")
    labels = "-".join(host.split(".")[:-2])
    return _plain(unquote(f"{labels}/{rest}").lower())


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    unmarked = "".join(char for char in plain if not "\u0300" <= char <= "\u036f")
    return re.sub(r"[_.+ ]", "-", unicodedata.normalize("NFC", unmarked))


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _owner(host: str) -> str:
    labels = host.split(".")
    if re.fullmatch(r"[0-9.]+|.*:.*", host) or len(labels) == 1:
        return host
    labels = labels[:-1]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels = labels[:-1]
    return labels[-1]
