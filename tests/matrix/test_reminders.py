"""A reminder that was asked for comes in the room, once, by day, whatever is restarted; and goes when it is taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from bot.referrals.directory import ZONE
from bot.responses import Responses
from bot.store import Store
from tests.conftest import NOW
from tests.matrix.conftest import Inside, Loop
from tests.matrix.doctors import Doctor, bodies

REMINDER = Responses.read().text("matrix_herinnering")


def asked(doctor: Doctor, loop: Loop) -> dt.date:
    """Ask for a reminder in words. Gives its day: the door's clock is the real one."""
    answer = bodies(loop.run(doctor.say("herinner me over twee weken")))
    assert "tussen 8 en 20 uur" in answer
    return dt.datetime.now(ZONE).date() + dt.timedelta(days=14)


def at(day: dt.date, hour: int) -> dt.datetime:
    """A moment in Amsterdam in winter, as the bot's clock says it."""
    return dt.datetime.combine(day, dt.time(hour - 1, 30), tzinfo=dt.UTC)


def kept(bot: Inside, store: Store, doctor: Doctor) -> int:
    """How many reminders there are for a doctor."""
    return len(store.reminders.of(f"{bot.user} {doctor.room}"))


@pytest.mark.parametrize("encrypted", [False, True])
def test_it_comes_once_between_eight_and_twenty_hours(
    inside: Callable[..., Inside], meeting: Callable[..., Doctor], loop: Loop, system_store: Store, encrypted: bool
) -> None:
    bot = inside(f"herinner{int(encrypted)}")
    doctor = meeting(bot, encrypted=encrypted)
    day = asked(doctor, loop)
    assert kept(bot, system_store, doctor) == 1
    for moment in (at(day - dt.timedelta(days=1), 12), at(day, 7), at(day, 20)):
        bot.now = moment
        bot.remind()
    loop.run(doctor.sync())
    assert REMINDER not in doctor.said
    bot.now = at(day, 9)
    bot.remind()
    bot.remind()
    loop.run(doctor.until(lambda: REMINDER in doctor.said))
    assert doctor.said.count(REMINDER) == 1 and kept(bot, system_store, doctor) == 0


def test_it_comes_once_also_when_the_bot_dies_before_it_noted_that(
    inside: Callable[..., Inside],
    meeting: Callable[..., Doctor],
    loop: Loop,
    system_store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bot = inside("sterft")
    doctor = meeting(bot, encrypted=True)
    bot.now = at(asked(doctor, loop), 10)
    # It is sent, and then the power fails before it is thrown away.
    monkeypatch.setattr(type(system_store.reminders), "drop", lambda *_: None)
    bot.remind()
    monkeypatch.undo()
    bot.stop()
    again = inside("sterft")
    again.now = bot.now
    loop.run(doctor.say("hoi"))
    again.remind()
    loop.run(doctor.say("menu"))
    assert doctor.said.count(REMINDER) == 1 and kept(again, system_store, doctor) == 0


@pytest.mark.parametrize(
    ("said", "left"),
    [(["geen herinnering"], 0), (["wis alles", "ja, wis alles"], 0), (["wis alles", "2"], 1)],
    ids=["taken back", "erased with the talk", "kept by choice"],
)
def test_it_goes_when_the_doctor_wants_that(
    inside: Callable[..., Inside],
    meeting: Callable[..., Doctor],
    loop: Loop,
    system_store: Store,
    said: list[str],
    left: int,
) -> None:
    bot = inside(f"terug{len(said)}{left}")
    doctor = meeting(bot)
    day = asked(doctor, loop)
    for line in said:
        loop.run(doctor.say(line))
    assert kept(bot, system_store, doctor) == left
    bot.now = at(day, 9)
    bot.remind()
    loop.run(doctor.sync())
    assert doctor.said.count(REMINDER) == left


def test_it_outlives_the_talk_that_it_was_asked_for_in(
    inside: Callable[..., Inside], meeting: Callable[..., Doctor], loop: Loop, system_store: Store
) -> None:
    bot = inside("overleeft")
    doctor = meeting(bot)
    day = asked(doctor, loop)
    system_store.conversations.erase(system_store.conversations.by_token(doctor.kept["token"]).id)
    bot.now = at(day, 9)
    bot.remind()
    loop.run(doctor.until(lambda: REMINDER in doctor.said))
    assert bot.now > NOW
