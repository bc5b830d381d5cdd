"""Invented input, some of it each time the tests run and ten minutes of each on request, breaks nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import settings

from bot.language import safety
from bot.settings import Settings
from bot.settings import settings as chosen
from bot.supervision import address
from tests.conftest import Doctor
from tests.faults import fuzzing

SOME = settings(max_examples=60, suppress_health_check=fuzzing.QUIET)


@pytest.mark.parametrize("target", [fuzzing.reading, fuzzing.events, fuzzing.scripts], ids=lambda t: t.__name__)
def test_nothing_that_is_invented_breaks_who_reads_it(target: Callable[[], None]) -> None:
    assert safety.prepare(chosen().classifier)
    SOME(target)()


def test_whatever_is_sent_to_a_running_door_it_answers_and_danger_gets_the_panel(
    system: Settings, doctor: Doctor
) -> None:
    SOME(fuzzing.door(address(system), doctor.token))()
    assert Doctor(address(system)).say("hallo")["messages"]
