"""What hosts say in robots.txt outlives a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from record_samples import NOW, at

from monitor.model.robots import RobotsCopy

if TYPE_CHECKING:
    from monitor.record import Archive

ORIGIN = "https://acme.example"


def test_the_last_copy_is_kept(archive: Archive) -> None:
    """A copy replaces the one before, of its own host alone."""
    assert archive.robots.get(ORIGIN) is None
    first = RobotsCopy(b"", NOW)
    second = RobotsCopy(None, at(2), at(1))
    archive.robots.put(ORIGIN, first)
    archive.robots.put("https://other.example", first)
    assert archive.robots.get(ORIGIN) == first
    archive.robots.put(ORIGIN, second)
    assert archive.robots.get(ORIGIN) == second
    assert archive.robots.get("https://other.example") == first
