"""What tests of faults share: processes that can be hindered and killed, and a place for what was measured."""

from __future__ import annotations

import contextlib
import math
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.conftest import Doctor
from tests.processes import ACTIONS, DOOR, ENGINE, Processes
from tests.scale.talking import EVERYWHERE, drawn

HERE = Path(__file__).resolve().parent
# So many cases of each test are tried each time, and one in so many of the tests that take many seconds.
CASES, OF_LONG = 3, 4


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of the cases of a test so many are drawn, by the seed of this run, and of the long tests some, one case of each. What
    needs a machine that does nothing else waits for `make reliability`. None is left out with PAS_FAULTS=all or cases."""
    if os.environ.get(EVERYWHERE) in ("all", "cases"):
        return
    _, seed = drawn()
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        if HERE in item.path.parents:
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    long = sorted(name for name, those in cases.items() if those[0].get_closest_marker("long"))
    asleep = set(long) - set(random.Random(seed).sample(long, math.ceil(len(long) / OF_LONG)))
    left = set[pytest.Item]()
    for name, those in cases.items():
        alone = those[0].get_closest_marker("alone")
        tried = 0 if alone or name in asleep else 1 if name in long else CASES
        left |= {*those} - {*random.Random(f"{seed}/{name}").sample(those, min(len(those), tried))}
    items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="package")
def _started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    made = Processes(Settings(var=tmp_path_factory.mktemp("frail")), [ACTIONS, ENGINE, DOOR])
    made.everywhere["PAS_ACTIONS_URL"] = made.address(ACTIONS)
    with made.running():
        yield made


@pytest.fixture
def frail(_started: Processes) -> Iterator[Processes]:
    """A door, an engine and the actions on SQLite, ready. Whatever a test did to them, they are started anew after it."""
    _started.until_ready()
    yield _started
    for name in _started.names:
        if _started.ended(name) is not None:
            _started.start(name)


@pytest.fixture
def someone(frail: Processes) -> Iterator[Callable[[], Doctor]]:
    """Makes doctors who have just opened a talk with them."""
    with contextlib.ExitStack() as stack:

        def make() -> Doctor:
            doctor = Doctor(frail.doors[0])
            stack.callback(doctor.close)
            return doctor

        yield make


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Takes what was measured in a test, in a few words, for `docs/reliability.md`."""

    def note(what: str) -> None:
        record_property("measured", what)

    return note
