"""Doctors who talk all at once, without a pause to think."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple, Protocol

from aiohttp import ClientSession, ClientTimeout, TCPConnector

TIMEOUT = 120.0


class Doctor(Protocol):
    """One talk with a bot."""

    async def say(self, text: str) -> None:
        """Send a text and wait for its answer. Raises aiohttp.ClientError when there is none."""


Opened = Callable[[], AbstractAsyncContextManager[Doctor]]


class Load(NamedTuple):
    """What doctors met: how many at once, for how many seconds, and how long each turn took."""

    doctors: int
    seconds: float
    turns: list[float]

    @property
    def rate(self) -> float:
        """Turns a second."""
        return len(self.turns) / self.seconds

    def share(self, of: float) -> float:
        """The seconds within which this share of the turns was answered."""
        return sorted(self.turns)[min(len(self.turns) - 1, int(of * len(self.turns)))]


class Ours:
    """A talk with the door."""

    def __init__(self, session: ClientSession, token: str) -> None:
        self._session = session
        self._headers = {"Authorization": f"Bearer {token}"}

    async def say(self, text: str) -> None:
        """Send a text."""
        sent = {"id": str(uuid.uuid4()), "text": text}
        async with self._session.post("/api/message", json=sent, headers=self._headers) as answer:
            await answer.read()


class Stock:
    """A talk with Rasa's REST channel."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self._sender = uuid.uuid4().hex

    async def say(self, text: str) -> None:
        """Send a text."""
        async with self._session.post(
            "/webhooks/rest/webhook", json={"sender": self._sender, "message": text}
        ) as answer:
            await answer.read()


def ours(session: ClientSession) -> Opened:
    """How a talk with the door is opened."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Doctor]:
        async with session.post("/api/conversation") as answer:
            token = (await answer.json())["token"]
        yield Ours(session, token)

    return opened


def stock(session: ClientSession) -> Opened:
    """How a talk with stock Rasa is opened."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Doctor]:
        yield Stock(session)

    return opened


def client_of(base: str) -> ClientSession:
    """A client with room for many at once, that takes little of the machine itself; whatever is refused is raised."""
    return ClientSession(
        base, timeout=ClientTimeout(total=TIMEOUT), connector=TCPConnector(limit=200), raise_for_status=True
    )


async def play(
    opened: Opened, talks: Sequence[Sequence[str]], doctors: int, seconds: float, turns: float = math.inf
) -> Load:
    """Let so many doctors play the talks one after another, each beginning with another, until the time is over or so many
    turns were taken."""
    times: list[float] = []
    began = time.perf_counter()

    async def one(which: Iterator[Sequence[str]]) -> None:
        for texts in which:
            async with opened() as doctor:
                for text in texts:
                    sent = time.perf_counter()
                    if sent - began > seconds or len(times) >= turns:
                        return
                    await doctor.say(text)
                    times.append(time.perf_counter() - sent)

    await asyncio.gather(*(one(itertools.islice(itertools.cycle(talks), n, None)) for n in range(doctors)))
    return Load(doctors, time.perf_counter() - began, times)


async def long_talk(opened: Opened, texts: Sequence[str]) -> list[float]:
    """Seconds that each turn took of one talk in which all of this is said."""
    times = []
    async with opened() as doctor:
        for text in texts:
            began = time.perf_counter()
            await doctor.say(text)
            times.append(time.perf_counter() - began)
    return times
