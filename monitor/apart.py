"""Reads a capture in a process of its own, which can be ended.

A PDF is read by native code that knows no limits: two kilobytes can keep it busy for years, fill
the memory, or crash it. Here that ends the one process and becomes an outcome of the one check.
"""

from __future__ import annotations

import resource
import signal
from multiprocessing import get_context
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final, cast

from monitor.errors import ExtractError
from monitor.extract.decode import is_pdf
from monitor.extract.document import extract
from monitor.model.capture import MULTIPART
from monitor.model.pages import parted

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from monitor.errors import ExtractReason
    from monitor.model import Capture, Document, Rules

    _Answer = Document | tuple[ExtractReason, str]

CPU_S: Final = 20
"""Seconds of computing that one capture may take."""
WALL_S: Final = 60.0
MEMORY: Final = 1024**3
_PLACES = BoundedSemaphore(2)
"""Taken by those who read; each may use up `MEMORY`."""
_ENDED_BY: Final = {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT}
"""How a process ends that was out of time or memory."""
_OVER: Final[tuple[ExtractReason, str]] = (
    "too_large",
    "reading it takes more time or memory than any policy needs",
)
_CRASHED: Final[tuple[ExtractReason, str]] = (
    "damaged",
    "it is damaged in a way that crashes what reads it",
)


def needs_apart(capture: Capture) -> bool:
    """Tell a capture that native code has to read, all of it or one of its pages."""
    if capture.media_type != MULTIPART:
        return is_pdf(capture.body, capture.media_type)
    try:
        return any(is_pdf(part.body, part.media_type) for part in parted(capture.body))
    except (ValueError, KeyError):
        return False


def read_apart(capture: Capture, rules: Rules, *, cpu_s: int = CPU_S) -> Document:
    """Extract a capture as `monitor.extract.document.extract` does, within limits.

    Raises:
        ExtractError: As that does; ``too_large`` where the limits were reached, ``damaged`` where
            the process died.

    """
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__, "monitor.extract.pdf"])
    with _PLACES:
        answers, answering = context.Pipe(duplex=False)
        arguments = (answering, capture.body, capture.final_url, capture.media_type, rules, cpu_s)
        process = context.Process(target=_work, args=arguments, daemon=True)
        process.start()
        answering.close()
        try:
            answer = cast("_Answer", answers.recv() if answers.poll(WALL_S) else _OVER)
        except EOFError:
            process.join()
            answer = _OVER if process.exitcode in _ENDED_BY else _CRASHED
        finally:
            process.kill()
            process.join()
            answers.close()
    if isinstance(answer, tuple):
        raise ExtractError(*answer)
    return answer


def _work(
    answers: Connection, body: bytes, url: str, media_type: str, rules: Rules, cpu_s: int
) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Ctrl-C reaches every process of a terminal; the one that waits ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        answer: _Answer = extract(body, url=url, media_type=media_type, rules=rules)
    except ExtractError as error:
        answer = error.reason, str(error)
    except MemoryError:
        answer = _OVER
    answers.send(answer)
