"""The tables of the keys as they were when migrations came.

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
    "data_key",
    TABLES,
    sa.Column("conversation_id", sa.String(length=64), nullable=False),
    sa.Column("wrapped", sa.LargeBinary(), nullable=False),
    sa.Column("master", sa.String(length=16), nullable=False),
    sa.Column("day", sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint("conversation_id"),
    sa.Index("ix_data_key_master", "master"),
)
sa.Table(
    "key_pairing",
    TABLES,
    sa.Column("name", sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint("name"),
)
sa.Table(
    "named_key",
    TABLES,
    sa.Column("name", sa.String(length=80), nullable=False),
    sa.Column("wrapped", sa.LargeBinary(), nullable=False),
    sa.Column("master", sa.String(length=16), nullable=False),
    sa.PrimaryKeyConstraint("name"),
    sa.Index("ix_named_key_master", "master"),
)


def upgrade() -> None:
    """Make what is not there yet."""
    adopt(op.get_bind(), TABLES)
