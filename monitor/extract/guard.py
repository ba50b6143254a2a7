"""Tell the policy from a page that stands in its place.

What such pages have in common is that they are short and talk about themselves: a challenge, a
wall, an error, a stub, an empty shell. Every rule therefore has a number of words above which a
page is believed, higher where the page's own title or first heading says what it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.errors import ExtractError
from monitor.extract.consent import ACCEPT, REFUSE

if TYPE_CHECKING:
    from monitor.errors import ExtractReason
    from monitor.extract.evidence import PageEvidence
    from monitor.model import Document

NOTHING = 20
"""Fewer words than this are no policy, whatever they say; an imprint has about 60."""
SHORT = 130
"""Words up to which the wording of an error or a wall anywhere on the page decides."""
STUB = 50
"""The same for wording that policies use too: being redirected, needing a script."""
BESIDE = 30
"""Words from which a page is believed that asks for a password beside its text."""
ENTITLED = 900
"""Words up to which a title or heading that names an error decides."""
LONGEST_SIGN = 2_000
"""Characters of a line that are searched for what a page says of itself."""
LABEL = 100
"""Characters from which a line is no title."""
SHELL_SCRIPT = 2_000
"""Characters of script beside next to no text that make a page an application yet to start."""

_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,2}|[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Sign:
    """Wording by which a page tells what it is."""

    reason: ExtractReason
    message: str
    limit: int
    """Words from which the page is believed all the same."""
    wording: re.Pattern[str]


def _sign(reason: ExtractReason, message: str, limit: int, *phrases: str) -> _Sign:
    return _Sign(reason, message, limit, re.compile("|".join(phrases), re.IGNORECASE))


_SIGNS = (
    _sign(
        "blocked",
        "a bot challenge or block page",
        SHORT,
        r"checking (?:if the site connection is secure|your browser)|just a moment\W*$",
        r"verif(?:y|ying) (?:that )?you(?:'re| are) (?:a )?(?:not a robot|human)"
        r"|are you (?:a )?(?:robot|human)",
        r"(?:human|security|bot) (?:verification|check)\b|\bcaptcha\b|unusual (?:traffic|activity)",
        r"attention required|ddos protection|\bray id\b|incapsula|press (?:&|and) hold",
        r"pardon our interruption|request (?:unsuccessful|blocked)|you have been blocked",
        r"access (?:to this page )?(?:has been |is )?denied|request could not be satisfied",
        r"(?:enable|turn on) (?:js|javascript) and (?:cookies|disable)|\b403 forbidden|^forbidden$",
        r"not available in your (?:country|region|location)|\b451\b.{0,20}legal reasons",
        r"sicherheitsüberprüfung|überprüf\w* (?:ihren|deinen) browser|zugriff verweigert"
        r"|kein roboter",
        r"accès (?:refusé|interdit|bloqué)"
        r"|vérifi\w+ (?:que vous êtes|de sécurité|votre navigateur)",
        r"acceso (?:denegado|bloqueado)|verifi\w+ que (?:eres|usted es) humano|no soy un robot",
        r"accesso negato|verifica di sicurezza|acesso negado|não sou um robô|toegang geweigerd",
        r"доступ (?:запрещ[её]н|ограничен|заблокирован)|вы не робот|odmowa dostępu|přístup odepřen",
        r"访问(?:被拒绝|受限|验证)|安全验证|人机(?:身份)?验证"
        r"|アクセスが?拒否|ロボットではありません|접근이? (?:거부|차단)",
    ),
    _sign(
        "not_found",
        "an error page: not found",
        SHORT,
        r"^\W*(?:(?:error|http|fehler|erreur)\W{0,3})?404\W*$|(?:error|http|fehler|erreur) 404"
        r"|\b410 gone",
        r"\b404\W{1,3}(?:error|not|page|file|seite|fehler)"
        r"|page (?:could |can)?(?:not|n['’]t)(?: be)? found|not found\W*$",
        r"(?:page|content|document|article|link)\b.{0,40}(?:does(?:n['’]t| not) exist|no"
        r" longer (?:exists|available))",
        r"(?:page|content|document) (?:is(?:n['’]t| not)|was not) (?:available|here)"
        r"|(?:couldn|can)['’]?t find (?:the|that|this) page",
        r"(?:document|page|content|file)\b.{0,30}(?:could|can)(?: ?not|n['’]t) be found",
        r"(?:page|link) (?:may have been|has been|was) (?:moved|removed|deleted)|broken link",
        r"seite (?:\w+ ){0,3}(?:nicht (?:gefunden|verfügbar|vorhanden|existiert)|existiert nicht)",
        r"page (?:\w+ ){0,3}(?:introuvable|n['’](?:existe|est) (?:pas|plus)|non trouvée)"
        r"|n['’]existe (?:pas|plus)",
        r"página (?:\w+ ){0,3}(?:no (?:encontrada|existe|disponible)|não (?:encontrada"
        r"|existe))|no se (?:encontró|ha encontrado) la página",
        r"pagina (?:\w+ ){0,3}(?:non (?:trovata|esiste|disponibile)|niet (?:gevonden"
        r"|beschikbaar)|bestaat niet)",
        r"sidan (?:\w+ ){0,3}(?:hittades inte|finns inte)"
        r"|siden (?:\w+ ){0,3}(?:blev |ble )?ikke (?:fundet|funnet)|sivua ei löyt",
        r"strona (?:nie (?:istnieje|została znaleziona))"
        r"|stránka (?:nebyla nalezena|nenalezena|neexistuje)|sayfa bulunamadı",
        r"страниц\w+ не (?:найдена|существует)|сторінк\w+ не (?:знайдено|існує)"
        r"|η σελίδα δεν (?:βρέθηκε|υπάρχει)|az oldal nem található",
        r"(?:页面|頁面|网页|網頁)(?:不存在|未找到|找不到)|(?:找不到|没有找到).{0,6}(?:页面|頁面|网页)"
        r"|ページ(?:が|は)(?:見つかりません|存在しません)",
        r"페이지를 찾을 수 없|الصفحة غير موجودة|הדף לא נמצא"
        r"|không tìm thấy trang|halaman tidak ditemukan",
    ),
    _sign(
        "maintenance",
        "a maintenance or fault page",
        SHORT,
        r"(?:under|scheduled|down for|ongoing|site|planned) maintenance"
        r"|we['’]ll be (?:right )?back|be back (?:soon|shortly)",
        r"(?:service|site|page|server) (?:is )?(?:temporarily |currently )?(?:unavailable"
        r"|overloaded|down)\b",
        r"\b50[0234]\b.{0,12}(?:error|bad gateway|unavailable|time-?out)|internal server error"
        r"|bad gateway|gateway time-?out",
        r"something(?:['’]s| has| is)? (?:went|gone|going) wrong"
        r"|(?:unexpected|technical|application) error|an error (?:has )?occurred",
        r"(?:try|come) (?:reloading|again later|back later)|technical (?:difficulties|problem)",
        r"wartungs(?:arbeiten|modus)|technisch\w+ (?:fehler|problem\w*|störung)"
        r"|momentan nicht (?:verfügbar|erreichbar)|fehler (?:ist )?aufgetreten",
        r"(?:en|de) maintenance|une erreur (?:est survenue|s['’]est produite|inattendue)"
        r"|momentanément indisponible|erreur (?:technique|interne)",
        r"(?:en|em|in) (?:mantenimiento|manutenção|manutenzione)"
        r"|(?:se ha producido|ocorreu|si è verificato) un? \w*erro\w*",
        r"(?:ha ocurrido un|ocurrió un|algo salió|algo deu|qualcosa è andato) (?:error|mal"
        r"|errado|storto)|in onderhoud|er is (?:iets|een fout)",
        r"något gick fel|noget gik galt|noe gikk galt|jotain meni (?:vikaan|pieleen)"
        r"|przerwa techniczna|wystąpił błąd|došlo k chybě",
        r"(?:произошла|возникла) ошибка|технические работы|сталася помилка"
        r"|bakım(?:da| çalışması)|bir hata oluştu",
        r"(?:系统|网站|網站)维护|维护中|メンテナンス中|エラーが発生"
        r"|점검 중|오류가 발생|حدث خطأ|אירעה שגיאה",
    ),
    _sign(
        "redirect_stub",
        "a page that only leads elsewhere",
        STUB,
        r"(?:you (?:are|will be|should be) |page (?:is|has) )?(?:being )?redirect(?:ed|ing)\b"
        r"|click here if you are not",
        r"(?:page|document|site|website|content) (?:has |was )?(?:been )?(?:permanently"
        r" )?moved (?:to|here|permanently)|^moved permanently|^(?:302 )?found$",
        r"weiterleitung|(?:werden|wirst) (?:automatisch )?weitergeleitet"
        r"|redirection (?:en cours|automatique)|(?:être|êtes) redirigé",
        r"(?:será|serás|está siendo|sendo) redirig?\w+|redirecionad\w+|reindirizz\w+"
        r"|doorgestuurd|omdirigera\w+|przekierow\w+|перенаправл\w+",
        r"正在跳转|自动跳转|リダイレクト|리디렉션",
    ),
    _sign(
        "empty_shell",
        "an application that has not started",
        STUB,
        r"(?:enable|requires?|need(?:s|ed)?|turn on|activate|without"
        r"|support)\b.{0,30}\bjava\s?script"
        r"|javascript (?:is |must be )?(?:disabled|required|enabled|not)",
        r"java\s?script\b.{0,40}(?:aktivier|activ|habilit|attiv|inschakel|ativ|włącz|включ"
        r"|povol|aktiver)"
        r"|(?:aktivier|activ|habilit|attiv|ativ|włącz|включ)\w*.{0,30}java\s?script",
        r"^(?:loading|laden|chargement|cargando|caricamento|carregando|laddar|загрузка|加载中"
        r"|読み込み中|로딩)\W*$",
        r"(?:启用|開啟|开启|有効|활성화).{0,8}javascript|javascript.{0,8}(?:启用|開啟|开启|有効|활성화)",
        r"(?:browser|navigateur|navegador) (?:is |n['’]est )?(?:not|no|pas|non|nicht)"
        r" (?:longer )?(?:supported|compatible|soport\w+|unterstützt)"
        r"|taking a while to connect",
    ),
)
_SIGN_IN = re.compile(
    r"\b(?:sign|log)\s?-?(?:in|on)\b|\bpassword\b|anmelden|einloggen|passwort|kennwort"
    r"|se connecter|connexion"
    r"|mot de passe|iniciar sesión|contraseña|accedi\b|iniciar sessão|senha|inloggen"
    r"|wachtwoord|logga in|lösenord"
    r"|log ind|logg inn|zaloguj|hasło|přihlásit|войти|пароль|увійти|giriş yap|şifre|登录|登錄|密码"
    r"|ログイン|로그인",
    re.IGNORECASE,
)


def judge(document: Document, page: PageEvidence) -> ExtractError | None:
    """Return why a page is not the policy it should be, or nothing where it may well be."""
    size = len(_WORD.findall(document.text))
    for rule in (_is_entitled, _says_so, _leads_elsewhere, _asks_first, _says_nothing):
        error = rule(document, page, size)
        if error:
            return error
    return None


def _is_entitled(document: Document, page: PageEvidence, size: int) -> ExtractError | None:
    """Judge by what a page calls itself, whatever else it shows: menus, suggestions, cookies."""
    if size >= ENTITLED or _dated(document):
        return None
    headings = [*page.headings, *(section.heading for section in document.sections)]
    opening = [page.title, *headings[:1], *document.lines[:1]]
    for sign in _SIGNS[:2]:
        texts = headings + opening if sign.reason == "not_found" else opening
        if any(sign.wording.search(text) for text in texts if len(text) < LABEL):
            return ExtractError(sign.reason, sign.message)
    return None


def _leads_elsewhere(_: Document, page: PageEvidence, size: int) -> ExtractError | None:
    if page.meta_refresh and size < SHORT // 2:
        return ExtractError("redirect_stub", "a page that only leads elsewhere")
    return None


def _says_so(document: Document, page: PageEvidence, size: int) -> ExtractError | None:
    """Judge a short page by the wording of any of its lines."""
    if size >= SHORT or _dated(document):
        return None
    texts = [page.title, *page.headings, *document.lines]
    texts += [page.noscript] if size < NOTHING else []
    # A line may be megabytes long; what a page says of itself stands at its beginning.
    texts = [text[:LONGEST_SIGN] for text in texts]
    for sign in _SIGNS:
        if size < sign.limit and any(map(sign.wording.search, texts)):
            return ExtractError(sign.reason, sign.message)
    return None


def _asks_first(document: Document, page: PageEvidence, size: int) -> ExtractError | None:
    """Judge by what a page wants before it shows anything: a password, consent."""
    if size >= SHORT or _dated(document):
        return None
    text = f"{page.title}\n{document.text}"
    if page.password_count and (size < BESIDE or not page.fields_aside):
        return ExtractError("login", "a login page")
    asks = page.input_count and page.form_count and not page.fields_aside
    if asks and _SIGN_IN.search(text):
        return ExtractError("login", "a login page")
    if ACCEPT.search(text) and REFUSE.search(text):
        return ExtractError("consent", "a consent wall")
    return None


def _says_nothing(document: Document, page: PageEvidence, size: int) -> ExtractError | None:
    if size >= NOTHING:
        return None
    if page.script_chars >= SHELL_SCRIPT or page.script_count > 1 or page.frames:
        return ExtractError("empty_shell", "an application that has not started")
    return ExtractError("empty", "no text" if not document.text else f"only {size} words")


def _dated(document: Document) -> bool:
    """Whether the text states a date of its own, which no page in its place does."""
    return document.dates.last_updated is not None
