"""Invented input, some of it each time the tests run and ten minutes of each on request, breaks nothing."""

from __future__ import annotations

import random

import pytest

from bot.language import safety
from bot.settings import Settings
from bot.settings import settings as chosen
from bot.supervision import address
from tests.conftest import Doctor
from tests.faults import fuzzing

EXAMPLES = 30


@pytest.mark.parametrize("target", fuzzing.TARGETS, ids=lambda target: target.name)
def test_nothing_that_is_invented_breaks_who_reads_it(target: fuzzing.Target) -> None:
    assert safety.prepare(chosen().classifier)
    target(fuzzing.examples_of(EXAMPLES), random.randrange(10**6))


def test_whatever_is_sent_to_a_running_door_it_answers_and_danger_gets_the_panel(
    system: Settings, doctor: Doctor
) -> None:
    with fuzzing.door(address(system), doctor.token) as asked:
        asked(fuzzing.examples_of(EXAMPLES), random.randrange(10**6))
    other = Doctor(address(system))
    assert other.say("hallo")["messages"]
    other.close()
