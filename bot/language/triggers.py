"""Triggers and scopes: what sounds like danger, and what takes the danger away again.

In the manner of ConText: a trigger finds words, a scope around it says that they are denied, over, a figure of speech
or shop talk. Both are data (`data/safety`); this module only walks through them.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.language.index import Index
from bot.language.lexicon import ENDS, MARKS
from bot.language.phrases import Alternatives, Phrase, Reader
from bot.language.subjects import SUBJECTS, WAYS, Reading

RISKS = ("crisis", "middelen", "onveilig", "patientveiligheid")
LEVELS = ("explicit", "veiled", "weak")
_PLACES = ("before", "after", "over", "clause", "sentence", "message")


@dataclass(frozen=True)
class Finding:
    """One trigger found in a text, with whose it is.

    aside: it was spoken of, but as denied or over, so that it is no danger by itself. lost: that person is dead already.
    """

    risk: str
    subject: str
    rule: str
    level: str
    sure: bool
    start: int
    end: int
    aside: bool = False
    lost: bool = False

    @property
    def gravity(self) -> tuple[int, bool, int, int]:
        """Sorts the gravest first."""
        return RISKS.index(self.risk), self.subject != "zelf", LEVELS.index(self.level), self.start


class Watch:
    """Keeps the time limit, in time that this thread worked: that the machine is busy says nothing about a doctor."""

    def __init__(self, seconds: float) -> None:
        """Start now."""
        self._end = time.thread_time() + seconds
        self._surely_until = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left. Raises TimeoutError when there are none."""
        left = self._end - time.thread_time()
        if left <= 0:
            raise TimeoutError
        return left

    def check(self) -> None:
        """Raises TimeoutError when the time is up."""
        # No thread works longer than the clock on the wall runs, and that one costs next to nothing to read.
        if time.monotonic() >= self._surely_until:
            self.left()

    def expression(self, phrase: Phrase) -> re.Pattern[str]:
        """The expression of a phrase; compiling it, which happens once in a process, costs no time on this watch."""
        if phrase.compiled:
            return phrase.expression
        began = time.thread_time()
        expression = phrase.expression
        self._end += time.thread_time() - began
        return expression


class Text:
    """Words as codes, and where phrases stand in them."""

    def __init__(self, codes: str, index: Index, watch: Watch) -> None:
        """Take the codes of the words; phrases are looked for when asked."""
        self.codes = codes
        self._watch = watch
        # Of each phrase that may stand here the places, once it was looked for.
        self._found: dict[Phrase, list[tuple[int, int]] | None] = dict.fromkeys(index.candidates(codes))
        self._by_home: dict[object, list[Phrase]] = defaultdict(list)
        for phrase in self._found:
            self._by_home[phrase.home].append(phrase)

    def likely(self, phrases: Alternatives) -> Sequence[Phrase]:
        """Those of the phrases that may stand in the text."""
        return self._by_home.get(phrases, ())

    def held(self) -> Iterator[object]:
        """Every list of alternatives of which any phrase stands in the text. Raises TimeoutError when the time is up."""
        return (home for home, phrases in self._by_home.items() if any(map(self.find, phrases)))

    def find(self, phrase: Phrase) -> list[tuple[int, int]]:
        """Start and end of every place. Raises TimeoutError when the time is up."""
        found = self._found.get(phrase, [])
        if found is None:
            found = self._found[phrase] = self._sought(phrase)
        return found

    def _sought(self, phrase: Phrase) -> list[tuple[int, int]]:
        # The time is looked at between phrases: each by itself takes at most some milliseconds for a thousand words.
        self._watch.check()
        search = self._watch.expression(phrase).search
        places: list[tuple[int, int]] = []
        match = search(self.codes)
        while match:
            places.append(match.span())
            match = search(self.codes, match.start() + 1) if match.start() < len(self.codes) else None
        return places


class Scope:
    """What takes the danger out of a trigger."""

    def __init__(self, entry: Mapping[str, Any], reader: Reader) -> None:
        """Read one entry of `scopes.yml`. Raises ValueError or KeyError when it is wrong."""
        _only_keys(entry, "scopes.yml", "name check where reach levels risks subjects match except")
        self.name: str = entry["name"]
        self.where: str = entry["where"]
        self.check: bool = entry.get("check", False)
        self._reach: int = entry.get("reach", 0)
        self._levels: Sequence[str] = entry.get("levels", LEVELS)
        self._risks: Sequence[str] = entry.get("risks", RISKS)
        self._subjects: Sequence[str] = entry.get("subjects", SUBJECTS)
        self.phrases = reader.alternatives(entry["match"])
        self.exceptions = reader.alternatives(entry.get("except", ()))
        if self.where not in _PLACES or not set(self._levels) <= set(LEVELS) or not set(self._risks) <= set(RISKS):
            raise ValueError(f"scopes.yml: {self.name}: no such place, level or risk")
        self._ends = reader.phrase("<einde-bereik>")
        self._opens = reader.phrase("<vervolg>")

    def suits(self, risk: str, level: str) -> bool:
        """Whether the scope is meant for triggers of this risk and level."""
        return risk in self._risks and level in self._levels

    def cancels(self, text: Text, start: int, end: int, subject: str) -> bool:
        """Whether the scope lies over the trigger that stands from start to end."""
        if subject not in self._subjects:
            return False
        places = (place for phrase in text.likely(self.phrases) for place in text.find(phrase))
        return any(self._covers(text, place, start, end) for place in places if not self._excepted(text, place))

    def _excepted(self, text: Text, place: tuple[int, int]) -> bool:
        start, end = place
        return any(a < end and b > start for phrase in text.likely(self.exceptions) for a, b in text.find(phrase))

    def _covers(self, text: Text, place: tuple[int, int], start: int, end: int) -> bool:
        first, last = place
        if self.where == "message":
            return True
        if self.where == "over":
            return first < end and last > start
        if self.where == "before":
            return last <= start and self._near(text, last, start)
        if self.where == "after":
            return first >= end and self._near(text, end, first)
        between = text.codes[min(last, end) : max(first, start)]
        if any(sign in ENDS for sign in between):
            return False
        return self.where == "sentence" or first < end or not self._next_clause(text, end, first)

    def _next_clause(self, text: Text, start: int, end: int) -> bool:
        """Whether another clause begins in between."""
        return any(start <= a < end for a, _ in text.find(self._opens))

    def _near(self, text: Text, start: int, end: int) -> bool:
        if end - start > self._reach or any(sign in MARKS for sign in text.codes[start:end]):
            return False
        return not any(start <= a < end for a, _ in text.find(self._ends))


class Rule:
    """Triggers of one kind."""

    def __init__(
        self,
        risk: str,
        entry: Mapping[str, Any],
        reader: Reader,
        scopes: Sequence[Scope],
        adjuncts: Sequence[str] = (),
    ) -> None:
        """Read one entry of a file of triggers. Raises ValueError or KeyError when it is wrong.

        `adjuncts` are phrases that undo what an `unless` of the rule says.
        """
        _only_keys(entry, f"{risk}.yml", "name level who only lost gap match unless far without")
        self.risk = risk
        self.name: str = entry["name"]
        self.level: str = entry["level"]
        self.lost: bool = entry.get("lost", False)
        self.who: str = entry.get("who", "clause")
        if self.level not in LEVELS or self.who not in (*WAYS, *SUBJECTS):
            raise ValueError(f"{risk}.yml: {self.name}: no such level or subject")
        self._only: Sequence[str] = entry.get("only", SUBJECTS)
        gap = str(entry.get("gap", 4))
        self.phrases = reader.alternatives(entry["match"], gap)
        without = set(entry.get("without", ()))
        if not without <= {scope.name for scope in scopes}:
            raise ValueError(f"{risk}.yml: {self.name}: no such scope")
        self.scopes = [scope for scope in scopes if scope.suits(risk, self.level) and scope.name not in without]
        if "unless" in entry:
            where = "sentence" if entry.get("far") else "clause"
            own = {"name": f"unless {self.name}", "where": where, "match": entry["unless"]}
            own["except"] = adjuncts if risk == "crisis" else ()
            self.scopes.append(Scope(own, reader))

    def findings(self, text: Text, reading: Callable[[], Reading], seam: int | None = None) -> Iterator[Finding]:
        """What the rule finds in a text, or only what lies across the `seam` in it; also what is put aside.

        `reading` tells who is named in the text, asked only when something is found.
        """
        for phrase in text.likely(self.phrases):
            for start, end in text.find(phrase):
                if seam is not None and not start < seam < end:
                    continue
                subject, sure = reading().holder(start, end, self.who)
                if subject not in self._only:
                    continue
                # Said in two sentences it must be of one person in both: 'Ik sta op de OK. Ze is suf.'
                if (
                    phrase.passes_sentences
                    and (seam is not None or any(sign in ENDS for sign in text.codes[start:end]))
                    and reading().holder(end - 1, end, "start")[0] != subject
                ):
                    continue
                over = [scope for scope in self.scopes if scope.cancels(text, start, end, subject)]
                if all(scope.check for scope in over):
                    yield Finding(
                        self.risk, subject, self.name, self.level, sure, start, end, aside=bool(over), lost=self.lost
                    )


@dataclass(frozen=True)
class Group:
    """Signs of one kind: how much they weigh, which scopes undo them, whether they count when someone else's.

    Firm signs are not outweighed by what is said beside them, unless that is firm too.
    """

    name: str
    weight: int
    phrases: Alternatives
    scopes: Sequence[Scope]
    anyone: bool
    firm: bool

    def counts(self, text: Text, place: tuple[int, int], reading: Callable[[], Reading]) -> bool:
        """Whether a sign at this place is the writer's and stands."""
        start, end = place
        if not self.anyone and not reading().is_own(start, end):
            return False
        return not any(scope.cancels(text, start, end, "zelf") for scope in self.scopes)


class Hints:
    """Signs that say little alone and enough together."""

    name = "hints"

    def __init__(
        self, data: Mapping[str, Any], reader: Reader, scopes: Sequence[Scope], adjuncts: Sequence[str]
    ) -> None:
        """Read `hints.yml`; `adjuncts` are phrases that undo a negative sign. Raises ValueError or KeyError."""
        self._adjuncts = reader.alternatives(adjuncts)
        self._enough: int = data["enough"]
        weak = [scope for scope in scopes if scope.suits("crisis", "weak")]
        self.groups: list[Group] = []
        for entry in data["groups"]:
            _only_keys(entry, "hints.yml", "name weight firm whose deniable gap match")
            gap = str(entry.get("gap", 4))
            phrases = reader.alternatives(entry["match"], gap)
            suited = [scope for scope in weak if entry.get("deniable") or scope.where != "before"]
            anyone, firm = entry.get("whose") == "anyone", entry.get("firm", False)
            self.groups.append(Group(entry["name"], entry["weight"], phrases, suited, anyone, firm))

    def findings(self, text: Text, reading: Callable[[], Reading]) -> Iterator[Finding]:
        """At most one finding: that the signs in a text, or in one sentence of it, are enough."""
        signs = [
            (group, place)
            for group in self.groups
            for phrase in text.likely(group.phrases)
            for place in text.find(phrase)
            if (self._against(text, place) if group.weight < 0 else group.counts(text, place, reading))
        ]
        if not any(group.weight > 0 for group, _ in signs):
            return
        ends = [at for at, code in enumerate(text.codes) if code in ENDS]
        parts = [(0, len(text.codes)), *zip([0, *ends], [*ends, len(text.codes)], strict=True)]
        for first, last in parts:
            inside = [(group, place) for group, place in signs if first <= place[0] and place[1] <= last]
            if self._weigh({id(group): group for group, _ in inside}.values()) >= self._enough:
                places = [place for group, place in inside if group.weight > 0]
                start, end = min(place[0] for place in places), max(place[1] for place in places)
                yield Finding("crisis", "zelf", self.name, "weak", reading().names_writer(), start, end)
                return

    def _against(self, text: Text, place: tuple[int, int]) -> bool:
        start, end = place
        adjuncts = (span for phrase in text.likely(self._adjuncts) for span in text.find(phrase))
        return not any(a < end and b > start for a, b in adjuncts)

    def _weigh(self, groups: Iterable[Group]) -> int:
        soft = against = firm = 0
        for group in groups:
            if group.firm:
                firm += group.weight
            elif group.weight > 0:
                soft += group.weight
            else:
                against += group.weight
        return max(0, soft + against) + firm


def _only_keys(entry: Mapping[str, Any], file: str, keys: str) -> None:
    wrong = set(entry) - set(keys.split())
    if wrong:
        raise ValueError(f"{file}: {entry.get('name')}: no such key: {', '.join(sorted(wrong))}")
