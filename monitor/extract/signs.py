"""Wording by which pages tell what they are instead of a policy, in many languages.

None of it names a publisher, nor who makes the software that shows such pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.errors import ExtractReason

SHORT = 130
"""Words up to which the wording of an error or a wall anywhere on the page decides."""
STUB = 50
"""The same for wording that policies use too: being redirected, needing a script."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Wording by which a page tells what it is."""

    reason: ExtractReason
    limit: int
    """Words from which the page is believed all the same."""
    wording: re.Pattern[str]


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


def _sign(reason: ExtractReason, limit: int, *phrases: str) -> Sign:
    return Sign(reason, limit, _any(*phrases))


BLOCKED = _sign(
    "blocked",
    SHORT,
    r"checking (?:if the site connection is secure|your browser)|just a moment\W*$",
    r"verif(?:y|ying) (?:that )?you(?:'re| are) (?:a )?(?:not a robot|human)"
    r"|are you (?:a )?(?:robot|human)|(?:robot|bot) or human",
    r"(?:human|security|bot|browser) (?:verification|check(?:point)?)\b|verification required"
    r"|\bcaptcha\b|unusual (?:traffic|activity)",
    r"attention required|ddos protection|\b(?:incident|support|block) id\b|(?:press|click|activate)"
    r" (?:&|and) hold",
    r"interruption|request (?:unsuccessful|blocked|(?:was )?(?:rejected|denied))"
    r"|(?:you have|you['’]ve|has) been (?:temporarily )?(?:blocked|suspended)",
    r"access (?:to this (?:page|site|service) )?(?:(?:has been|is|was) )?(?:denied|limited"
    r"|restricted|blocked|cannot be granted)|request could not be satisfied|too many requests",
    r"(?:enable|turn on) (?:js|javascript) and (?:cookies|disable)|please enable cookies"
    r"|\b403\W{0,3}(?:forbidden|error)|^\W*(?:error )?(?:401|403|405|406|429|451)\W*$|^forbidden$",
    r"not available in your (?:country|region|location)|\b451\b.{0,20}legal reasons"
    r"|unavailable (?:due to|for) legal reasons|unavailable to visitors from",
    r"you (?:don['’]t|do not) have (?:permission|access)|requested url was rejected",
    r"sicherheitsüberprüfung|überprüf\w* (?:ihren|deinen) browser|zugriff (?:wurde )?(?:verweigert"
    r"|gesperrt|eingeschränkt)|kein roboter|ungewöhnliche(?:r|n)? (?:datenverkehr|aktivität)",
    r"accès (?:\S+ ){0,4}(?:refusé|interdit|bloqué|restreint|limité)|vous avez été bloqué"
    r"|vérifi\w+ (?:que vous|de sécurité|votre navigateur)|êtes-vous un (?:robot|humain)"
    r"|(?:activité|comportement|trafic) inhabituel|pas un robot",
    r"acceso (?:\S+ )?(?:denegado|bloqueado|restringido)|verifi\w+ (?:que (?:eres|usted es|es)"
    r" (?:un )?humano|de seguridad)|no (?:soy|es|eres) un (?:robot|bot)",
    r"accesso (?:negato|bloccato|limitato)|verifica di sicurezza|non sei un (?:robot|bot)",
    r"acesso (?:negado|bloqueado|restrito)|não (?:sou|é) um (?:robô|bot)"
    r"|verificação de segurança",
    r"toegang (?:geweigerd|geblokkeerd|beperkt)|beveiligings(?:verificatie|controle)|geen robot",
    r"åtkomst (?:nekad|nekas)|adgang nægtet|ingen tilgang|pääsy (?:estetty|evätty)"
    r"|säkerhets(?:verifiering|kontroll)|inte en (?:bot|robot)",
    r"odmowa dostępu|dostęp (?:zablokowany|ograniczony)|nie jesteś (?:robotem|botem)"
    r"|weryfikacja (?:zabezpieczeń|bezpieczeństwa)|přístup (?:odepřen|zamítnut)",
    r"доступ (?:\S+ ){0,3}(?:запрещ[её]н|ограничен|заблокирован)|(?:вы|я) не (?:робот|бот)"
    r"|проверк\w+ безопасности|запрос\w* \S{0,20} ?заблокирован",
    r"erişim (?:engellendi|reddedildi)|güvenlik doğrulaması|robot (?:değilim|olmadığınız)",
    r"访问(?:被拒绝|受限|验证|被阻断)|(?:请求|访问)\S{0,4}(?:被阻断|被拦截|拦截)|安全验证"
    r"|人机(?:身份)?验证|操作过于频繁",
    r"アクセスが?(?:拒否|制限)|ロボットではありません|セキュリティ(?:検証|チェック)",
    r"접근이? (?:거부|차단|제한)|보안 확인|로봇이 아닙니다|تم رفض الوصول|הגישה נדחתה",
)
NOT_FOUND = _sign(
    "not_found",
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
    r"(?:page|article|contenu|lien)\b.{0,40}(?:introuvable|déplacée?|supprimée?|n['’]est plus"
    r" disponible)",
    r"seite\b.{0,40}(?:nicht (?:gefunden|mehr verfügbar|existier)|verschoben)",
    r"página\b.{0,40}(?:no (?:existe|encontrad)|não (?:existe|foi encontrada)|(?:movido|eliminado"
    r"|movida|removida))|no hemos podido encontrar",
    r"pagina\b.{0,40}(?:non (?:è stata trovata|esiste)|kan niet worden gevonden|verplaatst"
    r"|spostata)|sidan\b.{0,40}(?:finns inte|flyttats|tagits bort)",
    r"strona\b.{0,40}(?:nie istnieje|przeniesiona)|nie (?:znaleziono|znaleźliśmy) (?:tej )?strony"
    r"|страниц\w+.{0,40}(?:не существует|удалена)|sayfa\b.{0,30}(?:bulunamadı|taşınmış)",
    r"(?:页面|頁面|网页).{0,10}(?:不存在|删除)|ページ.{0,10}(?:移動または削除|存在しません)"
    r"|페이지(?:가|를).{0,12}(?:존재하지 않|찾을 수 없)",
)
FAULT = _sign(
    "maintenance",
    SHORT,
    r"(?:under|scheduled|down for|ongoing|site|planned) maintenance"
    r"|we['’]ll be (?:right )?back|be back (?:soon|shortly)",
    r"(?:service|site|page|server) (?:(?:is|temporarily|currently) )+(?:unavailable"
    r"|overloaded|down)\b|service unavailable",
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
    r"\b(?:50\d|52\d)\W{0,3}(?::|error|backend|web server|origin|connection)|error (?:code )?5\d\d"
    r"|connection timed out|backend fetch failed|requested url could not be retrieved"
    r"|application error|page (?:could|can) ?not be (?:served|displayed)",
    r"gewartet|wartung\W*$|gleich (?:sind wir )?wieder (?:da|für)|(?:opération|travaux) de"
    r" maintenance|nous revenons|tareas de mantenimiento|volvemos (?:enseguida|pronto)",
    r"torniamo (?:presto|subito)|voltamos (?:já|em breve)|we zijn zo terug|snart tillbaka"
    r"|underhåll\W*$|för underhåll|vedligeholdelse|vedlikehold|huoltokatko|zaraz wracamy"
    r"|prace (?:konserwacyjne|techniczne)|údržb|karbantart",
    r"скоро верн[её]мся|техническ\w+ (?:работ\w+|обслуживани\w+)|kısa süre sonra dön"
    r"|升级维护|稍后再试|しばらくしてから|잠시 후 다시",
)
LEADS = _sign(
    "redirect_stub",
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
)
UNSTARTED = _sign(
    "empty_shell",
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
    r"browser is (?:out of date|outdated|too old)|(?:update|upgrade) (?:your|to a modern) browser"
    r"|navigateur (?:est |n['’]est )?(?:obsolète|plus à jour)|browser ist veraltet"
    r"|(?:disable|désactiver) (?:any|tout) (?:ad ?blocker|bloqueur)",
)
SIGNS = (BLOCKED, NOT_FOUND, FAULT, LEADS, UNSTARTED)

ROBOT = _any(
    r"\b(?:ro)?bots?\b|\bcaptcha|\bhumans?\b|\bhumain|\b(?:ein|kein) mensch\b|\bhumano|\bumano"
    r"|\bmens bent|människa|человек|ботом?\b|робот|人間|人类|人類|사람|ボット|ロボット|机器人"
    r"|自动程序|봇\b|로봇|\bbotem\b|\bbotów|\brobô|\brobottia?\b",
)
"""Whom a challenge takes its reader for, or asks to be."""
PROVING = _any(
    r"verif|verify|vérif|überprüf|sicherheit|security|sécurité|segur|sicurezza|beveilig|säkerhet"
    r"|sikkerhed|weryfik|bezpiecze|zabezpiecz|провер|безопас|güvenlik|doğrula|javascript|\bcookies?\b"
    r"|browser|navigat?eur|navegador|traffic|trafic|network|réseau|\bblock|bloqu|blocc|blokk"
    r"|requests?\b|requête|セキュリティ|検証|確認|验证|安全|확인|보안|slide|cocher|tick the box",
)
"""What it is about then."""
SIGN_IN = _any(
    r"\b(?:sign|log)\s?-?(?:in|on)\b|\bpassword\b|anmelden|einloggen|passwort|kennwort"
    r"|se connecter|connexion"
    r"|mot de passe|iniciar sesión|contraseña|accedi\b|iniciar sessão|senha|inloggen"
    r"|wachtwoord|logga in|lösenord"
    r"|log ind|logg inn|zaloguj|hasło|přihlásit|войти|пароль|увійти|giriş yap|şifre|登录|登錄|密码"
    r"|ログイン|로그인",
)
