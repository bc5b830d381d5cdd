"""What belongs to a name: what stands beside it, initials and first names before it, the surname after it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.anonymiser.lexicon import among
from bot.anonymiser.name_alone import Alone
from bot.anonymiser.spans import Span
from bot.anonymiser.words import Word

_SHORT = 3
"""A word of so few letters is a name in lower case only where something before it says so."""


class Extent(Alone):
    """Finds where a name begins and ends."""

    def _beside(self, words: Sequence[Word], core: Sequence[bool], at: int) -> bool:
        """A word that is a name because of the name beside it: 'roos en karin', and interfixes after a title."""
        word = words[at]
        if self._titled(words, at) and self._surname_after(words, at, title=self._strictly(words, at)) is not None:
            before = words[at - 1].low
            return before not in self._relations or before in self._titles or word.low not in self._of or word.capital
        if (
            word.capital
            and not word.opens
            and word.low in self._interfix_words()
            and self._surname_after(words, at) is not None
        ):
            # 'huisarts Van Ginneken'
            end = self._surname_after(words, at)
            assert end is not None
            return words[end].capital and (
                words[end].low in self._lexicon.all_surnames or not self._lexicon.known(words[end].low)
            )
        if word.capital and word.opens and word.low in self._from and at + 1 < len(words):
            # 'Van Beek en ik'; not 'Van Goes naar Zierikzee'
            end = self._surname_after(words, at)
            if end is not None and words[end].capital and words[end].low in self._lexicon.all_surnames:
                return self._low(words, end + 1) not in self._clear
        if self._van_surname(words, at) or self._by_names(words, core, at):
            return True
        sure = word.low in self._sure
        short = word.low in self._lexicon.first and len(word.low) <= _SHORT
        if (sure or short) and not word.capital:
            left = at >= 2 and word.near and words[at - 1].low in self._and and words[at - 1].near and core[at - 2]
            right = at + 2 < len(words) and words[at + 1].low in self._and and words[at + 1].near and core[at + 2]
            listed = at >= 1 and word.gap.strip() == "," and core[at - 1]
            return bool(left or right or listed)
        return self._initials_here(words, at)

    def _van_surname(self, words: Sequence[Word], at: int) -> bool:
        """'bij van Loon', 'supervisor = de Groot', 'bed 3, van der molen, was', 'mijn maat van 't hof zegt'."""
        word = words[at]
        if word.low not in self._interfix_words() or word.placeholder:
            return False
        end = self._surname_after(words, at, title=True)
        if end is None:
            return False
        surname, length = words[end], end - at
        listed = bool(self._bases(surname) & self._lexicon.all_surnames) or surname.low in self._lexicon.after_interfix
        before = words[at - 1] if at else None
        following = words[end + 1] if end + 1 < len(words) else None
        if (
            before is not None
            and word.near
            and before.low in self._interfix_words()
            and self._interfix_at(words, at - 1)
        ):
            return False
        if before is not None and before.low in self._labels and word.gap.strip() in ("=", ":"):
            return listed
        if surname.low in self._lexicon.single_places and not (length > 1 or surname.low in self._lexicon.ordinary):
            return False
        if before is not None and word.near and before.low in self._persons_after and surname.capital and listed:
            return surname.low not in self._lexicon.staying and word.low not in self._articles
        hard = words[end - 1].low in self._hard_interfixes and listed
        if not hard or word.capital:
            return False
        apart = following is None or not following.near or following.low in self._said or following.low in self._is
        ready = (
            before is None
            or not word.near
            or any(before.low in known for known in (self._persons_after, self._relations, self._kinds))
        )
        return apart and ready and surname.low not in self._not_after_van

    def _by_names(self, words: Sequence[Word], core: Sequence[bool], at: int) -> bool:
        """'jacqeline of jolien': a slip of a first name beside a name."""
        word = words[at]
        right = at + 2 < len(words) and words[at + 1].low in self._and and core[at + 2]
        left = at > 1 and words[at - 1].low in self._and and core[at - 2]
        if not (left or right) or word.capital or not word.low.isalpha():
            return False
        return self._strange(word) or (not self._lexicon.ordinary_word(word.low) and self._like_first(word.low))

    def _initials_here(self, words: Sequence[Word], at: int) -> bool:
        """'J. Jansen', 'J. van der Berg', 'w. poelstra' (the last only where the surname is sure)."""
        word = words[at]
        dotted = word.dot or "." in word.text
        if word.dot and word.capital and word.low in self._lexicon.initials and at + 1 < len(words):
            # 'Th. Oosterveen'
            nxt = words[at + 1]
            return nxt.gap == ". " and nxt.capital and (nxt.low in self._lexicon.listed or self._part(nxt))
        lower = (
            dotted
            and not word.initial
            and len(word.low.replace(".", "")) <= 3
            and ("." in word.text or (len(word.low) == 1 and word.text.isalpha()))
        )
        if not (dotted and (word.initial or lower)) or at + 1 >= len(words):
            return False
        nxt = words[at + 1]
        if lower:
            sure = (
                nxt.gap in (". ", ".", " ", "")
                and word.low not in self._abbreviations
                and word.low + "." not in self._abbreviations
            )
            twice = "." in word.text and self._strange(nxt)
            return sure and (
                twice or nxt.low in self._lexicon.surnames or self._surname_after(words, at + 1) is not None
            )
        if nxt.gap not in (". ", ".", " ", ""):
            return False
        if word.low in self._abbreviations:
            return False
        if nxt.initial and (nxt.dot or "." in nxt.text):
            # One more initial; what follows it decides where it stands itself.
            return True
        if self._surname_after(words, at + 1) is not None:
            return True
        return (
            nxt.capital
            and not self._stays(nxt)
            and (nxt.low in self._lexicon.listed or not self._lexicon.known(nxt.low))
        )

    def _left(self, words: Sequence[Word], core: Sequence[bool], at: int, free: Free) -> int:
        """The first word of the name that this word belongs to."""
        start = at
        while start:
            word, before = words[start], words[start - 1]
            if before.placeholder or not free[start - 1]:
                break
            dotted = word.gap in (". ", ".", "") and len(before.text.replace(".", "")) <= 2
            if (before.initial and (dotted or ("." in before.text and word.gap in (" ", "")))) or (
                dotted and len(before.low) == 1 and word.gap[:1] == "." and before.text.isalpha()
            ):
                start -= 1
                continue
            if not word.near or word.opens:
                break
            called = before.capital or (
                start > 1 and words[start - 2].low not in self._determiners and not word.capital
            )
            if before.low in self._nickname and called and not before.opens:
                start -= 1
                continue
            if before.low in self._sure and not word.capital and self._clear_name(word):
                start -= 1
                continue
            if before.capital and self._part(before) and not self._stays(before):
                start -= 1
                continue
            interfix = self._interfix_before(words, start)
            if interfix:
                start -= interfix
                continue
            break
        return start

    def _right(self, words: Sequence[Word], core: Sequence[bool], at: int, free: Free) -> int:
        """The last word of the name that this word belongs to."""
        end = at
        if words[at].low in self._interfix_words():
            surname = self._surname_after(words, at, title=True)
            if surname is not None:
                end = surname
        while end + 1 < len(words):
            nxt, last = words[end + 1], words[end]
            if not free[end + 1] or nxt.placeholder:
                break
            if nxt.gap == " - " and core[end + 1] and core[end] and nxt.capital and last.capital:
                end += 1
                continue
            after_initial = last.initial and nxt.gap in (". ", ".", " ", "")
            lower_initial = (len(last.low) == 1 and last.dot and nxt.gap in (". ", ".")) or (
                "." in last.text and nxt.gap in (" ", "")
            )
            if not (nxt.near or after_initial or lower_initial) or (nxt.opens and not (after_initial or lower_initial)):
                break
            if "-" in last.low and last.low.rpartition("-")[2] in self._interfix_words() and nxt.near:
                # 'Kuijpers-van den Berg'
                end += 1
                while end + 1 < len(words) and words[end].low in self._interfix_words() and words[end + 1].near:
                    end += 1
                continue
            person = self._person(words[end])
            surname = self._surname_after(words, end + 1, title=person)
            if surname is not None and person:
                end = surname
                continue
            letter = len(nxt.low.replace(".", "")) <= 3 and (nxt.dot or "." in nxt.text or len(nxt.text) == 1)
            if letter and (nxt.initial if last.capital else len(nxt.low) == 1 and nxt.dot and nxt.text.isalpha()):
                end += 1
                continue
            if self._goes_on(words, core, end + 1):
                end += 1
                continue
            break
        return end

    def _goes_on(self, words: Sequence[Word], core: Sequence[bool], at: int) -> bool:
        """Whether this word belongs to the name right before it."""
        word, last, lexicon = words[at], words[at - 1], self._lexicon
        if word.text.isdecimal() or (word.low in self._titles and not word.capital):
            return False
        if core[at] and word.low not in self._relations:
            return not word.opens or last.initial
        if word.capital:
            if self._stays(word) and word.low not in lexicon.all_surnames:
                return False
            return bool(word.low in lexicon.listed) or not lexicon.ordinary_word(word.low)
        if word.upper or word.opens:
            return False
        if (
            self._bases(last) & lexicon.first
            and not last.capital
            and len(last.low) > _SHORT
            and last.low == last.low.removesuffix("'s")
        ):
            unknown = len(word.low) > _SHORT and word.low.isalpha() and not lexicon.ordinary_word(word.low)
            if unknown and not self._stays(word) and not word.low.endswith(self._unlike_strange):
                return True
        first = among(self._bases(last), lexicon.first, lexicon.soft_first) or last.initial or len(last.low) == 1
        parts = word.low.split("-")
        double = len(parts) > 1 and any(part in lexicon.surnames for part in parts)
        return first and not last.capital and (word.low in self._after_first or double)


class Free:
    """Which words are not part of what is taken."""

    def __init__(self, words: Sequence[Word], taken: Sequence[Span]) -> None:
        self._free = []
        spans = sorted(taken)
        at = 0
        for word in words:
            while at < len(spans) and spans[at].end <= word.start:
                at += 1
            self._free.append(not (at < len(spans) and spans[at].start < word.end))

    def __getitem__(self, at: int) -> bool:
        return self._free[at]
