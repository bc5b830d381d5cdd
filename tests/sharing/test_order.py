"""Whose turn it is: one at a time and in order at all doors together, and nobody waits for what is away."""

from __future__ import annotations

import asyncio
import itertools
import signal
import time
from collections.abc import Callable

import pytest

from bot.sharing import order as ordering
from bot.sharing.order import Order
from tests.looping import run
from tests.sharing.conftest import door
from tests.sharing.servers import RedisServer

TALK = "a" * 64


async def until(true: Callable[[], bool]) -> None:
    """Let others go on until something holds."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        await asyncio.sleep(0)


def waiting(server: RedisServer) -> Callable[[], int]:
    """How many stand in line now."""
    client = server.client()
    return lambda: sum(client.llen(name) for name in client.scan_iter("pas:queue:*"))


def test_turns_at_two_doors_come_one_at_a_time_in_the_order_in_which_they_were_asked(redis_server: RedisServer) -> None:
    had: list[int] = []
    inside = 0

    async def one(order: Order, number: int) -> None:
        nonlocal inside
        async with order.turn(TALK):
            assert inside == 0
            inside += 1
            await asyncio.sleep(0)
            had.append(number)
            inside -= 1

    async def all_of_them() -> None:
        in_line = waiting(redis_server)
        async with door(redis_server) as (first, _), door(redis_server) as (second, _):
            async with first.turn(TALK):
                tasks = []
                for number, order in enumerate(itertools.islice(itertools.cycle([first, second, second]), 12)):
                    tasks.append(asyncio.create_task(one(order, number)))
                    await until(lambda wanted=number + 2: in_line() == wanted)  # type: ignore[misc]
            await asyncio.gather(*tasks)
        assert in_line() == 0

    run(all_of_them())
    assert had == list(range(12))


def test_who_waits_does_not_keep_asking(redis_server: RedisServer) -> None:
    def asked() -> int:
        with redis_server.client() as client:
            return int(client.info("commandstats").get("cmdstat_eval", {}).get("calls", 0))

    async def waited() -> None:
        in_line = waiting(redis_server)
        async with door(redis_server) as (first, _), door(redis_server) as (second, _):
            async with first.turn(TALK):
                task = asyncio.create_task(_once(second))
                await until(lambda: in_line() == 2)
                before = asked()
                # The door says a few times that it lives in this time; who waits says nothing.
                began = time.monotonic()
                await until(lambda: time.monotonic() - began > ordering.SAY_SECONDS)
                assert asked() == before
            await task

    run(waited())


def test_talks_do_not_wait_for_each_other(redis_server: RedisServer) -> None:
    async def both() -> None:
        async with door(redis_server) as (first, _), door(redis_server) as (second, _), first.turn(TALK):
            await asyncio.gather(*(_once(order, talk="b" * 64) for order in (first, second)))

    run(asyncio.wait_for(both(), 5))


async def _once(order: Order, most: float | None = None, talk: str = TALK) -> float:
    """Have the turn once. Gives how many seconds were waited."""
    began = time.monotonic()
    async with order.turn(talk, most):
        return time.monotonic() - began


def test_a_door_that_died_is_passed_over(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering, "LIFE_SECONDS", 0.5)
    monkeypatch.setattr(ordering, "SAY_SECONDS", 0.1)

    async def passed() -> list[float]:
        async with door(redis_server, lives=False) as (dead, _), door(redis_server) as (alive, _):
            held = dead.turn(TALK)
            await held.__aenter__()
            second = dead.turn(TALK)
            stuck = asyncio.create_task(second.__aenter__())
            waits = list(await asyncio.gather(_once(alive), _once(alive)))
            stuck.cancel()
            await asyncio.wait([stuck])
            await held.__aexit__(None, None, None)
            return waits

    assert all(0.3 < waited < 5 for waited in run(passed()))


def test_who_hangs_up_while_waiting_leaves_the_line(redis_server: RedisServer) -> None:
    async def left() -> float:
        in_line = waiting(redis_server)
        async with door(redis_server) as (first, _), door(redis_server) as (second, _):
            async with first.turn(TALK):
                task = asyncio.create_task(_once(second))
                await until(lambda: in_line() == 2)
                task.cancel()
                await asyncio.wait([task])
                assert in_line() == 1
            return await _once(second)

    assert run(left()) < 2


def test_who_is_in_danger_waits_no_longer_than_was_said(redis_server: RedisServer) -> None:
    async def waited() -> float:
        async with door(redis_server) as (first, _), door(redis_server) as (second, _), first.turn(TALK):
            return await _once(second, 0.2)

    assert run(waited()) < 2


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_without_redis_each_door_gives_turns_by_itself(redis_server: RedisServer, how: signal.Signals) -> None:
    async def turns() -> list[float]:
        async with door(redis_server) as (first, _):
            await _once(first)
            redis_server.send(how)
            return [await _once(first) for _ in range(20)]

    try:
        waits = run(turns())
    finally:
        redis_server.send(signal.SIGCONT)
    # Only the first notices it; the others do not ask.
    assert max(waits) < 3 and sum(waits[1:]) < 1


def test_a_place_that_could_not_be_left_does_not_hold_others_up_when_redis_is_back(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sharing.shared.AWAY_SECONDS", 0.1)
    monkeypatch.setattr(ordering, "SAY_SECONDS", 0.1)

    async def back() -> float:
        in_line = waiting(redis_server)
        async with door(redis_server) as (first, _), door(redis_server) as (second, _):
            async with first.turn(TALK):
                redis_server.send(signal.SIGSTOP)
            redis_server.send(signal.SIGCONT)
            await until(lambda: in_line() == 0)
            return await _once(second)

    assert run(back()) < 5


def test_without_a_redis_turns_are_in_order_too() -> None:
    had: list[int] = []

    async def one(order: Order, number: int) -> None:
        async with order.turn(TALK):
            await asyncio.sleep(0)
            had.append(number)

    async def several() -> None:
        order = Order()
        await order.live()
        await asyncio.gather(*(one(order, number) for number in range(5)))

    run(several())
    assert had == list(range(5))
