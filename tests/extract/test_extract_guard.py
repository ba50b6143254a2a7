"""Pages that stand in a policy's place, and short policies that do not."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.errors import ExtractError
from monitor.extract.document import extract
from monitor.extract.evidence import PageEvidence
from monitor.extract.guard import judge, resemblance, stand_in
from monitor.model import Dates, Document, PolicyDate, Section

HERE = Path(__file__).parent
STAND_INS = tomllib.loads((HERE / "stand_ins.toml").read_text("utf-8"))
SHORT_POLICIES = tomllib.loads((HERE / "short_policies.toml").read_text("utf-8"))
AROUND = (
    "<header><nav><a href=/a>Products</a><a href=/b>About us</a></nav></header><main>{}</main>"
    "<footer><a href=/t>Terms</a><a href=/p>Privacy policy</a><p>© 2026 Example</p></footer>"
)
ADVERT = """Send beautiful invoices in seconds and see at a glance which ones are paid.
Our dashboard brings orders, customers and reports together on one screen.
Plans start at nine dollars a month and grow with your business.
It saved us ten hours a week, says Maria, who runs a bakery in Leeds.
Talk to real people around the clock; most questions are answered within minutes.
Download the app for your phone and take your work with you."""

IMPRINT = """Impressum
Betreiber der Website
Beispiel GmbH & Co. KG
Musterstraße 404
20457 Hamburg
Deutschland
Handelsregister HR A 101007, Amtsgericht Hamburg
Geschäftsführerin Erika Muster
Umsatzsteuer-Identifikationsnummer DE 123456789
Telefon 040 123456, Telefax 040 123457
E-Mail info@beispiel.example
Plattform der EU zur Online-Streitbeilegung ist erreichbar unter ec.europa.eu
Wir nehmen an Verfahren vor einer Schlichtungsstelle nicht teil"""
POLICY = "We keep your data for as long as the law asks us to keep it. "


def page(text: str, heading: str = "") -> Document:
    """Build a document of one section."""
    path = (heading,) if heading else ()
    return Document(heading, None, (Section(path, heading, text, 0),), text)


def reason(document: Document, evidence: PageEvidence | None = None) -> str | None:
    """Return why a page is refused."""
    error = judge(document, evidence or PageEvidence())
    assert error is None or isinstance(error, ExtractError)
    return error.reason if error else None


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Just a moment...", "Enable JavaScript and cookies to continue", "blocked"),
        ("Attention Required!", "Sorry, you have been blocked. Ray ID 7f", "blocked"),
        (
            "Access denied",
            "You do not have permission to access this server. Reference 18.2",
            "blocked",
        ),
        ("Sicherheitsüberprüfung", "Wir überprüfen Ihren Browser.", "blocked"),
        ("安全验证", "请完成安全验证后继续访问", "blocked"),
        ("Oops", "This page isn't available. Try again later.", "not_found"),
        ("404", "404\nBack to the start page", "not_found"),
        ("Erreur", "Cette page n’existe pas\nRevenir à l'accueil", "not_found"),
        ("Fehler", "Diese Seite ist momentan nicht verfügbar.", "not_found"),
        ("Ошибка", "Страница не найдена", "not_found"),
        ("エラー", "お探しのページは見つかりません", "not_found"),
        ("Hello", "We are down for maintenance and will be back soon.", "maintenance"),
        ("Error", "Something went wrong. Please try again later.", "maintenance"),
        ("503", "503 Service Temporarily Unavailable", "maintenance"),
        ("Site", "Le site est en maintenance.", "maintenance"),
        ("Redirecting", "Redirecting to legal.example.com", "redirect_stub"),
        ("", "You should be redirected quickly, if not click here.", "redirect_stub"),
        ("App", "You need to enable JavaScript to run this app.", "empty_shell"),
        ("App", "Loading...", "empty_shell"),
        ("", "", "empty"),
        ("Terms", "Terms of use", "empty"),
    ],
)
def test_stand_ins_are_refused(title: str, text: str, expected: str) -> None:
    """Challenges, errors, stubs and shells say what they are, in any language."""
    assert reason(page(text), PageEvidence(title=title)) == expected


@pytest.mark.parametrize(
    ("evidence", "text", "expected"),
    [
        (PageEvidence(password_count=1, form_count=1, input_count=2), "Welcome back", "login"),
        (PageEvidence(form_count=1, input_count=1), "Log in to see this page", "login"),
        (PageEvidence(), "We value your privacy. Accept all. Manage preferences.", "consent"),
        (PageEvidence(), "Wir nutzen Cookies. Alle akzeptieren. Einstellungen.", "consent"),
        (PageEvidence(meta_refresh="https://e.example/"), "Please wait for it", "redirect_stub"),
        (PageEvidence(script_chars=90_000, script_count=9), "Menu", "empty_shell"),
        (PageEvidence(script_chars=0, script_count=1), "", "empty_shell"),
        (PageEvidence(frames=("https://e.example/terms",)), "Our terms", "empty_shell"),
        (PageEvidence(noscript="Please enable JavaScript"), "", "empty_shell"),
    ],
)
def test_structure_tells_what_stands_in(evidence: PageEvidence, text: str, expected: str) -> None:
    """Passwords, buttons, refreshes, scripts and frames tell what words do not."""
    assert reason(page(text), evidence) == expected


def test_an_error_is_found_among_menus_and_suggestions() -> None:
    """A heading that names an error decides though the page shows much else."""
    text = "Popular questions and answers of our customers about shipping. " * 40

    assert reason(page(text, "Page not found")) == "not_found"
    assert reason(page(text), PageEvidence(title="404 Not Found")) == "not_found"


@pytest.mark.parametrize(
    "text",
    [
        IMPRINT,
        POLICY * 5,
        POLICY * 2 + "If you are redirected to a partner, the partner's policy applies. " * 3,
        POLICY * 3 + "You can manage cookies; some pages need JavaScript to work at all. " * 2,
        POLICY * 12 + "Access denied, page not found and maintenance are words of this text. ",
        "本公司仅在法律要求的期限内保留您的个人数据，期满后删除或匿名化处理。您有权随时查阅、更正和删除。",
    ],
)
def test_short_policies_pass(text: str) -> None:
    """An imprint of sixty words is a policy, and so is any text that talks about itself less."""
    assert reason(page(text, "Privacy"), PageEvidence(title="Privacy", script_chars=90_000)) is None


def test_a_text_that_states_its_date_is_believed() -> None:
    """A short notice about maintenance that carries a date of its own is a policy."""
    notice = page("Scheduled maintenance is announced here a week ahead. " * 4, "Terms")
    date = PolicyDate("2026-05-03", "day", "updated", "May 3, 2026", 0.9)

    assert reason(notice) == "maintenance"
    assert reason(replace(notice, dates=Dates(updated=date))) is None


def web_page(entry: dict[str, str | bool], around: str = "{}") -> bytes:
    """Build a page as it is served; a script beside it is what shields and applications send."""
    script = f"<script>{'var a=1;' * 400}</script>" if entry.get("script") else ""
    body = around.format(entry["body"])
    return f"<!doctype html><title>{entry['title']}</title>{script}<body>{body}".encode()


def refusal(body: bytes) -> str | None:
    """Return why a page is refused."""
    try:
        extract(body, url="https://www.example.com/privacy")
    except ExtractError as error:
        return error.reason
    return None


@pytest.mark.parametrize("name", STAND_INS)
def test_what_stands_in_the_place_of_a_policy_is_refused(name: str) -> None:
    """Shields, walls, errors and shells in many languages, alone and in the frame of a site."""
    entry = STAND_INS[name]

    assert refusal(web_page(entry)) == entry["reason"]
    assert refusal(web_page(entry, AROUND)) is not None


@pytest.mark.parametrize("name", SHORT_POLICIES)
def test_short_policies_are_believed(name: str) -> None:
    """Imprints and short notices pass, also where they speak of robots, logins and errors."""
    body = web_page(SHORT_POLICIES[name] | {"script": True})

    assert refusal(body) is None
    assert refusal(web_page(SHORT_POLICIES[name], AROUND)) is None
    assert not extract(body).instead


@pytest.mark.parametrize("known", [POLICY * 40, "Be kind to one another and post no spam. " * 40])
def test_another_page_is_told_from_the_next_version(known: str) -> None:
    """A home page is none of a policy's versions, and a policy in all new words is one."""
    before = page(known, "Community guidelines")
    rewritten = "You may not harm others here, and we will close the account of whoever does. " * 20

    assert stand_in(page(ADVERT * 3, "Invoices made easy"), before) == (
        "another_page",
        "a page about something else, unlike the policy known",
    )
    assert stand_in(page(rewritten, "Rules"), before) is None
    assert stand_in(page(ADVERT, "Terms of sale"), before) is None


def test_a_long_wall_is_refused_where_the_policy_is_known() -> None:
    """What resembles a login is one, if it has nothing in common with the policy known."""
    known = page(POLICY * 40, "Privacy policy")
    wall = page(ADVERT * 2, "Welcome back")
    form = PageEvidence(password_count=1, form_count=1, input_count=2)

    assert judge(wall, form) is None
    assert stand_in(replace(wall, instead=resemblance(wall, form) or ""), known) == (
        "login",
        "a login page, unlike the policy known",
    )
    policy = page(POLICY * 12, "Privacy policy")
    assert resemblance(policy, form) is None
