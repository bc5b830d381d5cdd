"""Starting, watching and stopping the processes together, under supervisord."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import httpx
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.gentle import IN_FLIGHT_SECONDS, PortTaken, bound
from bot.matrix.configured import missing
from bot.settings import ROOT, SecretTrouble, Settings
from bot.store import open_store
from bot.store.masters import MasterKeyTrouble
from bot.store.schema import SchemaTrouble

# What a talk needs, where it is wanted apart, and what runs beside it: nothing waits for that.
NEEDED = ("door", "engine")
APART: Literal["actions"] = "actions"
BESIDE = ("coordinator",)
# What runs only where a homeserver is set.
MATRIX = "matrix"
_STOPPED_LAST = (APART, "engine", "coordinator", "door", MATRIX)
NEEDED_BYTES = 300 * 1024 * 1024
# What processes prove themselves to each other with.
SECRETS = ("loopback", "channel")
START_SECONDS = 120
POLL_SECONDS = 0.25
# What is asked is on this machine, without TLS: reading all certificates each time would take longer than the rest.
_TRUSTING_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

_HEAD = """[supervisord]
nodaemon = true
silent = true
loglevel = warn
logfile = {logs}/supervisor.log
pidfile = {var}/supervisor.pid
childlogdir = {logs}
{user}

[unix_http_server]
file = {socket}
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl = unix://{socket}
"""

_PROCESS = """[program:{name}]
command = {python} -m bot {command}
directory = {root}
autorestart = {restart}
startsecs = {startsecs}
startretries = 1000
stopwaitsecs = {patience}
priority = {priority}
stopasgroup = true
killasgroup = true
redirect_stderr = true
stdout_logfile = {log}
stdout_logfile_maxbytes = {size}
stdout_logfile_backups = 2
environment = {environment}
"""
# Who needs no key gets none.
_OWN = (
    "PAS_DATABASE",
    "PAS_KEY_DATABASE",
    "PAS_MASTER_KEY",
    "PAS_MATRIX_",
    "PAS_REDIS_URL",
    "PAS_ENGINE_URLS",
    "PAS_ACTIONS_URL",
    "PAS_METRICS_",
    "PAS_DRAIN_SECONDS",
)
_KEYLESS = (APART, "ready", *BESIDE)
_NO_KEY = 'PAS_MASTER_KEY=""'


def processes(settings: Settings) -> tuple[str, ...]:
    """The processes on this machine that a talk needs."""
    return (*NEEDED, APART) if settings.actions_here else NEEDED


class CannotStart(Exception):
    """Why nothing was started, in one line."""


def check(settings: Settings) -> None:
    """See that the ports are free, that there is room on the disk, and that the master key can be used. Raises
    CannotStart."""
    if _place(settings.database_url) == _place(settings.key_database_url):
        raise CannotStart("The keys must be in a database of their own: PAS_KEY_DATABASE is the same as PAS_DATABASE.")
    if settings.matrix_homeserver and (trouble := missing(settings)):
        raise CannotStart(trouble)
    for name in SECRETS:
        try:
            settings.secret(name)
        except SecretTrouble as unusable:
            raise CannotStart(f"{unusable}.") from None
    store = open_store(settings)
    try:
        store.prepare()
        store.keys.usable()
    except SchemaTrouble as trouble:
        raise CannotStart(f"{trouble}.") from None
    except MasterKeyTrouble as trouble:
        raise CannotStart(f"The master key cannot be used: {trouble}.") from None
    except SQLAlchemyError:
        # It may still come up; the door opens all the same.
        pass
    finally:
        store.close()
    for host, port, name in (
        (settings.host, settings.port, "PAS_PORT"),
        ("127.0.0.1", settings.engine_port, "PAS_ENGINE_PORT"),
        ("127.0.0.1", settings.actions_port, "PAS_ACTIONS_PORT"),
        (settings.coordinator_host, settings.coordinator_port, "PAS_COORDINATOR_PORT"),
    ):
        try:
            bound(host, port).close()
        except PortTaken as taken:
            raise CannotStart(f"{taken}. Choose another with {name}=…") from None
    free = shutil.disk_usage(settings.var).free
    if free < NEEDED_BYTES:
        raise CannotStart(f"The disk is nearly full: {free // 2**20} MB free, {NEEDED_BYTES // 2**20} MB needed.")


def _place(url: str) -> tuple[object, ...]:
    parts = make_url(url)
    file = Path(parts.database or "").resolve() if parts.drivername.startswith("sqlite") else parts.database
    return (parts.get_backend_name(), parts.host, parts.port, file, parts.query.get("host"))


def run(settings: Settings) -> None:
    """Become the supervisor of everything, until it is stopped. Does not return."""
    configuration = settings.var / "supervisord.conf"
    configuration.write_text(_configuration(settings), encoding="utf-8")
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)])


def _configuration(settings: Settings) -> str:
    def escaped(path: Path | str) -> str:
        return str(path).replace("%", "%%")

    parts = [
        _HEAD.format(
            logs=escaped(settings.logs.resolve()),
            var=escaped(settings.var.resolve()),
            socket=escaped(settings.var.resolve() / "supervisor.sock"),
            user="user = root" if os.geteuid() == 0 else "",
        )
    ]
    messengers = (MATRIX,) if settings.matrix_homeserver else ()
    for name in (*processes(settings), *BESIDE, *messengers):
        parts.append(
            _PROCESS.format(
                name=name,
                python=escaped(sys.executable),
                command=name if name == MATRIX else f"serve-{name}",
                root=escaped(ROOT),
                restart="true",
                startsecs=2,
                # A turn in flight is waited for, and so is what it needs: who answers doctors stops first.
                patience=IN_FLIGHT_SECONDS + 5,
                priority=100 + 10 * _STOPPED_LAST.index(name),
                log=escaped(settings.logs.resolve() / f"{name}.log"),
                size="5MB",
                environment=_NO_KEY if name in _KEYLESS else "",
            )
        )
    parts.append(
        _PROCESS.format(
            name="ready",
            python=escaped(sys.executable),
            command="ready",
            root=escaped(ROOT),
            restart="false",
            startsecs=0,
            patience=2,
            priority=999,
            log="/dev/stdout",
            size=0,
            environment=_NO_KEY,
        )
    )
    return "\n".join(parts)


def address(settings: Settings) -> str:
    """Where the door is to be found."""
    return f"http://{settings.host}:{settings.port}"


def dashboard(settings: Settings) -> str:
    """Where the coordinator's dashboard is to be found."""
    return f"http://{settings.coordinator_host}:{settings.coordinator_port}"


def _answers(settings: Settings) -> dict[str, bool]:
    """Which of the processes answer now."""
    found = dict.fromkeys(processes(settings), False)
    with httpx.Client(timeout=1, trust_env=False, verify=_TRUSTING_NOBODY) as client:
        with contextlib.suppress(httpx.HTTPError, ValueError):
            health = client.get(f"{address(settings)}/health").json()
            found["door"], found["engine"] = True, health["engine"] == "ok"
        with contextlib.suppress(httpx.HTTPError):
            if APART in found:
                found[APART] = client.get(f"{settings.actions_url}/health").status_code == 200
    return found


def announce(settings: Settings, tell: Callable[[str], object]) -> int:
    """Wait until everything answers and tell the address. Gives an exit status."""
    began, told = time.monotonic(), 0
    while not all((found := _answers(settings)).values()):
        waited = time.monotonic() - began
        if waited > START_SECONDS:
            missing = ", ".join(name for name, up in found.items() if not up)
            tell(f"Still not up after {START_SECONDS} s: {missing}. Why stands in {settings.logs}.")
            return 1
        if waited // 3 > told:
            told = int(waited // 3)
            tell(f"starting … {waited:.0f} s")
            sys.stdout.flush()
        time.sleep(POLL_SECONDS)
    tell(f"Pas op de plaats is ready: {address(settings)}   (Ctrl-C stops it)")
    tell(f"For coordinators: {dashboard(settings)}")
    return 0


def free_port() -> int:
    """A port on loopback that nobody uses, and that nobody else is given as long as this process lives.

    A socket that does not listen stays bound to it: Linux then gives the port to no other socket that asks for any, while a
    server that wants this one and allows reuse, as they all do, can listen on it.
    """
    held = socket.socket()
    atexit.register(held.close)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return int(held.getsockname()[1])


@contextlib.contextmanager
def own(
    settings: Settings, progress: Callable[[str], None], *apart: Literal["actions"], **environment: str
) -> Iterator[Settings]:
    """A whole system of one's own on free ports, its state in a temporary folder, stopped at the end; apart: what has a
    process of its own that otherwise has none.

    The trained models are shared with the usual state folder. Raises CannotStart when it does not come up.
    """
    with tempfile.TemporaryDirectory(prefix="pas-") as folder:
        settings.prepare()
        (Path(folder) / "models").symlink_to(settings.models.resolve())
        actions_port = free_port()
        mine = Settings(
            var=Path(folder),
            host="127.0.0.1",
            port=free_port(),
            engine_port=free_port(),
            actions_port=actions_port,
            actions_url=f"http://127.0.0.1:{actions_port}" if APART in apart else "",
            coordinator_host="127.0.0.1",
            coordinator_port=free_port(),
        )
        names: tuple[str, ...] = (
            "var",
            "host",
            "port",
            "engine_port",
            "actions_port",
            "coordinator_host",
            "coordinator_port",
        )
        names += ("actions_url",) if APART in apart else ()
        variables = {f"PAS_{name.upper()}": str(getattr(mine, name)) for name in names} | environment
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "up"],
            cwd=ROOT,
            # Its store is its own too, whatever the usual one is, and it is on no messenger.
            env={**{k: v for k, v in os.environ.items() if not k.startswith(_OWN)}, **variables},
            stdout=subprocess.DEVNULL,
            stderr=None,
            start_new_session=True,
        )
        try:
            _wait(mine, process, progress)
            yield mine
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(settings: Settings, process: subprocess.Popen[bytes], progress: Callable[[str], None]) -> None:
    began, told = time.monotonic(), 0
    # Training, when it is due, comes first and takes as long as it takes.
    while not all(_answers(settings).values()):
        if process.poll() is not None:
            raise CannotStart(f"The system did not start (exit status {process.returncode}).")
        waited = time.monotonic() - began
        if waited // 5 > told:
            told = int(waited // 5)
            progress(f"starting … {waited:.0f} s")
        time.sleep(POLL_SECONDS)


@contextlib.contextmanager
def running(settings: Settings, progress: Callable[[str], None]) -> Iterator[str]:
    """The address of the door: of the system that runs, or of one that is started for the occasion."""
    if all(_answers(settings).values()):
        yield address(settings)
        return
    with own(settings, progress, PAS_MESSAGES_PER_MINUTE="10000") as mine:
        yield address(mine)
