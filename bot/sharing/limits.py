"""How often is too often: counted for all doors together in Redis, and by each for itself while that is away."""

from __future__ import annotations

import math
import time
from ipaddress import IPv4Address, ip_address, ip_network

from limits import RateLimitItem
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from bot.sharing.shared import Away, Shared

SHARED_BITS = 64
SWEEP_SECONDS = 60


def counted_as(host: str) -> str:
    """What an address of the network is counted as: of IPv6 its first 64 bits, which is what one household or office has
    and can draw as many addresses from as it likes."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, SHARED_BITS), strict=False))


class _Storage(MemoryStorage):  # type: ignore[misc]
    """Lets go of what is over once in a while. By itself it asks a thread about everyone who was counted, again and again:
    two hundred doctors kept a core busy with that.
    """

    def __init__(self) -> None:
        self._swept = -math.inf
        super().__init__()

    async def _MemoryStorage__schedule_expiry(self) -> None:
        if time.monotonic() - self._swept >= SWEEP_SECONDS:
            self._swept = time.monotonic()
            await super()._MemoryStorage__schedule_expiry()


class Limiter:
    """Counts in a window that moves along."""

    def __init__(self, shared: Shared | None = None) -> None:
        self._shared = shared
        self._own = MovingWindowRateLimiter(_Storage())

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
    wait = max(1, round(float(window.reset_time) - time.time()) + 1)
    if wait > limit.get_expiry() + 1:
        # The clock was put back, and what was counted lies ahead of it: nobody is to wait until that is past.
        await limiter.clear(limit, kind, key)
        return None if await limiter.hit(limit, kind, key) else limit.get_expiry()
    return wait
