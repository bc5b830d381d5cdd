"""The processes as they are started on a server, without a supervisor: each to be stopped, killed and started by itself."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import httpx

from bot.scripts.library import publish
from bot.settings import ROOT, Settings, settings
from bot.supervision import free_port
from bot.validation import read_scripts

DOOR, ENGINE, ACTIONS = "door-1", "engine-1", "actions"
KINDS = ("door", "engine", "actions")
# For asking again and again: a client of its own each time would read the certificates of all the world before it asks.
ASKER = httpx.Client(timeout=2, trust_env=False, verify=False, limits=httpx.Limits(max_keepalive_connections=0))
# What the limits are where nothing is set, spelled out: the processes of the tests have none.
USUAL = {"PAS_MESSAGES_PER_MINUTE": "30", "PAS_CONVERSATIONS_PER_MINUTE": "10", "PAS_CODES_PER_MINUTE": "5"}
UNLIMITED = {f"PAS_{what}_PER_MINUTE": "100000" for what in ("MESSAGES", "CONVERSATIONS", "CODES")}


def until(true: Callable[[], bool], what: str, seconds: float = 240) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def status(address: str) -> int:
    """What an address answers with; 0: nothing."""
    try:
        return ASKER.get(address).status_code
    except httpx.HTTPError:
        return 0


class Processes:
    """Processes by name, such as ``door-1``, on one state folder."""

    def __init__(self, mine: Settings, names: Sequence[str], variables: Mapping[str, str] | None = None) -> None:
        """variables: what all of them get in their environment besides."""
        self.settings, self.names = mine, list(names)
        mine.prepare()
        publish(read_scripts(), mine.published)
        self._ports = {name: free_port() for name in self.names}
        self.metrics = {name: free_port() for name in self.names}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        engines = [self.address(name) for name in self.names if name.startswith("engine")]
        self.everywhere = {
            "PAS_VAR": str(mine.var),
            "PAS_MODELS_FOLDER": str(settings().models.resolve()),
            "PAS_ENGINE_URLS": ",".join(engines),
            "PAS_LOG_FORMAT": "json",
            "PAS_LOG_LEVEL": "DEBUG",
            **UNLIMITED,
            **(variables or {}),
        }

    def address(self, name: str) -> str:
        """Where a process is."""
        return f"http://127.0.0.1:{self._ports[name]}"

    @property
    def doors(self) -> list[str]:
        """Where the doors are."""
        return [self.address(name) for name in self.names if name.startswith("door")]

    def start(self, name: str, **more: str) -> None:
        """Start a process; :meth:`until_ready` waits for it."""
        kind = name.split("-")[0]
        variables = {
            "PAS_PORT" if kind == "door" else f"PAS_{kind.upper()}_PORT": str(self._ports[name]),
            "PAS_METRICS_PORT": str(self.metrics[name] - KINDS.index(kind)),
            **self.everywhere,
            **more,
        }
        with self.log(name).open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", "bot", f"serve-{kind}"],
                cwd=ROOT,
                env={**{k: v for k, v in os.environ.items() if not k.startswith("PAS_")}, **variables},
                stderr=log,
                stdout=subprocess.DEVNULL,
            )

    def log(self, name: str) -> Path:
        """The log of a process."""
        return self.settings.logs / f"{name}.log"

    def ready(self, name: str) -> bool:
        """Whether a process says that it wants work."""
        return status(f"{self.address(name)}/ready") == 200

    def until_ready(self, *names: str) -> None:
        """Wait until these say that they want work; without any, all of them."""
        for name in names or self.names:
            until(lambda name=name: self.ready(name), f"{name} did not become ready")  # type: ignore[misc]

    def send(self, name: str, what: signal.Signals) -> None:
        """Send a process a signal."""
        self._processes[name].send_signal(what)

    def process_id(self, name: str) -> int:
        """The number of a process."""
        return self._processes[name].pid

    def ended(self, name: str) -> int | None:
        """With what status a process ended; None: it runs."""
        return self._processes[name].poll()

    def kill(self, name: str) -> None:
        """End a process at once."""
        self._processes[name].kill()
        self._processes[name].wait()

    def told(self, name: str) -> str:
        """The metrics of a process."""
        address = f"http://127.0.0.1:{self.metrics[name]}/metrics"
        return ASKER.get(address, timeout=10).raise_for_status().text

    def stop(self) -> None:
        """End everything."""
        for name in list(self._processes):
            self.kill(name)

    @contextlib.contextmanager
    def running(self) -> Iterator[Self]:
        """All of them, ready, and ended afterwards."""
        try:
            for name in self.names:
                self.start(name)
            self.until_ready()
            yield self
        finally:
            self.stop()


@contextlib.contextmanager
def door_alone(folder: Path, **variables: str) -> Iterator[Processes]:
    """A door without an engine, on a state folder of its own, with these variables in its environment besides."""
    variables = {"PAS_ENGINE_URLS": "http://127.0.0.1:9", **variables}
    with Processes(Settings(var=folder), [DOOR], variables).running() as door:
        yield door
