"""The tables: of the talks, of the keys (in a database of their own), and of what is anonymous from the start.

docs/privacy.md says of each field why it is there, how long, and whether it is sealed; a test holds the two together.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of the tables of the main database."""


class KeyBase(DeclarativeBase):
    """Base of the table of keys."""


class Pairing(Base):
    """The random name that the databases of one store share, so that no other is taken for one of them."""

    __tablename__ = "pairing"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)


class KeyPairing(KeyBase):
    """The same name, in the database of the keys."""

    __tablename__ = "key_pairing"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)


class DataKey(KeyBase):
    """The key of one conversation, wrapped by the master key of this name."""

    __tablename__ = "data_key"

    conversation_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    master: Mapped[str] = mapped_column(String(16), index=True)
    day: Mapped[dt.date]


class NamedKey(KeyBase):
    """A key that belongs to no talk and so does not go with one, by its name, wrapped by the master key of this name."""

    __tablename__ = "named_key"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    master: Mapped[str] = mapped_column(String(16), index=True)


class Conversation(Base):
    """One talk. id is the hash of its token, so that no other token can be put in its place; version counts the turns, so
    that two that were made from the same state can never both count.

    Sealed with its key: snapshot is the state of the engine; panel what was heard beside the doctor's own crisis, while
    the crisis panel was the last turn; notes what the door keeps (what was kept with a code, consent).
    """

    __tablename__ = "conversation"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_day: Mapped[dt.date]
    next_n: Mapped[int]
    version: Mapped[int]
    snapshot: Mapped[bytes] = mapped_column(LargeBinary)
    panel: Mapped[bytes] = mapped_column(LargeBinary)
    notes: Mapped[bytes] = mapped_column(LargeBinary)


class Turn(Base):
    """One message of a doctor and the replies to it, in the order in which they came; message is a hash of its id."""

    __tablename__ = "turn"
    __table_args__ = (UniqueConstraint("conversation_id", "message"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    message: Mapped[str] = mapped_column(String(64))
    last_n: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class CoachRow(Base):
    """One coach of the imported directory: what they publish themselves, nothing else."""

    __tablename__ = "coach"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    content: Mapped[str] = mapped_column(Text)


class ReportLink(Base):
    """A link to a report that works once; sealed: which form, and until when."""

    __tablename__ = "report_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    day: Mapped[dt.date]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class KeptSet(Base):
    """What one doctor keeps under one bewaarcode. id is made from the code; public seals what is added, and only the
    code opens that again. opened: the month in which it was last opened (its first day)."""

    __tablename__ = "kept_set"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    opened: Mapped[dt.date]


class KeptItem(Base):
    """One reflection that is kept, sealed for its set."""

    __tablename__ = "kept_item"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    set_id: Mapped[str] = mapped_column(ForeignKey("kept_set.id", ondelete="CASCADE"), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class WaitingPiece(Base):
    """A piece of a talk that a coordinator may see once it is anonymised; until then sealed with the key of its talk."""

    __tablename__ = "waiting_piece"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


# Rows of what is anonymous are found by a random number alone, so that nothing says in which order they came.
UNORDERED = {"sqlite_with_rowid": False}


class Piece(Base):
    """An anonymised piece, sealed with the key of the review. Only the sealed notes of its talk know its id, so that it
    can be withdrawn."""

    __tablename__ = "piece"
    __table_args__ = UNORDERED

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    week: Mapped[dt.date]
    script: Mapped[str] = mapped_column(String(30))
    version: Mapped[int]
    step: Mapped[str] = mapped_column(String(80))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class PieceNote(Base):
    """What a coordinator made of a piece, sealed with the key of the review; it goes when the piece goes."""

    __tablename__ = "piece_note"
    __table_args__ = UNORDERED

    piece_id: Mapped[str] = mapped_column(ForeignKey("piece.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class LessonRow(Base):
    """A sentence that a coordinator wrote to teach the bot, with its labels; use: to learn from, or to test with. Nothing
    leads from it to a piece, or to who wrote it."""

    __tablename__ = "lesson"
    __table_args__ = UNORDERED

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    week: Mapped[dt.date]
    sentence: Mapped[str] = mapped_column(String(200))
    act: Mapped[str] = mapped_column(String(30))
    topic: Mapped[str] = mapped_column(String(30))
    context: Mapped[str] = mapped_column(String(10))
    use: Mapped[str] = mapped_column(String(10))


class Event(Base):
    """Something that happened in a script: no words, no time, nothing that leads to a talk. week is its Monday; run, a
    random number, ties the steps of one run together, n puts them in order."""

    __tablename__ = "event"
    __table_args__ = UNORDERED

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    run: Mapped[str] = mapped_column(String(32), index=True)
    n: Mapped[int]
    week: Mapped[dt.date]
    channel: Mapped[str] = mapped_column(String(10))
    script: Mapped[str] = mapped_column(String(30))
    version: Mapped[int]
    length: Mapped[str] = mapped_column(String(10))
    step: Mapped[str] = mapped_column(String(80))
    what: Mapped[str] = mapped_column(String(20))
    detail: Mapped[str] = mapped_column(String(40))


class Signal(Base):
    """How often a kind of danger was heard in a week, by which version of the rules. Nothing leads from it to a talk."""

    __tablename__ = "signal"
    __table_args__ = UNORDERED

    week: Mapped[dt.date] = mapped_column(primary_key=True)
    risk: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject: Mapped[str] = mapped_column(String(10), primary_key=True)
    version: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int]


class ChannelState(Base):
    """What the client of a messenger must know to go on after a restart: its login, and up to where it has taken what came.
    id is made from the name of its account with a secret, content is sealed with the key of the channel."""

    __tablename__ = "channel_state"
    __table_args__ = UNORDERED

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ChannelRoom(Base):
    """A room of a messenger that the client talks in: sealed with the key of the channel the token of its talk, and which
    messages were taken and answered. id is made from the address of the room with a secret."""

    __tablename__ = "channel_room"
    __table_args__ = UNORDERED

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_day: Mapped[dt.date] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Reminder(Base):
    """A reminder that a doctor asked for: the day, and where to send it, sealed with a key of its own."""

    __tablename__ = "reminder"
    __table_args__ = UNORDERED

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[dt.date] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class CellRow(Base):
    """A published cell: at least five runs, whole, and what is told of them."""

    __tablename__ = "cell"
    __table_args__ = UNORDERED

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    script: Mapped[str] = mapped_column(String(30))
    version: Mapped[int]
    length: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(10))
    first: Mapped[dt.date]
    last: Mapped[dt.date]
    runs: Mapped[int]
    simulated: Mapped[bool]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)


class TallyRow(Base):
    """A published count, of at least five, of what belongs to no run."""

    __tablename__ = "tally"
    __table_args__ = UNORDERED

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60))
    first: Mapped[dt.date]
    last: Mapped[dt.date]
    count: Mapped[int]
    simulated: Mapped[bool]


class AccountRow(Base):
    """Someone who may see the dashboard. password is an Argon2id hash; totp, sealed with the key of the review, the
    secret of the second factor; last_step the step of the last code that was taken, so that each is taken once."""

    __tablename__ = "account"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    password: Mapped[str] = mapped_column(String(200))
    totp: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int]
    role: Mapped[str] = mapped_column(String(10))
    demo: Mapped[bool]


class CoordinatorSession(Base):
    """Someone who is signed in, until one of two minutes (UTC): idle_end moves along with what they do, end does not."""

    __tablename__ = "coordinator_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.name", ondelete="CASCADE"), index=True)
    idle_end: Mapped[dt.datetime]
    end: Mapped[dt.datetime]


class AuditRow(Base):
    """Who looked at or changed what on the dashboard, at which minute (UTC). which: the path of a page, nothing of what
    stands there; account is empty where a name was tried that is not known."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    account: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(20))
    which: Mapped[str] = mapped_column(String(200))
