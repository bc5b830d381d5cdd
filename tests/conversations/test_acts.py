"""Each act, in a doctor's words, at the first, a middle and the last question of every script, on the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.talk import World
from bot.yaml import load
from tests.conftest import Doctor
from tests.walking import FRONT, LENGTHS, SCRIPTS, at_each_question, reply_to, waiting

ACTS = load(Path(__file__).parent / "acts" / "in_script.yml")["acts"]


def to_question(doctor: Doctor, world: World, name: str, length: str, before: int) -> None:
    """Lead a doctor to the question after so many answers."""
    doctor.begin(SCRIPTS[name].title)
    doctor.choose(next(o for o in doctor.labels if o.startswith(length)))
    for _, talk in zip(range(before), at_each_question(world, name, length), strict=False):
        doctor.send(**reply_to(waiting(talk)))


def places(world: World) -> Iterator[Any]:
    """The first, a middle and the last question of every script and length."""
    for name in FRONT:
        for length in LENGTHS:
            count = sum(1 for _ in at_each_question(world, name, length))
            for place, before in (("first", 0), ("middle", count // 2), ("last", count - 1)):
                yield name, length, place, before


def step(doctor: Doctor) -> int:
    script = doctor.last["script"]
    return int(script["step"])


@pytest.mark.parametrize("name", FRONT)
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_each_act_does_what_it_is_for(doctor: Doctor, world: World, name: str, length: str, place: str) -> None:
    before = next(b for n, ln, p, b in places(world) if (n, ln, p) == (name, length, place))
    to_question(doctor, world, name, length, before)
    at = step(doctor)
    for act in ACTS:
        where = f"{act} at {name}, {length}, {place}"
        doctor.say(act["arts"])
        if wanted := act.get("bot"):
            assert any(part in doctor.heard for part in wanted.split("|")), f"{where}\n{doctor.heard}"
        state = doctor.last["script"]["state"]
        match act["na"]:
            case "vraag" | "keuze":
                assert (state, step(doctor)) == ("running", at), f"{where}\n{doctor.heard}"
            case "pauze":
                assert state == "paused", f"{where}\n{doctor.heard}"
            case "eerste":
                assert step(doctor) == 1, f"{where}\n{doctor.heard}"
            case "vorige":
                assert step(doctor) == max(at - 1, 1), f"{where}\n{doctor.heard}"
            case "volgende":
                assert state == "done" or step(doctor) > at, f"{where}\n{doctor.heard}"
        if undo := act.get("herstel"):
            doctor.choose(undo) if undo in doctor.labels else doctor.say(undo)
        assert (doctor.last["script"]["state"], step(doctor)) == ("running", at), f"after {where}\n{doctor.heard}"
