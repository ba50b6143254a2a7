"""The tables and keys of a configuration; the JSON Schema for editors is made from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

from monitor.sources import values as v
from monitor.sources.kinds import KINDS

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema


class Table(BaseModel):
    """A table that takes the keys it declares and no others, without conversions of type."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    def given(self) -> dict[str, Any]:
        """Return what the file sets, by key."""
        return {key: value for key, value in self.__dict__.items() if key in self.model_fields_set}


class Defaults(Table):
    """Options of every source that does not set them itself."""

    every: v.Every | None = Field(
        None,
        description='Time between two checks, "1m" to "366d"; two of them, "6h to 7d", or "auto" '
        "adapt it to how often the policy changes; 12h unless set.",
    )
    cron: v.Cron | None = Field(
        None, description="Five fields of crontab(5) instead of `every`, read in `timezone`."
    )
    timezone: v.TimeZone | None = Field(
        None, description="IANA time zone of `cron`; UTC unless set."
    )
    jitter: v.Jitter | None = Field(
        None, description="Each due time is moved later by a random part of this; 5m unless set."
    )
    select: v.Selectors | None = Field(
        None, description="CSS selectors of the elements that hold the policy; automatic if empty."
    )
    remove: v.Cuts | None = Field(
        None, description="CSS selectors, or { from, to } ranges by heading or text, to cut first."
    )
    ignore: v.Ignores | None = Field(
        None, description="Text left out of comparison: literal, or /pattern/."
    )
    date: v.Lines | None = Field(
        None, description="Words this page writes before its own date, where they are unusual."
    )
    language: v.Language | None = Field(
        None, description="BCP 47 tag of the text, where the page's claim is wrong or missing."
    )
    headers: v.Headers | None = Field(
        None, description="Request headers; a value may be env:NAME or file:PATH."
    )
    timeout: v.Timeout | None = Field(
        None, description="Limit of one fetch, redirects and body included; 30s unless set."
    )
    tags: v.Lines | None = Field(None, description="Free labels to choose sources by.")
    notify: v.Slugs | None = Field(
        None, description="Channels told about changes: all unless set, none if empty."
    )
    mute_until: v.Mute | None = Field(
        None, description="Date or time until which nobody is told; checks go on."
    )
    enabled: bool | None = Field(None, description="Whether it is checked; true unless set.")
    confirm_after: v.Wait | None = Field(
        None, description="How long a difference waits to be confirmed; 5m unless set, 0 at once."
    )
    alert_after: v.Attempts | None = Field(
        None, description="Failures in a row that make an outage; 3 unless set."
    )
    remind_after: v.Reminder | None = Field(
        None, description="How often an open outage is told again; 7d unless set, 0 for never."
    )
    remind_before: v.Reminder | None = Field(
        None,
        description="How long before a policy takes effect it is told; 7d unless set, 0 never.",
    )
    objection_days: v.ObjectionDays | None = Field(
        None, description="Days in which one may object to a change, 1 to 366; none unless set."
    )
    fetcher: Literal["http", "browser", "auto"] | None = Field(
        None, description="How the page is had; auto unless set: a browser where it is needed."
    )
    keep: Literal["changes", "all"] | None = Field(
        None, description="Whether captures that show nothing new are kept; changes unless set."
    )
    keep_for: v.Age | None = Field(
        None, description="How long history is kept, 30d at least; for ever unless set."
    )
    keep_versions: v.Versions | None = Field(
        None, description="How many versions are kept at most; all unless set."
    )
    robots: bool | None = Field(None, description="Whether robots.txt is obeyed; true unless set.")
    allow_private: bool | None = Field(
        None, description="Whether private network addresses may be fetched; false unless set."
    )


class PageEntry(Table):
    """One of the pages a policy is spread over."""

    url: v.Url = Field(description="Address of the page, http or https.")
    select: v.Selectors | None = Field(
        None, description="CSS selectors of the elements that hold this page's part of the policy."
    )
    remove: v.Cuts | None = Field(
        None, description="CSS selectors, or { from, to } ranges, to cut from this page first."
    )
    ignore: v.Ignores | None = Field(None, description="Text of this page that is not compared.")
    date: v.Lines | None = Field(None, description="Words this page writes before its own date.")
    language: v.Language | None = Field(None, description="BCP 47 tag of this page's text.")
    part: v.Line | None = Field(None, description="Heading of the part of this page that is meant.")


class SourceEntry(Defaults):
    """One policy of one publisher, at one address or spread over several."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["url"]}, {"required": ["pages"]}]}
    )

    id: v.Slug = Field(description="Identity of the source; its history stays with it for ever.")
    url: v.Url | None = Field(
        None, description="Address of the policy, http or https; it may change."
    )
    pages: Annotated[list[Annotated[PageEntry, v.UrlAlone()]], v.SeveralPages] | None = Field(
        None, description="The pages it is spread over, in order, 2 to 20; `url` is the first."
    )
    site: v.Line | None = Field(None, description="Whose policy; the host name unless set.")
    kind: v.Slug | None = Field(
        None,
        description="Which policy, such as privacy-policy; guessed from the url unless set.",
        examples=[*KINDS],
    )
    name: v.Line | None = Field(None, description="Title of the policy; from `kind` unless set.")
    part: v.Line | None = Field(
        None, description="Heading of the part meant, where one page holds several documents."
    )


class ChannelTable(Table):
    """What every channel may say: what it is told of, and when."""

    sites: v.Lines | None = Field(None, description="Only of these sites; names or globs.")
    kinds: v.Lines | None = Field(None, description="Only of these kinds; names or globs.")
    tags: v.Lines | None = Field(None, description="Only of sources with one of these tags.")
    languages: v.Languages | None = Field(
        None, description="Only of policies in these languages; en means en-GB too."
    )
    findings: v.Lines | None = Field(
        None, description="Only changes with a finding of one of these rules; names or globs."
    )
    events: v.Events | None = Field(None, description="Only events of these types.")
    first: bool | None = Field(
        None, description="Whether first versions are told too; false unless set."
    )
    quiet: v.Quiet | None = Field(
        None, description='Hours in which messages wait, such as "22:00-07:00".'
    )
    digest: Literal["hourly", "daily", "weekly"] | None = Field(
        None, description="Gather what happens into one message; each by itself unless set."
    )
    at: v.Clock | None = Field(
        None, description="When a daily or weekly digest is sent; 08:00 unless set."
    )
    timezone: v.TimeZone | None = Field(
        None, description="IANA time zone of `quiet` and `at`; UTC unless set."
    )


class EmailEntry(ChannelTable):
    """A channel that sends e-mail through an SMTP server."""

    type: Literal["email"] = Field(description="Kind of channel.")
    host: v.Host = Field(description="Name of the SMTP server.")
    sender: v.Address = Field(alias="from", description="Address the messages come from.")
    to: v.Addresses = Field(description="One address, or a list.")
    port: v.Port | None = Field(None, description="587, or 465 for tls, or 25 for none.")
    security: Literal["starttls", "tls", "none"] | None = Field(
        None, description="How the connection is encrypted; starttls unless set."
    )
    username: v.Username | None = Field(None, description="Login name, if the server wants one.")
    password: v.Password | None = Field(None, description="env:NAME or file:PATH.")
    timeout: v.Timeout | None = Field(None, description="Limit of one delivery; 30s unless set.")
    allow_private: bool | None = Field(
        None, description="Whether the server may have a private address; true unless set."
    )


class WebhookEntry(ChannelTable):
    """A channel that posts signed JSON (Standard Webhooks 1.0)."""

    type: Literal["webhook"] = Field(description="Kind of channel.")
    url: v.WebhookUrl = Field(description="Address, or env:NAME or file:PATH where it is secret.")
    secret: v.SigningKeys | None = Field(
        None, description="env:NAME or file:PATH of a whsec_ key, or several; unsigned unless set."
    )
    headers: v.Headers | None = Field(
        None, description="Request headers; a value may be env:NAME or file:PATH."
    )
    timeout: v.Timeout | None = Field(None, description="Limit of one delivery; 15s unless set.")
    allow_private: bool | None = Field(
        None, description="Whether the receiver may have a private address; false unless set."
    )


class AppriseEntry(ChannelTable):
    """A channel that sends short messages through Apprise, an extra."""

    type: Literal["apprise"] = Field(description="Kind of channel.")
    url: v.Password = Field(description="env:NAME or file:PATH of an address of Apprise.")
    timeout: v.Timeout | None = Field(None, description="Limit of one delivery; 15s unless set.")


class MonitorEntry(Table):
    """Settings of the monitor as a whole."""

    contact: v.Line | None = Field(
        None, description="E-mail or web address publishers can turn to; sent as User-Agent."
    )
    host_spacing: v.Spacing | None = Field(
        None, description="Shortest time between two requests to one host; 1s unless set."
    )
    quota: v.Size | None = Field(
        None, description='Size of the archive that is warned of before it is reached, "5GB".'
    )
    timestamp_url: v.Url | None = Field(
        None, description="Authority that stamps what was recorded once a day (RFC 3161)."
    )
    timestamp_private: bool | None = Field(
        None, description="Whether it may have a private address; false unless set."
    )
    web: v.Listening | None = Field(
        None, description='Where the web view listens; "127.0.0.1:8383" unless set, or "off".'
    )
    web_token: v.Password | None = Field(
        None, description="env:NAME or file:PATH of what the web view asks for; 16 characters on."
    )
    web_hosts: v.Hosts | None = Field(
        None, description="Names the web view is reached by, besides its own address."
    )
    web_url: v.WebAddress | None = Field(
        None, description="Where the web view can be reached; messages link to it where it is set."
    )
    lexicon: v.Line | None = Field(
        None, description="Folder with words of your own for the rules about changes."
    )


ChannelEntry = Annotated[EmailEntry | WebhookEntry | AppriseEntry, Field(discriminator="type")]
CHANNELS: dict[str, type[Table]] = {
    "email": EmailEntry,
    "webhook": WebhookEntry,
    "apprise": AppriseEntry,
}


class File(Table):
    """The policies to watch, and who is told when one changes."""

    monitor: MonitorEntry = Field(default_factory=MonitorEntry)
    defaults: Defaults = Field(default_factory=Defaults)
    channels: dict[v.Slug, ChannelEntry] = Field(
        default_factory=dict, description="Where messages go, by name."
    )
    source: list[SourceEntry] = Field(description="The policies to watch.", min_length=1)


class MonitorOnly(Table):
    """A file of which nothing else is asked."""

    monitor: MonitorEntry = Field(default_factory=MonitorEntry)


class _TomlSchema(GenerateJsonSchema):
    """JSON Schema of what can be written in TOML, which has no null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a configuration, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **File.model_json_schema(schema_generator=_TomlSchema),
    }
