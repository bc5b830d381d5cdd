"""The offer of a reminder in a messenger, when a script ends with a day to look back on."""

from __future__ import annotations

import datetime as dt

from bot.dialogue.talk import Talk
from bot.referrals.directory import ZONE
from bot.scripts.engine import KINDLY

KEY = "herinnering"
FURTHEST = dt.timedelta(days=2 * 366)


def offer(talk: Talk) -> bool:
    """Ask whether to send a reminder on the day that a script ended with. Whether there is anything to ask."""
    run, script = talk.state.run, talk.script
    if talk.heard.channel == "web" or run is None or script is None:
        return False
    chosen = run.answers.get(script.closing.look_back)
    if chosen is None or chosen.date is None or not possible(talk, chosen.date):
        return False
    day = chosen.date
    talk.question(KEY, yes=f"remind:yes:{day}", no="remind:no", dag=str(day), datum=day.strftime(KINDLY))
    return True


def possible(talk: Talk, day: dt.date) -> bool:
    """Whether a reminder can be set for a day: one to come, and not too far away."""
    today = talk.heard.now.astimezone(ZONE).date()
    return today < day <= today + FURTHEST


def is_set(talk: Talk) -> bool:
    """Whether a reminder was asked for in this talk that is still to come."""
    return talk.state.reminder is not None and talk.state.reminder >= talk.heard.now.astimezone(ZONE).date()
