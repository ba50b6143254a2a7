"""A configuration is read whole: every source, or every fault with its line."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from monitor.errors import ConfigError, Fault
from monitor.model import EmailConfig, Pace, Rules, Schedule, Source, Wants, WebhookConfig
from monitor.record import codec
from monitor.sources import Configuration, load, parse

KEY = "whsec_" + "c2VjcmV0" * 4

FULL = """\
[monitor]
contact = "mailto:ops@example.org"
host_spacing = "2s"
web_url = "https://policies.example.org/monitor/"

[defaults]
cron = "0 6 * * 1-5"
timezone = "Europe/Paris"
tags = ["vendor"]
headers = { Accept-Language = "fr" }

[channels.mail]
type = "email"
host = "smtp.example.org"
security = "tls"
username = "monitor"
password = "env:SMTP_PASSWORD"
from = "Monitor <monitor@example.org>"
to = "legal@example.org"

[channels.hook]
type = "webhook"
url = "env:HOOK_URL"
secret = "env:HOOK_SECRET"
headers = { X-Team = "legal" }
timeout = "5s"

[[source]]
id = "acme-privacy"
site = "Acme"
kind = "privacy-policy"
name = "Privacy Notice"
url = "https://www.acme.example/privacy#eu"
every = "1h30m"
jitter = 0
select = "main"
remove = [".ad", { from = "Contact", to = 'The "End"' }]
ignore = ["Cookie settings", "/[0-9]+ visits/"]
part = "Europe"
date = "In kraft seit"
language = "de"
headers = { Cookie = "env:COOKIE" }
timeout = "10s"
tags = ["a", "b"]
notify = ["hook"]
enabled = false
confirm_after = "0"
alert_after = 5
remind_after = "2d"
robots = false
allow_private = true

[[source]]
id = "acme-terms"
url = "https://www.acme.example/legal/terms-of-service"
"""
ENVIRON = {
    "SMTP_PASSWORD": "hunter2",
    "HOOK_URL": "https://hooks.example.org/t0ken",
    "HOOK_SECRET": KEY,
    "COOKIE": "consent=1",
}


def read(text: str, environ: dict[str, str] | None = None, base: Path = Path()) -> Configuration:
    """Read `text` as the file c.toml in `base`."""
    return parse(text, "c.toml", environ=environ or {}, base_dir=base)


def faults(text: str, environ: dict[str, str] | None = None, base: Path = Path()) -> list[str]:
    """Return the faults of `text`, as they are printed."""
    with pytest.raises(ConfigError) as caught:
        read(text, environ, base)
    return [str(fault) for fault in caught.value.faults]


def test_every_key_arrives_where_it_belongs() -> None:
    """What the file says is what the stages receive."""
    configuration = read(FULL, ENVIRON)
    first, second = configuration.sources
    assert configuration.contact == "mailto:ops@example.org"
    assert configuration.host_spacing == timedelta(seconds=2)
    assert configuration.web_url == "https://policies.example.org/monitor"
    assert first.schedule == Schedule(
        every=timedelta(minutes=90), timezone="Europe/Paris", jitter=timedelta()
    )
    assert first.rules == Rules(
        select=("main",),
        remove=(".ad", r'from "Contact" to "The \"End\""'),
        ignore=("Cookie settings", "/[0-9]+ visits/"),
        part="Europe",
        date=("In kraft seit",),
        language="de",
    )
    assert first.headers == (("Cookie", "consent=1"),)
    assert (first.timeout, first.tags) == (timedelta(seconds=10), ("a", "b"))
    assert (first.notify, first.enabled) == (("hook",), False)
    assert (first.confirm_after, first.alert_after) == (timedelta(), 5)
    assert first.remind_after == timedelta(days=2)
    assert (first.robots, first.allow_private) == (False, True)
    assert first.title == "Acme – Privacy Notice"
    assert second.title == "acme.example – Terms of Service"
    assert second.kind == "terms-of-service"
    assert second.schedule == Schedule(
        every=None, cron="0 6 * * mon,tue,wed,thu,fri", timezone="Europe/Paris"
    )
    assert second.headers == (("Accept-Language", "fr"),)
    assert (second.tags, second.notify) == (("vendor",), ("mail", "hook"))


def test_channels_are_resolved_and_silent_about_secrets() -> None:
    """References become values that no repr shows."""
    channels = read(FULL, ENVIRON).channels
    assert channels["mail"] == EmailConfig(
        name="mail",
        host="smtp.example.org",
        sender="Monitor <monitor@example.org>",
        to=("legal@example.org",),
        port=465,
        security="tls",
        username="monitor",
        password="hunter2",
    )
    assert channels["hook"] == WebhookConfig(
        name="hook",
        url="https://hooks.example.org/t0ken",
        secret=(KEY,),
        headers=(("X-Team", "legal"),),
        timeout=timedelta(seconds=5),
    )
    shown = repr(read(FULL, ENVIRON))
    assert not [value for value in ENVIRON.values() if value in shown]


def test_several_keys_may_sign_while_one_is_replaced() -> None:
    """A list of secrets becomes several keys, in its order; an empty one is a mistake."""
    both = 'type = "webhook"\nurl = "https://h.example/"\nsecret = ["env:NEW", "env:HOOK_SECRET"]\n'
    environ = {"NEW": "whsec_" + "bmV3" * 8, "HOOK_SECRET": KEY}
    hook = read(f"[channels.hook]\n{both}{SOURCE}", environ).channels["hook"]
    assert isinstance(hook, WebhookConfig)
    assert hook.secret == (environ["NEW"], KEY)
    (fault,) = faults(f"{HOOK}secret = []\n{SOURCE}", {})
    assert "channels.hook.secret: is empty" in str(fault)


def test_without_an_environment_no_secret_is_needed() -> None:
    """Commands that send nothing read the sources though no secret is there."""
    configuration = parse(FULL, "c.toml", environ=None, base_dir=Path())
    assert [source.id for source in configuration.sources] == ["acme-privacy", "acme-terms"]
    assert configuration.channels == {}
    assert configuration.sources[0].headers == ()


def test_secrets_come_from_files_beside_the_configuration(tmp_path: Path) -> None:
    """A relative file: starts from the configuration's folder; the last newline goes."""
    (tmp_path / "password").write_text("hunter2\n")
    text = FULL.replace("env:SMTP_PASSWORD", "file:password")
    mail = read(text, ENVIRON, tmp_path).channels["mail"]
    assert isinstance(mail, EmailConfig)
    assert mail.password == "hunter2"


SOURCE = '[[source]]\nid = "a"\nurl = "https://a.example/"\n'
MAIL = '[channels.mail]\ntype = "email"\nhost = "h"\nfrom = "a@b.example"\nto = "c@d.example"\n'
HOOK = '[channels.hook]\ntype = "webhook"\nurl = "https://h.example/"\n'

BAD_SOURCES = {
    'selec = "main"': 'selec: unknown key (did you mean "select"?)',
    'host = "x"': "host: unknown key (it belongs in an e-mail channel)",
    'wombat = "x"': "wombat: unknown key (known here: alert_after, allow_private",
    '"a\\u001bb" = 1': '"a\\u001bb": unknown key',
    'every = "12"': 'every: "12" is no duration (add a unit: "12s", "12m", "12h" or "12d")',
    'every = "2 hours"': 'every: "2 hours" is no duration (write "2h")',
    'every = "often"': 'every: "often" is no duration (write a number and a unit',
    "every = 12": 'every: "12" is no duration (add a unit',
    "every = 1.5": "every: must be a duration in quotes",
    'every = "10s"': 'every: "10s" is out of bounds (from "1m" to "366d")',
    'every = "7d to 6h"': 'every: "7d to 6h" ends before it begins (write "6h to 7d")',
    'every = "1h to often"': 'every: "often" is no duration (write a number and a unit',
    'every = "999999999w"': 'every: "999999999w" is no duration',
    'timeout = "0"': 'timeout: "0" is out of bounds (from "1s" to "10m")',
    'cron = "0 6 * *"': "cron: has 4 fields, not five",
    'cron = "61 6 * * *"': 'cron: "61" is no minute (a number from 0 to 59)',
    'cron = "0 6 30 2 *"': "cron: names a day that no month has",
    'cron = "0 6 1 * 1"': "cron: sets both the day of month and the day of week",
    'timezone = "Europe/Pari"': 'timezone: "Europe/Pari" is no time zone (did you mean',
    'timezone = "../etc/passwd"': 'timezone: "../etc/passwd" is no time zone',
    'timezone = ""': 'timezone: "" is no time zone',
    'select = "p["': 'select[0]: "p[" is no CSS selector (Malformed attribute selector',
    'select = [".a", 3]': "select[1]: must be text in quotes, not a number",
    'remove = { from = "" }': "remove[0]: a range goes from a text",
    'remove = [{ from = "a", until = "b" }]': 'remove[0]: unknown key "until" in a range',
    'ignore = "/(/"': 'ignore[0]: "/(/" is no regular expression (missing )',
    'ignore = "/x(a+)*/"': "ignore[0]: the pattern repeats a repetition",
    'ignore = "/.*/"': "ignore[0]: the pattern matches nothing at all",
    'ignore = " "': "ignore[0]: is empty and would ignore everything",
    'part = ""': "part: is empty",
    'name = "a\\nb"': "name: holds a line break or control character",
    f'site = "{"x" * 201}"': "site: is longer than 200 characters",
    f'select = "{"x" * 1001}"': "select[0]: is longer than 1000 characters",
    f'ignore = "{"x" * 1001}"': "ignore[0]: is longer than 1000 characters",
    'language = "english!"': 'language: "english!" is no language tag',
    'kind = "Privacy Policy"': 'kind: "Privacy Policy" is no short name (write "privacy-policy")',
    'headers = { "X Y" = "1" }': 'headers."X Y": is no header name',
    'headers = { X = "a\\r\\nb" }': "headers.X: the value holds a line break",
    'headers = { Host = "x" }': "headers.Host: is set by the monitor itself",
    'headers = { X-Api-Key = "x" }': "headers.X-Api-Key: is a secret in plain text",
    'headers = { X = "env:NONE" }': "headers.X: the environment variable NONE is not set",
    'enabled = "yes"': "enabled: must be true or false, not text (write true or false",
    'alert_after = "3"': "alert_after: must be a whole number, not text (write the number",
    "alert_after = 0": "alert_after: should be greater than or equal to 1",
    "site = 2024-01-01": "site: must be text in quotes, not a date or time",
    'headers = "x"': "headers: must be a table, not text",
    'notify = ["mial"]': 'notify[0]: there is no channel "mial" (did you mean "mail"?)',
}


@pytest.mark.parametrize("line", BAD_SOURCES)
def test_a_bad_option_is_named_with_line_key_and_advice(line: str) -> None:
    """One wrong line gives one fault, there."""
    (fault,) = faults(f"{SOURCE}{line}\n{MAIL}")
    assert fault.startswith(f"c.toml:4: source[0].{BAD_SOURCES[line]}")
    assert fault.isprintable()


BAD_URLS = {
    "ftp://a.example/": "is not http or https",
    "a.example/privacy": "is not http or https (write https://a.example/privacy)",
    "https:///privacy": "has no host name",
    "https://u:p@a.example/": "the address holds a user name or password",
    "https://a.example/a b": "holds blanks",
    "https://[::1/": "is no address",
    "https://a.example:99999/": "is no address",
    "https://-a.example/": "is no host name",
    "https://[v1.a]/": "is no host name",
    "https://[fe80::1%25eth0]/": "is no host name",
    "javascript:alert(1)": "is not http or https",
}


@pytest.mark.parametrize("url", BAD_URLS)
def test_an_address_that_cannot_be_fetched_is_refused(url: str) -> None:
    """Only absolute http and https addresses without credentials pass."""
    (fault,) = faults(f'[[source]]\nid = "a"\nurl = "{url}"\n')
    assert fault.startswith("c.toml:3: source[0].url: ")
    assert BAD_URLS[url] in fault


BAD_WEB_URLS = {
    "https://u:p@a.example/": "the address holds a user name or password",
    "https://b\u00fccher.example/": "holds letters beyond ASCII",
    "https://a.example/?x=": "holds a query or a fragment",
    "https://a.example/#x": "holds a query or a fragment",
    "//a.example/": "is not http or https",
}


@pytest.mark.parametrize("url", BAD_WEB_URLS)
def test_a_web_view_that_cannot_be_linked_to_is_refused(url: str) -> None:
    """Addresses of changes are made by adding to it, so it ends with a path."""
    (fault,) = faults(f'{SOURCE}[monitor]\nweb_url = "{url}"\n')
    assert " monitor.web_url: " in fault
    assert BAD_WEB_URLS[url] in fault


BAD_CHANNELS = {
    'type = "emial"': 'x.type: unknown type "emial" (did you mean "email"?)',
    'host = "h"': "x.type: is missing",
    'type = "email"\nfrom = "a@b"\nto = "c@d"': 'x.host: is missing (add host = "smtp.ex',
    MAIL[16:] + 'password = "p"\nusername = "u"': "x.password: is a secret in plain text",
    MAIL[16:] + 'username = "u"': "x.username: needs `password` beside it",
    MAIL[16:] + 'security = "ssl"': 'x.security: unknown value "ssl"',
    MAIL[16:] + "port = 70000": "x.port: should be less than or equal to 65535",
    MAIL[16:].replace("a@b.example", "a@b>\\r\\nBcc: x"): "x.from: ",
    MAIL[16:].replace('"c@d.example"', "[]"): "x.to: is empty",
    HOOK[16:] + 'secret = "env:WEAK"': "x.secret[0]: the signing key is shorter than 24 bytes",
    HOOK[16:] + 'secret = "env:BASE"': "x.secret[0]: the signing key is not base64",
    HOOK[16:] + 'secret = "env:PLAIN"': 'x.secret[0]: the signing key does not start with "whsec_"',
    HOOK[16:] + 'secret = "env:NO-NAME"': "x.secret[0]: is no reference to a secret",
    HOOK[16:] + 'secret = "file:none"': "x.secret[0]: the file ",
    HOOK[16:] + 'headers = { Authorization = "Bearer t" }': "x.headers.Authorization: is a secret",
    HOOK[16:] + 'headrs = { X = "t" }': 'x.headrs: unknown key (did you mean "headers"?)',
    HOOK[16:].replace("https://h.example/", "env:PLAIN"): "x.url: the address is not http or https",
}


@pytest.mark.parametrize("body", BAD_CHANNELS)
def test_a_bad_channel_is_named_and_its_secrets_are_not(body: str, tmp_path: Path) -> None:
    """The fault says which key is wrong and never what a secret holds."""
    environ = {"WEAK": "whsec_aHVudGVyMg==", "PLAIN": "hunter2hunter2", "BASE": "whsec_hunter2"}
    (fault,) = faults(f"[channels.x]\n{body}\n{SOURCE}", environ, tmp_path)
    assert f" channels.{BAD_CHANNELS[body]}" in fault
    assert not any(secret in fault for secret in environ.values())
    assert fault.isprintable()


BAD_FILES = {
    "": "c.toml: there is no [[source]] in it (add one: monitor add https://…)",
    "# nothing yet\n": "c.toml: there is no [[source]] in it",
    "source = []": "c.toml: there is no [[source]] in it",
    SOURCE.replace("[[source]]", "[source]"): (
        "c.toml:1: source: must be a list in [ ], not a table (write [[source]], with two brackets)"
    ),
    SOURCE + "[default]\n": 'c.toml:4: default: unknown key (did you mean "defaults"?)',
    SOURCE + "[defaults]\nurl = 1": "c.toml:5: defaults.url: unknown key (it belongs in a [[",
    SOURCE + "[monitor]\nevery = 1": "c.toml:5: monitor.every: unknown key (it belongs in a [[",
    SOURCE + "[channels]\nmail = 3": "c.toml:5: channels.mail: must be a table, not a number",
    SOURCE + "every = \n": "c.toml:4: is no TOML: Invalid value, column 9",
    SOURCE + "a = [1,": "c.toml:4: is no TOML: Invalid value, column 8",
    SOURCE + 'id = "b"': "c.toml:4: is no TOML: Cannot overwrite a value, column 9",
    "a = " + "[" * 5000: "c.toml: is nested too deeply",
    "a = " + "9" * 5000: "c.toml:1: is no TOML: Exceeds the limit",
    SOURCE + 'every = "1h"\ncron = "0 6 * * *"': "c.toml:5: source[0].cron: contradicts `every`",
    '[[source]]\nid = "a"': "c.toml:1: source[0].url: is missing (add url = ",
}


@pytest.mark.parametrize("text", BAD_FILES, ids=range(len(BAD_FILES)))
def test_a_file_that_is_wrong_as_a_whole(text: str) -> None:
    """Syntax, structure and emptiness are faults with advice too."""
    (fault,) = faults(text)
    assert fault.startswith(BAD_FILES[text])


def test_every_fault_is_told_at_once_in_the_order_of_the_file() -> None:
    """Nobody has to start the program six times to find six mistakes."""
    text = f'[defaults]\nevery = "x"\n{SOURCE}tags = 1\n{SOURCE}notify = "none"\n{HOOK}secret = "s"'
    assert [fault.split(" ")[:2] for fault in faults(text)] == [
        ["c.toml:2:", "defaults.every:"],
        ["c.toml:6:", "source[0].tags[0]:"],
        ["c.toml:8:", "source[1].id:"],
        ["c.toml:10:", "source[1].notify:"],
        ["c.toml:14:", "channels.hook.secret[0]:"],
    ]


def test_a_second_use_of_an_id_names_both_lines() -> None:
    """An id belongs to one source for ever."""
    (fault,) = faults(SOURCE + SOURCE)
    assert fault == 'c.toml:5: source[0].id: the id "a" is taken (first in line 2)'.replace(
        "0", "1"
    )


def test_doubts_are_warnings_not_faults() -> None:
    """What may be meant is loaded, and said."""
    text = (
        SOURCE
        + 'site = "Acme"\nkind = "privacy-polcy"\n'
        + SOURCE.replace('"a"', '"b"')
        + 'site = "ACME"\nkind = "my-own-kind"\n'
    )
    configuration = read(text)
    assert [source.kind for source in configuration.sources] == ["privacy-polcy", "my-own-kind"]
    assert [str(warning) for warning in configuration.warnings] == [
        'c.toml:5: source[0].kind: unusual kind "privacy-polcy" (did you mean "privacy-policy"?)',
        'c.toml:8: source[1].url: watches the same as source "a"',
        'c.toml:9: source[1].site: "ACME" is also written "Acme"',
    ]


def test_an_address_may_be_a_number() -> None:
    """IPv4 and IPv6 addresses are hosts like any other."""
    for host in ("192.0.2.1:8080", "[2001:db8::1]", "xn--mnchen-3ya.example", "münchen.example"):
        (source,) = read(f'[[source]]\nid = "a"\nurl = "http://{host}/agb"\n').sources
        assert source.url == f"http://{host}/agb"


def only_fault(path: Path) -> Fault:
    """Return the one fault of the file at `path`."""
    with pytest.raises(ConfigError) as caught:
        load(path, environ={})
    (fault,) = caught.value.faults
    return fault


def test_a_file_is_loaded_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    """Editors that write a mark are forgiven."""
    path = tmp_path / "sources.toml"
    path.write_text(SOURCE, "utf-8-sig")
    assert load(path, environ={}).sources[0].id == "a"
    assert load(path, environ={}).path == path


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    """The fault names the path that was looked at and the command that helps."""
    fault = only_fault(tmp_path / "sources.toml")
    assert fault.problem == "there is no such file"
    assert fault.hint.endswith("make one: monitor add https://…")
    assert str(tmp_path) in fault.hint


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    """A directory and a device are not read."""
    assert only_fault(tmp_path).problem == "is a directory"
    assert only_fault(Path("/dev/zero")).problem == "is no regular file"
    assert only_fault(Path("a\0b")).problem.startswith("cannot be read")


def test_a_file_that_everybody_can_write_is_refused(tmp_path: Path) -> None:
    """Whoever can write the file decides what the monitor fetches and whom it tells."""
    path = tmp_path / "sources.toml"
    path.write_text(SOURCE)
    path.chmod(0o646)
    assert only_fault(path).hint == f"chmod o-w {path}"


def test_a_file_in_another_encoding_is_refused_with_the_line(tmp_path: Path) -> None:
    """The line of the first byte that is not UTF-8 is named."""
    path = tmp_path / "sources.toml"
    path.write_bytes(b'[[source]]\nid = "a"\nname = "caf\xe9"\n')
    fault = only_fault(path)
    assert (fault.where, fault.problem) == (f"{path}:3", "is not UTF-8 text")


BAD_SECRETS = {b"": "is empty", b"\xff": "is not UTF-8 text", b"x" * 70_000: "is too large"}


@pytest.mark.parametrize("content", BAD_SECRETS, ids=range(len(BAD_SECRETS)))
def test_a_secret_file_that_holds_no_secret_is_refused(content: bytes, tmp_path: Path) -> None:
    """An empty or binary file is a mistake, not a password."""
    (tmp_path / "key").write_bytes(content)
    (fault,) = faults(f'{HOOK}secret = "file:key"\n{SOURCE}', {}, tmp_path)
    assert BAD_SECRETS[content] in fault


def test_a_misspelled_variable_gets_the_nearest_one() -> None:
    """The hint names a variable that is set."""
    (fault,) = faults(f'{HOOK}secret = "env:HOOK_SECRT"\n{SOURCE}', {"HOOK_SECRET": KEY})
    assert fault.endswith("HOOK_SECRT is not set (did you mean env:HOOK_SECRET?)")


def test_a_channel_says_what_it_wants_and_when() -> None:
    """Filters and hours become values; a list of one needs no brackets."""
    text = (
        f'{HOOK}sites = "Acme*"\nkinds = ["privacy-policy"]\ntags = "eu"\nlanguages = "de"\n'
        'findings = "announcement.*"\nevents = ["policy.changed"]\nfirst = true\n'
        'quiet = "22:00-07:00"\ntimezone = "Europe/Paris"\n'
    )
    hook = read(text + SOURCE, {}).channels["hook"]
    assert hook.wants == Wants(
        ("Acme*",), ("privacy-policy",), ("eu",), ("de",), ("announcement.*",),
        ("policy.changed",), first=True,
    )  # fmt: skip
    assert hook.pace == Pace(quiet=(time(22), time(7)), timezone="Europe/Paris")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('quiet = "22-7"', "channels.hook.quiet: is no span of hours"),
        ('quiet = "22:00-22:00"', "channels.hook.quiet: begins when it ends"),
        ("quiet = 22", "channels.hook.quiet: is no span of hours"),
        ('events = ["policy.change"]', "channels.hook.events[0]"),
        ('timezone = "Paris"', "channels.hook.timezone"),
    ],
)
def test_a_wish_that_cannot_be_met_is_named(line: str, fault: str) -> None:
    """Each says what is wrong with it."""
    (found,) = faults(f"{HOOK}{line}\n{SOURCE}", {})
    assert fault in found


@pytest.mark.parametrize(
    ("given", "until"),
    [
        ("2026-12-31", datetime(2026, 12, 30, 23, tzinfo=UTC)),
        ("2026-12-31T18:00:00", datetime(2026, 12, 31, 17, tzinfo=UTC)),
        ("2026-12-31T18:00:00Z", datetime(2026, 12, 31, 18, tzinfo=UTC)),
    ],
)
def test_a_source_is_muted_until_a_time_of_its_own_zone(given: str, until: datetime) -> None:
    """A date is its first moment; an offset goes before the zone."""
    (source,) = read(f'{SOURCE}timezone = "Europe/Paris"\nmute_until = {given}\n', {}).sources
    assert source.mute_until == until
    assert codec.load(Source, codec.dump(source)) == source
    (fault,) = faults(f'{SOURCE}mute_until = "soon"\n', {})
    assert "mute_until: is no date or time" in fault
