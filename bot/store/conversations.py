"""The talks: making one, finding one by its token, adding a turn, reading it back, throwing it away."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from bot.messages import Reply, Risk
from bot.store.database import rows_changed
from bot.store.sealing import Sealer
from bot.store.tables import Conversation, ReportLink, Turn

TOKEN_BYTES = 32
LINK_LIFE = dt.timedelta(minutes=5)
_RISKS = TypeAdapter(list[Risk])


class UnknownConversation(Exception):
    """No conversation belongs to this token or id."""


class StaleConversation(Exception):
    """Another turn was stored since this conversation was read; nothing was changed."""


@dataclass(frozen=True)
class Snapshot:
    """What the engine needs of a conversation: its version, and the content that was last stored."""

    version: int
    content: dict[str, Any]


@dataclass(frozen=True)
class Known:
    """A conversation that a token opened."""

    id: str


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Conversations:
    """The repository of talks. Every method is one transaction, and blocks."""

    def __init__(self, sessions: sessionmaker[Session], sealer: Sealer) -> None:
        self._sessions = sessions
        self._sealer = sealer

    def create(
        self, replies: Sequence[Reply], content: dict[str, Any], today: dt.date
    ) -> tuple[str, list[dict[str, Any]]]:
        """A new conversation that begins with these replies. Gives its token, kept nowhere, and the messages."""
        token, identifier = secrets.token_urlsafe(TOKEN_BYTES), uuid.uuid4().hex
        messages = _numbered(replies, 1)
        with self._sessions.begin() as session:
            session.add(
                Conversation(
                    id=identifier,
                    token_hash=_hash(token),
                    last_day=today,
                    next_n=len(messages) + 1,
                    version=0,
                    snapshot=self._seal(content, identifier, "snapshot"),
                )
            )
            session.flush()
            self._add_turn(session, identifier, "", len(messages), messages, None)
        return token, messages

    def by_token(self, token: str) -> Known:
        """The conversation of a token. Raises UnknownConversation."""
        with self._sessions() as session:
            found = session.execute(
                select(Conversation.id).where(Conversation.token_hash == _hash(token))
            ).scalar_one_or_none()
        if found is None:
            raise UnknownConversation
        return Known(found)

    def after_panel(self, identifier: str) -> list[Risk] | None:
        """What was heard beside the doctor's own crisis, when the last turn of a conversation was the crisis panel; else
        None. Raises UnknownConversation."""
        with self._sessions() as session:
            found = session.execute(select(Conversation.after_panel).where(Conversation.id == identifier)).one_or_none()
        if found is None:
            raise UnknownConversation
        return None if found[0] is None else _RISKS.validate_json(found[0])

    def snapshot(self, identifier: str) -> Snapshot:
        """What was last stored of a conversation. Raises UnknownConversation."""
        with self._sessions() as session:
            row = session.get(Conversation, identifier)
        if row is None:
            raise UnknownConversation
        return Snapshot(row.version, self._sealer.unseal(row.snapshot, f"{identifier}/snapshot"))

    def add_turn(
        self,
        identifier: str,
        message_id: str,
        said: str,
        replies: Sequence[Reply],
        today: dt.date,
        *,
        snapshot: Snapshot | None = None,
        extra: dict[str, Any] | None = None,
        after_panel: list[Risk] | None = None,
    ) -> dict[str, Any]:
        """Store one turn: the message, its replies and, from the engine, the new snapshot (with the version that it
        was made from), all or nothing. after_panel: these replies are the crisis panel, and this was heard beside it.
        Gives what was stored; the same message again gives what was stored then.

        Raises UnknownConversation, StaleConversation, or sqlalchemy.exc.SQLAlchemyError when it could not be stored.
        """
        try:
            with self._sessions.begin() as session:
                changes: dict[str, Any] = {"last_day": today, "after_panel": _kept(after_panel)}
                wanted = Conversation.id == identifier
                if snapshot is not None:
                    changes["version"] = snapshot.version + 1
                    changes["snapshot"] = self._seal(snapshot.content, identifier, "snapshot")
                    wanted = wanted & (Conversation.version == snapshot.version)
                # The update comes first: it takes the row's lock, so that the number read next is the last one.
                if rows_changed(session.execute(update(Conversation).where(wanted).values(**changes))) == 0:
                    if session.get(Conversation, identifier) is None:
                        raise UnknownConversation
                    raise StaleConversation
                n = session.execute(select(Conversation.next_n).where(Conversation.id == identifier)).scalar_one()
                messages = _numbered(replies, n + 1)
                mine = {"n": n, "from": "doctor", "kind": "say", "text": said, "input": None, "links": []}
                last = n + len(messages)
                session.execute(update(Conversation).where(Conversation.id == identifier).values(next_n=last + 1))
                return self._add_turn(session, identifier, message_id, last, [mine, *messages], extra)
        except IntegrityError:
            known = self.turn(identifier, message_id)
            if known is None:
                raise
            return known

    def turn(self, identifier: str, message_id: str) -> dict[str, Any] | None:
        """What was stored for this message, or None."""
        with self._sessions() as session:
            row = session.execute(
                select(Turn).where(Turn.conversation_id == identifier, Turn.message_id == message_id)
            ).scalar_one_or_none()
        return self._content(row) if row else None

    def messages(self, identifier: str, since: int) -> list[dict[str, Any]]:
        """Both sides of a talk, after message number since."""
        with self._sessions() as session:
            rows = session.scalars(
                select(Turn).where(Turn.conversation_id == identifier, Turn.last_n > since).order_by(Turn.last_n)
            ).all()
        return [m for row in rows for m in self._content(row)["messages"] if m["n"] > since]

    def texts(self, identifier: str, count: int) -> list[str]:
        """The last things the doctor said, oldest first."""
        with self._sessions() as session:
            rows = session.scalars(
                select(Turn)
                .where(Turn.conversation_id == identifier, Turn.message_id != "")
                .order_by(Turn.last_n.desc())
                .limit(count)
            ).all()
        return [self._content(row)["messages"][0]["text"] for row in reversed(rows)]

    def erase(self, identifier: str) -> None:
        """Throw a conversation away with all that it holds."""
        with self._sessions.begin() as session:
            session.execute(delete(Turn).where(Turn.conversation_id == identifier))
            session.execute(delete(ReportLink).where(ReportLink.conversation_id == identifier))
            session.execute(delete(Conversation).where(Conversation.id == identifier))

    def make_link(self, identifier: str, format_: str, now: dt.datetime) -> str:
        """The token of a new link to a report, that works once and for five minutes."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._sessions.begin() as session:
            session.execute(delete(ReportLink).where(ReportLink.expires < _naive(now)))
            session.add(
                ReportLink(
                    token_hash=_hash(token), conversation_id=identifier, format=format_, expires=_naive(now) + LINK_LIFE
                )
            )
        return token

    def use_link(self, token: str, now: dt.datetime) -> tuple[str, str] | None:
        """The conversation and format of a link, which is used up by it; None when it does not work (any more)."""
        with self._sessions.begin() as session:
            row = session.get(ReportLink, _hash(token))
            if row is None:
                return None
            # Who deletes it has it: of two that ask at once, one finds nothing left to delete.
            used = rows_changed(session.execute(delete(ReportLink).where(ReportLink.token_hash == row.token_hash)))
            return (row.conversation_id, row.format) if used and row.expires >= _naive(now) else None

    def _add_turn(
        self,
        session: Session,
        identifier: str,
        message_id: str,
        last: int,
        messages: list[dict[str, Any]],
        extra: dict[str, Any] | None,
    ) -> dict[str, Any]:
        content = {**(extra or {}), "messages": messages}
        place = f"{identifier}/turn/{message_id}"
        sealed = self._sealer.seal(content, place)
        session.add(Turn(conversation_id=identifier, message_id=message_id, last_n=last, content=sealed))
        session.flush()
        return content

    def _seal(self, content: dict[str, Any], identifier: str, what: str) -> bytes:
        return self._sealer.seal(content, f"{identifier}/{what}")

    def _content(self, row: Turn) -> dict[str, Any]:
        content: dict[str, Any] = self._sealer.unseal(row.content, f"{row.conversation_id}/turn/{row.message_id}")
        return content


def _kept(risks: list[Risk] | None) -> str | None:
    return None if risks is None else _RISKS.dump_json(risks).decode()


def _numbered(replies: Sequence[Reply], first: int) -> list[dict[str, Any]]:
    return [{"n": n, "from": "bot", **reply.model_dump(mode="json")} for n, reply in enumerate(replies, first)]


def _naive(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None)
