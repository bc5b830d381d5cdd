"""The master keys: in a file that only its owner reads, or from the environment; rotated while talks go on."""

from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store import Store, open_store
from bot.store.masters import RETIRED_FOR, MasterKeys, MasterKeyTrouble
from bot.store.retention import sweep
from bot.store.sealing import new_key
from tests.store.conftest import NOW, TODAY, begun, said

LATER = NOW + RETIRED_FOR


def text_of(key: bytes) -> str:
    return base64.b64encode(key).decode()


def test_the_file_is_made_at_first_use_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    MasterKeys(path).make()
    first = MasterKeys(path).current
    MasterKeys(path).make()
    assert path.stat().st_mode & 0o777 == 0o600
    assert MasterKeys(path).current == first
    assert [p.name for p in path.parent.iterdir()] == ["master.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    MasterKeys(path).make()
    path.chmod(mode)
    with pytest.raises(MasterKeyTrouble, match="chmod 600"):
        MasterKeys(path).all()


@pytest.mark.parametrize("content", ["", "\n", "geen sleutel", "c2hvcnQ=", "c2hvcnQ= gisteren", "é"])
def test_a_file_without_a_good_key_is_refused_without_repeating_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(MasterKeyTrouble) as trouble:
        MasterKeys(path).all()
    assert not content.strip() or content.strip() not in str(trouble.value)


def test_a_talk_can_be_read_after_a_rotation_by_who_was_running_meanwhile(settings: Settings, store: Store) -> None:
    known = begun(store)
    elsewhere = open_store(settings)
    before = elsewhere.conversations.messages(known.id, 0)
    assert store.keys.rotate(NOW) == 1
    assert elsewhere.conversations.messages(known.id, 0) == before
    elsewhere.conversations.add_turn(known.id, "m1", "nog iets", said("ja"), TODAY)
    assert store.conversations.texts(known.id, 1) == ["nog iets"]
    elsewhere.close()


def test_the_old_key_is_forgotten_an_hour_after_it_wraps_nothing(settings: Settings, store: Store) -> None:
    begun(store)
    old = settings.master_key_path.read_text().split()[0]
    store.keys.rotate(NOW)
    assert old in settings.master_key_path.read_text()
    store.keys.tidy(LATER - dt.timedelta(seconds=1))
    assert old in settings.master_key_path.read_text()
    store.keys.tidy(LATER)
    assert old not in settings.master_key_path.read_text()
    assert settings.master_key_path.stat().st_mode & 0o777 == 0o600


def test_what_was_wrapped_with_the_old_key_during_a_rotation_is_wrapped_anew(settings: Settings, store: Store) -> None:
    late = open_store(settings)
    masters = MasterKeys(settings.master_key_path)
    old = masters.current
    store.keys.rotate(NOW)
    late.keys._masters = MasterKeys(settings.master_key_path, text_of(old.key))
    known = begun(late)
    assert store.conversations.messages(known.id, 0)
    assert store.keys.tidy(LATER) == 1
    assert store.conversations.messages(known.id, 0)
    late.close()


def test_keys_from_the_environment_are_rotated_by_putting_a_new_one_first(tmp_path: Path) -> None:
    first, second = text_of(new_key()), text_of(new_key())

    def at(keys: str) -> Store:
        settings = Settings(var=tmp_path, master_key=keys)
        settings.prepare()
        opened = open_store(settings)
        opened.prepare()
        return opened

    known = begun(at(first))
    assert at(f"{second},{first}").keys.rotate(NOW) == 1
    assert at(second).conversations.messages(known.id, 0)
    with pytest.raises(MasterKeyTrouble):
        at(first).conversations.messages(known.id, 0)
    assert not (tmp_path / "keys" / "master.key").exists()


def test_a_bad_key_in_the_environment_is_told_at_use_and_not_repeated(tmp_path: Path) -> None:
    masters = MasterKeys(tmp_path / "master.key", "geen-sleutel")
    with pytest.raises(MasterKeyTrouble) as trouble:
        masters.all()
    assert "geen-sleutel" not in str(trouble.value)


def test_a_key_file_that_was_lost_is_never_replaced_in_silence(settings: Settings, store: Store) -> None:
    known = begun(store)
    settings.master_key_path.unlink()
    with pytest.raises(MasterKeyTrouble):
        store.conversations.messages(known.id, 0)
    with pytest.raises(MasterKeyTrouble):
        begun(store)
    store.prepare()
    assert not settings.master_key_path.exists()


def test_what_is_old_goes_also_when_the_master_key_is_lost(settings: Settings, store: Store) -> None:
    begun(store)
    settings.master_key_path.unlink()
    assert sweep(store, NOW + dt.timedelta(days=60), 30).talks == 1
    assert store.keys.count() == 0
