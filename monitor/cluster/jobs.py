"""The jobs there are, and the queue in PostgreSQL that holds them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.errors import ArchiveError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from procrastinate import App
    from procrastinate.connector import BaseConnector

    from monitor.model import Source

CHECK, DELIVER, IMPORT = "check", "deliver", "import"
QUEUED = "queue"
"""Holds the lease of a source between its being found due and a worker taking its job."""
_MISSING = "a cluster needs the extra `cluster`: pip install 'policy-monitor[cluster]'"
_SCHEME = "postgresql+psycopg://"


def host_lock(source: Source) -> str:
    """Name what two jobs may not hold at once: the host of a source."""
    parts = urlsplit(source.url)
    return f"host:{parts.hostname}:{parts.port or ''}"


def conninfo(database: str) -> str:
    """Return the address of a database as PostgreSQL's own library reads it.

    Raises `UsageError` where it is another kind of database.
    """
    if not database.startswith(_SCHEME):
        raise UsageError(
            "a cluster needs PostgreSQL: --database postgresql+psycopg://user@host/name"
        )
    return database.replace(_SCHEME, "postgresql://", 1)


def application(connector: BaseConnector) -> App:
    """Return an application over a connector, its tasks not yet registered."""
    from procrastinate import App

    return App(connector=connector)


@contextmanager
def opened(database: str) -> Iterator[App]:
    """Open the queue to put jobs in; its tables are made where they are missing.

    Raises `UsageError` without the extra, `ArchiveError` where the database cannot be used.
    """
    try:
        from procrastinate import SyncPsycopgConnector
        from procrastinate.exceptions import ConnectorException
    except ImportError:
        raise UsageError(_MISSING) from None

    app = application(SyncPsycopgConnector(conninfo=conninfo(database), min_size=1, max_size=4))
    try:
        with app.open():
            _prepare(app)
            yield app
    except ConnectorException as error:
        raise ArchiveError(f"the queue cannot be used: {error.__cause__ or error}") from error


def _prepare(app: App) -> None:
    from procrastinate.exceptions import ConnectorException

    if app.check_connection():
        return
    try:
        app.schema_manager.apply_schema()
    except ConnectorException:
        # Another program may have made the tables at this very moment.
        if not app.check_connection():
            raise
