"""How often danger was heard: counted by week and kind, with nothing that leads to a talk."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from bot.store import Store
from bot.store.database import open_database
from bot.store.signals import Signals
from bot.store.tables import Signal
from tests.store.conftest import TODAY


def test_each_kind_is_counted_by_week_and_version(store: Store) -> None:
    first, second = Signals(store.database, "v1"), Signals(store.database, "v2")
    first.add("crisis", "zelf", TODAY)
    first.add("crisis", "zelf", TODAY)
    first.add("middelen", "collega", TODAY)
    second.add("crisis", "naaste", TODAY)
    first.add("crisis", "zelf", TODAY + dt.timedelta(days=6))
    first.add("crisis", "zelf", TODAY + dt.timedelta(days=7))
    assert first.counts(TODAY) == {("crisis", "zelf"): 3, ("middelen", "collega"): 1, ("crisis", "naaste"): 1}


def test_nothing_is_kept_but_week_category_version_and_count() -> None:
    assert {column.name for column in Signal.__table__.columns} == {"week", "risk", "subject", "version", "count"}
    assert not Signal.__table__.foreign_keys


def test_a_database_that_is_away_stops_nothing(tmp_path: Path) -> None:
    away = open_database(f"sqlite:///{tmp_path / 'nowhere' / 'pas.db'}")
    Signals(away, "v1").add("crisis", "zelf", TODAY)
