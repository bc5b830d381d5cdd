"""Trying what imports Rasa, which takes half a gigabyte and leaves warnings about: in a process of its own."""

from __future__ import annotations

import subprocess
import sys

from bot.settings import ROOT


def printed_by(program: str) -> list[str]:
    """The lines that a program prints. Raises AssertionError with the end of what it complained of when it fails."""
    shown = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert shown.returncode == 0, shown.stderr[-800:]
    return shown.stdout.splitlines()
