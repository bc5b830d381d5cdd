"""How often is too often: counted for all doors together in Redis, and by each for itself while that is away."""

from __future__ import annotations

import time

from limits import RateLimitItem
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from bot.sharing.shared import Away, Shared


class Limiter:
    """Counts in a window that moves along."""

    def __init__(self, shared: Shared | None = None) -> None:
        self._shared = shared
        self._own = MovingWindowRateLimiter(MemoryStorage())

    async def refused(self, limit: RateLimitItem, kind: str, key: str) -> int | None:
        """Count one; None when it is allowed, else how many seconds to wait."""
        if shared := self._shared:
            name = shared.name(kind, key)
            try:
                return await shared.ask(lambda: _counted(shared.limiter, limit, kind, name))
            except Away:
                # Refusing everyone would do more harm than letting each door count for itself for as long.
                pass
        return await _counted(self._own, limit, kind, key)


async def _counted(limiter: MovingWindowRateLimiter, limit: RateLimitItem, kind: str, key: str) -> int | None:
    if await limiter.hit(limit, kind, key):
        return None
    window = await limiter.get_window_stats(limit, kind, key)
    return max(1, round(float(window.reset_time) - time.time()) + 1)
