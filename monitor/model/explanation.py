"""Why a check did, or did not, lead to an alert: told by the stage and the rule that decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from monitor.model.outcome import (
    Blocked,
    Changed,
    Check,
    Failed,
    First,
    Pending,
    Rederived,
    Unchanged,
    Variant,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.model.comparison import Comparison, Hunk, Verdict

Stage = Literal[
    "",
    "fetch",
    "validators",
    "body",
    "gate",
    "guard",
    "extract",
    "compare",
    "confirmation",
    "known_states",
]

PASSAGES = 3
LONGEST = 200
"""Characters of a passage that are kept."""
_AROUND = 40
"""Characters of the words around a difference."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What decided a check."""

    stage: Stage = ""
    """Empty for checks recorded before explanations were."""
    rule: str = ""
    """What decided within the stage: a guard's reason, a failure's kind, ``clear`` …"""
    verdict: Verdict | None = None
    """Of the comparison with the version shown until then; `None` where it did not come to one."""
    words: tuple[str, ...] = ()
    """The first passages it rests on, ``[-gone-]{+come+}`` where words differ; three at most."""


@dataclass(frozen=True, slots=True)
class QuietStretch:
    """Checks in a row of one source that found nothing at all."""

    source: str
    checks: int
    first_at: datetime
    """UTC."""
    last_at: datetime
    """UTC."""


def explain(check: Check) -> Explanation:
    """Tell which stage and which rule decided a check, and on what words."""
    shown = passages(check.difference)
    verdict = check.difference.verdict if check.difference else None
    match check.outcome:
        case Failed(kind=kind):
            return Explanation("fetch", kind)
        case Blocked(reason=reason):
            return Explanation("guard", reason)
        case First():
            return Explanation("extract", "first")
        case Rederived(cause=cause):
            return Explanation("extract", cause)
        case Unchanged(by="text", detail=detail):
            rule = "vanished" if detail else "same"
            return Explanation("compare", rule, "same", _vanished(check))
        case Unchanged(by=by, detail=detail):
            assert by != "text"
            return Explanation(by, "vanished" if detail else "same", None, _vanished(check))
        case Pending(soon=soon):
            rule = "volatile" if not soon else "suspect" if verdict == "suspect" else "once"
            return Explanation("confirmation", rule, verdict, shown)
        case Variant(comparison=comparison):
            told = passages(comparison) or shown
            return Explanation("known_states", "stayed" if comparison else "seen", verdict, told)
        case Changed(comparison=comparison, first_seen_at=since):
            at = check.capture.fetched_at if check.capture else since
            decided: Stage = "compare" if since == at else "confirmation"
            rule = "clear" if since == at else "confirmed"
            return Explanation(decided, rule, comparison.verdict, passages(comparison))


def passages(comparison: Comparison | None) -> tuple[str, ...]:
    """Show the first differences in the notation of word diffs, each cut to 200 characters."""
    if comparison is None:
        return ()
    return tuple(_cut(_worded(hunk)) for hunk in comparison.hunks[:PASSAGES])


def _vanished(check: Check) -> tuple[str, ...]:
    return tuple(_cut(passage.sample) for passage in check.flipped[:PASSAGES])


def _worded(hunk: Hunk) -> str:
    if not hunk.runs:
        return _marked("removed", " ".join(hunk.old)) + _marked("added", " ".join(hunk.new))
    return "".join(_pieces(hunk))


def _pieces(hunk: Hunk) -> Iterator[str]:
    for number, run in enumerate(hunk.runs):
        if run.kind != "same":
            yield _marked(run.kind, run.text)
        elif len(run.text) <= 2 * _AROUND:
            yield run.text
        else:
            before = "" if number == 0 else run.text[:_AROUND]
            yield f"{before}…{run.text[-_AROUND:]}"


def _marked(kind: str, text: str) -> str:
    if not text:
        return ""
    return f"[-{text}-]" if kind == "removed" else f"{{+{text}+}}"


def _cut(text: str) -> str:
    flat = " ".join(text[: 4 * LONGEST].split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"
