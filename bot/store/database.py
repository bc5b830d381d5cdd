"""The database, opened the same way by every process."""

from __future__ import annotations

import logging
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, MetaData, Result, create_engine, event, inspect, text
from sqlalchemy.orm import Session, sessionmaker

from bot.store.tables import Base, KeyBase

logger = logging.getLogger(__name__)

BUSY_SECONDS = 5
# What is deleted is overwritten, and nothing is put in files beside the database.
PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY")


def open_database(url: str) -> Engine:
    """The engine of a database. SQLite waits for a lock for some seconds before it gives up."""
    sqlite = url.startswith("sqlite")
    arguments = {"timeout": BUSY_SECONDS} if sqlite else {}
    # What is bound to a statement stands in no exception.
    engine = create_engine(url, connect_args=arguments, pool_pre_ping=not sqlite, hide_parameters=True)
    if sqlite:
        event.listen(engine, "connect", _on_connect)
    return engine


def _on_connect(connection: Any, _: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def make_tables(engine: Engine) -> None:
    """Make what is not there yet. Raises sqlalchemy.exc.OperationalError when the database cannot be written."""
    _make(engine, Base.metadata)


def make_key_table(engine: Engine) -> None:
    """Make the table of keys if it is not there yet. Raises sqlalchemy.exc.OperationalError."""
    _make(engine, KeyBase.metadata)


def _make(engine: Engine, metadata: MetaData) -> None:
    """Make what is missing, all or nothing; when nothing is, no lock is asked for."""
    with engine.begin() as connection:
        if set(metadata.tables) <= set(inspect(connection).get_table_names()):
            return
        if engine.dialect.name == "sqlite":
            # Its driver begins no transaction for this by itself, and each table would be written to disk apart.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        metadata.create_all(connection)


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


def rows_changed(result: Result[Any]) -> int:
    """How many rows a statement changed."""
    return cast(CursorResult[Any], result).rowcount


def ping(engine: Engine) -> None:
    """Ask the database for something. Raises sqlalchemy.exc.SQLAlchemyError when it does not answer."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1 FROM conversation LIMIT 1"))
