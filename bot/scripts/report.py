"""What a reflection leaves behind: the doctor's own words in order, as text, Markdown or a calendar file."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence

import icalendar
import regex

from bot.messages import Section
from bot.responses import Responses
from bot.scripts.engine import Answer, Run, answered, words
from bot.scripts.schema import Script, Step


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


def as_text(script: Script, run: Run, responses: Responses, today: dt.date) -> str:
    """The report as plain text."""
    rows = [script.title, "=" * len(script.title), _dated(responses, today), ""]
    for step, _, said in _entries(script, run):
        rows += [f"{step.heading}", "-" * len(step.heading or ""), said, ""]
        rows += [f"{_earlier(responses)}: {before}", ""] if (before := _before(step, run)) else []
    return "\n".join([*rows, responses.text("verslag_voet"), ""])


def as_markdown(script: Script, run: Run, responses: Responses, today: dt.date) -> str:
    """The report as Markdown; what the doctor wrote is escaped, so that it reads as it was written."""
    rows = [f"# {script.title}", "", _dated(responses, today), ""]
    for step, _, said in _entries(script, run):
        quoted = "\n".join(f"> {_escape(line)}" if line.strip() else ">" for line in said.splitlines())
        rows += [f"## {step.heading}", "", quoted, ""]
        if before := _before(step, run):
            rows += [f"*{_earlier(responses)}:* {_escape(' '.join(before.split()))}", ""]
    return "\n".join([*rows, "---", "", responses.text("verslag_voet"), ""])


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


def _dated(responses: Responses, today: dt.date) -> str:
    return responses.text("verslag_datum", datum=today.strftime("%d-%m-%Y"))


def _earlier(responses: Responses) -> str:
    return responses.text("verslag_vorige")


def _before(step: Step, run: Run) -> str:
    return words(step, run.earlier[step.id]) if step.id in run.earlier else ""


def _escape(text: str) -> str:
    return regex.sub(r"([\\`*_{}\[\]()#+\-.!|<>~])", r"\\\1", text)
