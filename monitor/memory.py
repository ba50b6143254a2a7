"""Keeps a program of many threads from holding memory that none of them uses."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8
"""malloc.h of the GNU C library."""
ARENAS = 2


def share_heap() -> None:
    """Have all threads allocate from two heaps rather than one each; no matter where it cannot.

    Each thread that reads a page would otherwise keep the tens of megabytes that took. The threads
    take turns anyway, so nobody waits for a heap. Idempotent.
    """
    limit = getattr(ctypes.CDLL(None), "mallopt", None)
    if limit is not None:
        limit(_M_ARENA_MAX, ARENAS)
