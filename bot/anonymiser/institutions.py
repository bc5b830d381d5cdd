"""Practices, hospitals, homes, schools and whatever else has a name of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.anonymiser.lexicon import Lexicon, Phrases, package, read_list
from bot.anonymiser.spans import Span
from bot.anonymiser.words import Word

_LONGEST = 7
_SHORTEST = 4
_KIND = 9
"""A word with so many letters is a kind by its ending."""


class Institutions:
    """Reads institutions."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        lists = lexicon.institutions
        self._kind_words, self._kind_endings = lists.words("kinds"), tuple(sorted(lists.words("kind_endings")))
        self._kinds = Phrases(lists.words("kinds"))
        self._loose = lists.words("loose_kinds")
        self._articles = Phrases(lists.words("articles"))
        self._capital_articles = lists.words("capital_articles")
        self._name_words = lists.words("name_words")
        self._endings = tuple(lists.words("endings"))
        self._house_endings = tuple(lists.words("house_endings"))
        self._lower_tails, self._saints = lists.words("lower_tails"), lists.words("saints")
        self._two_words, self._not_house = lists.words("two_words"), lists.words("not_house_names")
        self._articles_single = frozenset(a for a in lists.words("articles") if " " not in a)
        self._unlike = tuple(sorted(lexicon.names.words("unlike_names")))
        self._rivers = lexicon.stays.words("rivers")
        self._links, self._not_links = lists.words("links"), lists.words("not_links")
        self._tails_with_capital, self._lower_heads = lists.words("tails_with_capital"), lists.words("lower_heads")
        self._surname_articles, self._at = lists.words("surname_articles"), lists.words("at")
        self._bare_before = lists.words("bare_before")
        self._tails, self._heads = lists.words("tails"), lists.words("heads")
        self._need_capital = lists.words("lower_only_with_capital")
        hospitals = package("deduce") / "data" / "lookup" / "src" / "institutions"
        listed = read_list(hospitals / "lst_hospital" / "items.txt")
        self._hospitals = frozenset(name for name in listed if " " in name or name.endswith(self._endings))
        names = lists.words("names") | self._hospitals
        self._names = Phrases(name.replace(".", "") for name in names)
        self._own = frozenset(name.replace(".", "") for name in lists.words("names"))
        self._half_loose, self._with_article = lists.words("half_loose_kinds"), lists.words("with_article")
        self._wind, self._plain_words = lexicon.places.words("compass"), lists.words("plain_words")
        self._neuter, self._at_places = lists.words("neuter"), lists.words("at_places")
        self._titles = lexicon.names.words("titles")
        self._relations = lexicon.names.words("relations")

    def find(self, words: Sequence[Word]) -> Iterator[Span]:
        """Every institution, perhaps overlapping."""
        for at, word in enumerate(words):
            if word.placeholder:
                continue
            length = self._named(words, at)
            if length:
                last = at + length - 1
                last = self._run(words, last) if words[last].capital or words[last].upper else last
                yield Span(word.start, words[last].end, "instelling")
            yield from self._of_kind(words, at)
            end = self._by_capitals(words, at)
            if end is not None:
                yield Span(word.start, words[end].end, "instelling")
            if self._at_the(words, at):
                yield Span(word.start, word.end, "instelling")
            if self._house(words, at) or self._named_house(words, at):
                article = at > 0 and word.near and words[at - 1].low in self._articles_single
                yield Span(words[at - 1].start if article else word.start, word.end, "instelling")
            if at and word.near and words[at - 1].low in self._saints and word.low.endswith(self._endings):
                yield Span(words[at - 1].start, word.end, "instelling")
            start = self._proper_tail(words, at)
            if start is not None:
                yield Span(words[start].start, word.end, "instelling")
            start = self._by_ending(words, at)
            if start is not None:
                yield Span(words[start].start, word.end, "instelling")

    def _named(self, words: Sequence[Word], at: int) -> int:
        """How many words a known institution has that begins here."""
        for phrase in self._names.starting(words[at].low):
            part = words[at : at + len(phrase)]
            if tuple(w.low for w in part) != phrase or any(not w.near and w.gap not in ("-", ". ") for w in part[1:]):
                continue
            name = " ".join(phrase)
            written = all(w.text[0].isupper() for w in (part[0], part[-1]))
            lower = name in self._own and name not in self._need_capital
            if name in self._with_article and at and words[at - 1].low in self._articles_single and words[at].near:
                return len(phrase)
            if lower or (written and not (len(part) == 1 and part[0].opens)):
                return len(phrase)
        return 0

    def _of_kind(self, words: Sequence[Word], at: int) -> Iterator[Span]:
        """'praktijk De Linde', 'verpleeghuis de vier winden'."""
        for kind in (*self._kinds.starting(words[at].low), *self._ended_kind(words[at])):
            if tuple(w.low for w in words[at : at + len(kind)]) != kind:
                continue
            first = at + len(kind)
            if first >= len(words) or not self._follows(words[first]):
                return
            loose = " ".join(kind) in self._loose or " ".join(kind) not in self._kind_words
            bare = at == 0 or not words[at].near or words[at - 1].low in self._bare_before
            half = " ".join(kind) in self._half_loose
            end = self._name(words, first, loose=loose)
            if end is None and bare and (not loose or half):
                end = self._bare_name(words, first) or self._placed(words, first)
            if end is None and bare and loose and not half and words[first].near and self._listed_place(words[first]):
                end = first if self._ends(words, first) else None
            if end is not None:
                yield Span(words[at].start, words[end].end, "instelling")
            return

    def _ended_kind(self, word: Word) -> list[tuple[str, ...]]:
        """'streekziekenhuis', 'psychologenpraktijk': a kind by its ending."""
        ended = len(word.low) > _KIND and word.low.endswith(self._kind_endings)
        return (
            [(word.low,)]
            if ended and not (word.capital and not word.opens and not self._lexicon.ordinary_word(word.low))
            else []
        )

    @staticmethod
    def _follows(word: Word) -> bool:
        return word.gap.strip(" \"'“”‘’„(") in ("", ":") and "\n" not in word.gap and len(word.gap) < 4

    def _name(self, words: Sequence[Word], first: int, *, loose: bool) -> int | None:
        """The last word of the name that begins here, after a kind."""
        at = first
        article = False
        for phrase in self._articles.starting(words[at].low):
            if tuple(w.low for w in words[at : at + len(phrase)]) == phrase and at + len(phrase) < len(words):
                at += len(phrase)
                article = True
                break
        word = words[at]
        if article and not word.near and word.gap != ". ":
            return None
        if word.placeholder or (word.text.isdecimal() and not article):
            return None
        colon = ":" in words[first].gap
        if (word.capital or (word.upper and not self._lexicon.stays_put(word.low))) and (
            not word.opens or colon or article
        ):
            if self._lexicon.stays_put(word.low) and not article:
                return None
            if word.opens and not article and self._lexicon.known(word.low):
                return None
            return self._run(words, at)
        if (
            article
            and words[first].capital
            and not words[first].opens
            and (word.capital or word.low in self._name_words)
        ):
            return self._run(words, at)
        low = word.low
        if not article and low in self._wind and not loose:
            return at if self._ends(words, at) else None
        if not article and self._lexicon.known(low) and low in self._plain_words:
            return None
        telling = low in self._name_words or (
            not self._lexicon.ordinary_word(low)
            and not self._lexicon.stays_put(low)
            and low.isalpha()
            and len(low) > 3
            and not low.endswith(self._unlike)
        )
        if low in self._lexicon.surnames and not article:
            return at
        if low.partition("-")[0] in self._saints and "-" in low and not loose:
            return at
        if colon or not telling or (loose and low not in self._name_words):
            return at if self._house(words, at) else None
        return at

    def _listed_place(self, word: Word) -> bool:
        return (
            word.low in self._lexicon.single_places
            and not self._lexicon.known(word.low)
            and word.low not in self._lexicon.ordinary
        )

    def _placed(self, words: Sequence[Word], at: int) -> int | None:
        """'zorggroep almere', 'huisartspraktijk dorpszicht', 'huize avondrood': the last word of the name."""
        word, lexicon = words[at], self._lexicon
        if not word.near or word.capital or word.upper or not word.low.isalpha() or len(word.low) < _SHORTEST:
            return None
        house = word.low.endswith(self._house_endings) and not lexicon.known(word.low)
        closed = at + 1 >= len(words) or not words[at + 1].near
        known = lexicon.known(word.low) if closed else lexicon.ordinary_word(word.low)
        unknown = not known and not lexicon.stays_put(word.low) and not word.low.endswith(self._unlike)
        if not (self._listed_place(word) or house or unknown) or word.low in self._not_house:
            return None
        return at + 1 if at + 1 < len(words) and words[at + 1].near and words[at + 1].low in self._wind else at

    @staticmethod
    def _ends(words: Sequence[Word], at: int) -> bool:
        return at + 1 >= len(words) or not words[at + 1].near or not words[at + 1].capital

    def _bare_name(self, words: Sequence[Word], first: int) -> int | None:
        """'in verpleeghuis de vier winden': without an article before the kind, what follows is its name."""
        for phrase in self._articles.starting(words[first].low):
            at = first + len(phrase)
            if tuple(w.low for w in words[first:at]) != phrase or at >= len(words) or not words[at].near:
                continue
            low = words[at].low
            if low in self._not_house or words[at].text.isdecimal():
                return None
            return at + 1 if low in self._two_words and at + 1 < len(words) and words[at + 1].near else at
        return None

    def _house(self, words: Sequence[Word], at: int) -> bool:
        """'zonnehoek', 'spaarnepraktijk', 'sint-janslyceum'."""
        low = words[at].low
        if self._lexicon.known(low) or self._lexicon.stays_put(low) or low in self._lexicon.single_places:
            return False
        head, dash, tail = low.partition("-")
        if dash and head in self._saints and len(tail) > 3:
            return low.endswith(self._endings)
        for ending in (*self._house_endings, *self._endings):
            stem = low.removesuffix(ending)
            if stem != low and (stem in self._name_words or stem.removesuffix("s") in self._name_words):
                return low not in self._lexicon.listed or (at > 0 and words[at - 1].low in self._articles_single)
        return False

    def _at_the(self, words: Sequence[Word], at: int) -> bool:
        """'op het Vossius', 'de Maasstad-SEH': what nobody knows, with a capital, where one works or goes."""
        word, lexicon = words[at], self._lexicon
        if not word.capital or word.opens or at < 2 or not word.near:
            return False
        head = word.low.partition("-")[0]
        if "-" in word.low and head in self._own:
            return True
        if words[at - 1].low not in self._neuter or words[at - 2].low not in self._at_places or not words[at - 1].near:
            return False
        if (
            lexicon.ordinary_word(word.low)
            or lexicon.stays_put(word.low)
            or word.low in lexicon.ordinary
            or "-" in word.low
        ):
            return False
        if word.low in lexicon.medical or word.low in lexicon.single_places or word.low in self._rivers:
            return False
        if any(c.isupper() for c in word.text[1:]):
            return False
        tails = (word.low[cut:] for cut in range(2, len(word.low) - 3))
        return word.low.endswith(self._house_endings) or not any(lexicon.known(tail) for tail in tails)

    def _named_house(self, words: Sequence[Word], at: int) -> bool:
        """'naar het Kompas': a capital in the midst of a sentence on what houses are called."""
        word = words[at]
        article = at > 0 and word.near and words[at - 1].low in self._articles_single
        return word.capital and not word.opens and article and word.low in self._name_words - self._rivers

    def _proper_tail(self, words: Sequence[Word], at: int) -> int | None:
        """'het martini ziekenhuis': where it begins."""
        if words[at].low not in self._lower_tails or not at or not words[at].near:
            return None
        before = words[at - 1]
        lexicon = self._lexicon
        proper = (
            before.low.isalpha()
            and len(before.low) > 3
            and (
                before.low in lexicon.first
                or before.low in lexicon.surnames
                or (before.low in lexicon.single_places and not lexicon.known(before.low))
                or not (lexicon.ordinary_word(before.low) or before.low.endswith(self._unlike))
            )
        )
        saint = at >= 2 and words[at - 2].low in self._saints
        if not (proper or saint) or (before.opens and before.capital and not saint):
            return None
        return at - 2 if saint else at - 1

    def _run(self, words: Sequence[Word], at: int) -> int:
        """The last word of a row of words with capitals, with small words between them."""
        end = at
        nxt = at + 1
        while nxt < len(words) and nxt - at < _LONGEST:
            word = words[nxt]
            ampersand = word.gap.strip() == "&"
            if not (word.near or ampersand or word.gap in (". ", "-", ' "')):
                break
            tail = word.low in self._tails and (word.capital or word.upper or not self._lexicon.known(word.low))
            if (
                (word.capital or (word.upper and tail))
                and not word.opens
                and not self._lexicon.stays.words("calendar") & {word.low}
            ) or (tail and word.low not in self._tails_with_capital):
                end = nxt
            elif word.low in self._links and nxt + 1 < len(words) and words[nxt + 1].near:
                if not (words[nxt + 1].capital or words[nxt + 1].low in self._links):
                    break
                if word.low in self._not_links and words[nxt + 1].low not in self._links:
                    # 'De Linde in Utrecht', 'Isala en Fatima'
                    break
            else:
                break
            nxt += 1
        return end

    def _by_capitals(self, words: Sequence[Word], at: int) -> int | None:
        """'bij De Spaarne', 'UZ Gent'."""
        word = words[at]
        if at + 1 >= len(words) or not words[at + 1].near:
            return None
        nxt = words[at + 1]
        if (
            word.low in self._heads
            and (word.upper or word.low in self._lower_heads)
            and (nxt.capital or nxt.low in self._lexicon.single_places)
        ):
            return self._run(words, at + 1)
        if word.capital and not word.opens and word.low in self._capital_articles and nxt.capital and not nxt.opens:
            before = words[at - 1] if at else None
            if before is not None and (
                before.low in self._titles or before.low in self._relations or before.initial or self._first(before)
            ):
                return None
            house = (
                word.low not in self._surname_articles
                or nxt.low not in self._lexicon.all_surnames
                or (before is not None and before.low in self._at and nxt.low in self._lexicon.ordinary)
            )
            end = self._run(words, at + 1)
            return end if (house or end > at + 1) and not self._lexicon.stays_put(nxt.low) else None
        return None

    def _first(self, word: Word) -> bool:
        return word.capital and (word.low in self._lexicon.first or word.low in self._lexicon.soft_first)

    def _by_ending(self, words: Sequence[Word], at: int) -> int | None:
        """'Sint Rembertus Ziekenhuis', 'Spaarnepraktijk': where it begins, when it ends with this word."""
        word = words[at]
        tail = word.low in self._tails and (word.capital or word.upper) and not word.opens
        ended = (
            word.capital
            and not word.opens
            and word.low.endswith(self._endings)
            and word.low not in self._endings
            and not self._lexicon.stays_put(word.low)
            and not self._lexicon.ordinary_word(word.low)
        )
        own = (
            word.capital
            and not word.opens
            and word.low.endswith(self._endings)
            and word.low not in self._endings
            and not self._lexicon.known(word.low)
            and not self._lexicon.stays_put(word.low)
        )
        if not (tail or ended or own):
            return None
        start = at
        while start and words[start].near and words[start - 1].capital and not words[start - 1].opens:
            start -= 1
        if tail and start == at:
            return None
        return start
