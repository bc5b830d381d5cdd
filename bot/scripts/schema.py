"""The shape of a script: what may stand in ``data/scripts/<name>.yml``."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

Length = Literal["kort", "volledig"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
Text = Annotated[str, Field(min_length=1)]

# The place in a text that stands for the option that is gone over, and for what was written just now.
EACH, JUST = "each", "zelf"
# What a question that the doctor makes may lack: the checks of `data/language/own_questions.yml`.
Lack = Literal["geen-vraag", "zonder-ik", "anderen", "medisch", "gesloten"]


class Model(BaseModel):
    """Base of every part of a script: unknown keys are mistakes, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(Model):
    """When something holds. Exactly one of all, any, not, length or step; with step one test on its answer.

    The value is three-fold: true, false, or unknown while an answer that it needs is missing or was skipped
    (``skipped`` itself asks about that and is never unknown).
    """

    all: list[Condition] | None = None
    any: list[Condition] | None = None
    not_: Condition | None = Field(default=None, alias="not")
    length: Length | None = None
    step: Identifier | None = None
    is_: str | list[str] | None = Field(default=None, alias="is")
    has: str | list[str] | None = None
    at_least: int | None = None
    skipped: bool | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Condition:
        forms = [f for f in ("all", "any", "not_", "length", "step") if getattr(self, f) is not None]
        if len(forms) != 1:
            raise ValueError("condition-form")
        tests = [t for t in ("is_", "has", "at_least", "skipped") if getattr(self, t) is not None]
        if len(tests) != (1 if self.step else 0):
            raise ValueError("condition-test")
        return self

    def steps(self) -> set[str]:
        """The ids of all steps whose answers this condition reads."""
        found = {self.step} if self.step else set()
        for part in (*(self.all or ()), *(self.any or ()), *((self.not_,) if self.not_ else ())):
            found |= part.steps()
        return found

    def options(self) -> Iterator[tuple[str, str]]:
        """Each (step, option) that this condition names."""
        if self.step:
            for named in (self.is_, self.has):
                for option in [named] if isinstance(named, str) else named or []:
                    yield self.step, option
        for part in (*(self.all or ()), *(self.any or ()), *((self.not_,) if self.not_ else ())):
            yield from part.options()


class Option(Model):
    """One of the things to choose from; hears: other words a doctor uses for it; say: what the bot adds; panel: whoever
    chooses it is shown the crisis panel, and the script waits; told: whoever begins to tell has chosen it, and has begun with
    the answer to the question after it."""

    id: Identifier
    label: Text
    hears: list[Text] = []
    say: Text | None = None
    panel: bool = False
    told: bool = False


class Case(Model):
    """A text that is told when its condition holds; without a condition: otherwise."""

    when: Condition | None = None
    say: list[Text] = Field(min_length=1)


class Probes(Model):
    """Which follow-up questions may come after an answer: the cues of `data/probes.yml` that may be asked on about."""

    allow: list[Identifier] = Field(min_length=1)


# The kinds of question to which a story is no answer.
CLOSED_KINDS = ("choice", "several", "scale", "date")


class Step(Model):
    """A question, or (kind tell) something told on the way.

    subject names the answer ('je loopbaanfase'): so 'wijzig' finds it and the report heads it. own: own words
    are an answer too. min and max bound a scale, or how many options may be chosen. each: asked once for every
    option that was chosen at that step; ``{each}`` in the texts is the option's label. sharpen: the answer is a
    question that the doctor makes; what is asked when it lacks one of these, with ``{zelf}`` for what was written. leaving: what sounds
    like a goodbye and has one of these words in it ('eten en naar bed') is an answer.
    """

    id: Identifier
    kind: Literal["choice", "text", "several", "date", "scale", "lines", "tell"]
    subject: Text | None = None
    hears: list[Text] = []
    heading: Text | None = None
    ask: list[Text] = []
    why: Text | None = None
    rephrase: Text | None = None
    options: list[Option] = []
    own: bool = False
    min: int | None = None
    max: int | None = None
    cases: list[Case] = []
    length: Length | None = Field(default=None, alias="in")
    when: Condition | None = None
    each: Identifier | None = None
    ack: bool = True
    leaving: list[Text] = []
    probes: Probes | None = None
    sharpen: dict[Lack, Annotated[list[Text], Field(min_length=2)]] = {}
    _made: dict[str, Step] = PrivateAttr(default_factory=dict)

    @property
    def telling(self) -> str | None:
        """The option that whoever begins to tell has chosen."""
        return next((option.id for option in self.options if option.told), None)

    def calls_panel(self, options: Sequence[str]) -> bool:
        """Whether one of these options of it shows the crisis panel."""
        return any(o.panel for o in self.options if o.id in options)

    @property
    def closed(self) -> bool:
        """Whether it asks for one of a few things, a number or a day, and not for words."""
        return self.kind in CLOSED_KINDS

    @property
    def is_question(self) -> bool:
        """Whether an answer is asked for."""
        return self.kind != "tell"

    def texts(self) -> Iterator[str]:
        """Every text of this step that a doctor can read."""
        yield from self.ask
        yield from (t for t in (self.why, self.rephrase) if t)
        yield from (o.say for o in self.options if o.say)
        for case in self.cases:
            yield from case.say
        for wordings in self.sharpen.values():
            yield from wordings

    def references(self) -> set[str]:
        """The ids of the steps whose answers this one's texts or condition depend on."""
        found = set(self.when.steps()) if self.when else set()
        found |= {self.each} if self.each else set()
        for case in self.cases:
            found |= case.when.steps() if case.when else set()
        for text in self.texts():
            found |= set(placeholders(text)) - {EACH, JUST}
        return found

    def for_option(self, option: Option) -> Step:
        """This step as it is asked for one option of the step that it goes over; made once."""
        if option.id not in self._made:
            self._made[option.id] = self._for(option)
        return self._made[option.id]

    def _for(self, option: Option) -> Step:
        label = option.label[:1].lower() + option.label[1:]

        def filled(text: str | None) -> str | None:
            return text.replace("{each}", label) if text else text

        return self.model_copy(
            update={
                "id": f"{self.id}.{option.id}",
                "ask": [filled(text) for text in self.ask],
                **{name: filled(getattr(self, name)) for name in ("subject", "heading", "why", "rephrase")},
            }
        )

    @model_validator(mode="after")
    def _complete(self) -> Step:
        self.references()
        if self.kind == "tell":
            if not self.cases or self.ask or self.each:
                raise ValueError("tell-cases")
            return self
        missing = [f for f in ("subject", "heading", "ask", "why", "rephrase") if not getattr(self, f)]
        if missing:
            raise ValueError("question-parts " + ", ".join(missing))
        if self.cases:
            raise ValueError("question-cases")
        if self.probes and self.kind != "text":
            raise ValueError("probes")
        if self.sharpen and self.kind != "text":
            raise ValueError("sharpen")
        if self.leaving and self.kind != "text":
            raise ValueError("leaving")
        if (self.kind in ("choice", "several")) != bool(self.options):
            raise ValueError("options")
        if len({o.id for o in self.options}) != len(self.options):
            raise ValueError("options-twice")
        if sum(o.told for o in self.options) > (self.kind == "choice"):
            raise ValueError("option-told")
        if self.kind == "scale" and (self.min is None or self.max is None or self.min >= self.max):
            raise ValueError("scale-bounds")
        if self.kind == "several":
            low, high = self.min or 0, self.max or len(self.options)
            if not 0 <= low <= high <= len(self.options):
                raise ValueError("several-bounds")
        if self.kind not in ("scale", "several") and (self.min is not None or self.max is not None):
            raise ValueError("bounds")
        return self


class Referral(Model):
    """An entry of the directory to name at the end, with the reason, when its condition holds."""

    id: Identifier
    when: Condition | None = None


class Offer(Model):
    """Another script to offer at the end, when its condition holds."""

    script: Identifier
    when: Condition | None = None
    say: Text


class ReportShape(Model):
    """The shape of a report on paper: the steps that stand first, large; those set as a table, with what stands above it;
    the one that is a letter."""

    lead: list[Identifier] = []
    table: list[Identifier] = []
    table_title: Text | None = None
    letter: Identifier | None = None

    def steps(self) -> list[str]:
        """Every step that is named."""
        return [*self.lead, *self.table, *([self.letter] if self.letter else [])]


class Closing(Model):
    """How a script ends: the sentence before the summary, the step that holds the experiment, the step that holds
    the date to look back, what to mention, whom to name, what to offer, and how the report is set."""

    say: list[Text] = Field(min_length=1)
    experiment: Identifier
    look_back: Identifier
    look_back_title: Text
    tell: list[Case] = []
    refer: list[Referral] = Field(min_length=1)
    offers: list[Offer] = []
    report: ReportShape = ReportShape()


class Minutes(Model):
    """How long each length takes, in minutes."""

    kort: int = Field(ge=1, le=90)
    volledig: int = Field(ge=1, le=90)


class Script(Model):
    """A whole script. digest identifies its exact text, so that a talk can finish with what it began with.

    front: it stands in the short list of what there is. meets: the dangers (`risk_subject`) that it is about, never a
    crisis: they are answered by the script itself, and it is offered where they are heard. intention: this is the script
    to look back with, and that step of it holds what was intended, known beforehand from the reflection it looks back on.
    """

    name: Identifier
    version: int = Field(ge=1)
    title: Text
    label: Text
    purpose: Text
    minutes: Minutes
    front: bool = False
    meets: list[Annotated[str, Field(pattern=r"^(middelen|onveilig|patientveiligheid)_[a-z]+$")]] = []
    intention: Identifier | None = None
    opening: list[Text] = Field(min_length=1)
    steps: list[Step] = Field(min_length=1)
    closing: Closing
    digest: str = ""

    @model_validator(mode="after")
    def _coherent(self) -> Script:
        seen: dict[str, Step] = {}
        for step in self.steps:
            if step.id in seen:
                raise ValueError(f"step-twice {step.id}")
            for other in sorted(step.references()):
                if other not in seen or not seen[other].is_question:
                    raise ValueError(f"step-reference {step.id} {other}")
            if step.each and seen[step.each].kind != "several":
                raise ValueError(f"step-each {step.id} {step.each}")
            seen[step.id] = step
            conditions = [step.when, *(c.when for c in step.cases)]
            _check_options(step.id, conditions, seen)
        closing = self.closing
        wanted_steps = [(closing.experiment, ("text",)), (closing.look_back, ("date",))]
        if self.intention:
            wanted_steps.append((self.intention, ("text",)))
        for wanted, kinds in wanted_steps:
            if wanted not in seen or seen[wanted].kind not in kinds:
                raise ValueError(f"closing-step {wanted}")
        for wanted in closing.report.steps():
            if wanted not in seen or not seen[wanted].is_question:
                raise ValueError(f"step-reference closing {wanted}")
        parts: list[Case | Referral | Offer] = [*closing.tell, *closing.refer, *closing.offers]
        for part in parts:
            for other in sorted(part.when.steps() if part.when else set()):
                if other not in seen:
                    raise ValueError(f"step-reference closing {other}")
        _check_options("closing", [part.when for part in parts], seen)
        return self

    def step(self, identifier: str) -> Step:
        """The step with this id (``step.option`` for a step that goes over options). Raises KeyError."""
        name, _, chosen = identifier.partition(".")
        for step in self.steps:
            if step.id == name:
                if not chosen:
                    return step
                options = self.step(step.each).options if step.each else []
                return step.for_option(next(o for o in options if o.id == chosen))
        raise KeyError(identifier)

    def signed(self) -> Script:
        """The same script with its digest filled in."""
        body = self.model_dump_json(exclude={"digest"}, by_alias=True)
        return self.model_copy(update={"digest": hashlib.sha256(body.encode()).hexdigest()[:16]})


def _check_options(owner: str, conditions: list[Condition | None], steps: dict[str, Step]) -> None:
    for condition in conditions:
        for step, option in condition.options() if condition else ():
            if step in steps and option not in {o.id for o in steps[step].options}:
                raise ValueError(f"option-unknown {owner} {step} {option}")


def placeholders(text: str) -> list[str]:
    """The names between braces in a text. Raises ValueError when the braces do not match."""
    try:
        return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        raise ValueError("haakjes") from None


def sentences(text: str) -> list[str]:
    """The sentences of a text, split after a full stop, question mark or line break."""
    return [s for s in re.split(r"(?<=[.?])\s+|\n+", text.strip()) if s]
