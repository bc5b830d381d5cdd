"""Word families: different words that say the same to the language model, such as everything one can drink too much of.

They stand in `data/language/concepts.yml`, so that a sentence nobody thought of is understood by what its words mean.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
        entries = [*self._whole, *self._begin]
        self._longest = max((entry.count(" ") + 1 for entry in entries), default=1)
        # Few phrases begin with any word: of most words the ones after them need no look.
        self._openers = {entry.partition(" ")[0] for entry in entries if " " in entry}
        self._known: dict[str, frozenset[str]] | None = None

    def __call__(self, text: Sequence[str]) -> list[set[str]]:
        """For each word of a text, the families it belongs to, by itself or with its neighbours."""
        found: list[set[str]] = [set() for _ in text]
        for length in range(1, self._longest + 1):
            for start in range(len(text) - length + 1):
                if length > 1 and text[start] not in self._openers:
                    continue
                families = self._families(" ".join(text[start : start + length]))
                for place in range(start, start + length):
                    found[place] |= families
        return found

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """While this lasts, what was looked up is remembered: for the sentences of training only, which are many and much
        alike. Nothing that a doctor writes gets in there."""
        self._known = {}
        try:
            yield
        finally:
            self._known = None

    def _families(self, phrase: str) -> frozenset[str]:
        if self._known is None:
            return self._looked_up(phrase)
        if phrase not in self._known:
            self._known[phrase] = self._looked_up(phrase)
        return self._known[phrase]

    def _looked_up(self, phrase: str) -> frozenset[str]:
        found = set(self._whole.get(phrase, ()))
        # The beginning must hold every space, so that 'nee zeg*' never reaches into the word after it.
        for end in range(phrase.rfind(" ") + 2, len(phrase) + 1):
            found |= self._begin.get(phrase[:end], set())
        if " " not in phrase:
            for start in range(len(phrase)):
                found |= self._end.get(phrase[start:], set())
        return frozenset(found)


@cache
def concepts() -> Concepts:
    """The families of `data/language/concepts.yml`, read once."""
    return Concepts(load(DATA / "language" / "concepts.yml"))
