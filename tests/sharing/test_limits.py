"""How often is too often, at all doors together; and what stands in Redis tells of nobody."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage

from bot.settings import Settings
from bot.sharing.limits import Limiter, counted_as
from bot.sharing.shared import SECRET, Away, Shared, open_shared
from tests.looping import run
from tests.sharing.conftest import door
from tests.sharing.servers import RedisServer

THREE = RateLimitItemPerMinute(3)


def test_two_doors_count_together(redis_server: RedisServer) -> None:
    async def counted() -> list[int | None]:
        async with door(redis_server) as (_, one), door(redis_server) as (_, other):
            doors = [Limiter(one), Limiter(other)]
            return [await doors[n % 2].refused(THREE, "talk", "x") for n in range(5)]

    waits = run(counted())
    assert waits[:3] == [None] * 3
    assert all(wait is not None and 1 <= wait <= 61 for wait in waits[3:])


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_while_redis_is_away_each_door_counts_for_itself(redis_server: RedisServer, how: signal.Signals) -> None:
    async def counted() -> list[int | None]:
        async with door(redis_server) as (_, shared):
            limiter = Limiter(shared)
            await limiter.refused(THREE, "talk", "x")
            redis_server.send(how)
            return [await limiter.refused(THREE, "talk", "x") for _ in range(4)]

    try:
        waits = run(asyncio.wait_for(counted(), 10))
    finally:
        redis_server.send(signal.SIGCONT)
    assert waits[:3] == [None] * 3 and waits[3] is not None


def test_when_redis_is_back_it_is_used_again(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sharing.shared.AWAY_SECONDS", 0.0)

    async def counted() -> None:
        async with door(redis_server) as (_, shared):
            limiter = Limiter(shared)
            redis_server.kill()
            await limiter.refused(THREE, "talk", "x")
            redis_server.start()
            await limiter.refused(THREE, "talk", "x")

    run(counted())
    assert redis_server.client().keys("*")


def test_a_connection_that_was_closed_just_before_it_is_written_to_counts_as_away(tmp_path: Path) -> None:
    async def closed() -> None:
        # As uvloop says it.
        raise RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed")

    async def asked() -> None:
        shared = Shared("redis://127.0.0.1:9", SECRET)
        with pytest.raises(Away):
            await shared.ask(closed)
        assert shared.away
        await shared.close()

    run(asked())


def test_what_is_over_is_let_go_of_once_in_a_while_and_not_at_every_count(monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[object] = []
    sweep = MemoryStorage._MemoryStorage__expire_events

    async def noted(storage: object) -> None:
        swept.append(storage)
        await sweep(storage)

    monkeypatch.setattr(MemoryStorage, "_MemoryStorage__expire_events", noted)

    async def counted(times: int) -> int:
        limiter = Limiter()
        for n in range(times):
            await limiter.refused(THREE, "talk", str(n))
            # What was begun beside it ends before the next is counted.
            while other := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(other)
        return len(swept)

    assert run(counted(5)) == 1
    swept.clear()
    monkeypatch.setattr("bot.sharing.limits.SWEEP_SECONDS", 0)
    assert run(counted(5)) == 5


def test_nothing_in_redis_tells_whose_it_is(redis_server: RedisServer) -> None:
    secrets = ("10.11.12.13", "kanarie-token", "b" * 64)

    async def used() -> list[str]:
        async with door(redis_server) as (order, shared):
            limiter = Limiter(shared)
            for secret in secrets:
                await limiter.refused(THREE, "address", secret)
            async with order.turn(secrets[2]), order.turn(secrets[1]):
                client = redis_server.client()
                names = [str(name) for name in client.keys("*")]
                return names + [str(client.lrange(name, 0, -1)) for name in names if client.type(name) == "list"]

    found = run(used())
    assert len([name for name in found if name.startswith("pas")]) >= 6
    assert not [name for name in found for secret in secrets if secret in name]


def test_names_are_the_same_at_every_door_and_others_with_another_secret(redis_server: RedisServer) -> None:
    async def names() -> tuple[str, str]:
        async with door(redis_server) as (_, one), door(redis_server) as (_, other):
            return one.name("talk", "x"), other.name("talk", "x")

    one, other = run(names())
    assert one == other and len(one) == 32


def test_by_default_nothing_is_shared_and_no_secret_is_made(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    assert open_shared(settings) is None
    assert not (settings.var / f"{SECRET}.secret").exists()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "testclient", False),
    ],
)
def test_who_has_a_whole_network_of_addresses_counts_as_one(one: str, other: str, same: bool) -> None:
    assert (counted_as(one) == counted_as(other)) is same
