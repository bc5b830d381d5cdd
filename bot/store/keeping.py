"""What doctors keep under a bewaarcode: sealed so that only the code opens it."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.store.database import rows_changed, scrub, sessions
from bot.store.keepcode import CodeKeys, new_code, seal_for
from bot.store.notes import KeptUnder
from bot.store.tables import KeptItem, KeptSet

# What is kept goes this long after it was last opened.
MONTHS = 26


class UnknownCode(Exception):
    """Nothing is kept under this code (any more)."""


class Keeping:
    """The repository of what is kept. Every method blocks, and raises sqlalchemy.exc.SQLAlchemyError when it cannot be
    used."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sessions = sessions(database)

    def begin(self, items: Mapping[str, Any], today: dt.date, instead_of: str = "") -> tuple[str, KeptUnder]:
        """Keep these, each under a name of its own, under a new code; what was kept under the set `instead_of` is thrown away with it. Gives the code,
        which is stored nowhere, and what is needed to add more."""
        code = new_code()
        keys = CodeKeys.of(code)
        under = _under(keys)
        with self._sessions.begin() as session:
            session.execute(delete(KeptSet).where(KeptSet.id == instead_of))
            session.add(KeptSet(id=keys.set_id, public=keys.public, opened=_month(today)))
            session.flush()
            session.add_all(_rows(under, items))
        if instead_of:
            scrub(self._database)
        return code, under

    def add(self, under: KeptUnder, items: Mapping[str, Any], today: dt.date) -> None:
        """Keep these too, without the code; one of the same name takes the place of the one before. Raises UnknownCode
        when the set was thrown away meanwhile."""
        with self._sessions.begin() as session:
            self._touch(session, under.set_id, today)
            rows = _rows(under, items)
            session.execute(delete(KeptItem).where(KeptItem.id.in_([row.id for row in rows])))
            session.add_all(rows)
        scrub(self._database)

    def open(self, code: str, today: dt.date) -> tuple[KeptUnder, list[Any]]:
        """What is kept under a code. Raises UnknownCode."""
        keys = CodeKeys.of(code)
        with self._sessions.begin() as session:
            self._touch(session, keys.set_id, today)
            rows = session.execute(select(KeptItem.id, KeptItem.content).where(KeptItem.set_id == keys.set_id)).all()
        items = [keys.open(row.content, _place(keys.set_id, row.id)) for row in rows]
        return _under(keys).model_copy(update={"opened": True}), items

    def drop(self, under: KeptUnder, name: str) -> None:
        """Throw away the one of this name; nothing when there is none."""
        naming = base64.b64decode(under.naming)
        with self._sessions.begin() as session:
            session.execute(delete(KeptItem).where(KeptItem.id == _item(naming, name), KeptItem.set_id == under.set_id))
        scrub(self._database)

    def throw_away(self, set_id: str) -> None:
        """Throw a set away with all that is in it."""
        with self._sessions.begin() as session:
            session.execute(delete(KeptSet).where(KeptSet.id == set_id))
        scrub(self._database)

    def throw_away_all(self) -> int:
        """Throw away everything that is kept. Gives how many sets that were."""
        with self._sessions.begin() as session:
            gone = rows_changed(session.execute(delete(KeptSet)))
        scrub(self._database)
        return gone

    def drop_unopened(self, today: dt.date) -> int:
        """Throw away what nobody opened for 26 months. Gives how many sets that were."""
        months = today.year * 12 + today.month - 1 - MONTHS
        last = dt.date(months // 12, months % 12 + 1, 1)
        with self._sessions.begin() as session:
            gone = rows_changed(session.execute(delete(KeptSet).where(KeptSet.opened < last)))
        if gone:
            scrub(self._database)
        return gone

    def _touch(self, session: Session, set_id: str, today: dt.date) -> None:
        wanted = update(KeptSet).where(KeptSet.id == set_id).values(opened=_month(today))
        if rows_changed(session.execute(wanted)) == 0:
            raise UnknownCode


def _under(keys: CodeKeys) -> KeptUnder:
    public, naming = (base64.b64encode(part).decode() for part in (keys.public, keys.naming))
    return KeptUnder(set_id=keys.set_id, public=public, naming=naming)


def _rows(under: KeptUnder, items: Mapping[str, Any]) -> list[KeptItem]:
    public, naming = base64.b64decode(under.public), base64.b64decode(under.naming)
    named = {_item(naming, name): item for name, item in items.items()}
    return [
        KeptItem(id=name, set_id=under.set_id, content=seal_for(public, item, _place(under.set_id, name)))
        for name, item in named.items()
    ]


def _item(naming: bytes, name: str) -> str:
    return hmac.digest(naming, name.encode(), "sha256").hex()[:32]


def _place(set_id: str, name: str) -> str:
    return f"{set_id}/{name}"


def _month(day: dt.date) -> dt.date:
    return day.replace(day=1)
