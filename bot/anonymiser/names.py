"""Names of people: known ones, and unknown ones by what stands around them and how they are written.

First each word is looked at by itself (is it a name here?); then what belongs to a name is taken in: initials and first names
before it, what stands between ('van der'), the surname after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.anonymiser.lexicon import among
from bot.anonymiser.name_extent import Extent, Free
from bot.anonymiser.spans import KINDS, Span
from bot.anonymiser.words import Word

_SHORT = 3
"""A word of so few letters is a name in lower case only where something before it says so."""


class Names(Extent):
    """Reads names of people."""

    def find(self, words: Sequence[Word], taken: Sequence[Span]) -> Iterator[Span]:
        """Every name. What is taken is something else already."""
        free = Free(words, [*taken, *self.sayings(words)])
        core = [free[at] and self._core(words, at) for at in range(len(words))]
        for at in range(len(words)):
            core[at] = core[at] or (free[at] and self._beside(words, core, at))
        said = {
            w.low
            for at, w in enumerate(words)
            if core[at]
            and (w.capital or len(w.low) > _SHORT - 1)
            and len(w.low) > 1
            and w.low not in self._lexicon.eponyms
            and w.low not in self._interfix_words()
        }
        core = [
            is_name
            or (
                free[at]
                and words[at].low in said
                and (
                    (words[at].capital and (not words[at].opens or self._again(words[at])))
                    or (not words[at].capital and self._again_lower(words, at))
                )
            )
            for at, is_name in enumerate(core)
        ]
        at = 0
        while at < len(words):
            if not core[at] or words[at].placeholder:
                at += 1
                continue
            start = self._left(words, core, at, free)
            end = self._right(words, core, at, free)
            last = words[end]
            # The full stop of an initial belongs to it, also where it ends a sentence.
            dot = last.dot and (last.initial or len(last.low) == 1)
            yield Span(words[start].start, last.end + dot, self._kind(words, start, end))
            at = end + 1

    def sayings(self, words: Sequence[Word]) -> Iterator[Span]:
        """'Jan Modaal', 'Gilles de la Tourette': what has a name in it and means nobody here."""
        for at, word in enumerate(words):
            for phrase in self._idioms.starting(word.low):
                part = words[at : at + len(phrase)]
                if tuple(w.low for w in part) == phrase or (
                    "-" in part[-1].low
                    and len(part) == len(phrase) > 1
                    and (*(w.low for w in part[:-1]), part[-1].low.partition("-")[0]) == phrase
                ):
                    yield Span(word.start, part[-1].end, KINDS[0])
                    break

    def _again_lower(self, words: Sequence[Word], at: int) -> bool:
        """Whether a name in lower case that was called so elsewhere is one here: 'ton vindt …, ton is mijn man'."""
        word = words[at]
        if self._strange(word):
            return True
        alone = not at or not word.near or words[at - 1].low in self._persons_after
        return alone and word.low in self._sure and not word.upper

    def _again(self, word: Word) -> bool:
        """Whether a name that was called so before is one at the beginning of a sentence too."""
        return self._soft(word) or not self._lexicon.known(word.low) or word.low in self._lexicon.soft_surnames

    def _kind(self, words: Sequence[Word], start: int, end: int) -> str:
        """An unknown word with a capital after 'in' or 'uit' is a place."""
        word = words[start]
        if (
            start != end
            or not start
            or not word.near
            or among(self._bases(word), self._lexicon.first, self._lexicon.soft_first)
        ):
            return "naam"
        return "plaats" if words[start - 1].low in self._clear and word.capital else "naam"
