"""What a reflection leaves behind: the doctor's own words in order, to be set as text, Markdown, PDF or calendar file."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import icalendar
import regex

from bot.messages import Mark, Measure, Section
from bot.responses import Responses
from bot.scripts.engine import KINDLY, Answer, Run, answered, words
from bot.scripts.schema import Script, Step


@dataclass(frozen=True)
class Person:
    """Someone to turn to: who, what for, and how to reach them."""

    name: str
    what: str
    contacts: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """A whole report. lead: what stands first, large; table: what is set as a table under table_title; letter: a letter to
    oneself."""

    title: str
    dated: str
    lead: tuple[Section, ...]
    parts: tuple[Section, ...]
    table: tuple[Section, ...]
    table_title: str
    letter: Section | None
    people: tuple[Person, ...]
    footer: str


def sections(script: Script, run: Run) -> list[Section]:
    """The answers under their headings, beside those of the last time where there are any."""
    return [part for _, part in _parts(script, run)]


def _parts(script: Script, run: Run) -> Iterator[tuple[str, Section]]:
    for step in answered(script, run):
        given = run.answers[step.id]
        if said := "\n".join(part for part in (words(step, given), *given.more) if part):
            yield step.id, _section(step, given, said, run.earlier.get(step.id))


def _section(step: Step, given: Answer, said: str, before: Answer | None) -> Section:
    marks, measure = [], None
    if step.kind == "several" and before and not before.skipped:
        both = {*before.options, *given.options}
        marks = [
            Mark(label=o.label, then=o.id in before.options, now=o.id in given.options)
            for o in step.options
            if o.id in both
        ]
    if step.kind == "scale" and given.value is not None:
        measure = Measure(value=given.value, highest=step.max or given.value, before=before.value if before else None)
    earlier = words(step, before) if before else ""
    return Section(
        heading=step.heading or "", text=said, lines=given.lines, earlier=earlier, marks=marks, measure=measure
    )


def summary(title: str, parts: Sequence[Section], responses: Responses) -> str:
    """The answers under their headings, as a message in the talk; below each what moved since the last time."""
    said = ["\n".join([part.heading, part.text, *moved(part, responses)]) for part in parts]
    return "\n\n".join([title, *(said or [responses.text("verslag_leeg")])])


def moved(part: Section, responses: Responses) -> list[str]:
    """What an answer was the last time, in lines of text; of options which are new, gone and the same."""
    if not part.earlier:
        return []
    if part.earlier == part.text:
        return [responses.text("verslag_zelfde")]
    groups = {
        "nieuw": [mark.label for mark in part.marks if mark.now and not mark.then],
        "weg": [mark.label for mark in part.marks if mark.then and not mark.now],
        "gebleven": [mark.label for mark in part.marks if mark.then and mark.now],
    }
    if part.marks:
        return [
            f"{responses.text(f'verslag_{name}')}: {', '.join(labels)}" for name, labels in groups.items() if labels
        ]
    return [f"{responses.text('verslag_vorige')}: {part.earlier}"]


def report(script: Script, run: Run, people: Sequence[Person], responses: Responses, today: dt.date) -> Report:
    """The report of a run, in the shape that its script gives it."""
    found = dict(_parts(script, run))
    shape = script.closing.report
    of_option = {name: name.partition(".")[0] for name in found}

    def chosen(wanted: Sequence[str]) -> tuple[Section, ...]:
        return tuple(found[name] for step in wanted for name in found if of_option[name] == step)

    apart = {*shape.lead, *shape.table, *([shape.letter] if shape.letter else [])}
    return Report(
        title=script.title,
        dated=responses.text("verslag_datum", datum=today.strftime(KINDLY)),
        lead=chosen(shape.lead),
        parts=tuple(part for name, part in found.items() if of_option[name] not in apart),
        table=chosen(shape.table),
        table_title=shape.table_title or "" if any(of_option[name] in shape.table for name in found) else "",
        letter=found.get(shape.letter or ""),
        people=tuple(people),
        footer=responses.text("verslag_voet"),
    )


def as_text(made: Report, responses: Responses) -> str:
    """The report as plain text."""
    rows = [made.title, "=" * len(made.title), made.dated, ""]
    for part in _in_order(made):
        if made.table_title and part is made.table[0]:
            rows += [made.table_title, "=" * len(made.table_title), ""]
        rows += [part.heading, "-" * len(part.heading), part.text, *moved(part, responses), ""]
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
        if made.table_title and part is made.table[0]:
            rows += [f"## {made.table_title}", ""]
        level = "###" if made.table_title and part in made.table else "##"
        quoted = "\n".join(f"> {_escape(line)}" if line.strip() else ">" for line in part.text.splitlines())
        rows += [f"{level} {part.heading}", "", quoted, ""]
        rows += [f"*{_escape(' '.join(row.split()))}*\n" for row in moved(part, responses)]
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


def _in_order(made: Report) -> list[Section]:
    return [*made.lead, *made.parts, *made.table, *([made.letter] if made.letter else [])]


def _escape(text: str) -> str:
    return regex.sub(r"([\\`*_{}\[\]()#+\-.!|<>~])", r"\\\1", text)
