"""Who is signed in, and until when. Every method blocks."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from sqlalchemy import Engine as Database
from sqlalchemy import delete, select, update

from bot.coordinator.accounts import Account
from bot.store.database import sessions
from bot.store.tables import AccountRow, CoordinatorSession

IDLE = dt.timedelta(minutes=30)
LONGEST = dt.timedelta(hours=8)


def form_token(token: str) -> str:
    """What every form of a session carries, so that no other site can send one. Made of the token and telling nothing of it."""
    return hashlib.sha256(b"form" + token.encode()).hexdigest()


class SignedIn:
    """The repository of the sessions. Only a hash of a token is kept."""

    def __init__(self, database: Database) -> None:
        self._sessions = sessions(database)

    def begin(self, account: str, now: dt.datetime) -> str:
        """A new session; gives its token. Sessions that are over go."""
        token, at = secrets.token_urlsafe(32), minute(now)
        with self._sessions.begin() as session:
            session.execute(
                delete(CoordinatorSession).where((CoordinatorSession.end <= at) | (CoordinatorSession.idle_end <= at))
            )
            session.add(
                CoordinatorSession(token_hash=_hash(token), account=account, idle_end=at + IDLE, end=at + LONGEST)
            )
        return token

    def of(self, token: str, now: dt.datetime) -> Account | None:
        """Who is signed in with this token, for another while; None when nobody is (any more)."""
        at = minute(now)
        wanted = (
            select(CoordinatorSession, AccountRow)
            .join(AccountRow, AccountRow.name == CoordinatorSession.account)
            .where(CoordinatorSession.token_hash == _hash(token))
        )
        with self._sessions() as session:
            found = session.execute(wanted).first()
        if found is None:
            return None
        kept, row = found
        if at >= min(kept.end, kept.idle_end):
            self.end(token)
            return None
        if kept.idle_end < at + IDLE:
            self._stay(kept.token_hash, at + IDLE)
        return Account(row.name, row.role, row.demo)

    def end(self, token: str) -> None:
        """Sign out; nothing happens when there is no such session."""
        with self._sessions.begin() as session:
            session.execute(delete(CoordinatorSession).where(CoordinatorSession.token_hash == _hash(token)))

    def _stay(self, token_hash: str, idle_end: dt.datetime) -> None:
        with self._sessions.begin() as session:
            session.execute(
                update(CoordinatorSession).where(CoordinatorSession.token_hash == token_hash).values(idle_end=idle_end)
            )


def minute(moment: dt.datetime) -> dt.datetime:
    """The minute of a moment, in UTC and without a zone, as it is stored."""
    return moment.astimezone(dt.UTC).replace(second=0, microsecond=0, tzinfo=None)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
