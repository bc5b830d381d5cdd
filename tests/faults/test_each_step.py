"""A process that dies before the first thing it makes last, then one that dies before the second, until one comes to its end:
what each of them left behind is whole, and the work can be done on it again."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as DatabaseEngine
from sqlalchemy import event

from bot.scripts.library import Library, publish
from bot.settings import Settings
from bot.store import Store, open_store
from bot.store.conversations import UnknownConversation
from bot.store.masters import RETIRED_FOR
from bot.store.retention import sweep
from bot.validation import read_scripts
from tests.store.conftest import NOW, TODAY, begun, said

# What a process dies with that is to die here.
DEAD = 9
Deaths = Callable[[Callable[[Settings], object], Callable[[], Settings]], Iterator[Settings]]


def died(work: Callable[[], object], step: int) -> bool:
    """Do something in a process that dies before the change of this number (from 1) that it makes last: before a
    transaction is committed, a file put in the place of another, or a file removed. Gives whether it died before it was
    done."""
    child = os.fork()
    if child == 0:
        os._exit(_until_death(work, step))
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    assert ended in (0, DEAD), ended
    return ended == DEAD


def _until_death(work: Callable[[], object], step: int) -> int:
    left = itertools.count(step, -1)

    def lasting(*_: object) -> None:
        if next(left) == 1:
            os._exit(DEAD)

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            lasting()
            return real(*arguments, **options)

        return call

    event.listen(DatabaseEngine, "commit", lasting)
    for name in ("replace", "unlink", "remove", "rename", "link"):
        setattr(os, name, dying(getattr(os, name)))
    try:
        work()
    except BaseException:  # noqa: BLE001 - whatever it is, the test must hear of it by the status.
        return 1
    return 0


@pytest.fixture
def each_death(measured: Callable[[str], None]) -> Deaths:
    """Gives the state folders that are left behind by dying at each step of some work, one after the other."""

    def deaths(work: Callable[[Settings], object], fresh: Callable[[], Settings]) -> Iterator[Settings]:
        for step in itertools.count(1):
            left = fresh()
            if not died(lambda left=left: work(left), step):  # type: ignore[misc]
                assert step > 1, "it makes nothing last"
                measured(f"killed at {step - 1} steps")
                return
            yield left

    return deaths


@contextlib.contextmanager
def opened(chosen: Settings) -> Iterator[Store]:
    """The store of a state folder."""
    store = open_store(chosen)
    store.prepare()
    try:
        yield store
    finally:
        store.close()


class Folders:
    """State folders that all begin alike: three talks that are over their days, and one that is not."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, itertools.count()
        self._first = folder / "first"
        with opened(self._settings(self._first)) as store:
            long_ago = TODAY - dt.timedelta(days=90)
            self.old = [begun(store, "lang geleden", long_ago).id for _ in range(3)]
            self.young = begun(store, "van vandaag").id

    def __call__(self) -> Settings:
        """A new copy of it."""
        target = self._folder / str(next(self._numbers))
        shutil.copytree(self._first, target)
        return self._settings(target)

    def _settings(self, folder: Path) -> Settings:
        chosen = Settings(var=folder)
        chosen.prepare()
        return chosen

    def readable(self, store: Store) -> set[str]:
        """Which talks can be read."""
        found = set()
        for identifier in (*self.old, self.young):
            with contextlib.suppress(UnknownConversation):
                assert store.conversations.messages(identifier, 0)
                found.add(identifier)
        return found


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Makes state folders."""
    return Folders(tmp_path)


def _swept(chosen: Settings) -> None:
    with opened(chosen) as store:
        sweep(store, NOW, 30)


def test_killed_at_any_step_of_throwing_away_what_is_old_nothing_young_goes_and_the_next_time_all_of_it_goes(
    folders: Folders, each_death: Deaths
) -> None:
    for left in each_death(_swept, folders):
        with opened(left) as store:
            assert folders.young in folders.readable(store)
            sweep(store, NOW, 30)
            assert folders.readable(store) == {folders.young}
            assert store.conversations.all() == {folders.young} and store.keys.count() == 1


def test_killed_at_any_step_of_rotating_the_master_key_every_talk_can_be_read(
    folders: Folders, each_death: Deaths
) -> None:
    def rotated(chosen: Settings) -> None:
        with opened(chosen) as store:
            store.keys.rotate(NOW)

    for left in each_death(rotated, folders):
        with opened(left) as store:
            assert len(folders.readable(store)) == 4
            store.keys.rotate(NOW)
            store.keys.tidy(NOW + 2 * RETIRED_FOR)
        with opened(left) as store:
            assert len(folders.readable(store)) == 4


def test_killed_at_any_step_of_erasing_the_talk_is_whole_or_gone_and_no_other_is_touched(
    folders: Folders, each_death: Deaths
) -> None:
    def erased(chosen: Settings) -> None:
        with opened(chosen) as store:
            store.conversations.erase(folders.young)

    for left in each_death(erased, folders):
        with opened(left) as store:
            assert set(folders.old) <= folders.readable(store)
            store.conversations.erase(folders.young)
            assert folders.readable(store) == set(folders.old)
            assert store.keys.count() == 3


def test_killed_at_any_step_of_a_turn_the_message_is_stored_whole_or_not_at_all(
    folders: Folders, each_death: Deaths
) -> None:
    def turned(chosen: Settings) -> None:
        with opened(chosen) as store:
            store.conversations.add_turn(folders.young, "m1", "nog iets", said("ja"), TODAY)

    for left in each_death(turned, folders):
        with opened(left) as store:
            for _ in range(2):
                store.conversations.add_turn(folders.young, "m1", "nog iets", said("ja"), TODAY)
            texts = [m["text"] for m in store.conversations.messages(folders.young, 0)]
            assert texts == ["van vandaag", "nog iets", "ja"]


def test_killed_at_any_step_of_making_the_store_the_next_start_makes_it(tmp_path: Path, each_death: Deaths) -> None:
    numbers = itertools.count()

    def fresh() -> Settings:
        chosen = Settings(var=tmp_path / str(next(numbers)))
        chosen.prepare()
        return chosen

    def prepared(chosen: Settings) -> None:
        with opened(chosen):
            pass

    for left in each_death(prepared, fresh):
        with opened(left) as store:
            assert begun(store)


def test_killed_at_any_step_of_publishing_the_scripts_can_be_read(folders: Folders, each_death: Deaths) -> None:
    written = read_scripts()
    newer = [one.model_copy(update={"version": one.version + 1}) for one in written]

    def fresh() -> Settings:
        chosen = folders()
        publish(written, chosen.published)
        return chosen

    for left in each_death(lambda chosen: publish(newer, chosen.published), fresh):
        library = Library(left.published)
        for old, new in zip(written, newer, strict=True):
            assert library.current(old.name).version in (old.version, new.version)
        publish(newer, left.published)
        assert {Library(left.published).current(one.name).version - one.version for one in newer} == {0}
