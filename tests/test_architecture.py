"""The limits that keep every module readable; a broken one needs a split, not a bigger number."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median

import pytest

PACKAGE = Path(__file__).parent.parent / "monitor"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations/versions" not in str(path))
BANNED = re.compile(
    r"(?:^|_)(?:manager|handler|helper|helpers|util|utils|misc|common|data|info|process|tmp)(?:_|$)"
)
OVERRIDES = {"notify/smtp.py": {"data"}, "cli/output.py": {"process_renderables"}}
"""Methods of smtplib and rich that are overridden under the names those gave them."""
MODULE_HARD, MODULE_MEDIAN = 400, 130
FUNCTION_HARD, FUNCTION_MEDIAN = 60, 10


def _functions() -> list[tuple[str, int]]:
    found = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                found.append((f"{path.relative_to(PACKAGE)}:{node.name}", lines))
    return found


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _names(path: Path) -> list[str]:
    tree = ast.parse(path.read_text("utf-8"))
    defined = ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef
    return [node.name for node in ast.walk(tree) if isinstance(node, defined)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_is_short(path: Path) -> None:
    """No module is longer than the hard limit."""
    assert len(path.read_text("utf-8").splitlines()) <= MODULE_HARD


def test_modules_are_short_in_the_middle() -> None:
    """The median module, empty ones left out, stays small."""
    sizes = [len(path.read_text("utf-8").splitlines()) for path in MODULES]
    assert median(size for size in sizes if size > 5) <= MODULE_MEDIAN


def test_functions_are_short() -> None:
    """No function is longer than the hard limit, and the median one is small."""
    sizes = _functions()
    too_long = [f"{name}: {lines}" for name, lines in sizes if lines > FUNCTION_HARD]
    assert not too_long
    assert median(lines for _, lines in sizes) <= FUNCTION_MEDIAN


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_names_are_the_fields_own(path: Path) -> None:
    """No module, class or function carries a name that says nothing."""
    assert not BANNED.search(path.stem)
    theirs = OVERRIDES.get(str(path.relative_to(PACKAGE)), set())
    assert [name for name in _names(path) if BANNED.search(_words(name))] == sorted(theirs)
