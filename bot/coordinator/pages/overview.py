"""The first page: how much the scripts are used over time, and where to look further."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bot.coordinator.context import Context
from bot.coordinator.showing import look
from bot.store.published import Cell

# With many scripts a half-year has hundreds of rows; the pages of the flows have them all.
SHOWN = 20


@dataclass(frozen=True)
class Row:
    """How many runs of a script ended in the weeks from first to last (Mondays), and how many of them were finished; None
    where that cannot be told."""

    first: dt.date
    last: dt.date
    script: str
    begun: int
    finished: int | None


def router(context: Context) -> APIRouter:
    """The routes."""
    routes = APIRouter()

    @routes.get("/")
    def overview(request: Request) -> HTMLResponse:
        seen = look(context, request)
        rows = use(seen.cells, context.settings.smallest)
        return context.page(request, "overview", look=seen, rows=rows[:SHOWN], more=len(rows) > SHOWN, days=days)

    return routes


def use(cells: Iterable[Cell], smallest: int) -> list[Row]:
    """The use over time, the newest first. Every figure is a sum of whole cells; what one of them leaves out is left out of
    the sum too, and so is what is under the smallest count."""
    groups: dict[tuple[dt.date, dt.date, str], list[Cell]] = {}
    for cell in cells:
        groups.setdefault((cell.first, cell.last, cell.script), []).append(cell)
    rows = []
    for key, group in groups.items():
        begun = sum(cell.runs for cell in group)
        if begun >= smallest:
            rows.append(Row(*key, begun, _finished(group, begun, smallest)))
    return sorted(rows, key=lambda row: (-row.first.toordinal(), -row.last.toordinal(), row.script))


def _finished(group: list[Cell], begun: int, smallest: int) -> int | None:
    parts = [cell.figures.get("ends", {}).get("finished") for cell in group]
    if any(part is None for part in parts):
        return None
    finished = sum(parts)
    return finished if all(count == 0 or count >= smallest for count in (finished, begun - finished)) else None


def days(first: dt.date, last: dt.date) -> tuple[str, str]:
    """The first day and the last of the weeks between two Mondays."""
    return f"{first:%d-%m-%Y}", f"{last + dt.timedelta(days=6):%d-%m-%Y}"
