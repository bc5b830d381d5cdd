"""The tables."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of the tables."""


class Conversation(Base):
    """One talk. version counts the turns of the engine, so that two of them can never both count."""

    __tablename__ = "conversation"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    last_day: Mapped[dt.date]
    next_n: Mapped[int]
    version: Mapped[int]
    # Not null while the crisis panel was the last turn: the categories that were heard beside it, as JSON.
    after_panel: Mapped[str | None] = mapped_column(Text, default=None)
    snapshot: Mapped[bytes] = mapped_column(LargeBinary)


class Turn(Base):
    """One message of a doctor and the replies to it, in the order in which they came."""

    __tablename__ = "turn"
    __table_args__ = (UniqueConstraint("conversation_id", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(String(36))
    last_n: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class CoachRow(Base):
    """One coach of the imported directory: what they publish themselves, nothing else."""

    __tablename__ = "coach"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    content: Mapped[str] = mapped_column(Text)


class Signal(Base):
    """How often a kind of danger was heard on a day, by which version of the rules. Nothing leads from it to a talk."""

    __tablename__ = "signal"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    risk: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject: Mapped[str] = mapped_column(String(10), primary_key=True)
    version: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int]


class ReportLink(Base):
    """A link to a report that works once, until it expires."""

    __tablename__ = "report_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    format: Mapped[str] = mapped_column(String(8))
    expires: Mapped[dt.datetime]
