"""Which language a text is in."""

from __future__ import annotations

import pytest

from monitor.extract.language import language

TEXTS = {
    "en": "We collect the data that you give to us and we may share it with our partners.",
    "fr": "Nous collectons les données que vous nous donnez "
    "et nous pouvons les partager avec des tiers.",
    "de": "Wir erheben die Daten, die Sie uns geben, und können diese mit unseren Partnern teilen.",
    "es": "Recopilamos los datos que usted nos da "
    "y podemos compartir la información con sus datos.",
    "it": "Raccogliamo i dati che ci fornite e "
    "possiamo condividere le informazioni con gli utenti.",
    "pt": "Nós coletamos os dados que você nos dá e podemos partilhar as informações com os seus.",
    "nl": "Wij verzamelen de gegevens die u ons geeft "
    "en kunnen deze delen met onze partners voor het.",
    "sv": "Vi samlar in uppgifter som du ger oss och det "
    "kan vara att vi delar dem med andra för att.",
    "pl": "Zbieramy dane, które nam podajesz, i możemy "
    "je udostępniać, jeśli jest to konieczne dla nas.",
    "cs": "Shromažďujeme údaje, které nám dáváte, a můžeme je sdílet, pokud jsou potřebné pro nás.",
    "fi": "Keräämme tietoja, jotka annat meille, ja voimme "
    "jakaa niitä, jos se on tarpeen kun käytät.",
    "tr": "Bize verdiğiniz bilgileri topluyoruz ve bu "
    "bilgileri bir ortak ile paylaşmak için kullanırız.",
    "ru": "Мы собираем данные, которые вы нам даёте, и "
    "можем передавать их для оказания услуг по вашей.",
    "uk": "Ми збираємо дані, які ви нам надаєте, і "
    "можемо передавати їх для надання послуг що до вас.",
    "zh": "我们会收集您提供给我们的个人信息，并可能与合作伙伴共享这些信息。",
    "zh-Hant": "我們會收集您提供給我們的個人資訊，並可能與合作夥伴共享這些資訊。",
    "ja": "当社は、お客様から提供された個人情報を収集し、提携先と共有することがあります。",
    "ko": "당사는 귀하가 제공한 개인정보를 수집하며 제휴사와 공유할 수 있습니다.",
    "ar": "نحن نجمع البيانات التي تقدمها لنا وقد نشارك هذه المعلومات مع شركائنا في كل ما يخص.",
    "he": "אנו אוספים את המידע שאתה נותן לנו ועשויים לשתף אותו עם שותפינו.",
    "hi": "हम आपके द्वारा दी गई जानकारी एकत्र करते हैं और उसे साझा कर सकते हैं।",
    "el": "Συλλέγουμε τα δεδομένα που μας δίνετε και μπορεί να τα μοιραστούμε.",
    "th": "เราเก็บรวบรวมข้อมูลที่คุณให้แก่เราและอาจแบ่งปันข้อมูลนั้น",
}


@pytest.mark.parametrize("tag", TEXTS)
def test_language_is_told_by_the_words(tag: str) -> None:
    """A few sentences tell the language without a claim."""
    assert language(TEXTS[tag] * 3) == tag


def test_claim_that_agrees_keeps_its_region() -> None:
    """A page's own tag is kept, in canonical form, where its words agree."""
    assert language(TEXTS["en"] * 3, "en_gb") == "en-GB"
    assert language(TEXTS["zh"], "ZH-hans-cn") == "zh-Hans-CN"


def test_claim_that_the_words_belie_is_not_believed() -> None:
    """A template that says English does not make a German text English."""
    assert language(TEXTS["de"] * 3, "en") == "de"


def test_few_words_leave_the_claim() -> None:
    """Where nothing can be told, the page is believed; without a claim nothing is said."""
    assert language("Acme 2000", "it") == "it"
    assert language("Acme 2000") is None
    assert language("", "not a tag at all") == "not"
