"""The tables as they were when migrations came.

What a database that was made before that already has is left as it is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.migrating import adopt

revision = "0001"
down_revision = None

TABLES = sa.MetaData()
sa.Table(
    "account",
    TABLES,
    sa.Column("name", sa.String(length=40), nullable=False),
    sa.Column("password", sa.String(length=200), nullable=False),
    sa.Column("totp", sa.LargeBinary(), nullable=False),
    sa.Column("last_step", sa.Integer(), nullable=False),
    sa.Column("role", sa.String(length=10), nullable=False),
    sa.Column("demo", sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint("name"),
)
sa.Table(
    "audit",
    TABLES,
    sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
    sa.Column("at", sa.DateTime(), nullable=False),
    sa.Column("account", sa.String(length=40), nullable=False),
    sa.Column("what", sa.String(length=20), nullable=False),
    sa.Column("which", sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint("id"),
    sa.Index("ix_audit_at", "at"),
)
sa.Table(
    "cell",
    TABLES,
    sa.Column("id", sa.String(length=32), nullable=False),
    sa.Column("script", sa.String(length=30), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("length", sa.String(length=10), nullable=False),
    sa.Column("channel", sa.String(length=10), nullable=False),
    sa.Column("first", sa.Date(), nullable=False),
    sa.Column("last", sa.Date(), nullable=False),
    sa.Column("runs", sa.Integer(), nullable=False),
    sa.Column("simulated", sa.Boolean(), nullable=False),
    sa.Column("figures", sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint("id"),
    sqlite_with_rowid=False,
)
sa.Table(
    "channel_room",
    TABLES,
    sa.Column("id", sa.String(length=64), nullable=False),
    sa.Column("last_day", sa.Date(), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint("id"),
    sa.Index("ix_channel_room_last_day", "last_day"),
    sqlite_with_rowid=False,
)
sa.Table(
    "channel_state",
    TABLES,
    sa.Column("id", sa.String(length=64), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint("id"),
    sqlite_with_rowid=False,
)
sa.Table(
    "coach",
    TABLES,
    sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
    sa.Column("content", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("id"),
)
sa.Table(
    "conversation",
    TABLES,
    sa.Column("id", sa.String(length=64), nullable=False),
    sa.Column("last_day", sa.Date(), nullable=False),
    sa.Column("next_n", sa.Integer(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("snapshot", sa.LargeBinary(), nullable=False),
    sa.Column("panel", sa.LargeBinary(), nullable=False),
    sa.Column("notes", sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint("id"),
)
sa.Table(
    "event",
    TABLES,
    sa.Column("id", sa.String(length=32), nullable=False),
    sa.Column("run", sa.String(length=32), nullable=False),
    sa.Column("n", sa.Integer(), nullable=False),
    sa.Column("week", sa.Date(), nullable=False),
    sa.Column("channel", sa.String(length=10), nullable=False),
    sa.Column("script", sa.String(length=30), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("length", sa.String(length=10), nullable=False),
    sa.Column("step", sa.String(length=80), nullable=False),
    sa.Column("what", sa.String(length=20), nullable=False),
    sa.Column("detail", sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint("id"),
    sa.Index("ix_event_run", "run"),
    sqlite_with_rowid=False,
)
sa.Table(
    "kept_set",
    TABLES,
    sa.Column("id", sa.String(length=64), nullable=False),
    sa.Column("public", sa.LargeBinary(), nullable=False),
    sa.Column("opened", sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint("id"),
)
sa.Table(
    "lesson",
    TABLES,
    sa.Column("id", sa.String(length=32), nullable=False),
    sa.Column("week", sa.Date(), nullable=False),
    sa.Column("sentence", sa.String(length=200), nullable=False),
    sa.Column("act", sa.String(length=30), nullable=False),
    sa.Column("topic", sa.String(length=30), nullable=False),
    sa.Column("context", sa.String(length=10), nullable=False),
    sa.Column("use", sa.String(length=10), nullable=False),
    sa.PrimaryKeyConstraint("id"),
    sqlite_with_rowid=False,
)
sa.Table(
    "pairing",
    TABLES,
    sa.Column("name", sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint("name"),
)
sa.Table(
    "piece",
    TABLES,
    sa.Column("id", sa.String(length=32), nullable=False),
    sa.Column("week", sa.Date(), nullable=False),
    sa.Column("script", sa.String(length=30), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("step", sa.String(length=80), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint("id"),
    sqlite_with_rowid=False,
)
sa.Table(
    "reminder",
    TABLES,
    sa.Column("id", sa.String(length=64), nullable=False),
    sa.Column("day", sa.Date(), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint("id"),
    sa.Index("ix_reminder_day", "day"),
    sqlite_with_rowid=False,
)
sa.Table(
    "signal",
    TABLES,
    sa.Column("week", sa.Date(), nullable=False),
    sa.Column("risk", sa.String(length=20), nullable=False),
    sa.Column("subject", sa.String(length=10), nullable=False),
    sa.Column("version", sa.String(length=16), nullable=False),
    sa.Column("count", sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint("week", "risk", "subject", "version"),
    sqlite_with_rowid=False,
)
sa.Table(
    "tally",
    TABLES,
    sa.Column("id", sa.String(length=32), nullable=False),
    sa.Column("kind", sa.String(length=20), nullable=False),
    sa.Column("key", sa.String(length=60), nullable=False),
    sa.Column("first", sa.Date(), nullable=False),
    sa.Column("last", sa.Date(), nullable=False),
    sa.Column("count", sa.Integer(), nullable=False),
    sa.Column("simulated", sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint("id"),
    sqlite_with_rowid=False,
)
sa.Table(
    "coordinator_session",
    TABLES,
    sa.Column("token_hash", sa.String(length=64), nullable=False),
    sa.Column("account", sa.String(length=40), nullable=False),
    sa.Column("idle_end", sa.DateTime(), nullable=False),
    sa.Column("end", sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(["account"], ["account.name"], ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("token_hash"),
    sa.Index("ix_coordinator_session_account", "account"),
)
sa.Table(
    "kept_item",
    TABLES,
    sa.Column("id", sa.String(length=32), nullable=False),
    sa.Column("set_id", sa.String(length=64), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(["set_id"], ["kept_set.id"], ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id"),
    sa.Index("ix_kept_item_set_id", "set_id"),
)
sa.Table(
    "piece_note",
    TABLES,
    sa.Column("piece_id", sa.String(length=32), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("piece_id"),
    sqlite_with_rowid=False,
)
sa.Table(
    "report_link",
    TABLES,
    sa.Column("token_hash", sa.String(length=64), nullable=False),
    sa.Column("conversation_id", sa.String(length=64), nullable=False),
    sa.Column("day", sa.Date(), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("token_hash"),
    sa.Index("ix_report_link_conversation_id", "conversation_id"),
)
sa.Table(
    "turn",
    TABLES,
    sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
    sa.Column("conversation_id", sa.String(length=64), nullable=False),
    sa.Column("message", sa.String(length=64), nullable=False),
    sa.Column("last_n", sa.Integer(), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id"),
    sa.UniqueConstraint("conversation_id", "message"),
    sa.Index("ix_turn_conversation_id", "conversation_id"),
)
sa.Table(
    "waiting_piece",
    TABLES,
    sa.Column("id", sa.String(length=32), nullable=False),
    sa.Column("conversation_id", sa.String(length=64), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id"),
    sa.Index("ix_waiting_piece_conversation_id", "conversation_id"),
)


def upgrade() -> None:
    """Make what is not there yet."""
    adopt(op.get_bind(), TABLES)
