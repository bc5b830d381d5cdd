"""A door by itself: no engine behind it, the usual limits, a state folder of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.settings import Settings
from tests.processes import UNLIMITED, USUAL, door_alone


@pytest.fixture(scope="package")
def lone_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The door alone; however many talks are begun."""
    limits = {**USUAL, "PAS_CONVERSATIONS_PER_MINUTE": UNLIMITED["PAS_CONVERSATIONS_PER_MINUTE"]}
    with door_alone(tmp_path_factory.mktemp("door"), **limits) as door:
        port = int(door.doors[0].rpartition(":")[2])
        yield door.settings.model_copy(update={"port": port})
