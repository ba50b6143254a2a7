"""Generated and mutated configurations are read or refused, never anything else."""

from __future__ import annotations

import contextlib
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.model import Page, Rules, Schedule, Source
from monitor.sources import durations, parse
from monitor.sources.add import to_toml

if TYPE_CHECKING:
    from monitor.sources import Configuration

HERE = Path(__file__).parent
SHIPPED = (HERE.parents[1] / "sources.toml").read_text("utf-8")

line = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]),
    min_size=1,
    max_size=40,
).filter(lambda text: text.strip() == text and text)
slugs = st.from_regex(r"[a-z0-9]{1,8}([._-][a-z0-9]{1,8}){0,3}", fullmatch=True)
spans = st.integers(60, 366 * 86_400).map(lambda seconds: timedelta(seconds=seconds))
waits = st.integers(0, 7 * 86_400).map(lambda seconds: timedelta(seconds=seconds))
literals = line.filter(lambda text: not text.startswith("/"))
rules = st.builds(
    Rules,
    select=st.lists(st.sampled_from(["main", "#a > p", "[x='\"y']"]), max_size=2).map(tuple),
    remove=st.lists(st.sampled_from([".b", 'from "A" to "B"']), max_size=2).map(tuple),
    ignore=st.lists(literals | st.just("/[0-9]+ x/"), max_size=2).map(tuple),
    part=st.none() | line,
    date=st.lists(line, max_size=2).map(tuple),
    language=st.none() | st.sampled_from(["en", "pt-BR"]),
)
LISTED = ("select", "remove", "ignore", "date")


def _spread(source: Source, several: list[tuple[str, Rules]]) -> Source:
    """Spread a source over pages, the first at its own address; lists are all that differ."""
    pages = tuple(
        Page(
            f"{source.url}/{path}" if number else source.url,
            replace(source.rules, **{name: getattr(own, name) for name in LISTED}),
        )
        for number, (path, own) in enumerate(several)
    )
    return replace(source, rules=replace(source.rules, pages=pages))


schedules = st.builds(
    Schedule, every=spans, timezone=st.sampled_from(["UTC", "Asia/Tokyo"]), jitter=waits.map(
        lambda wait: min(wait, timedelta(days=1))
    )
) | st.builds(Schedule, every=st.none(), cron=st.just("0 6 * * mon,fri")) | st.builds(
    lambda two: Schedule(every=None, least=min(two), most=max(two)), st.tuples(spans, spans)
)  # fmt: skip
sources = st.builds(
    Source,
    id=slugs,
    site=line,
    kind=slugs,
    name=line,
    url=slugs.map(lambda path: f"https://a.example/{path}"),
    schedule=schedules,
    rules=rules,
    headers=st.dictionaries(
        st.from_regex(r"X-[A-Z]{1,5}", fullmatch=True),
        st.from_regex(r"[!-~]([ -~]{0,20}[!-~])?", fullmatch=True).filter(
            lambda text: not text.startswith(("env:", "file:"))
        ),
        max_size=2,
    ).map(lambda headers: tuple(headers.items())),
    timeout=st.integers(1, 600).map(lambda seconds: timedelta(seconds=seconds)),
    tags=st.lists(line, max_size=3).map(tuple),
    notify=st.just(()),
    enabled=st.booleans(),
    confirm_after=waits,
    alert_after=st.integers(1, 1000),
    remind_after=waits,
    remind_before=waits,
    objection_days=st.none() | st.integers(1, 366),
    keep=st.sampled_from(["changes", "all"]),
    keep_for=st.none() | st.integers(30, 9999).map(lambda days: timedelta(days=days)),
    keep_versions=st.none() | st.integers(1, 1000),
    robots=st.booleans(),
    allow_private=st.booleans(),
    fetcher=st.sampled_from(["http", "browser", "auto"]),
)
spread = st.builds(_spread, sources, st.lists(st.tuples(slugs, rules), min_size=2, max_size=3))


def written(source: Source) -> dict[str, Any]:
    """Return `source` as the keys and values of a file."""
    entry: dict[str, Any] = {}
    for part in (source, source.schedule, source.rules):
        entry |= {field.name: getattr(part, field.name) for field in fields(part)}
    del entry["schedule"], entry["rules"]
    entry["pages"] = [
        {"url": page.url} | {name: getattr(page.rules, name) for name in LISTED}
        for page in entry["pages"]
    ] or None
    least, most = entry.pop("least"), entry.pop("most")
    if least:
        entry["every"] = f"{durations.write(least)} to {durations.write(most)}"
    entry["headers"] = dict(source.headers)
    return {
        key: durations.write(value) if isinstance(value, timedelta) else value
        for key, value in entry.items()
        if value is not None
    }


def read(text: str) -> Configuration:
    """Read `text` with an empty environment."""
    return parse(text, "c.toml", environ={}, base_dir=HERE)


@given(st.lists(sources | spread, min_size=1, max_size=3, unique_by=lambda source: source.id))
def test_sources_survive_being_written_and_read(generated: list[Source]) -> None:
    """What is written as TOML is read back equal, key by key."""
    text = "\n".join(to_toml(written(source)) for source in generated)
    assert read(text).sources == tuple(generated)


PIECES = st.sampled_from(
    ["[", "]", "[[source]]\n", '"', "'", '"""', "=", "\n", "{", "}", ",", "#", "\\", "\0", "\ud7ff",
     "id", "every", "9" * 50, "-1", "1e999", "nan", "1979-05-27", "true", "env:X", "file:.", "..",
     "headers.X = 1\n", "[channels.x]\n", "[defaults]\n", "[source.headers]\n", "\r", "\x1b"]
)  # fmt: skip
mutations = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(0, 40), PIECES | st.text(max_size=5)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 60), mutations)
def test_any_mutation_is_read_or_refused(start: int, changes: list[tuple[int, int, str]]) -> None:
    """Whatever is done to a good file, the answer is a configuration or its faults."""
    blocks = SHIPPED.split("\n\n")
    text = "\n\n".join([*blocks[1:7], *blocks[start : start + 3]]).replace("# [", "[")
    for position, length, piece in changes:
        at = position % (len(text) + 1)
        text = text[:at] + piece + text[at + length :]
    with contextlib.suppress(ConfigError):
        assert read(text).sources
    with contextlib.suppress(ConfigError):
        assert parse(text, "c.toml", environ=None, base_dir=HERE).channels == {}


values = st.recursive(
    st.none().map(lambda _: "x") | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = [*written(Source("a", "b", "c", "d", "https://e.example/")), "cron"]


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), values, max_size=5))
def test_any_value_is_read_or_refused(entry: dict[str, Any]) -> None:
    """Whatever stands behind a key, the faults can be printed on one line each."""
    faults = ()
    try:
        assert read(to_toml({"id": "a", "url": "https://a.example/"} | entry)).sources
    except ConfigError as error:
        faults = error.faults
    assert all(str(fault).isprintable() for fault in faults)
