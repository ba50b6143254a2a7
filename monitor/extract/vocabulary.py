"""Words that policies are made of, to tell a sentence of one from an advertisement."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(
    r"\b(?:must|shall|may|will|agree\w*|consent\w*|data|information|personal\w*|privacy|rights?|laws?"
    r"|terms|polic(?:y|ies)|process(?:ed|es|ing)?|collect\w*|third part(?:y|ies)|liab\w+|oblig\w+"
    r"|données|informations|traite\w*|droits?|consentement|conditions|utilisat\w+|lois?|juridi\w+"
    r"|responsab\w+|peut|pouvez|doit|doivent|devez|contrat"
    r"|\w*daten\w*|personenbezogen\w*|recht\w*|einwillig\w+|\w*bedingungen|vertr[aä]g\w*|nutzer\w*"
    r"|gesetz\w*|haft\w+|müssen|muss|können|kann|dürfen|darf|verarbeit\w+|widerruf\w*"
    r"|datos|derechos?|condiciones|ley(?:es)?|deber?á?n?|pued[eo]n?|tratamiento|usuarios?"
    r"|dados|pessoais|direitos?|condições|lei|pode\w*|deve\w*|tratamento|usuários?"
    r"|dati|personali|diritt[io]|condizioni|legge|può|possono|trattamento|utenti?"
    r"|\w*gegevens|rechten|voorwaarden|moet\w*|mag|mogen|overeenkomst|verwerk\w+"
    r"|\w*uppgifter|villkor\w*|rättighet\w*|måste|\w*oplysninger|vilkår\w*|rettighed\w*|opplysninger"
    r"|henkilötie\w+|tieto\w*|oikeu\w+|ehdo\w+|dan(?:e|ych)|osobow\w+|praw\w*|umow\w+|regulamin\w*"
    r"|úda[jv]\w*|osobn\w+|práv\w+|podmín\w+|smlouv\w+|adat\w*|személyes|jog\w*|feltétel\w*"
    r"|datele|drepturi\w*|condiți\w+|kişisel|veri\w*|hak\w*|koşul\w*"
    r"|данн\w+|персональн\w+|прав\w*|услови\w+|согла[шс]\w+|пользовател\w+|может|должен|обязан\w*|дан[иі]\w*|умов\w*)\b"
    r"|(?<=\w)@(?=\w)"
    r"|δεδομέν\w+|δικαι\w+|όρ(?:οι|ους|ων)"
    r"|個人情報|データ|規約|当社|同意|ものとし|契約|个人信息|個人資料|数据|條款|条款|权利|權利|用户|使用者"
    r"|개인정보|약관|동의|이용자|회사는|بيانات|الخصوصية|شروط|حقوق|החוק|מידע|פרטיות|תנאי|ข้อมูล|डेटा",
    re.IGNORECASE,
)
COOKIES = re.compile(r"cookie|traceur|кук|クッキー|쿠키", re.IGNORECASE)
"""What pages call the things they ask consent for."""
_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,2}|[^\W_]+")
_FEWEST = 2
_RARE = 60
"""Words of other kinds for one of a policy from which a text is about something else."""
_SAMPLE = 1_500


@lru_cache(64)
def reads_as_policy(text: str) -> bool:
    """Tell whether a text uses several words that policies are made of."""
    # Wrappers nested in each other ask about the same words.
    return len({word.lower() for word in _WORDS.findall(text[:_SAMPLE])}) >= _FEWEST


def reads_otherwise(text: str) -> bool:
    """Tell whether a text of some length hardly uses a word that policies are made of."""
    sample = text[:_SAMPLE]
    found = len(_WORDS.findall(sample))
    return found == 0 or found * _RARE < len(_WORD.findall(sample))


def expected(text: str, policy: str) -> float:
    """Return how many words of a policy a text would use if it were like one, 0 if it uses any."""
    sample = text[:_SAMPLE]
    if _WORDS.search(sample):
        return 0.0
    known = policy[:_SAMPLE]
    share = len(_WORDS.findall(known)) / max(1, len(_WORD.findall(known)))
    return share * len(_WORD.findall(sample))
