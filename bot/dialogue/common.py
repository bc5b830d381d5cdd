"""What can be said at any moment, in a script or out of it."""

from __future__ import annotations

from bot.dialogue import people, reminder_offer
from bot.dialogue.talk import Talk
from bot.scripts import engine
from bot.scripts.report import sections, summary

# How it is asked whether all must go: whether something is kept under a code, and whether a reminder is set.
CERTAIN = {
    (False, False): "vergeten_zeker",
    (True, False): "vergeten_zeker_bewaard",
    (False, True): "vergeten_zeker_herinnering",
    (True, True): "vergeten_zeker_bewaard_herinnering",
}
FIXED = ("uitleg", "groet", "bedankt", "buiten_bereik")


def act(talk: Talk, name: str) -> None:
    """Answer an act that does not depend on where the talk is."""
    match name:
        case "voortgang":
            progress(talk)
        case "verslag":
            report(talk)
        case "vergeten":
            key = CERTAIN[bool(talk.heard.kept), reminder_offer.is_set(talk)]
            talk.question(key, yes="erase:yes", no="stop:no", strict=True)
        case "privacy":
            privacy(talk)
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
    talk.state.shown = ""
    if run.state != "done":
        talk.say("verslag_tussenstand")
    parts = sections(script, run)
    talk.add(summary(script.title, parts, talk.world.responses), "report", sections=parts)
    if not talk.state.in_script:
        talk.question("na_verslag", yes="keep", no="no")


def privacy(talk: Talk, which: str = "") -> None:
    """Tell a layer of the privacy statement, the short one by itself, and where no script runs offer the others."""
    statement = talk.world.statement
    layer = statement.layer(which) if which else statement.layers[0]
    text = " ".join(layer.read(talk.heard.channel, talk.world.stated))
    if talk.state.in_script:
        talk.add(text)
        return
    options = [(other.title, f"privacy:{other.id}") for other in statement.layers if other.id != layer.id]
    key = "toestemming_aan" if talk.heard.consent else "toestemming_uit"
    below = [talk.world.responses.pick(name) for name in (key, "privacy")]
    options += [(button.title, button.payload) for part in below for button in part.buttons]
    talk.add("\n\n".join([text, " ".join(part.text for part in below)]), "ask", options=options)
