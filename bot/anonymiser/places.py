"""Towns, villages, neighbourhoods and streets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from bot.anonymiser.lexicon import Lexicon, any_of
from bot.anonymiser.spans import Span
from bot.anonymiser.words import Word

_CLOSED = regex.compile(r"[,.;:)]|\s*$|\s\d{4}")
_ENTRY = regex.compile(r"[ ,]{1,2}(?:\d{1,4}[a-zA-Z]?(?:-\p{L}{1,3})?)(?=,?\s{1,2}(?:B-)?[1-9]\d{3}\b)")
_POSTCODE = regex.compile(r"(?<!\d)[1-9]\d{3}\s?([A-Z]{2}|[a-z]{2}),?\s{1,2}$")
_BELGIAN = regex.compile(r"(?<![\d.,])(?:B-)?(?!19|20)[1-9]\d{3}\s$")
_SHORTEST = 4


class Places:
    """Reads places."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        lists = lexicon.places
        self._before, self._lives = lists.words("before"), lists.words("lives")
        self._soft, self._ordinary = lists.words("soft"), lists.words("ordinary") - lists.words("soft")
        self._more = lists.words("more")
        self._endings = tuple(sorted(lists.words("street_endings"), key=lambda w: (-len(w), w)))
        self._determiners = lexicon.names.words("determiners")
        self._units = lexicon.patterns.words("not_postcode")
        self._address_before, self._street_articles = lists.words("address_before"), lists.words("articles")
        self._lower_clear, self._to = lists.words("lower_clear"), lists.words("to")
        before, after = any_of(lists.words("house_number")), any_of(lists.words("after_number"))
        more = any_of(lists.words("box"))
        self._house = regex.compile(
            rf"[\s,]{{1,2}}(?:(?:{before}) ?)?(?!(?:19|20)\d\d)\d{{1,4}}(?:\s?[a-zA-Z](?!\p{{L}})|-(?:[IVX]{{1,4}}|\d{{1,3}}|[a-zA-Z]|{after})(?!\p{{L}})"
            rf"|/\d{{1,3}}|\s(?:{more})\s\d{{1,3}}|{after})?(?![\d\p{{L}}:]|[.,]\d| ?%)",
            flags=regex.I,
        )
        self._rivers = lexicon.stays.words("rivers")
        self._heads = lists.words("street_heads")
        self._islands = lists.words("islands")
        self._prefixes = lists.words("street_prefixes")
        self._links = lists.words("links")
        self._compass = lists.words("compass")
        self._clear = lists.words("clear")
        self._town_articles = lists.words("town_articles")
        self._plain_streets = tuple(lists.words("plain_street_endings"))
        self._clear_streets = tuple(lists.words("clear_street_endings"))
        self._street_words, self._not_streets = lists.words("street_words"), lists.words("not_streets")
        self._short_streets, self._town_nouns = tuple(lists.words("short_street_endings")), lists.words("town_nouns")
        self._surname_links, self._on_street = lists.words("surname_links"), lists.words("on_street")
        self._no_street_endings = tuple(sorted(word for word in self._not_streets if len(word) > 7))

    def find(self, text: str, words: Sequence[Word]) -> Iterator[Span]:
        """Every place, perhaps overlapping."""
        self._text = text
        for at, word in enumerate(words):
            if word.placeholder or word.text.isdecimal():
                continue
            long = self._long(words, at)
            if long:
                yield Span(word.start, words[at + long - 1].end, "plaats")
                continue
            if self._town(words, at):
                yield Span(word.start, word.end, "plaats")
            street = self._street(text, words, at)
            if street:
                yield street

    def _long(self, words: Sequence[Word], at: int) -> int:
        """How many words a place of more words has that begins here; 0 when none does."""
        for phrase in self._lexicon.long_places.starting(words[at].low):
            part = words[at : at + len(phrase)]
            if tuple(w.low for w in part) != phrase or any(
                not w.near and w.gap not in ("-", ". ", ".-") for w in part[1:]
            ):
                continue
            if (
                at
                and words[at].near
                and words[at - 1].low.rpartition("-")[2] in self._links
                and "-" in words[at - 1].low
            ):
                # 'Kuijpers-van den Berg'
                continue
            telling = any(len(w) >= _SHORTEST and not self._lexicon.known(w) for w in phrase)
            known = " ".join(phrase) in self._more and (len(phrase) > 2 or phrase[0] in self._town_articles)
            surname = phrase[-1] in self._lexicon.all_surnames and phrase[0] not in self._town_articles
            ready = at > 0 and words[at - 1].low in self._clear
            river = phrase[-1] in self._rivers
            if (surname or river) and len(phrase) == 2 and not ready:
                continue
            if phrase[0] in self._determiners and len(phrase) == 2:
                # 'de kade', 'de pijp': only with a capital, or after a postcode.
                telling = bool(_POSTCODE.search(self._text[max(0, words[at].start - 10) : words[at].start]))
            if telling or known or (part[-1].capital and not part[-1].opens):
                return len(phrase)
        return 0

    def _base(self, word: Word) -> str:
        low = word.low.removesuffix("'s")
        return (
            low
            if low in self._lexicon.single_places
            else low.removesuffix("s")
            if word.capital and len(low) > 6
            else low
        )

    def _town(self, words: Sequence[Word], at: int) -> bool:
        """Whether this word is a town."""
        word, low = words[at], self._base(words[at])
        noun = words[at - 1].low if at and word.near else ""
        if noun in self._town_nouns and word.capital and not word.opens and not self._lexicon.stays_put(low):
            return True
        head = low.partition("-")[0]
        if low not in self._lexicon.single_places:
            compass = low.partition("-")[2] in self._compass
            if not compass and "-" in low and word.capital and len(head) > _SHORTEST:
                # 'een Kanaleneiland-jongen'
                clear = head not in self._ordinary and head not in self._soft and head not in self._lexicon.listed
                return head in self._lexicon.single_places and clear and not self._lexicon.known(head)
            return compass and head in self._lexicon.single_places
        if word.upper and len(low) < _SHORTEST:
            return False
        postcode = _POSTCODE.search(self._text[max(0, word.start - 10) : word.start])
        if postcode and (postcode[1].isupper() or postcode[1].lower() not in self._units):
            return True
        if word.capital and _BELGIAN.search(self._text[max(0, word.start - 8) : word.start]):
            return True
        if self._surname(words, at):
            return False
        before = words[at - 1] if at and word.near else None
        prepared = before is not None and before.low in self._before
        clear = before is not None and before.low in self._clear
        if before is not None and low in self._islands and before.low in self._before:
            return True
        if (
            before is not None
            and before.low in self._links
            and at + 1 < len(words)
            and words[at + 1].low in self._clear
        ):
            # 'van Goes naar Zierikzee'
            clear = prepared = words[at + 1].near and words[at + 1].low in self._to
        capital = word.capital and not word.opens
        if low in self._lexicon.staying and low not in self._more:
            return False
        if low in self._soft:
            if capital:
                return prepared or low not in self._lexicon.listed
            lives = any(w.low in self._lives for w in words[max(0, at - 4) : max(0, at - 1)])
            first = clear and at == 1 and not self._lexicon.known(low)
            return (
                clear
                and before is not None
                and before.low in self._lower_clear
                and (lives or first or (not self._lexicon.known(low) and not word.capital))
            )
        if low in self._ordinary:
            return capital and clear and low not in self._lexicon.staying
        if low in self._more:
            return len(low) >= _SHORTEST or capital or clear
        person = low in self._lexicon.listed
        if person:
            sure = capital and low in self._lexicon.ordinary and low not in self._lexicon.all_first
            return (prepared and (word.capital or clear)) or (sure and not self._named(words, at))
        if len(low) < _SHORTEST:
            return capital or clear or (prepared and not self._lexicon.known(low))
        if not word.capital and self._lexicon.known(low):
            # A word of the lemma table that our lists do not call ordinary: a well-known town.
            return True
        return True

    def _surname(self, words: Sequence[Word], at: int) -> bool:
        """'Hendrik-Jan te Winkel', 'Ad van Loon': a surname, whatever place it is too."""
        if at < 2 or not (words[at].near and words[at - 1].near) or words[at - 1].low not in self._surname_links:
            return False
        first = words[at - 2]
        known = first.low in self._lexicon.first or first.low in self._lexicon.soft_first
        parts = first.low.split("-")
        double = len(parts) > 1 and all(p in self._lexicon.all_first or p in self._lexicon.soft_first for p in parts)
        return (
            words[at].capital and first.capital and (known or double) and first.low not in self._lexicon.single_places
        )

    def _named(self, words: Sequence[Word], at: int) -> bool:
        """Whether a title or a word with a capital stands right before this word."""
        before = words[at - 1] if at and words[at].near else None
        names = self._lexicon.names
        return before is not None and (
            before.low in names.words("titles")
            or before.low in names.words("relations")
            or before.low in self._surname_links
            or (before.capital and not before.opens)
            or before.low in self._lexicon.first
        )

    def _street(self, text: str, words: Sequence[Word], at: int) -> Span | None:
        """A street that ends with this word, with what goes before it and the number after it."""
        word = words[at]
        headed = self._headed(text, words, at)
        if headed:
            return headed
        dotted = word.dot and word.low.endswith(self._short_streets)
        house = self._house.match(text, pos=word.end + dotted)
        capital = word.capital and not word.opens
        stem = word.low
        ended = (
            stem.endswith(self._endings)
            and len(stem) > 5
            and (
                (not stem.endswith(self._no_street_endings) and stem not in self._not_streets)
                or (capital and house is not None and stem.endswith(self._clear_streets))
            )
        )
        if ended:
            clear = stem.endswith(self._clear_streets)
            closed = house is not None and bool(_CLOSED.match(text, pos=house.end()))
            unknown = not self._lexicon.known(stem) and stem not in self._lexicon.listed
            if house and (clear or (closed and (word.capital or unknown))) and not self._measure(text, house.end()):
                return Span(self._street_start(words, at), house.end(), "plaats")
            if house and word.capital:
                return Span(self._street_start(words, at), house.end(), "plaats")
            if capital and clear and unknown:
                return Span(self._street_start(words, at), word.end, "plaats")
            if capital and clear and (at and word.near and words[at - 1].low in self._on_street):
                return Span(self._street_start(words, at), word.end, "plaats")
            if unknown and stem.endswith(self._plain_streets):
                return Span(word.start, word.end, "plaats")
        if word.low in self._street_words and word.near and at and words[at - 1].capital and (capital or house):
            return Span(self._street_start(words, at), house.end() if house else word.end, "plaats")
        if word.low in self._street_words and house and not self._measure(text, house.end()):
            closed = bool(_CLOSED.match(text, pos=house.end()))
            if (
                word.capital
                or closed
                or word.low in self._plain_streets
                or (at and words[at - 1].low in self._prefixes)
            ):
                return Span(self._street_start(words, at), house.end(), "plaats")
        addressed = at > 0 and word.near and (words[at - 1].low in self._address_before or words[at - 1].capital)
        if (
            capital
            and house
            and addressed
            and _CLOSED.match(text, pos=house.end())
            and not self._lexicon.stays_put(word.low)
        ):
            start = self._street_start(words, at)
            first = next(i for i, w in enumerate(words) if w.start == start)
            if first and words[first].gap.strip() == "," and first < at and self._town(words, first - 1):
                return Span(start, house.end(), "plaats")  # 'Gent, Coupure Links 77'
            if any(
                w.start < start and w.end >= start - 1 and w.low in self._address_before
                for w in words[max(0, at - 4) : at]
            ):
                return Span(start, house.end(), "plaats")
        entry = _ENTRY.match(text, pos=word.end)
        if (
            entry
            and (word.capital or not self._lexicon.known(word.low) or word.low in self._street_words)
            and not self._lexicon.stays_put(word.low)
        ):
            return Span(self._street_start(words, at), entry.end(), "plaats")
        return None

    def _headed(self, text: str, words: Sequence[Word], at: int) -> Span | None:
        """'Laan van Meerdervoort 500'."""
        if not words[at].capital or words[at].low not in self._heads:
            return None
        last = at + 1
        while last < len(words) and words[last].near and words[last].low in self._links:
            last += 1
        if last == at + 1 or last >= len(words) or not (words[last].near and words[last].capital):
            return None
        house = self._house.match(text, pos=words[last].end)
        return Span(words[at].start, house.end() if house else words[last].end, "plaats")

    def _measure(self, text: str, end: int) -> bool:
        """Whether a unit follows the number."""
        following = regex.match(r"\s(\p{L}+)", text, pos=end)
        return following is not None and following[1].lower() in (
            self._lexicon.patterns.words("not_ages_after") | self._lexicon.patterns.words("year_units")
        )

    def _street_start(self, words: Sequence[Word], at: int) -> int:
        """Where a street of more words begins: Prins Hendriklaan, Oude Gracht, Burg. de Vriesstraat."""
        start = at
        for back in range(at - 1, max(-1, at - 4), -1):
            word, nxt = words[back], words[back + 1]
            if not (nxt.near or nxt.gap == ". "):
                break
            if (
                word.capital
                and not (word.opens and self._lexicon.known(word.low) and word.low not in self._lexicon.listed)
            ) or (word.low in self._prefixes and not words[at].capital):
                start = back
            elif word.low not in self._links or back == 0 or not words[back - 1].capital or words[back - 1].opens:
                break
        if (
            start > 1
            and words[start - 1].low in self._links
            and words[start - 2].low in self._street_articles
            and words[start].near
        ):
            start -= 1
        return words[start].start
