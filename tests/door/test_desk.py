"""Who may speak at the desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.clock import utc_now
from bot.dialogue.talk import World
from bot.door.desk import Desk
from bot.door.engine import Engine
from bot.door.problems import Problem
from bot.referrals.coaches import CoachList
from bot.settings import Settings
from bot.store import open_store
from bot.store.signals import Signals
from tests.looping import run


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk that nobody has spoken to."""
    place = Settings(var=tmp_path)
    place.prepare()
    store = open_store(place)
    world = World.read(place, CoachList())
    return Desk(place, world, store, Signals(store.database, "any"), Engine(place), utc_now)


def test_who_has_no_token_is_refused_though_the_database_is_away(desk: Desk) -> None:
    async def ask(token: str) -> None:
        await desk.known(token)

    with pytest.raises(Problem) as refused:
        run(ask(""))
    assert refused.value.status == 401
    with pytest.raises(OperationalError):
        run(ask("any"))
