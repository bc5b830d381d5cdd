"""What the client of a messenger keeps: its login and position, and of each room the token of the talk in it.

All of it is sealed with the key of the channel, and rows are found by names made with that key: who reads the database
learns how many rooms there are, and of which day, and nothing of whose they are.
"""

from __future__ import annotations

import datetime as dt
import hmac
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import delete, insert, select, update

from bot.store.database import rows_changed, scrub, sessions
from bot.store.named_keys import NamedKeys
from bot.store.sealing import seal, unseal
from bot.store.tables import ChannelRoom, ChannelState


class Channel:
    """What one account of one messenger keeps. Every method blocks, and raises what the store raises when it cannot be
    used."""

    def __init__(self, database: Database, keys: NamedKeys, name: str, account: str) -> None:
        """name: which messenger; account: the bot's own name there. The key is made when there is none."""
        self._database = database
        self._sessions = sessions(database)
        self._root = keys.make(f"channel/{name}")
        self._seal = self.derived("seal")
        self._account = account

    def derived(self, purpose: str) -> bytes:
        """A key for another purpose, made from that of the channel."""
        return hmac.digest(self._root, f"derived/{purpose}".encode(), "sha256")

    def named(self, what: str) -> str:
        """A name for something of this account, which tells nothing of it without the key."""
        return hmac.digest(self._root, f"named/{self._account}/{what}".encode(), "sha256").hex()

    def state(self) -> dict[str, Any]:
        """What was last kept of the client; empty at first."""
        name = self.named("state")
        with self._sessions() as session:
            content = session.scalars(select(ChannelState.content).where(ChannelState.id == name)).first()
        return {} if content is None else dict(unseal(content, self._seal, name))

    def keep_state(self, state: dict[str, Any]) -> None:
        """Keep this of the client."""
        name = self.named("state")
        content = seal(state, self._seal, name)
        with self._sessions.begin() as session:
            same = update(ChannelState).where(ChannelState.id == name).values(content=content)
            if not rows_changed(session.execute(same)):
                session.execute(insert(ChannelState).values(id=name, content=content))

    def room(self, address: str) -> dict[str, Any]:
        """What is kept of a room; empty when nothing is."""
        name = self.named(f"room/{address}")
        with self._sessions() as session:
            content = session.scalars(select(ChannelRoom.content).where(ChannelRoom.id == name)).first()
        return {} if content is None else dict(unseal(content, self._seal, name))

    def rooms(self) -> list[dict[str, Any]]:
        """What is kept of every room of this account."""
        with self._sessions() as session:
            rows = session.execute(select(ChannelRoom.id, ChannelRoom.content)).all()
        found = [dict(unseal(row.content, self._seal, row.id)) for row in rows]
        # Other accounts of this messenger seal with the same key.
        return [room for room in found if room["account"] == self._account]

    def keep_room(self, address: str, room: dict[str, Any], today: dt.date) -> None:
        """Keep this of a room."""
        name = self.named(f"room/{address}")
        content = seal({**room, "account": self._account}, self._seal, name)
        values = {"content": content, "last_day": today}
        with self._sessions.begin() as session:
            if not rows_changed(session.execute(update(ChannelRoom).where(ChannelRoom.id == name).values(**values))):
                session.execute(insert(ChannelRoom).values(id=name, **values))

    def forget_room(self, address: str) -> None:
        """Forget a room, also in the files of the database."""
        with self._sessions.begin() as session:
            session.execute(delete(ChannelRoom).where(ChannelRoom.id == self.named(f"room/{address}")))
        scrub(self._database)

    def scrub(self) -> None:
        """Let nothing of what was replaced stay behind in the files of the database."""
        scrub(self._database)


def forget_rooms(database: Database, before: dt.date) -> int:
    """Forget the rooms, of every channel, in which nothing was said since a day. Gives how many that were."""
    with sessions(database).begin() as session:
        return rows_changed(session.execute(delete(ChannelRoom).where(ChannelRoom.last_day < before)))
