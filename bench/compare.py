"""This bot and stock Rasa on the same machine, one after the other, playing the same recorded talks.

Prints and writes `docs/benchmarks.md`, with its picture. The ratios are the figures; milliseconds are of the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil
from aiohttp import ClientSession

from bench import load, report
from bench.recorded import Talk, record
from bench.report import Measured, Training
from bench.stock import serving
from bench.stock.project import played
from bot.settings import ROOT, Settings, settings
from bot.supervision import address, free_port, own

DOCTORS = (1, 16, 64)
SECONDS = 30.0
EARLY, LATE, AROUND, LONG_TALKS = 3, 300, 8, 2
QUICK = "--quick"
NO_LIMITS = {f"PAS_{name}_PER_MINUTE": "1000000" for name in ("MESSAGES", "CONVERSATIONS")}


class Running(NamedTuple):
    """A bot that runs: where, seconds until it answered, its processes, and the files of its databases."""

    address: str
    started_in: float
    processes: list[int]
    files: list[Path]


def main() -> int:
    """Measure, print and write; quick: without training this bot anew. Gives an exit status."""
    chosen = settings()
    chosen.prepare()
    talks, their_training = serving.trained(chosen, _recorded)
    our_training = None if QUICK in sys.argv else _trained_anew()
    ours = _measured("this bot", lambda: _ours(chosen), load.ours, [_said(talk) for talk in talks], our_training)
    theirs = _measured(
        "stock Rasa", lambda: _stock(chosen, talks), load.stock, [played(talk) for talk in talks], their_training
    )
    print(report.write(ours, theirs, dt.datetime.now(dt.UTC).date(), _machine(), SECONDS))
    return 0


def _recorded() -> list[Talk]:
    with own(settings(), print, **NO_LIMITS) as system:
        return record(address(system))


def _said(talk: Talk) -> list[str]:
    return [turn.said for turn in talk.turns]


def _trained_anew() -> Training:
    """Train all that this bot needs from nothing, in a state folder of its own."""
    print("training this bot …", flush=True)
    with tempfile.TemporaryDirectory(prefix="pas-") as folder:
        began, before = time.monotonic(), serving.children_cpu()
        command = [sys.executable, "-m", "bot", "train"]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PAS_VAR": folder})
        return Training(seconds=time.monotonic() - began, cpu_seconds=serving.children_cpu() - before)


def _measured(
    name: str,
    running: Callable[[], AbstractContextManager[Running]],
    opening: Callable[[ClientSession], load.Opened],
    talks: Sequence[Sequence[str]],
    training: Training | None,
) -> Measured:
    """Let one of the two play: at each number of doctors, then the long talks."""
    with running() as bot:
        processes = [psutil.Process(number) for number in bot.processes]

        async def playing(doctors: int) -> load.Load:
            async with load.client_of(bot.address) as client:
                return await load.play(opening(client), talks, doctors, SECONDS)

        async def long() -> list[list[float]]:
            async with load.client_of(bot.address) as client:
                return [await load.long_talk(opening(client), _long(talks[0])) for _ in range(LONG_TALKS)]

        bytes_before, cpu_before = _bytes(bot.files), _cpu(processes)
        loads = []
        for doctors in DOCTORS:
            loads.append(asyncio.run(playing(doctors)))
            print(f"{name}, {doctors} at once: {loads[-1].rate:.1f} turns a second", flush=True)
        turns = sum(len(one.turns) for one in loads)
        bytes_a_turn = (_bytes(bot.files) - bytes_before) / turns
        cpu_a_turn = (_cpu(processes) - cpu_before) / turns
        times = asyncio.run(long())
        late = _again(talks[0]) + EARLY
        return Measured(
            name=name,
            loads=loads,
            early=statistics.median(time for one in times for time in one[EARLY : EARLY + AROUND]),
            late=statistics.median(time for one in times for time in one[late : late + AROUND]),
            started_in=bot.started_in,
            memory=sum(process.memory_full_info().pss for process in processes) / 2**20,
            bytes_a_turn=bytes_a_turn,
            cpu_a_turn=cpu_a_turn,
            training=training,
        )


def _long(talk: Sequence[str]) -> list[str]:
    """What is said in a long talk: one script led through again and again, until the turns from LATE on have been said."""
    return list(talk) * (_again(talk) // len(talk) + 1)


def _again(talk: Sequence[str]) -> int:
    """The first turn from LATE on with which such a talk begins anew: what follows it was said from its beginning on, at the
    same place of the same script."""
    return math.ceil(LATE / len(talk)) * len(talk)


def _bytes(files: Sequence[Path]) -> int:
    return sum(file.stat().st_size for file in files if file.exists())


def _cpu(processes: Sequence[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


@contextlib.contextmanager
def _ours(chosen: Settings) -> Iterator[Running]:
    """Door and engine, started as the supervisor starts them."""
    with tempfile.TemporaryDirectory(prefix="pas-") as folder:
        (Path(folder) / "models").symlink_to(chosen.models.resolve())
        ports = {"PAS_PORT": free_port(), "PAS_ENGINE_PORT": free_port()}
        variables = {"PAS_VAR": folder, **{name: str(port) for name, port in ports.items()}, **NO_LIMITS}
        environment = {**{k: v for k, v in os.environ.items() if not k.startswith("PAS_")}, **variables}
        subprocess.run(
            [sys.executable, "-m", "bot", "publish"], cwd=ROOT, check=True, env=environment, stdout=subprocess.DEVNULL
        )
        began = time.monotonic()
        with contextlib.ExitStack() as stack:
            processes = [
                subprocess.Popen(
                    [sys.executable, "-m", "bot", command], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
                )
                for command in ("serve-door", "serve-engine")
            ]
            for process in processes:
                stack.callback(process.wait)
                stack.callback(process.terminate)
            base = f"http://127.0.0.1:{ports['PAS_PORT']}"
            first = _until(base, lambda answer: answer.status_code == 200, began)
            print(f"this bot: the door answers after {first:.1f} s", flush=True)
            whole = _until(base, lambda answer: answer.json()["engine"] == "ok", began)
            files = [Path(folder) / f"{name}{end}" for name in ("pas.db", "keys/keys.db") for end in ("", "-wal")]
            yield Running(base, whole, [process.pid for process in processes], files)


def _until(base: str, enough: Callable[[httpx.Response], bool], began: float) -> float:
    """Seconds until the door's health is good enough."""
    with httpx.Client(base_url=base, timeout=1, trust_env=False) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if enough(client.get("/health")):
                    return time.monotonic() - began
            time.sleep(0.05)


@contextlib.contextmanager
def _stock(chosen: Settings, talks: Sequence[Talk]) -> Iterator[Running]:
    with serving.serving(chosen, talks) as served:
        yield Running(served.address, served.started_in, served.processes, [served.database])


def _machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "",
    )
    memory = psutil.virtual_memory().total / 2**30
    return f"{model or platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
