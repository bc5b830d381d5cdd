"""How soon the coordinator's pages with figures answer: ten thousand runs, and a million steps; first drawn, then again."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bot.coordinator import charts
from tests.coordinator.cells import Half
from tests.coordinator.serving import add, app_of, context_of

PAGES = (
    "/stromen", "/stromen?script=apk", "/stromen?script=stop&lengte=kort", "/stromen/apk/vraag", "/stromen/apk/vergelijk",
    "/bereik", "/begrip", "/uitvoer", "/uitvoer/cells.csv", "/uitvoer/steps.json", "/uitvoer/maand/2026-08.pdf",
)  # fmt: skip
# Runs, weeks, and how large a cell is; a run has some twenty steps.
SIZES = {"10,000 runs": (10_000, 26, 20), "a million steps": (55_000, 156, 30)}
AGAIN = 7


def main() -> int:
    """Measure and print. Gives an exit status."""
    for name, (runs, weeks, size) in SIZES.items():
        with tempfile.TemporaryDirectory(prefix="pas-bench-") as folder:
            asyncio.run(_measure(name, Path(folder), runs, weeks, size))
    return 0


async def _measure(name: str, folder: Path, runs: int, weeks: int, size: int) -> None:
    context = context_of(folder)
    cells = list(Half().cells(runs, weeks, size))
    add(context, cells, Half().tallies(weeks))
    told = sum(len(cell.figures["steps"]) * cell.runs for cell in cells)
    print(f"{name}: {len(cells)} cells of {sum(cell.runs for cell in cells)} runs, up to {told} steps")
    app = app_of(context)
    charts.warm()
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://dashboard") as client:
        began = time.perf_counter()
        (await client.get("/uitvoer")).raise_for_status()
        print(f"  reading it all, once after each publication: {(time.perf_counter() - began) * 1000:.0f} ms")
        for page in PAGES:
            times, busy = [], []
            for _ in range(AGAIN + 1):
                began, worked = time.perf_counter(), time.process_time()
                (await client.get(page)).raise_for_status()
                times.append((time.perf_counter() - began) * 1000)
                busy.append((time.process_time() - worked) * 1000)
            print(
                f"  {page}: {times[0]:.0f} ms when it is drawn (of which {busy[0]:.0f} ms work), "
                f"{statistics.median(times[1:]):.0f} ms after that ({statistics.median(busy[1:]):.0f} ms work)"
            )
    context.database.dispose()


if __name__ == "__main__":
    sys.exit(main())
