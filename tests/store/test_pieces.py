"""What a coordinator may see: it waits sealed, and comes in the place of what waited, or not at all."""

from __future__ import annotations

from sqlalchemy import text

from bot.store import Store
from bot.store.pieces import Said
from tests.store.conftest import TODAY, begun


def consenting(store: Store, *words: str) -> str:
    """A doctor who lets a coordinator see what was said in these words. Gives the talk."""
    known = begun(store)
    store.pieces.consent(known.id, given=True)
    store.pieces.add(known.id, [Said(script="apk", version=1, step="fase", text=one) for one in words])
    return known.id


def test_a_piece_that_was_damaged_while_it_waited_is_thrown_away_and_holds_up_no_other(store: Store) -> None:
    damaged = consenting(store, "een", "twee")
    consenting(store, "drie")
    with store.database.begin() as connection:
        connection.execute(
            text("UPDATE waiting_piece SET content = :wrong WHERE conversation_id = :talk"),
            {"wrong": b"no seal", "talk": damaged},
        )
    assert store.pieces.anonymise(str.upper, TODAY) == 1
    assert not store.pieces.any_waiting() and [piece.text for piece in store.pieces.all()] == ["DRIE"]


def test_a_piece_of_a_talk_whose_key_is_gone_is_thrown_away(store: Store) -> None:
    talk = consenting(store, "een")
    consenting(store, "twee")
    store.keys.destroy(talk)
    assert store.pieces.anonymise(str.upper, TODAY) == 1
    assert not store.pieces.any_waiting() and [piece.text for piece in store.pieces.all()] == ["TWEE"]


def test_many_are_anonymised_in_one_go(store: Store) -> None:
    consenting(store, *map(str, range(130)))
    assert store.pieces.anonymise(lambda same: same, TODAY) == 130
    assert sorted(int(piece.text) for piece in store.pieces.all()) == list(range(130))
