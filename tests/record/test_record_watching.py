"""Which sources are watched and due, and that nobody checks one twice at once."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from record_samples import ACME, HOUR, NOW, at, change, check, first

from monitor.model import Failed, Schedule, SourceState
from monitor.record import Archive

DAILY = Schedule(every=timedelta(days=1))


def _sources(count: int) -> list:
    return [replace(ACME, id=f"source-{number}", schedule=DAILY) for number in range(count)]


def test_new_sources_are_due_at_once(archive: Archive) -> None:
    """What is configured for the first time is checked now, in the order of waiting."""
    archive.adopt([ACME], NOW - HOUR)
    archive.adopt([ACME, *_sources(3)], NOW)

    assert archive.due(NOW) == ("acme", "source-0", "source-1", "source-2")
    assert archive.due(NOW, limit=2) == ("acme", "source-0")
    assert archive.due(NOW - 2 * HOUR) == ()


def test_unknown_source_has_an_empty_state(archive: Archive) -> None:
    """Asking about a source nobody recorded is no error."""
    assert archive.state("acme") == SourceState("acme")
    assert archive.sources() == ()


def test_dropped_and_disabled_sources_are_never_due(archive: Archive) -> None:
    """They keep their history, and are due at once when they come back."""
    archive.adopt([ACME, *_sources(1)], NOW)
    first(archive)
    archive.adopt([replace(ACME, enabled=False)], NOW)

    assert archive.due(at(1000)) == ()
    assert [state.next_check_at for state in archive.states()] == [None, None]
    assert archive.state("acme").version == 1
    archive.adopt([ACME], at(24))
    assert archive.due(at(24)) == ("acme",)


def test_adopting_the_same_again_changes_nothing(archive: Archive) -> None:
    """A reload of an unchanged configuration moves no due time."""
    archive.adopt([ACME], NOW)
    archive.record(check(Failed("dns", ""), NOW))
    before = archive.states()
    archive.adopt([ACME], at(1))

    assert archive.states() == before


def test_shorter_schedule_comes_sooner(archive: Archive) -> None:
    """A new interval counts from now; a longer one does not put off what is due sooner."""
    archive.adopt([ACME], NOW)
    archive.record(check(Failed("dns", ""), NOW))
    archive.adopt([replace(ACME, schedule=Schedule(every=HOUR))], NOW)
    assert archive.state("acme").next_check_at == at(1)
    archive.adopt([replace(ACME, schedule=DAILY)], NOW)
    assert archive.state("acme").next_check_at == at(1)
    archive.adopt([replace(ACME, schedule=Schedule(every=None, cron="0 9 * * *"))], NOW)

    assert archive.state("acme").next_check_at == NOW


def test_sources_come_back_without_their_headers(archive: Archive) -> None:
    """The archive knows what a source is, but never what it is asked with."""
    secret = replace(ACME, headers=(("Authorization", "Bearer secret"),), tags=("eu",))
    archive.adopt([secret], NOW)

    assert archive.sources() == (replace(ACME, tags=("eu",)),)


def test_renamed_site_shows_in_its_history(archive: Archive) -> None:
    """Names are labels: the newest ones are shown, also for what is long recorded."""
    archive.adopt([ACME], NOW)
    archive.adopt([replace(ACME, site="Acme Corp.")], NOW)

    assert archive.sources()[0].site == "Acme Corp."
    assert archive.due(NOW) == ("acme",)


def test_ten_thousand_sources_are_adopted_quickly(archive: Archive) -> None:
    """A large configuration is one short transaction, the second time an even shorter one."""
    sources = _sources(10_000)
    started = time.process_time()
    archive.adopt(sources, NOW)
    archive.adopt(sources, NOW)
    due = archive.due(NOW)
    states = archive.states()

    assert (len(due), len(states)) == (10_000, 10_000)
    # About a second and a half; the bound only catches a statement a source.
    assert time.process_time() - started < 10


def test_only_one_thread_gets_a_source(archive: Archive) -> None:
    """Of many that ask at once, one is given the source, and nobody sees it as due."""
    archive.adopt([ACME], NOW)

    def ask(owner: int) -> bool:
        return archive.claim("acme", owner=f"o{owner}", now=NOW, lease=HOUR)

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(ask, range(16)))

    assert won.count(True) == 1
    assert archive.due(NOW) == ()


RACE = """
import sys
from datetime import datetime, timedelta
from monitor.record import Archive
url, owner, now = sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])
with Archive.open(url) as archive:
    print("ready", flush=True)
    sys.stdin.readline()
    hour = timedelta(hours=1)
    print(*(i for i in archive.due(now) if archive.claim(i, owner=owner, now=now, lease=hour)))
"""


def test_two_processes_never_hold_one_source(archive: Archive, url: str) -> None:
    """Every source goes to exactly one of two processes that ask at the same time."""
    archive.adopt(_sources(60), NOW)
    command = [sys.executable, "-c", RACE, url]
    racers = [
        subprocess.Popen(
            [*command, owner, NOW.isoformat()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for owner in ("one", "two")
    ]  # fmt: skip
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = [racer.communicate(timeout=60)[0].split() for racer in racers]

    assert sorted(won[0] + won[1]) == sorted(_ids(60))


def _ids(count: int) -> list[str]:
    return [source.id for source in _sources(count)]


def test_lease_can_be_taken_over_when_it_ends(archive: Archive) -> None:
    """A process that died holds its source until the lease ends, not longer."""
    archive.adopt([ACME], NOW)
    assert archive.claim("acme", owner="dead", now=NOW, lease=HOUR)
    assert not archive.claim("acme", owner="dead", now=at(0.5), lease=HOUR)
    assert archive.due(at(0.9)) == ()
    assert archive.due(at(1)) == ("acme",)
    assert archive.claim("acme", owner="heir", now=at(1), lease=HOUR)
    archive.release("acme", owner="dead")

    assert not archive.claim("acme", owner="third", now=at(1), lease=HOUR)
    archive.release("acme", owner="heir")
    assert archive.claim("acme", owner="third", now=at(1), lease=HOUR)


def test_nobody_is_given_a_source_that_is_not_there(archive: Archive) -> None:
    """Claiming an unknown source fails quietly; it was dropped a moment ago."""
    assert not archive.claim("acme", owner="me", now=NOW, lease=HOUR)


def test_leases_of_dead_programs_are_ended(archive: Archive) -> None:
    """What a program that is known to be dead held, sources and deliveries, is free at once."""
    archive.adopt([ACME], NOW)
    first(archive)
    change(archive, "one", "two", NOW)
    archive.claim("acme", owner="dead", now=NOW, lease=HOUR)
    taken = archive.outbox.claim(owner="dead too", now=NOW, lease=HOUR, limit=1)
    assert set(archive.owners()) == {"dead", "dead too"}
    archive.abandon(["dead", "dead too"])

    assert archive.owners() == ()
    assert archive.claim("acme", owner="heir", now=NOW, lease=HOUR)
    assert taken[0] in archive.outbox.claim(owner="heir", now=NOW, lease=HOUR, limit=9)


def test_programs_that_start_at_once_adopt_the_same_sources(archive: Archive, url: str) -> None:
    """Several programs may bring one configuration to one new database."""
    sources = _sources(300)
    with Archive.open(url) as other, ThreadPoolExecutor(4) as pool:
        orders = (sources, sources[::-1])
        started = [
            pool.submit(opened.adopt, orders[number % 2], at(number))
            for number, opened in enumerate((archive, other, archive, other))
        ]
        for adopted in started:
            adopted.result(timeout=60)

    assert len(archive.due(at(9))) == 300
