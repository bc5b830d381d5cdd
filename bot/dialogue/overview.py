"""A doctor's own overview: every reflection, to read, to look back on, or to take away."""

from __future__ import annotations

from bot.dialogue import thread
from bot.dialogue.state import Kept
from bot.dialogue.talk import Talk
from bot.scripts.engine import KINDLY
from bot.scripts.report import summary

# So many are shown at once, the newest first.
SHOWN = 20


def asked(talk: Talk) -> bool:
    """Whether the message asks for the overview; if so it is shown."""
    if talk.state.in_script or not thread.asks_for(talk.heard.text, "overview"):
        return False
    show(talk)
    return True


def show(talk: Talk) -> None:
    """Show every reflection with its day, to choose one."""
    every = thread.reflections(talk.world.library, talk.state, talk.heard.now)
    if not every:
        talk.say("overzicht_leeg")
        return
    newest = sorted(every.values(), key=lambda kept: kept.day, reverse=True)[:SHOWN]
    options = [(_label(talk, kept), f"read:{kept.run.name}") for kept in newest]
    talk.choosing("overzicht" if talk.heard.channel == "web" else "overzicht_kamer", options)


def _label(talk: Talk, kept: Kept) -> str:
    key = "overzicht_regel" if kept.run.state == "done" else "overzicht_regel_open"
    return talk.world.responses.text(key, titel=kept.title, datum=kept.day.strftime(KINDLY))


def read(talk: Talk, name: str) -> None:
    """Show one reflection, and ask what to do with it."""
    kept = thread.reflections(talk.world.library, talk.state, talk.heard.now).get(name)
    if kept is None:
        show(talk)
        return
    talk.state.shown = name
    talk.add(summary(kept.title, kept.sections, talk.world.responses), "report", sections=kept.sections)
    words, _ = thread.intention(talk.world.library, kept.run)
    talk.question("overzicht_een_voornemen" if words else "overzicht_een", no="no", run=name)


def ask_to_drop(talk: Talk, name: str) -> None:
    """Ask whether it must really go."""
    talk.question("overzicht_weg_zeker", yes=f"drop:yes:{name}", no="overview", strict=True, run=name)


def drop(talk: Talk, name: str) -> None:
    """Take one reflection away, here and from what is kept; the door does the latter once this is stored."""
    thread.drop(talk.state, name)
    talk.effect = f"drop:{name}"
    talk.say("overzicht_weg" if not talk.heard.kept else "overzicht_weg_bewaard")
    if thread.reflections(talk.world.library, talk.state, talk.heard.now):
        show(talk)
