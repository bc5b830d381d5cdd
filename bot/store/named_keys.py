"""Keys that belong to no talk: that of a channel, and one of each reminder. Wrapped by the master key like the others."""

from __future__ import annotations

from sqlalchemy import Engine as Database
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from bot.store.database import scrub, sessions
from bot.store.keys import NoKey, unwrapped, wrapped
from bot.store.masters import MasterKeys
from bot.store.sealing import new_key
from bot.store.tables import NamedKey


class NamedKeys:
    """The keys by their names. Every method is one transaction, and blocks; each raises MasterKeyTrouble, SealBroken, or
    sqlalchemy.exc.SQLAlchemyError when the keys cannot be used."""

    def __init__(self, database: Database, masters: MasterKeys) -> None:
        self._database = database
        self._sessions = sessions(database)
        self._masters = masters

    def of(self, name: str) -> bytes:
        """The key of this name. Raises NoKey."""
        with self._sessions() as session:
            row = session.execute(select(NamedKey.wrapped, NamedKey.master).where(NamedKey.name == name)).one_or_none()
        if row is None:
            raise NoKey
        return unwrapped(row.wrapped, name, self._masters.by_id(row.master))

    def make(self, name: str) -> bytes:
        """The key of this name, made if there is none."""
        try:
            return self.of(name)
        except NoKey:
            pass
        key = new_key()
        try:
            with self._sessions.begin() as session:
                session.execute(insert(NamedKey).values(name=name, **wrapped(key, name, self._masters.current)))
        except IntegrityError:
            # Another process was first.
            return self.of(name)
        return key

    def destroy(self, name: str) -> None:
        """Throw a key away, also from the files of the database."""
        with self._sessions.begin() as session:
            session.execute(delete(NamedKey).where(NamedKey.name == name))
        scrub(self._database, full=True)
