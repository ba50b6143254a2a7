"""The one way a value is refused: a problem and a hint, carried through pydantic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Iterable

REFUSED = "refused"


def refuse(problem: str, hint: str = "") -> PydanticCustomError:
    """Return the error that makes a fault of exactly these words."""
    return PydanticCustomError(REFUSED, "{problem}", {"problem": problem, "hint": hint})


def nearest(word: str, choices: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return the choice spelled most like `word`, or nothing where none is close."""
    from difflib import get_close_matches

    folded = {choice.lower().replace("_", "-"): choice for choice in sorted(choices)}
    close = get_close_matches(word[:100].lower().replace("_", "-"), folded, n=1, cutoff=cutoff)
    return folded[close[0]] if close else ""


def suggestion(word: str, choices: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return the question that offers the nearest choice, or nothing."""
    close = nearest(word, choices, cutoff=cutoff)
    return f'did you mean "{close}"?' if close else ""
