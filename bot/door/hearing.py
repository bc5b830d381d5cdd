"""What the door hears in a message about danger, also together with what was said just before in the same talk."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.language import safety
from bot.store.keepcode import split_code

REMEMBERED_TALKS = 10_000
REMEMBERED_LETTERS = 4_000
REMEMBERED_FOR = dt.timedelta(hours=1)
LONGEST_TOKEN = 100
# So many of the six words must be right before a message is taken for a bewaarcode with a mistake in it.
RIGHT_WORDS = 5


@dataclass(frozen=True)
class Heard:
    """What a message says about danger; alone: no message before it in this talk is remembered; surer: what was heard by
    nothing but likeness had to be clearer; denied: because the last panel was not meant so; seconds: how long reading it took."""

    verdict: safety.Verdict
    words: str
    alone: bool
    surer: bool = False
    denied: bool = False
    seconds: float = 0.0


@dataclass
class _Recent:
    """What was said last in a talk, and when; denied: of the last panel, that it was not meant so; answering: a
    script, or the panel, has asked something."""

    words: deque[str]
    at: dt.datetime | None = None
    denied: bool = False
    answering: bool = False


def read(words: str, previous: Sequence[str], *, surer: bool, denied: bool) -> safety.Verdict:
    """What words say about danger after those before them; after a denial nothing is near."""
    verdict = safety.check(words, previous, surer=surer)
    return replace(verdict, near=False) if denied else verdict


class Hearing:
    """Reads messages for danger, and remembers for a while what was said last in each talk: never stored, only here."""

    def __init__(self, clock: Clock) -> None:
        """Nothing was said yet."""
        self._clock = clock
        self._recent: OrderedDict[str, _Recent] = OrderedDict()
        self._listening = asyncio.Lock()

    async def listen(self, token: str, words: str) -> Heard:
        """What these words, alone or after the last ones of this talk, say about danger.

        When many speak at once they are read one after the other, and in between whoever asks for something else is answered.
        """
        async with self._listening:
            heard = self._heard(token, words)
            await asyncio.sleep(0)
        return heard

    def _heard(self, token: str, words: str) -> Heard:
        began = time.monotonic()
        recent = self._recent.get(token) or _Recent(deque(maxlen=2))
        # The words of a bewaarcode are drawn by chance and say nothing about the doctor.
        words, _ = split_code(words, right=RIGHT_WORDS)
        said = words[:REMEMBERED_LETTERS]
        if recent.words and recent.words[-1] == said:
            # The same once more, as when no answer came: read together with itself it could mean something else.
            recent.words.pop()
        denied, surer = recent.denied, recent.denied or recent.answering
        verdict = read(words, tuple(recent.words), surer=surer, denied=denied)
        if verdict.panel:
            # Whatever is replied to the panel, the numbers are shown with it.
            recent.denied, recent.answering = False, True
        recent.words.append(said)
        recent.at = self._clock()
        if 0 < len(token) <= LONGEST_TOKEN:
            self._recent[token] = recent
            self._recent.move_to_end(token)
        if len(self._recent) > REMEMBERED_TALKS:
            self._recent.popitem(last=False)
        return Heard(verdict, words, len(recent.words) == 1, surer, denied, time.monotonic() - began)

    def denied(self, token: str) -> None:
        """The doctor said of the panel that it was not meant so: until the next one what is unsure must be surer. Another door
        does not know of it, nor this one after an hour, and shows the panel sooner."""
        if recent := self._recent.get(token):
            recent.denied = True

    def answering(self, token: str, *, asked: bool) -> None:
        """Whether a script has asked something, so that what comes is likely to be an answer. Another door does not know it."""
        if recent := self._recent.get(token):
            recent.answering = asked

    def let_go(self) -> None:
        """Forget the words of talks in which nothing was said for an hour."""
        limit = self._clock() - REMEMBERED_FOR
        for token in [token for token, recent in self._recent.items() if recent.at and recent.at < limit]:
            del self._recent[token]

    def forget(self, token: str) -> None:
        """Forget the words of a talk."""
        self._recent.pop(token, None)
