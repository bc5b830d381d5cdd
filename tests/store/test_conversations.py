"""The talks in the database: each message once, in order, all or nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from bot.messages import Happening, Risk
from bot.settings import Settings
from bot.store import Store
from bot.store.conversations import Conversations, Known, Snapshot, StaleConversation, UnknownConversation
from bot.store.sealing import SealBroken
from tests.store.conftest import NOW, ON_FILES, TODAY, begun, said

BESIDE = Risk(risk="middelen", subject="zelf")


@pytest.fixture
def talks(store: Store) -> Conversations:
    return store.conversations


def test_a_turn_stores_the_message_the_replies_and_the_state_at_once(talks: Conversations, talk: Known) -> None:
    talks.add_turn(talk.id, "m1", "hallo", said("dag"), TODAY, snapshot=Snapshot(0, {"state": "verder"}))
    assert talks.snapshot(talk.id) == Snapshot(1, {"state": "verder"})
    assert [(m["n"], m["from"], m["text"]) for m in talks.messages(talk.id, 0)] == [
        (1, "bot", "welkom"),
        (2, "doctor", "hallo"),
        (3, "bot", "dag"),
    ]


def test_a_turn_made_from_an_older_state_changes_nothing(talks: Conversations, talk: Known) -> None:
    talks.add_turn(talk.id, "m1", "hallo", said("dag"), TODAY, snapshot=Snapshot(0, {"state": "een"}))
    with pytest.raises(StaleConversation):
        talks.add_turn(talk.id, "m2", "hallo", said("dag"), TODAY, snapshot=Snapshot(0, {"state": "ander"}))
    assert talks.snapshot(talk.id) == Snapshot(1, {"state": "een"})
    assert len(talks.messages(talk.id, 0)) == 3


def test_the_same_message_again_gives_what_was_stored_then(talks: Conversations, talk: Known) -> None:
    first = talks.add_turn(talk.id, "m1", "hallo", said("dag"), TODAY)
    again = talks.add_turn(talk.id, "m1", "hallo", said("iets anders"), TODAY)
    assert again == first == talks.turn(talk.id, "m1")
    assert len(talks.messages(talk.id, 0)) == 3


def test_the_same_message_id_in_two_talks_is_two_messages(talks: Conversations, talk: Known) -> None:
    token, _ = talks.create(said("welkom"), {"state": "begin"}, TODAY)
    other = talks.by_token(token)
    talks.add_turn(talk.id, "m1", "van de een", said("dag"), TODAY)
    talks.add_turn(other.id, "m1", "van de ander", said("dag"), TODAY)
    assert talks.texts(talk.id, 2) == ["van de een"]
    assert talks.texts(other.id, 2) == ["van de ander"]


def test_what_was_erased_is_gone_with_its_token(talks: Conversations) -> None:
    token, _ = talks.create(said("welkom"), {"state": "begin"}, TODAY)
    talk = talks.by_token(token)
    talks.add_turn(talk.id, "m1", "hallo", said("dag"), TODAY)
    talks.erase(talk.id)
    with pytest.raises(UnknownConversation):
        talks.by_token(token)
    with pytest.raises(UnknownConversation):
        talks.messages(talk.id, 0)
    with pytest.raises(UnknownConversation):
        talks.add_turn(talk.id, "m2", "hallo", said("dag"), TODAY)


@ON_FILES
def test_neither_the_token_nor_a_word_is_kept_as_it_is(store: Store, settings: Settings) -> None:
    token, _ = store.conversations.create(said("welkom"), {"state": "begin"}, TODAY)
    stored = b"".join(path.read_bytes() for path in settings.var.rglob("*") if path.is_file())
    known = store.conversations.by_token(token)
    assert known.id.encode() in stored
    assert token.encode() not in stored
    assert b"welkom" not in stored


def test_a_link_works_once_and_for_five_minutes(talks: Conversations, talk: Known) -> None:
    link = talks.make_link(talk.id, "md", NOW)
    assert talks.use_link(link, NOW) == (talk.id, "md")
    assert talks.use_link(link, NOW) is None
    late = talks.make_link(talk.id, "md", NOW)
    assert talks.use_link(late, NOW + dt.timedelta(minutes=5, seconds=1)) is None
    assert talks.use_link("geraden", NOW) is None


def test_a_crisis_is_remembered_until_the_next_turn(talks: Conversations, talk: Known) -> None:
    talks.add_turn(talk.id, "m1", "…", said("paneel"), TODAY, after_panel=[BESIDE])
    assert talks.before(talk.id, "x").after_panel == [BESIDE]
    talks.add_turn(talk.id, "m2", "…", said("dag"), TODAY)
    assert talks.before(talk.id, "x").after_panel is None


def test_what_was_heard_beside_a_crisis_looks_the_same_as_nothing(store: Store, talk: Known) -> None:
    def sealed() -> int:
        with store.database.connect() as connection:
            return len(connection.execute(text("SELECT panel FROM conversation")).scalar_one())

    before = sealed()
    store.conversations.add_turn(talk.id, "m1", "…", said("paneel"), TODAY, after_panel=[BESIDE])
    assert sealed() == before


def test_a_row_opens_in_its_own_place_only(store: Store, talk: Known) -> None:
    other = begun(store, "van een ander")
    with store.database.begin() as connection:
        mine = connection.execute(text("SELECT content FROM turn WHERE conversation_id = :i"), {"i": talk.id})
        connection.execute(
            text("UPDATE turn SET content = :c WHERE conversation_id = :i"), {"c": mine.scalar_one(), "i": other.id}
        )
    with pytest.raises(SealBroken):
        store.conversations.messages(other.id, 0)


def test_a_column_does_not_open_in_the_place_of_another_of_the_same_talk(store: Store, talk: Known) -> None:
    with store.database.begin() as connection:
        connection.execute(text("UPDATE conversation SET snapshot = notes"))
    with pytest.raises(SealBroken):
        store.conversations.snapshot(talk.id)


def test_what_happened_is_counted_with_the_turn_or_not_at_all(store: Store, talk: Known) -> None:
    happening = Happening(run="r", n=1, script="apk", version=1, length="kort", step="fase", what="answered")
    store.conversations.add_turn(
        talk.id, "m1", "a", said("b"), TODAY, snapshot=Snapshot(0, {"state": "een"}), happened=[happening]
    )
    store.conversations.add_turn(talk.id, "m1", "a", said("b"), TODAY, happened=[happening])
    with pytest.raises(StaleConversation):
        store.conversations.add_turn(
            talk.id, "m2", "a", said("b"), TODAY, snapshot=Snapshot(0, {"state": "x"}), happened=[happening]
        )
    with store.database.connect() as connection:
        rows = connection.execute(text("SELECT run, week, what FROM event")).all()
    assert [(run, str(week), what) for run, week, what in rows] == [("r", "2026-11-23", "answered")]


@ON_FILES
def test_nobody_opens_a_talk_by_putting_another_token_in_its_place(store: Store, talk: Known) -> None:
    token, _ = store.conversations.create(said("van mij"), {"state": "begin"}, TODAY)
    mine = store.conversations.by_token(token)
    with store.database.begin() as connection:
        connection.execute(text("PRAGMA foreign_keys = OFF"))
        connection.execute(text("DELETE FROM turn WHERE conversation_id = :mine"), {"mine": mine.id})
        connection.execute(text("DELETE FROM conversation WHERE id = :mine"), {"mine": mine.id})
        connection.execute(
            text("UPDATE turn SET conversation_id = :m WHERE conversation_id = :t"), {"m": mine.id, "t": talk.id}
        )
        connection.execute(text("UPDATE conversation SET id = :m WHERE id = :t"), {"m": mine.id, "t": talk.id})
    with pytest.raises(SealBroken):
        store.conversations.messages(mine.id, 0)
    with pytest.raises(SealBroken):
        store.conversations.snapshot(mine.id)


def test_a_turn_with_the_panel_is_counted_like_any_other(store: Store, talk: Known) -> None:
    def version() -> int:
        return store.conversations.snapshot(talk.id).version

    store.conversations.add_turn(talk.id, "m1", "…", said("paneel"), TODAY, after_panel=[BESIDE])
    assert version() == 1
    store.conversations.add_turn(talk.id, "m2", "…", said("dag"), TODAY, snapshot=Snapshot(1, {"state": "een"}))
    assert version() == 2


def test_what_was_said_last_can_be_rewritten(store: Store, talk: Known) -> None:
    store.conversations.add_turn(talk.id, "m1", "over Jansen", said("een"), TODAY)
    store.conversations.add_turn(talk.id, "m2", "over Jansen", said("Jansen, zei je"), TODAY)
    store.conversations.add_turn(talk.id, "m3", "haal het weg", said("weg"), TODAY)
    changed = store.conversations.rewrite_last(talk.id, lambda words: {"Jansen": "[naam]"} if "Jansen" in words else {})
    assert [m["text"] for m in changed] == ["over [naam]", "[naam], zei je"]
    texts = [m["text"] for m in store.conversations.messages(talk.id, 0)]
    assert texts == ["welkom", "over Jansen", "een", "over [naam]", "[naam], zei je", "haal het weg", "weg"]
