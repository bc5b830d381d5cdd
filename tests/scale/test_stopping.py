"""Whoever is told to stop says so first, and ends what is in flight."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.conftest import Doctor
from tests.processes import until
from tests.scale.cluster import NUMBERS, Cluster

WORD = "ik wil de loopbaan-APK doen"


@pytest.fixture
def drained(cluster: Cluster) -> Iterator[Cluster]:
    """The same, with a first door that takes messages for a while after it was told to stop."""
    cluster.kill("door-1")
    cluster.start("door-1", PAS_DRAIN_SECONDS="4")
    cluster.until_ready()
    yield cluster
    cluster.kill("door-1")
    cluster.start("door-1")
    cluster.until_ready()


def test_a_door_that_is_told_to_stop_says_so_first_and_answers_meanwhile(drained: Cluster) -> None:
    doctor = Doctor(drained.doors[0])
    drained.send("door-1", signal.SIGTERM)
    until(lambda: doctor.client.get("/ready").status_code == 503, "it does not say that it stops")
    assert doctor.client.get("/live").status_code == 200
    assert doctor.say(WORD)["messages"]
    assert any(message["kind"] == "crisis" for message in doctor.say("ik wil niet meer leven")["messages"])
    until(lambda: drained.ended("door-1") is not None, "it does not stop")
    doctor.close()


def test_a_turn_in_flight_is_ended_when_the_door_is_told_to_stop(cluster: Cluster) -> None:
    cluster.until_ready()
    doctor = Doctor(cluster.doors[0])
    _told_in_flight(cluster, doctor, ["door-1"])
    cluster.start("door-1")
    cluster.until_ready()
    doctor.close()


def test_a_turn_in_flight_is_ended_when_the_engine_is_told_to_stop_and_the_door_stays_ready(cluster: Cluster) -> None:
    cluster.until_ready()
    doctor = Doctor(cluster.doors[0])
    engines = [f"engine-{number}" for number in NUMBERS]
    _told_in_flight(cluster, doctor, engines)
    assert cluster.ready("door-1")
    assert doctor.post(text=WORD).status_code == 503
    for name in engines:
        cluster.start(name)
        # Not before its model is loaded.
        assert not cluster.ready(name)
    cluster.until_ready()
    doctor.say(WORD)
    doctor.close()


def _told_in_flight(cluster: Cluster, doctor: Doctor, names: list[str]) -> None:
    """Tell these to stop while they are at work on a turn; it is answered, and then they end."""
    body = {"id": str(uuid.uuid4()), "text": WORD}
    # The actions stand still, so that the turn is surely in flight when the signal comes.
    cluster.send("actions", signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        try:
            answer = pool.submit(doctor.client.post, "/api/message", json=body)
            until(lambda: _at_the_actions(cluster) > 0, "the turn does not come to the actions")
            for name in names:
                cluster.send(name, signal.SIGTERM)
            until(lambda: not any(cluster.ready(name) for name in names), "it takes requests still")
            # The engine that has no turn has nothing to wait for.
            assert any(cluster.ended(name) is None for name in names)
        finally:
            cluster.send("actions", signal.SIGCONT)
        assert answer.result().status_code == 200, answer.result().text
    until(lambda: all(cluster.ended(name) is not None for name in names), "it does not stop")


def _at_the_actions(cluster: Cluster) -> int:
    """How many requests wait at the actions, which stand still: bytes that came and were not read."""
    port = int(cluster.address("actions").rpartition(":")[2])
    waiting = 0
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        _, local, _, _, queues = line.split()[:5]
        if int(local.split(":")[1], 16) == port:
            waiting += int(queues.split(":")[1], 16)
    return waiting


def test_every_process_says_that_it_lives_and_whether_it_is_ready(cluster: Cluster) -> None:
    cluster.until_ready()
    for name in cluster.names:
        for path in ("live", "ready"):
            assert httpx.get(f"{cluster.address(name)}/{path}", trust_env=False).status_code == 200
