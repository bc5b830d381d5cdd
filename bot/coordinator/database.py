"""The dashboard's way to the database, by which the talks cannot be read at all."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import event

from bot.store.database import open_database
from bot.store.tables import Base, KeyBase

# What the dashboard may read and change. Everything else is closed: a new table is until it is named here.
OPEN = frozenset({"account", "coordinator_session", "audit", "cell", "tally", "piece", "piece_note", "lesson", "coach"})
CLOSED = frozenset({*Base.metadata.tables, *KeyBase.metadata.tables}) - OPEN
_ON_TABLES = {sqlite3.SQLITE_READ, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}
_FREE = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_TRANSACTION,
    sqlite3.SQLITE_SAVEPOINT,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
_PRAGMAS = {"wal_checkpoint", "read_uncommitted"}
_CLOSED_NAME = re.compile(rf"\b({'|'.join(sorted(CLOSED))})\b", re.IGNORECASE)


class Closed(Exception):
    """A statement names a table that is not for the dashboard."""


def open_restricted(url: str) -> Database:
    """The engine of a database on which only the tables of the dashboard are open.

    SQLite itself refuses the rest, whatever asks for it; elsewhere (PostgreSQL) a statement that names another table is
    not sent, and the role of the database is to have no more rights than these.
    """
    engine = open_database(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.set_authorizer(_allowed))
    event.listen(engine, "before_cursor_execute", _check)
    return engine


def _allowed(action: int, first: str | None, second: str | None, schema: str | None, inner: str | None) -> int:
    """What SQLite asks for each thing that a statement would do."""
    if action in _FREE:
        return sqlite3.SQLITE_OK
    # A count of rows reads no column and names no table of its own: SQLite then gives an empty name for the column.
    if action in _ON_TABLES and first in OPEN:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _check(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
    if _CLOSED_NAME.search(statement):
        raise Closed
