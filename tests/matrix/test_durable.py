"""A process that dies while it takes in keys, or tells of them, can read the doctor's messages when it is back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import nio
import pytest

from bot.matrix.crypto_store import SealedStore
from bot.matrix.durable import DurableClient
from tests.matrix.conftest import Inside, Loop
from tests.matrix.doctors import Doctor, bodies

LINE = "ik wil de loopbaan-APK doen"


class Dies(BaseException):
    """The process is gone."""


def until_dead(bot: Inside, loop: Loop) -> None:
    """Wait until the bot died."""

    async def dead() -> None:
        with pytest.raises(Dies):
            await bot._task

    loop.run(dead())


def test_half_an_answer_of_the_server_is_kept_not_at_all(
    inside: Callable[..., Inside], meeting: Callable[..., Doctor], loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = inside("halverwege")
    doctor = meeting(bot, encrypted=True)

    def die(*_: Any) -> None:
        raise Dies

    # The one-time key is used up and the session is there; the key of the message is not kept yet.
    monkeypatch.setattr(SealedStore, "save_inbound_group_session", die)
    event = loop.run(doctor.send({"msgtype": "m.text", "body": LINE}))
    until_dead(bot, loop)
    monkeypatch.undo()
    inside("halverwege")
    assert "Hoeveel tijd" in bodies(loop.run(doctor.answered(event)))


def test_a_key_that_was_told_of_was_kept_before(
    inside: Callable[..., Inside], meeting: Callable[..., Doctor], loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, told, kept = DurableClient._send, set[str](), set[str]()

    async def die_after(self: DurableClient, response: type, *given: Any, **more: Any) -> Any:
        if response is not nio.KeysUploadResponse:
            return await real(self, response, *given, **more)
        told.update(key["key"] for key in json.loads(given[2])["one_time_keys"].values())
        kept.update(self.store.load_account().one_time_keys["curve25519"].values())
        await self.send(*given[:3])
        raise Dies

    monkeypatch.setattr(DurableClient, "_send", die_after)
    bot = inside("vertelt")
    until_dead(bot, loop)
    monkeypatch.undo()
    assert told and told <= kept
    doctor = meeting(inside("vertelt"), encrypted=True)
    assert "Hoeveel tijd" in bodies(loop.run(doctor.say(LINE)))
