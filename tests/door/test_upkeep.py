"""What the door does besides answering."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.clock import utc_now
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


@pytest.mark.parametrize("waiting", [True, False])
def test_each_hour_what_waits_is_anonymised_and_without_anything_waiting_nothing_is_loaded_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waiting: bool
) -> None:
    chosen = Settings(var=tmp_path)
    chosen.prepare()
    store = open_store(chosen)
    store.prepare()
    hours: list[None] = []
    reviewed: list[int] = []

    def let_go() -> None:
        hours.append(None)
        if len(hours) > 2:
            raise asyncio.CancelledError

    async def review(settings: Settings) -> None:
        reviewed.append(len(hours))

    async def two_hours() -> None:
        ready = asyncio.create_task(asyncio.to_thread(lambda: None))
        desk = cast(Any, SimpleNamespace(hearing=SimpleNamespace(let_go=let_go), clock=utc_now))
        with contextlib.suppress(asyncio.CancelledError):
            await upkeep.sweep_now_and_then(ready, store, chosen, desk)

    monkeypatch.setattr(upkeep, "SWEEP_SECONDS", 0)
    monkeypatch.setattr(upkeep, "_review", review)
    monkeypatch.setattr(store.pieces, "any_waiting", lambda: waiting)
    run(two_hours())
    store.close()
    assert reviewed == ([1, 2] if waiting else [])
