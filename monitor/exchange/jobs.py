"""Jobs of urlwatch and webchanges: YAML, one document a job."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from monitor.errors import UsageError
from monitor.exchange.drafts import Draft
from monitor.model.rule_text import ignore_flaw, selector_flaw

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HARMLESS = frozenset(
    {
        "absolute_links", "beautify", "format-xml", "html2text", "pdf2text", "pretty-xml",
        "remove-duplicate-lines", "remove_repeated", "sort", "strip", "striplines",
        "strip_each_line",
    }
)  # fmt: skip
"""Filters for what is done here anyhow, or needs no doing."""
_NEEDLESS = frozenset({"kind", "note", "ignore_cached", "index_number", "max_tries"})
_LARGEST = 8 * 1024 * 1024
"""Characters of the largest list that is read: YAML takes a hundred times its size in memory."""
_RUNS = "runs a program; nothing in a configuration is run here"
_PROGRAMS = frozenset({"execute", "shellpipe", "command"})
_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})


def jobs(text: str, name: str) -> Iterator[Draft]:
    """Yield the sources of a list of jobs; raises `UsageError` where it is no YAML."""
    if len(text) > _LARGEST:
        raise UsageError(f"{name}: is larger than {_LARGEST // 1024 // 1024} MB")
    try:
        found = [job for job in yaml.load_all(text, _LOADER) if job is not None]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        line = f":{where.line + 1}" if where else ""
        why = getattr(error, "problem", None) or error
        raise UsageError(f"{name}{line}: is no YAML: {why}") from None
    for number, job in enumerate(found, 1):
        if isinstance(job, dict):
            yield _draft(job, number)
        else:
            yield Draft(f"job {number}", lost=["job: is no table of keys"])


def _draft(job: dict[Any, Any], number: int) -> Draft:
    given = {str(key): value for key, value in job.items() if isinstance(key, str)}
    url = given.get("url") or given.get("navigate")
    called = given.get("name")
    draft = Draft(called if isinstance(called, str) else url if isinstance(url, str) else "")
    draft.name = draft.name or f"job {number}"
    draft.entry = {"name": called if isinstance(called, str) else None, "url": url}
    if given.get("use_browser") or "navigate" in given:
        draft.entry["fetcher"] = "browser"
    for key, value in given.items():
        if key not in {"name", "url", "navigate", "use_browser", *_NEEDLESS}:
            _carry(draft, key, value)
    return draft


def _carry(draft: Draft, key: str, value: object) -> None:
    match key, value:
        case (("filter" | "filters"), _):
            _filters(draft, value)
        case "headers", dict():
            carry_headers(draft, value)
        case "timeout", int() | float():
            draft.entry["timeout"] = f"{max(1, round(value))}s"
        case "enabled", bool():
            draft.entry["enabled"] = value
        case "tags", list():
            draft.entry["tags"] = [tag for tag in value if isinstance(tag, str)]
        case "user_visible_url", _:
            draft.lose(key, "messages name the address that is watched")
        case key, _ if key in _PROGRAMS:
            draft.lose(key, _RUNS)
        case _:
            draft.lose(key, "has no counterpart")


def carry_headers(draft: Draft, headers: dict[Any, Any]) -> None:
    """Take request headers over, but for those that hold secrets."""
    kept: dict[str, str] = {}
    for name, value in headers.items():
        if not (isinstance(name, str) and isinstance(value, str)):
            draft.lose("headers", "only texts can be sent")
        elif name.lower() in _SECRET:
            draft.lose(f"headers.{name}", f'holds a secret; write {name} = "env:NAME"')
        else:
            kept[name] = value
    draft.entry["headers"] = kept or None


def _filters(draft: Draft, filters: object) -> None:
    if isinstance(filters, str):
        # As urlwatch wrote them before 2.19: names parted by commas, arguments behind a colon.
        parts = (part.partition(":") for part in filters.split(","))
        filters = [{name: value} if value else name for name, _, value in parts]
    for each in filters if isinstance(filters, list) else [filters]:
        if isinstance(each, str):
            _filter(draft, each.strip(), None)
        elif isinstance(each, dict):
            for name, argument in each.items():
                _filter(draft, str(name), argument)
        else:
            draft.lose("filter", "is neither a name nor a table")


def _filter(draft: Draft, name: str, argument: object) -> None:
    match name, argument:
        case "css", str() | dict():
            _css(draft, argument)
        case (("element-by-id" | "element-by-class" | "element-by-tag"), str()):
            mark = {"element-by-id": "#", "element-by-class": ".", "element-by-tag": ""}[name]
            choose(draft, f"{mark}{argument}", f"filter {name}")
        case "re.sub", str():
            ignore(draft, f"/{argument}/", "filter re.sub")
        case "re.sub", {"repl": str(text)} if text:
            draft.lose("filter re.sub", "puts other words in place; words can only be ignored")
        case "re.sub", {"pattern": str(pattern)}:
            ignore(draft, f"/{pattern}/", "filter re.sub")
        case "delete_lines_containing", {"text": str(text)}:
            ignore(draft, text, f"filter {name}", lines=True)
        case (("grepi" | "delete_lines_containing"), str(pattern) | {"re": str(pattern)}):
            ignore(draft, f"/{pattern}/", f"filter {name}", lines=True)
        case name, _ if name in _PROGRAMS:
            draft.lose(f"filter {name}", _RUNS)
        case name, _ if name not in _HARMLESS:
            draft.lose(f"filter {name}", "has no counterpart")


def _css(draft: Draft, argument: str | dict[Any, Any]) -> None:
    given = {"selector": argument} if isinstance(argument, str) else argument
    selector, exclude = given.get("selector"), given.get("exclude")
    if isinstance(selector, str):
        choose(draft, selector, "filter css")
    if isinstance(exclude, str):
        cut(draft, exclude, "filter css exclude")
    for key in ("skip", "maxitems"):
        if given.get(key):
            draft.lose(f"filter css {key}", "every element that matches is taken")


def choose(draft: Draft, selector: str, key: str) -> None:
    """Take a selector over, if it is the first of the source and can be read."""
    flaw = selector_flaw(selector)
    if flaw is not None:
        draft.lose(key, str(flaw))
    elif draft.entry.get("select"):
        draft.lose(key, f"looks inside what another one chose; put {selector!r} behind that one")
    else:
        draft.entry["select"] = [selector]


def cut(draft: Draft, selector: str, key: str) -> None:
    """Take over what is removed, if the selector can be read."""
    flaw = selector_flaw(selector)
    if flaw is not None:
        draft.lose(key, str(flaw))
    else:
        draft.entry.setdefault("remove", []).append(selector)


def ignore(draft: Draft, entry: str, key: str, *, lines: bool = False) -> None:
    """Take over what is ignored; `lines` tells that the whole line was, where it stands."""
    flaw = ignore_flaw(entry)
    if re.search(r"[<>]", entry):
        draft.lose(key, "is about markup, which is never compared")
    elif flaw is not None:
        draft.lose(key, str(flaw))
    else:
        draft.entry.setdefault("ignore", []).append(entry)
        if lines:
            draft.lose(key, "the words are ignored, not the whole line they stand in")
