"""Whatever dies, and at whatever moment: the talk goes on at that very question, nothing lost, nothing said twice."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from bot.dialogue.talk import World
from bot.files import alone
from bot.settings import ROOT, Settings
from tests.answers import DANGER, panel_in
from tests.conftest import Doctor, shown
from tests.processes import ACTIONS, DOOR, ENGINE, Processes, until
from tests.scale.talking import ALL, EVERYWHERE, FEW, drawn, killing, whole_talks
from tests.walking import LENGTHS, SCRIPTS, at_each_question, reply_to, waiting

BEGUN = ("ik wil de loopbaan-APK doen", "kort")
# How many questions each process is killed at; PAS_FAULTS=all takes all of them, a number draws by that seed.
DRAWN = 2


def retrying(doctor: Doctor, content: dict[str, Any]) -> dict[str, Any]:
    """Send a message as the page does: the same id until it is taken."""
    body = {"id": str(uuid.uuid4()), **content}
    deadline = time.monotonic() + 120
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


@pytest.mark.long
@pytest.mark.parametrize("process", [DOOR, ENGINE, ACTIONS])
def test_after_a_killed_process_the_talk_goes_on_at_that_question(
    frail: Processes, world: World, process: str, capsys: pytest.CaptureFixture[str]
) -> None:
    everything, seed = drawn()
    moments = points(world)
    if not everything:
        moments = random.Random(seed).sample(moments, DRAWN)
        with capsys.disabled():
            print(f"\n{process}: killed at {moments} ({EVERYWHERE}={seed})")
    for name, length, before in moments:
        _kill_at(frail, world, process, name, length, before)


def _kill_at(frail: Processes, world: World, process: str, name: str, length: str, before: int) -> None:
    """Kill a process after so many answers; the next answer is taken once and leads to the next question."""
    frail.until_ready()
    doctor = Doctor(frail.doors[0])
    doctor.begin(SCRIPTS[name].title)
    doctor.choose(next(o for o in doctor.labels if o.startswith(length)))
    begun = len(doctor.client.get("/api/conversation").json()["messages"])
    walk = at_each_question(world, name, length)
    for _ in range(before):
        doctor.send(**reply_to(waiting(next(walk))))
    answer = reply_to(waiting(next(walk)))
    after = next(walk, None)
    frail.kill(process)
    frail.start(process)
    retrying(doctor, answer)
    talk = doctor.client.get("/api/conversation").json()
    answers = doctor.client.get("/api/answers").json()["answers"]
    assert len(answers) == before + 1, (name, length, before, shown(talk["messages"][-4:]))
    assert talk["script"]["state"] == ("running" if after else "done")
    assert len([m for m in talk["messages"][begun:] if m["from"] == "doctor"]) == before + 1
    numbers = [m["n"] for m in talk["messages"]]
    assert numbers == list(range(1, len(numbers) + 1))
    doctor.close()


@pytest.mark.long
def test_whatever_is_killed_while_many_talk_on_sqlite_every_talk_is_whole(
    frail: Processes, capsys: pytest.CaptureFixture[str], measured: Callable[[str], None]
) -> None:
    everything, seed = drawn()
    talks, rounds = (ALL, 12) if everything else (FEW, 1)
    told = whole_talks(frail, [killing(frail, name) for name in (DOOR, ENGINE, ACTIONS)] * rounds, talks, seed)
    measured(told)
    with capsys.disabled():
        print(f"\n{told} ({EVERYWHERE}={seed})")


def test_while_the_actions_are_away_nothing_counts_as_done(frail: Processes, someone: Callable[[], Doctor]) -> None:
    doctor = someone()
    for line in BEGUN:
        doctor.say(line)
    before = doctor.client.get("/api/conversation").json()
    frail.kill(ACTIONS)
    assert doctor.post(text="4").status_code == 503
    assert doctor.client.get("/api/conversation").json() == before
    frail.start(ACTIONS)
    frail.until_ready()
    assert retrying(doctor, {"text": "4"}) and "Vraag 2 van 9" in doctor.heard


@pytest.mark.long
def test_after_everything_was_killed_at_once_the_talk_goes_on_at_that_question(
    frail: Processes, someone: Callable[[], Doctor]
) -> None:
    doctor = someone()
    for line in (*BEGUN, "4"):
        doctor.say(line)
    for name in frail.names:
        frail.kill(name)
    for name in frail.names:
        frail.start(name)
    assert retrying(doctor, {"text": "overslaan"}) and "Vraag 3 van 9" in doctor.heard


def test_a_message_that_is_sent_again_and_again_is_not_read_together_with_itself(
    frail: Processes, someone: Callable[[], Doctor]
) -> None:
    doctor = someone()
    doctor.say("ik begin om negen uur")
    frail.kill(ACTIONS)
    # After that, and said twice, this sentence sounds as if someone cannot go on.
    sent = {"id": str(uuid.uuid4()), "text": "ik loop op werkdagen naar de praktijk"}
    assert doctor.client.post("/api/message", json=sent).status_code == 503
    frail.start(ACTIONS)
    frail.until_ready()
    answer = doctor.client.post("/api/message", json=sent).json()
    assert not [m for m in answer["messages"] if m["kind"] in ("refer", "crisis")]


@contextlib.contextmanager
def locked(frail: Processes) -> Iterator[None]:
    """Nobody else can write in the main database meanwhile."""
    lock = sqlite3.connect(frail.settings.var / "pas.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        lock.execute("ROLLBACK")
        lock.close()


def at_work(frail: Processes, process: str) -> Callable[[], bool]:
    """Whether a process has begun with something since this was called."""
    working = psutil.Process(frail.process_id(process))
    began = sum(working.cpu_times()[:2])
    return lambda: sum(working.cpu_times()[:2]) > began


@pytest.mark.long
@pytest.mark.parametrize("process", [DOOR, ENGINE, ACTIONS])
def test_killed_between_answering_and_storing_the_message_counts_once(
    frail: Processes, someone: Callable[[], Doctor], process: str
) -> None:
    doctor = someone()
    for line in BEGUN:
        doctor.say(line)
    sent = {"id": str(uuid.uuid4()), "text": "4"}
    # What the engine has answered waits for the lock of the database.
    with ThreadPoolExecutor(1) as pool, locked(frail):
        working = at_work(frail, ENGINE)
        answer = pool.submit(_posted, doctor, sent)
        until(working, "the engine does not get it")
        frail.kill(process)
        frail.start(process)
        if process == DOOR:
            assert answer.result() is None
    frail.until_ready()
    assert retrying(doctor, sent)["script"]["step"] == 2
    said = [m["text"] for m in doctor.client.get("/api/conversation").json()["messages"] if m["from"] == "doctor"]
    assert said == [*BEGUN, "4"]
    assert len(doctor.client.get("/api/answers").json()["answers"]) == 1


def test_an_answer_that_the_door_died_with_is_given_when_it_is_asked_again(
    frail: Processes, someone: Callable[[], Doctor]
) -> None:
    doctor = someone()
    for line in BEGUN:
        doctor.say(line)
    sent = {"id": str(uuid.uuid4()), "text": "4"}
    frail.send(ENGINE, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(_posted, doctor, sent)
        until(lambda: _connected(frail), "the door does not ask the engine")
        frail.kill(DOOR)
        assert answer.result() is None
    frail.send(ENGINE, signal.SIGCONT)
    frail.start(DOOR)
    frail.until_ready()
    assert retrying(doctor, sent)["script"]["step"] == 2
    assert len(doctor.client.get("/api/answers").json()["answers"]) == 1


def _posted(doctor: Doctor, sent: dict[str, Any]) -> int | None:
    """The status of an answer; None when none came."""
    try:
        return doctor.client.post("/api/message", json=sent).status_code
    except httpx.TransportError:
        return None


def _connected(frail: Processes) -> bool:
    """Whether something that the engine has not read yet has come to it."""
    port = f"{int(frail.address(ENGINE).rpartition(':')[2]):04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return any(row[1].endswith(f":{port}") and int(row[4].split(":")[1], 16) > 0 for row in rows)


@pytest.mark.long
@pytest.mark.parametrize("process", [ENGINE, ACTIONS])
def test_danger_shows_the_panel_and_is_stored_while_it_is_dead(
    frail: Processes, someone: Callable[[], Doctor], process: str
) -> None:
    doctor = someone()
    frail.kill(process)
    answer = doctor.post(text=DANGER).json()
    assert panel_in(answer) and "stored" not in answer
    assert doctor.client.get("/api/conversation").json()["messages"][-1]["kind"] == "crisis"
    frail.start(process)
    frail.until_ready()
    assert retrying(doctor, {"text": "verder waar we waren"})["messages"]


def test_a_talk_that_was_being_erased_is_whole_or_gone(frail: Processes, someone: Callable[[], Doctor]) -> None:
    doctors = [someone() for _ in range(12)]
    for doctor in doctors:
        doctor.say("hallo")
    with ThreadPoolExecutor(len(doctors)) as pool:
        erasing = [pool.submit(_erased, doctor) for doctor in doctors]
        until(lambda: any(one.done() for one in erasing), "nothing is erased")
        frail.kill(DOOR)
        told = [one.result() for one in erasing]
    frail.start(DOOR)
    frail.until_ready()
    for doctor, status in zip(doctors, told, strict=True):
        left = doctor.client.get("/api/conversation")
        # Who was told that it is gone, is gone; who was not told can ask again.
        assert left.status_code == 401 or (status is None and len(left.json()["messages"]) >= 3)
        if left.status_code == 200:
            assert doctor.client.delete("/api/conversation").status_code == 204
            assert doctor.client.get("/api/conversation").status_code == 401


def _erased(doctor: Doctor) -> int | None:
    try:
        return doctor.client.delete("/api/conversation").status_code
    except httpx.TransportError:
        return None


def test_of_two_who_train_at_once_one_waits_until_the_other_is_done_or_dead(tmp_path: Path) -> None:
    held, waited = tmp_path / "training.lock", list[str]()
    child = os.fork()
    if child == 0:
        with alone(held, os.abort):
            (tmp_path / "begun").touch()
            signal.pause()
    until((tmp_path / "begun").exists, "it does not begin")

    def killed() -> None:
        waited.append("told")
        os.kill(child, signal.SIGKILL)

    with alone(held, killed):
        os.waitpid(child, 0)
    assert waited == ["told"]


def teaching(pid: int) -> list[psutil.Process]:
    """The processes that this one has started to teach the anonymiser."""
    return [one for one in psutil.Process(pid).children() if "spawn_main" in " ".join(one.cmdline())]


def test_what_a_training_that_was_killed_leaves_behind_is_taken_for_no_model(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    chosen = Settings(var=tmp_path, models_folder=folder)
    environment = {**os.environ, "PAS_VAR": str(tmp_path), "PAS_MODELS_FOLDER": str(folder)}
    command = [sys.executable, "-m", "bot", "train"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as training:
        until((folder / "training.lock").exists, "it does not begin", seconds=60)
        until(lambda: bool(teaching(training.pid)), "nothing teaches the anonymiser", seconds=60)
        aside = teaching(training.pid)
        training.kill()
    until(lambda: not any(one.is_running() for one in aside), "what taught the anonymiser stays behind", seconds=60)
    assert not [one for one in (*chosen.models.glob("*.tar.gz"), chosen.classifier, chosen.tagger) if one.exists()]
