"""Sources to captures over HTTP. Knows nothing about what is in a page."""

from monitor.fetch.guarded import guarded_transport

__all__ = ["guarded_transport"]
