"""A whole system under its supervisor, of which parts are stopped and started."""

from __future__ import annotations

import subprocess
import sys
import time

import httpx

from bot.settings import ROOT, Settings
from bot.supervision import address
from tests.processes import ASKER, status


def control(system: Settings, *words: str) -> str:
    """What the supervisor answers."""
    command = [sys.executable, "-m", "supervisor.supervisorctl", "-c", str(system.var / "supervisord.conf"), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def until_up(system: Settings) -> None:
    """Wait until everything answers again."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            health = ASKER.get(f"{address(system)}/health").json()
            apart = [system.actions_url] if system.actions_url else []
            if health["engine"] == "ok" and all(status(f"{one}/health") == 200 for one in apart):
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError("it did not come up again")
