"""Up to where everything that came was taken: the position that a restart begins from. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Batch:
    """What came with one answer of the server: the position after it, and how much of it is not taken yet."""

    position: str
    waiting: int = 0
    whole: bool = False

    @property
    def taken(self) -> bool:
        """Whether nothing of it waits."""
        return self.whole and self.waiting == 0


class Positions:
    """Batches are taken out of order, as rooms are talked in at once; a position counts when all up to it is taken."""

    def __init__(self, reached: Callable[[str], None]) -> None:
        """reached: told each new position."""
        self._reached = reached
        self._batches: deque[Batch] = deque()

    def begin(self, position: str) -> Batch:
        """A batch begins; what comes in it is added to it, and then it is closed."""
        batch = Batch(position)
        self._batches.append(batch)
        return batch

    def add(self, batch: Batch) -> None:
        """Something came with it that must be taken."""
        batch.waiting += 1

    def close(self, batch: Batch) -> None:
        """Nothing more comes with it."""
        batch.whole = True
        self._pass()

    def done(self, batch: Batch) -> None:
        """Something of it was taken."""
        batch.waiting -= 1
        self._pass()

    def _pass(self) -> None:
        reached = ""
        while self._batches and self._batches[0].taken:
            reached = self._batches.popleft().position
        if reached:
            self._reached(reached)
