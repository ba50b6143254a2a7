"""What a reader of one format hands over: blocks in order, and what stands around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.extract.evidence import PageEvidence

if TYPE_CHECKING:
    from monitor.extract.block import Block
    from monitor.model import Dropped


@dataclass(frozen=True, slots=True)
class Material:
    """The main text of a body as blocks, before sections and dates are found in it."""

    blocks: tuple[Block, ...]
    title: str = ""
    claimed: str = ""
    """Language the page claims for itself."""
    marked_up: bool = False
    """Whether headings are marked up, as in HTML and Markdown."""
    nearby: tuple[Block, ...] = ()
    """Blocks beside the main text that may state its date."""
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
    evidence: PageEvidence = field(default_factory=PageEvidence)
