"""Find the dialog that asks about cookies by what can be answered in it, whatever it is named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.extract.names import holds_title
from monitor.extract.vocabulary import COOKIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.extract.tree import Node

ACCEPT = re.compile(
    r"\b(?:accept|allow|agree)(?: to)? (?:all|cookies)"
    r"|alle[ns]? (?:cookies )?(?:akzeptieren|zulassen)|(?:tout )?accepter"
    r"|aceptar (?:tod[oa]s|cookies)|accetta (?:tutt[oi]|i cookie)|aceitar (?:tod[oa]s|cookies)"
    r"|(?:alles )?accepteren"
    r"|acceptera (?:alla|cookies)|accepter alle|godta alle|hyväksy|zaakceptuj|přijmout"
    r"|принять (?:все|cookie)|全て同意|接受(?:所有|全部)|모두 동의",
    re.IGNORECASE,
)
REFUSE = re.compile(
    r"\b(?:reject|decline|deny|manage|customi[sz]e|necessary only|cookie settings|more"
    r" options|preferences)\b"
    r"|ablehnen|einstellungen|refuser|paramétrer|personnaliser|rechazar|configurar|rifiuta"
    r"|personalizza|rejeitar|weigeren|instellingen"
    r"|avvisa|neka|inställningar|afvis|avvis|hylkää|asetukset|odrzuć|odmítnout|отклонить"
    r"|настро|拒否|拒绝|거부",
    re.IGNORECASE,
)
YES = re.compile(
    r"\b(?:accept|allow|agree|ok(?:ay)?|got it|yes|i understand|enable)\b|akzeptier|zustimm|erlaub"
    r"|zulassen|verstanden|accepte|autoris|j['’]accepte|d['’]accord|compris|acepta|acept[oa]"
    r"|permitir|entendido|accett|consent|aceit|akkoord|toestaan|godk[äa]n|godta|till[åa]t|tillad"
    r"|hyväksy|salli|akcept|zgadzam|přij|souhlas|súhlas|prij|elfogad|sunt de acord|prihva|strinjam"
    r"|nõustu|piekr|sutinku|kabul|приня|соглас|прийн|згод|прием|αποδοχ|συμφων|قبول|موافق|אישור|הסכמ"
    r"|ยอมรับ|chấp nhận|đồng ý|terima|setuju|स्वीकार|同意|接受|許可|동의|허용",
    re.IGNORECASE,
)
NO = re.compile(
    r"\b(?:reject|refuse|decline|deny|manage|custom|necessary|essential|needed|settings|options"
    r"|preferences|choices|save|confirm|without|continue|learn more|no)\b|ablehn|verweiger|einstell"
    r"|auswahl|speicher|notwendig|refus|paramétr|personnalis|enregistr|sans accepter|préféren|choix"
    r"|rechaz|configur|guardar|necesari|rifiut|personalizz|preferenz|salva|rejeit|defini|preferênc"
    r"|weiger|instell|voorkeur|opslaan|avvis|neka|inställn|spara|nödvänd|afvis|indstil|gem |hylkä"
    r"|asetuks|tallenna|odrzu|ustawie|zapis|odmít|nastaven|odmiet|elutasít|beállít|refuz|setăr|odbi"
    r"|nastav|keeldu|noraid|atmest|reddet|ayarlar|отклон|настро|сохран|відхил|налаш|отказ|απόρρ"
    r"|ρυθμίσ|رفض|إعداد|דחי|הגדר|ปฏิเสธ|ตั้งค่า|từ chối|tùy chọn|tolak|pengaturan|拒|设置|設定|保存"
    r"|거부|설정|저장",
    re.IGNORECASE,
)
_BUTTONS = frozenset(("submit", "button"))
_SWITCHES = frozenset(("switch", "checkbox"))
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "ul", "ol", "table"))
_LABEL = 45
_MOST_CONTROLS = 300
_FEWEST_SWITCHES = 3
_A_PAIR = 2
_ROOMY = 400
"""Weight for each control from which a part explains rather than asks."""
_SAMPLE = 3_000
_REST = 150
"""Least weight of words outside a dialog for the page to be about something else."""
_SMALL = 60


@dataclass(slots=True)
class _Asked:
    """What can be answered in one element."""

    yes: int = 0
    no: int = 0
    switches: int = 0

    @property
    def is_choice(self) -> bool:
        if self.yes and (self.no or self.switches >= _A_PAIR):
            return True
        return self.switches >= _FEWEST_SWITCHES and bool(self.yes or self.no)

    @property
    def controls(self) -> int:
        return self.yes + self.no + self.switches


def cut_consent(root: Node) -> None:
    """Mark the parts of a measured tree as cut in which a reader decides about cookies.

    A part counts that can be answered and speaks of cookies, is short beside what it asks, and
    holds neither the title of the page nor all of its words.
    """
    asked: dict[int, _Asked] = {}
    lowest: list[Node] = []
    for control, kind in _controls(root):
        found = False
        for node in control.ancestors():
            about = asked.setdefault(id(node), _Asked())
            before = about.is_choice
            setattr(about, kind, getattr(about, kind) + 1)
            if about.is_choice and not before and not found:
                lowest.append(node)
            found = found or about.is_choice
    if not lowest:
        return
    titles = sum(node.tag == "h1" for node in root.walk())
    for node in lowest:
        if any(above.cut for above in node.ancestors()) or not _is_dialog(
            node, root, asked[id(node)], titles
        ):
            continue
        whole = node
        while (around := whole.parent) is not None and _belongs(whole, around):
            if not _is_dialog(around, root, asked[id(around)], titles):
                break
            whole = around
        if not _stands_in_text(whole):
            whole.cut = "consent"


def _controls(root: Node) -> Iterator[tuple[Node, str]]:
    """Yield what can be pressed or ticked, and what that answers."""
    left = _MOST_CONTROLS
    for node in root.walk(cut=True):
        kind = _answer(node)
        if kind and left:
            left -= 1
            yield node, kind


def _answer(node: Node) -> str:
    role, tag = node.get("role"), node.tag
    if tag == "input":
        if node.get("type").lower() == "checkbox":
            return "switches"
        label = node.get("value") if node.get("type").lower() in _BUTTONS else ""
    elif role in _SWITCHES:
        return "switches"
    elif tag == "button" or role == "button" or (tag == "a" and _leads_nowhere(node)):
        label = node.words(_LABEL + 1).strip()
    else:
        return ""
    if not label or len(label) > _LABEL:
        return ""
    return "yes" if YES.search(label) else "no" if NO.search(label) else ""


def _leads_nowhere(link: Node) -> bool:
    address = link.get("href")
    return address in {"", "#"} or address.startswith("javascript:")


def _is_dialog(node: Node, root: Node, asked: _Asked, titles: int) -> bool:
    if node.tag in {"html", "body", "main"} or holds_title(node, least=titles):
        return False
    if node.chars > _ROOMY * asked.controls:
        return False
    rest = root.chars - root.links - node.chars + node.links
    return rest > _REST and COOKIES.search(node.words(_SAMPLE)) is not None


def _stands_in_text(node: Node) -> bool:
    """Tell choices that a policy on cookies offers amid its paragraphs from a dialog over it."""
    around = node.parent
    if around is None or around.tag == "body":
        return False
    return any(child.tag in _PARAGRAPHS and child.chars for child in around.elements)


def _belongs(node: Node, around: Node) -> bool:
    """Tell whether all that stands beside a dialog is more of it."""
    return all(
        child is node
        or child.chars < _SMALL
        or (child.controls > 0 and COOKIES.search(child.words(_SAMPLE)) is not None)
        for child in around.elements
    )
