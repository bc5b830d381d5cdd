"""The way to Redis, which may be away at any moment: whoever asks it must know what to do then."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter

from bot.settings import Settings

if TYPE_CHECKING:
    from redis.asyncio import Redis

logger = logging.getLogger(__name__)
Given = TypeVar("Given")

# How long an answer is waited for, and how long nothing is asked after there was none.
ANSWER_SECONDS = 0.5
AWAY_SECONDS = 3.0
SECRET = "shared"


class Away(Exception):
    """Redis does not answer."""


class Shared:
    """The Redis of these doors. Nothing is kept in it that could not be lost: names there are hashes with a secret."""

    def __init__(self, url: str, secret: str) -> None:
        """secret: what all who share know, and Redis does not."""
        # Who shares nothing need not wait for this at the start.
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
        from redis.exceptions import RedisError

        self._secret = secret.encode()
        # uvloop raises RuntimeError where a connection was closed before it is written to
        # (https://github.com/MagicStack/uvloop/issues/506).
        self._failures = (RedisError, OSError, asyncio.IncompleteReadError, RuntimeError)
        self._away_until = 0.0
        # Once more, as a connection that was open when Redis was restarted fails at its first use.
        options: dict[str, Any] = {
            "socket_connect_timeout": ANSWER_SECONDS,
            # Its own timeout may swallow that a task is cancelled (asyncio.wait_for in Python 3.11): ours is in ask().
            "socket_timeout": None,
            "retry": Retry(NoBackoff(), 1),
            "decode_responses": True,
        }
        self.redis: Redis = Redis.from_url(url, **options)
        self._storage = RedisStorage(f"async+{url}", implementation="redispy", key_prefix="pas", **options)
        self.limiter = MovingWindowRateLimiter(self._storage)

    def name(self, kind: str, what: str) -> str:
        """A name for something in Redis, which tells nothing of it without the secret."""
        return hmac.digest(self._secret, f"{kind}/{what}".encode("utf-8", "surrogatepass"), "sha256").hex()[:32]

    @property
    def away(self) -> bool:
        """Whether it did not answer a moment ago."""
        return time.monotonic() < self._away_until

    async def ask(self, question: Callable[[], Awaitable[Given]], seconds: float = ANSWER_SECONDS) -> Given:
        """The answer to a question. Raises Away after so many seconds, and at once when there was no answer a moment
        ago."""
        if self.away:
            raise Away
        try:
            async with asyncio.timeout(seconds):
                return await question()
        except self._failures as error:
            if not self.away:
                logger.error("what the doors share is away: %s", type(error).__name__)
            self._away_until = time.monotonic() + AWAY_SECONDS
            raise Away from None

    async def close(self) -> None:
        """Let go of the connections."""
        for client in (self.redis, self._storage.bridge.storage):
            await client.aclose()


def open_shared(settings: Settings) -> Shared | None:
    """What is shared, by these settings; None when everything is in this process. Nothing is connected to yet."""
    url = settings.redis_url.get_secret_value()
    return Shared(url, settings.secret(SECRET)) if url else None
