"""The talks: making one, finding one by its token, adding a turn, reading it back, throwing it away."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy import Engine as Database
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.messages import Happening, Reply, Risk
from bot.store.database import rows_changed, scrub, sessions, writing
from bot.store.events import WEB, add_events
from bot.store.keys import ConversationKeys, NoKey
from bot.store.masters import MasterKeyTrouble
from bot.store.notes import Notes
from bot.store.sealing import SealBroken, seal, unseal
from bot.store.tables import Conversation, Piece, ReportLink, Turn, WaitingPiece

TOKEN_BYTES = 32
LINK_LIFE = dt.timedelta(minutes=5)
_RISKS = TypeAdapter(list[Risk])

# What is asked and written at every message is put together once.
_OWN = Conversation.id == bindparam("talk")
_KNOWN = select(Conversation.id).where(_OWN)
_BEFORE = select(Conversation.panel, Conversation.notes).where(_OWN)
_SNAPSHOT = select(Conversation.version, Conversation.snapshot).where(_OWN)
_TURN = select(Turn.conversation_id, Turn.message, Turn.content).where(
    Turn.conversation_id == bindparam("talk"), Turn.message == bindparam("hash")
)
_ADD = insert(Turn)
_CHANGE = (
    update(Conversation)
    .where(_OWN)
    .values(
        last_day=bindparam("today"),
        version=Conversation.version + 1,
        panel=bindparam("sealed_panel"),
        next_n=Conversation.next_n + bindparam("more"),
    )
    .returning(Conversation.next_n)
)
_CHANGE_SNAPSHOT = _CHANGE.where(Conversation.version == bindparam("made_from")).values(
    snapshot=bindparam("sealed_snapshot")
)


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
class Before:
    """What the door must know of a conversation before it answers a message: what was stored for that already, what was
    heard beside the doctor's own crisis when the last turn was the panel, and what the door keeps of it."""

    stored: dict[str, Any] | None
    after_panel: list[Risk] | None
    notes: Notes


@dataclass(frozen=True)
class Known:
    """A conversation that a token opened."""

    id: str
    token: str


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Conversations:
    """The repository of talks. Every method is one transaction, and blocks. What was written is sealed with the key of
    its talk; a talk whose key was thrown away is unknown.

    Each raises sqlalchemy.exc.SQLAlchemyError or bot.store.masters.MasterKeyTrouble when the store cannot be used.
    """

    def __init__(self, database: Database, keys: ConversationKeys) -> None:
        self._database = database
        self._sessions = sessions(database)
        self._keys = keys

    def create(
        self,
        replies: Sequence[Reply],
        content: dict[str, Any],
        today: dt.date,
        notes: Notes | None = None,
    ) -> tuple[str, list[dict[str, Any]]]:
        """A new conversation that begins with these replies. Gives its token, kept nowhere, and the messages."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        identifier = _hash(token)
        messages = _numbered(replies, 1)
        key = self._keys.make(identifier, today)
        with self._sessions.begin() as session:
            session.add(
                Conversation(
                    id=identifier,
                    last_day=today,
                    next_n=len(messages) + 1,
                    version=0,
                    snapshot=_sealed(content, key, identifier, "snapshot"),
                    panel=_sealed(None, key, identifier, "panel"),
                    notes=_sealed((notes or Notes()).model_dump(), key, identifier, "notes"),
                )
            )
            session.flush()
            _add_turn(session, key, identifier, "", len(messages), messages, None)
        return token, messages

    def by_token(self, token: str) -> Known:
        """The conversation of a token. Raises UnknownConversation."""
        identifier = _hash(token)
        with self._database.connect() as connection:
            found = connection.execute(_KNOWN, {"talk": identifier}).one_or_none()
        if found is None:
            raise UnknownConversation
        return Known(identifier, token)

    def before(self, identifier: str, message_id: str) -> Before:
        """All that is to be known before this message is answered. Raises UnknownConversation."""
        key = self._key(identifier)
        with self._database.connect() as connection:
            row = connection.execute(_BEFORE, {"talk": identifier}).one_or_none()
            turn = _turn_of(connection, identifier, message_id)
        if row is None:
            raise UnknownConversation
        return Before(
            None if turn is None else _content(turn, key),
            _beside(_unsealed(row.panel, key, identifier, "panel")),
            Notes.model_validate(_unsealed(row.notes, key, identifier, "notes")),
        )

    def snapshot(self, identifier: str) -> Snapshot:
        """What was last stored of a conversation. Raises UnknownConversation."""
        with self._database.connect() as connection:
            row = connection.execute(_SNAPSHOT, {"talk": identifier}).one_or_none()
        if row is None:
            raise UnknownConversation
        return Snapshot(row.version, _unsealed(row.snapshot, self._key(identifier), identifier, "snapshot"))

    def notes(self, identifier: str) -> Notes:
        """What the door keeps of a conversation. Raises UnknownConversation."""
        return Notes.model_validate(self._opened(identifier, "notes"))

    def change_notes(self, identifier: str, change: Callable[[Session, Notes], Notes]) -> Notes:
        """Change what the door keeps of a conversation; `change` may do more in the same transaction. Gives the new
        notes. Raises UnknownConversation."""
        key = self._key(identifier)
        with self._sessions.begin() as session:
            _lock(session, identifier)
            sealed = session.execute(select(Conversation.notes).where(Conversation.id == identifier)).scalar_one()
            notes = change(session, Notes.model_validate(_unsealed(sealed, key, identifier, "notes")))
            changed = _sealed(notes.model_dump(), key, identifier, "notes")
            session.execute(update(Conversation).where(Conversation.id == identifier).values(notes=changed))
        return notes

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
        happened: Sequence[Happening] = (),
        channel: str = WEB,
    ) -> dict[str, Any]:
        """Store one turn: the message, its replies and, from the engine, the new snapshot (with the version that it
        was made from), all or nothing. after_panel: these replies are the crisis panel, and this was heard beside it.
        happened: what is counted of it, without a link to the talk, as of this channel. Gives what was stored; the same message again gives
        what was stored then.

        Raises UnknownConversation, StaleConversation, or sqlalchemy.exc.SQLAlchemyError when it could not be stored.
        """
        key = self._key(identifier)
        panel = None if after_panel is None else _RISKS.dump_python(after_panel)
        change = _CHANGE
        values: dict[str, Any] = {
            "talk": identifier,
            "today": today,
            "sealed_panel": _sealed(panel, key, identifier, "panel"),
            "more": 1 + len(replies),
        }
        if snapshot is not None:
            change = _CHANGE_SNAPSHOT
            values["made_from"] = snapshot.version
            values["sealed_snapshot"] = _sealed(snapshot.content, key, identifier, "snapshot")
        try:
            with writing(self._database), self._database.begin() as connection:
                # It takes the row's lock, so that the number it gives is the last one.
                following = connection.execute(change, values).scalar_one_or_none()
                if following is None:
                    if connection.execute(_KNOWN, {"talk": identifier}).one_or_none() is None:
                        raise UnknownConversation
                    raise StaleConversation
                n = following - 1 - len(replies)
                mine = {"n": n, "from": "doctor", "kind": "say", "text": said, "input": None, "links": []}
                messages = [mine, *_numbered(replies, n + 1)]
                add_events(connection, happened, today, channel)
                return _add_turn(connection, key, identifier, _hash(message_id), following - 1, messages, extra)
        except IntegrityError:
            known = self.turn(identifier, message_id)
            if known is None:
                raise
            return known

    def turn(self, identifier: str, message_id: str) -> dict[str, Any] | None:
        """What was stored for this message, or None."""
        with self._database.connect() as connection:
            row = _turn_of(connection, identifier, message_id)
        return _content(row, self._key(identifier)) if row else None

    def messages(self, identifier: str, since: int) -> list[dict[str, Any]]:
        """Both sides of a talk, after message number since. Raises UnknownConversation."""
        key = self._key(identifier)
        with self._sessions() as session:
            rows = session.scalars(
                select(Turn).where(Turn.conversation_id == identifier, Turn.last_n > since).order_by(Turn.last_n)
            ).all()
        return [m for row in rows for m in _content(row, key)["messages"] if m["n"] > since]

    def texts(self, identifier: str, count: int) -> list[str]:
        """The last things the doctor said, oldest first. Raises UnknownConversation."""
        key = self._key(identifier)
        with self._sessions() as session:
            rows = session.scalars(
                select(Turn)
                .where(Turn.conversation_id == identifier, Turn.message != "")
                .order_by(Turn.last_n.desc())
                .limit(count)
            ).all()
        return [_content(row, key)["messages"][0]["text"] for row in reversed(rows)]

    def rewrite_last(self, identifier: str, found: Callable[[str], Mapping[str, str]]) -> list[dict[str, Any]]:
        """Take something out of the turn before the last one and of the last one: `found` gives for what the doctor said
        what goes, and what comes in its place, there and wherever the bot quoted it. Gives the messages whose text is
        another now. Raises UnknownConversation."""
        key, changed = self._key(identifier), []
        with self._sessions.begin() as session:
            _lock(session, identifier)
            wanted = select(Turn).where(Turn.conversation_id == identifier, Turn.message != "")
            rows = list(session.scalars(wanted.order_by(Turn.last_n.desc()).limit(2)))
            contents = [_content(row, key) for row in rows]
            gone = {old: new for content in contents for old, new in found(content["messages"][0]["text"]).items()}
            for row, content in zip(rows, contents, strict=True):
                for message in content["messages"]:
                    text = _replaced(message["text"], gone)
                    if text != message["text"]:
                        message["text"] = text
                        changed.append(message)
                if piece := content.get("piece"):
                    piece["text"] = _replaced(piece["text"], gone)
                row.content = _sealed(content, key, identifier, f"turn/{row.message}")
        scrub(self._database)
        return changed

    def last_day(self, identifier: str) -> dt.date:
        """The day of the last message. Raises UnknownConversation."""
        with self._sessions() as session:
            day = session.execute(
                select(Conversation.last_day).where(Conversation.id == identifier)
            ).scalar_one_or_none()
        if day is None:
            raise UnknownConversation
        return day

    def is_last(self, identifier: str, stored: dict[str, Any]) -> bool:
        """Whether a stored turn is the last one of its conversation."""
        with self._sessions() as session:
            following = session.execute(
                select(Conversation.next_n).where(Conversation.id == identifier)
            ).scalar_one_or_none()
        return bool(following == stored["messages"][-1]["n"] + 1)

    def pieces_said(self, identifier: str) -> list[dict[str, Any]]:
        """What the doctor said at the steps of scripts, oldest first. Raises UnknownConversation."""
        key = self._key(identifier)
        with self._sessions() as session:
            rows = session.scalars(select(Turn).where(Turn.conversation_id == identifier).order_by(Turn.last_n)).all()
        return [piece for row in rows if (piece := _content(row, key).get("piece"))]

    def erase(self, identifier: str) -> None:
        """Throw a conversation away with all that it holds, and what a coordinator may see of it.

        Its key goes before its rows: whoever stops this half-way leaves rows that nobody can read, and
        :mod:`bot.store.retention` takes those away.
        """
        self._withdraw(identifier)
        self._keys.destroy(identifier)
        with self._sessions.begin() as session:
            session.execute(delete(Conversation).where(Conversation.id == identifier))
        scrub(self._database)

    def _withdraw(self, identifier: str) -> None:
        try:
            pieces = self.notes(identifier).pieces
        except (UnknownConversation, SealBroken, MasterKeyTrouble, ValidationError):
            # What cannot be read is thrown away all the same.
            pieces = []
        with self._sessions.begin() as session:
            session.execute(delete(WaitingPiece).where(WaitingPiece.conversation_id == identifier))
            session.execute(delete(Piece).where(Piece.id.in_(pieces)))

    def expired(self, before: dt.date) -> list[str]:
        """The conversations whose last message came before a day."""
        with self._sessions() as session:
            return list(session.scalars(select(Conversation.id).where(Conversation.last_day < before)))

    def all(self) -> set[str]:
        """Every conversation of which there are rows."""
        with self._sessions() as session:
            return set(session.scalars(select(Conversation.id)))

    def make_link(self, identifier: str, format_: str, now: dt.datetime) -> str:
        """The token of a new link to a report, that works once and for five minutes. Raises UnknownConversation."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        name = _hash(token)
        content = {"format": format_, "until": (now + LINK_LIFE).isoformat()}
        sealed = _sealed(content, self._key(identifier), identifier, f"link/{name}")
        with self._sessions.begin() as session:
            session.add(ReportLink(token_hash=name, conversation_id=identifier, day=now.date(), content=sealed))
        return token

    def use_link(self, token: str, now: dt.datetime) -> tuple[str, str] | None:
        """The conversation and format of a link, which is used up by it; None when it does not work (any more)."""
        name = _hash(token)
        with self._sessions.begin() as session:
            row = session.get(ReportLink, name)
            if row is None:
                return None
            # Who deletes it has it: of two that ask at once, one finds nothing left to delete.
            used = rows_changed(session.execute(delete(ReportLink).where(ReportLink.token_hash == name)))
        try:
            content = _unsealed(row.content, self._key(row.conversation_id), row.conversation_id, f"link/{name}")
        except UnknownConversation:
            return None
        works = used and now <= dt.datetime.fromisoformat(content["until"])
        return (row.conversation_id, content["format"]) if works else None

    def drop_links(self, before: dt.date) -> None:
        """Throw away the links that were made before a day."""
        with self._sessions.begin() as session:
            session.execute(delete(ReportLink).where(ReportLink.day < before))

    def _key(self, identifier: str) -> bytes:
        try:
            return self._keys.of(identifier)
        except NoKey:
            raise UnknownConversation from None

    def _opened(self, identifier: str, what: str) -> Any:
        """What stands sealed in a column of a conversation."""
        with self._sessions() as session:
            sealed = session.execute(
                select(getattr(Conversation, what)).where(Conversation.id == identifier)
            ).scalar_one_or_none()
        if sealed is None:
            raise UnknownConversation
        return _unsealed(sealed, self._key(identifier), identifier, what)


def _replaced(text: str, gone: Mapping[str, str]) -> str:
    for old in sorted(gone, key=len, reverse=True):
        text = text.replace(old, gone[old])
    return text


def _lock(session: Session, identifier: str) -> None:
    """Take the lock of a conversation's row until the end of the transaction. Raises UnknownConversation."""
    same = update(Conversation).where(Conversation.id == identifier).values(next_n=Conversation.next_n)
    if rows_changed(session.execute(same)) == 0:
        raise UnknownConversation


def _add_turn(
    transaction: Connection | Session,
    key: bytes,
    identifier: str,
    message: str,
    last: int,
    messages: list[dict[str, Any]],
    extra: dict[str, Any] | None,
) -> dict[str, Any]:
    content = {**(extra or {}), "messages": messages}
    sealed = _sealed(content, key, identifier, f"turn/{message}")
    row = {"conversation_id": identifier, "message": message, "last_n": last, "content": sealed}
    transaction.execute(_ADD, row)
    return content


def _turn_of(connection: Connection, identifier: str, message_id: str) -> Row[str, str, bytes] | None:
    return connection.execute(_TURN, {"talk": identifier, "hash": _hash(message_id)}).one_or_none()


def _beside(content: Any) -> list[Risk] | None:
    return None if content is None else _RISKS.validate_python(content)


def _sealed(content: Any, key: bytes, identifier: str, what: str) -> bytes:
    return seal(content, key, f"{identifier}/{what}")


def _unsealed(sealed: bytes, key: bytes, identifier: str, what: str) -> Any:
    return unseal(sealed, key, f"{identifier}/{what}")


def _content(row: Turn | Row[str, str, bytes], key: bytes) -> dict[str, Any]:
    content: dict[str, Any] = _unsealed(row.content, key, row.conversation_id, f"turn/{row.message}")
    return content


def _numbered(replies: Sequence[Reply], first: int) -> list[dict[str, Any]]:
    return [{"n": n, "from": "bot", **reply.model_dump(mode="json")} for n, reply in enumerate(replies, first)]
