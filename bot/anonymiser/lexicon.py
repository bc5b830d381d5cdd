"""The lists that the rules look words up in: our own under ``data/anonymiser``, deduce's names and places, known Dutch words."""

from __future__ import annotations

import gzip
import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

import regex

from bot.anonymiser.words import plain
from bot.settings import DATA
from bot.yaml import load

FOLDER = DATA / "anonymiser"
_KEY = re.compile(r'"([^"\\]+)"')
_LOWER = re.compile(r"\b[a-zà-öø-ÿ]{2,}\b")
_CHUNK = 1 << 16
_PARTS = 256
_STRESS = str.maketrans("áéíóúàèìòù", "aeiouaeiou")
_LETTERS = "abcdefghijklmnopqrstuvwxyzëïé"
_PART = 4
_SHORT_PART = 3
"""So many letters has each part of a compound at least."""


def package(name: str) -> Path:
    """The folder of an installed package. Raises FileNotFoundError when it is absent; nothing of it is imported."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(name)
    return Path(next(iter(spec.submodule_search_locations)))


def read_list(path: Path) -> frozenset[str]:
    """The lines of one of deduce's lists, as :func:`plain` words."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(plain(line.strip()) for line in lines if line.strip())


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longest first."""
    return "|".join(regex.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


def unstressed(word: str) -> str:
    """A word without the accents that only stress it ('vóór', 'eén')."""
    return word.translate(_STRESS)


def _slips(word: str) -> Iterator[str]:
    for at in range(len(word)):
        head, rest = word[:at], word[at + 1 :]
        yield head + rest
        if rest:
            yield head + rest[0] + word[at] + rest[1:]
        for letter in _LETTERS:
            yield head + letter + rest
            yield head + letter + word[at:]
    for letter in _LETTERS:
        yield word + letter


def among(words: Set[str], *lists: frozenset[str]) -> bool:
    """Whether one of a few words is in one of these lists. No list is copied, as a union of them would."""
    return not all(words.isdisjoint(known) for known in lists)


class Words:
    """Very many words, of which nothing is asked but whether one is among them. Two megabytes for 250,000."""

    def __init__(self, words: Iterable[str]) -> None:
        # Sorted by parts, as one list of all would take ten times the room for a moment.
        parts = [array("q") for _ in range(_PARTS)]
        self.longest = 0
        for word in words:
            self.longest = max(self.longest, len(word))
            value = hash(word)
            parts[value % _PARTS].append(value)
        self._parts = [array("q", sorted(part)) for part in parts]

    def __contains__(self, word: str) -> bool:
        sought = hash(word)
        part = self._parts[sought % _PARTS]
        at = bisect_left(part, sought)
        return at < len(part) and part[at] == sought


def _dutch() -> Iterator[str]:
    """Words that stand in spaCy's Dutch lemma table, and in lower case in what the language layer is trained with."""
    table = package("spacy_lookups_data") / "data" / "nl_lemma_lookup.json.gz"
    with gzip.open(table, "rt", encoding="utf-8") as file:
        # In parts, as the whole would take sixty megabytes; a part ends where a line or an entry does.
        rest = ""
        while chunk := file.read(_CHUNK):
            whole, _, rest = (rest + chunk.lower()).rpartition(",")
            yield from _KEY.findall(whole)
        yield from _KEY.findall(rest)
    for path in sorted((DATA / "nlu").glob("*.yml")):
        yield from _LOWER.findall(path.read_text(encoding="utf-8"))


def _lemmas(names: frozenset[str]) -> Iterator[str]:
    """Dutch lemmas that are no names, and English words that are none, as spaCy has them."""
    folder = package("spacy_lookups_data") / "data"
    for table in ("nl_lemma_index.json.gz", "en_lemma_lookup.json.gz"):
        with gzip.open(folder / table, "rt", encoding="utf-8") as file:
            rest = ""
            while chunk := file.read(_CHUNK):
                whole, _, rest = (rest + chunk).rpartition(",")
                yield from set(_KEY.findall(whole)) - names
            yield from set(_KEY.findall(rest)) - names


class Lists:
    """The lists of one file: each a text with spaces, ``_`` for a space within a phrase."""

    def __init__(self, path: Path) -> None:
        """Read them. Raises OSError, YAMLError, or ValueError when one of them is not a text."""
        content = load(path)
        if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
            raise ValueError(path.name)
        self._words = {
            name: frozenset(plain(w).replace("_", " ") for w in value.split()) for name, value in content.items()
        }

    def words(self, name: str) -> frozenset[str]:
        """A list. Raises KeyError when it is missing."""
        return self._words[name]

    def __contains__(self, name: str) -> bool:
        return name in self._words


class Phrases:
    """Phrases of one or more words, found by their first."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for phrase in sorted(set(phrases)):
            parts = tuple(phrase.split())
            self._by_first[parts[0]].append(parts)
        for known in self._by_first.values():
            known.sort(key=len, reverse=True)

    def starting(self, first: str) -> list[tuple[str, ...]]:
        """The phrases that begin with a word, the longest first."""
        return self._by_first.get(first, [])


class Lexicon:
    """Everything the rules look up."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Read all lists. Raises OSError, YAMLError, KeyError or ValueError when one cannot be used."""
        self.names = Lists(folder / "names.yml")
        self.places = Lists(folder / "places.yml")
        self.institutions = Lists(folder / "institutions.yml")
        self.stays = Lists(folder / "stays.yml")
        self.patterns = Lists(folder / "patterns.yml")
        source = package("deduce") / "data" / "lookup" / "src"
        listed = source / "names"
        self.all_first = read_list(listed / "lst_first_name" / "items.txt") | self.names.words("more_first_names")
        self.after_interfix = read_list(listed / "lst_interfix_surname" / "items.txt")
        self.all_surnames = (
            read_list(listed / "lst_surname" / "items.txt") | self.names.words("more_surnames") | self.after_interfix
        )
        self.medical = read_list(source / "whitelist" / "lst_medical_term" / "items.txt") | read_list(
            source / "whitelist" / "lst_common_word" / "items.txt"
        )
        self.ordinary = self.names.words("ordinary")
        self.first = self.all_first - self.ordinary
        self.surnames = self.all_surnames - self.ordinary
        self.soft_first = self.names.words("soft_first_names")
        self.soft_surnames = self.names.words("soft_surnames")
        self.after_title = self.names.words("surnames_after_title") | self.soft_surnames
        self.listed = self.all_first | self.all_surnames | self.soft_first | self.soft_surnames
        self._vocabulary = Words(_dutch())
        self._more_words = self.stays.words("words")
        self._lemmas = Words(_lemmas(self.listed))
        places = set(self.places.words("more"))
        for name in ("lst_residence", "lst_municipality", "lst_region", "lst_province"):
            places |= read_list(source / "locations" / "lst_placename" / name / "items.txt")
        self._places = frozenset(place.partition(" (")[0] for place in places)

    @cached_property
    def initials(self) -> frozenset[str]:
        """Initials of more letters, as deduce has them: Th, Chr."""
        found = read_list(package("deduce") / "data" / "lookup" / "src" / "names" / "lst_initial" / "items.txt")
        return frozenset(initial.rstrip(".") for initial in found if len(initial.rstrip(".")) > 1)

    @cached_property
    def _longest_first(self) -> int:
        return max(map(len, self.all_first))

    def name_slip(self, word: str) -> bool:
        """Whether a word is one slip of the fingers away from a first name."""
        return len(word) <= self._longest_first + 1 and any(other in self.all_first for other in _slips(word))

    @cached_property
    def eponyms(self) -> frozenset[str]:
        """Diseases, tests and models with a name."""
        return self.stays.words("eponyms")

    @cached_property
    def listed_eponyms(self) -> frozenset[str]:
        """The names in deduce's list of diseases with a name, but for those that are surnames too."""
        whitelist = package("deduce") / "data" / "lookup" / "src" / "whitelist" / "lst_eponymous_disease"
        words: set[str] = set()
        for path in (whitelist / "items.txt", whitelist / "lst_eponymous_single" / "items.txt"):
            words.update(word for line in path.read_text(encoding="utf-8").split() for word in line.split("-"))
        named = {plain(word) for word in words if word[:1].isupper() and word.isalpha() and len(word) > _PART - 1}
        return frozenset(named - self.all_surnames - self.all_first)

    @cached_property
    def staying(self) -> frozenset[str]:
        """Everything that stays, except where a title comes before it."""
        lists = ("public", "eponyms", "thinkers", "medicines", "brands", "calendar", "countries")
        return frozenset().union(self.listed_eponyms, *(self.stays.words(name) for name in lists))

    @cached_property
    def single_places(self) -> frozenset[str]:
        """Places of one word."""
        return frozenset(place for place in self._places if " " not in place)

    @cached_property
    def long_places(self) -> Phrases:
        """Places of more words."""
        return Phrases(place.replace(".", "") for place in self._places if " " in place)

    @cached_property
    def medicine_endings(self) -> tuple[str, ...]:
        """What the names of substances end with."""
        return tuple(self.stays.words("medicine_endings"))

    def known(self, word: str) -> bool:
        """Whether this is a known Dutch word, names aside."""
        return word in self._vocabulary or word in self.medical

    def slip(self, word: str) -> bool:
        """Whether a word is one slip of the fingers away from a Dutch word: a letter too many, too few, other or swapped."""
        return len(word) <= self._vocabulary.longest + 1 and any(other in self._vocabulary for other in _slips(word))

    def ordinary_word(self, word: str) -> bool:
        """Whether this is a Dutch word, or looks like one: known, a compound of known words, a substance."""
        word = word.rstrip("'")
        return (
            self.known(word)
            or word in self._lemmas
            or word in self._more_words
            or word.endswith(self.medicine_endings)
            or any(
                self.known(part) for part in (word.removesuffix("s"), word.removesuffix("'s"), word.removesuffix("e"))
            )
            or self.compound(word)
            or self.known(unstressed(word))
            or self._of_place(word)
        )

    def _of_place(self, word: str) -> bool:
        """'Utrechtse', 'Amsterdammer'."""
        return any(
            word.endswith(ending)
            and (word.removesuffix(ending) in self._places or word.removesuffix(ending) in self.staying)
            for ending in self.places.words("demonyms")
        )

    def loose_compound(self, word: str) -> bool:
        """Whether a word can be cut into two words, of three letters at least, with or without something between them."""
        for at in range(_SHORT_PART, len(word) - _SHORT_PART + 1):
            head, tail = word[:at], word[at:]
            if not (self._word(tail) or self._word(tail.removesuffix("s")) or self._word(tail.removesuffix("en"))):
                continue
            if any(self._word(head.removesuffix(link)) for link in ("", "s", "e", "en", "er", "n")):
                return True
        return False

    def _word(self, word: str) -> bool:
        return len(word) >= _SHORT_PART and (self.known(word) or word in self._lemmas or word in self.staying)

    def compound(self, word: str) -> bool:
        """Whether a word can be cut into two known words, or into such words by its hyphens."""
        if "-" in word:
            return all(part in self.staying or self.known(part) for part in word.split("-"))
        for at in range(_PART, len(word) - _PART + 1):
            head, tail = word[:at], word[at:]
            if self.known(tail) and (self.known(head) or head in self.staying or self.known(head.removesuffix("s"))):
                return True
        return False

    def stays_put(self, word: str) -> bool:
        """Whether this is something that stays, by itself or as the head of a compound (Balintgroep, NHG-standaard)."""
        if word in self.staying or word.removesuffix("'s") in self.staying:
            return True
        head, dash, _ = word.partition("-")
        if dash:
            return head in self.staying and head not in self.first
        return any(word[:at] in self.staying and self.known(word[at:]) for at in range(_PART, len(word) - _PART + 1))


@cache
def lexicon() -> Lexicon:
    """The lexicon of this process."""
    return Lexicon()
