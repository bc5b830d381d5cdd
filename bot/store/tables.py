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
    crisis: Mapped[bool] = mapped_column(default=False)
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


class ReportLink(Base):
    """A link to a report that works once, until it expires."""

    __tablename__ = "report_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    format: Mapped[str] = mapped_column(String(8))
    expires: Mapped[dt.datetime]
