"""What was deleted is gone from the files, as far as others let it."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest
from sqlalchemy import text

from bot.settings import Settings
from bot.store import Store
from bot.store.database import scrub
from tests.store.conftest import ON_FILES, begun


@ON_FILES
def test_of_a_log_that_is_in_use_is_said_that_it_was_not_emptied_and_then_it_is(
    store: Store, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    begun(store)
    log = settings.var / "pas.db-wal"
    with contextlib.closing(sqlite3.connect(settings.var / "pas.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM conversation").fetchall()
        begun(store)
        with store.database.begin() as connection:
            connection.execute(text("PRAGMA busy_timeout = 0"))
        scrub(store.database)
        assert "not emptied" in caplog.text and log.stat().st_size > 0
        reader.execute("ROLLBACK")
    caplog.clear()
    scrub(store.database)
    assert not caplog.text and log.stat().st_size == 0
