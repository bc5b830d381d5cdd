"""Who looked at or changed what, and when: never what stood there. Every method blocks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Engine as Database
from sqlalchemy import select

from bot.coordinator.signed_in import minute
from bot.store.database import sessions
from bot.store.tables import AuditRow

What = Literal["signed_in", "failed", "signed_out", "seen", "changed", "refused"]
SHOWN = 500


@dataclass(frozen=True)
class Entry:
    """One line of the log. at: a minute, in UTC; which: a path, or nothing."""

    at: dt.datetime
    account: str
    what: str
    which: str


class Audit:
    """The repository of the log."""

    def __init__(self, database: Database) -> None:
        self._sessions = sessions(database)

    def note(self, now: dt.datetime, account: str, what: What, which: str = "") -> None:
        """Write something down."""
        with self._sessions.begin() as session:
            session.add(AuditRow(at=minute(now), account=account, what=what, which=which[:200]))

    def last(self, account: str = "", before: int | None = None) -> tuple[list[Entry], int | None]:
        """The last lines, the newest first, of one account or of all; and where the older ones go on, if there are."""
        wanted = select(AuditRow).order_by(AuditRow.id.desc()).limit(SHOWN + 1)
        if account:
            wanted = wanted.where(AuditRow.account == account)
        if before is not None:
            wanted = wanted.where(AuditRow.id < before)
        with self._sessions() as session:
            rows = list(session.scalars(wanted))
        entries = [Entry(row.at.replace(tzinfo=dt.UTC), row.account, row.what, row.which) for row in rows[:SHOWN]]
        return entries, rows[SHOWN - 1].id if len(rows) > SHOWN else None
