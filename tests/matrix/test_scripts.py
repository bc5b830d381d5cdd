"""Scripts to their end in a room, many at once, with and without encryption; and what comes at the end.

So many are drawn each time, by the seed of the run; with PAS_FAULTS=all it is each of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from bot.dialogue.talk import World
from bot.scripts.schema import Script
from tests.matrix.conftest import Loop, ran
from tests.matrix.doctors import Doctor
from tests.scale.talking import drawn
from tests.walking import LENGTHS, SCRIPTS, at_each_question, reply_to, waiting

DRAWN = 6


def number_of(doctor: Doctor, label: str) -> str:
    """The number before a choice that was offered last."""
    return next(row for row in doctor.last.split("\n") if label in row).partition(".")[0]


async def to_its_end(doctor: Doctor, world: World, script: Script, length: str, encrypted: bool) -> None:
    """Do a script, choosing by number and answering in words."""
    await doctor.begin(encrypted=encrypted)
    if script.title not in doctor.last:
        await doctor.say(number_of(doctor, "Laat alles zien"))
    await doctor.say(number_of(doctor, script.title))
    await doctor.say(str(LENGTHS.index(length) + 1))
    asked = 0
    for talk in at_each_question(world, script.name, length):
        asked += 1
        assert f"Vraag {asked} " in doctor.last, (script.name, asked, doctor.last)
        reply = reply_to(waiting(talk))
        await doctor.say(str(reply.get("text", reply.get("value"))))
    assert asked > 3


@pytest.mark.parametrize("length", LENGTHS[:1])
def test_a_script_can_be_done_to_its_end(someone: Callable[[], Doctor], loop: Loop, world: World, length: str) -> None:
    everything, seed = drawn()
    names = SCRIPTS if everything else random.Random(seed).sample(sorted(SCRIPTS), DRAWN)
    doctors = {name: someone() for name in names}
    work = [
        to_its_end(doctor, world, SCRIPTS[name], length, encrypted=number % 2 == 0)
        for number, (name, doctor) in enumerate(doctors.items())
    ]
    ran(loop, *work)
    for name, doctor in doctors.items():
        files = [content["filename"] for _, content in doctor.heard if content["msgtype"] == "m.file"]
        assert len(files) == 2, (name, files)
        assert files[0].startswith("reflectieverslag.") and files[1] == "terugkijken.ics"
        assert "Zal ik je die dag hier een bericht sturen" in doctor.said, name
        answer = loop.run(doctor.say("ja graag"))
        assert "tussen 8 en 20 uur" in answer[0]["body"], name
        assert doctor.said.count("Zal ik je die dag") == 1
