"""Measures the page with Lighthouse: the score of each category, on a phone as it throttles one, and on a desktop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bot.settings import ROOT, settings
from bot.supervision import address, own
from docs.browser import QUIET, chromium

PARTS = ROOT / "bench" / "lighthouse_parts"
CATEGORIES = "performance,accessibility,best-practices"


def main() -> int:
    """Measure and print. Gives an exit status."""
    bin_of_python = Path(sys.executable).parent
    path = f"{bin_of_python}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "CHROME_PATH": chromium()}
    print("fetching lighthouse …")
    fetch = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
    subprocess.run(fetch, cwd=PARTS, env=environment, check=True, stdout=subprocess.DEVNULL)
    with own(settings(), print) as system, tempfile.TemporaryDirectory() as folder:
        for preset in ("phone", "desktop"):
            report = Path(folder) / f"{preset}.json"
            command = [
                "node", str(PARTS / "node_modules" / "lighthouse" / "cli" / "index.js"), address(system), "--quiet",
                f"--chrome-flags=--headless=new {' '.join(QUIET)}", f"--only-categories={CATEGORIES}", "--output=json",
                f"--output-path={report}", *(["--preset=desktop"] if preset == "desktop" else []),
            ]  # fmt: skip
            subprocess.run(command, env=environment, check=True)
            found = json.loads(report.read_text(encoding="utf-8"))
            scores = {name: round(100 * one["score"]) for name, one in found["categories"].items()}
            below = [name for name, one in found["audits"].items() if one["score"] not in (None, 1)]
            print(f"{preset}: {scores}   below full marks: {', '.join(below) or 'nothing'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
