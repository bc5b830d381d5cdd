"""The forms in which a report can be taken away."""

from __future__ import annotations

import datetime as dt

from bot.door.problems import Problem
from bot.referrals.directory import ZONE
from bot.responses import Responses
from bot.scripts.engine import Run
from bot.scripts.report import as_calendar, as_markdown, as_text
from bot.scripts.schema import Script

# The media type of each form, and the name of the file: of nothing that was written, as downloads are often shared.
FORMATS = {
    "md": ("text/markdown; charset=utf-8", "reflectieverslag.md"),
    "txt": ("text/plain; charset=utf-8", "reflectieverslag.txt"),
    "ics": ("text/calendar; charset=utf-8", "terugkijken.ics"),
}


def render(wanted: str, script: Script, run: Run, responses: Responses, now: dt.datetime) -> bytes:
    """The report in one of :data:`FORMATS`. Raises Problem when there is nothing to put in it."""
    today = now.astimezone(ZONE).date()
    if wanted == "ics":
        calendar = as_calendar(script, run, responses, now)
        if calendar is None:
            raise Problem(409, "geen_datum")
        return calendar
    as_words = as_markdown if wanted == "md" else as_text
    return as_words(script, run, responses, today).encode()
