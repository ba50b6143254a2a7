"""From a check to its explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.model.explanation import Explanation
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

    from monitor.model.comparison import Comparison, Hunk
    from monitor.model.explanation import Stage

PASSAGES = 3
LONGEST = 200
"""Characters of a passage that are kept."""
_AROUND = 40
"""Characters of the words around a difference."""


def explain(check: Check, *, returned: bool = False) -> Explanation:
    """Tell which stage and which rule decided a check, and on what words.

    `returned` tells that people were told of a change that was undone.
    """
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
        case Variant():
            return Explanation("known_states", "returned" if returned else "seen", verdict, shown)
        case Changed(comparison=comparison) as changed:
            decided, rule = _changed(check, changed)
            return Explanation(decided, rule, comparison.verdict, passages(comparison))


def _changed(check: Check, changed: Changed) -> tuple[Stage, str]:
    if changed.from_version is not None:
        return "known_states", "stayed"
    at = check.capture.fetched_at if check.capture else changed.first_seen_at
    if changed.first_seen_at != at:
        return "confirmation", "confirmed"
    if changed.comparison.clear:
        return "compare", "clear"
    # Believed without a second capture: the last one of an import, or a source that never waits.
    return "confirmation", "released" if check.imported else "at_once"


def passages(comparison: Comparison | None) -> tuple[str, ...]:
    """Show the first differences in the notation of word diffs, each cut to 200 characters."""
    if comparison is None:
        return ()
    told = [hunk for hunk in comparison.hunks if not hunk.departs]
    return tuple(_cut(_worded(hunk)) for hunk in told[:PASSAGES])


def _vanished(check: Check) -> tuple[str, ...]:
    return tuple(_cut(passage.sample) for passage in check.flipped[:PASSAGES])


def _worded(hunk: Hunk) -> str:
    if hunk.arrives:
        return f"moved: {' '.join(hunk.new)}"
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
