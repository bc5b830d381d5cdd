"""What stands between a first name or title and a surname: 'van der', and the surname after it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.anonymiser.lexicon import among
from bot.anonymiser.name_words import NameWords
from bot.anonymiser.words import Word

_SHORT = 3
"""A word of so few letters is a name in lower case only where something before it says so."""
_BETWEEN = 4
"""At most so many words stand between a first name and a surname ('van der', 'van 't')."""


class Interfixes(NameWords):
    """Finds surnames with what stands before them."""

    def _interfix_at(self, words: Sequence[Word], at: int) -> int:
        """How many words an interfix has that begins here, when a word follows it."""
        for phrase in self._interfixes.starting(words[at].low):
            part = words[at : at + len(phrase)]
            if tuple(w.low for w in part) == phrase and all(w.near for w in part[1:]) and at + len(phrase) < len(words):
                nxt = words[at + len(phrase)]
                if nxt.near or nxt.gap == ". " or (nxt.gap in ("", ".") and phrase[-1].endswith(".")):
                    return len(phrase)
        return 0

    def _surname_after(self, words: Sequence[Word], at: int, *, title: bool = False) -> int | None:
        """The last word of an interfix and surname that begin here ('van der Berg')."""
        length = self._interfix_at(words, at)
        if not length:
            return None
        here = at + length
        more = self._interfix_at(words, here)
        if more and words[here].low in self._interfix_words():
            here += more
        word = words[here]
        if (
            "-" in word.low
            and word.low.rpartition("-")[2] in self._interfix_words()
            and here + 1 < len(words)
            and words[here + 1].near
        ):
            # 'van der Meulen-de Groot'
            here += 1 + self._interfix_at(words, here + 1)
            return here if not words[here].text.isdecimal() else None
        low, lexicon = word.low, self._lexicon
        if word.placeholder or word.text.isdecimal() or word.opens:
            return None
        first = words[at]
        # 'de man in de hal', 'mijn zus over de dijk': such an interfix only before a surname that is nothing else.
        loose = not first.capital and first.low not in self._near_interfixes
        bases = {low, low.partition("-")[0], low.rstrip("'"), low.removesuffix("'s")}
        if word.capital:
            known = bool(bases & lexicon.all_surnames)
            if loose and title and known:
                return here
            if loose:
                return here if known and low not in lexicon.ordinary and low not in lexicon.single_places else None
            return (
                here
                if known or first.capital or (not self._stays(word) and (title or low not in lexicon.single_places))
                else None
            )
        if word.upper:
            return here if first.upper and title and len(low) > _SHORT else None
        if low in self._not_after_van:
            return None
        if loose:
            hard = words[here - 1].low in self._hard_interfixes and bases & lexicon.all_surnames
            sure = hard or (bases & lexicon.surnames and low not in lexicon.single_places)
            return here if sure and title else None
        closed = here + 1 >= len(words) or not words[here + 1].near
        if title and closed and bases & lexicon.all_surnames:
            return here
        if among(bases, lexicon.surnames, lexicon.soft_surnames) or (
            low in lexicon.after_title and (title or not lexicon.known(low))
        ):
            return here
        if title and low not in lexicon.single_places and self._unknown(words, word, strict=False):
            return here
        return None

    def _interfix_before(self, words: Sequence[Word], at: int) -> int:
        """How many words of an interfix before a surname belong to it."""
        word = words[at]
        surname = word.low in self._lexicon.all_surnames or word.low.partition("-")[0] in self._lexicon.all_surnames
        for length in range(min(_BETWEEN, at), 0, -1):
            part = words[at - length : at]
            if not any(tuple(w.low for w in part) == phrase for phrase in self._interfixes.starting(part[0].low)):
                continue
            if not all(w.near for w in words[at - length + 1 : at + 1]):
                continue
            before = at - length
            if part[0].capital and not part[0].opens:
                return length
            if self._titled(words, before) and (
                words[before - 1].low not in self._relations
                or words[before - 1].low in self._titles
                or part[0].low not in self._of
            ):
                return length
            person = before > 0 and words[before].near and self._clear_name(words[before - 1])
            if (surname or word.capital) and person:
                return length
            if (
                surname
                and length > 1
                and word.low in self._lexicon.after_interfix
                and part[-1].low in ("der", "den", "'t")
            ):
                return length
            if not word.capital and word.low in self._lexicon.surnames and word.low not in self._lexicon.first:
                return length  # 'een zekere van rossem'
            if surname and part[-1].low in self._foreign_interfixes:
                return length
            if surname and part[0].capital and length > 1:
                return length
            if (
                surname
                and word.low in self._lexicon.after_interfix
                and part[0].low == "de"
                and word.low not in self._lexicon.first
            ):
                return length
        return 0

    def _titled(self, words: Sequence[Word], at: int) -> bool:
        """Whether a title, a relation, a first name or initials stand right before this word."""
        if not at:
            return False
        before = words[at - 1]
        if not (words[at].near or words[at].gap in (". ", ".")):
            return False
        return (
            before.low in self._titles
            or before.low + "." in self._titles
            or before.low in self._relations
            or before.initial
        )

    def _strictly(self, words: Sequence[Word], at: int) -> bool:
        """Whether what stands before is a title that says nothing but that a name follows."""
        return self._titled(words, at) and words[at - 1].low not in self._relations

    def _unknown(self, words: Sequence[Word], word: Word, *, strict: bool) -> bool:
        """Whether a word in lower case is one that nobody knows. Strict: only where the writer uses no capitals at all."""
        low = word.low
        if strict and any(w.capital for w in words):
            return self._strange(word)
        return (
            len(low) >= _SHORT
            and low not in self._lexicon.ordinary
            and low.replace("-", "").isalpha()
            and (not low.endswith(self._unlike) or (not strict and not self._lexicon.slip(low)))
            and not self._lexicon.ordinary_word(low)
            and not self._stays(word)
        )
