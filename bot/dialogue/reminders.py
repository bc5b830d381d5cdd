"""A reminder in a messenger: offered when a script ends with a day to look back on, or asked for in words.

What is done here is said to the client of the messenger with the turn (``Talk.remind``); the client keeps and sends it.
"""

from __future__ import annotations

import datetime as dt

import regex

from bot.dialogue import questions
from bot.dialogue.reminder_offer import KEY, possible
from bot.dialogue.talk import Talk
from bot.messages import DROP_REMINDER
from bot.referrals.directory import ZONE
from bot.scripts.engine import KINDLY
from bot.scripts.inputs import moment, plain
from bot.settings import DATA
from bot.yaml import load

WHICH = "herinnering_welke"


def asked(talk: Talk) -> bool:
    """Whether the message is about a reminder; if so it is answered."""
    rules, said = load(DATA / "language" / "reminders.yml"), plain(talk.heard.text)
    waiting = talk.state.waiting.key if talk.state.waiting else ""
    if not said:
        return False
    if regex.search(rules["taken_back"], said):
        take_back(talk, offered=waiting == KEY)
        return True
    here = talk.heard.now.astimezone(ZONE)
    if waiting in (KEY, WHICH) and (day := moment(said, here)):
        settle(talk, day, offered=waiting == KEY)
        return True
    wanted = regex.search(rules["begins"], said) and any(regex.search(p, said) for p in rules["wanted"])
    if not wanted or len(said.split()) > rules["words"]:
        return False
    named = moment(" ".join(regex.sub(rules["filler"], " ", said).split()), here)
    if named is None:
        # In a script it may be an answer: only with a day it is certain what is meant.
        if talk.state.in_script or waiting == KEY:
            return False
        talk.question(WHICH, no="no") if talk.heard.channel != "web" else talk.say("herinnering_web")
        return True
    settle(talk, named)
    return True


def settle(talk: Talk, day: dt.date, *, offered: bool = False) -> None:
    """Set a reminder; offered: after a script, so that what is offered then comes next."""
    talk.state.waiting = None
    if talk.heard.channel == "web":
        talk.say("herinnering_web")
    elif not possible(talk, day):
        talk.say("herinnering_verleden")
    else:
        talk.remind = str(day)
        talk.state.reminder = day
        talk.say("herinnering_gezet", datum=day.strftime(KINDLY))
    _then(talk, offered)


def decline(talk: Talk) -> None:
    """Set none."""
    talk.state.waiting = None
    talk.say("herinnering_niet_gezet")
    _then(talk, offered=True)


def take_back(talk: Talk, *, offered: bool = False) -> None:
    """Take back what was set."""
    talk.state.waiting = None
    talk.remind = DROP_REMINDER
    talk.state.reminder = None
    talk.say("herinnering_weg")
    _then(talk, offered)


def _then(talk: Talk, offered: bool) -> None:
    if offered and not talk.state.in_script and talk.script:
        questions.offer_next(talk, talk.script)
    else:
        questions.again(talk)
