"""What the desk remembers of the last words of each talk, and that many who speak at once leave room for others."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.dialogue.talk import World
from bot.door.desk import REMEMBERED_FOR, REMEMBERED_TALKS, Desk
from bot.door.engine import Engine
from bot.door.problems import Problem
from bot.referrals.coaches import CoachList
from bot.settings import Settings
from bot.store import open_store
from bot.store.signals import Signals
from tests.looping import run

FIRST, SECOND = "ik wil er niet", "meer zijn"


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 27, 22, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def desk(tmp_path: Path, watch: Watch) -> Desk:
    """A desk that nobody has spoken to."""
    place = Settings(var=tmp_path)
    place.prepare()
    store = open_store(place)
    world = World.read(place, CoachList())
    return Desk(place, world, store, Signals(store.database, "any"), Engine(place), watch)


def alarms(desk: Desk, *said: tuple[str, str]) -> list[bool]:
    """Whether each of these words, of the talk with that token, calls the panel, one after the other."""

    async def all_of_it() -> list[bool]:
        return [(await desk.listen(token, words)).verdict.panel for token, words in said]

    return run(all_of_it())


def test_what_is_said_in_two_messages_of_one_talk_is_read_together(desk: Desk) -> None:
    assert alarms(desk, ("a", FIRST), ("a", SECOND)) == [False, True]
    assert alarms(desk, ("b", FIRST), ("c", SECOND)) == [False, False]


def test_the_words_of_who_has_no_talk_are_not_remembered(desk: Desk) -> None:
    assert alarms(desk, ("", FIRST), ("", SECOND)) == [False, False]


def test_the_same_once_more_is_not_read_together_with_itself(desk: Desk) -> None:
    heard = alarms(desk, ("a", FIRST), ("a", FIRST), ("a", SECOND))
    assert heard == [False, False, True]


def test_words_are_forgotten_when_nothing_was_said_for_an_hour_and_not_before(desk: Desk, watch: Watch) -> None:
    alarms(desk, ("a", FIRST), ("b", FIRST))
    watch.now += REMEMBERED_FOR
    desk.let_go()
    assert alarms(desk, ("a", SECOND)) == [True]
    watch.now += dt.timedelta(seconds=1)
    desk.let_go()
    assert alarms(desk, ("b", SECOND)) == [False]


def test_of_more_talks_than_are_remembered_the_one_that_was_silent_longest_goes(desk: Desk) -> None:
    filled = [(str(number), "dag") for number in range(REMEMBERED_TALKS - 2)]
    heard = alarms(desk, ("a", FIRST), ("b", FIRST), *filled, ("one-more", "dag"), ("b", SECOND), ("a", SECOND))
    assert heard[-2:] == [True, False]


def test_while_many_speak_at_once_others_have_their_turn_in_between(desk: Desk) -> None:
    turns = 0

    async def another() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def many() -> None:
        waiting = asyncio.create_task(another())
        await asyncio.gather(*(desk.listen(str(number), "dag") for number in range(20)))
        waiting.cancel()

    run(many())
    assert turns >= 20


def test_who_has_no_token_is_refused_though_the_database_is_away(desk: Desk) -> None:
    async def ask(token: str) -> None:
        await desk.known(token)

    with pytest.raises(Problem) as refused:
        run(ask(""))
    assert refused.value.status == 401
    with pytest.raises(OperationalError):
        run(ask("any"))
