"""What the sentences most like a text were: the nearest neighbours, beside the linear model of `classifier.py`.

A linear model adds up what words say by themselves; what a sentence so like this one turned out to be, it cannot say. Likeness
is the cosine between the rarer words, pairs and split pairs of both, weighed by how rare they are.
"""

from __future__ import annotations

import heapq
import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence

# So many of the nearest sentences count, each with its likeness squared; a text is looked for by so many of its rarest features.
NEAREST = 10
LOOKED_FOR = 25
# What nothing alike counts for, so that a faint likeness says little; and how far from certainty their vote stays.
NOTHING = 0.06
DOUBT = 0.03


class Neighbours:
    """Sentences known by the numbers of their rarer features, and which of them are of the kind that is looked for."""

    def __init__(self, begins: array[int], sentences: array[int], scales: array[float], kind: bytes) -> None:
        """`sentences`: the numbers of those with feature 0, then of those with feature 1, and so on; `begins`: where those of
        each feature begin, and where the last end; `scales`: one over the length of each sentence; `kind`: 1 for a sentence of
        the kind, else 0. Raises ValueError when these do not fit together."""
        if not (len(scales) == len(kind) and begins and begins[-1] == len(sentences)):
            raise ValueError("neighbours that do not fit together")
        self.begins, self.sentences, self.scales, self.kind = begins, sentences, scales, kind

    def log_odds(self, known: Iterable[int], squares: Sequence[float]) -> float:
        """What the nearest say, in log odds: above 0 that the text is of the kind, below that it is not, 0 without any.

        known: the numbers of the text's features; squares: how rare each feature is, squared.
        """
        begins, sentences, scales = self.begins, self.sentences, self.scales
        rare = [number for number in known if begins[number] < begins[number + 1]]
        # Of those that are as rare the first come first, so that every process looks for the same.
        rare.sort(key=lambda number: (-squares[number], number))
        shared: defaultdict[int, float] = defaultdict(float)
        for number in rare[:LOOKED_FOR]:
            square = squares[number]
            for sentence in sentences[begins[number] : begins[number + 1]]:
                shared[sentence] += square
        if not shared:
            return 0.0
        nearest = heapq.nlargest(
            NEAREST, ((scales[sentence] * square, sentence) for sentence, square in shared.items())
        )
        length = sum(map(squares.__getitem__, rare[:LOOKED_FOR]))
        votes = [(scaled * scaled / length, self.kind[sentence]) for scaled, sentence in nearest]
        share = (sum(vote for vote, is_kind in votes if is_kind) + NOTHING / 2) / (sum(v for v, _ in votes) + NOTHING)
        return math.log((share + DOUBT) / (1 - share + DOUBT))
