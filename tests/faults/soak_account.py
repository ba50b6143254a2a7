"""Holds what the database says against what was published and what arrived."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from monitor.model import CHANGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from faulty_receivers import Receiver

LIVE = ("hook", "mail", "digest")
GONE = "gone"
_COMPANY = re.compile(r"the company ([A-Z][a-z]+) and with nobody")


@dataclass
class Counts:
    """What happened in a run."""

    starts: int = 0
    kills: int = 0
    stopped: int = 0
    """Daemons that ended by themselves, because the database could not be used."""
    faults: Counter[str] = field(default_factory=Counter)
    played: dict[str, dict[str, int]] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    needless: dict[str, int] = field(default_factory=dict)
    """Of each channel, the repeats of messages whose acceptance was told."""

    def add(self, account: Account) -> None:
        """Take over what the account counts."""
        self.found = account.counts()
        self.needless = {name: repeats(one) for name, one in account.receivers.items()}
        self.played = {name: dict(one.failed) for name, one in account.receivers.items()}

    def excess(self) -> list[str]:
        """Return channels that got more repeats than deaths explain.

        What was accepted and said to be so is repeated only where the daemon died before it could
        note that, with one message of each channel under way.
        """
        return [
            f"{name}: {count} repeats of messages known to be accepted"
            for name, count in self.needless.items()
            if count > self.kills + self.stopped
        ]

    def __str__(self) -> str:
        """Print one count a line."""
        rounds = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        lines = [
            f"kills {self.kills}, restarts {self.starts - 1}, ended by themselves {self.stopped}",
            f"rounds: {rounds}",
            *(
                f"{name} failed: {', '.join(f'{what} {n}' for what, n in sorted(kinds.items()))}"
                for name, kinds in self.played.items()
            ),
            ", ".join(f"{name} {count}" for name, count in self.found.items()),
        ]
        return "\n".join(lines)


def repeats(receiver: Receiver) -> int:
    """Count the messages that came again after their acceptance was told."""
    told: set[str] = set()
    again = 0
    for one in receiver.arrivals:
        again += one.key in told
        told |= {one.key} if one.told else set()
    return again


@dataclass(frozen=True)
class Account:
    """The state after a run; `faults` is empty where all is well."""

    database: Path
    words: Mapping[str, set[str]]
    """Of each source, the word of every revision that was published."""
    last: Mapping[str, str]
    """The word of the revision in force."""
    receivers: Mapping[str, Receiver]

    def counts(self) -> dict[str, int]:
        """Count changes, deliveries, and messages that came more than once."""
        deliveries = self._rows("select state from deliveries")
        arrivals = [one for receiver in self.receivers.values() for one in receiver.arrivals]
        keys = Counter(one.key for one in arrivals)
        return {
            "changes": len(self._rows("select id from changes")),
            "deliveries": len(deliveries),
            "sent": sum(row["state"] == "sent" for row in deliveries),
            "refused for good": sum(row["state"] == "failed" for row in deliveries),
            "pending": sum(row["state"] == "pending" for row in deliveries),
            "attempts": len(self._rows("select id from attempts")),
            "arrived": len(arrivals),
            "repeats": sum(keys.values()) - len(keys),
        }

    def unread(self) -> list[str]:
        """Return the sources whose revision in force is not their newest version."""
        rows = self._rows(
            "select s.slug, v.text_digest, c.comparison, c.sections from sources s "
            "join versions v on v.source_id = s.id and v.number = s.version "
            "left join changes c on c.source_id = s.id and c.to_version = v.number"
        )
        told = {row["slug"] for row in rows}
        return [name for name in self.words if name not in told or not self._current(name)]

    def _current(self, name: str) -> bool:
        from monitor.record import Archive

        with Archive.open(f"sqlite:///{self.database}?timeout=30", create=False) as archive:
            version = archive.version(name)
        return version is not None and self.last[name] in version.document.text

    def faults(self) -> list[str]:
        """Return everything that should not be."""
        return [
            *self._integrity(), *self._owed(), *self._arrived(), *self._refused(), *self._repeats(),
            *(f"the last revision of {name} was never recorded" for name in self.unread()),
            *(wrong for receiver in self.receivers.values() for wrong in receiver.wrong),
        ]  # fmt: skip

    def _integrity(self) -> list[str]:
        found = [str(dict(row)) for row in self._rows("pragma foreign_key_check")]
        (whole,) = (row["integrity_check"] for row in self._rows("pragma integrity_check"))
        held = self._rows(
            "select slug as name from sources where lease_owner is not null union all "
            "select key from deliveries where lease_owner is not null"
        )
        return [
            *found,
            *([f"integrity: {whole}"] if whole != "ok" else []),
            *(f"{row['name']} is held by the dead" for row in held),
        ]

    def _owed(self) -> list[str]:
        """Each change that is told has one delivery a channel, none of them pending for ever."""
        owed: dict[int, list[str]] = defaultdict(list)
        for row in self._deliveries():
            owed[row["change_id"]].append(row["channel"])
        channels = sorted(self.receivers)
        return [
            *(
                f"change {row['id']} is owed to {owed[row['id']]}, alert {row['alert']}"
                for row in self._rows("select id, alert from changes")
                if not row["alert"] or sorted(owed[row["id"]]) != channels
            ),
            *(
                f"delivery {row['id']} to {row['channel']} is pending"
                for row in self._deliveries()
                if row["state"] == "pending"
            ),
        ]

    def _arrived(self) -> list[str]:
        """Each change reached each live channel; nothing arrived that is no change."""
        owed = {self._key(row) for row in self._deliveries()}
        found = []
        for channel in LIVE:
            arrivals = self.receivers[channel].arrivals
            said = {one.key: one.text for one in arrivals}
            found += [
                f"{channel} never got {row['key']} ({row['state']})"
                for row in self._deliveries()
                if row["channel"] == channel
                and (row["state"] != "sent" or row["key"] not in said.get(self._key(row), ""))
            ]
            found += [f"{channel} got {key}, which is owed to nobody" for key in set(said) - owed]
            found += [
                f"{channel} was told of what {one.source} never published"
                for one in arrivals
                if one.event in CHANGES
                and not any(word in one.text for word in self.words[one.source])
            ]
        return found

    def _refused(self) -> list[str]:
        """Deliveries to the receiver that is gone have failed, and say why."""
        rows = self._rows(
            "select d.id, d.state, (select a.answer from attempts a where a.delivery_id = d.id "
            "order by a.id desc limit 1) as answer from deliveries d where d.channel = ? "
            "and d.change_id is not null", GONE,
        )  # fmt: skip
        told = {
            one.event for channel in LIVE for one in self.receivers[channel].arrivals
        }  # fmt: skip
        return [
            *(
                f"delivery {row['id']} to {GONE} is {row['state']}: {row['answer']}"
                for row in rows
                if row["state"] != "failed" or not row["answer"].startswith("410")
            ),
            *([] if "channel.failing" in told else [f"nobody was told that {GONE} fails"]),
        ]

    def _repeats(self) -> list[str]:
        """Repeats say the same as the first message under their key."""
        found = []
        for name, receiver in self.receivers.items():
            texts: dict[str, set[str]] = defaultdict(set)
            for one in receiver.arrivals:
                texts[one.key].add(one.text)
            found += [
                f"{name}: {key} said two things" for key, said in texts.items() if len(said) > 1
            ]
        return found

    def _deliveries(self) -> list[sqlite3.Row]:
        return self._rows(
            "select d.*, coalesce(b.key, d.key) as message from deliveries d "
            "left join batches b on b.id = d.batch_id"
        )

    @staticmethod
    def _key(row: sqlite3.Row) -> str:
        """Return the key under which the message of a delivery arrives."""
        return f"<{row['message']}@example.org>" if row["channel"] == "mail" else row["message"]

    def _rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(self.database, timeout=30)) as database:
            database.row_factory = sqlite3.Row
            return database.execute(sql, values).fetchall()
