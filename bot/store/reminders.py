"""Reminders that doctors asked for: a day, and where to send it, each sealed with a key of its own.

Such a key is in the database of the keys and goes with its reminder, not with the talk that it was asked for in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine as Database
from sqlalchemy import delete, insert, select, update

from bot.store.database import rows_changed, scrub, sessions
from bot.store.keys import NoKey
from bot.store.named_keys import NamedKeys
from bot.store.sealing import seal, unseal
from bot.store.tables import Reminder

# One that could not be sent is thrown away when it is this late.
LATEST = dt.timedelta(days=7)


@dataclass(frozen=True)
class Due:
    """A reminder, opened: the day that it is for, and the address to send it to."""

    id: str
    day: dt.date
    address: str


class Reminders:
    """The repository of reminders. Every method blocks, and raises what the store raises when it cannot be used."""

    def __init__(self, database: Database, keys: NamedKeys) -> None:
        self._database = database
        self._sessions = sessions(database)
        self._keys = keys

    def add(self, identifier: str, day: dt.date, address: str) -> None:
        """Keep a reminder; the same one again (the same id) is kept once, with the day of the last time."""
        content = seal({"address": address}, self._keys.make(_key(identifier)), _place(identifier))
        with self._sessions.begin() as session:
            same = update(Reminder).where(Reminder.id == identifier).values(day=day, content=content)
            if not rows_changed(session.execute(same)):
                session.execute(insert(Reminder).values(id=identifier, day=day, content=content))

    def due(self, today: dt.date) -> list[Due]:
        """The reminders of today and of days before it, the oldest first."""
        return self._opened(today)

    def of(self, address: str) -> list[Due]:
        """All reminders to one address. Each is opened for it: nothing outside the seal says where one goes."""
        return [one for one in self._opened(dt.date.max) if one.address == address]

    def drop(self, identifier: str) -> None:
        """Throw a reminder away. Its key goes first, so that nobody can read what a stop half-way leaves."""
        self._keys.destroy(_key(identifier))
        with self._sessions.begin() as session:
            session.execute(delete(Reminder).where(Reminder.id == identifier))
        scrub(self._database)

    def drop_late(self, today: dt.date) -> int:
        """Throw away what could not be sent in time. Gives how many that were."""
        return self._drop_where(lambda day: day < today - LATEST)

    def drop_all(self) -> int:
        """Throw all away. Gives how many that were."""
        return self._drop_where(lambda _: True)

    def _drop_where(self, wanted: Callable[[dt.date], bool]) -> int:
        with self._sessions() as session:
            rows = session.execute(select(Reminder.id, Reminder.day)).all()
        late = [row.id for row in rows if wanted(row.day)]
        for identifier in late:
            self.drop(identifier)
        return len(late)

    def _opened(self, last: dt.date) -> list[Due]:
        with self._sessions() as session:
            wanted = select(Reminder.id, Reminder.day, Reminder.content).where(Reminder.day <= last)
            rows = session.execute(wanted.order_by(Reminder.day)).all()
        found = []
        for row in rows:
            try:
                key = self._keys.of(_key(row.id))
            except NoKey:
                # Thrown away, and stopped half-way: the rest goes now.
                self.drop(row.id)
                continue
            found.append(Due(row.id, row.day, unseal(row.content, key, _place(row.id))["address"]))
        return found


def _key(identifier: str) -> str:
    return f"reminder/{identifier}"


def _place(identifier: str) -> str:
    return f"{identifier}/reminder"
