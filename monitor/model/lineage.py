"""Where what a policy says comes from: each line and each section followed through versions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one line comes from; versions are told by their numbers."""

    first: int
    """The version that first had it, in whatever words."""
    since: int
    """The version that gave it the words it has, or brought these back."""
    replaced: str = ""
    """What stood in its place before that; empty where nothing did."""
    returned: int | None = None
    """Where its words had been gone, the last version before that had them."""
    moved: int | None = None
    """The version that last put it into another section, its words unchanged."""


@dataclass(frozen=True, slots=True)
class Name:
    """What a section was called before."""

    heading: str
    until: int
    """The last version that called it so."""


@dataclass(frozen=True, slots=True)
class SectionOrigin:
    """Where one section comes from; it stays itself when it is renumbered, renamed or moved."""

    ident: str
    """Its identity in all versions: the version that first had it, and its place there."""
    first: int
    since: int
    """The version that last changed anything in it."""
    names: tuple[Name, ...] = ()
    """Oldest first."""
    moved: int | None = None
    """The version that last put it elsewhere."""
    split_from: str | None = None
    """Identity of the section that most of it was part of before."""
    merged: tuple[str, ...] = ()
    """Identities of the sections that were taken into it."""
    returned: int | None = None
    """Where it had been gone, the last version before that had it."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where everything one version says comes from."""

    version: int
    oldest: int
    """The version it is followed back to."""
    lines: tuple[Origin, ...]
    """One for each of the document's lines."""
    sections: tuple[SectionOrigin, ...]
    """One for each of the document's sections."""
