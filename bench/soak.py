"""Twenty thousand turns on end: does memory grow, or the number of open files, or what is stored beyond what retention allows?"""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
import time
from pathlib import Path

import psutil
from sqlalchemy import func, select

from bench import load
from bench.compare import NO_LIMITS
from bench.recorded import record
from bot.clock import utc_now
from bot.settings import Settings, settings
from bot.store import open_store
from bot.store.publishing import publish
from bot.store.retention import sweep
from bot.store.tables import Base
from bot.supervision import NEEDED, address, own

TURNS, PARTS, DOCTORS = 20_000, 20, 8
# What a process learns and keeps, it has by then.
WARM = 5


def main() -> int:
    """Measure and print. Gives an exit status: 1 when memory grew by more than 5 % after the first quarter."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else TURNS
    with own(settings(), print, **NO_LIMITS) as system:
        processes = _processes(system.var)
        talks = [[turn.said for turn in talk.turns] for talk in record(address(system))]
        seen: list[dict[str, float]] = []
        done, began = 0, time.monotonic()
        while done < turns:
            done += asyncio.run(_part(address(system), talks, turns // PARTS))
            seen.append({name: process.memory_info().rss / 2**20 for name, process in processes.items()})
            files = {name: process.num_fds() for name, process in processes.items()}
            memory = "  ".join(f"{name} {size:.0f} MB, {files[name]} files" for name, size in seen[-1].items())
            print(f"{done} turns, {done / (time.monotonic() - began):.1f} a second: {memory}", flush=True)
        grown = {name: seen[-1][name] / seen[WARM - 1][name] - 1 for name in processes}
        print("grown since a quarter of it: " + ", ".join(f"{name} {by:+.1%}" for name, by in grown.items()))
        before = _rows(system)
        store = open_store(system)
        later = utc_now() + dt.timedelta(days=system.retention_days + 1)
        sweep(store, later, system.retention_days)
        publish(store.database, later.date(), system.smallest)
        store.close()
        after = _rows(system)
        print(
            "rows, and after the days that talks are kept: "
            + ", ".join(f"{t} {n} -> {after.get(t, 0)}" for t, n in before.items())
        )
        return 0 if all(by <= 0.05 for by in grown.values()) else 1


def _processes(var: Path) -> dict[str, psutil.Process]:
    supervisor = psutil.Process(int((var / "supervisor.pid").read_text(encoding="ascii")))
    found = {" ".join(one.cmdline()): one for one in supervisor.children()}
    return {name: next(one for line, one in found.items() if f"serve-{name}" in line) for name in NEEDED}


async def _part(base: str, talks: list[list[str]], turns: int) -> int:
    async with load.client_of(base) as client:
        return len((await load.play(load.ours(client), talks, DOCTORS, 3600, turns)).turns)


def _rows(system: Settings) -> dict[str, int]:
    store = open_store(system)
    try:
        with store.database.connect() as connection:
            found = {
                table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
                for table in Base.metadata.sorted_tables
            }
    finally:
        store.close()
    return {name: count for name, count in found.items() if count}


if __name__ == "__main__":
    sys.exit(main())
