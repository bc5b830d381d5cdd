"""The commands, as they are typed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bot.commands import scripts
from bot.settings import ROOT, Settings


def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """A command of the project, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def in_system(system: Settings) -> dict[str, str]:
    """The environment of the system that runs for the tests."""
    ports = {"PAS_PORT": system.port, "PAS_ENGINE_PORT": system.engine_port, "PAS_ACTIONS_PORT": system.actions_port}
    return {"PAS_VAR": str(system.var), **{name: str(port) for name, port in ports.items()}}


def test_the_preview_as_text_shows_every_question_with_its_branches() -> None:
    shown = run("preview", "apk", "--text")
    assert shown.returncode == 0
    assert "Wie ben jij op je best?" in shown.stdout and "als (lengte volledig) of (keuze = kern)" in shown.stdout


def test_the_preview_of_a_script_that_is_not_there_says_which_there_are() -> None:
    shown = run("preview", "niets")
    assert shown.returncode == 1
    assert "apk" in shown.stderr and "Traceback" not in shown.stderr


def test_the_preview_gives_its_address_serves_the_page_on_this_machine_and_stops_at_ctrl_c() -> None:
    command = [sys.executable, "-m", "bot", "preview", "apk"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        address = next(word for word in process.stdout.readline().split() if word.startswith("http"))
        assert address.startswith("http://127.0.0.1:")
        page = httpx.get(address, timeout=30, trust_env=False)
        assert page.status_code == 200 and "Loop erdoorheen" in page.text
        process.send_signal(signal.SIGINT)
        assert process.wait(20) in (0, 130)
        assert process.stderr.read() == ""


def test_a_taken_port_for_the_preview_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        shown = run("preview", "apk", "--port", str(taken.getsockname()[1]))
    assert shown.returncode == 1 and "bezet" in shown.stderr and "Traceback" not in shown.stderr


def test_the_validator_finds_nothing_and_says_which_dutch_is_in_use() -> None:
    shown = run("validate")
    assert shown.returncode == 0, shown.stdout
    assert "nl_core_news_sm" in shown.stderr


def test_what_was_checked_and_made_live_is_known_until_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Settings(var=tmp_path)
    assert not scripts.is_live(place)
    assert run("publish", PAS_VAR=str(tmp_path)).returncode == 0
    assert scripts.is_live(place)
    script = next(place.published.glob("apk.*.json"))
    whole = script.read_bytes()
    script.write_bytes(whole[:100])
    assert not scripts.is_live(place)
    script.write_bytes(whole)
    assert scripts.is_live(place)
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(scripts, "DATA", tmp_path / "data")
    monkeypatch.setattr("bot.fingerprints.ROOT", Path("/"))
    assert not scripts.is_live(place)


def test_a_talk_in_a_file_is_printed_with_both_sides(system: Settings, tmp_path: Path) -> None:
    lines = tmp_path / "gesprek.txt"
    lines.write_text("# een opmerking\nik wil de loopbaan-APK doen\nkort\n4\n\npauze\n", encoding="utf-8")
    shown = run("talk", "--script", str(lines), **in_system(system))
    assert shown.returncode == 0, shown.stderr
    assert [row for row in shown.stdout.splitlines() if row.startswith("▸")] == [
        "▸ ik wil de loopbaan-APK doen",
        "▸ kort",
        "▸ 4",
        "▸ pauze",
    ]
    assert "Vraag 2 van 9" in shown.stdout


def test_a_talk_is_typed_too(system: Settings) -> None:
    shown = run("talk", stdin="hallo\n", **in_system(system))
    assert shown.returncode == 0 and shown.stdout.count("◂") >= 3


def test_messages_are_read_one_a_line_in_the_same_order() -> None:
    lines = [{"text": "ik wil de loopbaan-APK doen"}, {"text": "vorige vraag", "context": "script"}, {"text": ""}]
    shown = run("parse", stdin="\n".join(json.dumps(line) for line in lines))
    assert shown.returncode == 0, shown.stderr
    read = [json.loads(row) for row in shown.stdout.splitlines()]
    assert [set(r) for r in read] == [{"text", "act", "topic", "risk", "subject", "cues"}] * 3
    assert [(r["act"], r["topic"]) for r in read] == [("start", "apk"), ("terug", "geen"), ("vertellen", "geen")]


@pytest.mark.parametrize("line", ["geen json", "[]", '{"tekst": "a"}', '{"text": 1}', '{"text": "a", "context": "x"}'])
def test_a_line_that_is_no_message_is_named_and_nothing_is_guessed(line: str) -> None:
    shown = run("parse", stdin=f"{line}\n")
    assert shown.returncode == 2
    assert "line 1" in shown.stderr and shown.stdout == ""


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        shown = run("up", PAS_PORT=port)
    assert shown.returncode == 1
    assert shown.stderr.strip().splitlines() == [shown.stderr.strip()]
    assert port in shown.stderr and "PAS_PORT" in shown.stderr


def test_a_setting_that_is_not_valid_is_one_clear_line() -> None:
    shown = run("up", PAS_PORT="veel")
    assert shown.returncode == 1
    assert "PAS_PORT" in shown.stderr and "Traceback" not in shown.stderr


def test_a_state_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "bestand").write_text("", encoding="utf-8")
    shown = run("train", PAS_VAR=str(tmp_path / "bestand" / "var"))
    assert shown.returncode == 1
    assert len(shown.stderr.strip().splitlines()) == 1


def test_a_damaged_model_is_not_loaded_and_said_in_one_line(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "abc.tar.gz").write_bytes(b"iets anders")
    (models / "current.json").write_text('{"fingerprint": "abc", "sha256": "0"}', encoding="ascii")
    shown = run("serve-engine", PAS_VAR=str(tmp_path))
    assert shown.returncode == 1
    assert "damaged" in shown.stderr and "Traceback" not in shown.stderr


def test_what_is_made_at_first_start_only_its_owner_can_read(tmp_path: Path) -> None:
    mine = Settings(var=tmp_path / "var")
    secret = mine.secret("loopback")
    assert secret == mine.secret("loopback")
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "var" / "loopback.secret").stat().st_mode & 0o777 == 0o600
