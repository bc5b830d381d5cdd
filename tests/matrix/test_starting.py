"""The command and the supervisor: what must be set, and the device that an operator compares."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import supervision
from bot.matrix.configured import missing
from bot.settings import ROOT, Settings
from tests.matrix.conftest import Bot
from tests.matrix.homeserver import Homeserver

WHOLE = {
    "matrix_homeserver": "https://matrix.example.nl",
    "matrix_user": "@pas:example.nl",
    "matrix_password_file": Path("wachtwoord"),
    "matrix_allowed_domains": "example.nl elders.nl",
}


def chosen(**changed: object) -> Settings:
    """Settings that are whole but for what is changed."""
    return Settings(**{**WHOLE, **changed})  # type: ignore[arg-type]


def test_what_is_missing_is_said_before_anything_is_started() -> None:
    assert missing(chosen()) == "" and chosen().matrix_allowed_domains == ["example.nl", "elders.nl"]
    for name, empty in (("matrix_user", ""), ("matrix_password_file", None), ("matrix_allowed_domains", [])):
        trouble = missing(chosen(**{name: empty}))
        assert f"PAS_{name.upper()}" in trouble
    with pytest.raises(supervision.CannotStart, match="PAS_MATRIX_USER"):
        supervision.check(chosen(matrix_user=""))


@pytest.mark.parametrize("address", ["http://matrix.example.nl", "matrix.example.nl", "ftp://x", "https://x/pad"])
def test_an_address_that_others_could_listen_to_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        chosen(matrix_homeserver=address)


def test_on_this_machine_http_will_do_and_a_slash_at_the_end_does_no_harm() -> None:
    assert chosen(matrix_homeserver="http://localhost:8008/").matrix_homeserver == "http://localhost:8008"
    with pytest.raises(ValidationError):
        chosen(matrix_user="pas")


def test_the_supervisor_starts_it_only_where_a_homeserver_is_set(tmp_path: Path) -> None:
    with_it = supervision._configuration(chosen(var=tmp_path))
    assert (
        "-m bot matrix\n" in with_it and "PAS_MASTER_KEY" not in with_it.partition("[program:matrix]")[2].split("[")[0]
    )
    assert "bot matrix" not in supervision._configuration(Settings(var=tmp_path, matrix_homeserver=""))


def test_the_device_that_is_printed_is_the_one_that_stays(system: Settings, homeserver: Homeserver) -> None:
    bot = Bot(system, homeserver, "toestel")
    variables = {
        "PAS_VAR": system.var,
        "PAS_MATRIX_HOMESERVER": homeserver.address,
        "PAS_MATRIX_USER": bot.user,
        "PAS_MATRIX_PASSWORD_FILE": bot.password,
        "PAS_MATRIX_ALLOWED_DOMAINS": "arts.test",
    }
    told = [
        subprocess.run(
            [sys.executable, "-m", "bot", "matrix", "--device"],
            cwd=ROOT,
            env={**os.environ, **{name: str(value) for name, value in variables.items()}},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    assert told[0] == told[1]
    found = dict(line.split("\t") for line in told[0].splitlines())
    assert found["account"] == bot.user and len(found["key"]) == 43
    devices = homeserver.get(f"/_synapse/admin/v2/users/{bot.user}/devices")["devices"]
    assert found["device"] in [device["device_id"] for device in devices]


def test_a_wrong_password_is_told_in_one_line(system: Settings, homeserver: Homeserver) -> None:
    bot = Bot(system, homeserver, "fout")
    bot.password.write_text("niet het wachtwoord")
    bot.start()
    assert bot.process is not None and bot.process.wait(timeout=60) == 1
    assert "No way into Matrix" in (system.var / "log" / "matrix.log").read_text()
