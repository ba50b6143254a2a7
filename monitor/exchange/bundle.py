"""Evidence of a source, or of one change, that anybody can check with Python alone.

docs/evidence.md says what the chain in it proves.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from monitor.errors import UsageError
from monitor.exchange import verify
from monitor.exchange.file import whole_file
from monitor.exchange.warc_writing import WarcWriter, record_id
from monitor.model.evidence import stamp
from monitor.render.commit import commit_message
from monitor.render.html import page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.model import Change, Link, Source
    from monitor.record import Archive

_README = """Evidence of {title}
{url}

Made {at} by {software}.

captures.warc.gz  the pages as they arrived, with headers, addresses and times (ISO 28500)
captures.json     the same without the bodies, and the link of each
versions.json     what was read from them; versions/N.txt is the text of version N
changes.json      what changed: after last_seen_unchanged_at and by first_seen_at
changes/          each change in words, as a unified diff, and as a page
chain.jsonl       the chain of digests over all that was kept of this source
timestamps.json   which links an authority has stamped (RFC 3161), and when
timestamps/       each stamp: N.json is what was stamped, N.tsr the answer. To check who signed:
                  openssl ts -verify -data N.json -in N.tsr -CAfile CERTIFICATES_OF_THE_AUTHORITY
manifest.json     the SHA-256 of every file
verify.py         checks all of it: python3 verify.py

What it proves: that these are the captures that were kept when their links were written, and
that nothing before the head of the chain was changed since. What it does not prove: that the
page really said so; whoever runs a monitor can invent a capture. Compare the head with one that
was kept elsewhere at the time.
"""


class Parcel(Protocol):
    """Where files are put."""

    def put(self, name: str, content: bytes | BinaryIO) -> None:
        """Add a file."""


@dataclass(slots=True)
class Folder:
    """Files in a folder."""

    path: Path

    def put(self, name: str, content: bytes | BinaryIO) -> None:
        """Add a file."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            for piece in _pieces(content):
                file.write(piece)


@dataclass(slots=True)
class Zip:
    """Files in a zip file; all of one time, so that the same evidence is the same file."""

    file: ZipFile
    at: datetime

    def put(self, name: str, content: bytes | BinaryIO) -> None:
        """Add a file."""
        entry = ZipInfo(name, (*self.at.timetuple()[:5], 0))
        entry.compress_type = ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        with self.file.open(entry, "w") as file:
            for piece in _pieces(content):
                file.write(piece)


def _pieces(content: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    content.seek(0)
    while piece := content.read(1 << 20):
        yield piece


@contextmanager
def parcel(path: Path, at: datetime, *, replace: bool) -> Iterator[Parcel]:
    """Open a zip file, or a folder where the name does not end in ``.zip``; whole or not at all.

    Raises `UsageError` where it cannot be written, or is there already and is not to be replaced.
    """
    if path.suffix == ".zip":
        with whole_file(path, replace=replace) as file, ZipFile(file, "w") as made:
            yield Zip(made, at)
        return
    if path.exists():
        raise UsageError(f"{path} is there already; name another folder")
    beside = path.with_name(f".{path.name}.part")
    try:
        rmtree(beside, ignore_errors=True)
        beside.mkdir()
        yield Folder(beside)
        beside.rename(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        rmtree(beside, ignore_errors=True)


@dataclass(slots=True)
class Bundle:
    """Puts the evidence of a source together; made once for each."""

    archive: Archive
    source: Source
    software: str
    at: datetime
    change: Change | None = None
    """The one it is about; all of them without."""
    _files: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)

    def write(self, into: Parcel) -> None:
        """Write all of it; raises `ArchiveError` where something kept is damaged."""
        chain = self.archive.evidence.chain(self.source.id)
        changes = self._changes()
        versions = self._versions(into, chain)
        self._captures(into, chain, {version["snapshot"] for version in versions}, changes)
        for change in changes:
            self._change(into, change)
        self._put_json(into, "versions.json", versions)
        self._put_json(into, "changes.json", [_facts(change) for change in changes])
        links = "".join(_line(link) for link in chain)
        self._put(into, "chain.jsonl", links.encode("ascii"))
        self._seals(into)
        self._put(into, "verify.py", Path(verify.__file__).read_bytes())
        told = {"title": self.source.title, "url": self.source.url, "at": stamp(self.at)}
        readme = _README.format(**told, software=self.software)
        self._put(into, "README.txt", readme.encode("utf-8", "replace"))
        self._manifest(into, chain)

    def _manifest(self, into: Parcel, chain: tuple[Link, ...]) -> None:
        manifest = {
            "format": 1,
            "made_at": stamp(self.at),
            "software": self.software,
            "source": {name: getattr(self.source, name) for name in ("id", "site", "name", "url")},
            "change": None if self.change is None else self.change.id,
            "chain": {"links": len(chain), "head": chain[-1].digest if chain else ""},
            "files": self._files,
        }
        into.put("manifest.json", _json(manifest))

    def _changes(self) -> list[Change]:
        if self.change is not None:
            return [self.change]
        return list(reversed(self.archive.history([self.source.id])))

    def _versions(self, into: Parcel, chain: tuple[Link, ...]) -> list[dict[str, Any]]:
        wanted = None
        if self.change is not None:
            wanted = {self.change.from_version, self.change.to_version}
        linked = {link.version: link.number for link in chain if link.version is not None}
        told = []
        for summary in self.archive.versions(self.source.id):
            if wanted is not None and summary.number not in wanted:
                continue
            version = self.archive.version(self.source.id, summary.number)
            assert version is not None
            name = f"versions/{version.number}.txt"
            self._put(into, name, version.document.text.encode())
            told.append(
                {
                    "version": version.number,
                    "link": linked.get(version.number),
                    "text": name,
                    "snapshot": version.snapshot,
                    "fetched_at": stamp(version.fetched_at),
                    "recorded_at": stamp(version.recorded_at),
                    "cause": version.cause,
                    "title": version.document.title,
                    "dates": [
                        {
                            "value": found.date.value,
                            "label": found.date.label,
                            "words": found.date.evidence,
                            "chosen": found.chosen,
                            "why": found.why,
                        }
                        for found in version.document.dates.candidates
                    ],
                }
            )
        return told

    def _captures(
        self, into: Parcel, chain: tuple[Link, ...], digests: set[str], changes: list[Change]
    ) -> None:
        linked = {link.capture: link.number for link in chain if link.capture is not None}
        told = []
        with TemporaryFile() as file:
            writer = WarcWriter(file)
            writer.begin("captures.warc.gz", self.at, self.software)
            for found in reversed(self.archive.kept(self.source.id)):
                about = found.digest in digests or any(
                    change.first_seen_at <= found.fetched_at <= change.confirmed_at
                    for change in changes
                )
                if self.change is not None and not about:
                    continue
                capture = self.archive.kept_capture(self.source.id, found.number)
                assert capture is not None
                writer.add(self.source.id, capture, found.role)
                told.append(
                    {
                        "capture": found.number,
                        "link": linked.get(found.number),
                        "record": record_id(self.source.id, capture, found.role),
                        "sha256": found.digest,
                        "role": found.role,
                        "reason": found.reason,
                        "url": capture.url,
                        "final_url": capture.final_url,
                        "fetched_at": stamp(capture.fetched_at),
                        "claimed": capture.claimed,
                        "status": capture.status,
                        "headers": [list(pair) for pair in capture.headers],
                    }
                )
            self._put(into, "captures.warc.gz", file)
        self._put_json(into, "captures.json", told)

    def _change(self, into: Parcel, change: Change) -> None:
        comparison = self.archive.comparison(change.id)
        version = self.archive.version(self.source.id, change.to_version)
        assert version is not None
        stem = f"changes/{change.from_version}-{change.to_version}"
        words = commit_message(self.source, version, change)
        self._put(into, f"{stem}.txt", words.encode("utf-8", "replace"))
        old, new = f"version {change.from_version}", f"version {change.to_version}"
        self._put(into, f"{stem}.diff", comparison.unified(old, new).encode("utf-8", "replace"))
        shown = page(comparison, title=self.source.title, subtitle=words.partition("\n")[0])
        self._put(into, f"{stem}.html", shown.encode("utf-8", "replace"))

    def _seals(self, into: Parcel) -> None:
        told = []
        for number, seal in enumerate(self.archive.evidence.seals(self.source.id), 1):
            text, token = f"timestamps/{number}.json", f"timestamps/{number}.tsr"
            self._put(into, text, seal.text.encode("ascii"))
            self._put(into, token, seal.token)
            link = seal.reaches(self.source.id)
            said = {"at": stamp(seal.sealed_at), "authority": seal.authority, "link": link}
            told.append({"text": text, "token": token, **said})
        self._put_json(into, "timestamps.json", told)

    def _put_json(self, into: Parcel, name: str, value: object) -> None:
        self._put(into, name, _json(value))

    def _put(self, into: Parcel, name: str, content: bytes | BinaryIO) -> None:
        digest, size = hashlib.sha256(), 0
        for piece in _pieces(content):
            digest.update(piece)
            size += len(piece)
        into.put(name, content)
        self._files[name] = {"sha256": digest.hexdigest(), "size": size}


def _facts(change: Change) -> dict[str, Any]:
    return {
        "change": change.id,
        "from_version": change.from_version,
        "to_version": change.to_version,
        "last_seen_unchanged_at": stamp(change.last_seen_unchanged_at),
        "first_seen_at": stamp(change.first_seen_at),
        "confirmed_at": stamp(change.confirmed_at),
        "reason": change.reason,
        "sections": [
            {"path": list(part.path), "operation": part.operation} for part in change.sections
        ],
        "findings": [
            {"rule": found.rule, "summary": found.summary, "words": list(found.words)}
            for found in change.findings
        ],
    }


def _line(link: Link) -> str:
    kept = {"number": link.number, "kind": link.kind, "digest": link.digest, "text": link.text}
    return json.dumps(kept) + "\n"


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1).encode() + b"\n"
