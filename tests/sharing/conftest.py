"""A Redis of our own, and doors that share it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.sharing.order import Order
from bot.sharing.shared import Shared
from tests.sharing.servers import RedisServer

SECRET = "a secret that the doors share"


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis with nothing in it."""
    started = RedisServer(tmp_path)
    yield started
    started.kill()


@asynccontextmanager
async def door(server: RedisServer, *, lives: bool = True) -> AsyncIterator[tuple[Order, Shared]]:
    """What one door has of what is shared; lives: it says so every moment."""
    shared = Shared(server.url, SECRET)
    order = Order(shared)
    living = asyncio.create_task(order.live()) if lives else None
    try:
        yield order, shared
    finally:
        if living:
            living.cancel()
            with suppress(asyncio.CancelledError):
                await living
        await shared.close()
