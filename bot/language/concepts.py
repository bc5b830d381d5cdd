"""Word families: different words that say the same to the language model, such as everything one can drink too much of.

They stand in `data/language/concepts.yml`, so that a sentence nobody thought of is understood by what its words mean.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

import regex

from bot.settings import DATA
from bot.yaml import load

_WORD = regex.compile(r"\w+(?:'\w+)*|[?!]")
_STAR = "*"


def words(text: str) -> list[str]:
    """The words of a text in small letters without accents; a hyphen parts words, question marks count as words."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return _WORD.findall(folded.replace("’", "'"))


class Concepts:
    """Knows to which families a word or a few words in a row belong."""

    def __init__(self, families: Mapping[str, str]) -> None:
        """Take each family with its members, between commas: ``word``, ``begin*``, ``*end``, up to three words."""
        self._whole: dict[str, set[str]] = defaultdict(set)
        self._begin: dict[str, set[str]] = defaultdict(set)
        self._end: dict[str, set[str]] = defaultdict(set)
        for family, members in families.items():
            for member in filter(str.strip, members.split(",")):
                known = self._whole
                if member.strip().endswith(_STAR):
                    known = self._begin
                elif member.strip().startswith(_STAR):
                    known = self._end
                known[" ".join(words(member))].add(family)
        self._longest = max((entry.count(" ") + 1 for entry in (*self._whole, *self._begin)), default=1)
        self._known: dict[str, frozenset[str]] = {}

    def __call__(self, text: Sequence[str]) -> list[set[str]]:
        """For each word of a text, the families it belongs to, by itself or with its neighbours."""
        found: list[set[str]] = [set() for _ in text]
        for length in range(1, self._longest + 1):
            for start in range(len(text) - length + 1):
                families = self._families(" ".join(text[start : start + length]))
                for place in range(start, start + length):
                    found[place] |= families
        return found

    def _families(self, phrase: str) -> frozenset[str]:
        if phrase not in self._known:
            spaces = phrase.count(" ")
            found = set(self._whole.get(phrase, ()))
            # The beginning must hold every space, so that 'nee zeg*' never reaches into the word after it.
            for end in range(phrase.rfind(" ") + 2, len(phrase) + 1):
                found |= self._begin.get(phrase[:end], set())
            if not spaces:
                for start in range(len(phrase)):
                    found |= self._end.get(phrase[start:], set())
            if len(self._known) > _MEMORY:
                self._known.clear()
            self._known[phrase] = frozenset(found)
        return self._known[phrase]


_MEMORY = 200_000


@cache
def concepts() -> Concepts:
    """The families of `data/language/concepts.yml`, read once."""
    return Concepts(load(DATA / "language" / "concepts.yml"))
