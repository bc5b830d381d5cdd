"""Doctors at two doors and two engines while each part of it is hindered, and what must hold of their talks."""

from __future__ import annotations

import itertools
import os
import random
import re
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.processes import Processes
from tests.scale.cluster import Cluster

PATIENCE = 90.0
# How many talks, and how many at once; PAS_FAULTS=all takes all of them, a number draws by that seed.
EVERYWHERE = "PAS_FAULTS"
FEW, ALL, AT_ONCE = 6, 500, 6
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


# Those with which a question is answered in words of one's own.
FREE = LINES[5:10]
MARKS = re.compile(r"kanarie[0-9a-f]+")


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

    def __init__(self, cluster: Processes, tally: Tally, seed: int, mark: str = "") -> None:
        """mark: a word that stands in what this doctor writes, and nowhere else."""
        self._cluster, self._tally, self._random = cluster, tally, random.Random(seed)
        self._lines = list(LINES)
        if mark:
            # It looks like a name, upon which it is asked, once, whether that is to go.
            self._lines = [f"{line} {mark}" if line in FREE else line for line in LINES]
            self._lines.insert(LINES.index(FREE[0]) + 1, "nee")
        self.mark = mark
        self._client = httpx.Client(timeout=40, trust_env=False, verify=False)
        self._answers: list[dict[str, Any]] = []

    def talk(self) -> None:
        """A whole talk, and what must hold of it afterwards."""
        with self._client:
            self._talk()

    def _talk(self) -> None:
        begun = self._until(lambda door: self._client.post(f"{door}/api/conversation"), 201)
        self._client.headers["Authorization"] = f"Bearer {begun['token']}"
        for line in self._lines:
            self._say(line)
        talk = self._until(lambda door: self._client.get(f"{door}/api/conversation"), 200)
        numbers = [message["n"] for message in talk["messages"]]
        assert numbers == list(range(1, len(numbers) + 1))
        assert [m["text"] for m in talk["messages"] if m["from"] == "doctor"] == self._lines
        assert talk["script"]["state"] == "done", [(m["kind"], m["text"]) for m in talk["messages"]]
        # What was answered is what is stored: nothing was said that was not kept.
        stored = {message["n"]: message["text"] for message in talk["messages"]}
        said = [message for answer in self._answers for message in answer["messages"] if message["n"]]
        assert all(stored[message["n"]] == message["text"] for message in said)
        # Of no other doctor's words anything came here.
        assert set(MARKS.findall(" ".join(stored.values()))) <= {self.mark}

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
                time.sleep(0.1)
                continue
            if answer.status_code == wanted:
                self._tally.count(time.monotonic() - began, tries)
                found: dict[str, Any] = answer.json()
                return found
            assert answer.status_code == 503, answer.text
            time.sleep(0.1)
        raise AssertionError("it was not taken")


def drawn() -> tuple[bool, int]:
    """Whether all of it was asked for, and the seed that draws from it otherwise."""
    asked = os.environ.get(EVERYWHERE, "")
    return asked == "all", int(asked) if asked.isdigit() else random.randrange(10**6)


Fault = tuple[str, Callable[[], None]]


def killing(cluster: Processes, name: str) -> Fault:
    """A process is killed and started again, when one of each kind is there besides, or everything is."""

    def kill() -> None:
        cluster.until_ready(*(other for other in cluster.names if other.startswith(name.split("-")[0])))
        cluster.kill(name)
        cluster.start(name)

    return f"kill -9 {name}", kill


def faults(cluster: Cluster) -> list[Fault]:
    """What is done to the cluster, one after the other."""

    def redis() -> None:
        cluster.redis.kill()
        cluster.redis.start()

    def postgres() -> None:
        cluster.postgres.stop()
        cluster.postgres.start()

    return [
        killing(cluster, "door-1"),
        ("kill -9 Redis", redis),
        killing(cluster, "engine-1"),
        ("stop PostgreSQL at once", postgres),
    ]


def whole_talks(cluster: Processes, planned: Sequence[Fault], talks: int, seed: int) -> str:
    """Let doctors talk, so many talks at least, while all that was planned is done one after the other. Each talk is looked
    at when it ends. Gives what was seen, in a line. Raises AssertionError."""
    tally, stopped = Tally(), threading.Event()
    seen: list[str] = []

    def break_things() -> None:
        for number, (name, fault) in enumerate(planned, 1):
            at = number * talks * len(LINES) // (len(planned) + 1)
            with tally.wait:
                tally.wait.wait_for(lambda at=at: tally.answered >= at or stopped.is_set())  # type: ignore[misc]
            if stopped.is_set():
                return
            # What was killed before is up again first: one thing at a time.
            cluster.until_ready()
            fault()
            seen.append(name)

    def talk_on(numbers: Iterator[int]) -> int:
        """Talk after talk, until there were enough and everything was killed while there was talked."""
        had = 0
        for number in numbers:
            if number >= talks and not breaking.is_alive():
                break
            Talker(cluster, tally, seed + number).talk()
            had += 1
        return had

    cluster.until_ready()
    breaking = threading.Thread(target=break_things)
    began = time.monotonic()
    numbers = itertools.count()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        breaking.start()
        try:
            had = sum(pool.map(talk_on, [numbers] * AT_ONCE))
        finally:
            stopped.set()
            with tally.wait:
                tally.wait.notify_all()
            breaking.join()
    took = sorted(tally.took)
    assert seen == [name for name, _ in planned]
    cluster.until_ready()
    return (
        f"{had} talks, {tally.answered} answers in {time.monotonic() - began:.0f} s; sent again: {tally.again}; "
        f"median {statistics.median(took):.2f} s, 95%: {took[int(len(took) * 0.95)]:.2f} s, longest {took[-1]:.1f} s; "
        f"done: {', '.join(dict.fromkeys(seen))}, {len(seen)} times"
    )
