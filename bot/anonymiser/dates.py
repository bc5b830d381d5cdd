"""Dates with a day and a month, months with a year, and years of birth."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import regex

from bot.anonymiser.lexicon import Lexicon, any_of
from bot.anonymiser.spans import Span

_YEAR = r"(?:(?:19|20)\d{2}|['’‘`]\d{2})"
_FULL = regex.compile(
    r"(?<![\d/.,-])(?:(?P<d>0?[1-9]|[12]\d|3[01])(?P<s> ?[-/.] ?|(?<=\d) (?=\d{1,2} (?:19|20)))(?P<m>0?[1-9]|1[0-2])(?P=s)(?:(?:19|20)\d{2}|['’‘`]?\d{2})"
    r"|(?:19|20)\d{2}(?P<t>[-/.])(?:0?[1-9]|1[0-2])(?P=t)(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?![\d/-])(?![.,]\d)"
)
_SHORT = regex.compile(
    r"(?<![\d/.,+-])(?P<d>0?[1-9]|[12]\d|3[01])(?P<s>[-/.])(?P<m>0?[1-9]|1[0-2])(?![\d/%-])(?![.,:]\d)"
)
_MONTH_YEAR = regex.compile(r"(?<![\d/.,-])(?:0?[1-9]|1[0-2])[-/](?:19[3-9]\d|20[0-4]\d)(?![\d/-])")
_BARE_YEAR = regex.compile(r"(?<![\d.,/+-])(?:19[0-9]{2}|20[0-2]\d)(?![\d/]|[.,]\d)")
_SHORT_YEAR = regex.compile(r"['’‘`]\d{2}(?![\d\p{L}'’])")
_BEFORE = 40


class Dates:
    """Reads dates."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lists = lexicon.patterns

    @cached_property
    def _written(self) -> regex.Pattern[str]:
        months = any_of(self._lists.words("months") | self._lists.words("month_slips"))
        words = any_of(self._lists.words("ordinals"))
        endings, links = any_of(self._lists.words("day_endings")), any_of(self._lists.words("date_links"))
        of = any_of(self._lists.words("of_month"))
        number = rf"(?:(?:0?[1-9]|[12]\d|3[01])(?:\s?(?:{endings}))?|{words})"
        return regex.compile(
            rf"(?<![\p{{L}}\d.,/-])(?:{number}(?:\s?(?:{links})\s?{number}){{0,3}}\s{{0,2}}[-/]?\s?(?:(?:{of})\s)?(?P<month>{months})(?:(?![\p{{L}}\d])|(?=(?:19|20)\d\d))(?:[\s,/-]{{0,2}}{_YEAR}(?!\d))?"
            rf"|(?:(?:{months})\s?(?:{links})\s?)?(?P<my>{months})[\s/-]{{0,2}}(?:(?:{of})\s)?{_YEAR}(?!\d)"
            rf"|(?P<md>{months})\s(?:0?[1-9]|[12]\d|3[01])(?:{endings})?(?:,?\s{_YEAR})(?!\d))",
            flags=regex.I,
        )

    @cached_property
    def _born(self) -> regex.Pattern[str]:
        before = any_of(self._lists.words("before_year"))
        return regex.compile(
            rf"(?<!\p{{L}})(?:{any_of(self._lists.words('born'))})[\s:.=(]{{0,3}}(?:(?:{before})\s){{0,2}}$",
            flags=regex.I,
        )

    @cached_property
    def _person_of(self) -> regex.Pattern[str]:
        people = any_of(self._lists.words("people"))
        pronouns = any_of(self._lists.words("year_pronouns"))
        verbs = any_of(self._lists.words("age_verbs") | self._lists.words("year_verbs"))
        by = any_of(self._lists.words("year_prepositions"))
        return regex.compile(
            rf"(?<!\p{{L}})(?:(?:{people})\s(?:(?:{verbs})\s)?(?:{by})\s|(?:{people})\s\(|(?:{pronouns})\s(?:{verbs})\s(?:{by})\s|(?:{verbs})\s(?:{pronouns})\s(?:{by})\s)$",
            flags=regex.I,
        )

    @cached_property
    def _named_of(self) -> regex.Pattern[str]:
        """'Wubbe is van 1938'."""
        verbs, by = any_of(self._lists.words("age_verbs")), any_of(self._lists.words("year_prepositions"))
        return regex.compile(rf"\p{{Lu}}\p{{L}}+\s(?i:{verbs})\s(?i:{by})\s$")

    @cached_property
    def _next_year(self) -> regex.Pattern[str]:
        """Between a year of birth and the next."""
        links = any_of(self._lists.words("year_links"))
        by = any_of(self._lists.words("year_prepositions"))
        return regex.compile(
            rf"[\s,]{{1,2}}(?i:(?:\p{{L}}{{3,8}}\s)?(?:{links})\s)(?:\p{{Lu}}\p{{L}}+\s|\p{{L}}{{2,4}}\s)?(?i:(?:{by})\s)?"
        )

    @cached_property
    def _date_before(self) -> regex.Pattern[str]:
        return self._preceded("date_before")

    @cached_property
    def _dotted_before(self) -> regex.Pattern[str]:
        return self._preceded("dotted_date_before")

    @cached_property
    def _range(self) -> regex.Pattern[str]:
        links = any_of(self._lists.words("date_range"))
        return regex.compile(rf"\s(?:{links})\s{_SHORT.pattern}")

    @cached_property
    def _ranged_before(self) -> regex.Pattern[str]:
        links = any_of(self._lists.words("date_range"))
        return regex.compile(rf"(?<![\d/.,+-])\d{{1,2}}[-/]\d{{1,2}}\s(?:{links})\s$")

    def _preceded(self, name: str) -> regex.Pattern[str]:
        days = any_of(self._lists.words("weekdays"))
        return regex.compile(
            rf"(?<!\p{{L}})(?:{any_of(self._lists.words(name))})\s?(?:(?:{days})\s)?$|(?<!\p{{L}})(?:{days})\.?\s$",
            flags=regex.I,
        )

    @cached_property
    def _score(self) -> regex.Pattern[str]:
        links = any_of(self._lists.words("score_links"))
        return regex.compile(
            rf"(?<!\p{{L}})(?:{any_of(self._lists.words('not_date_before'))})[\s:=]{{0,2}}(?:(?:{links})\s?){{0,2}}$",
            flags=regex.I,
        )

    @cached_property
    def _not_after(self) -> regex.Pattern[str]:
        return regex.compile(rf"\s?(?:%|(?:{any_of(self._lists.words('not_date_after'))})(?!\p{{L}}))", flags=regex.I)

    def find(self, text: str) -> Iterator[Span]:
        """Every date, perhaps overlapping."""
        for pattern in (_FULL, _MONTH_YEAR, self._written):
            for match in pattern.finditer(text):
                end = match.end()
                yield Span(match.start(), end, "datum")
        for match in _SHORT.finditer(text):
            before, after = text[max(0, match.start() - _BEFORE) : match.start()], text[match.end() :]
            ranged = self._range.match(after) is not None or self._ranged_before.search(before) is not None
            if (
                not (ranged or self._date_before.search(before))
                or self._score.search(before)
                or self._not_after.match(after)
            ):
                continue
            if match["s"] == "." and not self._dotted_before.search(before):
                continue
            if match["s"] == "-" and int(match["d"]) < int(match["m"]) and len(match["m"]) == 1:
                continue
            yield Span(match.start(), match.end(), "datum")
        born = -1
        for match in _BARE_YEAR.finditer(text):
            before = text[max(0, match.start() - _BEFORE) : match.start()]
            chained = born >= 0 and self._next_year.fullmatch(text[born : match.start()])
            if (
                chained
                or before.endswith(("°", "° ", "* ", "*"))
                or self._born.search(before)
                or self._person_of.search(before)
                or self._named_of.search(before)
            ):
                born = match.end()
                yield Span(match.start(), match.end(), "datum")
        for match in _SHORT_YEAR.finditer(text):
            before = text[max(0, match.start() - _BEFORE) : match.start()]
            if self._born.search(before) or self._person_of.search(before) or self._named_of.search(before):
                yield Span(match.start(), match.end(), "datum")
