"""Who is told, and what they would be told, by commands."""

from __future__ import annotations

import email
import json
from typing import TYPE_CHECKING

from pages import page
from surroundings import Answer, Program, Receiver, Site

if TYPE_CHECKING:
    from email.message import Message

CONFIG = """[defaults]
confirm_after = 0
allow_private = true
robots = false

[monitor]
host_spacing = "0s"
web_url = "https://policies.example.org/"

[channels.all]
type = "webhook"
url = "{hook}"
allow_private = true

[channels.terms]
type = "webhook"
url = "{hook}"
allow_private = true
kinds = "terms-*"
first = true

[channels.chat]
type = "apprise"
url = "file:chat"

[[source]]
id = "english"
kind = "privacy-policy"
url = "{page}"
notify = ["all", "terms"]
"""
TRAINING = b"<h2>4. Training</h2><p>We may use what you write to train our models.</p></main>"


def _change(program: Program, site: Site, hook: str) -> int:
    (program.config.parent / "chat").write_text(hook.replace("http://", "json://"))
    program.write(CONFIG.format(page=site.url("/english"), hook=hook))
    for body in (page("english"), page("english").replace(b"</main>", TRAINING)):
        site.answers["/english"] = Answer(body)
        program("check")
    (change,) = program.json("history", "english")
    return int(change["change"])


def test_what_would_be_sent_can_be_read(program: Program, site: Site, receiver: Receiver) -> None:
    """Each form says the same, and none is sent."""
    number = str(_change(program, site, receiver.url))
    told = receiver.refused
    payload = json.loads(program("render", number, "--as", "webhook"))
    assert payload["type"] == "policy.silent_change"
    mail: Message = email.message_from_string(program("render", number, "--as", "email"))
    assert "1 section added" in str(mail["Subject"])
    assert [part.get_content_type() for part in mail.walk()][-1] == "text/x-diff"
    link = f"https://policies.example.org/changes/{number}"
    for form in ("text", "html", "brief", "feed"):
        written = program("render", number, "--as", form)
        assert "Training" in written
        assert link in written
    assert payload["data"]["links"]["change"] == link
    assert "there is no change 99" in program.run("render", "99").stderr
    assert receiver.refused == told


def test_channels_list_what_they_are_told_of(
    program: Program, site: Site, receiver: Receiver
) -> None:
    """A filter takes sources away; a test of a channel reports the answer."""
    _change(program, site, receiver.url)
    listed = {
        row["channel"]: (row["kind"], row["sources"]) for row in program.json("channels", "list")
    }
    assert listed == {
        "all": ("webhook", ["english"]),
        "terms": ("webhook", []),
        "chat": ("apprise", []),
    }
    assert {row["channel"] for row in program.json("deliveries")} == {"all"}
    assert "204" in program("channels", "test", "all")
    assert "JSON: accepted" in program("channels", "test", "chat")


def test_a_channel_that_fails_is_in_the_status(
    program: Program, site: Site, receiver: Receiver
) -> None:
    """What it answered and since when, below the sources."""
    receiver.status = 410
    _change(program, site, receiver.url)
    said = program("status")
    assert "Channel all fails since" in said
    assert "410" in said
    failed = program.json("deliveries", "--failed")
    row = next(one for one in failed if one["channel"] == "all")
    number = str(row["id"])
    assert "refused" in program("deliveries", number)
    receiver.status = 204
    for again in (("--retry", number), ("--retry", "--all"), ("--all",)):
        program("deliveries", *again)
    program("check")
    (told,) = (one for one in program.json("deliveries") if one["id"] == row["id"])
    assert (told["state"], [one["ok"] for one in told["attempts"]]) == ("sent", [False, True])
    assert "accepted  204" in program("deliveries", number)
    for wrong, said in ((number, "it is sent"), ("99", "no delivery 99"), ("x", "--retry 12")):
        refused = program.run("deliveries", "--retry", wrong)
        assert (refused.returncode, said in refused.stderr) == (2, True)
