"""One queue for each room, worked off in order; all rooms at once, and an idle room costs nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

Job = Callable[[], Awaitable[None]]


class Lanes:
    """The queues."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Job]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def put(self, name: str, job: Job) -> None:
        """Let a job be done after those that were put in this queue before. It must not raise."""
        self._waiting.setdefault(name, deque()).append(job)
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(self._work(name))

    async def _work(self, name: str) -> None:
        jobs = self._waiting[name]
        try:
            while jobs:
                await jobs[0]()
                jobs.popleft()
        finally:
            del self._waiting[name], self._tasks[name]

    async def idle(self) -> None:
        """Wait until nothing is to be done."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def stop(self) -> None:
        """Stop whatever is being done."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
