"""Coming back: whatever is restarted, the talk goes on at that very question."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.dialogue.talk import World
from bot.settings import ROOT, Settings, settings
from bot.supervision import APART, NEEDED, address, own
from tests.conftest import Doctor, shown
from tests.walking import LENGTHS, SCRIPTS, at_each_question, reply_to, waiting

# How many questions each process is killed at; PAS_FAULTS=all takes all of them, a number draws by that seed.
DRAWN = 2
EVERYWHERE = "PAS_FAULTS"


@pytest.fixture(scope="module")
def mortal() -> Iterator[Settings]:
    """A system of our own, to kill parts of."""
    many = {
        "PAS_MESSAGES_PER_MINUTE": "100000",
        "PAS_CONVERSATIONS_PER_MINUTE": "100000",
        "PAS_CODES_PER_MINUTE": "100000",
    }
    with own(settings(), print, APART, **many) as mine:
        yield mine


def control(system: Settings, *words: str) -> str:
    """What the supervisor answers."""
    command = [sys.executable, "-m", "supervisor.supervisorctl", "-c", str(system.var / "supervisord.conf"), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def process_id(system: Settings, name: str) -> int:
    return int(control(system, "pid", name))


def until_up(system: Settings) -> None:
    """Wait until everything answers again."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            health = httpx.get(f"{address(system)}/health", timeout=2, trust_env=False).json()
            apart = [system.actions_url] if system.actions_url else []
            answers = [httpx.get(f"{one}/health", timeout=2, trust_env=False).status_code for one in apart]
            if health["engine"] == "ok" and all(answer == 200 for answer in answers):
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError("it did not come up again")


def retrying(doctor: Doctor, content: dict[str, Any]) -> dict[str, object]:
    """Send a message as the page does: the same id until it is taken."""
    body = {"id": str(uuid.uuid4()), **content}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            answer = doctor.client.post("/api/message", json=body)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == 200:
            doctor.last = answer.json()
            return doctor.last
        time.sleep(0.2)
    raise AssertionError("it was not taken")


def points(world: World) -> list[tuple[str, str, int]]:
    """Every question of every script and length, as (script, length, how many were answered before)."""
    return [
        (name, length, before)
        for name in SCRIPTS
        for length in LENGTHS
        for before, _ in enumerate(at_each_question(world, name, length))
    ]


@pytest.mark.parametrize("process", (*NEEDED, APART))
def test_after_a_killed_process_the_talk_goes_on_at_that_question(
    mortal: Settings, world: World, process: str, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = points(world)
    if os.environ.get(EVERYWHERE) != "all":
        seed = random.randrange(10**6) if EVERYWHERE not in os.environ else int(os.environ[EVERYWHERE])
        drawn = random.Random(seed).sample(drawn, DRAWN)
        with capsys.disabled():
            print(f"\n{process}: killed at {drawn} ({EVERYWHERE}={seed})")
    for name, length, before in drawn:
        _kill_at(mortal, world, process, name, length, before)


def _kill_at(system: Settings, world: World, process: str, name: str, length: str, before: int) -> None:
    """Kill a process after so many answers; the next answer is taken once and leads to the next question."""
    doctor = Doctor(address(system))
    doctor.begin(SCRIPTS[name].title)
    doctor.choose(next(o for o in doctor.labels if o.startswith(length)))
    begun = len(doctor.client.get("/api/conversation").json()["messages"])
    walk = at_each_question(world, name, length)
    for _ in range(before):
        doctor.send(**reply_to(waiting(next(walk))))
    answer = reply_to(waiting(next(walk)))
    after = next(walk, None)
    os.kill(process_id(system, process), signal.SIGKILL)
    retrying(doctor, answer)
    talk = doctor.client.get("/api/conversation").json()
    answers = doctor.client.get("/api/answers").json()["answers"]
    assert len(answers) == before + 1, (name, length, before, shown(talk["messages"][-4:]))
    assert talk["script"]["state"] == ("running" if after else "done")
    assert len([m for m in talk["messages"][begun:] if m["from"] == "doctor"]) == before + 1
    numbers = [m["n"] for m in talk["messages"]]
    assert numbers == list(range(1, len(numbers) + 1))
    until_up(system)
    doctor.close()


def test_while_the_actions_are_away_nothing_counts_as_done(mortal: Settings) -> None:
    doctor = Doctor(address(mortal))
    for line in ("ik wil de loopbaan-APK doen", "kort"):
        doctor.say(line)
    before = doctor.client.get("/api/conversation").json()
    control(mortal, "stop", "actions")
    try:
        answer = doctor.post(text="4")
        assert answer.status_code == 503
        assert doctor.client.get("/api/conversation").json() == before
    finally:
        control(mortal, "start", "actions")
        until_up(mortal)
    assert "Vraag 2 van 9" in doctor.heard or doctor.say("4")
    doctor.close()


def test_after_everything_was_restarted_the_talk_goes_on_at_that_question(mortal: Settings) -> None:
    doctor = Doctor(address(mortal))
    for line in ("ik wil de loopbaan-APK doen", "kort", "4"):
        doctor.say(line)
    control(mortal, "restart", "all")
    until_up(mortal)
    retrying(doctor, {"text": "overslaan"})
    assert "Vraag 3 van 9" in doctor.heard
    doctor.close()
