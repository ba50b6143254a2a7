"""From what is wrong to faults a person can act on: where, which key, what, and what to do."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.errors import Fault
from monitor.sources import schema
from monitor.sources.lines import find_lines, is_bare_key, line_of
from monitor.sources.refusal import REFUSED, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from monitor.sources.lines import Location

LONGEST = 300
_TYPES = {
    "string_type": "text in quotes",
    "string_sub_type": "text in quotes",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "list_type": "a list in [ ]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}
_WRITTEN = {
    bool: "true or false",
    str: "text",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "a table",
}
_EXAMPLES = {
    "id": 'id = "acme-privacy-policy"',
    "url": 'url = "https://www.example.com/privacy"',
    "host": 'host = "smtp.example.org"',
    "from": 'from = "Monitor <monitor@example.org>"',
    "to": 'to = ["you@example.org"]',
}
_TABLES: dict[str, type[schema.Table]] = {
    "a [[source]]": schema.SourceEntry,
    "a page of a source": schema.PageEntry,
    "[defaults]": schema.Defaults,
    "[monitor]": schema.MonitorEntry,
    "an e-mail channel": schema.EmailEntry,
    "a webhook channel": schema.WebhookEntry,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault before its line is known."""

    location: Location
    problem: str
    hint: str = ""
    first: Location | None = None
    """Where the same was said before; the hint names its line."""


def explain(error: ValidationError, raw: Mapping[str, Any]) -> list[Problem]:
    """Return the problems pydantic found in `raw`, in the words of the file."""
    return [_explain(details, raw) for details in error.errors(include_url=False)]


def place(problems: Iterable[Problem], text: str, name: str) -> tuple[Fault, ...]:
    """Return the faults of `problems` with the lines of `text`, in the order of the file."""
    lines = find_lines(text)
    placed = [(line_of(problem.location, lines) or 0, problem) for problem in problems]
    placed.sort(key=lambda pair: pair[0])
    return tuple(
        Fault(
            where=f"{name}:{line}" if line else name,
            key=_dotted(problem.location),
            problem=_printable(problem.problem),
            hint=_printable(_hint(problem, lines)),
        )
        for line, problem in placed
    )


def _hint(problem: Problem, lines: dict[Location, int]) -> str:
    first = problem.first and line_of(problem.first, lines)
    return f"first in line {first}" if first else problem.hint


def no_sources(_case: _Case | None = None) -> Problem:
    """Return the problem of a file that watches nothing."""
    return Problem((), "there is no [[source]] in it", "add one: monitor add https://…")


@dataclass(frozen=True, slots=True)
class _Case:
    """One error of pydantic, and the file it is about."""

    location: Location
    details: ErrorDetails
    raw: Mapping[str, Any]

    @property
    def value(self) -> object:
        return self.details["input"]

    @property
    def context(self) -> dict[str, Any]:
        return self.details.get("ctx", {})


def _explain(details: ErrorDetails, raw: Mapping[str, Any]) -> Problem:
    case = _Case(_location(details["loc"]), details, raw)
    return _EXPLANATIONS.get(details["type"], _wrong_type)(case)


def _refused(case: _Case) -> Problem:
    return Problem(case.location, case.context["problem"], case.context["hint"])


def _missing(case: _Case) -> Problem:
    if case.location == ("source",):
        return no_sources()
    example = _EXAMPLES.get(str(case.location[-1]), "")
    return Problem(case.location, "is missing", example and f"add {example}")


def _unknown_type(case: _Case) -> Problem:
    tag = case.context.get("tag")
    problem = "is missing" if tag is None else f'unknown type "{tag}"'
    hint = suggestion(str(tag), schema.CHANNELS) or 'type = "email" or type = "webhook"'
    return Problem((*case.location, "type"), problem, hint)


def _unknown_value(case: _Case) -> Problem:
    expected = str(case.context["expected"]).replace("'", '"')
    hint = suggestion(str(case.value), re.findall(r'"(\w+)"', expected)) or f"one of {expected}"
    return Problem(case.location, f'unknown value "{case.value}"', hint)


def _wrong_type(case: _Case) -> Problem:
    kind, value = case.details["type"], case.value
    if kind not in _TYPES:
        problem = re.sub("^Input should", "should", case.details["msg"]).rstrip(".")
        return Problem(case.location, problem)
    hint = ""
    if case.location == ("source",) and isinstance(value, dict):
        hint = "write [[source]], with two brackets"
    elif kind == "bool_type" and str(value).lower() in {"true", "false", "yes", "no"}:
        hint = "write true or false without quotes"
    elif kind == "int_type" and re.fullmatch(r"[0-9]+", str(value)):
        hint = "write the number without quotes"
    written = _WRITTEN.get(type(value), "a date or time")
    return Problem(case.location, f"must be {_TYPES[kind]}, not {written}", hint)


def _unknown_key(case: _Case) -> Problem:
    key = str(case.location[-1])
    known = _keys(_table(case.location[:-1], case.raw))
    owners = [owner for owner, table in _TABLES.items() if key in _keys(table)]
    hint = f"it belongs in {' or '.join(owners[:2])}" if owners else suggestion(key, known)
    return Problem(case.location, "unknown key", hint or f"known here: {', '.join(sorted(known))}")


_EXPLANATIONS: dict[str, Callable[[_Case], Problem]] = {
    REFUSED: _refused,
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "too_short": no_sources,
    "union_tag_invalid": _unknown_type,
    "union_tag_not_found": _unknown_type,
    "literal_error": _unknown_value,
}


def _keys(table: type[schema.Table]) -> list[str]:
    return [field.alias or name for name, field in table.model_fields.items()]


def _table(location: Location, raw: Mapping[str, Any]) -> type[schema.Table]:
    match location:
        case ():
            return schema.File
        case ("channels", name, *_):
            return schema.CHANNELS[raw["channels"][name]["type"]]
        case ("source", _, "pages", *_):
            return schema.PageEntry
        case ("source", *_):
            return schema.SourceEntry
        case ("monitor", *_):
            return schema.MonitorEntry
        case _:
            return schema.Defaults


def _location(location: Location) -> Location:
    """Return `location` without what pydantic adds: the type of a channel, ``[key]``."""
    if location[:1] == ("channels",) and len(location) > 3:  # noqa: PLR2004 - channels.NAME.TAG.KEY
        location = (*location[:2], *location[3:])
    return tuple(part for part in location if part != "[key]")


def _dotted(location: Location) -> str:
    dotted = ""
    for part in location:
        if isinstance(part, int):
            dotted += f"[{part}]"
        else:
            shown = part if is_bare_key(part) else json.dumps(part, ensure_ascii=True)
            dotted += f".{shown[:LONGEST]}" if dotted else shown[:LONGEST]
    return dotted


def _printable(text: str) -> str:
    """Return `text` without control characters, which a terminal would obey."""
    safe = "".join(char if char.isprintable() else " " for char in text)
    return safe if len(safe) <= LONGEST else f"{safe[: LONGEST - 1]}…"
