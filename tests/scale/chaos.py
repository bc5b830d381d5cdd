"""Many doctors at two doors, two engines, PostgreSQL and Redis, while something is killed or held up at every moment.

`python -m tests.scale.chaos [seconds] [seed]`; the seed is printed, and draws what is done when.
"""

from __future__ import annotations

import contextlib
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from bot.settings import settings
from tests.answers import panel_in
from tests.privacy.searching import hits, marked
from tests.scale.cluster import Cluster, running
from tests.scale.talking import PATIENCE, Talker, Tally

SECONDS, DOCTORS, IN_DANGER = 600.0, 50, 5
# How long something is held up, and how long nothing is done after it.
HELD, BETWEEN = (0.5, 6.0), (0.2, 3.0)
DANGERS = ("ik wil niet meer leven", "ik ga er vannacht een einde aan maken", "ik heb pillen gespaard voor mezelf")


class Breaker:
    """Does one thing after the other to the cluster; never to both of a kind at once."""

    def __init__(self, cluster: Cluster, seed: int) -> None:
        self._cluster, self._random = cluster, random.Random(seed)
        self.done: Counter[str] = Counter()

    def one(self) -> None:
        """Kill or hold up something, and let it come back."""
        name = self._random.choice([*self._cluster.names, "Redis", "PostgreSQL"])
        kills = self._random.random() < 0.5
        if name in self._cluster.names:
            # One of each is always there.
            kind = name.split("-")[0]
            self._cluster.until_ready(*(other for other in self._cluster.names if other.startswith(kind)))
        self.done[f"{'kill' if kills else 'hold up'} {name}"] += 1
        if kills:
            self._kill(name)
        else:
            self._hold_up(name)

    def _kill(self, name: str) -> None:
        if name == "Redis":
            self._cluster.redis.kill()
            self._cluster.redis.start()
        elif name == "PostgreSQL":
            self._cluster.postgres.stop()
            self._cluster.postgres.start()
        else:
            self._cluster.kill(name)
            self._cluster.start(name)

    def _hold_up(self, name: str) -> None:
        send: Callable[[signal.Signals], None]
        if name == "Redis":
            send = self._cluster.redis.send
        elif name == "PostgreSQL":
            send = self._cluster.postgres.send
        else:
            send = lambda what: self._cluster.send(name, what)  # noqa: E731
        send(signal.SIGSTOP)
        time.sleep(self._random.uniform(*HELD))
        send(signal.SIGCONT)

    def until(self, ended: threading.Event) -> None:
        """One after the other, until it has been enough."""
        while not ended.wait(self._random.uniform(*BETWEEN)):
            self.one()


class InDanger:
    """Someone who says what calls for the panel, at either door, and sees that it comes."""

    def __init__(self, cluster: Cluster, seed: int) -> None:
        self._cluster, self._random = cluster, random.Random(seed)
        self.took: list[float] = []

    def until(self, ended: threading.Event) -> None:
        """Again and again, until it has been enough."""
        while not ended.wait(self._random.uniform(0.5, 3)):
            self.took.append(self._shown())

    def _shown(self) -> float:
        """How long the panel took to come. Raises AssertionError when it does not."""
        began = time.monotonic()
        body = {"id": str(uuid.uuid4()), "text": self._random.choice(DANGERS)}
        with httpx.Client(timeout=20, trust_env=False) as client:
            while time.monotonic() - began < PATIENCE:
                door = self._random.choice(self._cluster.doors)
                try:
                    opened = client.post(f"{door}/api/conversation", timeout=2)
                    token = opened.json()["token"] if opened.status_code == 201 else "none"
                except httpx.TransportError:
                    token = "none"
                with contextlib.suppress(httpx.TransportError):
                    asked = time.monotonic()
                    headers = {"Authorization": f"Bearer {token}"}
                    answer = client.post(f"{door}/api/message", json=body, headers=headers)
                    assert panel_in(answer.json()), answer.status_code
                    return time.monotonic() - asked
        raise AssertionError("no panel came")


def _said_to_be_wrong(cluster: Cluster) -> Iterator[str]:
    """The errors in the logs, for whoever reads why a talk was not whole; no log holds a word of a doctor."""
    for name in cluster.names:
        lines = cluster.log(name).read_text(encoding="utf-8", errors="replace").splitlines()
        yield from (f"{name}: {line[:600]}" for line in lines if '"ERROR"' in line)


def main() -> int:
    """Do it, and say what was seen. Gives an exit status; raises AssertionError with the first talk that is not whole."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    print(f"chaos for {seconds:.0f} s with {DOCTORS} doctors, seed {seed}", flush=True)
    settings().prepare()
    with (
        tempfile.TemporaryDirectory(prefix="pas-") as state,
        tempfile.TemporaryDirectory(prefix="pas-redis-") as memory,
        running(Path(state), Path(memory)) as cluster,
    ):
        tally, ended = Tally(), threading.Event()
        breaker = Breaker(cluster, seed)
        in_danger = [InDanger(cluster, seed + n) for n in range(IN_DANGER)]
        marks: list[str] = []

        def doctor(number: int) -> int:
            """One doctor, talk after talk; whoever began a talk ends it."""
            had = 0
            while not ended.is_set():
                mark = marked()
                marks.append(mark)
                Talker(cluster, tally, seed + 1000 * number + had, mark).talk()
                had += 1
            return had

        with ThreadPoolExecutor(DOCTORS + 1) as pool:
            breaking = pool.submit(breaker.until, ended)
            frightened = [pool.submit(one.until, ended) for one in in_danger]
            talking = [pool.submit(doctor, number) for number in range(DOCTORS - IN_DANGER)]
            began = time.monotonic()
            told = 0
            while (passed := time.monotonic() - began) < seconds and not any(one.done() for one in talking):
                time.sleep(0.5)
                if passed // 30 > told:
                    told = int(passed // 30)
                    print(f"{passed:.0f} s: {tally.answered} answers, {breaker.done.total()} faults", flush=True)
            ended.set()
            for one in (breaking, *frightened):
                one.result()
            try:
                had = sum(one.result() for one in talking)
            except AssertionError:
                print("\n".join(_said_to_be_wrong(cluster)), flush=True)
                raise
        cluster.until_ready()
        leaked = hits(cluster.settings, marks)
        took, panels = sorted(tally.took), sorted(time for one in in_danger for time in one.took)
    print("\n".join(f"{count:4} x {what}" for what, count in sorted(breaker.done.items())))
    print(
        f"{had} talks ended, {tally.answered} answers, sent again {tally.again}; median {statistics.median(took):.2f} s, "
        f"95%: {took[int(len(took) * 0.95)]:.2f} s, longest {took[-1]:.1f} s"
    )
    print(f"{len(panels)} panels, all came; median {statistics.median(panels):.2f} s, longest {panels[-1]:.1f} s")
    print(f"words found where they should not be: {len(leaked)}")
    return 1 if leaked else 0


if __name__ == "__main__":
    sys.exit(main())
