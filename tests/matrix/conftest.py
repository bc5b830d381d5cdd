"""What the tests of the Matrix channel share: a homeserver, the bot on it as it really runs, and doctors."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.matrix.service import Service
from bot.matrix.talking import Patience
from bot.settings import ROOT, Settings
from bot.store import Store
from bot.store.channels import Channel
from tests.conftest import NOW
from tests.matrix.doctors import Doctor
from tests.matrix.homeserver import DOMAIN, Homeserver, running

Result = TypeVar("Result")


class Bot:
    """The bot's process on Matrix."""

    def __init__(self, system: Settings, server: Homeserver, name: str) -> None:
        self.system, self.server = system, server
        # A name that no earlier run has left keys of behind.
        name = f"{name}{secrets.token_hex(3)}"
        self.user = server.register(name)
        self.password = system.var / f"{name}.password"
        self.password.write_text(server.passwords[self.user])
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Settings:
        """The settings that it runs with."""
        return self.system.model_copy(
            update={
                "matrix_homeserver": self.server.address,
                "matrix_user": self.user,
                "matrix_password_file": self.password,
                "matrix_allowed_domains": [DOMAIN],
            }
        )

    def start(self) -> None:
        """Start it, as the supervisor does."""
        chosen = self.settings
        variables = {
            "PAS_VAR": chosen.var,
            "PAS_HOST": chosen.host,
            "PAS_PORT": chosen.port,
            "PAS_MATRIX_HOMESERVER": chosen.matrix_homeserver,
            "PAS_MATRIX_USER": chosen.matrix_user,
            "PAS_MATRIX_PASSWORD_FILE": self.password,
            "PAS_MATRIX_ALLOWED_DOMAINS": DOMAIN,
            "PAS_LOG_LEVEL": "DEBUG",
            "TMPDIR": chosen.var / "scratch",
        }
        with (chosen.var / "log" / "matrix.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "matrix"],
                cwd=ROOT,
                env={**os.environ, **{name: str(value) for name, value in variables.items()}},
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """Stop it as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Stop it."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(timeout=20)


class Loop:
    """An event loop that lives as long as the tests: clients stay online in it between them."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Awaitable[Result], seconds: float = 600) -> Result:
        """What some work comes to."""

        async def done() -> Result:
            return await work

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(seconds)

    def close(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()


@pytest.fixture(scope="session")
def homeserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    """A real homeserver."""
    with running(tmp_path_factory.mktemp("synapse")) as server:
        yield server


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    """Where the doctors' clients live."""
    made = Loop()
    yield made
    made.close()


@pytest.fixture(scope="session")
def bot(system: Settings, homeserver: Homeserver) -> Iterator[Bot]:
    """The bot, running."""
    made = Bot(system, homeserver, "pas")
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def channel(system_store: Store, bot: Bot) -> Channel:
    """What the bot keeps."""
    return system_store.channel("matrix", bot.user)


class Inside:
    """The bot on another account, in this process: its clock and its patience are ours."""

    def __init__(self, loop: Loop, store: Store, settings: Settings, patience: Patience) -> None:
        self.now = NOW
        self.loop, self.user = loop, settings.matrix_user
        self.channel = store.channel("matrix", settings.matrix_user)
        self._store, self._settings, self._patience = store, settings, patience
        self.service: Service = loop.run(self._made())
        self._task = loop.run(self._begun())

    async def _made(self) -> Service:
        return Service(self._settings, self._store, lambda: self.now, self._patience)

    async def _begun(self) -> asyncio.Task[None]:
        return asyncio.create_task(self.service.run())

    def remind(self) -> None:
        """Let it send the reminders that are due, as it does every minute."""
        self.loop.run(self.service.send_due())

    def stop(self) -> None:
        """Stop it wherever it is."""

        async def stopped() -> None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

        self.loop.run(stopped())


@pytest.fixture
def inside(
    system: Settings, homeserver: Homeserver, system_store: Store, loop: Loop
) -> Iterator[Callable[..., Inside]]:
    """Starts the bot in this process, with settings of one's own."""
    made: list[Inside] = []
    names: dict[str, Bot] = {}

    def make(name: str, patience: Patience | None = None, **settings: Any) -> Inside:
        if name not in names:
            names[name] = Bot(system, homeserver, name)
        chosen = names[name].settings.model_copy(update=settings)
        made.append(Inside(loop, system_store, chosen, patience or Patience(key=1)))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def meeting(homeserver: Homeserver, loop: Loop, tmp_path: Path) -> Iterator[Callable[..., Doctor]]:
    """Makes doctors who talk with a bot in this process."""
    made: list[Doctor] = []

    def make(bot: Inside, *, begin: bool = True, encrypted: bool = False) -> Doctor:
        doctor = Doctor(homeserver, bot.user, bot.channel, tmp_path)
        made.append(doctor)
        loop.run(doctor.log_in())
        if begin:
            loop.run(doctor.begin(encrypted=encrypted))
        return doctor

    yield make
    for doctor in made:
        loop.run(doctor.close())


@pytest.fixture
def someone(
    homeserver: Homeserver, bot: Bot, channel: Channel, loop: Loop, tmp_path: Path
) -> Iterator[Callable[[], Doctor]]:
    """Makes doctors, online and not in a room yet."""
    made: list[Doctor] = []

    def make() -> Doctor:
        doctor = Doctor(homeserver, bot.user, channel, tmp_path)
        made.append(doctor)
        loop.run(doctor.log_in())
        return doctor

    yield make
    for doctor in made:
        loop.run(doctor.close())


@pytest.fixture(params=[False, True], ids=["plain", "encrypted"])
def doctor(request: pytest.FixtureRequest, someone: Callable[[], Doctor], loop: Loop) -> Doctor:
    """A doctor in a room with the bot, greeted."""
    made = someone()
    loop.run(made.begin(encrypted=request.param))
    return made


def ran(loop: Loop, *work: Awaitable[Any]) -> list[Any]:
    """What several doctors do at once."""

    async def all_of_it() -> list[Any]:
        return list(await asyncio.gather(*work))

    return loop.run(all_of_it())
