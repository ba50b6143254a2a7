"""Tell the policy from a page that stands in its place.

What such pages have in common is that they are short and talk about themselves: a challenge, a
wall, an error, a stub, an empty shell. Every rule therefore has a number of words above which a
page is believed, higher where the page's own title or first heading says what it is, and where
the page has nothing in common with the policy that is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from monitor.errors import ExtractError
from monitor.extract.consent import ACCEPT, NO, REFUSE, YES
from monitor.extract.parts import is_title, names_policy
from monitor.extract.signs import (
    BLOCKED,
    FAULT,
    NOT_FOUND,
    PROVING,
    ROBOT,
    SHORT,
    SIGN_IN,
    SIGNS,
)
from monitor.extract.vocabulary import (
    knows,
    policy_share,
    says_policy,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.errors import ExtractReason
    from monitor.extract.evidence import PageEvidence
    from monitor.model import Document

NOTHING = 20
"""Fewer words than this are no policy, whatever they say; an imprint has about 60."""
BESIDE = 30
"""Words from which a page is believed that asks for a password beside its text."""
TALKATIVE = 260
"""Words up to which challenges and consent walls explain themselves."""
ENTITLED = 900
"""Words up to which a title or heading that names an error decides."""
WIDER = 3
"""How many times as long a page may be that has nothing in common with the policy known."""
STRANGE = 0.05
"""Share of words that policies are made of, below which a text is hardly one: a tenth is usual."""
CHALLENGED = 0.06
"""The same for a text about robots and being checked."""
DROP = 0.35
"""The same, of the share in the policy that is known."""
STRUCTURED = 3
"""Headings in its text from which a page that asks for consent is more than a wall."""
LONGEST_SIGN = 2_000
"""Characters of a line that are searched for what a page says of itself."""
LABEL = 100
"""Characters from which a line is no title."""
SHELL_SCRIPT = 2_000
"""Characters of script beside next to no text that make a page an application yet to start."""

MESSAGES: Final[Mapping[ExtractReason, str]] = {
    "blocked": "a bot challenge or block page",
    "not_found": "an error page: not found",
    "maintenance": "a maintenance or fault page",
    "redirect_stub": "a page that only leads elsewhere",
    "empty_shell": "an application that has not started",
    "login": "a login page",
    "consent": "a consent wall",
    "another_page": "a page about something else",
}

_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,2}|[^\W_]+")
_PLAIN = re.compile(r"yes|no|ok|oui|non|ja|nein", re.IGNORECASE)
"""Answers that any question may have, as whether a page was helpful."""
_CLOCK = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}:\d\d(?::\d\d)?")
_REACHED = re.compile(r"@|\d(?:[ ()/.-]{0,2}\d){6}")
"""A way to reach somebody, as every imprint names."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A page to be judged."""

    document: Document
    page: PageEvidence
    size: float
    """In words."""

    @property
    def headings(self) -> list[str]:
        """Return all headings of the page."""
        return [*self.page.headings, *(section.heading for section in self.document.sections)]

    @property
    def titled(self) -> bool:
        """Whether a heading says which policy this is."""
        return any(map(names_policy, self.headings))

    @property
    def substantial(self) -> bool:
        """Whether a short text says what policies say."""
        lines = (line for line in self.document.lines if not line.startswith("#"))
        return says_policy("\n".join(lines), named=self.titled)

    @property
    def reached(self) -> bool:
        """Whether the text names a way to reach somebody."""
        return _REACHED.search(_CLOCK.sub("", self.document.text)) is not None

    @property
    def told(self) -> bool:
        """Whether a text says which policy it is and has something to say, or whom to reach."""
        return self.titled and (self.substantial or self.reached)

    @property
    def dated(self) -> bool:
        """Whether the text says when it was changed, which no page in its place does."""
        dates = self.document.dates
        return (dates.updated or dates.effective) is not None


def judge(document: Document, page: PageEvidence) -> ExtractError | None:
    """Return why a page is not the policy it should be, or nothing where it may well be."""
    case = _Case(document, page, len(_WORD.findall(document.text)))
    return _says_nothing(case) if case.dated else _judged(case) or _says_nothing(case)


def resemblance(document: Document, page: PageEvidence) -> ExtractReason | None:
    """Return what a page is if it has nothing in common with the policy that is known."""
    case = _Case(document, page, len(_WORD.findall(document.text)) / WIDER)
    error = None if case.dated or case.told else _judged(case)
    return error.reason if error else None


def stand_in(document: Document, known: Document) -> tuple[ExtractReason, str] | None:
    """Return what a page is instead of the policy known, with which it has little in common."""
    other = "another_page" if _is_another(document, known) else ""
    if not (document.instead or other):
        return None
    reason = cast("ExtractReason", document.instead or other)
    return reason, f"{MESSAGES[reason]}, unlike the policy known"


def _is_another(document: Document, known: Document) -> bool:
    """Tell whether a page names no policy, and talks like one far less than the policy known."""
    headings = [document.title, *(section.heading for section in document.sections)]
    least = max(STRANGE, DROP * policy_share(known.text))
    return policy_share(document.text) < least and not any(map(names_policy, headings))


def _judged(case: _Case) -> ExtractError | None:
    rules = (_is_entitled, _says_so, _leads_elsewhere, _asks_first, _challenges, _is_strange)
    return next((_error(reason) for rule in rules if (reason := rule(case))), None)


def _error(reason: ExtractReason) -> ExtractError:
    return ExtractError(reason, MESSAGES[reason])


def _is_entitled(case: _Case) -> ExtractReason | None:
    """Judge by what a page calls itself, whatever else it shows: menus, suggestions, cookies."""
    if case.size >= ENTITLED:
        return None
    headings = case.headings
    opening = [case.page.title, *headings[:1], *case.document.lines[:1]]
    for sign in (BLOCKED, NOT_FOUND, FAULT)[: 3 if case.size < TALKATIVE else 2]:
        texts = headings + opening if sign is NOT_FOUND else opening
        if any(sign.wording.search(text) for text in texts if len(text) < LABEL):
            return sign.reason
    return None


def _says_so(case: _Case) -> ExtractReason | None:
    """Judge a short page by the wording of any of its lines."""
    if case.size >= SHORT or case.substantial or case.told:
        return None
    page = case.page
    texts = [page.title, *page.headings, *case.document.lines]
    texts += [page.noscript] if case.size < NOTHING else []
    # A line may be megabytes long; what a page says of itself stands at its beginning.
    texts = [text[:LONGEST_SIGN] for text in texts]
    return next(
        (
            sign.reason
            for sign in SIGNS
            if case.size < sign.limit and any(map(sign.wording.search, texts))
        ),
        None,
    )


def _leads_elsewhere(case: _Case) -> ExtractReason | None:
    return "redirect_stub" if case.page.meta_refresh and case.size < SHORT // 2 else None


def _asks_first(case: _Case) -> ExtractReason | None:
    """Judge by what a page wants before it shows anything: a password, consent."""
    page = case.page
    text = f"{page.title}\n{case.document.text[: LONGEST_SIGN * 2]}"
    if case.size < SHORT and not (case.titled and case.substantial):
        if page.password_count and (case.size < BESIDE or not page.fields_aside):
            return "login"
        asks = page.input_count and page.form_count and not page.fields_aside
        if asks and SIGN_IN.search(text):
            return "login"
    if case.size < SHORT and ACCEPT.search(text) and REFUSE.search(text):
        return "consent"
    answers = "\n".join(label for label in page.buttons if not _PLAIN.fullmatch(label))
    few = len(case.document.sections) <= STRUCTURED and not any(map(is_title, case.headings))
    wall = case.size < TALKATIVE and few
    return "consent" if wall and YES.search(answers) and NO.search(answers) else None


def _challenges(case: _Case) -> ExtractReason | None:
    """Judge by what a page talks about, where it does not talk like a policy."""
    text = f"{case.page.title}\n{case.document.text[: LONGEST_SIGN * 2]}"
    asks = case.size < TALKATIVE and ROBOT.search(text) and PROVING.search(text)
    believed = case.substantial or case.told or policy_share(text) >= CHALLENGED
    return "blocked" if asks and not believed else None


def _is_strange(case: _Case) -> ExtractReason | None:
    """Judge a short page that hardly has a word that policies are made of, in a language known."""
    # A PDF or a plain text, without title and links, is no page that a site shows for another.
    shown = case.page.title or case.page.link_count
    if not shown or case.page.pointed or not NOTHING <= case.size < SHORT:
        return None
    document = case.document
    # What every page says of its own copyright is no sign of a policy.
    lines = [line for line in document.lines if "©" not in line]
    text = "\n".join([case.page.title, *lines])
    said = case.titled or case.reached or says_policy(text, named=True)
    return None if said or not knows(document.language) else "another_page"


def _says_nothing(case: _Case) -> ExtractError | None:
    page, text = case.page, case.document.text
    if case.size >= (NOTHING // 2 if case.told else NOTHING):
        return None
    # Some applications come as one element and one script that is elsewhere.
    scripted = page.script_count > (1 if text else 0) or page.script_chars >= SHELL_SCRIPT
    if scripted or page.frames:
        return _error("empty_shell")
    return ExtractError("empty", f"only {case.size:.0f} words" if text else "no text")
