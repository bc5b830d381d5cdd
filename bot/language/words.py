"""Words of a message, without any library of the language."""

from __future__ import annotations

import regex

from bot.messages import Cue

SHORT = "kort"
# An answer of so many words is short.
SHORT_WORDS = 4


def short(text: str) -> Cue | None:
    """The cue of a short answer, when this is one."""
    words = [word for word in text.split() if regex.search(r"\w", word)]
    if not 0 < len(words) <= SHORT_WORDS:
        return None
    return Cue(name=SHORT, quote=trimmed(text))


def trimmed(text: str) -> str:
    """A text with single spaces, and without the signs at its ends."""
    return " ".join(text.split()).strip(" ,;:.!?…\"“”'‘’-–—")
