"""What can be taken along: every table as CSV and JSON, and a report of each month as PDF."""

from __future__ import annotations

import re
from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from bot.coordinator import exporting, monthly
from bot.coordinator.context import Context
from bot.coordinator.showing import Look, look
from bot.coordinator.tables import Table, to_csv, to_json
from bot.referrals.directory import Directory

TABLES = ("cells", "steps", "durations", "referrals", "acts", "cues", "tallies")
MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def router(context: Context) -> APIRouter:
    """The page of exports, and the exports."""
    routes = APIRouter()

    @routes.get("/uitvoer")
    def overview(request: Request) -> HTMLResponse:
        seen = look(context, request)
        months = [(f"{year}-{month:02}", seen.words.month(year, month)) for year, month in monthly.months(seen)]
        return context.page(request, "uitvoer", look=seen, tables=TABLES, months=months)

    @routes.get("/uitvoer/maand/{month}.pdf")
    def report(request: Request, month: str) -> Response:
        found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", month, re.ASCII)
        seen = look(context, request)
        wanted = (int(found[1]), int(found[2])) if found else None
        if wanted is None or wanted not in monthly.months(seen):
            raise HTTPException(404)
        content = monthly.report(seen, context.directory, *wanted, context.clock())
        return _download(content, "application/pdf", _name(seen, f"maand-{month}", "pdf"))

    @routes.get("/uitvoer/{name}.{kind}")
    def table(request: Request, name: str, kind: str) -> Response:
        if name not in TABLES or kind not in MEDIA:
            raise HTTPException(404)
        seen = look(context, request)
        made = _table(seen, name, context.directory)
        text = context.text
        content = (
            to_json(made) if kind == "json" else to_csv(made, seen.words.hidden, text("flows_ja"), text("flows_nee"))
        )
        return _download(content.encode(), MEDIA[kind], _name(seen, name, kind))

    return routes


def _table(seen: Look, name: str, directory: Directory) -> Table:
    heading = seen.words.heading
    makers: dict[str, Callable[[], Table]] = {
        "cells": lambda: exporting.cells(seen.cells, heading),
        "steps": lambda: exporting.steps(seen.cells, heading),
        "durations": lambda: exporting.durations(seen.cells, heading),
        "referrals": lambda: exporting.referrals(seen.cells, heading, directory),
        "acts": lambda: exporting.acts(seen.cells, heading),
        "cues": lambda: exporting.cues(seen.cells, heading),
        "tallies": lambda: exporting.tallies(seen.tallies, heading),
    }
    return makers[name]()


def _name(seen: Look, name: str, kind: str) -> str:
    """The name of a file; what was simulated says so also when it was moved elsewhere."""
    return f"pas-op-de-plaats-{name}{'-gesimuleerd' if seen.choice.simulated else ''}.{kind}"


def _download(content: bytes, media: str, name: str) -> Response:
    return Response(content, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, media)
