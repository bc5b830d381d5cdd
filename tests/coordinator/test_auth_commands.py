"""Accounts by command, and how the dashboard is started."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from bot import commands
from bot.__main__ import main
from bot.settings import ROOT, Settings
from bot.supervision import CannotStart, _configuration, announce, check, dashboard, free_port
from tests.coordinator.conftest import PASSWORD
from tests.test_commands import run

OTHER = "vier bomen langs de weg"


def test_an_account_is_made_as_it_is_typed(tmp_path: Path) -> None:
    made = run("coordinator", "add", "anna", "--role", "editor", stdin=f"{PASSWORD}\n", PAS_VAR=str(tmp_path))
    assert made.returncode == 0, made.stderr
    assert "otpauth://totp/" in made.stdout and PASSWORD not in made.stdout + made.stderr


def test_accounts_are_made_listed_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = at(tmp_path)
    monkeypatch.setattr(commands, "_settings", lambda: chosen)

    def typed(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        status = main(["coordinator", *arguments])
        return status, *capsys.readouterr()

    for password in ("kort", ""):
        status, shown, said = typed("add", "anna", "--role", "reader", stdin=f"{password}\n")
        assert (status, shown, len(said.splitlines())) == (1, "", 1)
    assert typed("add", "anna", "--role", "reader", stdin=f"{PASSWORD}\n")[0] == 0
    status, _, said = typed("add", "anna", "--role", "editor", stdin=f"{PASSWORD}\n")
    assert status == 1 and "already" in said
    assert typed("list") == (0, "anna\treader\n", "")
    assert typed("remove", "anna")[0] == 0
    status, _, said = typed("remove", "anna")
    assert status == 1 and "no account" in said


def test_on_a_terminal_the_password_is_asked_twice_and_not_shown(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "coordinator", "add", "anna", "--role", "reader"],
        cwd=ROOT,
        env={**os.environ, "PAS_VAR": str(tmp_path)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    for password, asked in ((PASSWORD, b"Password: "), (OTHER, b"Once more: ")):
        while asked not in shown:
            shown += os.read(ours, 1024)
        os.write(ours, f"{password}\n".encode())
    try:
        while part := os.read(ours, 1024):
            shown += part
    except OSError:
        pass  # How a terminal ends on Linux.
    os.close(ours)
    assert process.wait(30) == 1
    assert b"not the same" in shown
    assert PASSWORD.encode() not in shown and OTHER.encode() not in shown


def at(folder: Path, **more: object) -> Settings:
    """Settings on a state folder and free ports of their own."""
    ports = {name: free_port() for name in ("port", "engine_port", "actions_port", "coordinator_port")}
    chosen = Settings.model_validate({"var": folder, **ports, **more})
    chosen.prepare()
    return chosen


def test_the_dashboard_runs_under_the_supervisor_without_a_master_key(tmp_path: Path) -> None:
    configuration = _configuration(at(tmp_path))
    part = configuration.partition("[program:coordinator]")[2].partition("[program:")[0]
    assert "-m bot serve-coordinator" in part and "coordinator.log" in part
    assert 'environment = PAS_MASTER_KEY=""' in part


def test_a_taken_port_of_the_dashboard_is_told(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        chosen = at(tmp_path, coordinator_port=taken.getsockname()[1])
        with pytest.raises(CannotStart, match="PAS_COORDINATOR_PORT"):
            check(chosen)


def test_when_all_is_ready_its_address_is_told_without_waiting_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = at(tmp_path)
    told: list[str] = []
    monkeypatch.setattr("bot.supervision._answers", lambda settings: dict.fromkeys(("door", "engine", "actions"), True))
    assert announce(chosen, told.append) == 0
    assert any(dashboard(chosen) in line for line in told)


def test_the_demo_account_is_shown_once_and_only_on_the_machine_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outside, inside = at(tmp_path / "b", coordinator_host="0.0.0.0"), at(tmp_path / "a")
    for chosen, first in ((outside, False), (inside, True)):
        monkeypatch.setattr(commands, "_settings", lambda chosen=chosen: chosen)
        commands._show_demo(chosen)
        assert ("otpauth://" in capsys.readouterr().out) is first
        commands._show_demo(chosen)
        assert capsys.readouterr().out == ""
    assert not list(inside.logs.iterdir())


def test_the_dashboard_is_served_at_its_own_address(tmp_path: Path) -> None:
    import httpx

    chosen = at(tmp_path)
    variables = {"PAS_VAR": str(tmp_path), "PAS_COORDINATOR_PORT": str(chosen.coordinator_port), "PAS_MASTER_KEY": ""}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve-coordinator"], cwd=ROOT, env={**os.environ, **variables}
    )
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), trust_env=False, timeout=20) as client:
            answer = client.get(f"{dashboard(chosen)}/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/inloggen")
        assert "server" not in answer.headers
    finally:
        process.terminate()
        process.wait(timeout=10)
    assert not (chosen.keys / "master.key").exists()
