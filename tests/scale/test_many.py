"""Many doctors at two doors and two engines, while each part of it is killed: order kept, nothing lost, nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import statistics
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.scale.cluster import Cluster

# How many talks, and how many at once; PAS_FAULTS=all takes all of them, a number draws by that seed.
EVERYWHERE = "PAS_FAULTS"
FEW, ALL, AT_ONCE = 6, 500, 6
PATIENCE = 90.0
LINES = (
    "ik wil de loopbaan-APK doen",
    "kort",
    "4",
    "1",
    "1, 4 en 8",
    "ik luister en schrijf pas na het gesprek",
    "op dinsdagochtend met een kop koffie erbij",
    "zwemmen in de zee op zondag",
    "ik begin om negen uur",
    "ik loop op werkdagen naar de praktijk",
    "over drie maanden",
)


@dataclass
class Tally:
    """What was seen on the way."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    answered: int = 0
    again: int = 0
    took: list[float] = field(default_factory=list)
    wait: threading.Condition = field(default_factory=threading.Condition)

    def count(self, took: float, tries: int) -> None:
        """One message was answered, at so many tries."""
        with self.wait:
            self.answered += 1
            self.again += tries - 1
            self.took.append(took)
            self.wait.notify_all()


class Talker:
    """A doctor whose messages come in by either door, each sent again with the same id until it is taken."""

    def __init__(self, cluster: Cluster, tally: Tally, seed: int) -> None:
        self._cluster, self._tally, self._random = cluster, tally, random.Random(seed)
        self._client = httpx.Client(timeout=40, trust_env=False)
        self._answers: list[dict[str, Any]] = []

    def talk(self) -> None:
        """A whole talk, and what must hold of it afterwards."""
        begun = self._until(lambda door: self._client.post(f"{door}/api/conversation"), 201)
        self._client.headers["Authorization"] = f"Bearer {begun['token']}"
        for line in LINES:
            self._say(line)
        talk = self._until(lambda door: self._client.get(f"{door}/api/conversation"), 200)
        numbers = [message["n"] for message in talk["messages"]]
        assert numbers == list(range(1, len(numbers) + 1))
        assert [m["text"] for m in talk["messages"] if m["from"] == "doctor"] == list(LINES)
        assert talk["script"]["state"] == "done"
        # What was answered is what is stored: nothing was said that was not kept.
        stored = {message["n"]: message["text"] for message in talk["messages"]}
        said = [message for answer in self._answers for message in answer["messages"] if message["n"]]
        assert all(stored[message["n"]] == message["text"] for message in said)
        self._client.close()

    def _say(self, line: str) -> None:
        body = {"id": str(uuid.uuid4()), "text": line}
        if self._random.random() < 0.2:
            # As a page does that lost its connection: the same at both doors at once.
            with ThreadPoolExecutor(2) as pool:
                both = list(pool.map(lambda _: self._sent(body), range(2)))
            assert both[0]["messages"] == both[1]["messages"]
            self._answers.append(both[0])
        else:
            self._answers.append(self._sent(body))

    def _sent(self, body: dict[str, str]) -> dict[str, Any]:
        return self._until(lambda door: self._client.post(f"{door}/api/message", json=body), 200)

    def _until(self, ask: Callable[[str], httpx.Response], wanted: int) -> dict[str, Any]:
        began, tries = time.monotonic(), 0
        while time.monotonic() - began < PATIENCE:
            tries += 1
            try:
                answer = ask(self._random.choice(self._cluster.doors))
            except httpx.TransportError:
                continue
            if answer.status_code == wanted:
                self._tally.count(time.monotonic() - began, tries)
                found: dict[str, Any] = answer.json()
                return found
            assert answer.status_code == 503, answer.text
            time.sleep(0.1)
        raise AssertionError("it was not taken")


def faults(cluster: Cluster) -> list[tuple[str, Callable[[], None]]]:
    """What is done to it, one after the other."""

    def process(name: str) -> None:
        # One of each is always there.
        cluster.until_ready(*(other for other in cluster.names if other.startswith(name.split("-")[0])))
        cluster.kill(name)
        cluster.start(name)

    def redis() -> None:
        cluster.redis.kill()
        cluster.redis.start()

    def postgres() -> None:
        cluster.postgres.stop()
        cluster.postgres.start()

    return [
        ("kill -9 door", lambda: process("door-1")),
        ("kill -9 Redis", redis),
        ("kill -9 engine", lambda: process("engine-1")),
        ("PostgreSQL", postgres),
    ]


def test_whatever_is_killed_every_talk_is_whole(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    everything = os.environ.get(EVERYWHERE) == "all"
    seed = random.randrange(10**6) if EVERYWHERE not in os.environ or everything else int(os.environ[EVERYWHERE])
    talks = ALL if everything else FEW
    rounds = 12 if everything else 1
    tally, done = Tally(), threading.Event()
    seen: list[str] = []

    def break_things() -> None:
        planned = faults(cluster) * rounds
        messages = talks * len(LINES)
        for number, (name, fault) in enumerate(planned, 1):
            at = number * messages // (len(planned) + 1)
            with tally.wait:
                tally.wait.wait_for(lambda at=at: tally.answered >= at or done.is_set())  # type: ignore[misc]
            if done.is_set():
                return
            # What was killed before is up again first: one thing at a time.
            cluster.until_ready()
            fault()
            seen.append(name)

    cluster.until_ready()
    breaking = threading.Thread(target=break_things)
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        breaking.start()
        try:
            for finished in [pool.submit(Talker(cluster, tally, seed + n).talk) for n in range(talks)]:
                finished.result()
        finally:
            done.set()
            with tally.wait:
                tally.wait.notify_all()
            breaking.join()
    took = sorted(tally.took)
    with capsys.disabled():
        print(
            f"\n{talks} talks, {tally.answered} answers in {time.monotonic() - began:.0f} s ({EVERYWHERE}={seed}); "
            f"sent again: {tally.again}; median {statistics.median(took):.2f} s, 95%: {took[int(len(took) * 0.95)]:.2f} s, "
            f"longest {took[-1]:.1f} s; killed: {', '.join(dict.fromkeys(seen))}, {len(seen)} times"
        )
    assert {name for name, _ in faults(cluster)} == set(seen)
    cluster.until_ready()


def test_danger_shows_the_panel_while_the_database_and_redis_hang(cluster: Cluster) -> None:
    cluster.until_ready()
    with httpx.Client(base_url=cluster.doors[0], timeout=20, trust_env=False) as client:
        token = client.post("/api/conversation").json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        for stop, go in ((cluster.redis.send, cluster.redis.send), (cluster.postgres.send, cluster.postgres.send)):
            stop(signal.SIGSTOP)
            try:
                began = time.monotonic()
                answer = client.post("/api/message", json={"id": str(uuid.uuid4()), "text": "ik wil niet meer leven"})
                took = time.monotonic() - began
            finally:
                go(signal.SIGCONT)
            assert any(message["kind"] == "crisis" for message in answer.json()["messages"])
            assert took < 5, took
            assert client.get("/ready").status_code == 200
