"""A door by itself: no engine behind it, the usual limits, a state folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.scripts.library import publish
from bot.settings import ROOT, Settings
from bot.supervision import address, free_port
from bot.validation import read_scripts


@pytest.fixture(scope="package")
def lone_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The door alone."""
    folder: Path = tmp_path_factory.mktemp("door")
    mine = Settings(var=folder, port=free_port(), engine_port=free_port(), actions_port=free_port())
    mine.prepare()
    publish(read_scripts(), mine.published)
    variables = {"PAS_VAR": folder, "PAS_PORT": mine.port, "PAS_ENGINE_PORT": mine.engine_port}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve-door"],
        cwd=ROOT,
        env={**os.environ, **{k: str(v) for k, v in variables.items()}, "PAS_CONVERSATIONS_PER_MINUTE": "100000"},
    )
    try:
        deadline = time.monotonic() + 30
        while not _up(mine):
            assert process.poll() is None and time.monotonic() < deadline, "the door did not open"
        yield mine
    finally:
        process.terminate()
        process.wait(timeout=10)


def _up(settings: Settings) -> bool:
    try:
        return httpx.get(f"{address(settings)}/health", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
