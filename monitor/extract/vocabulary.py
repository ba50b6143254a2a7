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
_LANGUAGES = frozenset((
    "en", "fr", "de", "es", "pt", "it", "nl", "sv", "da", "no", "nb", "nn", "fi", "pl", "cs", "sk",
    "hu", "ro", "tr", "ru", "uk", "el", "ja", "zh", "ko", "ar", "he", "th", "hi",
))  # fmt: skip
_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,2}|[^\W_]+")
_FEWEST = 2
_RARE = 60
"""Words of other kinds for one of a policy from which a text is about something else."""
_SAMPLE = 1_500
_LONG_SAMPLE = 20_000
_DENSE = 0.08
"""Share of telling words in short policies; pages that only point to some have fewer."""
_NAMING = re.compile(
    r"terms|privacy|polic(?:y|ies)|conditions|condiciones|condições|condizioni|agree|@"
    r"|\w*bedingungen|voorwaarden|villkor\w*|vilkår\w*|规约|規約|条款|條款|약관"
)
"""Words that any page may use to point to its policies."""


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


def policy_share(text: str) -> float:
    """Return how many of the words of a text are ones that policies are made of, of all."""
    sample = text[:_LONG_SAMPLE]
    return len(_WORDS.findall(sample)) / max(1, len(_WORD.findall(sample)))


def says_policy(text: str, *, named: bool) -> bool:
    """Tell whether a short text says what policies say, more than naming them and its reader.

    Where its title names a policy, little is enough.
    """
    words = [word.lower() for word in _WORDS.findall(text[:_LONG_SAMPLE])]
    telling = [word for word in words if not _NAMING.fullmatch(word)]
    dense = len(telling) >= _DENSE * len(_WORD.findall(text[:_LONG_SAMPLE]))
    return len(set(telling)) >= _FEWEST and (named or dense)


def knows(language: str | None) -> bool:
    """Tell whether the words that policies are made of are known in a language."""
    return (language or "").partition("-")[0].lower() in _LANGUAGES
