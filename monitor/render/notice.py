"""What a message says, before it takes a form: the same for text, HTML and subject line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.render import sample
from monitor.render.excerpt import NOTHING, Excerpt, excerpt
from monitor.render.facts import (
    count,
    date_rows,
    date_text,
    dates_phrase,
    dates_state,
    instant,
    sections_phrase,
    span,
    stats,
    title,
    words_phrase,
)
from monitor.render.links import change_page
from monitor.render.visible import one_line

if TYPE_CHECKING:
    from monitor.model import (
        Change,
        ChannelOutage,
        Comparison,
        Delivery,
        Outage,
        OutageKind,
        Source,
        Version,
    )

REMARKS = 8
SUMMARY = 1_000
_DATES_SENTENCE = {
    "none": "The policy states no date of its own.",
    "unchanged": "The policy's own date did not change.",
    "changed": "The policy's own date changed too.",
    "added": "The policy now states a date of its own.",
    "removed": "The policy no longer states a date of its own.",
}
_OUTAGES: dict[OutageKind, tuple[str, str]] = {
    "failing": ("cannot be read", "the last checks of its page failed."),
    "blocked": (
        "blocked",
        "its page answers with a block, a login, a consent wall or an empty shell in its place.",
    ),
    "gone": (
        "gone",
        "there is no such page any more. Where it has moved, the configuration needs the address.",
    ),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled line of a message."""

    label: str
    text: str
    url: str | None = None
    """Where the text leads; http or https only."""


@dataclass(frozen=True, slots=True)
class Step:
    """A command that shows more."""

    what: str
    command: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Everything a person is told, in the order it is told."""

    title: str
    news: str
    """What happened, in a few words; the second half of the subject."""
    summary: str
    remarks: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    excerpt: Excerpt = NOTHING
    names: tuple[str, ...] = ()
    """Heading paths only, where the words are not at hand."""
    rest: str = ""
    """What is not shown, and where it is."""
    steps: tuple[Step, ...] = ()
    reason: str = ""
    """Why this reader gets it."""

    @property
    def subject(self) -> str:
        """One line of at most about 200 characters."""
        return f"{self.title}: {one_line(self.news, 110)}"


def of_change(
    delivery: Delivery, source: Source, change: Change, comparison: Comparison | None, web: str = ""
) -> Notice:
    """Tell what changed in a policy."""
    told = about(change, comparison, title(source), "in the attached diff", web)
    return replace(told, reason=reason_of(delivery, source))


def about(
    change: Change, comparison: Comparison | None, name: str, whole: str, web: str = ""
) -> Notice:
    """Say what changed, to whoever reads it; `whole` says where the rest of a long one is."""
    shown = excerpt(comparison) if comparison is not None else NOTHING
    phrase = _phrase(change, comparison)
    words = words_phrase(*stats(change, comparison))
    sentence = f"{phrase[0].upper()}{phrase[1:]}{f': {words}' if words else ''}."
    names = () if shown.sections else tuple(part.path for part in change.sections)
    return Notice(
        title=name,
        news=f"{phrase}, {dates_phrase(change.old_dates, change.new_dates)}",
        summary=one_line(change.summary, SUMMARY)
        or f"{sentence} {_dates_sentence(change)}".rstrip(),
        remarks=_remarks(change),
        facts=(
            *_date_facts(change),
            *_interval(change),
            page_fact(change.url),
            *web_facts(change, web),
        ),
        excerpt=shown,
        names=tuple(" › ".join(one_line(part, 100) for part in path) for path in names[:40]),
        rest=_rest(shown, whole),
        steps=(
            Step("All of it", diff_command(change)),
            Step("Earlier changes", f"monitor history {change.source}"),
        ),
    )


def of_return(delivery: Delivery, source: Source, change: Change, web: str = "") -> Notice:
    """Tell that what a change brought is gone again, and the earlier text is back."""
    before = f"version {change.from_version} or earlier"
    return Notice(
        title=title(source),
        news=f"back to what it said before the change of {instant(change.first_seen_at)}",
        summary="The page shows an earlier version of the policy again. It may serve several "
        "variants, by region or at random, or the publisher took the change back. Further turns "
        "between the same variants are recorded without a message; one that stays is told.",
        facts=(
            Fact("Shown again", before),
            Fact("Seen", instant(delivery.created_at)),
            page_fact(change.url),
            *web_facts(change, web),
        ),
        steps=(
            Step("The change it undoes", diff_command(change)),
            Step("All versions", f"monitor history {source.id}"),
        ),
        reason=reason_of(delivery, source),
    )


def of_first(delivery: Delivery, source: Source, version: Version) -> Notice:
    """Tell that a policy was read for the first time, and what was found."""
    document = version.document
    words = count(len(document.text.split()), "word")
    sections = count(len(document.sections), "section")
    return Notice(
        title=title(source),
        news=f"first seen, {words} in {sections}",
        summary="The policy was read for the first time and is watched from now on. "
        "This is what later versions are compared with.",
        facts=(
            Fact("Its title", one_line(document.title, 200) or "none"),
            *(
                Fact(label, now or "")
                for label, _, now in date_rows(document.dates, document.dates)
            ),
            Fact("Length", f"{words} in {sections}"),
            Fact("Seen", instant(version.fetched_at)),
            page_fact(source.url),
        ),
        steps=(Step("What was read", f"monitor show {source.id}"),),
        reason=reason_of(delivery, source),
    )


def of_outage(delivery: Delivery, source: Source, outage: Outage) -> Notice:
    """Tell that a source cannot be read, or can be again."""
    if delivery.event == "source.recovered":
        return _recovered(delivery, source, outage)
    since = instant(outage.opened_at)
    state, why = _OUTAGES[outage.kind]
    news, when = f"{state} since {since}", since
    if delivery.event == "source.reminder":
        lasted = span(delivery.created_at - outage.opened_at)
        news, when = f"still {state} after {lasted}", f"{since} ({lasted} ago)"
    return Notice(
        title=title(source),
        news=news,
        summary=f"The policy cannot be read: {why} Changes made meanwhile are not seen until it "
        "can be read again; the versions recorded before are kept.",
        facts=(
            Fact("What happened", one_line(outage.detail, 400) or outage.kind),
            Fact("Since", when),
            page_fact(source.url),
        ),
        steps=(
            Step("Try now", f"monitor check {source.id}"),
            Step("What is seen", f"monitor preview {source.id}"),
        ),
        reason=reason_of(delivery, source),
    )


def _recovered(delivery: Delivery, source: Source, outage: Outage) -> Notice:
    closed = outage.closed_at or delivery.created_at
    lasted = span(closed - outage.opened_at)
    return Notice(
        title=title(source),
        news=f"can be read again after {lasted}",
        summary="The policy can be read again. "
        "What changed in the meantime, if anything, follows in a message of its own.",
        facts=(
            Fact("Unreadable", f"{instant(outage.opened_at)} to {instant(closed)} ({lasted})"),
            Fact("It was", one_line(outage.detail, 400) or outage.kind),
            page_fact(source.url),
        ),
        steps=(Step("What was checked", f"monitor history {source.id}"),),
        reason=reason_of(delivery, source),
    )


def of_channel(delivery: Delivery, trouble: ChannelOutage) -> Notice:
    """Tell through one channel that another one fails, or works again."""
    failing = one_line(trouble.channel, 60)
    over = delivery.event == "channel.recovered"
    end = trouble.closed_at or delivery.created_at
    lasted = span(end - trouble.opened_at)
    return Notice(
        title=f"Channel {failing}",
        news=f"works again after {lasted}" if over else "messages are not delivered",
        summary=(
            "The channel takes messages again. What was given up meanwhile is not sent by itself."
            if over
            else "The channel does not take what it is sent. Each message is tried for about a "
            "day unless it is refused for good; what was given up can be sent again by hand."
        ),
        facts=(
            Fact("Since", instant(trouble.opened_at)),
            *((Fact("Until", instant(end)),) if over else ()),
            Fact("It answered", one_line(trouble.detail, 400) or "nothing"),
        ),
        steps=(
            Step("What was given up", "monitor deliveries --failed"),
            Step("Send it again", "monitor deliveries --retry --all"),
            Step("Try the channel", f"monitor channels test {failing}"),
        ),
        reason=f"You get this because the channel {one_line(delivery.channel, 60)} works.",
    )


def of_test(delivery: Delivery) -> Notice:
    """Tell that a channel works, with a made-up change to show what an alert looks like."""
    channel = one_line(delivery.channel, 60)
    made_up = of_change(delivery, sample.SOURCE, sample.CHANGE, sample.COMPARISON)
    return Notice(
        title="Test message",
        news=f"channel {channel} works",
        summary=f"This is a test of the channel {channel}; nothing happened to any policy. "
        "Below is a made-up change, as a real one would be shown.",
        remarks=(made_up.summary,),
        facts=(Fact("Sent", instant(delivery.created_at)), *made_up.facts),
        excerpt=made_up.excerpt,
        steps=(Step("What was sent", "monitor deliveries"),),
        reason=f"You get this because somebody ran “monitor channels test {channel}”.",
    )


def diff_command(change: Change) -> str:
    """Return the command that shows all of a change."""
    return f"monitor diff {change.source} {change.from_version} {change.to_version}"


def _remarks(change: Change) -> tuple[str, ...]:
    """Return the findings that the summary does not tell, the weightiest first."""
    left = [finding for finding in change.findings if finding.summary not in change.summary]
    left.sort(key=lambda finding: -finding.weight)
    return tuple(one_line(finding.summary, 300) for finding in left[:REMARKS])


def _phrase(change: Change, comparison: Comparison | None) -> str:
    if any(finding.rule == "announcement.date_only" for finding in change.findings):
        return "only the date changed"
    return sections_phrase(change, comparison)


def _dates_sentence(change: Change) -> str:
    # A finding about the announcement says it better, with the words it rests on.
    if any(finding.rule.startswith("announcement.") for finding in change.findings):
        return ""
    return _DATES_SENTENCE[dates_state(change.old_dates, change.new_dates)]


def _date_facts(change: Change) -> tuple[Fact, ...]:
    rows = date_rows(change.old_dates, change.new_dates)
    if not rows:
        return (Fact("Policy's date", "none stated"),)
    return tuple(Fact(label, date_text(was, now)) for label, was, now in rows)


def _interval(change: Change) -> tuple[Fact, ...]:
    between = (
        Fact("Changed after", f"{instant(change.last_seen_unchanged_at)} (last seen unchanged)"),
        Fact("Changed by", f"{instant(change.first_seen_at)} (first seen changed)"),
    )
    if change.confirmed_at == change.first_seen_at:
        return between
    return (*between, Fact("Confirmed", instant(change.confirmed_at)))


def web_address(url: str) -> str | None:
    """Return an address that can be shown and followed as it is; `None` for any other."""
    scheme = urlsplit(url).scheme if url.isascii() else ""
    return url if scheme in {"http", "https"} and one_line(url, 300) == url else None


def page_fact(url: str) -> Fact:
    """Name the page, as a link where its address is one that is safe to click."""
    return Fact("Page", one_line(url, 300), web_address(url))


def web_facts(change: Change | None, web: str) -> tuple[Fact, ...]:
    """Say where the web view shows a change, where there are both."""
    if change is None or not web:
        return ()
    link = change_page(web, change)
    return (Fact("Web view", link, link),)


def _rest(shown: Excerpt, whole: str) -> str:
    if not shown.shortened:
        return ""
    passages = sum(part.more for part in shown.sections)
    left_out = [
        count(number, noun)
        for number, noun in ((shown.more, "more section"), (passages, "more passage"))
        if number
    ]
    if not left_out:
        return f"The passages cut here stand whole {whole}."
    return f"Not shown here, but {whole}: {' and '.join(left_out)}."


def reason_of(delivery: Delivery, source: Source) -> str:
    """Say why this reader gets a message about a source."""
    channel = one_line(delivery.channel, 60)
    return f"You get this because the source {source.id} notifies the channel {channel}."
