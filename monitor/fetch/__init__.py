"""Sources to captures over HTTP. Knows nothing about what is in a page."""

from monitor.fetch.client import Fetcher, Limits
from monitor.fetch.guarded import guarded_transport, tls_context
from monitor.fetch.stream import Network

__all__ = ["Fetcher", "Limits", "Network", "guarded_transport", "tls_context"]
