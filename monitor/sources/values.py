"""The values a configuration is made of; each knows its form, its bounds and its JSON Schema."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema
from pydantic_core import core_schema

from monitor.sources import checks, cron, durations, rules
from monitor.sources.kinds import slug
from monitor.sources.refusal import refuse
from monitor.sources.secret import REFERENCE, Secrets

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

AUTO = "6h to 7d"
"""What ``every = "auto"`` stands for."""
SLUG = r"^[a-z0-9]+([._-][a-z0-9]+)*$"
_SLUG = re.compile(SLUG)


@dataclass(frozen=True, slots=True)
class Between:
    """Reads a duration and holds it to bounds, both written as in the file."""

    low: str
    high: str

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Validate by `read` alone."""
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the text, and a bare 0 where zero is allowed."""
        text = {"type": "string", "pattern": durations.PATTERN}
        return {"anyOf": [text, {"const": 0}]} if self.low == "0" else text

    def read(self, value: object) -> timedelta:
        """Return the duration; a bare 0 needs no quotes where zero is allowed."""
        text = str(value) if type(value) is int else value
        if not isinstance(text, str):
            raise refuse("must be a duration in quotes", 'such as "30m", "12h" or "1d"')
        try:
            duration = durations.parse(text)
        except ValueError as error:
            raise refuse(f'"{text}" is no duration', str(error)) from None
        if not durations.parse(self.low) <= duration <= durations.parse(self.high):
            raise refuse(f'"{text}" is out of bounds', f'from "{self.low}" to "{self.high}"')
        return duration


class Interval:
    """Reads a duration, or two that the time between two checks may lie between."""

    duration = Between("1m", "366d")

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Validate by `read` alone."""
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe a duration, two of them, and the word for the usual two."""
        span = {"type": "string", "pattern": f"^{durations.ONE} to {durations.ONE}$"}
        duration = {"type": "string", "pattern": durations.PATTERN}
        return {"anyOf": [duration, span, {"const": "auto"}]}

    def read(self, value: object) -> timedelta | tuple[timedelta, timedelta]:
        """Return the duration, or the shortest and the longest."""
        least, mark, most = (AUTO if value == "auto" else str(value)).partition(" to ")
        if not mark:
            return self.duration.read(value)
        bounds = self.duration.read(least.strip()), self.duration.read(most.strip())
        if bounds[0] > bounds[1]:
            raise refuse(f'"{value}" ends before it begins', f'write "{most} to {least}"')
        return bounds


class OneOrMore:
    """Lets a list of one be written without its brackets."""

    def __get_pydantic_core_schema__(
        self, source: type[object], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Validate the list after `read`."""
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe one element or the list."""
        array = handler(schema)
        return {"anyOf": [array["items"], array]}

    @staticmethod
    def read(value: object) -> object:
        """Return `value` in a list unless it is one."""
        return value if isinstance(value, list) else [value]


class UrlAlone:
    """Lets a table of which only the address is set be written as that address."""

    def __get_pydantic_core_schema__(
        self, source: type[object], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Validate the table after `read`."""
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the address or the table."""
        return {"anyOf": [{"type": "string", "pattern": "^https?://"}, handler(schema)]}

    @staticmethod
    def read(value: object) -> object:
        """Return an address as a table."""
        return {"url": value} if isinstance(value, str) else value


def _slug(text: str) -> str:
    if len(text) <= 100 and _SLUG.match(text):  # noqa: PLR2004 - what fits a table column
        return text
    close = slug(text)
    rule = "lower-case letters, digits and single hyphens, at most 100"
    raise refuse(f'"{text}" is no short name', f'write "{close}"' if _SLUG.match(close) else rule)


def _cron(text: str) -> str:
    try:
        return cron.normalise(text)
    except cron.CronError as error:
        raise refuse(str(error), error.hint) from None


def _cut(value: object) -> object:
    return rules.cut_range(value) if isinstance(value, dict) else value


def _chosen(value: object) -> object:
    return rules.between(value) if isinstance(value, dict) else value


def _secret(text: str, info: ValidationInfo) -> str | None:
    return _secrets(info).read(text, plain=False)


def _secret_or_plain(text: str, info: ValidationInfo) -> str | None:
    return _secrets(info).read(text, plain=True)


def _secrets(info: ValidationInfo) -> Secrets:
    assert isinstance(info.context, Secrets)
    return info.context


def _signing_key(secret: str | None) -> str | None:
    return secret if secret is None else checks.signing_key(secret)


def _webhook_url(url: str | None) -> str | None:
    return url if url is None else checks.url(url, secret=True)


def _header_value(value: str | None) -> str | None:
    return value if value is None else checks.header_value(value)


def _clock(text: object) -> object:
    if not isinstance(text, str) or not _CLOCK.fullmatch(text):
        raise refuse("is no time of day", 'in quotes, such as "08:00" or "17:30"')
    return time.fromisoformat(text)


def _quiet(text: object) -> object:
    hint = 'from and until, such as "22:00-07:00"'
    start, mark, until = text.partition("-") if isinstance(text, str) else ("", "", "")
    if not mark or not all(_CLOCK.fullmatch(part.strip()) for part in (start, until)):
        raise refuse("is no span of hours", hint)
    hours = time.fromisoformat(start.strip()), time.fromisoformat(until.strip())
    if hours[0] == hours[1]:
        raise refuse("begins when it ends", hint)
    return hours


def _size(text: object) -> object:
    found = _SIZE.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise refuse("is no size", 'in quotes, such as "500MB", "5GB" or "1TB"')
    return int(found[1]) * 1000 ** (_SIZES.index(found[2]) + 2)


def _mute(value: object) -> object:
    if not isinstance(value, date):
        raise refuse("is no date or time", "without quotes: 2026-12-31 or 2026-12-31T18:00:00")
    return value


Every = Annotated[Any, Interval()]
Jitter = Annotated[timedelta, Between("0", "1d")]
Timeout = Annotated[timedelta, Between("1s", "10m")]
Wait = Annotated[timedelta, Between("0", "7d")]
Reminder = Annotated[timedelta, Between("0", "366d")]
Spacing = Annotated[timedelta, Between("0", "1h")]
Age = Annotated[timedelta, Between("30d", "36500d")]
Versions = Annotated[int, Field(ge=1, le=1_000_000)]
Attempts = Annotated[int, Field(ge=1, le=1000)]
ObjectionDays = Annotated[int, Field(ge=1, le=366)]
Port = Annotated[int, Field(ge=1, le=65535)]

Slug = Annotated[str, AfterValidator(_slug), Field(json_schema_extra={"pattern": SLUG})]
Line = Annotated[str, AfterValidator(checks.line), Field(json_schema_extra={"minLength": 1})]
Url = Annotated[str, AfterValidator(checks.url), Field(json_schema_extra={"pattern": "^https?://"})]
WebAddress = Annotated[
    str,
    AfterValidator(checks.web_address),
    Field(json_schema_extra={"pattern": "^https?://[^?#]+$"}),
]
Cron = Annotated[str, AfterValidator(_cron)]
TimeZone = Annotated[str, AfterValidator(checks.timezone)]
Language = Annotated[str, AfterValidator(checks.language)]
Languages = Annotated[list[Language], OneOrMore()]
SIZE = r"([1-9][0-9]{0,5}) ?(MB|GB|TB)"
_SIZE = re.compile(SIZE)
_SIZES = ("MB", "GB", "TB")
Size = Annotated[
    int, BeforeValidator(_size), WithJsonSchema({"type": "string", "pattern": f"^{SIZE}$"})
]
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_CLOCK = re.compile(CLOCK)
Clock = Annotated[
    time, BeforeValidator(_clock), WithJsonSchema({"type": "string", "pattern": f"^{CLOCK}$"})
]
Quiet = Annotated[
    tuple[time, time],
    BeforeValidator(_quiet),
    WithJsonSchema({"type": "string", "pattern": rf"^{CLOCK} *- *{CLOCK}$"}),
]
Mute = Annotated[
    Any,
    BeforeValidator(_mute),
    WithJsonSchema({"type": "string", "description": "A date or time of TOML, without quotes."}),
]
Event = Literal[
    "policy.changed",
    "policy.silent_change",
    "policy.returned",
    "policy.effective",
    "policy.objection",
    "policy.first_seen",
    "source.failing",
    "source.blocked",
    "source.gone",
    "source.reminder",
    "source.recovered",
]
Events = Annotated[list[Event], OneOrMore()]
Host = Annotated[str, AfterValidator(checks.host)]
Hosts = Annotated[list[Host], OneOrMore()]
Listening = Annotated[
    str,
    AfterValidator(checks.listening),
    Field(json_schema_extra={"pattern": "^(off|.+:[0-9]{1,5})$"}),
]
Address = Annotated[str, AfterValidator(checks.address)]
Addresses = Annotated[list[Address], OneOrMore(), AfterValidator(checks.at_least_one)]

_BETWEEN_SCHEMA = {
    "type": "object",
    "properties": {
        f"{end}_{edge}": {"type": "string"}
        for end in ("start", "end")
        for edge in ("before", "after")
    },
    "minProperties": 2,
    "maxProperties": 2,
    "additionalProperties": False,
}
Selector = Annotated[
    str,
    BeforeValidator(_chosen),
    AfterValidator(rules.selector),
    WithJsonSchema({"anyOf": [{"type": "string"}, _BETWEEN_SCHEMA]}),
]
Selectors = Annotated[list[Selector], OneOrMore()]
_RANGE_SCHEMA = {
    "type": "object",
    "properties": {"from": {"type": "string"}, "to": {"type": "string"}},
    "required": ["from"],
    "additionalProperties": False,
}
Cut = Annotated[
    str,
    BeforeValidator(_cut),
    AfterValidator(rules.cut),
    WithJsonSchema({"anyOf": [{"type": "string"}, _RANGE_SCHEMA, _BETWEEN_SCHEMA]}),
]
Cuts = Annotated[list[Cut], OneOrMore()]
Ignores = Annotated[list[Annotated[str, AfterValidator(rules.ignore)]], OneOrMore()]
Lines = Annotated[list[Line], OneOrMore()]
Slugs = Annotated[list[Slug], OneOrMore()]

_REFERENCE_SCHEMA = {"type": "string", "pattern": REFERENCE}
Password = Annotated[str, AfterValidator(_secret), WithJsonSchema(_REFERENCE_SCHEMA)]
SigningKey = Annotated[
    str,
    AfterValidator(_secret),
    AfterValidator(_signing_key),
    WithJsonSchema(_REFERENCE_SCHEMA),
]
SigningKeys = Annotated[list[SigningKey], OneOrMore(), AfterValidator(checks.at_least_one_key)]
Username = Annotated[str, AfterValidator(_secret_or_plain)]
WebhookUrl = Annotated[
    str,
    AfterValidator(_secret_or_plain),
    AfterValidator(_webhook_url),
    Field(json_schema_extra={"pattern": "^(https?://|env:|file:)"}),
]
HeaderName = Annotated[str, AfterValidator(checks.header_name)]
HeaderValue = Annotated[str, AfterValidator(_secret_or_plain), AfterValidator(_header_value)]
Headers = dict[HeaderName, HeaderValue]
SeveralPages = AfterValidator(checks.several)
