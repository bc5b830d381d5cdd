"""What can be said at any moment, in a script or out of it."""

from __future__ import annotations

from bot.dialogue import people
from bot.dialogue.state import Waiting
from bot.dialogue.talk import Talk
from bot.scripts import engine
from bot.scripts.report import sections, summary

FIXED = ("uitleg", "privacy", "groet", "bedankt", "buiten_bereik")


def act(talk: Talk, name: str) -> None:
    """Answer an act that does not depend on where the talk is."""
    match name:
        case "voortgang":
            progress(talk)
        case "verslag":
            report(talk)
        case "vergeten":
            talk.question("vergeten_zeker", yes="erase:yes", no="stop:no", strict=True)
        case "mens":
            people.refer_for(talk, talk.heard.topic)
        case _:
            talk.say(name if name in FIXED else "onbekend")


def progress(talk: Talk) -> None:
    """Say how far a script is and about how long it still takes."""
    script, run = talk.script, talk.state.run
    if script is None or run is None or run.state == "done":
        talk.say("geen_oefening")
        return
    number, total = engine.position(script, run)
    left = total - number + 1
    minutes = max(1, round(getattr(script.minutes, run.length) * left / total))
    talk.say("voortgang" if left > 1 else "voortgang_laatste", nummer=number, totaal=total, over=left, minuten=minutes)


def report(talk: Talk) -> None:
    """Give the summary as it stands."""
    script, run = talk.script, talk.state.run
    if script is None or run is None or not run.answers:
        talk.say("verslag_nog_niet")
        return
    if run.state != "done":
        talk.say("verslag_tussenstand")
    talk.add(summary(script, run, talk.world.responses), "report", sections=sections(script, run))


def choosing() -> Waiting:
    """Waiting for one of the choices that stand open."""
    return Waiting(key="wijzig_welke", no="stop:no", strict=True)
