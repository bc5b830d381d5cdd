"""Whose it is: the doctor's own, a colleague's, a patient's or that of someone close.

Grammar before keywords: who is the subject of the clause that the trigger stands in, whose quote is it, to whom does
'hij' refer. Which words name whom is data (`data/safety/persons.yml`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.language.lexicon import ENDS, MARKS
from bot.language.phrases import Phrase, Reader

# How a trigger tells whose it is: its clause's subject, the subject where it begins, the subject that does it to itself,
# the owner of the noun, the object.
WAYS = ("clause", "start", "reflexive", "topic", "object")
SUBJECTS = ("zelf", "collega", "patient", "naaste")
# Someone of whom is not said yet who it is: 'hij', 'haar man'.
_THIRD = "derde"
# A third person of whom nothing else is said: a doctor who writes so most often speaks of a patient.
_DEFAULT_THIRD = "patient"

Find = Callable[[Phrase], Iterable[tuple[int, int]]]


@dataclass(frozen=True)
class Mention:
    """Words that name someone: from where to where, who, whether as the subject of a clause, whether by a pronoun."""

    start: int
    end: int
    who: str
    can_act: bool
    is_pronoun: bool = False


class Persons:
    """Finds who is named in a text and to whom a trigger belongs."""

    def __init__(self, reader: Reader, data: Mapping[str, Any]) -> None:
        """Read the phrases of `persons.yml`. Raises ValueError or KeyError when the file is wrong."""
        self._kinds = [
            (who, role, reader.phrase(source))
            for who, roles in data["mentions"].items()
            for role, sources in roles.items()
            for source in sources
        ]
        unknown = {who for who, _, _ in self._kinds} - {*SUBJECTS, _THIRD}
        if unknown:
            raise ValueError(f"persons.yml: no such subject: {', '.join(sorted(unknown))}")
        self._marks = {name: reader.phrase(source) for name, source in data["grammar"].items()}

    def phrases(self) -> list[tuple[str, Phrase]]:
        """Every phrase with the name of what it finds."""
        return [(who, phrase) for who, _, phrase in self._kinds] + list(self._marks.items())

    def reading(self, codes: str, find: Find, before: str | None = None) -> Reading:
        """Who is named in this text. `before`: of whom was spoken last before it began."""
        found = [
            Mention(
                start,
                start + 1 if role == "subject" else end,
                who,
                role in ("subject", "noun"),
                role in ("subject", "object"),
            )
            for who, role, phrase in self._kinds
            for start, end in find(phrase)
        ]
        mentions: list[Mention] = []
        for mention in sorted(found, key=lambda mention: (mention.start, -mention.end)):
            if not mentions or mention.start >= mentions[-1].end:
                mentions.append(mention)
        marks = {name: sorted(find(phrase)) for name, phrase in self._marks.items()}
        return Reading(codes, mentions, marks, before)


class Reading:
    """Who is named in one text."""

    def __init__(
        self, codes: str, mentions: Sequence[Mention], marks: Mapping[str, list[tuple[int, int]]], before: str | None
    ) -> None:
        """Take what :meth:`Persons.reading` found."""
        self._codes = codes
        self._marks = marks
        self._before = before
        after_preposition = {end for _, end in marks["preposition"]}
        self._mentions = [replace(m, can_act=m.can_act and m.start not in after_preposition) for m in mentions]
        self._joins = [start for start, _ in marks["join"]]
        self._breaks = sorted(start for start, _ in marks["break"])

    @property
    def last(self) -> str | None:
        """Of whom was spoken last, the doctor left out."""
        others = [mention.who for mention in self._mentions if mention.who not in ("zelf", _THIRD)]
        return others[-1] if others else self._before

    def signs(self) -> Iterator[str]:
        """Who is named, who is named first and last, and who acts, as names for the classifier."""
        named = [mention.who for mention in self._mentions]
        yield from (f"who:{who}" for who in set(named))
        yield from (f"acts:{mention.who}" for mention in self._mentions if mention.can_act)
        yield f"first:{named[0] if named else ''}"
        yield f"last:{named[-1] if named else ''}"

    def ends_with_someone(self) -> bool:
        """Whether the text breaks off after naming someone else, as in 'mijn patiënt'."""
        return bool(self._mentions) and self._mentions[-1].end == len(self._codes) and self._mentions[-1].who != "zelf"

    def names_writer(self) -> bool:
        """Whether the writer is named at all."""
        return any(mention.who == "zelf" for mention in self._mentions)

    def is_own(self, start: int, end: int) -> bool:
        """Whether words are the writer's: nobody else is their subject, or they name someone and the writer says 'ik'."""
        if not any(m.start < end and m.end > start for m in self._mentions):
            return self.holder(start, end)[0] == "zelf"
        first, last = self._sentence_start(start), self._sentence_end(end)
        around = [m for m in self._mentions if first <= m.start and m.end <= last]
        own = [m for m in around if m.who == "zelf"]
        return self._resolved(own[0]) == "zelf" if own else not any(m.can_act for m in around)

    def holder(self, start: int, end: int, how: str = "clause") -> tuple[str, bool]:
        """Whose the words from start to end are, and whether that was said (or only taken for granted).

        `how`: `clause` the subject of the clause · `start` the same, of their first word · `reflexive` the
        same, and nobody ('') when the subject does it to the writer · `topic` a noun about which is spoken · `object` who undergoes it ·
        or a subject itself.
        """
        if how == "zelf":
            inside = [m for m in self._mentions if m.start < end and m.end > start and m.who == "zelf"]
            return self._resolved(inside[0] if inside else Mention(start, start, "zelf", True)), True
        if how in SUBJECTS:
            return how, True
        if how == "reflexive" and self._done_by_another(start, end):
            return "", True
        if how == "start":
            end = start + 1
        found = {"topic": self._owner, "object": self._target}.get(how, self._actor)(start, end)
        if how == "reflexive" and (found is None or found.who == "zelf") and self._names_another(start, end):
            found = Mention(start, start, _THIRD, True)
        return (self._resolved(found), True) if found else ("zelf", False)

    def _resolved(self, mention: Mention) -> str:
        """Who is meant: by 'ik' in what someone else said that other; by 'hij' who was named before."""
        if mention.who == "zelf":
            speaker = self._speaker(mention)
            return self._resolved(speaker) if speaker else "zelf"
        if mention.who != _THIRD:
            return mention.who
        earlier = [m for m in self._mentions if m.end <= mention.start and m.who not in ("zelf", _THIRD)]
        if earlier:
            return earlier[-1].who
        later = [m for m in self._mentions if m.start in (mention.end + 1,) and m.who not in ("zelf", _THIRD)]
        if later or self._before:
            return later[0].who if later else str(self._before)
        # 'die gedachte' names nobody: where no person is spoken of at all, it is the writer's.
        return "zelf" if mention.is_pronoun and not self._marks["person"] else _DEFAULT_THIRD

    def _speaker(self, mention: Mention) -> Mention | None:
        """Who said the sentence in which this 'ik' stands, if someone else did."""
        first = self._sentence_start(mention.start)
        for start, end in reversed(self._marks["says"]):
            if not (first <= start and end <= mention.start):
                continue
            quote = next((at for at in range(end, mention.start) if self._codes[at] in ':"'), mention.start)
            # What is told before it says something itself: 'zij zegt dat het went, dus ik zeg het maar: ik wil dood'.
            told = any(end <= at < quote for at in self._breaks)
            if told or (quote == mention.start and not (end == mention.start and mention.can_act)):
                continue
            before = [m for m in self._mentions if first <= m.start and m.end <= start and m.can_act]
            between = [m for m in self._mentions if start <= m.start and m.end <= quote and m.can_act]
            speakers = between or before[-1:]
            return speakers[0] if speakers and speakers[0].who != "zelf" else None
        for other in reversed(self._mentions):
            if other.end < mention.start and self._codes[other.end] == ":" and other.start == first:
                return other if other.who != "zelf" else None
        return None

    def _done_by_another(self, start: int, end: int) -> bool:
        """Whether 'me' in these words is the object of what another does: 'hij gaat me vermoorden'."""
        left = self._segment_start(start)
        actors = [m for m in self._mentions if left <= m.start < end and m.can_act]
        objects = [m for m in self._mentions if start <= m.start < end and m.who == "zelf" and not m.can_act]
        own = any(start <= at < end for at, _ in self._marks["myself"])
        return bool(objects and actors) and not own and all(m.who != "zelf" for m in actors)

    def _names_another(self, start: int, end: int) -> bool:
        """Whether it is done to 'zichzelf' or 'zijn leven', which is never the writer's own."""
        return any(start - 2 <= at < end for at, _ in self._marks["themself"])

    def _possessor(self, start: int) -> Mention | None:
        """Who stands before a noun as 'mijn' or 'haar', perhaps with an adjective in between."""
        for name, who in (("my", "zelf"), ("their", _THIRD)):
            for at, end in self._marks[name]:
                if start in (end - 1, end) and at < start and not self._named_between(at, start):
                    return Mention(at, end, who, True)
        return None

    def _actor(self, start: int, end: int) -> Mention | None:
        """The subject of the clause: in the words themselves, else before them, else the first of an earlier clause."""
        mentions = self._mentions
        if any(start - 1 <= at < end for at, _ in self._marks["third-verb"]):
            mentions = [m for m in mentions if m.who != "zelf" or not m.can_act]
        inside = [m for m in mentions if m.start < end and m.end > start]
        actors = [m for m in inside if m.can_act]
        undergoing = [m for m in inside if m.is_pronoun]
        if actors:
            return actors[-1]
        left = self._segment_start(start)
        near = [m for m in mentions if left <= m.start and m.end <= start and m.can_act]
        if near:
            return near[-1]
        if undergoing:
            return undergoing[-1]
        possessor = self._possessor(start)
        if possessor:
            return possessor
        after = [m for m in mentions if end <= m.start <= end + 1 and m.can_act and self._together(end, m.start)]
        if after:
            return after[0]
        while left > self._sentence_start(start) and not any(at == left - 1 for at, _ in self._marks["hard-break"]):
            left = self._segment_start(left - 1)
            near = [m for m in mentions if left <= m.start and m.end <= start and m.can_act]
            if near:
                return near[0]
        return None

    def _owner(self, start: int, end: int) -> Mention | None:
        possessor = self._possessor(start)
        if possessor:
            return possessor
        for mention in self._mentions:
            if mention.start < end < mention.end or mention.start < start < mention.end or mention.start == end:
                return mention
        for at, to in self._marks["of"]:
            if end <= at <= end + 1 and self._together(end, at):
                owner = [m for m in self._mentions if to <= m.start <= to + 1]
                if owner:
                    return owner[0]
        turns = [at for at, _ in self._marks["hard-break"]]
        first = max([at + 1 for at in turns if at < start], default=0)
        last = min([at for at in turns if at >= end], default=len(self._codes))
        others = [m for m in self._mentions if m.who != "zelf" and first <= m.start and m.end <= last]
        left = [m for m in others if m.end <= start]
        right = [m for m in others if m.start >= end and not any(end <= at < m.start for at in self._joins)]
        if left or right:
            return left[-1] if left else right[0]
        own = [m for m in self._mentions if m.who == "zelf" and first <= m.start and m.end <= last]
        return own[-1] if own else None

    def _target(self, start: int, end: int) -> Mention | None:
        left, right = self._segment_start(start), self._segment_end(end)
        near = [m for m in self._mentions if left <= m.start and m.end <= right]
        own = [m for m in near if m.who == "zelf" and not m.can_act]
        if own:
            return own[0]
        after = [m for m in near if m.start >= start]
        if len(after) > 0 and after[-1].who != "zelf":
            return after[-1]
        objects = [m for m in near if not m.can_act]
        return objects[-1] if objects else None

    def _named_between(self, start: int, end: int) -> bool:
        return any(m.start <= start < m.end and m.who != "zelf" for m in self._mentions)

    def _together(self, start: int, end: int) -> bool:
        if any(sign in self._codes[start:end] for sign in MARKS):
            return False
        return not any(start <= place < end for place in self._breaks)

    def _sentence_start(self, at: int) -> int:
        return max(self._codes.rfind(sign, 0, at) for sign in ENDS) + 1

    def _sentence_end(self, at: int) -> int:
        ends = [place for sign in ENDS if (place := self._codes.find(sign, at)) >= 0]
        return min(ends, default=len(self._codes))

    def _segment_start(self, at: int) -> int:
        return max([place + 1 for place in self._breaks if place < at], default=0)

    def _segment_end(self, at: int) -> int:
        return min((place for place in self._breaks if place >= at), default=len(self._codes))
