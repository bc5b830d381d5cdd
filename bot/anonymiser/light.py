"""The light rules: no model, ready at once, a message in milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from bot.anonymiser.ages import Ages
from bot.anonymiser.dates import Dates
from bot.anonymiser.institutions import Institutions
from bot.anonymiser.lexicon import Lexicon, lexicon
from bot.anonymiser.names import Names
from bot.anonymiser.numbers import Numbers
from bot.anonymiser.places import Places
from bot.anonymiser.spans import Span, merge
from bot.anonymiser.words import Word, words_of


class Light:
    """All rules of our own, on one lexicon."""

    def __init__(self, lists: Lexicon) -> None:
        self._numbers, self._dates, self._ages = Numbers(lists), Dates(lists), Ages(lists)
        self._places, self._institutions, self._names = Places(lists), Institutions(lists), Names(lists)
        self._abbreviations = lists.names.words("titles") | lists.names.words("abbreviations")

    def find(self, text: str) -> list[Span]:
        """What could identify someone, in order and without overlap."""
        words = words_of(text, self._abbreviations)
        fixed = merge([*self._numbers.find(text), *self._dates.find(text)])
        closed = [*fixed, *self.sayings(words)]
        where = [span for span in self._institutions.find(words) if not _met(span, closed)]
        where += [span for span in self._places.find(text, words) if not _met(span, closed)]
        placed = merge([*fixed, *where])
        names = list(self._names.find(words, placed))
        known = merge([*placed, *names])
        ages = [span for span in self._ages.find(text, words, known) if not _met(span, known)]
        return merge([*known, *ages])

    def sayings(self, words: Sequence[Word]) -> list[Span]:
        """Where something stands that has a name in it and means nobody ('Jan Modaal')."""
        return list(self._names.sayings(words))


def _met(span: Span, others: list[Span]) -> bool:
    return any(span.meets(other) for other in others)


@cache
def rules() -> Light:
    """The rules of this process. Raises as :class:`Lexicon` does when the lists cannot be read."""
    return Light(lexicon())


def find(text: str) -> list[Span]:
    """What could identify someone, in order and without overlap."""
    return rules().find(text)
