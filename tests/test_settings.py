"""Secrets: made whole, read by their owner only, and never empty."""

from __future__ import annotations

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.gentle import bound
from bot.settings import ROOT, SecretTrouble, Settings
from bot.supervision import CannotStart, check, free_port


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    chosen = Settings(var=tmp_path)
    assert len(chosen.secret("loopback")) >= 32
    assert chosen.secret("loopback") == Settings(var=tmp_path).secret("loopback") != chosen.secret("channel")
    assert (tmp_path / "loopback.secret").stat().st_mode & 0o777 == 0o600


def test_many_that_start_at_once_have_the_same_secret_and_leave_nothing_beside_it(tmp_path: Path) -> None:
    for round_ in range(20):
        with ThreadPoolExecutor(8) as pool:
            found = set(pool.map(lambda _, name=f"s{round_}": Settings(var=tmp_path).secret(name), range(8)))
        assert len(found) == 1
    assert {path.name for path in tmp_path.iterdir()} >= {"s0.secret", "s19.secret"}
    assert not list(tmp_path.glob(".s*"))


@pytest.mark.parametrize("content", ["", "\n", "kort"])
def test_an_empty_secret_lets_nobody_in(tmp_path: Path, content: str) -> None:
    (tmp_path / "loopback.secret").write_text(content, encoding="ascii")
    (tmp_path / "loopback.secret").chmod(0o600)
    with pytest.raises(SecretTrouble, match=r"loopback\.secret is empty"):
        Settings(var=tmp_path).secret("loopback")


def test_a_secret_that_others_can_read_is_refused_and_it_is_said_what_to_do(tmp_path: Path) -> None:
    chosen = Settings(var=tmp_path)
    chosen.secret("channel")
    (tmp_path / "channel.secret").chmod(0o640)
    with pytest.raises(SecretTrouble, match="chmod 600"):
        chosen.secret("channel")


def test_nothing_starts_on_a_secret_that_cannot_be_used(tmp_path: Path) -> None:
    chosen = Settings(
        var=tmp_path, port=free_port(), engine_port=free_port(), actions_port=free_port(), coordinator_port=free_port()
    )
    chosen.prepare()
    (tmp_path / "loopback.secret").touch(mode=0o600)
    with pytest.raises(CannotStart, match=r"loopback\.secret is empty"):
        check(chosen)


def test_a_door_on_a_secret_that_cannot_be_used_says_so_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "loopback.secret").touch(mode=0o600)
    tmp_path.chmod(0o700)
    shown = subprocess.run(
        [sys.executable, "-m", "bot", "serve-door"],
        cwd=ROOT,
        env={"PAS_VAR": str(tmp_path), "PAS_PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert shown.returncode == 1
    assert len(shown.stderr.splitlines()) == 1 and "loopback.secret is empty" in shown.stderr


def test_a_free_port_is_given_to_nobody_else_and_can_be_listened_on() -> None:
    port = free_port()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))
    for _ in range(2):
        with bound("127.0.0.1", port) as listening:
            listening.listen()
            socket.create_connection(("127.0.0.1", port), 5).close()
