"""What a page shows besides its main text; guards judge by it whether it is a policy at all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """Counts and small texts of one whole page, the parts outside its main text included."""

    title: str = ""
    """Words of the ``<title>`` element, normalised."""
    text_chars: int = 0
    """Characters of visible text on the whole page."""
    main_chars: int = 0
    """Characters of the text that extraction keeps."""
    script_chars: int = 0
    """Characters inside inline scripts."""
    script_count: int = 0
    form_count: int = 0
    input_count: int = 0
    """Inputs a person sees: hidden ones are left out."""
    password_count: int = 0
    fields_aside: bool = False
    """Whether all of the inputs stand in parts that are left out."""
    link_count: int = 0
    heading_count: int = 0
    meta_refresh: str | None = None
    """Target of ``<meta http-equiv="refresh">``; empty where it reloads the page itself."""
    frames: tuple[str, ...] = ()
    """Addresses of frames and inline frames, as written."""
    noscript: str = ""
    """Words inside ``<noscript>``, normalised; at most 2,000 characters."""
    body_bytes: int = 0
    pointed: bool = False
    """Whether selectors of the user's own say where the text is, and fit."""
    headings: tuple[str, ...] = ()
    """The first ten headings of the page, in order."""
    buttons: tuple[str, ...] = ()
    """What can be pressed, by its label, in parts that are not left out for what they are."""
