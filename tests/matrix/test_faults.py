"""Whatever dies, is away, is slow or comes twice: each message is taken once and answered once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from bot.matrix.client import TIMELINE
from bot.matrix.talking import Patience
from bot.responses import Responses
from bot.settings import Settings
from bot.supervision import address
from tests.matrix.conftest import Bot, Inside, Loop
from tests.matrix.doctors import Doctor, bodies
from tests.matrix.homeserver import Homeserver
from tests.supervised import control, until_up

TEXTS = Responses.read()
LINES = ("ik wil de loopbaan-APK doen", "kort", "2", "1")


def doctors_words(system: Settings, doctor: Doctor) -> list[str]:
    """What the doctor said, as the door has it."""
    headers = {"Authorization": f"Bearer {doctor.kept['token']}"}
    talk = httpx.get(f"{address(system)}/api/conversation", headers=headers, trust_env=False).json()
    return [message["text"] for message in talk["messages"] if message["from"] == "doctor"]


def test_after_a_kill_in_the_middle_nothing_is_lost_nor_said_twice(
    doctor: Doctor, loop: Loop, bot: Bot, system: Settings
) -> None:
    for number, line in enumerate(LINES):

        async def say_and_die(line: str = line, number: int = number) -> str:
            event = await doctor.send({"msgtype": "m.text", "body": line})
            if number % 2:
                # While it is at work, as far as it happens to be.
                await doctor.until(lambda: doctor.kept.get("working") or doctor.taken(event))
            return event

        event = loop.run(say_and_die())
        bot.kill()
        bot.start()
        loop.run(doctor.answered(event))
    assert doctors_words(system, doctor) == list(LINES)
    for number in (1, 2, 3):
        assert doctor.said.count(f"Vraag {number} van") == 1, doctor.said
    assert doctor.said.count("noodlijn") == 1


def test_what_came_is_not_taken_again_when_the_server_gives_it_again(
    someone: Callable[[], Doctor], loop: Loop, bot: Bot, system: Settings
) -> None:
    doctor = someone()
    before = doctor.channel.state()["position"]
    loop.run(doctor.begin(encrypted=True))
    for line in LINES:
        loop.run(doctor.say(line))
    heard = len(doctor.heard)
    bot.stop()
    doctor.channel.keep_state({**doctor.channel.state(), "position": before})
    bot.start()
    loop.run(doctor.say("1"))
    assert doctors_words(system, doctor) == [*LINES, "1"]
    assert doctor.said.count("Vraag 1 van") == 1 and len(doctor.heard) - heard <= 3


def test_more_than_the_server_gives_at_once_is_asked_for(
    someone: Callable[[], Doctor], loop: Loop, bot: Bot, system: Settings
) -> None:
    doctor = someone()
    loop.run(doctor.begin())
    bot.stop()

    async def write_much() -> str:
        for number in range(TIMELINE + 5):
            event = await doctor.send({"msgtype": "m.text", "body": f"zin {number}"})
        return event

    last = loop.run(write_much())
    bot.start()
    loop.run(doctor.answered(last))
    assert doctors_words(system, doctor) == [f"zin {number}" for number in range(TIMELINE + 5)]


def test_while_the_door_is_away_it_is_said_and_the_message_is_answered_later(
    inside: Callable[..., Inside], meeting: Callable[..., Doctor], loop: Loop, system: Settings
) -> None:
    doctor = meeting(inside("geduldig", Patience(answer=1)))
    control(system, "stop", "door")
    try:

        async def told() -> str:
            event = await doctor.send({"msgtype": "m.text", "body": "ik wil de loopbaan-APK doen"})
            await doctor.until(lambda: TEXTS.text("matrix_even_geduld") in doctor.said)
            return event

        event = loop.run(told())
        assert not doctor.taken(event)
    finally:
        control(system, "start", "door")
        until_up(system)
    loop.run(doctor.answered(event))
    assert "Hoeveel tijd" in doctor.last and doctor.said.count(TEXTS.text("matrix_even_geduld")) == 1
    assert doctors_words(system, doctor) == ["ik wil de loopbaan-APK doen"]


def test_a_stop_right_after_erasing_is_not_taken_for_a_talk_that_was_lost(
    inside: Callable[..., Inside], meeting: Callable[..., Doctor], loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = inside("stopt")
    doctor = meeting(bot)
    loop.run(doctor.say("wis alles"))
    reached = threading.Event()

    async def power_cut(*_: object) -> None:
        # The door has thrown the talk away, and nothing of that was said or noted here.
        reached.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(bot.service._talking, "_remind", power_cut)
    event = loop.run(doctor.send({"msgtype": "m.text", "body": "ja, wis alles"}))
    assert reached.wait(60)
    bot.stop()
    monkeypatch.undo()
    inside("stopt")
    loop.run(doctor.answered(event))
    assert doctor.last == TEXTS.text("matrix_gewist") and not doctor.kept.get("token")
    assert TEXTS.text("matrix_nieuw_gesprek") not in doctor.said


def test_what_goes_wrong_here_is_followed_by_an_honest_word_and_the_talk_goes_on(
    inside: Callable[..., Inside], meeting: Callable[..., Doctor], loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = inside("struikelt")
    doctor = meeting(bot)

    async def stumble(*_: object, **__: object) -> None:
        raise ValueError("hier ging het mis")

    monkeypatch.setattr(bot.service._door, "message", stumble)
    assert bodies(loop.run(doctor.say("hoi"))) == TEXTS.text("fout_intern")
    monkeypatch.undo()
    assert TEXTS.text("fout_intern") not in bodies(loop.run(doctor.say("hoi")))


def test_a_store_that_is_away_for_a_moment_costs_nothing(
    inside: Callable[..., Inside], meeting: Callable[..., Doctor], loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = inside("wacht")
    doctor = meeting(bot)
    real, tries = bot.service._channel.keep_room, []

    def locked(*given: Any) -> None:
        tries.append(given)
        if len(tries) in (1, 3):
            raise OperationalError("locked", None, Exception())
        real(*given)

    monkeypatch.setattr(bot.service._channel, "keep_room", locked)
    answer = bodies(loop.run(doctor.say("ik wil de loopbaan-APK doen")))
    assert answer.count("Hoeveel tijd") == 1 and len(tries) > 3


def test_a_homeserver_that_was_away_is_waited_for(
    someone: Callable[[], Doctor], loop: Loop, homeserver: Homeserver
) -> None:
    doctor = someone()
    loop.run(doctor.begin(encrypted=True))
    homeserver.stop()
    homeserver.start()
    assert "Hoeveel tijd" in bodies(loop.run(doctor.say("ik wil de loopbaan-APK doen")))


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_server_that_limits_is_obeyed_and_nothing_is_left_out(
    someone: Callable[[], Doctor], loop: Loop, homeserver: Homeserver, bot: Bot, encrypted: bool
) -> None:
    doctor = someone()
    homeserver.limit(bot.user, 2, 1)
    try:
        loop.run(doctor.begin(encrypted=encrypted))
        loop.run(doctor.say("ik wil niet meer leven"))
        loop.run(doctor.say("menu"))
    finally:
        homeserver.limit(bot.user, 10_000, 10_000)
    assert [doctor.said.count(words) for words in ("noodlijn", "Dit gaat voor al het andere")] == [1, 1]
    assert "De nummers blijven" in doctor.said


def test_another_secret_or_none_makes_a_talk_of_the_page(system: Settings, someone: Callable[[], Doctor]) -> None:
    for headers in ({"PAS-Channel": "matrix"}, {"PAS-Channel": "matrix", "PAS-Channel-Secret": "geraden"}):
        with httpx.Client(base_url=address(system), headers=headers, trust_env=False, timeout=30) as client:
            token = client.post("/api/conversation").json()["token"]
            body = {"id": "6a2f41a3-c54c-fce8-32d2-0324e1c32e22", "text": "herinner me volgende week donderdag"}
            answer = client.post("/api/message", json=body, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text
            assert "agenda" in answer.json()["messages"][0]["text"] and "remind" not in answer.json()
