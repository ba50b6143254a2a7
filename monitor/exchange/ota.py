"""Service declarations of Open Terms Archive: JSON files of one service each.

Filters are programs and are not carried over; selectors, ranges and combined pages are.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.errors import UsageError
from monitor.exchange.drafts import Draft, read_file, text_of
from monitor.model.rule_text import selector_flaw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_KINDS = {
    "Trackers Policy": "cookie-policy",
    "Data Processor Agreement": "data-processing-agreement",
    "Developer Terms": "developer-terms",
    "Acceptable Use Policy": "acceptable-use",
    "Commercial Terms": "commercial-terms",
    "Copyright Claims Policy": "copyright-policy",
    "Law Enforcement Guidelines": "law-enforcement-guidelines",
    "Vulnerability Disclosure Policy": "vulnerability-disclosure",
    "Service Level Agreement": "service-level-agreement",
    "Editorial Policy": "editorial-policy",
}
"""Types of terms whose kind is not simply their name."""
_EDGES = {
    "startBefore": "start_before",
    "startAfter": "start_after",
    "endBefore": "end_before",
    "endAfter": "end_after",
}
_NEEDLESS = frozenset({"removeQueryParams"})
"""Filters that do what is done here anyhow: link targets are never compared."""
_PAGE_KEYS = ("fetch", "select", "remove", "filter", "executeClientScripts")
_KNOWN = frozenset({*_PAGE_KEYS, "combine"})


class Terms(NamedTuple):
    """The terms of one type that a service declares."""

    service: str
    """Its id: the name of its file, and of its folder in a repository of snapshots."""
    type: str
    draft: Draft
    combined: bool


def declared(paths: Sequence[Path]) -> Iterator[Terms]:
    """Yield the terms of declarations, files or folders of files, in the order of their names.

    Raises `UsageError` where one cannot be read, or is no declaration.
    """
    for path in paths:
        inside = path / "declarations"
        folder = inside if inside.is_dir() else path
        files = sorted(folder.glob("*.json")) if folder.is_dir() else [path]
        if not files:
            raise UsageError(f"{path}: holds no declaration (*.json)")
        for file in files:
            if not file.name.endswith(".history.json"):
                yield from _service(file)


def _service(file: Path) -> Iterator[Terms]:
    try:
        found = json.loads(text_of(read_file(file)))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file}: is no JSON: {error}") from None
    terms = (found.get("terms") or found.get("documents")) if isinstance(found, dict) else None
    if not isinstance(terms, dict):
        raise UsageError(f'{file}: is no declaration of Open Terms Archive: "terms" is missing')
    service = file.name.removesuffix(".json")
    name = found.get("name") if isinstance(found.get("name"), str) else service
    past = file.with_name(f"{service}.history.json").exists()
    for kind, declaration in terms.items():
        draft = _draft(str(name), kind, declaration)
        if past:
            draft.lose("history", "what was declared before is not carried over")
        combined = isinstance(declaration, dict) and "combine" in declaration
        yield Terms(service, kind, draft, combined)


def _draft(name: str, kind: str, declaration: object) -> Draft:
    draft = Draft(f"{name} – {kind}")
    draft.entry = {"site": name, "kind": _KINDS.get(kind, kind), "name": kind}
    if not isinstance(declaration, dict):
        draft.lose("terms", "are no table of keys")
        return draft
    for key in declaration.keys() - _KNOWN:
        draft.lose(key, "has no counterpart")
    combine = declaration.get("combine")
    if combine is None:
        draft.entry |= _page(draft, declaration)
    elif isinstance(combine, list) and combine and all(isinstance(page, dict) for page in combine):
        shared = {key: declaration[key] for key in _PAGE_KEYS if key in declaration}
        pages = [_page(draft, {**shared, **page}) for page in combine]
        draft.entry |= _together(pages)
    else:
        draft.lose("combine", "is no list of pages")
    return draft


def _together(pages: list[dict[str, Any]]) -> dict[str, Any]:
    """Say once what all pages have in common."""
    first, *others = pages
    if not others:
        return first
    if any("fetcher" in page for page in pages):
        # How pages are had is a matter of the whole source.
        for page in pages:
            page["fetcher"] = "browser"
    common = {
        key: value
        for key, value in first.items()
        if key != "url" and all(page.get(key) == value for page in others)
    }
    rest = [{key: page[key] for key in page if key not in common} for page in pages]
    return {"url": first["url"], **common, "pages": rest}


def _page(draft: Draft, declared: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {"url": declared.get("fetch")}
    for key in ("select", "remove"):
        chosen = list(_selectors(draft, key, declared.get(key)))
        if chosen:
            entry[key] = chosen
    if declared.get("executeClientScripts") is True:
        entry["fetcher"] = "browser"
    filters = declared.get("filter")
    for each in filters if isinstance(filters, list) else [filters]:
        names = list(each) if isinstance(each, dict) else [each]
        for name in names:
            if name is not None and name not in _NEEDLESS:
                draft.lose(f"filter {name}", "is a program; nothing is run here")
    return entry


def _selectors(draft: Draft, key: str, found: object) -> Iterator[str | dict[str, str]]:
    for each in found if isinstance(found, list) else [found]:
        if isinstance(each, str):
            flaw = selector_flaw(each)
            if flaw is None:
                yield each
            else:
                draft.lose(key, str(flaw))
        elif isinstance(each, dict):
            yield {_EDGES.get(edge, str(edge)): selector for edge, selector in each.items()}
        elif each is not None:
            draft.lose(key, "is neither a selector nor a range")
