"""Which phrases may stand in a text, told from its words alone."""

from __future__ import annotations

import functools
import operator
import re
from collections import defaultdict
from collections.abc import Iterable

from bot.language.phrases import Phrase

_ONE = re.compile("1")


class Index:
    """Which phrases can match a text at all, told from its words alone: a cheap look before the search."""

    # A third gate would let hardly a phrase fewer through.
    _GATES = 2

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        """Take the phrases; their lexicon must be closed."""
        self._phrases = list(phrases)
        # A set of phrases is a number, one bit each. Of each gate in turn: whom a code lets through, and who has no such gate.
        self._by_code: list[dict[str, int]] = [defaultdict(int) for _ in range(self._GATES)]
        self._open = [0] * self._GATES
        for number, phrase in enumerate(self._phrases):
            bit = 1 << number
            gates = phrase.gates()[: self._GATES]
            for at, codes in enumerate(gates):
                for code in codes:
                    self._by_code[at][code] |= bit
            for at in range(len(gates), self._GATES):
                self._open[at] |= bit

    def candidates(self, codes: str) -> list[Phrase]:
        """The phrases that may match these words, in their order."""
        distinct = set(codes)
        through = -1
        for by_code, let_through in zip(self._by_code, self._open, strict=True):
            through &= functools.reduce(operator.or_, (by_code.get(code, 0) for code in distinct), let_through)
        bits = bin(through)[:1:-1]
        return [self._phrases[found.start()] for found in _ONE.finditer(bits)]
