"""The forms in which a report can be taken away."""

from __future__ import annotations

import datetime as dt

from bot.dialogue.talk import World
from bot.door.problems import Problem
from bot.referrals.directory import ZONE
from bot.scripts.engine import Run, holds
from bot.scripts.pdf import as_pdf
from bot.scripts.report import Person, Report, as_calendar, as_markdown, as_text, report
from bot.scripts.schema import Script

# The media type of each form, and the name of the file: of nothing that was written, as downloads are often shared.
FORMATS = {
    "pdf": ("application/pdf", "reflectieverslag.pdf"),
    "md": ("text/markdown; charset=utf-8", "reflectieverslag.md"),
    "txt": ("text/plain; charset=utf-8", "reflectieverslag.txt"),
    "ics": ("text/calendar; charset=utf-8", "terugkijken.ics"),
}


def render(wanted: str, script: Script, run: Run, world: World, now: dt.datetime) -> bytes:
    """The report in one of :data:`FORMATS`. Raises Problem when there is nothing to put in it."""
    if wanted == "ics":
        calendar = as_calendar(script, run, world.responses, now)
        if calendar is None:
            raise Problem(409, "geen_datum")
        return calendar
    made = report_of(script, run, world, now.astimezone(ZONE).date())
    match wanted:
        case "pdf":
            return as_pdf(made, world.responses, now)
        case "md":
            return as_markdown(made, world.responses).encode()
        case _:
            return as_text(made, world.responses).encode()


def report_of(script: Script, run: Run, world: World, today: dt.date) -> Report:
    """The report of a run, with whom its script refers to."""
    named = [world.directory[r.id] for r in script.closing.refer if holds(r.when, run) is True]
    people = [Person(entry.name, entry.what, tuple(contact.label for contact in entry.contacts)) for entry in named]
    return report(script, run, people, world.responses, today)
