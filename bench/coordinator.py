"""How soon the coordinator's pages answer someone who is signed in: with ten thousand simulated talks, with fourteen scripts,
and with a million steps; when a page is drawn for the first time after a start, and after that."""

from __future__ import annotations

import asyncio
import datetime as dt
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import httpx
from sqlalchemy import Engine as Database

from bot.clock import utc_now
from bot.coordinator import charts
from bot.coordinator.accounts import Accounts
from bot.coordinator.app import create_app
from bot.coordinator.guard import COOKIE
from bot.coordinator.signed_in import SignedIn
from bot.coordinator.simulate import refill
from bot.coordinator.warm import at_hand
from bot.dialogue.talk import World
from bot.referrals.coaches import CoachList
from bot.scripts.library import publish
from bot.settings import Settings
from bot.store import open_store
from bot.store.database import sessions
from bot.store.published import Published, add_published
from bot.store.publishing import SMALLEST
from bot.validation import read_scripts
from tests.coordinator.cells import Half, many

PAGES = (
    "/", "/stromen", "/stromen?script=apk", "/stromen?script=stop&lengte=kort", "/stromen/apk/vraag",
    "/stromen/apk/vergelijk", "/bereik", "/begrip", "/uitvoer", "/inhoud", "/inhoud/oefeningen",
)  # fmt: skip
TAKEN = ("/uitvoer/cells.csv", "/uitvoer/steps.csv", "/uitvoer/steps.json", "/uitvoer/maand/{month}.pdf")
TALKS, SCRIPTS = 10_000, 14
AGAIN = 7
Fill = Callable[[Database, Settings], None]


class Size(NamedTuple):
    """What the pages are measured with: its name, how it is put there, and how many milliseconds a page may take."""

    name: str
    fill: Fill
    bar: int


def simulated(database: Database, settings: Settings) -> None:
    """Ten thousand talks of doctors who do not exist."""
    publish(read_scripts(), settings.published)
    began, worked = time.perf_counter(), time.process_time()
    cells = refill(database, World.read(settings, CoachList()), TALKS, 1, utc_now().date(), SMALLEST, lambda _: None)
    took, work = time.perf_counter() - began, time.process_time() - worked
    print(f"  simulated in {took:.0f} s ({work:.0f} s work, {work / TALKS * 1000:.1f} ms a talk): {cells} cells")


def made_up(runs: int, weeks: int, size: int, count: int) -> Fill:
    """Cells that were drawn by lot, of so many scripts."""

    def fill(database: Database, settings: Settings) -> None:
        scripts = many(count)
        publish(scripts, settings.published)
        half = Half(scripts=scripts)
        with sessions(database).begin() as session:
            add_published(session, half.cells(runs, weeks, size), half.tallies(weeks))

    return fill


SIZES = (
    Size(f"{TALKS:,} talks", simulated, 300),
    Size(f"{TALKS:,} talks in {SCRIPTS} scripts", made_up(TALKS, 26, 20, SCRIPTS), 300),
    Size("a million steps", made_up(55_000, 156, 30, SCRIPTS), 1000),
)


def main() -> int:
    """Measure and print. Gives an exit status."""
    charts.warm()
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="pas-bench-") as folder:
            asyncio.run(_measure(size, Settings(var=Path(folder))))
    return 0


async def _measure(size: Size, settings: Settings) -> None:
    print(f"{size.name}:")
    settings.prepare()
    store = open_store(settings)
    store.prepare()
    size.fill(store.database, settings)
    name = Accounts(store.database, store.review).add("bench", "vier bomen langs de vaart", "editor").name
    token = SignedIn(store.database).begin(name, utc_now())
    cells = Published(store.database).cells()
    steps = sum(len(cell.figures["steps"]) * cell.runs for cell in cells)
    print(f"  {len(cells)} cells of {sum(cell.runs for cell in cells)} runs, up to {steps} steps")
    app = create_app(settings)
    began = time.perf_counter()
    at_hand(app.state.context)
    print(f"  what is read beside the pages at the start: {(time.perf_counter() - began) * 1000:.0f} ms")
    last = max(cells, key=lambda cell: cell.last).last - dt.timedelta(weeks=5)
    transport = httpx.ASGITransport(app=app)
    slowest = 0.0
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", cookies={COOKIE: token}) as client:
        for page in (*PAGES, *TAKEN):
            address = page.format(month=f"{last:%Y-%m}")
            first, again = await _asked(client, address)
            if page in PAGES:
                slowest = max(slowest, first.work)
            print(
                f"  {address}: {first.took:.0f} ms when it is drawn (of which {first.work:.0f} ms work), "
                f"{again.took:.0f} ms after that ({again.work:.0f} ms work)"
            )
    held = "held" if slowest <= size.bar else "NOT HELD"
    print(f"  the page with most work: {slowest:.0f} ms, of {size.bar} ms that it may take: {held}")
    store.close()


class Asked(NamedTuple):
    """How many milliseconds a page took, and how many of them this process was at work."""

    took: float
    work: float


async def _asked(client: httpx.AsyncClient, address: str) -> tuple[Asked, Asked]:
    """The first time, and the median of some more."""
    found = []
    for _ in range(AGAIN + 1):
        began, worked = time.perf_counter(), time.process_time()
        (await client.get(address)).raise_for_status()
        found.append(Asked((time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000))
    again = Asked(*(statistics.median(column) for column in zip(*found[1:], strict=True)))
    return found[0], again


if __name__ == "__main__":
    sys.exit(main())
