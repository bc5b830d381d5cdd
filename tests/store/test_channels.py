"""What the client of a messenger keeps, and reminders: sealed, found again, and gone when they should be."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select, text

from bot.store import Store
from bot.store.keys import NoKey
from bot.store.reminders import LATEST
from bot.store.retention import sweep
from bot.store.sealing import SealBroken, unseal
from bot.store.tables import Reminder

DAY = dt.date(2026, 11, 26)
NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
ROOM = "!kamer:arts.test"


def everything(store: Store) -> bytes:
    """All rows of both databases, as text."""
    found = []
    for database, tables in (
        (store.database, ("channel_state", "channel_room", "reminder")),
        (store.key_database, ("named_key",)),
    ):
        with database.connect() as connection:
            for table in tables:
                found += [repr(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {table}"))]
    return "\n".join(found).encode()


def test_what_is_kept_of_a_room_comes_back_and_cannot_be_read_without_the_key(store: Store) -> None:
    channel = store.channel("matrix", "@pas:arts.test")
    channel.keep_room(ROOM, {"token": "geheim-token", "taken": ["a"]}, DAY)
    channel.keep_room(ROOM, {"token": "geheim-token", "taken": ["a", "b"]}, DAY)
    channel.keep_state({"position": "s12", "login": {"token": "toegang"}})
    again = store.channel("matrix", "@pas:arts.test")
    assert again.room(ROOM)["taken"] == ["a", "b"] and len(again.rooms()) == 1
    assert again.state()["position"] == "s12"
    rows = everything(store)
    for word in (b"geheim-token", b"toegang", b"kamer", b"pas:arts"):
        assert word not in rows


def test_what_an_account_keeps_anew_leaves_that_of_another_as_it_was(store: Store) -> None:
    one, other = (store.channel("matrix", account) for account in ("@pas:arts.test", "@ander:arts.test"))
    for channel, position in ((one, "s1"), (other, "s7"), (one, "s2")):
        channel.keep_state({"position": position})
        channel.keep_room(ROOM, {"token": position, "account": channel.named("x")}, DAY)
    assert (one.state()["position"], other.state()["position"]) == ("s2", "s7")
    assert (one.room(ROOM)["token"], other.room(ROOM)["token"]) == ("s2", "s7")


def test_another_account_or_messenger_finds_nothing_of_it(store: Store) -> None:
    store.channel("matrix", "@pas:arts.test").keep_room(ROOM, {"token": "x"}, DAY)
    for other in (store.channel("matrix", "@ander:arts.test"), store.channel("signaal", "@pas:arts.test")):
        assert other.room(ROOM) == {} and other.state() == {}
    assert store.channel("matrix", "@ander:arts.test").rooms() == []


def test_a_room_that_is_forgotten_is_gone(store: Store) -> None:
    channel = store.channel("matrix", "@pas:arts.test")
    channel.keep_room(ROOM, {"token": "x"}, DAY)
    channel.forget_room(ROOM)
    assert channel.room(ROOM) == {}


def test_a_room_goes_when_no_talk_can_be_in_it_any_more(store: Store) -> None:
    channel = store.channel("matrix", "@pas:arts.test")
    channel.keep_room(ROOM, {"token": "x"}, DAY)
    sweep(store, NOON + dt.timedelta(days=30), 30)
    assert channel.room(ROOM)
    sweep(store, NOON + dt.timedelta(days=31), 30)
    assert not channel.room(ROOM)


def test_of_a_reminder_only_the_day_can_be_read_and_it_goes_with_its_key(store: Store) -> None:
    store.reminders.add("a" * 64, DAY, f"@pas:arts.test {ROOM}")
    with store.database.connect() as connection:
        row = connection.execute(select(Reminder.id, Reminder.day, Reminder.content)).one()
    assert row.day == DAY and b"kamer" not in row.content
    other = store.named_keys.make("channel/matrix")
    with pytest.raises(SealBroken):
        unseal(row.content, other, f"{row.id}/reminder")
    store.reminders.drop(row.id)
    assert store.reminders.due(dt.date.max) == []
    with pytest.raises(NoKey):
        store.named_keys.of(f"reminder/{row.id}")


def test_a_reminder_outlives_the_talk_and_a_rotation_of_the_master_key(store: Store) -> None:
    token, _ = store.conversations.create([], {"state": "begin"}, DAY)
    store.reminders.add("b" * 64, DAY + dt.timedelta(days=90), ROOM)
    channel = store.channel("matrix", "@pas:arts.test")
    channel.keep_room(ROOM, {"token": token}, DAY + dt.timedelta(days=90))
    store.keys.rotate(NOON)
    sweep(store, NOON + dt.timedelta(days=40), 30)
    assert not store.conversations.all()
    assert [one.address for one in store.reminders.of(ROOM)] == [ROOM]
    assert store.channel("matrix", "@pas:arts.test").room(ROOM)["token"] == token


def test_the_same_reminder_again_is_one_and_the_due_ones_come_in_order(store: Store) -> None:
    for number, days in (("c", 3), ("d", 1), ("c", 2)):
        store.reminders.add(number * 64, DAY + dt.timedelta(days=days), number)
    assert [one.address for one in store.reminders.due(DAY)] == []
    assert [one.address for one in store.reminders.due(DAY + dt.timedelta(days=2))] == ["d", "c"]


def test_a_reminder_that_could_not_be_sent_is_thrown_away_after_a_week(store: Store) -> None:
    store.reminders.add("e" * 64, DAY, ROOM)
    sweep(store, NOON + LATEST, 30)
    assert len(store.reminders.of(ROOM)) == 1
    sweep(store, NOON + LATEST + dt.timedelta(days=1), 30)
    assert store.reminders.of(ROOM) == []


def test_a_reminder_that_was_thrown_away_half_way_goes_the_next_time(store: Store) -> None:
    store.reminders.add("f" * 64, DAY, ROOM)
    store.named_keys.destroy("reminder/" + "f" * 64)
    assert store.reminders.due(DAY) == []
    assert b"ffff" not in everything(store)


def test_erasing_everything_takes_rooms_and_reminders_too(store: Store) -> None:
    channel = store.channel("matrix", "@pas:arts.test")
    channel.keep_room(ROOM, {"token": "x"}, DAY)
    store.reminders.add("a" * 64, DAY, ROOM)
    store.erase_all()
    assert channel.rooms() == [] and store.reminders.of(ROOM) == []
