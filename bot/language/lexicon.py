"""The lexicon: every word that the phrases of the safety layer speak of, each with a code of one character.

With one character a word, a phrase is a regular expression over a short string, however many words it allows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

ENDS = ".?"
MARKS = ENDS + ',:"'
NUMBER = "#"
UNKNOWN = "_"
SIGNS = frozenset({*MARKS, NUMBER, UNKNOWN})
_FIRST_CODE = 0x10000
# Beginnings and endings are looked up by so many letters of theirs; none is shorter.
_KEY = 2
# So many letters of a word must be known before it counts as a known word.
_TELLING = 4


class Lexicon:
    """Every word the phrases speak of, each with its code."""

    def __init__(self, common: Iterable[str] = ()) -> None:
        """Only the common words, which say too little to choose a phrase by; others are added as phrases are read."""
        self._common = list(common)
        self._atoms: dict[str, None] = dict.fromkeys(self._common)
        self._code: dict[str, str] = {}
        self._sets: dict[str, frozenset[str]] = {}
        self._beginnings: dict[str, list[str]] = defaultdict(list)
        self._endings: dict[str, list[str]] = defaultdict(list)

    def add(self, atom: str) -> None:
        """Note a word, or the beginning (`x*`) or ending (`*x`) of words."""
        self._atoms.setdefault(atom)

    def close(self) -> None:
        """Give every atom its code. Phrases can be compiled and words looked up from now on.

        Raises ValueError when a beginning or ending is too short.
        """
        for number, atom in enumerate(self._atoms):
            self._code[atom] = chr(_FIRST_CODE + number)
        by_beginning, by_ending = defaultdict(list), defaultdict(list)
        for atom in self._atoms:
            by_beginning[atom[:_KEY]].append(atom)
            by_ending[atom[-_KEY:]].append(atom)
        for atom in self._atoms:
            stem = atom.strip("*")
            if atom == stem:
                self._sets[atom] = frozenset({self._code[atom]})
                continue
            if len(stem) < _KEY:
                raise ValueError(f"too short: {atom}")
            begins = atom.endswith("*")
            (self._beginnings[stem[:_KEY]] if begins else self._endings[stem[-_KEY:]]).append(stem)
            near = by_beginning[stem[:_KEY]] if begins else by_ending[stem[-_KEY:]]
            alike = [word for word in near if (word.startswith(stem) if begins else word.endswith(stem))]
            self._sets[atom] = frozenset(self._code[word] for word in [atom, *alike])
        for stems in (*self._beginnings.values(), *self._endings.values()):
            stems.sort(key=len, reverse=True)

    @cached_property
    def common(self) -> frozenset[str]:
        """The codes of the common words."""
        return frozenset(self._code[word] for word in self._common)

    def codes(self, atom: str) -> frozenset[str]:
        """The codes of every word that the atom stands for."""
        return self._sets[atom]

    def __contains__(self, word: str) -> bool:
        """Whether the word is known: itself, or by a beginning or ending long enough to tell."""
        return word in self._code or any(
            len(stem) >= _TELLING and (word.startswith(stem) if begins else word.endswith(stem))
            for begins, stems in (
                (True, self._beginnings.get(word[:_KEY], ())),
                (False, self._endings.get(word[-_KEY:], ())),
            )
            for stem in stems
        )

    def exact(self) -> Iterator[str]:
        """The words that stand in the data as a whole."""
        return (atom for atom in self._atoms if "*" not in atom)

    def code(self, word: str) -> str:
        """The code of a word or sign: of itself, else of its longest known beginning, else of its longest ending."""
        found = self._code.get(word)
        if found is not None:
            return found
        if word in MARKS:
            return word
        if word[0].isdigit():
            return NUMBER
        for stem in self._beginnings.get(word[:_KEY], ()):
            if word.startswith(stem):
                return self._code[stem + "*"]
        for stem in self._endings.get(word[-_KEY:], ()):
            if word.endswith(stem):
                return self._code["*" + stem]
        return UNKNOWN
