"""Names of people: known ones, and unknown ones by what stands around them and how they are written.

First each word is looked at by itself (is it a name here?); then what belongs to a name is taken in: initials and first names
before it, what stands between ('van der'), the surname after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from bot.anonymiser.lexicon import Lexicon, Phrases
from bot.anonymiser.spans import KINDS, Span
from bot.anonymiser.words import Word

_SHORT = 3
"""A word of so few letters is a name in lower case only where something before it says so."""
_LONG_NAME = 6
_APPOSED = 7
_BETWEEN = 4
"""At most so many words stand between a first name and a surname ('van der', 'van 't')."""


class Names:
    """Reads names of people."""

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

    def find(self, words: Sequence[Word], taken: Sequence[Span]) -> Iterator[Span]:
        """Every name. What is taken is something else already."""
        free = _Free(words, [*taken, *self.sayings(words)])
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
            or self._bases(word) & (self._lexicon.first | self._lexicon.soft_first)
        ):
            return "naam"
        return "plaats" if words[start - 1].low in self._clear and word.capital else "naam"

    # One word.

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
            people = self._lexicon.all_first | self._lexicon.soft_first
            if all(p in people for p in parts) or (parts[-1] in self._lexicon.all_surnames and len(parts) == 2):
                return False  # 'Frans-Joris', 'Parkinson-Smit'
        return self._lexicon.stays_put(low) or self._mixed(word) or self._of_word(word)

    def _eponym(self, words: Sequence[Word], at: int) -> bool:
        """'ziekte van Thomas', 'proef van …'."""
        return any(
            at >= len(cue) and tuple(w.low for w in words[at - len(cue) : at]) == cue for cue in self._eponym_cues
        )

    def _river(self, words: Sequence[Word], at: int) -> bool:
        """'de Maas'."""
        return at > 0 and words[at].near and words[at - 1].low in self._determiners and words[at].low in self._rivers

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
        if regex.match(r"(?:M[ac]c?|D[eu']|V[ao]n|L[aei]|[OD]['’]|Fitz|El|Al|Ben|Ter|Ten|IJ|'t)\p{Lu}", written):
            return False
        return bool(regex.search(r"\p{Ll}\p{Lu}|\p{Lu}\p{Lu}\p{Ll}", written))

    def _of_word(self, word: Word) -> bool:
        """'Ottawa-regels', 'CanMEDS-rol': a compound that ends with an ordinary word, and begins with no name."""
        head, dash, tail = word.low.rpartition("-")
        written = word.text.rpartition("-")[2]
        if not dash or not written[:1].islower() or not self._lexicon.ordinary_word(tail):
            return False
        return not any(part in self._lexicon.listed for part in head.split("-"))

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
                else {word.low} & (self._lexicon.after_title | self._lexicon.soft_first)
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
        if not (begins and nxt.near and before is None or (begins and nxt.near and nxt.low in self._personal)):
            return False
        if "." in word.text and before is None:
            short = regex.fullmatch(r"(?:\p{L}\.){2,3}", word.text) is not None
            return short and word.low not in self._abbreviations and nxt.low in (self._is | self._said)
        if nxt.low not in self._personal or not word.low.isalpha():
            return False
        if before is None and word.low in (lexicon.soft_first | self._count | lexicon.first):
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

    def _low(self, words: Sequence[Word], at: int) -> str:
        return words[at].low if 0 <= at < len(words) else ""

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

    def _inflected(self, word: str) -> bool:
        """Whether a surname in lower case is rather a form of an ordinary word ('helden', 'jagers')."""
        return any(
            word.endswith(ending) and self._lexicon.known(word.removesuffix(ending)) for ending in self._inflections
        )

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
        if (self._soft(word) or surname) and nxt.near and nxt.low in self._possessed and at + 2 < len(words):
            if word.low in self._sure and not words[at + 2].capital:
                return True  # 'Ton zn brief'
        if nxt.gap.strip() == "," and (soft or unknown):
            if nxt.capital and not self._stays(nxt) and bool(self._bases(nxt) & (self._lexicon.all_first | self._lexicon.soft_first)):
                return self._soft(word)  # 'Bas, Iris en ik'
            if nxt.low in self._determiners and self._apposed(words, at + 1):
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
        if bases & (lexicon.soft_first | lexicon.soft_surnames) or word.low in lexicon.after_title:
            if (
                word.low not in lexicon.ordinary
                or bool(bases & (lexicon.soft_first | lexicon.soft_surnames))
                or not (lexicon.known(word.low))
            ):
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

    def _medicine(self, low: str) -> bool:
        return low in self._medicines or (len(low) > _LONG_NAME and low.endswith(self._lexicon.medicine_endings))

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

    # What is said of it.

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
                people = self._lexicon.first | self._lexicon.soft_first
                return word.low in people and (word.capital or word.low in self._lexicon.first or word.low in self._sure)
            label = before.low in self._labels and word.gap.strip(" \n\r\"'") in (":", "=", ",", "")
            return label and (self._after_naming(words, word) or word.low in self._lexicon.soft_first)
        if abbreviated and before.low + "." not in self._titles and before.low not in self._abbreviated:
            return False
        if word.opens and not abbreviated:
            return False
        nxt = words[at + 1] if at + 1 < len(words) else None
        if before.low in self._relations and nxt is not None and nxt.near and len(word.low) > 1:
            # 'vroedvrouw leen riep', 'assistente an zegt'
            people = self._lexicon.first, self._lexicon.surnames, self._lexicon.soft_first, self._count
            named = any(word.low in known for known in people) and word.low not in self._never and word.low not in self._is
            if named and word.low not in self._said and nxt.low in (self._said | self._is):
                if nxt.low not in self._and and word.low not in self._hard_words:
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
        if len(low) > 1 and (double or bases & (lexicon.first | lexicon.surnames)):
            return True
        if not soft and low in lexicon.soft_first and low not in self._hard_words and low not in self._is:
            return True
        if low in lexicon.soft_surnames or low in self._sure or (low in lexicon.after_title and not soft):
            return True
        if low in lexicon.eponyms and not soft:
            return True
        return self._unknown(words, word, strict=soft)

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
        if self._bases(word) & (lexicon.first | lexicon.surnames):
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
        if self._bases(word) & (lexicon.first | lexicon.surnames) or low in self._sure:
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

    # What belongs to it.

    def _interfix_words(self) -> frozenset[str]:
        return self._lexicon.names.words("interfix_words")

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
            hard = words[here - 1].low in self._hard_interfixes and bases & (lexicon.all_surnames | lexicon.after_interfix)
            sure = hard or (bases & lexicon.surnames and low not in lexicon.single_places)
            return here if sure and title else None
        closed = here + 1 >= len(words) or not words[here + 1].near
        if title and closed and bases & lexicon.all_surnames:
            return here
        if bases & (lexicon.surnames | lexicon.soft_surnames) or (
            low in lexicon.after_title and (title or not lexicon.known(low))
        ):
            return here
        if title and low not in lexicon.single_places and self._unknown(words, word, strict=False):
            return here
        return None

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
        if before is not None and word.near and before.low in self._interfix_words() and self._interfix_at(words, at - 1):
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
        ready = before is None or not word.near or before.low in self._persons_after or before.low in self._relations
        ready = ready or before.low in self._kinds
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
            return sure and (twice or nxt.low in self._lexicon.surnames or self._surname_after(words, at + 1) is not None)
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

    def _left(self, words: Sequence[Word], core: Sequence[bool], at: int, free: _Free) -> int:
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

    def _part(self, word: Word) -> bool:
        """Whether a word with a capital is part of the name that follows it."""
        if word.low in self._titles or word.low in self._relations or word.low in self._never:
            return False
        if self._clear_name(word) or self._soft(word):
            return True
        return not self._lexicon.ordinary_word(word.low) and not word.upper

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

    def _right(self, words: Sequence[Word], core: Sequence[bool], at: int, free: _Free) -> int:
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

    def _person(self, word: Word) -> bool:
        """Whether an interfix can follow: after a first name or initials."""
        return (
            word.initial
            or len(word.low) == 1
            or "." in word.text
            or bool(self._bases(word) & (self._lexicon.all_first | self._lexicon.soft_first))
            or (word.capital and not self._lexicon.known(word.low))
        )

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
        if self._bases(last) & lexicon.first and not last.capital and len(last.low) > _SHORT and last.low == last.low.removesuffix("'s"):
            unknown = len(word.low) > _SHORT and word.low.isalpha() and not lexicon.ordinary_word(word.low)
            if unknown and not self._stays(word) and not word.low.endswith(self._unlike_strange):
                return True
        first = bool(self._bases(last) & (lexicon.first | lexicon.soft_first)) or last.initial or len(last.low) == 1
        parts = word.low.split("-")
        double = len(parts) > 1 and any(part in lexicon.surnames for part in parts)
        return first and not last.capital and (word.low in self._after_first or double)


class _Free:
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
