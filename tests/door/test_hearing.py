"""What is remembered of the last words of each talk, and that many who speak at once leave room for others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.door.hearing import REMEMBERED_FOR, REMEMBERED_TALKS, Hearing
from bot.language import safety
from bot.language.safety import Verdict
from tests.clock import Clock
from tests.conftest import NOW
from tests.looping import run

FIRST, SECOND = "ik wil er niet", "meer zijn"


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def hearing(clock: Clock) -> Hearing:
    return Hearing(clock)


def alarms(hearing: Hearing, *said: tuple[str, str]) -> list[bool]:
    """Whether each of these words, of the talk with that token, calls the panel, one after the other."""

    async def all_of_it() -> list[bool]:
        return [(await hearing.listen(token, words)).verdict.panel for token, words in said]

    return run(all_of_it())


def test_what_is_said_in_two_messages_of_one_talk_is_read_together(hearing: Hearing) -> None:
    assert alarms(hearing, ("a", FIRST), ("a", SECOND)) == [False, True]
    assert alarms(hearing, ("b", FIRST), ("c", SECOND)) == [False, False]


OUTRIGHT = "ik wil dood"


def answered(hearing: Hearing, *tokens: str) -> None:
    """The reply to the panel was answered in these talks, and no script runs."""
    for token in tokens:
        hearing.answering(token, asked=False)


def test_a_denial_is_known_in_its_own_talk_until_the_next_panel(
    hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[bool] = []
    check = safety.check

    def seen(text: str, previous: Sequence[str] = (), *, surer: bool = False) -> Verdict:
        known.append(surer)
        return check(text, previous, surer=surer)

    monkeypatch.setattr(safety, "check", seen)
    alarms(hearing, ("a", OUTRIGHT), ("b", OUTRIGHT))
    hearing.denied("a")
    answered(hearing, "a", "b")
    assert alarms(hearing, ("a", "goedemorgen"), ("b", "goedemorgen"), ("a", OUTRIGHT)) == [False, False, True]
    answered(hearing, "a")
    assert alarms(hearing, ("a", "dag")) == [False]
    assert known == [False, False, True, False, True, False]


def test_a_denial_is_forgotten_with_the_words(hearing: Hearing, clock: Clock) -> None:
    alarms(hearing, ("a", OUTRIGHT))
    hearing.denied("a")
    clock.now += REMEMBERED_FOR
    clock.on(seconds=1)
    hearing.let_go()
    assert not run(hearing.listen("a", "dag")).surer


def test_a_denial_in_a_talk_that_is_not_remembered_changes_nothing(hearing: Hearing) -> None:
    hearing.denied("a")
    assert not run(hearing.listen("a", "dag")).surer


def unclear(text: str, previous: Sequence[str] = (), *, surer: bool = False) -> Verdict:
    """What is heard in words that are too unclear to stop a script for."""
    return Verdict("geen", "geen", False, "", near=True) if surer else Verdict("crisis", "zelf", True, "classifier")


def test_inside_a_script_what_is_unclear_is_near_and_no_panel(
    hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(hearing.listen("a", "dag"))
    monkeypatch.setattr(safety, "check", unclear)
    hearing.answering("a", asked=True)
    heard = run(hearing.listen("a", "leeg"))
    assert heard.verdict.near and not heard.verdict.panel and heard.surer
    hearing.answering("a", asked=False)
    assert run(hearing.listen("a", "nog leger")).verdict.panel
    assert run(hearing.listen("b", "leeg")).verdict.panel


def test_after_a_denial_nothing_is_near(hearing: Hearing, monkeypatch: pytest.MonkeyPatch) -> None:
    alarms(hearing, ("a", OUTRIGHT))
    hearing.denied("a")
    hearing.answering("a", asked=True)
    monkeypatch.setattr(safety, "check", unclear)
    assert not run(hearing.listen("a", "leeg")).verdict.near


def test_what_is_replied_to_the_panel_is_an_answer_and_what_follows_that_is_none(hearing: Hearing) -> None:
    assert alarms(hearing, ("a", OUTRIGHT)) == [True]
    assert run(hearing.listen("a", "er is iemand bij me")).surer
    hearing.answering("a", asked=False)
    assert not run(hearing.listen("a", "dag")).surer


def test_the_words_of_who_has_no_talk_are_not_remembered(hearing: Hearing) -> None:
    assert alarms(hearing, ("", FIRST), ("", SECOND)) == [False, False]


def test_the_same_once_more_is_not_read_together_with_itself(hearing: Hearing) -> None:
    heard = alarms(hearing, ("a", FIRST), ("a", FIRST), ("a", SECOND))
    assert heard == [False, False, True]


def test_words_are_forgotten_when_nothing_was_said_for_an_hour_and_not_before(hearing: Hearing, clock: Clock) -> None:
    alarms(hearing, ("a", FIRST), ("b", FIRST))
    clock.now += REMEMBERED_FOR
    hearing.let_go()
    assert alarms(hearing, ("a", SECOND)) == [True]
    clock.on(seconds=1)
    hearing.let_go()
    assert alarms(hearing, ("b", SECOND)) == [False]


def test_of_more_talks_than_are_remembered_the_one_that_was_silent_longest_goes(hearing: Hearing) -> None:
    filled = [(str(number), "dag") for number in range(REMEMBERED_TALKS - 2)]
    heard = alarms(hearing, ("a", FIRST), ("b", FIRST), *filled, ("one-more", "dag"), ("b", SECOND), ("a", SECOND))
    assert heard[-2:] == [True, False]


def test_while_many_speak_at_once_others_have_their_turn_in_between(hearing: Hearing) -> None:
    turns = 0

    async def another() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def many() -> None:
        waiting = asyncio.create_task(another())
        await asyncio.gather(*(hearing.listen(str(number), "dag") for number in range(20)))
        waiting.cancel()

    run(many())
    assert turns >= 20
