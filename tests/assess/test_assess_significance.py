"""Which words of a change matter, rule by rule and language by language."""

from __future__ import annotations

import pytest
from assess_pages import PROSE, assessed, edited, of_rule, page, rules
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.assess.quantities import quantities
from monitor.assess.rules import TOPICS
from monitor.assess.sentences import key
from monitor.assess.vocabulary import LANGUAGES, shipped

PLAIN = "We keep the address that you give us when you register an account with our service."
EDITS = {
    "modal": ("We {} delete your account when you ask us.", "will", "may"),
    "negation": ("We {}sell the addresses of our members.", "do not ", ""),
    "retention": ("We keep your data for {} after you left.", "30 days", "24 months"),
    "period": ("You may write to us within {} of that.", "30 days", "90 days"),
    "amount": ("The service costs {} in each of those cases.", "$5", "$7.50"),
    "number": ("You may send up to {} words at a time.", "150,000", "1,000,000"),
    "entity": ("This service is run by {} from Leeds.", "Acme Trading Ltd", "Acme Holdings Inc."),
    "contact": ("Questions go to {} at any time.", "law@old.example", "law@new.example"),
    "country": ("Our servers are located in {} only.", "the United States", "India"),
    "recipient": ("Your address is stored in a {} list of ours.", "Sendwell", "Mailmore"),
}
ADDED = {
    "arbitration": "Any dispute is settled by binding arbitration.",
    "class_waiver": "You waive any right to a class action.",
    "liability": "We are not liable for consequential damages.",
    "law": "These rules are governed by the laws of Ireland.",
    "ai_training": "We use what you write for model training.",
    "sale": "We may sell your address to others.",
    "retention": "Your address is retained after that.",
    "recipient": "It goes to our advertising partners.",
    "transfer": "We rely on standard contractual clauses.",
    "data": "We collect biometric identifiers.",
    "purpose": "It serves targeted advertising.",
    "rights": "You may opt out of that.",
    "minors": "It is not for children.",
    "payment": "Payments are non-refundable.",
    "termination": "We may suspend your account.",
    "security": "It is encrypted on our side.",
}
IN_OTHER_LANGUAGES = {
    "fr": "Nous collectons vos données biométriques.",
    "de": "Wir speichern dazu Ihre biometrischen Daten.",
    "es": "Recogemos sus datos biométricos para ello.",
    "it": "Raccogliamo a tal fine i tuoi dati biometrici.",
    "pt": "Recolhemos os seus dados biométricos para isso.",
    "nl": "Wij verzamelen daarvoor uw biometrische gegevens.",
    "ru": "Мы собираем биометрические данные пользователей.",
    "zh": "我们会收集您的人脸信息和生物识别信息。",
}


@pytest.mark.parametrize("rule", EDITS)
def test_an_edit_is_found_with_its_words_and_its_sentence(rule: str) -> None:
    """The rule quotes words of both sentences, weighs something, and names the section."""
    sentence, was, now = EDITS[rule]
    old, new = sentence.format(was), sentence.format(now)
    found = edited(f"{PLAIN} {old}", f"{PLAIN} {new}")
    finding = of_rule(found, f"significance.{rule}")
    assert finding.words
    assert all(word in f"{old} {new}" for word in finding.words)
    assert (finding.old, finding.new) == (old, new)
    assert finding.path[-1] == "Your data"
    assert 0 < finding.weight <= found.score


@pytest.mark.parametrize("rule", ADDED)
def test_a_sentence_that_comes_or_goes_is_found(rule: str) -> None:
    """Both ways, and the summary says which."""
    for old, new, what in (
        (PLAIN, f"{PLAIN} {ADDED[rule]}", "new"),
        (f"{PLAIN} {ADDED[rule]}", PLAIN, "gone"),
    ):
        finding = of_rule(edited(old, new), f"significance.{rule}")
        assert finding.summary.startswith(TOPICS[rule].title)
        assert finding.summary.endswith(f"{what}.")


@pytest.mark.parametrize("language", IN_OTHER_LANGUAGES)
def test_every_language_has_its_words(language: str) -> None:
    """A new sentence about biometric data is found in each, and every rule has words in each."""
    sentence = IN_OTHER_LANGUAGES[language]
    found = edited(PROSE[language], f"{PROSE[language]} {sentence}", lang=language)
    assert "significance.data" in rules(found)
    assert set(shipped(language).lists["topics"]) == set(TOPICS)


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("fr", "Nous les conservons pendant trente jours.", "Nous les conservons pendant 24 mois."),
        ("de", "Wir löschen sie nach dreißig Tagen.", "Wir löschen sie nach 24 Monaten."),
        ("nl", "Wij bewaren ze dertig dagen lang.", "Wij bewaren ze 24 maanden lang."),
        ("ru", "Мы храним их в течение 30 дней.", "Мы храним их в течение 24 месяцев."),
        ("zh", "我们的存储期限为30天，之后删除。", "我们的存储期限为24个月，之后删除。"),
    ],
    ids=["fr", "de", "nl", "ru", "zh"],
)
def test_retention_is_read_in_other_languages(language: str, old: str, new: str) -> None:
    """Periods in words and figures, with the subject of their sentence."""
    found = edited(f"{PROSE[language]} {old}", f"{PROSE[language]} {new}", lang=language)
    finding = of_rule(found, "significance.retention")
    assert finding.summary.startswith("Retention went from ")
    assert len(finding.words) == 2


def test_lists_are_compared_by_entry() -> None:
    """A list of recipients that gained one and lost one says which, and nothing of the others."""
    items = "<h2>Sub-processors</h2><ul>{}</ul>"
    old, new = (
        page(PLAIN, items.format("".join(f"<li>{name}: hosting</li>" for name in names)))
        for names in (("Alpha", "Beta", "Gamma"), ("Alpha", "Gamma", "Corevale"))
    )
    finding = of_rule(assessed(old, new), "significance.recipient")
    assert finding.summary == "Sub-processors: added Corevale, removed Beta."


def test_rows_of_tables_are_entries_too() -> None:
    """The name is the cell that has one."""
    known = ("Provider", "Initech", "Hooli", "Umbrella", "Vandelay", "Wonka")
    named = [(f"_{at}", name) for at, name in enumerate((*known, "Globex Metrics"))]
    rows = [
        f"<tr><td>{name}</td><td>{provider}</td><td>It hosts records of ours in Dublin.</td></tr>"
        for name, provider in named
    ]
    old, new = (
        page(PLAIN, f"<h2>Service providers</h2><p>{PLAIN}</p><table>{''.join(some)}</table>")
        for some in (rows[:-1], rows)
    )
    finding = of_rule(assessed(old, new), "significance.recipient")
    assert finding.summary == "Service providers: added Globex Metrics."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "It is set out in section 14 of these rules.",
            "It is set out in section 15 of these rules.",
        ),
        (
            "You need Android version 5 or a later one.",
            "You need Android version 8 or a later one.",
        ),
        ("There is a tyop in this sentence of ours.", "There is a typo in this sentence of ours."),
        ("This holds, including without limitation, here.", "This holds, here, including that."),
    ],
    ids=["reference", "release", "typo", "idle_negation"],
)
def test_what_does_not_matter_fires_no_rule(old: str, new: str) -> None:
    """Renumbering, releases, typing errors: the change is told without findings about its words."""
    found = edited(f"{PLAIN} {old}", f"{PLAIN} {new}")
    assert {rule for rule in rules(found) if rule.startswith("significance.")} == set()
    assert found.announcement == "silent"
    assert found.summary.endswith("The date did not change.")


def test_the_summary_reads_as_one_would_say_it() -> None:
    """Sections, what matters, the date."""
    sentence, was, now = EDITS["retention"]
    shared = "<h2>Sharing</h2><p>We share {} with {}.</p>"
    old = page(sentence.format(was), shared.format("nothing at all", "anybody"))
    new = page(
        sentence.format(now),
        shared.format("a little of it", "somebody"),
        "<h2>International transfers</h2><p>It goes abroad to where the others are.</p>",
    )
    assert assessed(old, new).summary == (
        "2 sections changed; 1 added: “International transfers”. "
        "Retention went from 30 days to 24 months. The date did not change."
    )


WORDS = st.sampled_from(
    ["We", "may", "not", "sell", "30", "days", "$5", "Acme Ltd", "Germany", "a@b.example", "minors",
     "arbitration", ".", "!", "\n", "section", "第三方", "删除", "Третьи лица", "«", "|", "- "]
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=14).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(old=TEXTS, new=TEXTS, lang=st.sampled_from(LANGUAGES))
def test_any_change_can_be_assessed(old: str, new: str, lang: str) -> None:
    """Whatever it says: scores stay in bounds, quotes stand in the texts."""
    here, there = page(f"<p>{old}</p>", lang=lang), page(f"<p>{new}</p>", lang=lang)
    found = assessed(here, there)
    assert 0 <= found.score < 1
    texts = key(here.text), key(there.text)
    for finding in found.findings:
        assert finding.summary.endswith((".", "…"))
        assert key(finding.old) in texts[0]
        assert key(finding.new) in texts[1]


@given(st.integers(1, 10**6), st.sampled_from(["day", "month", "year"]))
def test_a_quantity_is_the_same_however_it_is_written(number: int, unit: str) -> None:
    """Separators of thousands, plurals and hyphens make no other quantity."""
    words = shipped("en")
    forms = f"{number} {unit}s", f"{number:,} {unit}s", f"{number}-{unit}"
    assert len({quantities(form, words)[0].measure for form in forms}) == 1
