"""The second layer of safety: a small linear classifier on words, letters and the signs that the patterns found, and for the
doctor's own crisis the sentences that are most like what was said (`neighbours.py`).

It is trained at set-up (`bot/language/classifier_training.py`) and read here from one file, with nothing but the standard
library: it must run where the engine's libraries are not.
"""

from __future__ import annotations

import itertools
import json
import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.language.lexicon import MARKS
from bot.language.neighbours import Neighbours

FORMAT = 2
SHORTEST, LONGEST = 3, 5
# Where the linear model is as sure as this, in log odds, its neighbours would not change what is made of it and are not looked for.
SURE_BY_ITSELF = 3.0
_LENGTHS = (1, 2, 3, 5, 8, 12, 18, 27, 40)


def letters(word: str) -> list[str]:
    """The letters of a word, three to five at a time."""
    padded = f" {word} "
    return [
        "<" + padded[start : start + size]
        for size in range(SHORTEST, LONGEST + 1)
        for start in range(len(padded) - size + 1)
    ]


def features(
    words: Sequence[str], signs: Iterable[str] = (), letters_of: Callable[[str], Iterable[str]] = letters
) -> set[str]:
    """What a text is known by: its words with their neighbours, the letters in them, its length, and the signs.

    `words` as the safety layer reads them, `signs` the names of what the patterns found in them.
    """
    spoken = [word for word in words if word not in MARKS]
    places = ["^", *spoken, "$"]
    found = {f"#{sum(len(spoken) >= bound for bound in _LENGTHS)}"}
    found.update(spoken)
    found.update(f"{one} {two}" for one, two in itertools.pairwise(places))
    found.update(f"{one} {two} {three}" for one, two, three in zip(places, places[1:], places[2:], strict=False))
    found.update(f"{one} _ {three}" for one, three in zip(places, places[2:], strict=False))
    for word in set(spoken):
        found.update(letters_of(word))
    found.update(f"!{sign}" for sign in signs)
    return found


def is_of_words(feature: str) -> bool:
    """Whether a feature is a word, a pair of words, or a pair with one word in between: what likeness is known by."""
    return feature[0] not in "<#!" and (" _ " in feature or feature.count(" ") <= 1)


class Classifier:
    """Weights by feature and label, and the neighbours of one label."""

    def __init__(
        self,
        labels: Sequence[str],
        biases: Sequence[float],
        vocabulary: Sequence[str],
        rarity: Sequence[float],
        weights: Sequence[Sequence[float]],
        voted: str,
        neighbours: Neighbours,
    ) -> None:
        """`rarity` (inverse document frequency) by feature; `weights` by label, then by feature; `voted`: the label of which
        the neighbours tell."""
        self.labels = tuple(labels)
        self._voted = voted
        self._neighbours = neighbours
        self._biases = tuple(biases)
        self._vocabulary = vocabulary
        self._index = dict(zip(vocabulary, itertools.count()))
        self._rarity = array("f", rarity)
        self._squares = array("f", (value * value for value in rarity))
        self._weights = [array("f", row) for row in weights]

    def chances(self, found: Iterable[str]) -> Mapping[str, float]:
        """For each label how likely it is (0 to 1), each judged by itself: they need not add up to one."""
        known = [self._index[name] for name in found if name in self._index]
        norm = math.sqrt(sum(map(self._squares.__getitem__, known))) or 1.0
        odds = {
            label: sum(map(row.__getitem__, known)) / norm + bias
            for label, row, bias in zip(self.labels, self._weights, self._biases, strict=True)
        }
        if abs(odds.get(self._voted, math.inf)) < SURE_BY_ITSELF:
            odds[self._voted] += self._neighbours.log_odds(known, self._squares)
        return {label: _logistic(value) for label, value in odds.items()}

    def alike(self, found: Iterable[str]) -> float:
        """What the sentences most like a text say of the label they tell of, in log odds, however sure the linear model is."""
        return self._neighbours.log_odds([self._index[name] for name in found if name in self._index], self._squares)

    def reasons(self, found: Iterable[str], label: str, most: int = 5) -> list[str]:
        """The features that speak most for a label, the strongest first."""
        row = self._weights[self.labels.index(label)]
        known = [(row[self._index[name]], name) for name in found if name in self._index]
        return [name for weight, name in sorted(known, reverse=True)[:most] if weight > 0]

    def save(self, path: Path, fingerprint: str) -> None:
        """Write the classifier to a file, with what it was made from. Raises OSError."""
        near = self._neighbours
        head = {
            "format": FORMAT,
            "fingerprint": fingerprint,
            "labels": self.labels,
            "biases": self._biases,
            "features": len(self._vocabulary),
            "voted": self._voted,
            "sentences": len(near.kind),
            "shared": len(near.sentences),
        }
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(json.dumps(head).encode() + b"\n")
            file.write("\n".join(self._vocabulary).encode() + b"\n")
            rows: list[array[Any]] = [self._rarity, *self._weights, near.scales, near.begins, near.sentences]
            for row in rows:
                row.tofile(file)
            file.write(near.kind)
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Classifier:
        """Read a classifier. Raises OSError, ValueError, KeyError or EOFError when there is none or the file is damaged."""
        with path.open("rb") as file:
            head = json.loads(file.readline())
            if head["format"] != FORMAT:
                raise ValueError("another format")
            body = memoryview(file.read())
        size, sentences, labels = head["features"], head["sentences"], head["labels"]
        rows: list[tuple[array[Any], int]] = [(array("f"), size) for _ in range(1 + len(labels))]
        rows += [(array("f"), sentences), (array("I"), size + 1), (array("I"), head["shared"])]
        begin = len(body) - sentences - sum(row.itemsize * length for row, length in rows)
        vocabulary = str(body[: max(begin, 0)], "utf-8").removesuffix("\n").split("\n")
        if len(vocabulary) != size:
            raise ValueError("not as long as it says")
        for row, length in rows:
            end = begin + row.itemsize * length
            row.frombytes(body[begin:end])
            begin = end
        rarity, *weights, scales, begins, shared = (row for row, _ in rows)
        neighbours = Neighbours(begins, shared, scales, bytes(body[begin:]))
        return cls(labels, head["biases"], vocabulary, rarity, weights, head["voted"], neighbours)


def fingerprint_of(path: Path) -> str:
    """What a stored classifier was made from; empty when there is none that can be read."""
    try:
        with path.open("rb") as file:
            return str(json.loads(file.readline())["fingerprint"])
    except (OSError, ValueError, KeyError):
        return ""


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))
