"""By the dashboard's way to the database, talks cannot be read at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError

from bot.coordinator.database import CLOSED, OPEN, Closed, open_restricted
from bot.store.database import scrub
from bot.store.tables import Base, KeyBase
from tests.coordinator.conftest import Dashboard
from tests.store.conftest import begun

TABLES = {**Base.metadata.tables, **KeyBase.metadata.tables}
SECRET = {
    "conversation",
    "turn",
    "report_link",
    "waiting_piece",
    "data_key",
    "kept_set",
    "kept_item",
    "event",
    "signal",
}


STATEMENTS = [
    "SELECT * FROM {0}",
    "SELECT count(*) FROM {0}",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM {0})",
    "WITH x AS (SELECT * FROM {0}) SELECT * FROM x",
    'SELECT rowid FROM "{0}"',
    "INSERT INTO audit (at, account, what, which) SELECT '', '', '', quote(id) FROM {0}",
    "DELETE FROM {0}",
    "UPDATE {0} SET id = ''",
    "CREATE TEMP TABLE x AS SELECT * FROM {0}",
    "CREATE TEMP VIEW x AS SELECT * FROM {0}",
    "CREATE TRIGGER x AFTER INSERT ON {0} BEGIN DELETE FROM audit; END",
    "ALTER TABLE {0} RENAME TO account_2",
    "DROP TABLE {0}",
]


@pytest.fixture
def way(dashboard: Dashboard) -> Iterator[Engine]:
    """The dashboard's way to a database that holds a talk."""
    begun(dashboard.store)
    engine = open_restricted(dashboard.settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def raw(way: Engine) -> Iterator[sqlite3.Connection]:
    """The connection of SQLite itself, without anything of ours before it."""
    connection = way.raw_connection()
    assert isinstance(connection.driver_connection, sqlite3.Connection)
    yield connection.driver_connection
    connection.close()


def test_every_table_is_open_or_closed_and_what_is_secret_is_closed() -> None:
    assert set(TABLES) == OPEN | CLOSED
    assert SECRET <= CLOSED


def test_a_closed_table_is_not_even_asked_for(way: Engine) -> None:
    for name in SECRET:
        with way.connect() as connection, pytest.raises(Closed):
            connection.execute(select(TABLES[name]))


@pytest.mark.parametrize("statement", STATEMENTS)
def test_sqlite_itself_refuses_it_however_it_is_asked(raw: sqlite3.Connection, statement: str) -> None:
    for name in SECRET - {"data_key"}:
        with pytest.raises(sqlite3.DatabaseError):
            raw.execute(statement.format(name)).fetchall()


def test_a_trigger_on_an_open_table_cannot_be_left_for_others_to_run(raw: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.DatabaseError):
        raw.execute("CREATE TRIGGER x AFTER INSERT ON piece BEGIN DELETE FROM audit; END")


def test_another_file_cannot_be_opened_beside_it(dashboard: Dashboard, raw: sqlite3.Connection) -> None:
    for statement in (f"ATTACH '{dashboard.settings.keys / 'keys.db'}' AS k", "VACUUM INTO '/tmp/x.db'"):
        with pytest.raises(sqlite3.DatabaseError):
            raw.execute(statement)


def test_its_settings_cannot_be_changed(raw: sqlite3.Connection) -> None:
    for pragma in ("writable_schema = ON", "foreign_keys = OFF", "journal_mode = DELETE"):
        with pytest.raises(sqlite3.DatabaseError):
            raw.execute(f"PRAGMA {pragma}")


def test_what_is_open_is_read_and_changed_and_what_was_deleted_is_wiped(way: Engine) -> None:
    with way.begin() as connection:
        for name in OPEN:
            connection.execute(select(TABLES[name])).all()
        connection.execute(text("DELETE FROM piece"))
    scrub(way)


def test_the_pages_have_no_other_way(dashboard: Dashboard) -> None:
    """The engine that the pages get is this one."""
    someone = dashboard.signed_in()
    with dashboard.store.database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE tally")
        connection.exec_driver_sql("DROP TABLE cell")
        connection.exec_driver_sql("CREATE VIEW cell AS SELECT * FROM conversation")
    assert someone.get("/").status_code == 503


def test_sqlite_says_that_it_was_refused(way: Engine) -> None:
    with way.connect() as connection, pytest.raises(DatabaseError, match=r"not authorized|prohibited"):
        connection.exec_driver_sql("SELECT * FROM sqlite_master")
