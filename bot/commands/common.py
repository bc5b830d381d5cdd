"""What the commands share."""

from __future__ import annotations

import sys

from pydantic import ValidationError

from bot.settings import Settings, settings


class Trouble(Exception):
    """Something that stops a command, said in one line."""


def chosen_settings() -> Settings:
    """The settings, with the state folder made. Raises Trouble when they will not do."""
    try:
        chosen = settings()
        chosen.prepare()
    except ValidationError as error:
        names = ", ".join(f"PAS_{'_'.join(str(p) for p in e['loc']).upper()} ({e['msg']})" for e in error.errors())
        raise Trouble(f"A setting is not valid: {names}") from None
    except OSError as error:
        raise Trouble(f"The state folder cannot be used: {error.strerror} ({error.filename})") from None
    return chosen


def say(line: str) -> None:
    """Tell whoever gave the command how it goes, apart from what it prints."""
    print(line, file=sys.stderr, flush=True)
