"""Debian's Chromium, for the pictures, the benchmarks and the tests of the page."""

from __future__ import annotations

import shutil

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
# Whether nothing of a talk on the page is under way any more.
ANSWERED = "() => !document.querySelector('#typing') && !document.querySelector('.pending')"


def chromium() -> str:
    """Where it is. Raises SystemExit, saying what to do, when it is nowhere."""
    found = shutil.which("chromium")
    if found is None:
        raise SystemExit("Chromium is needed: apt-get install chromium")
    return found
