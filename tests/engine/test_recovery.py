"""Coming back: whatever is restarted, the talk goes on at that very question."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator

import httpx
import pytest

from bot.settings import ROOT, Settings, settings
from bot.supervision import PROCESSES, address, own
from tests.conftest import Doctor


@pytest.fixture(scope="module")
def mortal() -> Iterator[Settings]:
    """A system of our own, to kill parts of."""
    with own(settings(), print, PAS_MESSAGES_PER_MINUTE="100000") as mine:
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
            actions = httpx.get(f"{system.actions_url}/health", timeout=2, trust_env=False).status_code
            if health["engine"] == "ok" and actions == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError("it did not come up again")


def retrying(doctor: Doctor, text: str) -> dict[str, object]:
    """Send a message as the page does: the same id until it is taken."""
    body = {"id": str(uuid.uuid4()), "text": text}
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


@pytest.mark.parametrize("name", PROCESSES)
def test_after_a_killed_process_the_talk_goes_on_at_that_question(mortal: Settings, name: str) -> None:
    doctor = Doctor(address(mortal))
    for line in ("ik wil de loopbaan-APK doen", "kort", "4", "hoe houd ik het leuk"):
        doctor.say(line)
    os.kill(process_id(mortal, name), signal.SIGKILL)
    retrying(doctor, "1, 4 en 8")
    assert "Vraag 4 van 9" in doctor.heard
    talk = doctor.client.get("/api/conversation").json()
    assert talk["script"] == {"name": "apk", "step": 4, "of": 9, "state": "running"}
    assert [m["text"] for m in talk["messages"] if m["from"] == "doctor"].count("1, 4 en 8") == 1
    until_up(mortal)
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
    retrying(doctor, "overslaan")
    assert "Vraag 3 van 9" in doctor.heard
    doctor.close()
