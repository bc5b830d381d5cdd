"""The talks in the database: each message once, in order, all or nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.messages import Reply, Risk
from bot.store.conversations import Conversations, Known, Snapshot, StaleConversation, UnknownConversation
from bot.store.database import make_tables, open_database, sessions
from bot.store.sealing import Sealer

BESIDE = Risk(risk="middelen", subject="zelf")
TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)


def said(text: str) -> list[Reply]:
    return [Reply(kind="say", text=text)]


@pytest.fixture
def talks(tmp_path: Path) -> Conversations:
    database = open_database(f"sqlite:///{tmp_path / 'pas.db'}")
    make_tables(database)
    return Conversations(sessions(database), Sealer())


@pytest.fixture
def talk(talks: Conversations) -> Known:
    token, _ = talks.create(said("welkom"), {"state": "begin"}, TODAY)
    return talks.by_token(token)


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
    assert talks.messages(talk.id, 0) == []
    with pytest.raises(UnknownConversation):
        talks.add_turn(talk.id, "m2", "hallo", said("dag"), TODAY)


def test_the_token_is_not_kept(talks: Conversations, tmp_path: Path) -> None:
    token, _ = talks.create(said("welkom"), {"state": "begin"}, TODAY)
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"welkom" in stored
    assert token.encode() not in stored


def test_a_link_works_once_and_for_five_minutes(talks: Conversations, talk: Known) -> None:
    link = talks.make_link(talk.id, "md", NOW)
    assert talks.use_link(link, NOW) == (talk.id, "md")
    assert talks.use_link(link, NOW) is None
    late = talks.make_link(talk.id, "md", NOW)
    assert talks.use_link(late, NOW + dt.timedelta(minutes=5, seconds=1)) is None
    assert talks.use_link("geraden", NOW) is None


def test_a_crisis_is_remembered_until_the_next_turn(talks: Conversations, talk: Known) -> None:
    talks.add_turn(talk.id, "m1", "…", said("paneel"), TODAY, after_panel=[BESIDE])
    assert talks.after_panel(talk.id) == [BESIDE]
    talks.add_turn(talk.id, "m2", "…", said("dag"), TODAY)
    assert talks.after_panel(talk.id) is None
