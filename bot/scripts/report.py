"""What a reflection leaves behind: the doctor's own words in order, to be set as text, Markdown, PDF or calendar file."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import icalendar
import regex

from bot.messages import Line, Section
from bot.responses import Responses
from bot.scripts.engine import Answer, Run, answered, words
from bot.scripts.schema import Script, Step


@dataclass(frozen=True)
class Mark:
    """One option that was chosen the last time, now, or both."""

    label: str
    then: bool
    now: bool


@dataclass(frozen=True)
class Part:
    """An answer under its heading. lines: of a verbatim; earlier: what was answered the last time; marks: the options of
    then and now; number: on a scale, with its highest and, if there was one, that of the last time."""

    heading: str
    text: str
    lines: tuple[Line, ...] = ()
    earlier: str = ""
    marks: tuple[Mark, ...] = ()
    number: tuple[int, int, int | None] | None = None


@dataclass(frozen=True)
class Person:
    """Someone to turn to: who, what for, and how to reach them."""

    name: str
    what: str
    contacts: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """A whole report. lead: what stands first, large; table: what is set as a table; letter: a letter to oneself."""

    title: str
    dated: str
    lead: tuple[Part, ...]
    parts: tuple[Part, ...]
    table: tuple[Part, ...]
    letter: Part | None
    people: tuple[Person, ...]
    footer: str


def _entries(script: Script, run: Run) -> Iterator[tuple[Step, Answer, str]]:
    for step in answered(script, run):
        given = run.answers[step.id]
        if said := "\n".join(part for part in (words(step, given), *given.more) if part):
            yield step, given, said


def sections(script: Script, run: Run) -> list[Section]:
    """The answers under their headings."""
    return [Section(heading=step.heading or "", text=said) for step, _, said in _entries(script, run)]


def summary(title: str, parts: Sequence[Section], responses: Responses) -> str:
    """The answers under their headings, as a message in the talk."""
    said = [f"{part.heading}\n{part.text}" for part in parts]
    return "\n\n".join([title, *(said or [responses.text("verslag_leeg")])])


def report(script: Script, run: Run, people: Sequence[Person], responses: Responses, today: dt.date) -> Report:
    """The report of a run, in the shape that its script gives it."""
    found = {step.id: _part(step, given, said, run) for step, given, said in _entries(script, run)}
    shape = script.closing.report
    of_option = {name: name.partition(".")[0] for name in found}

    def chosen(wanted: Sequence[str]) -> tuple[Part, ...]:
        return tuple(found[name] for step in wanted for name in found if of_option[name] == step)

    apart = {*shape.lead, *shape.table, *([shape.letter] if shape.letter else [])}
    return Report(
        title=script.title,
        dated=responses.text("verslag_datum", datum=today.strftime("%d-%m-%Y")),
        lead=chosen(shape.lead),
        parts=tuple(part for name, part in found.items() if of_option[name] not in apart),
        table=chosen(shape.table),
        letter=found.get(shape.letter or ""),
        people=tuple(people),
        footer=responses.text("verslag_voet"),
    )


def _part(step: Step, given: Answer, said: str, run: Run) -> Part:
    before = run.earlier.get(step.id)
    marks: tuple[Mark, ...] = ()
    number = None
    if step.kind == "several" and before and not before.skipped:
        both = {*before.options, *given.options}
        marks = tuple(
            Mark(o.label, o.id in before.options, o.id in given.options) for o in step.options if o.id in both
        )
    if step.kind == "scale" and given.value is not None:
        number = (given.value, step.max or given.value, before.value if before else None)
    earlier = words(step, before) if before else ""
    return Part(step.heading or "", said, tuple(given.lines), earlier, marks, number)


def as_text(made: Report, responses: Responses) -> str:
    """The report as plain text."""
    rows = [made.title, "=" * len(made.title), made.dated, ""]
    for part in _in_order(made):
        rows += [part.heading, "-" * len(part.heading), part.text, ""]
        rows += [f"{responses.text('verslag_vorige')}: {part.earlier}", ""] if part.earlier else []
    if made.people:
        heading = responses.text("verslag_mensen")
        rows += [heading, "-" * len(heading)]
        rows += [f"{one.name}: {', '.join(one.contacts) or one.what}" for one in made.people]
        rows += [""]
    return "\n".join([*rows, made.footer, ""])


def as_markdown(made: Report, responses: Responses) -> str:
    """The report as Markdown; what the doctor wrote is escaped, so that it reads as it was written."""
    rows = [f"# {made.title}", "", made.dated, ""]
    for part in _in_order(made):
        quoted = "\n".join(f"> {_escape(line)}" if line.strip() else ">" for line in part.text.splitlines())
        rows += [f"## {part.heading}", "", quoted, ""]
        if part.earlier:
            rows += [f"*{responses.text('verslag_vorige')}:* {_escape(' '.join(part.earlier.split()))}", ""]
    if made.people:
        rows += [f"## {responses.text('verslag_mensen')}", ""]
        rows += [f"- **{one.name}**: {', '.join(one.contacts) or one.what}" for one in made.people]
        rows += [""]
    return "\n".join([*rows, "---", "", made.footer, ""])


def as_calendar(script: Script, run: Run, responses: Responses, now: dt.datetime) -> bytes | None:
    """The moment to look back as a calendar file (RFC 5545); None when no date was chosen.

    The entry says nothing of what was written: a calendar is often shared with the practice.
    """
    chosen = run.answers.get(script.closing.look_back)
    if chosen is None or chosen.date is None:
        return None
    event = icalendar.Event()
    event.add("uid", str(uuid.uuid4()))
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", chosen.date)
    event.add("dtend", chosen.date + dt.timedelta(days=1))
    event.add("summary", script.closing.look_back_title)
    event.add("description", responses.text("agenda_omschrijving", titel=script.title))
    event.add("transp", "TRANSPARENT")
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Pas op de plaats//NL")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _in_order(made: Report) -> list[Part]:
    return [*made.lead, *made.parts, *made.table, *([made.letter] if made.letter else [])]


def _escape(text: str) -> str:
    return regex.sub(r"([\\`*_{}\[\]()#+\-.!|<>~])", r"\\\1", text)
