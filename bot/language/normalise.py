"""From what was typed to plain small letters: one look for every way of writing the same characters.

Nothing here knows a word of Dutch; that is :mod:`bot.language.spelling`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import regex

# Marks on letters, invisible formatting, lone surrogates and control characters: dropped, so that what they stood
# between closes up.
_DROPPED = regex.compile(r"[\p{M}\p{Cf}\p{Cs}[\p{Cc}--\s]]+", regex.VERSION1)
# Every kind of space, but not the end of a line.
_BLANK = regex.compile(r"[^\S\n]")


class Folding:
    """Folds characters to plain small letters by the tables of `data/safety/characters.yml`."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        """Take the tables `look_alikes`, `alphabets` and `pictures`. Raises KeyError or TypeError when one is wrong."""
        table: dict[int, str] = {}
        for first, count in tables["alphabets"]:
            table.update({first + n: chr(ord("a") + n) for n in range(count)})
        for seen, meant in tables["pictures"].items():
            table[ord(seen)] = meant
        self._before = dict(table)
        for seen, meant in tables["look_alikes"].items():
            table[ord(str(seen).strip())] = meant
        self._after = table

    def __call__(self, text: str) -> str:
        """The text in small letters without accents, disguises or invisible characters; line ends stay."""
        if not text.isascii():
            text = text.translate(self._before)
            text = unicodedata.normalize("NFKD", text)
            text = _DROPPED.sub("", text)
            text = text.lower().translate(self._after)
        return _BLANK.sub(" ", _DROPPED.sub("", text)).lower()
