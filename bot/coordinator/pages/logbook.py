"""The log: who looked at or changed what."""

from __future__ import annotations

import asyncio
import datetime as dt
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from bot.coordinator.audit import Audit
from bot.coordinator.context import Context
from bot.coordinator.guard import editor

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MAX_ID = 2**31 - 1


def router(context: Context) -> APIRouter:
    """The routes."""
    routes = APIRouter(dependencies=[Depends(editor)])
    audit = Audit(context.database)

    @routes.get("/logboek")
    async def log(
        request: Request, wie: str = Query("", max_length=40), voor: int | None = Query(None, ge=1, le=MAX_ID)
    ) -> HTMLResponse:
        entries, older = await asyncio.to_thread(audit.last, wie, voor)
        return context.page(request, "logbook", entries=entries, older=older, who=wie, moment=_moment)

    return routes


def _moment(at: dt.datetime) -> str:
    """A minute as it was in Amsterdam."""
    return at.astimezone(AMSTERDAM).strftime("%d-%m-%Y %H:%M")
