"""The database, opened the same way by every process."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, CursorResult, Engine, Result, create_engine, event, text
from sqlalchemy.orm import Session, sessionmaker

from bot.store.schema import KEYS, MAIN, History, state

logger = logging.getLogger(__name__)

BUSY_SECONDS = 5
# As many as a process has threads to block in: a connection that must be made anew costs a turn a millisecond.
CONNECTIONS = 10
# How long a process waits at its start for another that is migrating, and what that lock is called in PostgreSQL.
LOCK_SECONDS = 60
LOCK_NAME = 0x706173
# A server that is away is not waited for much longer than a file that is locked.
SERVER_ARGUMENTS = {"connect_timeout": BUSY_SECONDS, "tcp_user_timeout": 10_000}
# What is deleted is overwritten, and nothing is put in files beside the database.
PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY")


def open_database(url: str) -> Engine:
    """The engine of a database. SQLite waits for a lock for some seconds before it gives up."""
    sqlite = url.startswith("sqlite")
    arguments = {"timeout": BUSY_SECONDS} if sqlite else SERVER_ARGUMENTS
    # What is bound to a statement stands in no exception.
    engine = create_engine(
        url, connect_args=arguments, pool_size=CONNECTIONS, pool_pre_ping=not sqlite, hide_parameters=True
    )
    if sqlite:
        event.listen(engine, "connect", _on_connect)
    return engine


def _on_connect(connection: Any, _: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def make_tables(engine: Engine) -> None:
    """Bring the tables up to what this code works with. Raises bot.store.schema.SchemaTrouble when they are newer, or not
    ours, and sqlalchemy.exc.SQLAlchemyError when the database cannot be used."""
    _bring_up(engine, MAIN)


def make_key_table(engine: Engine) -> None:
    """The same for the tables of the keys."""
    _bring_up(engine, KEYS)


def step_of(engine: Engine, history: History) -> str | None:
    """Which step the tables of a database are at; None before the first. Raises as :func:`make_tables`."""
    with engine.connect() as connection:
        return state(connection, history).step


def _bring_up(engine: Engine, history: History) -> None:
    """Migrate what is older. When nothing is, no lock is asked for, and Alembic is not imported."""
    with engine.connect() as connection:
        if state(connection, history).usable:
            return
    from bot.store.migrating import migrate

    with exclusive(engine) as connection:
        # Another process may have done it while this one waited.
        if not state(connection, history).usable:
            migrate(connection, history)


@contextmanager
def exclusive(engine: Engine) -> Iterator[Connection]:
    """A transaction in which only one process is at a time; others wait, also those that are on other machines. Raises
    sqlalchemy.exc.SQLAlchemyError."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")
            # Putting a table in the place of another would take along what refers to it, and that can be switched off
            # outside a transaction only.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            # The driver of SQLite begins no transaction for tables by itself.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": LOCK_NAME})
        try:
            yield connection
            connection.commit()
        finally:
            # Whoever comes after gets a connection with the usual settings; what was not committed is undone.
            connection.invalidate()


def close_off(engine: Engine, trouble: Exception) -> None:
    """Let nothing more be read or written by this engine: every statement raises this instead."""

    def refuse(*_: Any) -> None:
        raise trouble

    event.listen(engine, "before_cursor_execute", refuse)


def scrub(engine: Engine, *, full: bool = False) -> None:
    """Let nothing of what was deleted stay behind in the files of the database.

    SQLite overwrites what is deleted itself, but its write-ahead log still has it until that is emptied. PostgreSQL frees
    the place of deleted rows when it is told to; full: it writes the tables anew, which takes a lock on them for as long.
    A log that others keep reading is emptied by the next call, which comes within the hour. Raises
    sqlalchemy.exc.SQLAlchemyError.
    """
    sqlite = engine.dialect.name == "sqlite"
    statement = "PRAGMA wal_checkpoint(TRUNCATE)" if sqlite else "VACUUM (FULL)" if full else "VACUUM"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        result = connection.execute(text(statement))
        busy = sqlite and result.one()[0] != 0
    if busy:
        logger.warning("the write-ahead log is in use and was not emptied")


def sessions(engine: Engine) -> sessionmaker[Session]:
    """A maker of sessions; rows stay readable after a commit."""
    return sessionmaker(engine, expire_on_commit=False)


def writing(engine: Engine) -> AbstractContextManager[object]:
    """What a thread holds while it writes. SQLite lets one write at a time and has the others ask again and again, ever less
    often; so those of one process wait for each other here. A server needs no such thing."""
    return _locks.setdefault(engine, Lock()) if engine.dialect.name == "sqlite" else nullcontext()


_locks: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()


def rows_changed(result: Result[Any]) -> int:
    """How many rows a statement changed."""
    return cast(CursorResult[Any], result).rowcount


def ping(engine: Engine) -> None:
    """Ask the database for something. Raises sqlalchemy.exc.SQLAlchemyError when it does not answer."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1 FROM conversation LIMIT 1"))
