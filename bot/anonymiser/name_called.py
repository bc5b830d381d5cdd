"""Names by what stands before them: 'mevrouw', 'mijn zoon', 'heet', 'ik ben'."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from bot.anonymiser.lexicon import among
from bot.anonymiser.name_interfixes import Interfixes
from bot.anonymiser.words import Word

_SHORT = 3
"""A word of so few letters is a name in lower case only where something before it says so."""


class Called(Interfixes):
    """Knows what is called a name."""

    def _before(self, words: Sequence[Word], at: int, phrases: Sequence[tuple[str, ...]]) -> bool:
        return any(at >= len(p) and tuple(w.low for w in words[at - len(p) : at]) == p for p in phrases)

    def _called(self, words: Sequence[Word], at: int) -> bool:
        """Whether a title, a relation or 'heet' comes before this word and makes it a name."""
        if not at:
            return False
        word, before = words[at], words[at - 1]
        abbreviated = word.gap.startswith(".") and not word.gap.strip(". ")
        if not (word.near or abbreviated) or "\n" in word.gap:
            closed = "(" in word.gap and at + 1 < len(words) and ")" in words[at + 1].gap
            if closed and before.low in self._relations:
                return among({word.low}, self._lexicon.first, self._lexicon.soft_first) and (
                    word.capital or word.low in self._lexicon.first or word.low in self._sure
                )
            label = before.low in self._labels and word.gap.strip(" \n\r\"'") in (":", "=", ",", "")
            return label and (self._after_naming(words, word) or word.low in self._lexicon.soft_first)
        if abbreviated and before.low + "." not in self._titles and before.low not in self._abbreviated:
            return False
        if word.opens and not abbreviated:
            return False
        nxt = words[at + 1] if at + 1 < len(words) else None
        if before.low in self._relations and nxt is not None and nxt.near and len(word.low) > 1:
            # 'vroedvrouw leen riep', 'assistente an zegt'
            named = self._may_be_name(word) and nxt.low in (self._said | self._is) - self._and
            if named and word.low not in self._said | self._is | self._never | self._hard_words:
                return True
        titled = before.low in self._titles or before.low + "." in self._titles
        if titled and self._after_title(words, at, soft=before.low in self._relations - self._addresses):
            return True
        if before.low in self._relations and not abbreviated:
            return self._after_relation(words, at)
        if self._before(words, at, self._naming_phrases):
            return self._after_naming(words, word)
        if self._before(words, at, self._i_am):
            return self._after_i_am(words, at)
        return False

    def _may_be_name(self, word: Word) -> bool:
        lexicon = self._lexicon
        return any(word.low in names for names in (lexicon.first, lexicon.surnames, lexicon.soft_first, self._count))

    def _single(self, words: Sequence[Word], at: int) -> bool:
        """'mevrouw K.', 'patiënt A.B.'."""
        word = words[at]
        return (word.initial and (word.dot or "." in word.text or word.low not in self._no_letters)) or (
            len(word.low) == 1 and word.dot and word.text.isalpha()
        )

    def _after_title(self, words: Sequence[Word], at: int, *, soft: bool) -> bool:
        """Whether a word is a name after a title; a soft one ('collega', 'oom') says less."""
        word, low = words[at], words[at].low
        if word.text.isdecimal() or word.placeholder:
            return False
        if self._single(words, at):
            return True
        if word.capital and low == words[at - 1].low:
            return True
        if low in self._titles and not (word.capital and low not in self._never):
            return False
        if low.rstrip(".") in ("", "n.p", "np"):
            return False
        if len(low) == 1:
            return False
        if word.capital:
            # 'mevrouw Parkinson'; but not 'Mevrouw De Vries': what stands between is taken in later.
            return not self._interfix_at(words, at) and low not in self._never
        if word.upper:
            return len(low) > _SHORT and not self._stays(word)
        if self._interfix_at(words, at):
            return False
        if low in self._never or low in self._interfix_words():
            return False
        lexicon = self._lexicon
        bases = self._bases(word)
        double = "-" in low and low.partition("-")[0] in lexicon.surnames
        if len(low) > 1 and (double or among(bases, lexicon.first, lexicon.surnames)):
            return True
        if not soft and low in lexicon.soft_first and low not in self._hard_words and low not in self._is:
            return True
        if low in lexicon.soft_surnames or low in self._sure or (low in lexicon.after_title and not soft):
            return True
        if low in lexicon.eponyms and not soft:
            return True
        return self._unknown(words, word, strict=soft)

    def _after_relation(self, words: Sequence[Word], at: int) -> bool:
        word, low = words[at], words[at].low
        if word.text.isdecimal() or word.placeholder or low in self._never or self._interfix_at(words, at):
            return False
        lexicon = self._lexicon
        if self._single(words, at):
            return words[at].dot or "." in word.text or len(low) > 1
        if regex.fullmatch(r"(?:\p{L}\.){2,3}", low) and low not in self._abbreviations:
            return True
        listed = bool(self._bases(word) & lexicon.listed)
        if word.upper:
            return len(low) > _SHORT and listed and not self._stays(word)
        if word.capital:
            return (listed and (low not in lexicon.eponyms or low in lexicon.first)) or (
                not self._stays(word) and low not in self._titles and low not in self._relations
            )
        if among(self._bases(word), lexicon.first, lexicon.surnames):
            return True
        if low in self._sure:
            return True
        return self._unknown(words, word, strict=True)

    def _after_naming(self, words: Sequence[Word], word: Word) -> bool:
        low = word.low
        if any(quote in word.gap for quote in "'\"‘“„"):
            return word.capital and self._clear_name(word)
        if word.text.isdecimal() or word.placeholder or low in self._never:
            return False
        if word.capital:
            return not self._lexicon.known(low) or (bool(self._bases(word) & self._lexicon.listed) and not word.opens)
        lexicon = self._lexicon
        if among(self._bases(word), lexicon.first, lexicon.surnames) or low in self._sure:
            return len(low) > 1
        return self._unknown(words, word, strict=True)

    def _after_i_am(self, words: Sequence[Word], at: int) -> bool:
        word, low = words[at], words[at].low
        if word.text.isdecimal() or word.placeholder or low in self._never:
            return False
        lexicon = self._lexicon
        if word.capital:
            return bool(self._bases(word) & lexicon.listed) or (
                not lexicon.ordinary_word(low) and not self._stays(word)
            )
        if low in self._sure:
            nxt = words[at + 1] if at + 1 < len(words) else None
            return nxt is None or not nxt.near or nxt.low in self._and
        return bool(self._bases(word) & lexicon.first)
