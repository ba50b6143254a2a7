"""Public API: ``monitor.extract`` reads a body, ``monitor.compare`` sets two documents apart.

Names are loaded on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.compare.verdict import compare
    from monitor.errors import ExtractError, MonitorError
    from monitor.extract.document import extract
    from monitor.model import Comparison, Document, Rules

__all__ = [
    "Comparison",
    "Document",
    "ExtractError",
    "MonitorError",
    "Rules",
    "__version__",
    "compare",
    "extract",
]

__version__ = "0.1.0"

_HOMES = {
    "Comparison": "monitor.model",
    "Document": "monitor.model",
    "ExtractError": "monitor.errors",
    "MonitorError": "monitor.errors",
    "Rules": "monitor.model",
}


def __getattr__(name: str) -> object:
    """Load a public name; `extract` and `compare` are packages that can be called."""
    if name in {"compare", "extract"}:
        return import_module(f"monitor.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'monitor' has no attribute {name!r}")
