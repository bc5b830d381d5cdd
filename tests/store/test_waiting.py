"""A process that starts while the database is away waits for it, and not for ever."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy.exc import OperationalError

from bot.store.schema import SchemaTrouble
from bot.store.waiting import when_there


class Clock:
    """A clock that moves only when someone sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def away() -> OperationalError:
    return OperationalError("SELECT 'words of a doctor'", {}, ConnectionRefusedError())


def test_it_waits_until_the_database_answers(caplog: pytest.LogCaptureFixture) -> None:
    clock, troubles, asked = Clock(), [away(), away(), away()], []

    def prepare() -> None:
        asked.append(clock())
        if troubles:
            raise troubles.pop()

    with caplog.at_level(logging.WARNING):
        when_there(prepare, 60, clock, clock.sleep)
    assert len(asked) == 4 and len(set(asked)) == 4
    assert len(caplog.records) == 1 and "words" not in caplog.text


def test_it_waits_no_longer_than_it_may() -> None:
    clock = Clock()

    def prepare() -> None:
        raise away()

    with pytest.raises(OperationalError):
        when_there(prepare, 60, clock, clock.sleep)
    assert clock.now == pytest.approx(60)


def test_what_waiting_does_not_mend_is_told_at_once() -> None:
    clock = Clock()

    def prepare() -> None:
        raise SchemaTrouble("another version")

    with pytest.raises(SchemaTrouble):
        when_there(prepare, 60, clock, clock.sleep)
    assert clock.now == 0
