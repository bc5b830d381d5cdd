"""Whose turn it is: one at a time and in order at all doors together, and nobody waits for what is away."""

from __future__ import annotations

import asyncio
import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from bot.settings import ROOT
from bot.sharing import order as ordering
from bot.sharing.order import Order
from tests.looping import run
from tests.sharing.conftest import SECRET, door
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


async def _once(order: Order, most: float | None = None, talk: str = TALK) -> None:
    """Have the turn once; fails when it does not come at all."""
    async with asyncio.timeout(60), order.turn(talk, most):
        pass


# Another process that has the turn, and stands in line for the next one.
HOLDS = """
import asyncio, sys
from bot.sharing.order import Order
from bot.settings import ROOT
from bot.sharing.shared import Shared

async def hold():
    order = Order(Shared(*sys.argv[1:3]))
    async with order.turn(sys.argv[3]):
        await order.turn(sys.argv[3]).__aenter__()

asyncio.run(hold())
"""


def test_a_door_that_died_is_passed_over(redis_server: RedisServer) -> None:
    in_line = waiting(redis_server)

    async def passed() -> None:
        async with door(redis_server) as (alive, _):
            await asyncio.gather(_once(alive), _once(alive))

    arguments = [redis_server.url, SECRET, TALK]
    with subprocess.Popen([sys.executable, "-c", HOLDS, *arguments], cwd=ROOT) as dead:
        run(until(lambda: in_line() == 2))
        dead.kill()
    run(passed())
    assert in_line() == 0


def test_who_hangs_up_while_waiting_leaves_the_line(redis_server: RedisServer) -> None:
    async def left() -> None:
        in_line = waiting(redis_server)
        async with door(redis_server) as (first, _), door(redis_server) as (second, _):
            async with first.turn(TALK):
                task = asyncio.create_task(_once(second))
                await until(lambda: in_line() == 2)
                task.cancel()
                await asyncio.wait([task])
                assert in_line() == 1
            await _once(second)

    run(left())


def test_who_is_in_danger_waits_no_longer_than_was_said(redis_server: RedisServer) -> None:
    async def waited() -> None:
        async with door(redis_server) as (first, _), door(redis_server) as (second, _), first.turn(TALK):
            await _once(second, 0.2)

    run(waited())


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_without_redis_each_door_gives_turns_by_itself_and_only_the_first_asks(
    redis_server: RedisServer, how: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sharing.shared.AWAY_SECONDS", 600.0)

    async def turns() -> None:
        async with door(redis_server, lives=False) as (first, shared):
            await _once(first)
            redis_server.send(how)
            await _once(first)
            assert shared.away
            # Whoever asks it now fails.
            monkeypatch.setattr(shared, "redis", None)
            for _ in range(20):
                await _once(first)
            monkeypatch.undo()

    try:
        run(turns())
    finally:
        redis_server.send(signal.SIGCONT)


def test_a_place_that_could_not_be_left_does_not_hold_others_up_when_redis_is_back(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sharing.shared.AWAY_SECONDS", 0.1)
    monkeypatch.setattr(ordering, "SAY_SECONDS", 0.1)

    async def back() -> None:
        in_line = waiting(redis_server)
        async with door(redis_server) as (first, _), door(redis_server) as (second, _):
            async with first.turn(TALK):
                redis_server.send(signal.SIGSTOP)
            redis_server.send(signal.SIGCONT)
            await until(lambda: in_line() == 0)
            await _once(second)

    run(back())


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
