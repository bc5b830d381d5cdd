"""Who may invite the bot, which rooms it stays in, and what becomes of a room when a talk is erased or gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
from sqlalchemy import func, select

from bot.responses import Responses
from bot.settings import Settings
from bot.store import Store
from bot.store.tables import ChannelRoom
from bot.supervision import address
from tests.matrix.conftest import Inside, Loop
from tests.matrix.doctors import Doctor, bodies

TEXTS = Responses.read()


async def membership(doctor: Doctor, user: str) -> str:
    """How someone stands to the doctor's room."""
    found = await doctor.client.room_get_state_event(doctor.room, "m.room.member", user)
    return str(found.content.get("membership", ""))


def rooms(store: Store) -> int:
    with store.database.connect() as connection:
        return connection.execute(select(func.count()).select_from(ChannelRoom)).scalar_one()


def test_someone_of_another_domain_is_refused_and_nothing_is_kept(
    inside: Callable[..., Inside], meeting: Callable[..., Doctor], loop: Loop, system_store: Store
) -> None:
    bot = inside("streng", matrix_allowed_domains=["elders.test"])
    before = rooms(system_store)
    stranger = meeting(bot, begin=False)
    loop.run(stranger.begin(wait=False))

    async def refused() -> None:
        while await membership(stranger, bot.user) != "leave":
            await stranger.sync()

    loop.run(refused())
    assert stranger.heard == [] and rooms(system_store) == before


def test_someone_who_is_named_is_let_in_whatever_the_domain(
    inside: Callable[..., Inside], meeting: Callable[..., Doctor], loop: Loop
) -> None:
    bot = inside("genoemd", matrix_allowed_domains=[], matrix_allowed_users=[])
    named = meeting(bot, begin=False)
    bot.service._settings.matrix_allowed_users.append(named.user)
    loop.run(named.begin())
    assert "noodlijn" in named.said


def test_in_a_room_with_more_people_it_says_why_and_leaves(someone: Callable[[], Doctor], loop: Loop) -> None:
    doctor, colleague = someone(), someone()

    async def invite_all() -> None:
        made = await doctor.client.room_create(invite=[colleague.user, doctor.bot], is_direct=False)
        doctor.room = made.room_id
        await doctor.until(lambda: TEXTS.text("matrix_vol") in doctor.said)
        while await membership(doctor, doctor.bot) != "leave":
            await doctor.sync()

    loop.run(invite_all())
    assert len(doctor.heard) == 1


def test_when_someone_else_is_invited_later_it_leaves_too_and_may_come_back(
    someone: Callable[[], Doctor], loop: Loop
) -> None:
    doctor, colleague = someone(), someone()
    loop.run(doctor.begin(encrypted=True))
    loop.run(doctor.say("ik wil de loopbaan-APK doen"))

    async def crowd() -> None:
        await doctor.client.room_invite(doctor.room, colleague.user)
        await doctor.until(lambda: TEXTS.text("matrix_vol") in doctor.said)
        while await membership(doctor, doctor.bot) != "leave":
            await doctor.sync()
        await doctor.client.room_kick(doctor.room, colleague.user)
        await doctor.client.room_invite(doctor.room, doctor.bot)
        await doctor.until(lambda: TEXTS.text("matrix_weer_hier") in doctor.said)

    loop.run(crowd())
    assert "Vraag 1" in bodies(loop.run(doctor.say("kort")))


def test_when_the_doctor_leaves_the_bot_does_too(someone: Callable[[], Doctor], loop: Loop) -> None:
    doctor = someone()
    loop.run(doctor.begin())
    room = doctor.room
    loop.run(doctor.client.room_leave(room))

    async def alone() -> None:
        while doctor.server.get(f"/_synapse/admin/v1/rooms/{room}").get("joined_members"):
            await doctor.sync()

    loop.run(alone())


def test_erasing_throws_the_talk_away_and_takes_the_bots_words_out_of_the_room(
    doctor: Doctor, loop: Loop, system: Settings
) -> None:
    for line in ("ik wil de loopbaan-APK doen", "kort", "2", "wis alles"):
        loop.run(doctor.say(line))
    token = doctor.kept["token"]
    before = [event for event, _ in doctor.heard]
    answer = loop.run(doctor.say("ja, wis alles"))
    assert TEXTS.text("gewist") in bodies(answer) and answer[-1]["body"] == TEXTS.text("matrix_gewist")
    farewell = doctor.heard[-1][0]
    loop.run(doctor.until(lambda: set(before) <= doctor.gone and not doctor.kept.get("farewell")))
    assert farewell not in doctor.gone
    assert not doctor.kept.get("token") and not doctor.kept.get("asked")
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{address(system)}/api/conversation", headers=headers, trust_env=False).status_code == 401
    # And one can begin anew.
    assert "noodlijn" in bodies(loop.run(doctor.say("hoi")))
    assert not {event for event, _ in doctor.heard[len(before) + len(answer) :]} & doctor.gone


def test_when_the_talk_is_gone_at_the_door_a_new_one_begins_with_a_word_on_it(
    doctor: Doctor, loop: Loop, system_store: Store
) -> None:
    loop.run(doctor.say("ik wil de loopbaan-APK doen"))
    token = doctor.kept["token"]
    system_store.conversations.erase(system_store.conversations.by_token(token).id)
    answer = bodies(loop.run(doctor.say("kort")))
    assert TEXTS.text("matrix_nieuw_gesprek") in answer and "noodlijn" in answer
    assert doctor.kept["token"] != token
    assert "Hoeveel tijd" in bodies(loop.run(doctor.say("ik wil de loopbaan-APK doen")))


def test_danger_is_met_also_where_the_talk_is_gone(
    someone: Callable[[], Doctor], loop: Loop, system_store: Store
) -> None:
    doctor = someone()
    loop.run(doctor.begin())
    system_store.conversations.erase(system_store.conversations.by_token(doctor.kept["token"]).id)
    answer = loop.run(doctor.say("ik wil niet meer leven"))
    assert "113" in answer[0]["body"]


def test_the_device_of_the_bot_is_signed_by_its_account(someone: Callable[[], Doctor], loop: Loop) -> None:
    doctor = someone()
    loop.run(doctor.begin(encrypted=True))

    async def keys() -> dict[str, Any]:
        body = json.dumps({"device_keys": {doctor.bot: []}})
        headers = {"Authorization": f"Bearer {doctor.client.access_token}"}
        answer = await doctor.client.send("POST", "/_matrix/client/v3/keys/query", body, headers)
        return dict(await doctor.client.parse_body(answer))

    found = loop.run(keys())
    own = next(iter(found["self_signing_keys"][doctor.bot]["keys"]))
    devices = found["device_keys"][doctor.bot]
    assert len(devices) == 1
    assert all(own in device["signatures"][doctor.bot] for device in devices.values())
