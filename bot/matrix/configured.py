"""Whether all is set that the bot needs to be on Matrix."""

from __future__ import annotations

from bot.settings import Settings


def missing(settings: Settings) -> str:
    """What must still be set, in one line; empty when nothing."""
    if not settings.matrix_homeserver or not settings.matrix_user:
        return "Set PAS_MATRIX_HOMESERVER and PAS_MATRIX_USER first; docs/matrix.md says how."
    if settings.matrix_password_file is None and settings.matrix_token_file is None:
        return "Set PAS_MATRIX_PASSWORD_FILE or PAS_MATRIX_TOKEN_FILE: the bot cannot log in on Matrix yet."
    if not settings.matrix_allowed_domains and not settings.matrix_allowed_users:
        return "Set PAS_MATRIX_ALLOWED_DOMAINS or PAS_MATRIX_ALLOWED_USERS: nobody may invite the bot yet."
    return ""
