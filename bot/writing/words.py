"""A script in the words of who writes it: when a question is asked, what is asked on about, whom is referred to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.referrals.directory import Directory
from bot.responses import Responses
from bot.scripts import engine
from bot.scripts.schema import Condition, Length, Script, Step
from bot.writing import PREFIX

LENGTHS: tuple[Length, ...] = ("kort", "volledig")


@dataclass(frozen=True)
class Told:
    """A condition in words: a sentence, or what holds of the parts below it."""

    text: str
    parts: tuple[Told, ...] = ()


class Words:
    """What the page says of a script."""

    def __init__(self, script: Script, responses: Responses, directory: Directory) -> None:
        self._script = script
        self._responses = responses
        self._directory = directory
        asked = [step.id for step in script.steps if step.is_question]
        self._numbers = {name: number for number, name in enumerate(asked, 1)}

    def text(self, key: str, **values: object) -> str:
        """A text of the page, filled in. Raises KeyError when there is no such text."""
        return self._responses.text(f"{PREFIX}{key}", **values)

    def number(self, step: str) -> int:
        """Which question of the script a step is, from 1; 0 for one that is told."""
        return self._numbers.get(step, 0)

    def expected(self, length: Length) -> int:
        """About how many questions a length has."""
        return engine.position(self._script, engine.begin(self._script, length))[1]

    def lengths(self, step: Step) -> Sequence[Length]:
        """The lengths in which a step comes."""
        return [step.length] if step.length else LENGTHS

    def people(self, identifier: str) -> str:
        """The name of whom is referred to; what stands in the script when there is nobody of that name."""
        entry = self._directory.entries.get(identifier)
        return entry.name if entry else identifier

    def heading(self, step: str) -> str:
        """What stands above an answer in the report."""
        return self._script.step(step).heading or step

    def subject(self, step: Step) -> str:
        """What an answer is called; of a question that goes over options the place of the option is left open."""
        return (step.subject or step.id).replace("{each}", "…")

    def only(self, condition: Condition) -> Told:
        """When something is asked or said."""
        told = self._told(condition)
        return Told(self.text("alleen_als" if not told.parts else "alleen_als_delen", voorwaarde=told.text), told.parts)

    def _told(self, condition: Condition, *, holds: bool = True) -> Told:
        """A condition in words; not holds: its opposite."""
        if condition.not_ is not None:
            return self._told(condition.not_, holds=not holds)
        if condition.length is not None:
            return Told(self.text("als_kort" if (condition.length == "kort") == holds else "als_volledig"))
        if condition.step is not None:
            return Told(self._answered(condition, holds=holds))
        parts = condition.all if condition.all is not None else condition.any or []
        told = tuple(self._told(part, holds=holds) for part in parts)
        if len(told) == 1:
            return told[0]
        # Of all things together the opposite is that one of them is otherwise.
        return Told(self.text("alles_van" if (condition.all is not None) == holds else "een_van"), told)

    def _answered(self, condition: Condition, *, holds: bool) -> str:
        step = self._script.step(condition.step or "")
        about = self.text("vraag_genoemd", nummer=self.number(step.id), onderwerp=self.subject(step))
        if condition.skipped is not None:
            return self.text("als_overgeslagen" if condition.skipped == holds else "als_beantwoord", vraag=about)
        if condition.at_least is not None:
            kind = "getal" if step.kind == "scale" else "aantal"
            key = f"als_{kind}" if holds else f"als_{kind}_niet"
            return self.text(key, vraag=about, getal=condition.at_least)
        named = condition.is_ if condition.is_ is not None else condition.has or []
        wanted = [named] if isinstance(named, str) else named
        labels = [self.text("tussen_haken", tekst=o.label) for o in step.options if o.id in wanted]
        joined = f" {self.text('of')} ".join(labels)
        return self.text("als_gekozen" if holds else "als_niet_gekozen", vraag=about, keuzes=joined)
