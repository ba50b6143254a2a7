"""Tell the language of a text: by its script, then by its commonest small words.

A page's own claim counts where the words do not speak against it; many pages claim English.
"""

from __future__ import annotations

import re
from collections import Counter

SAMPLE = 12_000
_TAG = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{1,8}){0,4}")
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_SHARE = 0.06
_LEAST_WORDS = 4
_LEAD = 1.2

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]"), 0.08),
    ("ko", re.compile("[\uac00-\ud7af]"), 0.2),
    ("zh", re.compile("[\u4e00-\u9fff]"), 0.2),
    ("th", re.compile("[\u0e00-\u0e7f]"), 0.3),
    ("el", re.compile("[\u0370-\u03ff]"), 0.3),
    ("he", re.compile("[\u0590-\u05ff]"), 0.3),
    ("hi", re.compile("[\u0900-\u097f]"), 0.3),
    ("bn", re.compile("[\u0980-\u09ff]"), 0.3),
    ("ta", re.compile("[\u0b80-\u0bff]"), 0.3),
    ("te", re.compile("[\u0c00-\u0c7f]"), 0.3),
    ("ka", re.compile("[\u10a0-\u10ff]"), 0.3),
    ("hy", re.compile("[\u0530-\u058f]"), 0.3),
)
_TRADITIONAL = re.compile("[們這個來對與會說為國學時後從當應關開實無總據隱權於]")
_SIMPLIFIED = re.compile("[们这个来对与会说为国学时后从当应关开实无总据隐权于]")
_SMALL_WORDS = {
    "en": "the of and to in you your we our or that is for this with any by are not on as may be",
    "fr": "les des vous nous et du une dans pour vos votre que qui sur avec par est aux sont ce ou",
    "de": "der die und das den von zu mit für wir sie ist nicht auf ein eine werden oder im dem",
    "es": "los las que del una para por con sus usted nosotros como su nuestro esta sobre y el nos",
    "it": "il di che della per con sono una del dei nel le gli alla dati questo ed o non utente da",
    "pt": "os que uma para com não dos você seus nossos como em ao são seu pela à da do dados ou",
    "nl": "het van een en de wij voor niet met zijn op dat uw deze wordt door aan bij ons kunnen",
    "sv": "och att det som för på av är vi dig din med inte om du eller den har kan dina vår till",
    "da": "og at det som for på af er vi dig din med ikke om du eller den har kan dine vores til",
    "nb": "og å det som for på av er vi deg din med ikke om du eller den har kan dine vår til",
    "fi": "ja on ei että tai voi joka sekä ovat mukaan jos se myös olla kun voimme tietoja sinun",
    "pl": "w i na do nie z się jest oraz przez lub że dla są od ich jak może państwa po danych",
    "cs": "a v na se je že jsou nebo pro z které k o podle jsme aby být které můžete údajů vaše",
    "sk": "a v na sa je že sú alebo pre z ktoré k o podľa sme aby byť môžete údajov vaše ako",
    "hu": "a az és hogy nem egy is vagy meg ha által ön mely valamint adatok szerint kell lehet",
    "ro": "și de în la care pe cu din nu sau pentru este sunt prin mai al ale datele dumneavoastră",
    "hr": "i u na je se da za od koje ili su s te kako vaše podataka možemo ako što ne biti",
    "sl": "in v na je se da za od ki ali so s ter kot vaše podatkov lahko če ne naše biti pri",
    "et": "ja on ei et või mis kui see meie teie ka oma võib isikuandmete selle ning kas seda me",
    "lv": "un ir no par ar kas vai lai mēs jūsu uz tiek kā var mūsu šo ja ne datu arī",
    "lt": "ir yra kad su jūsų mes arba kurie taip mūsų bei gali apie jei duomenų tai šią nuo ar į",
    "ga": "an na agus ar i le do is a go bhfuil ag sé nó leis seo sonraí gcás chun",
    "mt": "li ta f il u ma għal jew b minn tal dan għandu tagħna data tiegħek fuq jekk din",
    "tr": "ve bir bu için ile olarak veya da de kişisel olan tarafından daha gibi en çok ne",
    "ca": "els les que del una per amb dels vostres nostres com aquesta sobre i el no dades o a la",
    "vi": "của và các bạn chúng tôi cho không được trong có với này là để khi thông tin về",
    "id": "yang dan di untuk dengan kami anda ini dari atau pada tidak akan dapat oleh adalah data",
    "ru": "и в на не что мы с по для вы или как это вам о ваши от к может которые данных",
    "uk": "і в на не що ми з для ви або як це вам про ваші від до може які та даних",
    "bg": "и в на не че ние с за вие или като това ви от да се ще може които данни са",
    "sr": "и у на је се да за од које или су са те како ваше података можемо ако што не",
    "ar": "في من على أو إلى أن التي عن هذه هذا مع ما لا الخاصة بك نحن كما قد",
    "fa": "و در به از که این را با است برای شما ما یا آن می خود های",
    "ur": "اور کے کی میں سے کو یہ ہے آپ ہم پر کا یا ہیں کہ",
}  # fmt: skip
_SETS = {tag: frozenset(words.split()) for tag, words in _SMALL_WORDS.items()}


def language(text: str, claimed: str = "") -> str | None:
    """Tell the BCP 47 tag of a text; the page's own tag where it agrees or nothing can be told."""
    claim = _canonical(claimed)
    found = detect(text)
    if claim is not None and (found is None or claim.split("-")[0] in _alike(found)):
        return claim
    return found


def detect(text: str) -> str | None:
    """Tell the language of a text by its letters and words; `None` where there are too few."""
    sample = text[:SAMPLE]
    letters = sum(map(str.isalpha, sample))
    if letters == 0:
        return None
    if not sample.isascii():
        for tag, script, share in _SCRIPTS:
            if len(script.findall(sample)) >= share * letters:
                return _chinese(sample) if tag == "zh" else tag
    return _by_words(sample)


def _chinese(sample: str) -> str:
    traditional = len(_TRADITIONAL.findall(sample))
    return "zh-Hant" if traditional > len(_SIMPLIFIED.findall(sample)) else "zh"


def _by_words(sample: str) -> str | None:
    counts = Counter(_WORD.findall(sample.lower()))
    scores = Counter({tag: sum(counts[word] for word in words) for tag, words in _SETS.items()})
    (first, most), (_, second) = scores.most_common(2)
    if most < max(_LEAST_WORDS, _LEAST_SHARE * counts.total()) or most < second * _LEAD:
        return first if most >= _LEAST_WORDS and most > second else None
    return first


def _alike(found: str) -> set[str]:
    """List the primary tags that stand for the same written language."""
    primary = found.split("-", maxsplit=1)[0]
    groups = ({"nb", "no", "nn", "da"}, {"hr", "bs", "sr", "sh"}, {"id", "ms"}, {"he", "iw"})
    return next((group for group in groups if primary in group), {primary})


def _canonical(tag: str) -> str | None:
    match = _TAG.match(tag.strip())
    if match is None:
        return None
    first, *rest = re.split("[-_]", match[0])
    parts = [first.lower()]
    for part in rest:
        sized = {2: part.upper(), 4: part.title()}
        parts.append(sized.get(len(part), part.lower()))
    return "-".join(parts)
