"""Many publishers of made-up policies on 127.0.0.1, each on a port of its own.

    python benchmarks/publishers.py [--sources 500] [--slow-ms 0] [--silent 0]

Prints one line of JSON: the control port, and the address of every policy. Control, by GET:

- ``/mode?mode=same|304|noise|changed|down&pass=K``: what every policy answers from now on
- ``/stats``: requests, those answered 304, webhooks that arrived and how many different ones

``same`` serves the same bytes without validators, ``304`` with them, ``noise`` another nonce and
another hidden field in each answer, ``changed`` one sentence that differs from pass to pass,
``down`` only 503. POST
to ``/hook`` of the control port takes webhooks. ``--silent N`` makes the last N accept connections
and never answer. Ends when its standard input does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import secrets
import sys
import zlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qs, urlsplit

SECTIONS, PARAGRAPHS = 30, 5
DISTINCT = 500
"""Policies that are written; beyond that, publishers share them."""
WORDS = (
    *("we", "you", "data", "account", "service", "information", "personal", "collect", "share"),
    *("retain", "delete", "partner", "consent", "purpose", "security", "transfer", "request"),
    *("notice", "country", "law", "right", "period", "device", "address", "payment", "support"),
)


def prose(chance: random.Random, words: int) -> str:
    """Write a sentence."""
    return " ".join(chance.choice(WORDS) for _ in range(words)).capitalize() + "."


@cache
def policy(number: int) -> tuple[bytes, bytes, bytes]:
    """Write a page of about 150 kB in three parts: edits go between the first two, noise after."""
    chance = random.Random(number)  # noqa: S311 - made-up text
    sections = [
        f"<h2>{at}. {prose(chance, 3)}</h2>"
        + "".join(f"<p>{prose(chance, 45)}</p>" for _ in range(PARAGRAPHS))
        for at in range(1, SECTIONS + 1)
    ]
    style = "".join(f".c{at}{{margin:{at}px;color:#{at:06x}}}" for at in range(900))
    payload = json.dumps({f"key{at}": prose(chance, 8) for at in range(900)})
    menu = "".join(f'<li><a href="/p{at}">Product {at}</a></li>' for at in range(150))
    head = (
        f'<!doctype html><html lang="en"><head><title>Privacy policy {number}</title>'
        f"<style>{style}</style></head><body><nav><ul>{menu}</ul></nav><main>"
        f"<h1>Privacy policy</h1><p>Last updated: May 5, 2026</p>" + "".join(sections[:15]) + "<p>"
    )
    rest = (
        "We keep it as long as it is needed for this.</p>"
        + "".join(sections[15:])
        + f"</main><footer><ul>{menu}</ul></footer><script>window.state={payload}</script>"
    )
    return head.encode(), rest.encode(), b"</body></html>"


@dataclass
class World:
    """What all publishers answer."""

    slow_s: float
    mode: str = "same"
    passing: str = "0"
    counts: Counter[str] = field(default_factory=Counter)
    keys: set[str] = field(default_factory=set)

    def body(self, page: tuple[bytes, bytes, bytes]) -> bytes:
        """Write the page as it is now."""
        edit = noise = b""
        if self.mode == "changed":
            edit = b"We also share your data with %s partners. " % self.passing.encode()
        if self.mode == "noise":
            nonce = secrets.token_hex(12).encode()
            noise = b'<script nonce="%s">n()</script><input type=hidden value=%s>' % (nonce, nonce)
        return page[0] + edit + page[1] + noise + page[2]


def answered(status: str, body: bytes, *headers: str) -> bytes:
    """Write a whole answer."""
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""])
    return head.encode() + body


class Publisher:
    """Serves one policy."""

    def __init__(self, world: World, number: int, *, silent: bool) -> None:
        self.world = world
        self.page = policy(number % DISTINCT)
        self.silent = silent

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the client has enough."""
        while head := await request(reader):
            if self.silent:
                await asyncio.sleep(3_600)
            if self.world.slow_s:
                await asyncio.sleep(self.world.slow_s)
            writer.write(self.answer(head))
            await writer.drain()
        writer.close()

    def answer(self, head: str) -> bytes:
        """Answer one request."""
        world = self.world
        if "robots.txt" in head.split("\r\n", 1)[0]:
            return answered("404 Not Found", b"")
        world.counts["requests"] += 1
        if world.mode == "down":
            return answered("503 Service Unavailable", b"")
        validators = ['ETag: "1"'] if world.mode == "304" else []
        if validators and "if-none-match" in head.lower():
            world.counts["304"] += 1
            return answered("304 Not Modified", b"", *validators)
        packed = zlib.compress(world.body(self.page), 1)
        kind = ("Content-Type: text/html; charset=utf-8", "Content-Encoding: deflate")
        return answered("200 OK", packed, *kind, *validators)


async def request(reader: asyncio.StreamReader) -> str:
    """Read the head of a request; empty where the client has left."""
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""


async def control(world: World, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take orders and webhooks."""
    while head := await request(reader):
        lines = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        await reader.readexactly(int(headers.get("content-length", 0)))
        target = urlsplit(lines[0].split()[1])
        if target.path == "/mode":
            given = {key: value[0] for key, value in parse_qs(target.query).items()}
            world.mode, world.passing = given["mode"], given.get("pass", "0")
            world.counts.clear()
            world.keys.clear()
        elif target.path == "/hook":
            world.counts["webhooks"] += 1
            world.keys.add(headers["webhook-id"])
        told = dict(world.counts) | {"told": len(world.keys)}
        writer.write(answered("200 OK", json.dumps(told).encode()))
        await writer.drain()
    writer.close()


async def run(sources: int, slow_ms: int, silent: int) -> None:
    """Serve until standard input ends."""
    world = World(slow_ms / 1_000)
    publishers = [
        Publisher(world, number, silent=number >= sources - silent) for number in range(sources)
    ]
    servers = [await asyncio.start_server(one.serve, "127.0.0.1", 0) for one in publishers]
    orders = await asyncio.start_server(
        lambda reader, writer: control(world, reader, writer), "127.0.0.1", 0
    )
    ports = [server.sockets[0].getsockname()[1] for server in [orders, *servers]]
    addresses = [f"http://127.0.0.1:{port}/privacy" for port in ports[1:]]
    print(json.dumps({"control": ports[0], "addresses": addresses}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=500)
    parser.add_argument("--slow-ms", type=int, default=0)
    parser.add_argument("--silent", type=int, default=0)
    given = parser.parse_args()
    asyncio.run(run(given.sources, given.slow_ms, given.silent))


if __name__ == "__main__":
    main()
