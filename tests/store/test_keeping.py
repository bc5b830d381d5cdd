"""What is kept under a bewaarcode: the code opens it and nothing else does, until it is thrown away or forgotten."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.settings import Settings
from bot.store import Store
from bot.store.keepcode import new_code
from bot.store.keeping import UnknownCode
from tests.store.conftest import ON_FILES, TODAY, begun

APK = {"a" * 32: {"tekst": "wie ik ben op mijn best"}}
STOP = {"b" * 32: {"tekst": "wanneer ik stop"}}


def texts(items: list[dict[str, str]]) -> set[str]:
    return {item["tekst"] for item in items}


def test_the_code_opens_what_was_kept(store: Store) -> None:
    code, _ = store.keeping.begin(APK, TODAY)
    under, items = store.keeping.open(code, TODAY)
    assert texts(items) == {"wie ik ben op mijn best"}
    assert under.opened


def test_more_is_added_without_the_code_and_the_same_is_kept_once(store: Store) -> None:
    code, under = store.keeping.begin(APK, TODAY)
    store.keeping.add(under, STOP, TODAY)
    store.keeping.add(under, {next(iter(STOP)): {"tekst": "wanneer ik echt stop"}}, TODAY)
    assert texts(store.keeping.open(code, TODAY)[1]) == {"wie ik ben op mijn best", "wanneer ik echt stop"}


def test_another_code_opens_nothing(store: Store) -> None:
    store.keeping.begin(APK, TODAY)
    with pytest.raises(UnknownCode):
        store.keeping.open(new_code(), TODAY)


def test_a_new_code_in_place_of_the_old_one_leaves_the_old_one_dead(store: Store) -> None:
    old, under = store.keeping.begin(APK, TODAY)
    new, _ = store.keeping.begin(APK, TODAY, under.set_id)
    with pytest.raises(UnknownCode):
        store.keeping.open(old, TODAY)
    assert texts(store.keeping.open(new, TODAY)[1]) == {"wie ik ben op mijn best"}


def test_what_was_thrown_away_is_gone_and_cannot_be_added_to(store: Store) -> None:
    code, under = store.keeping.begin(APK, TODAY)
    store.keeping.throw_away(under.set_id)
    with pytest.raises(UnknownCode):
        store.keeping.open(code, TODAY)
    with pytest.raises(UnknownCode):
        store.keeping.add(under, STOP, TODAY)


@ON_FILES
def test_nothing_on_disk_opens_it_not_even_the_master_key(store: Store, settings: Settings) -> None:
    code, under = store.keeping.begin(APK, TODAY)
    disk = b"".join(path.read_bytes() for path in settings.var.rglob("*") if path.is_file())
    assert under.set_id.encode() in disk
    assert b"mijn best" not in disk
    assert not any(word.encode() in disk for word in (code, code.replace(" ", "-")))


def test_it_stays_until_26_months_after_it_was_last_opened(store: Store) -> None:
    code, _ = store.keeping.begin(APK, dt.date(2026, 11, 30))
    assert store.keeping.drop_unopened(dt.date(2029, 1, 31)) == 0
    store.keeping.open(code, dt.date(2029, 1, 31))
    assert store.keeping.drop_unopened(dt.date(2031, 3, 31)) == 0
    assert store.keeping.drop_unopened(dt.date(2031, 4, 1)) == 1
    with pytest.raises(UnknownCode):
        store.keeping.open(code, dt.date(2031, 4, 1))


def test_what_is_kept_outlives_its_talk(store: Store) -> None:
    known = begun(store)
    code, under = store.keeping.begin(APK, TODAY)
    store.conversations.change_notes(known.id, lambda _, notes: notes.model_copy(update={"kept": under}))
    store.conversations.erase(known.id)
    assert texts(store.keeping.open(code, TODAY)[1]) == {"wie ik ben op mijn best"}
