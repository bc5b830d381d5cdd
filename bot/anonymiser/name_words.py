"""What one word is: a name of the lists, one that nobody knows, or something that stays."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from bot.anonymiser.lexicon import Lexicon, Phrases, among, any_of
from bot.anonymiser.words import Word

_SHORT = 3
"""A word of so few letters is a name in lower case only where something before it says so."""
_LONG_NAME = 6
"""A word that nobody knows and that has so many letters is a name wherever it stands."""


class NameWords:
    """Looks single words up."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        lists = lexicon.names
        self._titles = lists.words("titles")
        self._relations = lists.words("relations")
        self._after_first = lists.words("surnames_after_first") | lists.words("soft_surnames")
        longer = (phrase for phrase in lexicon.staying if " " in phrase)
        self._idioms = Phrases([*lexicon.stays.words("idioms"), *longer])
        self._rivers = lexicon.stays.words("rivers")
        self._inflections = tuple(sorted(lists.words("inflections")))
        self._letter_before, self._from = lists.words("letter_before"), lists.words("from_surnames")
        self._count = lists.words("count_surnames")
        self._labels = lists.words("labels")
        self._sure = lists.words("sure_first_names")
        self._unlike = tuple(sorted(lists.words("unlike_names")))
        self._near_interfixes = frozenset(lists.words("near_interfixes"))
        self._no_letters = lists.words("no_letters")
        self._naming_phrases = tuple(tuple(phrase.split()) for phrase in sorted(lists.words("naming")))
        self._i_am = tuple(tuple(phrase.split()) for phrase in sorted(lists.words("i_am")))
        self._abbreviated = frozenset(word.rstrip(".") for word in lists.words("abbreviations"))
        self._said, self._is = lists.words("said"), lists.words("is")
        self._heet = lists.words("named")
        self._interfixes = Phrases(lists.words("interfixes"))
        self._nickname = lists.words("nickname")
        self._not_after_van = lists.words("not_after_van")
        self._persons_after, self._articles = lists.words("persons_after"), lists.words("articles")
        self._unlike_strange = tuple(sorted(lists.words("unlike_strange")))
        self._month_names, self._so = lists.words("month_names"), lists.words("so")
        self._verbs_be, self._kinds_of_name = lists.words("verbs_be"), lists.words("kinds_of_name")
        self._conjunctions, self._possessed = lists.words("conjunctions"), lists.words("possessed_short")
        self._theories = tuple(sorted(lexicon.stays.words("theories")))
        self._with_dose = lists.words("with_dose")
        self._medicines, self._hard_interfixes = lexicon.stays.words("medicines"), lists.words("hard_interfixes")
        joined = any_of(lists.words("joined_prefixes"))
        self._joined = regex.compile(rf"(?i:{joined})\p{{Lu}}")
        self._apposing = lists.words("apposing")
        self._addresses = lists.words("addresses")
        self._foreign_interfixes, self._signs = lists.words("foreign_interfixes"), lexicon.stays.words("signs")
        self._kinds = lexicon.institutions.words("kinds")
        self._personal, self._hard_words = lists.words("personal_verbs"), lists.words("hard_words")
        self._never = lists.words("not_names")
        self._short = lists.words("short_names")
        self._determiners = lists.words("determiners")
        self._abbreviations = lists.words("abbreviations")
        self._and = lists.words("and")
        self._of = lists.words("of")
        self._clear = lexicon.places.words("clear")
        self._medicine_cues = lexicon.stays.words("medicine_cues")
        self._eponym_cues = tuple(tuple(p.split()) for p in sorted(lexicon.stays.words("eponym_cues")))

    def _low(self, words: Sequence[Word], at: int) -> str:
        return words[at].low if 0 <= at < len(words) else ""

    def _bases(self, word: Word) -> frozenset[str]:
        """The word, and what it is without what a possessive adds."""
        low = word.low
        found = {low, low.removesuffix("'s"), low.rstrip("'")}
        if len(low) > 4 and low.endswith("s"):
            found.add(low[:-1])
        return frozenset(found)

    def _clear_name(self, word: Word) -> bool:
        """Whether a word is in the lists and is no ordinary word."""
        lexicon = self._lexicon
        if word.low in lexicon.ordinary:
            return False
        for base in (word.low, word.low.removesuffix("'s"), word.low.rstrip("'")):
            if base in lexicon.first or base in lexicon.surnames:
                return True
        base = word.low[:-1]
        if word.low.endswith("s") and len(base) > 3 and base in lexicon.first and not lexicon.known(word.low):
            return True
        parts = word.low.split("-")
        if len(parts) > 1 and all(len(p) > 1 for p in parts):
            in_lists = [p in lexicon.first or p in lexicon.surnames for p in parts]
            if all(in_lists):
                return True
            written = word.text.replace("’", "'").split("-")
            return (
                (in_lists[0] or in_lists[-1])
                and all(p[0].isupper() for p in written)
                and not any(p in lexicon.staying for p in parts)
            )
        return False

    def _soft(self, word: Word) -> bool:
        bases = (word.low, word.low.removesuffix("'s"), word.low.rstrip("'"))
        return any(b in self._lexicon.soft_first for b in bases)

    def _stays(self, word: Word) -> bool:
        """Whether a word stays whatever it may be: an instance, a disease, a brand, a country."""
        low = word.low
        if low in self._lexicon.staying and "-" in low:
            return True
        if low in self._lexicon.eponyms and low in self._lexicon.first:
            return False
        parts = low.split("-")
        if len(parts) > 1 and all(p[:1].isupper() for p in word.text.split("-")):
            first, surnames = (self._lexicon.all_first, self._lexicon.soft_first), self._lexicon.all_surnames
            if (len(parts) == 2 and parts[-1] in surnames) or all(among({p}, *first) for p in parts):
                return False  # 'Frans-Joris', 'Parkinson-Smit'
        return self._lexicon.stays_put(low) or self._mixed(word) or self._of_word(word)

    def _strange(self, word: Word) -> bool:
        """Whether a word in lower case is none that anybody knows, nor a slip of the fingers."""
        low = word.low
        return (
            len(low) > _SHORT
            and not word.upper
            and low.isalpha()
            and low not in self._lexicon.ordinary
            and low not in self._lexicon.single_places
            and not low.endswith(self._unlike_strange)
            and not self._lexicon.ordinary_word(low)
            and not self._lexicon.stays_put(low)
            and not self._lexicon.slip(low)
            and not self._lexicon.loose_compound(low)
        )

    def _like_first(self, word: str) -> bool:
        """Whether a word is a slip away from a first name ('jacqeline')."""
        return len(word) > _LONG_NAME and self._lexicon.name_slip(word)

    def _mixed(self, word: Word) -> bool:
        """ComBeL, CanMEDS, PlayStation: capitals within a word, as no name has them (but McDonald, DeVries)."""
        written = word.text.partition("-")[0]
        if self._joined.match(written):
            return False
        return bool(regex.search(r"\p{Ll}\p{Lu}|\p{Lu}\p{Lu}\p{Ll}", written))

    def _of_word(self, word: Word) -> bool:
        """'Ottawa-regels', 'CanMEDS-rol': a compound that ends with an ordinary word, and begins with no name."""
        head, dash, tail = word.low.rpartition("-")
        written = word.text.rpartition("-")[2]
        if not dash or not written[:1].islower() or not self._lexicon.ordinary_word(tail):
            return False
        return not any(part in self._lexicon.listed for part in head.split("-"))

    def _medicine(self, low: str) -> bool:
        return low in self._medicines or (len(low) > _LONG_NAME and low.endswith(self._lexicon.medicine_endings))

    def _inflected(self, word: str) -> bool:
        """Whether a surname in lower case is rather a form of an ordinary word ('helden', 'jagers')."""
        return any(
            word.endswith(ending) and self._lexicon.known(word.removesuffix(ending)) for ending in self._inflections
        )

    def _part(self, word: Word) -> bool:
        """Whether a word with a capital is part of the name that follows it."""
        if word.low in self._titles or word.low in self._relations or word.low in self._never:
            return False
        if self._clear_name(word) or self._soft(word):
            return True
        return not self._lexicon.ordinary_word(word.low) and not word.upper

    def _person(self, word: Word) -> bool:
        """Whether an interfix can follow: after a first name or initials."""
        return (
            word.initial
            or len(word.low) == 1
            or "." in word.text
            or among(self._bases(word), self._lexicon.all_first, self._lexicon.soft_first)
            or (word.capital and not self._lexicon.known(word.low))
        )

    def _interfix_words(self) -> frozenset[str]:
        return self._lexicon.names.words("interfix_words")
