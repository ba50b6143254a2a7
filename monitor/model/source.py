"""What is watched: a source, its rules and its schedule."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rules:
    """What a source declares about its page; empty rules mean automatic extraction."""

    select: tuple[str, ...] = ()
    """CSS selectors of the elements that hold the policy, in document order."""
    remove: tuple[str, ...] = ()
    """CSS selectors, or ranges by heading or text (``from "A"``, ``from "A" to "B"``, the quoted
    parts JSON strings; without an end, to the end of the page), cut before anything else."""
    ignore: tuple[str, ...] = ()
    """Text left out of comparison: literal, or ``/pattern/`` as a regular expression."""
    part: str | None = None
    """Heading of the part meant, where one page holds several documents."""
    date: tuple[str, ...] = ()
    """Literal labels this page uses before its own date, tried before the known ones."""
    language: str | None = None
    """BCP 47 tag of the text, where the page's own claim is wrong or missing."""
    pages: tuple[Page, ...] = ()
    """The pages the policy is spread over, in order; empty where it is one page."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """What is left out of comparison, on any of the pages."""
        every = (self.ignore, *(page.rules.ignore for page in self.pages))
        return tuple(dict.fromkeys(entry for ignore in every for entry in ignore))

    @property
    def revision(self) -> str:
        """Digest that differs when any rule does; stored with each version."""
        rules = asdict(self)
        if not self.pages:
            # What one page was read under has kept its digest since before there were several.
            del rules["pages"]
        canonical = json.dumps(rules, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Page:
    """One of several pages that make up a policy."""

    url: str
    rules: Rules = field(default_factory=Rules)
    """Its own, where it has any, over those of the source."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a source is due: exactly one of `every`, `cron` and `least` with `most` is set."""

    every: timedelta | None = timedelta(hours=12)
    cron: str | None = None
    """Five fields, as in crontab(5)."""
    timezone: str = "UTC"
    """IANA name; cron fields are read in it."""
    jitter: timedelta = timedelta(minutes=5)
    """Each due time is moved later by a random part of this."""
    least: timedelta | None = None
    """With `most`: the time between two checks follows how often the policy has changed."""
    most: timedelta | None = None

    @property
    def adaptive(self) -> bool:
        """Whether the time between two checks follows how often the policy has changed."""
        return self.least is not None and self.most is not None


@dataclass(frozen=True, slots=True)
class Source:
    """One policy of one publisher at one address; `id` is its identity, the address may change."""

    id: str
    site: str
    kind: str
    name: str
    url: str
    schedule: Schedule = field(default_factory=Schedule)
    rules: Rules = field(default_factory=Rules)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """May hold resolved secrets, so they are kept out of reprs and logs."""
    timeout: timedelta = timedelta(seconds=30)
    """Limit of one fetch, redirects and body included."""
    tags: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()
    """Names of the channels told about this source."""
    mute_until: datetime | None = None
    """UTC; changes and outages before this are recorded and nobody is told."""
    enabled: bool = True
    confirm_after: timedelta = timedelta(minutes=5)
    """How long after a difference the confirming capture is taken; zero records at once."""
    alert_after: int = 3
    """Consecutive failures after which an outage is opened and delivered."""
    remind_after: timedelta = timedelta(days=7)
    """How long an outage stays open before it is told again, each time; zero for never."""
    remind_before: timedelta = timedelta(days=7)
    """How long before a policy takes effect it is told again; zero for never."""
    objection_days: int | None = None
    """Days after a change was first seen in which one may object to it; `None` where none."""
    fetcher: Literal["http", "browser", "auto"] = "auto"
    """How the page is had; ``auto`` takes a browser where the plain page is an empty shell."""
    keep: Literal["changes", "all"] = "changes"
    """Whether captures that show nothing new are kept as well."""
    keep_for: timedelta | None = None
    """How long versions, changes and captures are kept; `None` for ever."""
    keep_versions: int | None = None
    """How many versions are kept at most; `None` for all."""
    robots: bool = True
    """Whether robots.txt is obeyed."""
    allow_private: bool = False
    """Whether addresses that are not globally routable may be fetched."""

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses of all its pages; `url` is the first."""
        return tuple(page.url for page in self.rules.pages) or (self.url,)

    @property
    def title(self) -> str:
        """Site and policy name, as shown to people."""
        return f"{self.site} – {self.name}"
