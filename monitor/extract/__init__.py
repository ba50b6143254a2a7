"""From the bytes of a page to the policy on it: main text, sections and dates.

The package can be called: ``monitor.extract(body, url=...)`` is
`monitor.extract.document.extract`. It touches no network, disk, clock or chance.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.extract.document import REVISION as REVISION
    from monitor.extract.document import extract as extract
    from monitor.extract.gate import gate_digest as gate_digest
    from monitor.model import Document, Rules

_HOMES = {"REVISION": "document", "extract": "document", "gate_digest": "gate"}


class _Callable(ModuleType):
    def __call__(
        self,
        body: bytes,
        *,
        url: str = "",
        media_type: str = "text/html",
        charset: str | None = None,
        rules: Rules | None = None,
    ) -> Document:
        """Call `monitor.extract.document.extract`."""
        from monitor.extract.document import extract as run

        return run(body, url=url, media_type=media_type, charset=charset, rules=rules)

    def __getattr__(self, name: str) -> object:
        """Load a public name where it is first used."""
        if name in _HOMES:
            return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


sys.modules[__name__].__class__ = _Callable
