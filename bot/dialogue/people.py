"""Showing the way to people: who fits, how to reach them, whether anyone is there now."""

from __future__ import annotations

import regex

from bot.dialogue.talk import Talk
from bot.referrals.directory import Entry

COACH_ENTRY = "cvm"
COACHES_NAMED = 3


def refer(talk: Talk, entries: list[Entry], topic: str) -> None:
    """Name people or lines, each with what it is for and how to reach it."""
    for entry in entries:
        talk.note("referred", entry.id)
        parts = [f"{entry.name}: {entry.what}"]
        if term := entry.term(topic):
            parts.append(talk.world.responses.text("zoekterm", term=term))
        parts.append(hours(talk, entry))
        talk.add(" ".join(p for p in parts if p), "refer", links=entry.links())


def hours(talk: Talk, entry: Entry) -> str:
    """Whether someone can be reached now, or that it is not known; nothing where hours do not matter."""
    if entry.hours == "web":
        return ""
    if isinstance(entry.hours, str):
        return talk.world.responses.text(f"uren_{'altijd' if entry.hours == 'always' else 'onbekend'}")
    return talk.world.responses.text("uren_open" if entry.is_open(talk.heard.now) else "uren_dicht")


def refer_for(talk: Talk, topic: str, words: str = "mens") -> None:
    """Show the way to people for this topic; without one, for the script that runs. words: the text that says so."""
    if topic == "geen" and talk.state.run:
        topic = talk.state.run.script
    talk.say(words)
    refer(talk, talk.world.directory.for_topic(topic), topic)
    offer_coaches(talk, topic)


def offer_coaches(talk: Talk, topic: str) -> bool:
    """Offer to name coaches nearby, when a coordinator imported a directory of them. Whether there is one."""
    if not talk.world.coaches.any():
        return False
    talk.question("coach_regio", no="no", naam=topic)
    return True


def region(text: str) -> str:
    """The first two digits of a postcode in a text; empty when there is none."""
    match = regex.search(r"(?<!\d)([1-9]\d)(?:\d\d)?(?!\d)", text)
    return match.group(1) if match else ""


def name_coaches(talk: Talk, theme: str, where: str) -> None:
    """Name some coaches that fit a theme in a region, or say plainly that there are none there."""
    term = talk.world.directory[COACH_ENTRY].term(theme)
    found = talk.world.coaches.find(theme, where, term)[:COACHES_NAMED]
    if not found:
        talk.say("coach_geen", regio=where)
        refer(talk, [talk.world.directory[COACH_ENTRY]], theme)
        return
    talk.say("coach_lijst")
    for coach in found:
        text = talk.world.responses.text("coach", naam=coach.naam, vormen=", ".join(coach.vormen), regio=coach.where())
        talk.add(text, "refer", links=coach.links())
