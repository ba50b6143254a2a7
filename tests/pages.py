"""Policies of our own making, in several languages and shapes, with a frame full of noise."""

# ruff: noqa: E501 - the text of pages

from __future__ import annotations

import secrets

FRAME = """<!doctype html><html lang="{lang}"><head><meta charset="{charset}"><title>{title} | Example</title>
<script nonce="{nonce}">window.n="{nonce}"</script></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/shop?s={nonce}">Shop</a></li></ul></nav>
<main><h1>{title}</h1>{body}</main>
<aside><h2>Related</h2><a href="/a?{nonce}">An article</a></aside>
<footer><form><input type="hidden" name="csrf" value="{nonce}"></form><p>© Example</p></footer>
</body></html>"""

ENGLISH = """<p>Last updated: January 5, 2026</p>
<p>This policy explains what Example Ltd learns about the people who use its services, and why.</p>
<h2>1. What we collect</h2><p>We collect the e-mail address and the name you give when you register. {edit}</p>
<ul><li>Device type and operating system.</li><li>Pages visited and the time of each visit.</li></ul>
<h2>2. Retention</h2><p>We keep account records for 30 days after an account is closed.</p>
<h2>3. Contact</h2><p>Write to privacy@example.org with any question about this policy.</p>"""
GERMAN = """<p>Stand: 12. März 2026</p>
<p>Diese Erklärung beschreibt, welche personenbezogenen Daten wir verarbeiten und zu welchem Zweck.</p>
<h2>§ 1 Verantwortlicher</h2><p>Verantwortlich ist die Beispiel GmbH, Hauptstraße 1, 10115 Berlin.</p>
<h2>§ 2 Speicherdauer</h2><p>Protokolldaten werden nach sieben Tagen gelöscht. {edit}</p>"""
FRENCH = """<p>Dernière mise à jour : 2 février 2026</p>
<p>La présente politique décrit les données que nous recueillons et l'usage que nous en faisons.</p>
<h2>1. Données recueillies</h2><p>Nous recueillons votre adresse électronique et votre nom. {edit}</p>
<h2>2. Durée de conservation</h2><p>Les données sont conservées pendant douze mois.</p>"""
RUSSIAN = """<p>Дата вступления в силу: 1 марта 2026 г.</p>
<p>Настоящая политика описывает, какие персональные данные мы собираем и как их используем.</p>
<h2>1. Какие данные мы собираем</h2><p>Мы собираем адрес электронной почты и имя пользователя. {edit}</p>
<h2>2. Срок хранения</h2><p>Данные хранятся в течение одного года после удаления учётной записи.</p>"""
JAPANESE = """<p>最終更新日：2026年1月15日</p>
<p>本ポリシーは、当社が取得する個人情報の種類とその利用目的について説明するものです。</p>
<h2>第1条（取得する情報）</h2><p>当社は、お客様の氏名およびメールアドレスを取得します。{edit}</p>
<h2>第2条（保存期間）</h2><p>取得した情報は、アカウント削除後30日間保存されます。</p>"""
TABLE = """<p>Effective date: 2026-02-01</p><p>These companies work for us and see personal data.</p>
<table><tr><th>Company</th><th>Purpose</th></tr><tr><td>Northwind</td><td>Hosting of our servers</td></tr>
<tr><td>Contoso</td><td>Sending of e-mail to customers. {edit}</td></tr></table>
<h2>Changes</h2><p>We announce a new company on this page thirty days before it sees any data.</p>"""
DIVS = """<div>Updated 3 March 2026</div><div><b>ACCEPTABLE USE</b></div>
<div>You may use the service for any lawful purpose. {edit}</div>
<div><b>TERMINATION</b></div><div>We may close an account that breaks these rules after a warning.</div>"""

POLICIES = {
    "english": ("en", "utf-8", "Privacy Policy", ENGLISH, "We also collect your precise location."),
    "german": ("de", "utf-8", "Datenschutzerklärung", GERMAN, "Wir geben Daten an Partner weiter."),
    "french": ("fr", "utf-8", "Confidentialité", FRENCH, "Nous vendons ces données à des tiers."),
    "russian": ("ru", "windows-1251", "Политика", RUSSIAN, "Мы передаём данные партнёрам."),
    "japanese": ("ja", "utf-8", "プライバシーポリシー", JAPANESE, "位置情報も取得します。"),
    "table": ("en", "utf-8", "Sub-processors", TABLE, "Also analysis of usage."),
    "divs": ("en", "utf-8", "Acceptable Use", DIVS, "Automated access now needs our consent."),
}


def page(name: str, *, changed: bool = False) -> bytes:
    """Return the page; noise differs each time, the policy only when told to."""
    lang, charset, title, body, edit = POLICIES[name]
    text = body.replace("{edit}", edit if changed else "")
    nonce = secrets.token_hex(12)
    filled = FRAME.format(lang=lang, charset=charset, title=title, nonce=nonce, body=text)
    return filled.encode(charset)


def plain_text(*, changed: bool = False) -> bytes:
    """Return a policy that is served as text/plain."""
    edit = "We may share it with advertisers.\n" if changed else ""
    return (
        "PRIVACY POLICY\n\nLast updated: 4 April 2026\n\nWHAT WE COLLECT\n\n"
        f"We collect your e-mail address when you sign up.\n{edit}\n"
        "YOUR RIGHTS\n\nYou can ask for a copy of your data at any time.\n"
    ).encode()
