"""What can be reached from another machine, and what is reached from here: neither more than is said."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from pydantic import ValidationError

from bot.coordinator.accounts import Made
from bot.door.origin import CHANNEL_HEADER, CHANNEL_SECRET, SECRET_HEADER
from bot.settings import ROOT, Settings
from bot.store import Store
from bot.store.coaches import StoredCoaches
from bot.store.database import sessions
from bot.supervision import address, free_port
from tests.answers import panel_in, problem
from tests.conftest import Doctor
from tests.faults.attack.attacking import (
    TO_FREE_TEXT,
    bearing,
    read,
    signed_in,
)
from tests.privacy.searching import processes
from tests.processes import Processes, door_alone


def listens(process: Path) -> set[tuple[str, int]]:
    """Where a process listens."""
    found = psutil.Process(int(process.name)).net_connections(kind="inet")
    return {(one.laddr.ip, one.laddr.port) for one in found if one.status == psutil.CONN_LISTEN}


def test_nothing_of_the_system_can_be_reached_from_another_machine(system: Settings) -> None:
    ports = {system.port, system.engine_port, system.coordinator_port}
    # Another door may run beside it for these tests.
    found = {where for process in processes(system) for where in listens(process)}
    assert ports <= {port for _, port in found}
    assert {host for host, _ in found} == {"127.0.0.1"}


def test_neither_metrics_nor_a_process_that_was_started_by_itself_can_be_reached_from_another_machine(
    frail: Processes,
) -> None:
    for name in frail.names:
        where = listens(Path("/proc") / str(frail.process_id(name)))
        wanted = {urlsplit(frail.address(name)).port, frail.metrics[name]}
        assert where == {("127.0.0.1", port) for port in wanted}


@contextlib.contextmanager
def waiting() -> Iterator[tuple[int, Callable[[], int]]]:
    """A port at which nobody has any business, and how many came there until now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def came() -> int:
            count = 0
            with contextlib.suppress(BlockingIOError):
                while True:
                    server.accept()[0].close()
                    count += 1
            return count

        port = int(server.getsockname()[1])
        yield port, came
        with socket.create_connection(("127.0.0.1", port)):
            assert came() == 1, "whoever comes must be seen"


def addresses(port: int) -> list[str]:
    """Texts with an address in them, in every form that something might fetch."""
    at = f"127.0.0.1:{port}"
    return [
        f"zie http://{at}/a?b=c voor wat ik bedoel",
        f"![plaatje](http://{at}/x.png) en [hier](http://{at}/y)",
        f'<img src="http://{at}/z"><link rel=stylesheet href=http://{at}/s>',
        f'#image("http://{at}/x.svg") #include "http://{at}/y.typ" #import "@{at}/a:1.0.0"',
        f"<!DOCTYPE a SYSTEM 'http://{at}/dtd'> \\\\{at}\\deel mxc://{at}/abc",
        f"${{jndi:ldap://{at}/a}} gopher://{at}/ ws://{at}/ ftp://{at}/",
    ]


@pytest.mark.parametrize("channel", ["web", "matrix"])
def test_no_address_that_a_doctor_writes_is_ever_fetched(system: Settings, channel: str) -> None:
    known = {CHANNEL_HEADER: channel, SECRET_HEADER: system.secret(CHANNEL_SECRET)} if channel == "matrix" else {}
    with waiting() as (port, came), httpx.Client(base_url=address(system), trust_env=False, timeout=60) as client:
        client.headers.update(known)
        client.headers.update(bearing(client.post("/api/conversation").json()["token"]))
        for text in (*TO_FREE_TEXT, *addresses(port), "ik ben klaar"):
            answer = client.post("/api/message", json={"id": str(uuid.uuid4()), "text": text})
            assert answer.status_code == 200
        for form in ("pdf", "md", "txt"):
            href = client.post("/api/report", json={"format": form}).json()["href"]
            assert client.get(href).status_code == 200
        assert f"127.0.0.1:{port}" in read(client.get("/api/export"))
        assert client.get("/health").json()["engine"] == "ok"
        assert came() == 0


def test_no_address_that_a_coordinator_gives_is_ever_fetched(
    system: Settings, store: Store, account: Callable[..., Made]
) -> None:
    coaches = StoredCoaches(sessions(store.database))
    before = coaches.all()
    with waiting() as (port, came), signed_in(system, store, account()) as editor:
        row = f'"VERZONNEN Iemand",apk,coaching,35,https://127.0.0.1:{port}/ik,,'
        listed = f"naam,themas,vormen,regios,web,telefoon,email\n{row}\n"
        try:
            sent = editor.form("/inhoud/coaches", files={"file": ("coaches.csv", listed, "text/csv")})
            assert sent.status_code == 303, sent.text
            assert f"127.0.0.1:{port}" in editor.get("/inhoud/coaches").text
            assert f"127.0.0.1:{port}" in editor.get("/inhoud/coaches.json").text
        finally:
            coaches.replace(before)
        assert came() == 0


@contextlib.contextmanager
def leading_elsewhere(to: int) -> Iterator[str]:
    """The address of something that takes the place of an engine, and sends whoever asks on to another port."""

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(307)
            self.send_header("Location", f"http://127.0.0.1:{to}/turn")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - as http.server wants it.

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_neither_a_redirect_nor_a_proxy_of_the_environment_takes_a_turn_elsewhere(tmp_path: Path) -> None:
    with waiting() as (port, came), leading_elsewhere(port) as engine:
        proxy = f"http://127.0.0.1:{port}"
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        with door_alone(tmp_path, PAS_ENGINE_URLS=engine, **dict.fromkeys(names, proxy)) as made:
            someone = Doctor(made.doors[0])
            problem(someone.post(text="hallo"), 503)
            assert someone.client.get("/health").json()["engine"] == "down"
            assert panel_in(someone.send(text="ik wil niet meer leven"))
            someone.close()
        assert came() == 0


NO_ADDRESSES = (
    "file:///etc/passwd", "ftp://127.0.0.1", "gopher://127.0.0.1:6379", "unix:///run/x.sock", "http://a@127.0.0.1",
    "http://a:b@127.0.0.1:8081", "http://127.0.0.1:8081/x", "http://127.0.0.1:8081?x", "http://127.0.0.1#x", "http://",
    "127.0.0.1:8081", "http://[::1]:8081", "http://127.0.0.1:8081\nhttp://kwaad.example", "javascript:alert(1)",
    "http://127.0.0.1:8081 http://kwaad.example", "HTTP://127.0.0.1:8081", "http://127.0.0.1:123456", "//127.0.0.1",
    "http://*.example.nl",
)  # fmt: skip


@pytest.mark.parametrize("given", NO_ADDRESSES)
def test_only_plain_addresses_of_http_are_taken_for_engines_actions_and_homeserver(given: str) -> None:
    for name in ("engine_urls", "actions_url", "matrix_homeserver"):
        with pytest.raises(ValidationError):
            Settings.model_validate({name: given})
    assert Settings.model_validate({"engine_urls": "http://engine-1:8081,https://engine-2"}).engine_urls


@pytest.mark.parametrize("setting", ["PAS_ENGINE_URLS", "PAS_ACTIONS_URL", "PAS_MATRIX_HOMESERVER", "PAS_REDIS_URL"])
def test_a_process_with_an_address_that_is_none_says_so_in_one_line_and_does_not_start(
    tmp_path: Path, setting: str
) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bot", "serve-door"],
        cwd=ROOT,
        env={"PAS_VAR": str(tmp_path), "PAS_PORT": str(free_port()), setting: "file:///etc/passwd"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1 and "root:" not in run.stderr
