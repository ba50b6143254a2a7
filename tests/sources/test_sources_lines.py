"""The line finder agrees with tomllib about what there is, and with the writer about where."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.lines import Location, find_lines, line_of

KEYS = ["a", "b-c", '"d e"', "'f.g'", '"h\\u0041"', "1"]
VALUES = [
    "1",
    "true",
    "1979-05-27 07:32:00",
    '"x # no comment [y]"',
    "'[z]'",
    '"""\n[no.table]\nkey = 1\n"""',
    "'''\n# no = comment'''",
    '"a\\"b"',
    '""""quoted""""',
    "[]",
    "[1, [2,\n 3], # two ]\n 4,\n]",
    "{ x = 1, y.z = [\n1,\n2] }",
    "{}",
]
GAPS = ["", "\n", "# [comment]\n", "  \t", "\r\n"]


def locations(value: object, path: Location = ()) -> set[Location]:
    """Return every path to a key or element in `value`."""
    if isinstance(value, dict):
        pairs: list[tuple[str | int, object]] = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    else:
        return set()
    below = {found for key, inner in pairs for found in locations(inner, (*path, key))}
    return below | {(*path, key) for key, _ in pairs}


tables = st.lists(
    st.tuples(
        st.sampled_from(["[{}]", "[[source]]", "[ source . {} ]", "[[source.{}]]"]),
        st.sampled_from(GAPS),
        st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=4),
    ),
    max_size=5,
)


@given(tables)
def test_every_key_is_found_on_its_line(described: list[tuple[str, str, dict[str, str]]]) -> None:
    """Whatever the layout, each key of each table is found where it was written."""
    text = "[[source]]\n"
    written = []
    for number, (header, gap, pairs) in enumerate(described):
        text += gap + header.format(f"t{number}") + "  # here\n"
        for key, value in pairs.items():
            written.append((tomllib.loads(f"{key} = 0").popitem()[0], text.count("\n") + 1))
            text += f"{key} = {value}\n{gap}"
    lines = find_lines(text)
    tables_and_arrays = {at for at in locations(tomllib.loads(text)) if at != ("source",)}
    assert tables_and_arrays <= lines.keys()
    for key, line in written:
        assert line in {lines[at] for at in lines if at[-1] == key}


@given(st.text(alphabet="ab[]{}\"'=.,# \n\\", max_size=60))
def test_no_text_stops_the_finder(text: str) -> None:
    """A text that is no TOML gives some lines, within the text."""
    assert all(1 <= line <= text.count("\n") + 1 for line in find_lines(text).values())


def test_deep_nesting_ends_the_scan() -> None:
    """What stands before the depth is found all the same."""
    for opening, closing in (("[", "]"), ("{a=", "}")):
        deep = f"a = 1\nb = {opening * 5000}1{closing * 5000}\n"
        assert find_lines(deep)["a",] == 1
        assert find_lines(deep)["b",] == 2


def test_a_key_that_is_not_there_falls_back_to_its_table() -> None:
    """A missing key is reported at the header of the table that lacks it."""
    lines = find_lines("x = 1\n\n[[source]]\nid = 1\n[[source]]\n[source.headers]\nA = 1\n")
    assert line_of(("source", 1, "url"), lines) == 5
    assert line_of(("source", 1, "headers", "A"), lines) == 7
    assert line_of(("source", 0, "id"), lines) == 4
    assert line_of(("nowhere",), lines) is None
