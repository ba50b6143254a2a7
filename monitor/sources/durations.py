"""Durations as people write them: ``12h``, ``30m``, ``1h30m``, ``0``."""

from __future__ import annotations

import re
from datetime import timedelta

UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
ONE = r"([1-9][0-9]{0,8} ?[wdhms] ?)+"
PATTERN = rf"^(0[wdhms]?|{ONE})$"
"""ECMA 262 form for editors; `parse` also knows the order and the bounds."""
_PART = re.compile(r"([0-9]{1,9}) ?([wdhms]) ?")
_WORDS = {"week": "w", "day": "d", "hour": "h", "min": "m", "sec": "s"}


def parse(text: str) -> timedelta:
    """Return the duration that `text` writes; each unit once, largest first.

    Raises:
        ValueError: `text` is no duration; the message is the hint to give.

    """
    if re.fullmatch("0[wdhms]?", text):
        return timedelta()
    parts = _PART.findall(text) if re.fullmatch(PATTERN, text) else []
    units = [unit for _, unit in parts]
    if not parts or units != [unit for unit in UNITS if unit in units]:
        raise ValueError(_advice(text))
    try:
        return timedelta(seconds=sum(int(count) * UNITS[unit] for count, unit in parts))
    except OverflowError:
        raise ValueError(_advice("")) from None


def write(duration: timedelta) -> str:
    """Return the shortest text that `parse` reads as `duration`, whole seconds kept."""
    rest = int(duration.total_seconds())
    parts = []
    for unit, seconds in UNITS.items():
        count, rest = divmod(rest, seconds)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0"


def _advice(text: str) -> str:
    number = re.match(r"\s*([0-9]{1,9})\s*([a-zA-Z]*)", text)
    if number is None:
        return 'write a number and a unit, such as "30m", "12h", "1d" or "1h30m"'
    count, word = number.groups()
    if not word:
        return f'add a unit: "{count}s", "{count}m", "{count}h" or "{count}d"'
    short = next((unit for name, unit in _WORDS.items() if word.lower().startswith(name)), "")
    short = short or (word[0].lower() if word[0].lower() in UNITS else "h")
    return f'write "{count}{short}"'
