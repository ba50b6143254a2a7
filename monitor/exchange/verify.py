"""Check a bundle of evidence: python3 verify.py [FOLDER].

Needs nothing but Python. Stands beside manifest.json, and says what is whole and what is not:

1. every file is the one that manifest.json names, and there is no other;
2. every link of chain.jsonl is the digest of its text, and holds the digest of the one before;
3. every capture in captures.warc.gz is what its link says: body, address, time, headers;
4. every text and every interval is what the link of its version says;
5. every time stamp is over the link it is said to be over. Who signed it, OpenSSL can tell.

Exit code 0 where all of it is whole, 5 where something is not. What that proves, and what not, is
told in README.txt.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import zlib
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035 - older versions of Python read this too

INTERVAL = ("last_seen_unchanged_at", "first_seen_at", "confirmed_at")
TRANSFER = ("content-encoding", "content-length", "transfer-encoding")
ORIGINAL = "x-archive-orig-"
ITSELF = "manifest.json"
LONGEST_LINE = 1 << 20
LONGEST = 1 << 30
"""Bytes of one record; more is a bomb."""
UNREADABLE = (
    *(OSError, EOFError, ValueError, LookupError, TypeError, AttributeError),
    *(RecursionError, zlib.error),
)


class WrongError(Exception):
    """Something is not what it says it is."""


def main(arguments: list[str]) -> int:
    """Check a folder and say what came of it."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    try:
        manifest = json.loads((folder / ITSELF).read_text("utf-8"))
        files = check_files(folder, manifest)
        links = check_chain(folder, manifest)
        captures = check_captures(folder, links)
        versions = check_versions(folder, links)
        stamps = check_timestamps(folder, manifest)
    except WrongError as wrong:
        say(f"BROKEN: {wrong}")
        return 5
    except UNREADABLE as error:
        say(f"BROKEN: it cannot be read: {error!r}")
        return 5
    say(f"whole: {files} files, {len(links)} links, {captures} captures, {versions} versions")
    say(f"source: {manifest['source']['id']} ({manifest['source']['url']})")
    say(f"head of the chain: {manifest['chain']['head']}")
    for one in stamps:
        say(f"time stamp: link {one['link']}, {one['at']}, {one['authority']}")
    return 0


def say(line: str) -> None:
    """Write a line that steers no terminal: whoever made the bundle chose its words."""
    text = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
    sys.stdout.write(text.encode("ascii", "backslashreplace").decode("ascii") + "\n")


def check_files(folder: Path, manifest: dict[str, Any]) -> int:
    """Compare every file with its digest."""
    named = manifest["files"]
    there = {str(path.relative_to(folder)).replace("\\", "/") for path in folder.rglob("*")
             if path.is_file()} - {ITSELF}  # fmt: skip
    for name in sorted(there ^ set(named)):
        raise WrongError(f"{name}: {'is not in the manifest' if name in there else 'is missing'}")
    for name, said in sorted(named.items()):
        if digest_of(inside(folder, name)) != said["sha256"]:
            raise WrongError(f"{name}: is not the file that was bundled")
    return len(named)


def inside(folder: Path, name: str) -> Path:
    """Return the file of this name; one elsewhere is none of the bundle's."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise WrongError(f"{name}: is not in the bundle")
    return path


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, a piece at a time."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            found.update(piece)
    return found.hexdigest()


def check_chain(folder: Path, manifest: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """Follow the chain; return what its links say, by number."""
    links: dict[int, dict[str, Any]] = {}
    previous, source = "", manifest["source"]["id"]
    with (folder / "chain.jsonl").open(encoding="ascii") as lines:
        for number, line in enumerate(lines, 1):
            link = json.loads(line)
            said = json.loads(link["text"]) if link["text"] is not None else {}
            if link["number"] != number:
                raise WrongError(f"link {number}: is missing")
            if link["text"] is not None:
                if hashlib.sha256(link["text"].encode("ascii")).hexdigest() != link["digest"]:
                    raise WrongError(f"link {number}: its text is not what was linked")
                if (said["previous"], said["number"], said["source"]) != (previous, number, source):
                    raise WrongError(f"link {number}: does not follow the link before it")
            previous = link["digest"]
            links[number] = said
    chain = manifest["chain"]
    if (previous, len(links)) != (chain["head"], chain["links"]):
        raise WrongError("the chain does not end in the head that the manifest names")
    return links


def check_captures(folder: Path, links: dict[int, dict[str, Any]]) -> int:
    """Compare the records of the WARC file with the links of their captures."""
    told = json.loads((folder / "captures.json").read_text("utf-8"))
    records = dict(responses(folder / "captures.warc.gz"))
    for capture in told:
        name, link = f"capture {capture['capture']}", links.get(capture["link"])
        if capture["record"] not in records:
            raise WrongError(f"{name}: has no record in captures.warc.gz")
        record = records[capture["record"]]
        if record["body"] != capture["sha256"]:
            raise WrongError(f"{name}: its body is another one")
        if capture["link"] is None:
            continue
        if not link or link["kind"] != "capture":
            raise WrongError(f"{name}: link {capture['link']} is not of a capture")
        said = (link["body"], link["size"], link["final_url"], link["fetched_at"], link["status"])
        names = ("body", "size", "url", "at", "status")
        if said != tuple(record[name] for name in names) or link["headers"] != capture["headers"]:
            raise WrongError(f"{name}: is not what link {capture['link']} says")
        if as_they_came(record["headers"], ours=True) != as_they_came(link["headers"]):
            raise WrongError(f"{name}: its headers are not what link {capture['link']} says")
    return len(told)


def as_they_came(pairs: list[Any], ours: bool = False) -> list[tuple[str, str]]:  # noqa: FBT001, FBT002
    """Return headers as they came; in `ours`, those of the transfer were renamed and one added."""
    found = []
    for name, value in pairs:
        lower = name.lower()
        if ours and lower in TRANSFER:
            continue
        plain = (
            value.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace").decode("utf-8")
        )
        found.append((lower.removeprefix(ORIGINAL), plain))
    return found


def responses(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the responses of a WARC file by the ids of their records."""
    with gzip.open(path) as file:
        while True:
            line = file.readline(LONGEST_LINE)
            if not line:
                return
            if not line.strip():
                continue
            if not line.startswith(b"WARC/"):
                raise WrongError("captures.warc.gz: is no WARC file")
            head = dict(fields(file))
            size = int(head["content-length"])
            if not 0 <= size <= LONGEST:
                raise WrongError(f"captures.warc.gz: a record of {size} bytes is no capture")
            block = file.read(size)
            if head["warc-type"] != "response":
                continue
            start, _, body = block.partition(b"\r\n\r\n")
            status, *rest = start.decode("utf-8").split("\r\n")
            pairs = [tuple(text.split(": ", 1)) for text in rest]
            yield (
                head["warc-record-id"],
                {
                    "url": head["warc-target-uri"],
                    "at": head["warc-date"],
                    "status": int(status.split(" ")[1]),
                    "headers": [(pair[0], pair[1] if len(pair) > 1 else "") for pair in pairs],
                    "body": hashlib.sha256(body).hexdigest(),
                    "size": len(body),
                },
            )


def fields(file: gzip.GzipFile) -> Iterator[tuple[str, str]]:
    """Yield the named fields of a record."""
    for line in iter(lambda: file.readline(LONGEST_LINE), b""):
        text = line.decode("utf-8").rstrip("\r\n")
        if not text:
            return
        name, _, value = text.partition(":")
        yield name.lower(), value.strip()


def check_versions(folder: Path, links: dict[int, dict[str, Any]]) -> int:
    """Compare texts and intervals with the links of their versions."""
    told = json.loads((folder / "versions.json").read_text("utf-8"))
    for version in told:
        name, link = f"version {version['version']}", links.get(version["link"])
        if not link or link["kind"] != "version" or link["version"] != version["version"]:
            raise WrongError(f"{name}: link {version['link']} is not of it")
        if digest_of(inside(folder, version["text"])) != link["text"]:
            raise WrongError(f"{name}: its text is not what link {version['link']} says")
    numbered = {version["version"]: links[version["link"]] for version in told}
    for change in json.loads((folder / "changes.json").read_text("utf-8")):
        said = (numbered.get(change["to_version"]) or {}).get("change") or {}
        if [said.get(name) for name in INTERVAL] != [change[name] for name in INTERVAL]:
            raise WrongError(f"change {change['change']}: its interval is not what is linked")
    return len(told)


def check_timestamps(folder: Path, manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Compare what was stamped with the links; return what is told of each stamp."""
    told: list[dict[str, Any]] = json.loads((folder / "timestamps.json").read_text("utf-8"))
    with (folder / "chain.jsonl").open(encoding="ascii") as lines:
        digests = {link["number"]: link["digest"] for link in map(json.loads, lines)}
    for one in told:
        text = inside(folder, one["text"]).read_bytes()
        if hashlib.sha256(text).digest() not in inside(folder, one["token"]).read_bytes():
            raise WrongError(f"{one['token']}: is over something else than {one['text']}")
        head = {"source": manifest["source"]["id"], "number": one["link"]}
        said = head | {"head": digests.get(one["link"])}
        leaf = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        if hashlib.sha256(leaf.encode("ascii")).hexdigest() not in json.loads(text)["heads"]:
            raise WrongError(f"{one['text']}: is not over link {one['link']}")
    return told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
