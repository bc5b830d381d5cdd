"""A reader that was taught by examples: which words of a text are names, places, institutions, dates or ages.

A conditional random field (python-crfsuite) on what a word is in the lists, how it is written and what stands around it. It
sees nothing of what the rules found: two that look in different ways miss less together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from bot.anonymiser.lexicon import Lexicon
from bot.anonymiser.spans import Span
from bot.anonymiser.words import Word, words_of

KINDS = ("naam", "plaats", "instelling", "datum", "leeftijd")
OUTSIDE = "O"
# Something is taken for what it most likely is when the chance that it is nothing is below this.
NOTHING_BELOW = 0.7
# So far around a word its neighbours are looked at as they are written, and so far what they are in the lists.
_NEIGHBOURS, _LISTED = 3, 2
_LONG = 13
_YEARS = (1900, 2030)


class Features:
    """What is known of each word of a text."""

    def __init__(self, lists: Lexicon) -> None:
        self._lists = lists
        self._known: dict[str, tuple[str, ...]] = {}
        self._abbreviations = lists.names.words("titles") | lists.names.words("abbreviations")

    def words(self, text: str) -> list[Word]:
        """The words of a text."""
        return words_of(text, self._abbreviations)

    def of(self, text: str, words: Sequence[Word], unlisted: Collection[int] = ()) -> list[list[str]]:
        """The features of each word. unlisted: the places of words that are looked at as if no list had them."""
        seen = [
            (
                word.low if len(word.low) < _LONG else "…",
                () if at in unlisted else self._listed(word.low),
                _shape(word),
            )
            for at, word in enumerate(words)
        ]
        return [self._one(text, words, seen, at) for at in range(len(words))]

    def _one(
        self, text: str, words: Sequence[Word], seen: Sequence[tuple[str, tuple[str, ...], str]], at: int
    ) -> list[str]:
        word, (low, listed, shape) = words[at], seen[at]
        lists = "".join(listed)
        found = ["b", f"sh={shape}", f"fl={lists}", f"shfl={shape}{lists}", f"len={min(len(low), 9)}"]
        found += [f"f:{one}" for one in listed] + [f"shf:{shape}{one}" for one in listed]
        if {"o", "k", "ti", "ix"} & set(listed) or word.text.isdecimal():
            found.append(f"w={low}")
        found += [f"suf={low[-3:]}", f"suf2={low[-2:]}", f"suf4={low[-4:]}", f"pre={low[:3]}"]
        if word.text.isdecimal():
            found.append(f"num={_size(word.text)}")
        gap = word.gap.strip()
        found.append(f"gap={gap[:3] if gap else 'nl' if chr(10) in word.gap else ''}")
        found.append(f"nx={text[word.end : word.end + 1]}")
        for step in (*range(-_NEIGHBOURS, 0), *range(1, _NEIGHBOURS + 1)):
            found += self._beside(words, seen, at + step, step)
        before = seen[at - 1][0] if at else "^"
        after = seen[at + 1][0] if at + 1 < len(seen) else "$"
        found += [f"p|fl={before}|{lists}", f"n|fl={after}|{lists}", f"p|n={before}|{after}"]
        if at > 1:
            found.append(f"pp={seen[at - 2][0]}|{before}")
        if at + 2 < len(seen):
            found.append(f"nn={after}|{seen[at + 2][0]}")
        return found

    def _beside(
        self, words: Sequence[Word], seen: Sequence[tuple[str, tuple[str, ...], str]], at: int, step: int
    ) -> Iterator[str]:
        if not 0 <= at < len(seen):
            yield f"{step}END"
            return
        low, listed, shape = seen[at]
        yield f"{step}w={low}"
        if abs(step) <= _LISTED:
            yield from (f"{step}fl={''.join(listed)}", f"{step}sh={shape}", f"{step}suf={low[-2:]}")
            if words[at].text.isdecimal():
                yield f"{step}num={_size(words[at].text)}"

    def _listed(self, low: str) -> tuple[str, ...]:
        if low not in self._known:
            self._known[low] = tuple(self._look_up(low))
        return self._known[low]

    def _look_up(self, low: str) -> Iterator[str]:
        lists = self._lists
        forms = {low, low.removesuffix("'s"), low.removesuffix("s"), low.rstrip("'")}
        for name, among in self._among:
            if any(form in among for form in forms):
                yield name
        ordinary = lists.ordinary_word(low)
        if ordinary:
            yield "o"
        if lists.known(low):
            yield "k"
        if low in lists.ordinary:
            yield "or"
        if lists.stays_put(low):
            yield "st"
        if low in lists.names.words("titles"):
            yield "ti"
        if low in lists.medical:
            yield "m"
        if low in lists.eponyms:
            yield "e"
        if low in lists.names.words("interfix_words"):
            yield "ix"
        if len(low) > 5:
            if not ordinary and lists.slip(low):
                yield "sl"
            if lists.loose_compound(low):
                yield "lc"

    @cached_property
    def _among(self) -> tuple[tuple[str, Collection[str]], ...]:
        lists = self._lists
        return (
            ("F", lists.all_first),
            ("f", lists.first),
            ("S", lists.all_surnames),
            ("s", lists.surnames),
            ("sf", lists.soft_first),
            ("ss", lists.soft_surnames),
            ("P", lists.single_places),
        )


class Tagger:
    """The reader in use."""

    def __init__(self, path: Path, lists: Lexicon) -> None:
        """Load what was learnt. Raises OSError or ValueError when it is missing or damaged."""
        import pycrfsuite

        self._features = Features(lists)
        self._tagger = pycrfsuite.Tagger()
        if not path.is_file():
            raise FileNotFoundError(path.name)
        self._tagger.open(str(path))
        self._labels = [label for label in self._tagger.labels() if label != OUTSIDE]

    def find(self, text: str) -> list[Span]:
        """What could identify someone, in order and without overlap."""
        words = self._features.words(text)
        if not words:
            return []
        self._tagger.set(self._features.of(text, words))
        return list(_spans(words, [self._label(at) for at in range(len(words))]))

    def _label(self, at: int) -> str:
        if self._tagger.marginal(OUTSIDE, at) >= NOTHING_BELOW:
            return OUTSIDE
        best: str = max(self._labels, key=lambda label: float(self._tagger.marginal(label, at)))
        return best


def _spans(words: Sequence[Word], labels: Sequence[str]) -> Iterator[Span]:
    """The words of a label one after another, as spans."""
    begun: tuple[int, int, str] | None = None
    for word, label in zip(words, labels, strict=True):
        kind = label[2:]
        if begun and label.startswith("I-") and kind == begun[2]:
            begun = (begun[0], word.end, kind)
            continue
        if begun:
            yield Span(*begun)
        begun = None if label == OUTSIDE else (word.start, word.end, kind)
    if begun:
        yield Span(*begun)


def _shape(word: Word) -> str:
    if word.text.isdecimal():
        return "d" * min(len(word.text), 5)
    if word.upper:
        return "XX"
    if word.capital:
        return "Xo" if word.opens else "Xx"
    return "a." if "." in word.text else "x"


def _size(digits: str) -> str:
    """What a number could be: an hour or month, a day, an age, a year."""
    number = int(digits)
    for bound, name in ((13, "a"), (32, "b"), (100, "c"), (120, "d"), (_YEARS[0], "e"), (_YEARS[1], "y")):
        if number < bound:
            return name
    return "g"
