"""How often danger was heard: counted by day and kind, with nothing that leads to a talk."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bot.store.database import make_tables, open_database, sessions
from bot.store.signals import Signals
from bot.store.tables import Signal

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def maker(tmp_path: Path) -> sessionmaker[Session]:
    """Sessions on a new database."""
    database = open_database(f"sqlite:///{tmp_path / 'pas.db'}")
    make_tables(database)
    return sessions(database)


def test_each_kind_is_counted_by_day_and_version(maker: sessionmaker[Session]) -> None:
    first, second = Signals(maker, "v1"), Signals(maker, "v2")
    first.add("crisis", "zelf", TODAY)
    first.add("crisis", "zelf", TODAY)
    first.add("middelen", "collega", TODAY)
    second.add("crisis", "naaste", TODAY)
    first.add("crisis", "zelf", TODAY + dt.timedelta(days=1))
    assert first.counts(TODAY) == {("crisis", "zelf"): 2, ("middelen", "collega"): 1, ("crisis", "naaste"): 1}


def test_nothing_is_kept_but_day_category_version_and_count() -> None:
    assert {column.name for column in Signal.__table__.columns} == {"day", "risk", "subject", "version", "count"}
    assert not Signal.__table__.foreign_keys


def test_a_database_that_is_away_stops_nothing(tmp_path: Path) -> None:
    away = sessions(open_database(f"sqlite:///{tmp_path / 'nowhere' / 'pas.db'}"))
    Signals(away, "v1").add("crisis", "zelf", TODAY)
