"""Whose turn it is in a talk: one message at a time, in the order in which they came, at whichever door.

In Redis a talk has a queue; who is first in it has the turn. Who is done wakes the next one, so nobody keeps asking. A door
says every moment that it lives; who stands in line of a door that does not is passed over. Redis may lose all of this, or a
door may stop for so long that it is taken for dead: then two may have the turn at once, and the version of the talk in the
database lets only one of them count. So this is for order, and never for safety of what is stored.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from bot.sharing.shared import Away, Shared

# A door that says nothing for so long is taken for dead; it says something several times in that time.
LIFE_SECONDS = 5.0
SAY_SECONDS = 1.5
# How much longer than that is waited before looking again.
_GRACE_SECONDS = 0.05
# What nobody asks for any more goes by itself.
_KEPT_MS = 600_000
_DOOR, _QUEUE, _WAKE = "pas:door:", "pas:queue:", "pas:wake:"

# Stand in line if I do not yet, pass over whose door is dead, and say whether I am first; else how long the door of who is
# first is known to live.
_STAND = f"""
local queue, me, door, life, kept = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
redis.call('SET', '{_DOOR}' .. door, 1, 'PX', life)
if not redis.call('LPOS', queue, me) then redis.call('RPUSH', queue, me) end
redis.call('PEXPIRE', queue, kept)
local passed = false
local first = redis.call('LINDEX', queue, 0)
local left = redis.call('PTTL', '{_DOOR}' .. string.match(first, '^[^/]+'))
while left < 0 do
  redis.call('LPOP', queue)
  passed = true
  first = redis.call('LINDEX', queue, 0)
  left = redis.call('PTTL', '{_DOOR}' .. string.match(first, '^[^/]+'))
end
if first == me then return -1 end
if passed then
  redis.call('RPUSH', '{_WAKE}' .. first, 1)
  redis.call('PEXPIRE', '{_WAKE}' .. first, kept)
end
return left
"""

# Leave the line, and wake who is first now if I was.
_LEAVE = f"""
local queue, me, kept = KEYS[1], ARGV[1], ARGV[2]
local was = redis.call('LINDEX', queue, 0)
redis.call('LREM', queue, 0, me)
redis.call('DEL', '{_WAKE}' .. me)
local first = redis.call('LINDEX', queue, 0)
if was == me and first then
  redis.call('RPUSH', '{_WAKE}' .. first, 1)
  redis.call('PEXPIRE', '{_WAKE}' .. first, kept)
end
return 0
"""


class Order:
    """Gives turns. Without Redis, or while it is away, only those at this door wait for each other."""

    def __init__(self, shared: Shared | None = None) -> None:
        self._shared = shared
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._door = secrets.token_hex(8)
        self._numbers = itertools.count()
        # Places in line that could not be left, as Redis was away: as long as this door lives, they would hold others up.
        self._owed: set[tuple[str, str]] = set()

    @contextlib.asynccontextmanager
    async def turn(self, talk: str, most: float | None = None) -> AsyncIterator[None]:
        """Have the turn in a talk. most: after so many seconds go on without it."""
        lock = self._locks.setdefault(talk, asyncio.Lock())
        async with contextlib.AsyncExitStack() as held:
            try:
                async with asyncio.timeout(most):
                    if self._shared:
                        await held.enter_async_context(self._first_in_line(self._shared, talk))
                    await held.enter_async_context(lock)
            except TimeoutError:
                if most is None:
                    raise
            yield

    @contextlib.asynccontextmanager
    async def _first_in_line(self, shared: Shared, talk: str) -> AsyncIterator[None]:
        place = _QUEUE + shared.name("turn", talk), f"{self._door}/{next(self._numbers)}"
        try:
            with contextlib.suppress(Away):
                await self._until_first(shared, *place)
            yield
        finally:
            self._owed.add(place)
            # Whoever hangs up must not take along that the next one is woken.
            await asyncio.shield(self._settle(shared, place))

    async def _until_first(self, shared: Shared, queue: str, me: str) -> None:
        arguments = me, self._door, int(LIFE_SECONDS * 1000), _KEPT_MS
        while (left := await shared.ask(lambda: _evaluated(shared, _STAND, queue, *arguments))) >= 0:
            wait = left / 1000 + _GRACE_SECONDS
            await shared.ask(partial(shared.redis.blpop, [_WAKE + me], wait), wait + LIFE_SECONDS)

    async def _settle(self, shared: Shared, place: tuple[str, str]) -> None:
        queue, me = place
        with contextlib.suppress(Away):
            await shared.ask(lambda: _evaluated(shared, _LEAVE, queue, me, _KEPT_MS))
            self._owed.discard(place)

    async def live(self) -> None:
        """Say every moment that this door lives, and leave the places that could not be left, until cancelled."""
        while shared := self._shared:
            with contextlib.suppress(Away):
                await shared.ask(lambda: _said(shared, self._door))
                for place in list(self._owed):
                    await self._settle(shared, place)
            await asyncio.sleep(SAY_SECONDS)


async def _evaluated(shared: Shared, script: str, queue: str, *arguments: Any) -> int:
    return int(await shared.redis.eval(script, 1, queue, *arguments))


async def _said(shared: Shared, door: str) -> None:
    await shared.redis.set(_DOOR + door, 1, px=int(LIFE_SECONDS * 1000))
