"""What the door does besides answering."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.door import upkeep
from bot.settings import Settings
from bot.store import Store, open_store
from tests.looping import run


def test_a_door_tries_until_its_database_is_there_and_says_once_why_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[None] = []

    class Away(Store):
        def prepare(self) -> None:
            tries.append(None)
            if len(tries) == 4:
                (tmp_path / "nowhere").mkdir()
            super().prepare()

    missing = Settings(var=tmp_path, database=f"sqlite:///{tmp_path / 'nowhere' / 'pas.db'}")
    missing.prepare()
    monkeypatch.setattr(upkeep, "PREPARE_SECONDS", 0)
    store = Away(**vars(open_store(missing)))
    run(upkeep.prepare(store))
    assert (
        len(tries) == 4
        and [record.message for record in caplog.records].count("the database cannot be used yet: OperationalError")
        == 1
    )
