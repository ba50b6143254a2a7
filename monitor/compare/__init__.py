"""Two documents in, the edits that lead from one to the other out; noise is no edit.

The package is itself callable: ``monitor.compare(old, new)`` is `compare(old, new)`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

from monitor.compare.verdict import compare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.model import Comparison, Document

__all__ = ["compare"]


class _Callable(ModuleType):
    """A package that is its own main function, so that the public name and the stage are one."""

    def __call__(self, old: Document, new: Document, *, ignore: Sequence[str] = ()) -> Comparison:
        """Compare two documents."""
        return compare(old, new, ignore=ignore)


sys.modules[__name__].__class__ = _Callable
