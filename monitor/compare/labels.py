"""Phrases of page furniture in many languages; none belongs to a site or a policy."""

from __future__ import annotations

import re

NEW_WINDOW = re.compile(
    r"""
    opens?\s(?:in\s)?(?:a\s|an\s)?(?:new|external)\s(?:browser\s)?(?:tab|window|site|page|website)
    | (?:link\s)?opens\s(?:in\s)?(?:a\snew|externally)
    | external\s(?:link|site|website)
    | new\s(?:tab|window)
    | (?:wird|öffnet)\s(?:sich\s)?(?:in|ein)\s?(?:einem\s|einer\s|eine\s)?neue[mrns]?
      \s(?:tab|fenster|registerkarte)(?:\sgeöffnet)?
    | (?:in\s)?(?:einem\s)?neue[mns]\s(?:tab|fenster)(?:\s(?:geöffnet|öffnen))? | externer\slink
    | (?:s['’])?ouvr(?:e|ir|ira)\s(?:dans\s)?(?:une?\s)?(?:nouvel(?:le)?\s)(?:fenêtre|onglet|page)
    | nouvelle\sfenêtre | nouvel\songlet | lien\sexterne
    | (?:se\s)?abr(?:e|irá|en)\s(?:en\s|em\s|numa\s|num\s)?(?:una\s|uma\s|un\s|um\s)?
      (?:nueva\s|nova\s|novo\s)?(?:ventana|pestaña|janela|guia|aba|separador)(?:\snueva|\snova)?
    | enlace\sexterno | link\sexterno | (?:nueva\s(?:ventana|pestaña)|nova\s(?:janela|guia|aba))
    | (?:si\s)?apre\s(?:in\s)?(?:una\s|un['’]\s?)?(?:nuova|altra)\s(?:finestra|scheda|pagina)
    | opent\s(?:in\s)?(?:een\s)?nieuw(?:e)?\s(?:venster|tabblad|tab) | externe\slink
    | öppnas\si\s(?:ett\s|en\s)?(?:nytt|ny)\s(?:fönster|flik)
    | (?:åbner|åbnes|åpner|åpnes)\si\s(?:et\s|en\s)?(?:nyt|nytt|ny)\s(?:vindue|vindu|fane|faneblad)
    | avautuu\suu(?:teen|dessa)\s(?:ikkuna|välilehte)\w*
    | (?:uusi|uudessa)\s(?:ikkuna|välilehti)\w*
    | otwiera\ssię\sw\snow(?:ym|ej)\s(?:oknie|karcie)
    | otev[řr]e\sse\sv\snov\w+\s(?:okn\w+|kart\w+|panelu|záložce)
    | otvorí\ssa\sv\snov\w+\s(?:okne|karte)
    | új\s(?:ablak|lap|fül)(?:ban|on|ön)?(?:\snyílik(?:\smeg)?)?
    | se\sdeschide\s(?:într-o|în)\s(?:fereastră|filă)\snouă
    | (?:откро(?:ется|ет)|открывается)\sв\sнов(?:ом|ой)\s(?:окне|вкладке)
    | відкри(?:ється|вається)\s[ву]\sнов(?:ому|ій)\s(?:вікні|вкладці) | отваря\sсе\sв\sнов\s\w+
    | yeni\s(?:bir\s)?(?:pencere|sekme)(?:de)?(?:\saçılır)?
    | ανοίγει\sσε\s(?:νέο|νέα)\s(?:παράθυρο|καρτέλα)
    | 新しい(?:ウィンドウ|タブ)で開(?:く|きます)
    | (?:在|於)?新(?:的)?(?:窗口|标签页|選項卡|視窗|分頁|窗體)
      (?:中|內)?(?:打开|開啟|打開)?
    | 새\s?(?:창|탭)(?:에서|으로)?\s?(?:열림|열기|열립니다)
    | يفتح\sفي\s(?:نافذة|علامة\sتبويب)\sجديدة
    | נפתח\sב(?:חלון|כרטיסייה|לשונית)\sחדש(?:ה)? | mở\s(?:trong|ra)\s(?:cửa\ssổ|tab|thẻ)\smới
    | (?:ter)?buka\sdi\s(?:jendela|tab)\sbaru
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What a link says about where it opens."""

CONTENTS = re.compile(
    r"(?:table\sof\s)?contents|(?:content|overview)\sof\s\w+|(?:in|on)\sthis\s(?:article|page|document|section)"
    r"|jump\sto|inhalt(?:sverzeichnis|sübersicht)?|auf\sdieser\sseite|table\sdes\smatières|sommaire"
    r"|dans\scet\sarticle|sur\scette\spage|índice|(?:tabla\sde\s)?contenidos?|en\sesta\spágina|indice|sommario"
    r"|in\squesta\spagina|conteúdo|nesta\spágina|inhoud(?:sopgave)?|op\sdeze\spagina|innehåll(?:sförteckning)?"
    r"|indhold(?:sfortegnelse)?|innhold(?:sfortegnelse)?|sisällys(?:luettelo)?|spis\streści|obsah|cuprins"
    r"|tartalom(?:jegyzék)?|содержание|оглавление|зміст|içindekiler|περιεχόμενα|目录|目錄|目次|목차|المحتويات",
    re.IGNORECASE,
)
"""What stands over a table of contents."""

HIDDEN_ADDRESS = re.compile(r"\[\s?e-?mail\W{1,2}protected\s?\]", re.IGNORECASE)
"""What stands for an address that a script has to put back."""

ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")

AT = re.compile(r"[\[({]\s?(?:at|@|ät|arobase|chez|arroba|chiocciola)\s?[\])}]", re.IGNORECASE)
DOT = re.compile(r"[\[({]\s?(?:dot|\.|punkt|point|punto|ponto)\s?[\])}]", re.IGNORECASE)
"""An address written so that machines do not read it."""

TODAY = re.compile(
    r"\b(?:today|current\s(?:date|time)|heute|aktuelle[s]?\s(?:datum|uhrzeit)|aujourd['’]hui"
    r"|hoy|oggi|hoje|vandaag|idag|i\sdag|tänään|dzisiaj|dziś|dnes|astăzi|сегодня|сьогодні|днес"
    r"|bugün|σήμερα|hôm\snay|hari\sini)\b|今日|今天|本日|오늘|اليوم|היום",
    re.IGNORECASE,
)
"""Words by which a short line says that its date is the day it is read."""

_UNIT = r"(?:second|sec|minute|min|hour|hr|day|week|month|year)s?"
AGO = re.compile(
    rf"\b(?:(?:over|about|almost|more\sthan)\s)?(?:\d+\+?|an?|one)\s?{_UNIT}\sago\b"
    r"|\b(?:yesterday|just\snow|(?:this|last)\s(?:week|month|year))\b"
    r"|\bvor\s(?:über\s|etwa\s)?(?:\d+|eine[mr]?)\s(?:sekunde|minute|stunde|tag|woche|monat|jahr)\w*"
    r"|\bil\sy\sa\s(?:plus\sde\s|environ\s)?(?:\d+|une?)\s\w+|\bhier\b|\b(?:hace|há)\s\d+\s\w+"
    r"|\b\d+\s\w+\s(?:fa|geleden|sitten|temu|önce|назад|тому)\b|\bpřed\s\d+\s\w+"
    r"|\bför\s\d+\s\w+\ssedan\b|\bfor\s\d+\s\w+\ssiden\b"
    r"|\d+\s?(?:秒|分|分钟|分鐘|小时|小時|時間|天|日|週間|周|个月|個月|か月|年)前"
    r"|\d+\s?(?:초|분|시간|일|주|개월|달|년)\s?전",
    re.IGNORECASE,
)
"""How long ago something was, counted from the day the page is read."""

COUNTER = re.compile(
    r"\b(?:views?|visits?|visitors?|likes?|shares?|comments?|votes?|downloads?|followers?"
    r"|(?:found|find)\s(?:this|it)\s(?:article\s)?helpful|aufrufe|besucher|kommentare?|vues"
    r"|visites|visiteurs"
    r"|commentaires?|visitas|comentarios?|visualizza\w+|commenti|visualizações|comentários"
    r"|weergaven|reacties|visningar|visninger|просмотр\w*|комментари\w*|wyświetle\w*)\b"
    r"|閲覧数|浏览(?:量|次数)|阅读(?:量|数)?|點閱|조회",
    re.IGNORECASE,
)
"""What a short line counts that is not the policy."""

_YEARS = r"((?:19|20)\d\d(?:\s*[-–—]\s*(?:(?:19|20)\d\d)?)?)"
COPYRIGHT_YEARS = re.compile(
    rf"©[^.\d]{{0,40}}?{_YEARS}|\bcopyright\s*(?:\(c\)\s*)?{_YEARS}|\(c\)\s*{_YEARS}", re.IGNORECASE
)
"""The years of a copyright line."""
