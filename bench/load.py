"""Doctors who talk all at once, without a pause to think."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple, Protocol

import httpx

TIMEOUT = 120.0


class Doctor(Protocol):
    """One talk with a bot."""

    async def say(self, text: str) -> None:
        """Send a text and wait for its answer. Raises httpx.HTTPError when there is none."""


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

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    async def say(self, text: str) -> None:
        """Send a text."""
        sent = {"id": str(uuid.uuid4()), "text": text}
        (await self._client.post("/api/message", json=sent, headers=self._headers)).raise_for_status()


class Stock:
    """A talk with Rasa's REST channel."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._sender = uuid.uuid4().hex

    async def say(self, text: str) -> None:
        """Send a text."""
        sent = {"sender": self._sender, "message": text}
        (await self._client.post("/webhooks/rest/webhook", json=sent)).raise_for_status()


def ours(client: httpx.AsyncClient) -> Opened:
    """How a talk with the door is opened."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Doctor]:
        answer = (await client.post("/api/conversation")).raise_for_status().json()
        yield Ours(client, answer["token"])

    return opened


def stock(client: httpx.AsyncClient) -> Opened:
    """How a talk with stock Rasa is opened."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Doctor]:
        yield Stock(client)

    return opened


def client_of(base: str) -> httpx.AsyncClient:
    """A client with room for many at once."""
    return httpx.AsyncClient(
        base_url=base,
        timeout=TIMEOUT,
        trust_env=False,
        limits=httpx.Limits(max_connections=200, max_keepalive_connections=200),
    )


async def play(opened: Opened, talks: Sequence[Sequence[str]], doctors: int, seconds: float) -> Load:
    """Let so many doctors play the talks one after another, each beginning with another, until the time is over."""
    times: list[float] = []
    began = time.perf_counter()

    async def one(which: Iterator[Sequence[str]]) -> None:
        for texts in which:
            async with opened() as doctor:
                for text in texts:
                    sent = time.perf_counter()
                    if sent - began > seconds:
                        return
                    await doctor.say(text)
                    times.append(time.perf_counter() - sent)

    await asyncio.gather(*(one(itertools.islice(itertools.cycle(talks), n, None)) for n in range(doctors)))
    return Load(doctors, time.perf_counter() - began, times)


async def long_talk(opened: Opened, texts: Sequence[str], turns: int) -> list[float]:
    """Seconds that each turn took of one talk of so many turns."""
    times = []
    async with opened() as doctor:
        for text in itertools.islice(itertools.cycle(texts), turns):
            began = time.perf_counter()
            await doctor.say(text)
            times.append(time.perf_counter() - began)
    return times
