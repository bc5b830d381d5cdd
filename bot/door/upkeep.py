"""What the door does besides answering: making its store ready, and throwing away what was kept long enough."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from asyncio.subprocess import DEVNULL

from sqlalchemy.exc import SQLAlchemyError

from bot.door.desk import Desk
from bot.language import safety
from bot.memory import give_back
from bot.settings import ROOT, Settings
from bot.store import Store
from bot.store.masters import MasterKeyTrouble
from bot.store.pairing import NotPaired
from bot.store.publishing import publish
from bot.store.retention import sweep
from bot.store.schema import SchemaTrouble

logger = logging.getLogger(__name__)

PREPARE_SECONDS = 5
SWEEP_SECONDS = 3600
REVIEW_SECONDS = 1800


def settle() -> None:
    """What can wait until the door is open."""
    try:
        safety.compile_all()
    finally:
        give_back()


async def prepare(store: Store) -> None:
    """Make the store ready, again and again until that is done. The door opens all the same: the crisis panel needs no
    database."""
    told = ""
    while True:
        try:
            await asyncio.to_thread(store.prepare)
            return
        except (SchemaTrouble, NotPaired) as trouble:
            # Nothing can be read here, and what would be written would be lost: it is said so, until it is mended.
            logger.error("%s", trouble)
            store.close_off(trouble)
            return
        except (SQLAlchemyError, MasterKeyTrouble) as error:
            if told != (told := type(error).__name__):
                logger.error("the database cannot be used yet: %s", told)
        await asyncio.sleep(PREPARE_SECONDS)


async def sweep_now_and_then(ready: asyncio.Task[None], store: Store, settings: Settings, desk: Desk) -> None:
    """Throw away what was kept long enough, and anonymise what waits for it, at the start and every hour after that."""
    await asyncio.wait([ready])
    while True:
        try:
            desk.hearing.let_go()
            await asyncio.to_thread(sweep, store, desk.clock(), settings.retention_days)
            await asyncio.to_thread(publish, store.database, desk.clock().date(), settings.smallest)
            if await asyncio.to_thread(store.pieces.any_waiting):
                await _review(settings)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next hour tries again.
            logger.error("nothing was thrown away this hour: %s", type(error).__name__)
        await asyncio.sleep(SWEEP_SECONDS)


async def _review(settings: Settings) -> None:
    """Anonymise what waits for it in a process of its own: what that loads is gone again when it is done."""
    command = [sys.executable, "-m", "bot", "review"]
    environment = {**os.environ, "PAS_VAR": str(settings.var)}
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=DEVNULL, stderr=DEVNULL)
    try:
        await asyncio.wait_for(process.wait(), REVIEW_SECONDS)
    except (asyncio.CancelledError, TimeoutError):
        process.kill()
        raise
    if process.returncode:
        logger.error("the pieces that wait were not anonymised: exit status %s", process.returncode)
