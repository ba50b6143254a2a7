"""From bytes to characters, with and without a declared charset."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ExtractError
from monitor.extract.decode import decode

WORDS = {
    "cp1251": "Политика конфиденциальности: мы не продаём и не передаём информацию третьим лицам.",
    "koi8-r": "Политика конфиденциальности: мы не продаем и не передаем информацию третьим лицам.",
    "cp1250": "Zásady ochrany osobních údajů. Příliš žluťoučký kůň úpěl ďábelské ódy, řekl šéf.",
    "cp1252": "Politique de confidentialité. Nous protégeons vos données à caractère personnel.",
    "cp1253": "Πολιτική απορρήτου. Η εταιρεία προστατεύει τα δεδομένα σας και τα φυλάσσει.",
    "gb18030": "隐私政策。我们非常重视您的个人信息和隐私保护，在您使用我们的服务时请仔细阅读。",
    "cp932": "プライバシーポリシー。当社は、個人情報の保護に関する法律を遵守します。",
    "cp949": "개인정보처리방침. 회사는 이용자의 개인정보를 중요시하며 관련 법령을 준수합니다.",
    "utf-16-le": "Privacy policy: we collect personal data about you and keep it for a while.",
    "utf-16-be": "Privacy policy: we collect personal data about you and keep it for a while.",
    "utf-8": "Политика конфиденциальности 隐私政策 Politique de confidentialité",
}


def page(words: str, head: str = "") -> str:
    """Write a small page."""
    return f"<html><head>{head}<title>x</title></head><body><p>{words}</p></body></html>"


@pytest.mark.parametrize("charset", WORDS)
def test_charset_is_told_without_a_declaration(charset: str) -> None:
    """The commonest charsets of every script are read right when nothing names them."""
    assert WORDS[charset] in decode(page(WORDS[charset] * 3).encode(charset)).text


@pytest.mark.parametrize("charset", ["cp1251", "gb18030", "koi8-r"])
def test_declared_charset_is_used(charset: str) -> None:
    """The header, and a meta element where there is none, name the charset."""
    words = WORDS[charset][:12]
    assert words in decode(page(words).encode(charset), charset).text
    meta = f'<meta charset="{charset}">'
    assert words in decode(page(words, meta).encode(charset)).text


@pytest.mark.parametrize(
    ("mark", "charset"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_byte_order_mark_beats_the_header(mark: bytes, charset: str) -> None:
    """A mark in the bytes themselves is stronger than what the server says."""
    body = mark + page(WORDS["cp1251"]).encode(charset)
    assert WORDS["cp1251"] in decode(body, "windows-1252").text


def test_utf8_called_latin1_is_read_as_utf8() -> None:
    """A server's default label does not damage a page in UTF-8."""
    decoded = decode(page(WORDS["cp1252"]).encode(), "iso-8859-1")
    assert WORDS["cp1252"] in decoded.text
    assert decoded.notes


def test_latin1_holds_the_characters_of_windows() -> None:
    """ISO-8859-1 is read as Windows-1252, as browsers do."""
    assert "don’t" in decode(b"<p>don\x92t</p>", "iso-8859-1").text


@pytest.mark.parametrize("label", ["utf-7", "punycode", "hex", "idna", "no-such-thing", "\0", ""])
def test_label_no_browser_knows_is_ignored(label: str) -> None:
    """Odd and dangerous codecs are never used."""
    assert decode(page("+ADw-script").encode(), label).charset == "utf-8"


def test_few_wrong_bytes_keep_a_page_utf8() -> None:
    """A stray byte does not turn a whole page into another charset."""
    body = page(WORDS["utf-8"] * 20).encode() + b"\xff"
    assert WORDS["utf-8"] in decode(body).text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n\0", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200), "unsupported"),
        (b"\x7fELF" + bytes(300), "unsupported"),
        (bytes(range(256)) * 50, "unsupported"),
        (b"x" * 20_000_001, "too_large"),
    ],
    ids=["nothing", "blank", "picture", "program", "noise", "huge"],
)
def test_what_is_no_text_is_refused(body: bytes, reason: str) -> None:
    """A body that holds no text has a clear reason."""
    with pytest.raises(ExtractError) as caught:
        decode(body)
    assert caught.value.reason == reason


@given(st.binary(max_size=2000), st.sampled_from([None, "utf-8", "utf-16", "shift_jis", "gbk"]))
def test_any_bytes_are_read_or_refused(body: bytes, charset: str | None) -> None:
    """No bytes make decoding fail in an unforeseen way."""
    try:
        assert isinstance(decode(body, charset).text, str)
    except ExtractError as error:
        assert error.reason in {"empty", "unsupported"}  # noqa: PT017 -- either way is right


def test_latin_1_called_utf_8_is_read_as_what_it_is() -> None:
    """Accents in the wrong encoding are no reason to show damaged words."""
    text = "Les données personnelles sont conservées par la société éditrice. " * 3
    page = f'<meta charset="utf-8"><p>{text}{"plain words " * 2000}</p>'
    assert text in decode(page.encode("latin-1")).text
    damaged = page.encode().replace(b"plain", b"pl\xc1in", 2)
    assert text in decode(damaged).text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Vous pouvez accéder à vos données et être informé où elles sont gardées. ", "cp1252"),
        (
            "Ihre Daten werden für die Verträge gebraucht und nicht länger gespeichert. ",
            "cp1252",
        ),
        (
            "Nie przetwarzamy danych, które nie są konieczne do usług lub umowy. ",
            "cp1250",
        ),
        ("Мы обрабатываем персональные данные пользователей и храним их. ", "cp1251"),
    ],
)
def test_undeclared_encoding_is_told_by_the_language(text: str, charset: str) -> None:
    """Accents here and there are Western European unless the words are of another language."""
    page = f"<html><body>{f'<p>{text}</p>' * 9}</body></html>".replace("</p>", "</p>\n")
    assert text in decode(page.encode(charset)).text
