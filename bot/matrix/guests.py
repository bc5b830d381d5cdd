"""Who may invite the bot, and which rooms it stays in. Pure."""

from __future__ import annotations

from collections.abc import Collection

# The bot and one person.
FULL = 2


def allowed(user: str, domains: Collection[str], users: Collection[str]) -> bool:
    """Whether someone may talk with the bot: named, or of a homeserver that is."""
    return user in users or user.partition(":")[2] in domains


def fitting(members: int, *, public: bool) -> bool:
    """Whether a room is for one person."""
    return members <= FULL and not public
