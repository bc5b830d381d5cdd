"""The keys of the conversations: one each, wrapped by a master key, in a database of their own.

That database is kept apart from the other one and from its backups: what was erased has no key any more, and so a backup
of the other database says nothing of it, whenever it was made.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine as Database
from sqlalchemy import Select, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from bot.store.database import scrub, sessions
from bot.store.masters import Master, MasterKeys
from bot.store.sealing import new_key, seal_bytes, unseal_bytes
from bot.store.tables import DataKey, NamedKey

BATCH = 200
Table = type[DataKey] | type[NamedKey]
# Every table of wrapped keys, with the column that names each.
WRAPPED: tuple[tuple[Table, InstrumentedAttribute[str]], ...] = (
    (DataKey, DataKey.conversation_id),
    (NamedKey, NamedKey.name),
)

# What is asked at every message is put together once.
_OF = select(DataKey.wrapped, DataKey.master).where(DataKey.conversation_id == bindparam("talk"))


class NoKey(Exception):
    """This conversation has no key (any more): nothing of it can be read."""


class ConversationKeys:
    """The keys. Every method is one transaction, and blocks; each raises MasterKeyTrouble, SealBroken, or
    sqlalchemy.exc.SQLAlchemyError when the keys cannot be used."""

    def __init__(self, database: Database, masters: MasterKeys) -> None:
        self._database = database
        self._sessions = sessions(database)
        self._masters = masters

    def prepare(self) -> None:
        """Make a master key when there are no keys yet that one must have wrapped."""
        if not self._any():
            self._masters.make()

    def usable(self) -> None:
        """Raises MasterKeyTrouble when the master keys cannot be used."""
        self._masters.all()

    def make(self, identifier: str, today: dt.date) -> bytes:
        """A new key for a conversation."""
        key = new_key()
        values = {"conversation_id": identifier, "day": today, **wrapped(key, identifier, self._masters.current)}
        with self._sessions.begin() as session:
            session.execute(insert(DataKey).values(**values))
        return key

    def of(self, identifier: str) -> bytes:
        """The key of a conversation. Raises NoKey when it was thrown away."""
        with self._database.connect() as connection:
            row = connection.execute(_OF, {"talk": identifier}).one_or_none()
        if row is None:
            raise NoKey
        return unwrapped(row.wrapped, identifier, self._masters.by_id(row.master))

    def has(self, identifier: str) -> bool:
        """Whether a conversation has a key."""
        wanted = select(DataKey.day).where(DataKey.conversation_id == identifier)
        with self._sessions() as session:
            return session.execute(wanted).one_or_none() is not None

    def destroy(self, identifier: str) -> None:
        """Throw a key away, also from the files of the database: from now on nothing sealed with it can be read."""
        with self._sessions.begin() as session:
            session.execute(delete(DataKey).where(DataKey.conversation_id == identifier))
        scrub(self._database, full=True)

    def all(self, before: dt.date) -> set[str]:
        """The conversations whose key was made before a day."""
        with self._sessions() as session:
            return set(session.scalars(select(DataKey.conversation_id).where(DataKey.day < before)))

    def rotate(self, now: dt.datetime) -> int:
        """Make a new master key and wrap every key with it, while talks go on. Gives how many were wrapped anew."""
        if self._masters.in_file:
            self._masters.rotate(now)
        return self.tidy(now)

    def tidy(self, now: dt.datetime) -> int:
        """Wrap with the current master key what another one wrapped, and forget master keys that are done with."""
        current = self._masters.current
        done = sum(self._wrap_anew(table, name, current) for table, name in WRAPPED)
        if done:
            scrub(self._database, full=True)
        self._masters.prune({current.id}, now)
        return done

    def _wrap_anew(self, table: Table, name: InstrumentedAttribute[str], current: Master) -> int:
        done = 0
        wanted = select(name, table.wrapped, table.master).where(table.master != current.id).limit(BATCH)
        while batch := self._rows(wanted):
            for identifier, sealed, master in batch:
                fresh = wrapped(unwrapped(sealed, identifier, self._masters.by_id(master)), identifier, current)
                # Only what was read is replaced: a key that was thrown away meanwhile stays away.
                same = (name == identifier) & (table.master == master)
                with self._sessions.begin() as session:
                    session.execute(update(table).where(same).values(**fresh))
                done += 1
        return done

    def _rows(self, wanted: Select[str, bytes, str]) -> list[tuple[str, bytes, str]]:
        with self._sessions() as session:
            return [(name, sealed, master) for name, sealed, master in session.execute(wanted)]

    def count(self) -> int:
        """How many there are."""
        with self._sessions() as session:
            return session.execute(select(func.count()).select_from(DataKey)).scalar_one()

    def _any(self) -> bool:
        """Whether there is a key that a master key must have wrapped."""
        with self._sessions() as session:
            return any(session.scalars(select(name).limit(1)).first() is not None for _, name in WRAPPED)


def wrapped(key: bytes, name: str, master: Master) -> dict[str, object]:
    """The columns of a key of this name, wrapped by a master key."""
    return {"wrapped": seal_bytes(key, master.key, _place(name)), "master": master.id}


def unwrapped(sealed: bytes, name: str, master: Master) -> bytes:
    """The key that was wrapped. Raises SealBroken."""
    return unseal_bytes(sealed, master.key, _place(name))


def _place(name: str) -> str:
    return f"{name}/key"
