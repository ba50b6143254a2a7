"""Tell the fields a visitor fills in from the policy around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.extract.names import holds_title
from monitor.extract.vocabulary import reads_as_policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.extract.tree import Node

_CONTROL_WORDS = 200
"""Weight of words for each control below which a part is a form."""
_FIELD_WORDS = 80
"""The same for a part with at least so many fields, whatever sentences stand beside them."""
_MANY_FIELDS = 4
_FIELDS = frozenset(("", "email", "text", "tel", "search"))
_SUBMITS = frozenset(("submit", "image", "button"))
_MOST_FIELDS = 40
_SMALL = 300
"""Weight up to which a field, its button and their labels are nothing else."""
_LABEL = 200
"""Weight of the words beside a form that ask to fill it in."""


def is_form(child: Node, *, before: bool) -> bool:
    """Tell a part that is a form from one with fields in it; `before` the policy or after it."""
    if not child.controls or child.chars >= _CONTROL_WORDS * child.controls or holds_title(child):
        return False
    if child.prose or child.headings > 1 or (child.headings and before):
        return before and child.chars < _FIELD_WORDS * child.controls >= _MANY_FIELDS * _FIELD_WORDS
    # Under a heading, the way to write to the publisher is a part of the policy.
    return not child.headings or not _has_room(child)


def _has_room(part: Node) -> bool:
    return any(below.tag == "textarea" for below in part.walk(cut=True))


def cut_forms(lead: Node) -> None:
    """Cut the small forms amid a policy, such as a sign-up for letters, and what invites to them.

    One with room for many words is how a reader writes to the publisher, and stays.
    """
    for field in _fields(lead):
        form = _around(field, lead)
        if form is None or form.chars > _SMALL or holds_title(form):
            continue
        while (around := form.parent) is not None and _invites(around, form, lead):
            form = around
        if not _has_room(form):
            form.cut = "form"


def _fields(lead: Node) -> Iterator[Node]:
    left = _MOST_FIELDS
    for node in lead.walk(cut=True):
        if left and node.tag == "input" and node.get("type").lower() in _FIELDS:
            left -= 1
            if not any(above.cut for above in node.ancestors()):
                yield node


def _around(field: Node, lead: Node) -> Node | None:
    """Return the smallest part that holds a field and the button that sends it."""
    for node in field.ancestors():
        if node is lead:
            return None
        if any(map(_sends, node.walk(cut=True))):
            return node
    return None


def _sends(node: Node) -> bool:
    return node.tag == "button" or (node.tag == "input" and node.get("type").lower() in _SUBMITS)


def _invites(around: Node, form: Node, lead: Node) -> bool:
    """Tell whether a part is a form with a line that asks to fill it in, and nothing else."""
    beside = around.chars - form.chars
    if around is lead or beside > _LABEL or around.chars > _SMALL or holds_title(around):
        return False
    return not beside or not reads_as_policy(around.words(2 * _SMALL))
