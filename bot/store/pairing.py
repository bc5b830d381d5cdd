"""Seeing to it that the database of the keys is the one that belongs to the other: else a sweep would take all for left over."""

from __future__ import annotations

import uuid

from sqlalchemy import Engine as Database
from sqlalchemy import insert, select

from bot.store.database import exclusive, sessions
from bot.store.masters import MasterKeyTrouble
from bot.store.tables import Conversation, DataKey, KeyPairing, Pairing


class NotPaired(MasterKeyTrouble):
    """These two databases do not belong together."""

    def __init__(self) -> None:
        super().__init__(
            "PAS_DATABASE and PAS_KEY_DATABASE are not of one store: one of them is another, empty or older one"
        )


def pair(database: Database, key_database: Database) -> None:
    """Give two new databases the same name. Raises NotPaired when they have different ones, or only one of them has."""
    if _names(database, key_database) == (None, None) and not _in_use(database, key_database):
        # The keys come first: a stop in between leaves a store in which nothing can have been written yet. Of several
        # processes that start at once one gives the name; the check below gives it to the other database too.
        with exclusive(key_database) as connection:
            if connection.execute(select(KeyPairing.name)).first() is None:
                connection.execute(insert(KeyPairing).values(name=uuid.uuid4().hex))
    check_pair(database, key_database)


def check_pair(database: Database, key_database: Database) -> None:
    """Raises NotPaired when these do not belong together."""
    mine, theirs = _names(database, key_database)
    if mine is None and theirs is not None and not _in_use(database, key_database):
        with exclusive(database) as connection:
            if connection.execute(select(Pairing.name)).first() is None:
                connection.execute(insert(Pairing).values(name=theirs))
        mine = theirs
    if mine is None or mine != theirs:
        raise NotPaired


def _names(database: Database, key_database: Database) -> tuple[str | None, str | None]:
    with sessions(database)() as session, sessions(key_database)() as keys:
        return session.scalars(select(Pairing.name)).first(), keys.scalars(select(KeyPairing.name)).first()


def _in_use(database: Database, key_database: Database) -> bool:
    with sessions(database)() as session, sessions(key_database)() as keys:
        rows = session.scalars(select(Conversation.id).limit(1)).first()
        return rows is not None or keys.scalars(select(DataKey.day).limit(1)).first() is not None
