"""Exact ages of people; not how long something took, nor 'in de vijftig'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from bot.anonymiser.lexicon import Lexicon, any_of
from bot.anonymiser.spans import Span
from bot.anonymiser.words import Word

OLDEST = 115
_ORDINAL = 13
"""From here on an ordinal after 'op haar' is an age, whatever follows."""
_SHORTEST = 5
_REACH = 16
"""At most so many words stand between what shows an age and the age."""
_SUBJECT = 4
"""Among so many words at its beginning a sentence says whom it is about."""
_FILLERS = 4
"""At most so many words stand between a person and an age ('zij was nog maar net 43')."""


class Ages:
    """Reads ages, when names have been read."""

    def __init__(self, lexicon: Lexicon) -> None:
        lists = lexicon.patterns
        self._numbers = lists.words("numbers")
        self._ordinals = lists.words("number_ordinals")
        self._jarig = tuple(sorted(lists.words("jarig"), key=lambda w: (-len(w), w)))
        self._years, self._units = lists.words("year_units"), lists.words("other_units")
        self._people = lists.words("people")
        self._pronouns = lists.words("pronouns")
        self._verbs, self._fillers = lists.words("age_verbs"), lists.words("age_fillers")
        self._after, self._not_after = lists.words("after_age"), lists.words("not_ages_after")
        self._not_years = lists.words("not_years_after")
        self._own, self._words = lists.words("own"), lists.words("age_words")
        self._old, self._from, self._when = lists.words("old"), lists.words("from"), lists.words("when")
        self._ordinal_ends, self._ordinal_before = lists.words("ordinal_ends"), lists.words("ordinal_before")
        self._after_ordinal, self._not_after_ordinal = lists.words("after_ordinal"), lists.words("not_after_ordinal")
        self._small_ordinals = lists.words("small_ordinals")
        self._after_years, self._not_people = lists.words("after_years"), lists.words("not_people")
        self._one, self._already = lists.words("one"), lists.words("already")
        self._birthdays = lists.words("birthdays")
        self._people_endings = tuple(sorted(lists.words("people_endings")))
        self._lasting = lists.words("lasting")
        self._becoming = lists.words("becoming")
        self._genders = lists.words("genders")
        short = any_of((self._years | self._units) - lists.words("long_units"))
        self._short_unit = regex.compile(rf"(?<!\p{{L}})(?:{short})$", flags=regex.I)
        units, people = any_of(self._years), any_of(self._people)
        self._half = regex.compile(
            rf"(?<!\p{{L}})(?:{people})(?:\s(?:{any_of(self._from)}))?[\s,(]{{1,2}}(\d{{1,2}}[,.]\d\s?(?:{units}))(?!\p{{L}})",
            flags=regex.I,
        )
        self._fillers |= lists.words("weekdays") | lists.words("more_fillers")
        self._many = lists.words("many_people")
        self._and, self._hundred = lexicon.names.words("and"), lists.words("hundred")
        self._short_years = "".join(sorted({unit[0] for unit in self._years - lists.words("long_units")}))
        self._full_years, self._only, self._still = lists.words("full_years"), lists.words("only"), lists.words("still")
        self._participles = tuple(sorted(lists.words("participles")))
        self._measured, self._babies = lists.words("measured"), lists.words("babies")

    def find(self, text: str, words: Sequence[Word], names: Sequence[Span]) -> Iterator[Span]:
        """Every age. The names are those that were found in the same text."""
        people = [span for span in names if span.kind == "naam"]
        ends = {span.end for span in people} | {span.end - 1 for span in people}
        reading = _Reading(text, words, ends)
        last: int | None = None
        yield from self._halves(text)
        for at, word in enumerate(words):
            glued = self._in_one_word(word)
            if glued:
                yield Span(word.start, word.end, "leeftijd")
                last = at
                continue
            if not self._number(reading, at):
                continue
            end = self._age(reading, at) or self._chained(reading, at, last) or self._loose(reading, at, last)
            if end:
                yield Span(self._start(reading, at), self._dotted(reading, end), "leeftijd")
                last = at

    def _halves(self, text: str) -> Iterator[Span]:
        """'meisje (2,5 jr)'."""
        for match in self._half.finditer(text):
            yield Span(match.start(1), match.end(1), "leeftijd")

    def _start(self, reading: _Reading, at: int) -> int:
        """Where an age begins: 'honderd en één' with its hundred."""
        if at >= 2 and reading.low(at - 1) in self._and and reading.low(at - 2) in self._hundred:
            return reading.words[at - 2].start
        return reading.words[at].start

    def _dotted(self, reading: _Reading, end: int) -> int:
        """The end with the full stop of an abbreviation, where the sentence goes on."""
        goes_on = regex.match(r"\.,?\s\p{Ll}", reading.text, pos=end)
        return end + 1 if goes_on and self._short_unit.search(reading.text[:end]) else end

    def _in_one_word(self, word: Word) -> bool:
        for ending in self._jarig:
            if word.low.endswith(ending):
                return word.low.removesuffix(ending).rstrip("-") in self._numbers
        return False

    def _number(self, reading: _Reading, at: int) -> bool:
        """Whether this is a whole number that could be an age, or the ordinal of one."""
        word = reading.words[at]
        if word.text.isdecimal():
            fraction = regex.match(r"[.,/:]\d|%|°", reading.text, pos=word.end)
            begun = regex.search(r"\d[.,/:+x-]$|[<>=±~]\s?$", reading.text[max(0, word.start - 3) : word.start])
            before = reading.before(at)
            if before and before.low in self._genders and word.gap == "/":
                begun = None  # '(m/58)'
            return len(word.text) <= 3 and int(word.text) <= OLDEST and not fraction and not begun
        return word.low in self._numbers or word.low in self._ordinals

    def _chained(self, reading: _Reading, at: int, last: int | None) -> int | None:
        """'een jongen van 6 en een meisje van 8' is read as it stands; here: '6 en 8 jaar'."""
        word = reading.words[at]
        if last is None or at - last not in (1, 2, 3) or word.low in self._not_after:
            return None
        between = reading.text[reading.words[last].end : word.start].lower()
        nxt = reading.after(at)
        if reading.low(at - 1) in self._fillers:
            between = between.replace(reading.low(at - 1), "")
        linked = regex.fullmatch(r"(?:\s\p{L}{2,4})?\s?(?:,|en|of|&)\s{0,2}", between)
        if nxt and (nxt.near or not nxt.gap) and nxt.low in self._years and linked:
            return nxt.end
        if linked and self._ends(reading, nxt):
            return word.end
        return None

    def _loose(self, reading: _Reading, at: int, last: int | None) -> int | None:
        """An age that only what is around it shows: 'moeder 41, kind 7', 'de jongste, 36, met een lening'."""
        word, nxt = reading.words[at], reading.after(at)
        if word.low in self._one or word.low in self._ordinals:
            return None
        unit = nxt if nxt and (nxt.near or not nxt.gap) and nxt.low in self._years else None
        goes_on = reading.after(at + 1) if unit else nxt
        closed = goes_on is None or not goes_on.near or goes_on.low in self._after
        if reading.text[max(0, word.start - 2) : word.start].strip()[-1:] in ("♂", "♀"):
            return unit.end if unit else word.end
        if unit and word.opens:
            short = unit.low not in self._full_years
            after = reading.text[unit.end : unit.end + 2].strip(" ")
            person = goes_on is not None and (
                self._someone(goes_on.low)
                or (goes_on.low.startswith(self._participles) and len(goes_on.low) > _SHORTEST)
            )
            apart = goes_on is not None and not goes_on.near
            followed = goes_on is not None and goes_on.low not in self._not_years
            if (short and followed and unit.low[0] in self._short_years) or (
                after[:1] in (",", ".", ":", ";", "-") and apart and person
            ):
                return unit.end
        if unit or (nxt and (nxt.near or not nxt.gap) and nxt.low in (self._not_after | self._units | self._years)):
            return None
        if word.opens and nxt and nxt.near and nxt.low in self._only and not word.text.isdecimal():
            return word.end  # 'Negentien pas'
        if nxt and nxt.near and nxt.low in self._verbs and reading.low(at + 2) in self._pronouns and word.gap == ", ":
            return word.end  # ', vijfenzestig werd ze'
        if not closed:
            return None
        before = reading.before(at)
        if before is None:
            return None
        back = at - 1
        while reading.low(back) in self._fillers and at - back <= _FILLERS:
            back -= 1
        if (
            back < at - 1
            and grown_up(word)
            and reading.low(back) in self._people
            and reading.words[back + 1].gap == ", "
        ):
            return word.end  # 'een jonge vrouw, hooguit 25'
        chained = last is not None and self._same_sentence(reading, last, at)
        person = before.low in self._people or reading.person(at - 1)
        if chained and person and word.near:
            return word.end
        grown = grown_up(word)
        about = self._about_person(reading, at)
        if before.low in self._verbs and word.near and about and (grown or reading.low(at - 2) in self._and):
            return word.end
        if before.low in self._only and word.near and grown and about and reading.low(at - 2) in self._still:
            return word.end
        between = word.gap == ", " and reading.text[word.end : word.end + 2] == ", "
        two = word.text.isdecimal() and len(word.text) == 2 and int(word.text) > _ORDINAL
        return word.end if between and two and about and before.text.isalpha() else None

    def _same_sentence(self, reading: _Reading, first: int, last: int) -> bool:
        return not any(word.opens for word in reading.words[first + 1 : last + 1]) and last - first < _REACH

    def _about_person(self, reading: _Reading, at: int) -> bool:
        """Whether the sentence is about a person: one stands at its beginning, with nothing else that has a number."""
        first = at
        while first and not reading.words[first].opens and at - first < _REACH:
            first -= 1
        if any(reading.low(i) in self._measured for i in range(first, at)):
            return False
        if any(reading.words[i].text.isdecimal() for i in range(first, at)) and reading.low(at - 1) not in self._only:
            return False
        return any(
            reading.low(i) in self._pronouns or reading.low(i) in self._people or reading.person(i)
            for i in range(first, min(first + _SUBJECT, at))
        )

    def _age(self, reading: _Reading, at: int) -> int | None:
        """Where the age that begins with this number ends, if it is one."""
        word, nxt = reading.words[at], reading.after(at)
        if word.low in self._ordinals or (nxt and not nxt.gap and nxt.low in self._ordinal_ends):
            return self._ordinal(reading, at)
        if nxt and nxt.low.startswith(self._jarig) and nxt.gap in ("-", " ", "", "- ", " -"):
            return nxt.end
        if (nxt and nxt.near and nxt.low in self._years) or (nxt and not nxt.gap and nxt.low in self._years):
            return self._with_unit(reading, at, nxt)
        if nxt and nxt.gap == "-" and nxt.low in self._years:
            return nxt.end
        if nxt and not nxt.gap and len(word.text) == 2 and nxt.initial and nxt.low in self._genders:
            return word.end  # '57M'
        if nxt and (nxt.near or not nxt.gap) and nxt.low in self._units:
            old = reading.low(at + 2) in self._old
            if reading.low(at + 2) in self._not_years or (word.low in self._one and not old):
                return None
            about = self._person_before(reading, at) or self._of_person(reading, at)
            loose = old and reading.low(at - 1) not in self._from
            small = self._small(reading, at) and self._ends(reading, reading.after(at + 1))
            return nxt.end if loose or small or (about and (old or not self._subject(reading, at))) else None
        if word.low in self._one:
            return None
        return word.end if self._bare(reading, at) else None

    def _small(self, reading: _Reading, at: int) -> bool:
        """'de baby was elf weken', 'onze Philou is negen maanden', 'dreumes (20 mnd)'."""
        back = at - 1
        while reading.low(back) in self._fillers and at - back < _FILLERS:
            back -= 1
        if reading.low(back) not in self._verbs:
            return (reading.low(back) in self._babies or reading.person(back)) and back == at - 1
        who = reading.low(back - 1)
        return who in self._babies or reading.person(back - 1)

    def _ordinal(self, reading: _Reading, at: int) -> int | None:
        """'op haar 84e', 'rond mijn vijftigste'."""
        word = reading.words[at]
        digits = word.text.isdecimal()
        last = at + 1 if digits else at
        nxt = reading.after(last)
        if reading.low(at - 1) in self._own and nxt and nxt.near and nxt.low in self._birthdays:
            return reading.words[last].end
        if reading.low(at - 1) not in self._own or reading.low(at - 2) not in self._ordinal_before:
            return None
        if nxt and nxt.near and nxt.low in self._not_after_ordinal:
            return None
        small = int(word.text) < _ORDINAL if digits else word.low in self._small_ordinals
        if small and nxt and nxt.near and nxt.low not in self._after_ordinal:
            return None
        return reading.words[last].end

    def _with_unit(self, reading: _Reading, at: int, unit: Word) -> int | None:
        """An age with 'jaar' after it."""
        after = reading.after(at + 1)
        following = after.low if after and after.near else ""
        if following in self._old:
            return unit.end
        if following in self._not_years or reading.words[at].low in self._one:
            return None
        if reading.low(at - 1) in self._words or self._of_person(reading, at) or self._person_before(reading, at):
            return unit.end
        thing = reading.low(at - 2)
        if (
            reading.low(at - 1) in self._from
            and reading.words[at].near
            and thing not in self._lasting
            and thing.isalpha()
        ):
            return unit.end
        # 'Leuven, 57 jaar, …', '(57 jaar)'
        closed, opened = reading.text[unit.end : unit.end + 1], reading.words[at].gap.strip()
        if (opened[-1:], closed) in (("(", ")"), ("(", ","), (",", ","), (",", ")")):
            return unit.end
        if (
            self._subject(reading, at)
            and reading.low(at - 1) not in self._already
            and following in ("", *self._after_years)
        ):
            return unit.end
        return None

    def _bare(self, reading: _Reading, at: int) -> bool:
        """An age without a unit."""
        word, nxt = reading.words[at], reading.after(at)
        if nxt and (nxt.near or not nxt.gap) and nxt.low in self._not_after:
            return False
        if nxt and nxt.near and nxt.low in self._verbs and reading.low(at + 2) in self._pronouns and word.opens:
            return True  # 'Tweeënzestig was hij.'
        before = reading.before(at)
        if before is None:
            return False
        gap = word.gap
        if before.low in self._genders and len(word.text) == 2 and word.text.isdecimal():
            if not gap and before.text.isupper() and (not nxt or nxt.gap):
                return True
            if (
                gap.strip() in (",", "", "/")
                and reading.text[max(0, before.start - 1) : before.start]
                in (
                    "",
                    "(",
                    "\n",
                    " ",
                    ";",
                )
                and (before.opens or before.upper or before.initial)
            ):
                return True
        if before.low in self._words or (nxt and nxt.near and nxt.low in self._becoming):
            return True
        if self._of_person(reading, at):
            return not nxt or not nxt.near or nxt.low not in self._not_years
        if reading.low(at - 1) in self._from and reading.low(at - 2) in self._words:
            return True  # 'op de leeftijd van 34'
        more = regex.match(r"\s?(?:,|\p{L}{2}|&|/)\s\d{1,2}(?!\d)", reading.text, pos=word.end) is not None
        if (
            before.low in self._many
            and gap.strip() in ("(", ":")
            and (more or reading.text[word.end : word.end + 1] == ")")
        ):
            return True  # 'haar kinderen (4 en 7)'
        if reading.low(at - 2) in self._many and before.low in self._from and word.near:
            return more or self._ends(reading, nxt)
        closed = reading.text[word.end : word.end + 1]
        apart = (gap.strip(), closed) in (("(", ")"), (",", ",")) or (gap.strip() == "," and self._ends(reading, nxt))
        if apart and before.low in self._pronouns and len(word.text) == 2 and word.text.isdecimal():
            return True  # 'ik (44)', 'ik, 44 en moe'
        person = reading.person(at - 1) or before.low in self._people
        filled = before.low in self._fillers and before.gap.strip() == "(" and closed == ")"
        if filled and at >= 2 and (reading.person(at - 2) or reading.low(at - 2) in self._people):
            return True
        if person and gap.strip() == "(" and closed in (")", ","):
            return True
        if person and gap.strip() == "," and (closed in (",", ")", ";", ".") or (nxt and nxt.low in self._after)):
            return True
        if (
            before.low in self._people
            and word.near
            and len(word.text) == 2
            and word.text.isdecimal()
            and not before.capital
        ):
            return self._ends(reading, nxt) and before.low not in self._not_people
        if self._subject(reading, at):
            return self._ends(reading, nxt)
        # 'toen ik 17 was'
        return (
            before.low in self._pronouns
            and word.near
            and reading.low(at - 2) in self._when
            and bool(nxt)
            and reading.low(at + 1) in self._verbs
        )

    def _ends(self, reading: _Reading, nxt: Word | None) -> bool:
        """Whether a sentence can go on like this after an age."""
        return nxt is None or not nxt.near or nxt.low in self._after

    def _someone(self, word: str) -> bool:
        """Whether a word is somebody, by itself or by how it ends."""
        return word in self._people or (len(word) > _SHORTEST and word.endswith(self._people_endings))

    def _of_person(self, reading: _Reading, at: int) -> bool:
        """'een vrouw van 43'."""
        back = at - 1
        while reading.low(back) in self._fillers and at - back <= _FILLERS:
            back -= 1
        return (
            reading.low(back) in self._from
            and reading.words[at].near
            and (self._someone(reading.low(back - 1)) or reading.person(back - 1))
        )

    def _person_before(self, reading: _Reading, at: int) -> bool:
        """'Daan, 4 jaar', 'man 51 jaar'."""
        before = reading.before(at)
        if before is None:
            return False
        gap = reading.words[at].gap.strip(" .")
        if gap not in ("", ",", "(", "/", "-", ";", ":"):
            return False
        gender = before.low in self._genders and (
            len(before.low) > 1 or before.upper or before.initial or gap in (",", "(", "/")
        )
        return reading.person(at - 1) or (before.low in self._people) or gender

    def _subject(self, reading: _Reading, at: int) -> bool:
        """'ze was net 43', 'toen was hij 43'."""
        back = at - 1
        for _ in range(_FILLERS):
            if reading.low(back) in self._fillers and reading.words[back + 1].near:
                back -= 1
        if not reading.near(back, at):
            return False
        if reading.low(back) in self._verbs:
            subject = back - 1
            while reading.low(subject) in self._fillers:
                subject -= 1
            low = reading.low(subject)
            return low in self._pronouns or low in self._people or reading.person(subject)
        inverted = reading.low(back) in self._pronouns or reading.low(back) in self._people or reading.person(back)
        return inverted and reading.low(back - 1) in self._verbs


def grown_up(word: Word) -> bool:
    """Whether a number has two digits, or is written in letters."""
    return not word.text.isdecimal() or len(word.text) > 1


class _Reading:
    """The words of a text, and at which of them a name ends."""

    def __init__(self, text: str, words: Sequence[Word], name_ends: set[int]) -> None:
        self.text, self.words, self._ends = text, words, name_ends

    def low(self, at: int) -> str:
        """The word in lower case; empty outside the text."""
        return self.words[at].low if 0 <= at < len(self.words) else ""

    def before(self, at: int) -> Word | None:
        """The word before, if there is one."""
        return self.words[at - 1] if at > 0 else None

    def after(self, at: int) -> Word | None:
        """The word after, if there is one."""
        return self.words[at + 1] if at + 1 < len(self.words) else None

    def person(self, at: int) -> bool:
        """Whether a name ends with this word."""
        return 0 <= at < len(self.words) and (self.words[at].end in self._ends or self.words[at].low == "[naam]")

    def near(self, first: int, last: int) -> bool:
        """Whether nothing but spaces stands between the words from the first to the last."""
        return first >= 0 and all(self.words[i].near for i in range(first + 1, last + 1))
