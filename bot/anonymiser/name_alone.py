"""Whether a word is a name where it stands: by the lists, by a capital, by what it does."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from bot.anonymiser.lexicon import among
from bot.anonymiser.name_called import Called
from bot.anonymiser.words import Word

_SHORT = 3
"""A word of so few letters is a name in lower case only where something before it says so."""
_LONG_NAME = 6
"""A word that nobody knows and that has so many letters is a name wherever it stands."""
_APPOSED = 7
"""At most so many words stand between two commas after a name."""


class Alone(Called):
    """Reads one word in its place."""

    def _core(self, words: Sequence[Word], at: int) -> bool:
        """Whether this word is a name, by itself or by what stands around it."""
        word = words[at]
        if word.placeholder:
            return word.low == "[naam]"
        if word.text.isdecimal() or not word.text[-1:].strip("."):
            return self._letters(words, at)
        if self._called(words, at):
            return True
        if word.low in self._never:
            return False
        if word.opens and self._low(words, at + 1) in self._heet and words[at + 1].near:
            named = (
                self._bases(word) & self._lexicon.listed
                if word.capital
                else among({word.low}, self._lexicon.after_title, self._lexicon.soft_first)
            )
            if named:
                return True
        article = at > 0 and word.near and words[at - 1].low in self._determiners
        if self._named_by_deed(words, at):
            return True
        sign = self._low(words, at + 1) in self._signs and words[at + 1].near
        if sign and (word.low in self._lexicon.eponyms or not self._clear_name(word)):
            return False
        if self._stays(word) or self._eponym(words, at) or (article and word.low in self._lexicon.eponyms):
            return False
        if word.low.endswith("'") and word.low[:-1] in self._sure:
            return True
        if "." in word.text:
            return self._letters(words, at)
        if len(word.low) == 1:
            return self._letters(words, at)
        if word.upper:
            return len(word.low) > _SHORT and self._clear_name(word)
        if self._clear_name(word):
            return self._clear_here(words, at)
        if word.capital and word.opens:
            return self._opening(words, at)
        if word.capital:
            return self._inside(words, at)
        return self._soft_lower(words, at) or self._strange_here(words, at)

    def _eponym(self, words: Sequence[Word], at: int) -> bool:
        """'ziekte van Thomas', 'proef van …'."""
        return any(
            at >= len(cue) and tuple(w.low for w in words[at - len(cue) : at]) == cue for cue in self._eponym_cues
        )

    def _river(self, words: Sequence[Word], at: int) -> bool:
        """'de Maas'."""
        return at > 0 and words[at].near and words[at - 1].low in self._determiners and words[at].low in self._rivers

    def _of_eponym(self, words: Sequence[Word], at: int) -> bool:
        """'Glasgow Coma Schaal': the word before is an eponym that nothing calls a name."""
        before = words[at - 1] if at and words[at].near else None
        return (
            before is not None
            and before.capital
            and before.low in self._lexicon.eponyms
            and before.low not in self._lexicon.first
            and not self._titled(words, at - 1)
        )

    def _named_by_deed(self, words: Sequence[Word], at: int) -> bool:
        """'Toen Yasmin vroeg', 'Mei Ling vroeg', 'Kort, zo heette hij', 'Sterk is haar achternaam'."""
        word = words[at]
        nxt = words[at + 1] if at + 1 < len(words) else None
        if nxt is None or word.low in self._never or word.text.isdecimal() or word.upper:
            return False
        if not word.capital:
            return self._said_of(words, at, nxt)
        person = word.low in self._lexicon.all_first or word.low in self._lexicon.soft_first
        if person and nxt.near and not word.opens and nxt.low in self._said:
            return True
        if person and nxt.near and not word.opens and nxt.low in self._near_interfixes:
            surname = self._surname_after(words, at + 1, title=True)
            if surname is not None and words[surname].capital:
                return True  # 'met Ad van Loon'
        if person and nxt.near and nxt.capital and word.low in self._month_names:
            return not self._stays(nxt) and (nxt.low in self._lexicon.listed or not self._lexicon.known(nxt.low))
        if word.opens:
            after = tuple(w.low for w in words[at + 1 : at + 4])
            if nxt.gap.strip() == "," and len(after) > 1 and after[0] in self._so and after[1] in self._heet:
                return True
            if nxt.near and len(after) == 3 and after[0] in self._verbs_be and after[2] in self._kinds_of_name:
                return True
        return False

    def _said_of(self, words: Sequence[Word], at: int, nxt: Word) -> bool:
        """'vos wilde', 'toen yasmin vroeg', 'j.w. heeft': who does what only people do, in lower case and without an article."""
        word, lexicon = words[at], self._lexicon
        before = words[at - 1] if at and word.near else None
        begins = before is None or before.low in self._conjunctions
        if not ((begins and nxt.near and before is None) or (begins and nxt.near and nxt.low in self._personal)):
            return False
        if "." in word.text and before is None:
            short = regex.fullmatch(r"(?:\p{L}\.){2,3}", word.text) is not None
            return short and word.low not in self._abbreviations and nxt.low in (self._is | self._said)
        if nxt.low not in self._personal or not word.low.isalpha():
            return False
        if before is None and among({word.low}, lexicon.soft_first, self._count, lexicon.first):
            return True
        return len(word.low) > _SHORT and word.low in lexicon.first

    def _strange_here(self, words: Sequence[Word], at: int) -> bool:
        """A word in lower case that nobody knows, where a person can stand: 'denken aan habtom', 'kübra demirtaş'."""
        word = words[at]
        if word.capital or word.upper or word.text.isdecimal():
            return False
        nxt = words[at + 1] if at + 1 < len(words) else None
        before = words[at - 1] if at and word.near else None
        prepared = before is not None and before.low in self._persons_after
        apart = nxt is None or not nxt.near or nxt.low in self._and
        if prepared and word.low in self._sure and nxt is not None and nxt.gap.strip() in (",", "("):
            # 'van harm, onze praktijkmanager'
            after = words[at + 2] if at + 2 < len(words) else None
            if nxt.low in self._relations or (
                nxt.low in self._determiners and after is not None and after.low in self._relations
            ):
                return True
        surname = nxt is not None and nxt.near and nxt.low in self._lexicon.surnames
        doing = nxt is not None and nxt.near and nxt.low in self._said
        begins = before is None or before.low in self._conjunctions
        if len(word.low) >= _LONG_NAME or surname or (prepared and apart) or (doing and (begins or prepared)):
            return self._strange(word)
        return False

    def _letters(self, words: Sequence[Word], at: int) -> bool:
        """J.W., by itself: two capitals with full stops."""
        word = words[at]
        letters = word.text.replace(".", "")
        if len(word.text) == 1:
            # 'T. wilde niet meer', 'ik sprak M. over zijn dochter'; not 'vitamine D.'
            nxt = words[at + 1] if at + 1 < len(words) else None
            goes_on = nxt is not None and nxt.gap == ". " and nxt.text[0].islower()
            before = self._low(words, at - 1)
            return word.initial and word.dot and goes_on and before not in self._letter_before
        return 2 <= len(letters) <= 5 and "." in word.text and word.initial and word.low not in self._abbreviations

    def _clear_here(self, words: Sequence[Word], at: int) -> bool:
        """A word of the lists: not where it is too short to tell."""
        word = words[at]
        if self._of_eponym(words, at):
            return False
        if word.capital and not word.opens:
            return True
        length = len(word.low.rstrip("'"))
        if word.capital:
            return length > _SHORT or word.low in self._short or self._opening(words, at)
        if length <= 2 or (word.low not in self._lexicon.first and self._inflected(word.low)):
            return False
        return length > _SHORT or word.low in self._short

    def _opening(self, words: Sequence[Word], at: int) -> bool:
        """A word at the beginning of a sentence that is in no list, or is ordinary too: a name by what it does."""
        word = words[at]
        nxt = words[at + 1] if at + 1 < len(words) else None
        base = word.low.removesuffix("'s")
        if len(base) > _SHORT and (base in self._lexicon.listed or self._strange(word)) and self._alone(words, at):
            return True
        if nxt is None:
            return False
        listed = bool(self._bases(word) & self._lexicon.listed)
        if not listed and self._strange(word):
            return True
        unknown = not listed and not self._lexicon.ordinary_word(word.low)
        soft = self._soft(word) or (listed and not self._lexicon.known(word.low))
        surname = word.low in self._lexicon.soft_surnames
        if nxt.near:
            if nxt.low in self._heet and (listed or unknown or soft):
                return True
            if nxt.low in self._said and (soft or unknown or surname):
                return True
            if nxt.low in self._is and (soft or unknown or word.low in self._count):
                return True
            if nxt.low in self._and and (soft or unknown) and at + 2 < len(words) and words[at + 2].capital:
                return not self._stays(words[at + 2])
            possessive = word.low.endswith(("s", "'")) and soft and not self._lexicon.known(word.low)
            if possessive or (soft and nxt.capital and not self._stays(nxt) and not nxt.upper):
                return True
            if (soft or unknown) and self._surname_after(words, at + 1) is not None:
                return True
        owner = word.low in self._sure and nxt.near and nxt.low in self._possessed
        if owner and at + 2 < len(words) and not words[at + 2].capital:
            return True  # 'Ton zn brief'
        if nxt.gap.strip() == "," and (soft or unknown):
            if (
                nxt.capital
                and not self._stays(nxt)
                and among(self._bases(nxt), self._lexicon.all_first, self._lexicon.soft_first)
            ):
                return self._soft(word)  # 'Bas, Iris en ik'
            if nxt.low in self._apposing and self._apposed(words, at + 1):
                return True  # 'Gust, een oude mijnwerker, zei'
        if word.low in self._sure and nxt.near and nxt.low in self._of:
            after = words[at + 2 : at + 5]
            if after and after[0].low in self._determiners and any(w.low in self._said for w in after[1:]):
                return True  # 'Linde van de fysio vroeg'
        # 'Luuk, aios, …', 'Roos (34)'
        return (
            (soft or unknown) and nxt.gap.strip() in (",", "(") and (nxt.low in self._relations or nxt.text.isdecimal())
        )

    def _alone(self, words: Sequence[Word], at: int) -> bool:
        """Whether a word with a capital is all there is on its line, below others: a name under a letter."""
        word = words[at]
        if not at or "\n" not in word.gap or not (self._soft(word) or not self._lexicon.ordinary_word(word.low)):
            return False
        return at + 1 == len(words) or "\n" in words[at + 1].gap

    def _apposed(self, words: Sequence[Word], at: int) -> bool:
        """'een oude mijnwerker, zei': what stands between commas before a verb of saying."""
        for here in range(at + 1, min(at + _APPOSED, len(words))):
            if not words[here].near:
                closed = words[here].gap.strip() == ","
                person = words[here - 1].low in self._relations or words[here].low in self._said
                return closed and person
        return False

    def _inside(self, words: Sequence[Word], at: int) -> bool:
        """A capital in the midst of a sentence."""
        word = words[at]
        lexicon = self._lexicon
        if self._of_eponym(words, at) or self._river(words, at):
            return False
        bases = self._bases(word)
        soft = among(bases, lexicon.soft_first, lexicon.soft_surnames)
        rare = word.low in lexicon.after_title and (word.low not in lexicon.ordinary or not lexicon.known(word.low))
        if soft or rare:
            return True
        before = words[at - 1] if at and word.near else None
        if word.low in lexicon.all_first or word.low in lexicon.all_surnames:
            # 'visite bij Kooiman': a rare surname that is a word too.
            return (
                before is not None
                and before.low in self._persons_after
                and word.low not in lexicon.single_places
                and (word.low in self._after_first or not lexicon.known(word.low))
            )
        if before is not None and before.low in self._articles:
            return False  # 'de Columbia', 'het Paasontbijt'
        if before is not None and before.low in self._of and self._low(words, at - 2).endswith(self._theories):
            return False  # 'de kwadranten van Ofman'
        if word.low in self._clear or lexicon.ordinary_word(word.low):
            return False
        near = words[max(0, at - 3) : at + 3]
        if any(w.low in self._medicine_cues or self._medicine(w.low) for w in near if w is not word):
            return False
        following = words[at + 1] if at + 1 < len(words) else None
        if following is not None and following.near and following.text.isdecimal() and not word.low.endswith("s"):
            return not (before is not None and before.low in self._with_dose)
        return len(word.low) > 1

    def _soft_lower(self, words: Sequence[Word], at: int) -> bool:
        """'roos zei', without a capital: an ordinary word that is a first name here."""
        word = words[at]
        if len(word.low) < _SHORT or not self._soft(word) or at + 1 >= len(words):
            return False
        nxt = words[at + 1]
        before = words[at - 1].low if at else ""
        if before in self._of and self._low(words, at - 2) in self._relations and word.near:
            return word.low in self._sure
        if before in self._determiners or before in self._clear:
            return False
        if before in self._said and word.near:
            return word.low in self._sure and (not nxt.near or nxt.low not in self._said)
        loose = at == 0 or not words[at].near or before in self._lexicon.names.words("conjunctions")
        return loose and nxt.near and nxt.low in self._said and word.low in self._sure
