"""What ``run`` shows: a progress bar and a table for the first pass, then one line an event."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Self

from monitor.cli import output
from monitor.cli.explaining import row_of
from monitor.cli.outcomes import Found, detail, found, network_advice, print_table, word_of
from monitor.model import Changed, Pending, Unchanged, Variant
from monitor.render.reasons import why

if TYPE_CHECKING:
    from types import TracebackType

    from monitor.model import Delivery
    from monitor.pipeline import Checked
    from monitor.wiring import Station


class Lines:
    """Says on standard error what happens, one line an event; nothing where nothing changed."""

    def __init__(self) -> None:
        self._err = output.console(stderr=True)

    def __enter__(self) -> Self:
        """Return the reporter itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave."""

    def say(self, line: str) -> None:
        """Print a line about the daemon."""
        self._err.print(line, markup=False, soft_wrap=True)

    def checked(self, checked: Checked) -> None:
        """Say what a check found, unless that is nothing."""
        outcome = checked.check.outcome
        if checked.check.drift:
            self.say(f"{checked.check.source.id}: its rules do not fit: {checked.check.drift}")
        if isinstance(outcome, Unchanged) and not outcome.detail:
            return
        reasoned = isinstance(outcome, Changed | Pending | Unchanged | Variant)
        said = why(row_of(checked)) if reasoned else detail(outcome)
        self.say(f"{checked.check.source.id}: {word_of(outcome)}{': ' if said else ''}{said}")

    def delivered(self, delivery: Delivery) -> None:
        """Say how a try of a delivery went."""
        answer = delivery.attempts[-1].answer if delivery.attempts else ""
        what = f"{delivery.event} about {delivery.source or 'a channel'}"
        self.say(f"{delivery.channel}: {what}: {delivery.state}: {answer}")

    def idle(self) -> None:
        """Say nothing: that nothing is due is no event."""


class Watch(Lines):
    """Reports what a daemon does; the first pass over what is due is shown as a whole."""

    def __init__(self, built: Station) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._built = built
        super().__init__()
        self._due = {source.id: place for place, source in enumerate(built.due())}
        self._first: list[Found] | None = []
        columns = (
            TextColumn("checking"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
        )
        plain = not self._err.is_terminal
        self._bar = Progress(*columns, console=self._err, transient=True, disable=plain)
        self._task = self._bar.add_task("", total=len(self._due))
        self._lock = Lock()

    def __enter__(self) -> Self:
        """Show the bar."""
        if self._due:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._bar.stop()

    def checked(self, checked: Checked) -> None:
        """Count a check of the first pass; later, say what it found unless that is nothing."""
        with self._lock:
            if self._first is None:
                super().checked(checked)
                return
            self._first.append(found(checked))
            self._bar.update(self._task, advance=1, description=checked.check.source.id)
            if {one.source.id for one in self._first} >= self._due.keys():
                self._end_first_pass()

    def idle(self) -> None:
        """End the first pass where the rest of it is done by another program."""
        with self._lock:
            if self._first is not None:
                self._end_first_pass()

    def _end_first_pass(self) -> None:
        assert self._first is not None
        self._bar.stop()
        last = len(self._due)
        rows = sorted(self._first, key=lambda one: self._due.get(one.source.id, last))
        self._first = None
        if rows:
            print_table(output.console(), self._built, rows)
            # Where other programs did the rest, these few do not speak for all.
            whole = len(rows) >= len(self._due)
            if whole and all(one.failure for one in rows):
                self.say(network_advice(rows))
        else:
            self.say(self._nothing_due())

    def _nothing_due(self) -> str:
        states = [state for state in self._built.archive.states() if state.next_check_at]
        due = min((state.next_check_at for state in states if state.next_check_at), default=None)
        failing = sum(state.failures > 0 for state in states)
        trouble = f"; {failing} failing (monitor status)" if failing else ""
        return f"nothing is due; next check {output.local(due)}{trouble}"
