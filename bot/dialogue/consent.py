"""Consent for one thing: that a coordinator sees anonymised pieces of this talk. Asked once, at a quiet moment."""

from __future__ import annotations

from bot.dialogue import questions
from bot.dialogue.talk import Talk

KEY = "toestemming"


def ask(talk: Talk) -> bool:
    """Ask, if this is the moment: a script is done, nothing else waits, and no danger was met in this talk."""
    state = talk.state
    quiet = state.run is not None and state.run.state == "done" and not state.answered and not state.owed
    if state.asked_consent or talk.heard.consent or talk.heard.after_crisis or not quiet:
        return False
    state.asked_consent = True
    talk.question(KEY, yes="consent:yes", no="consent:no")
    return True


def settle(talk: Talk, given: bool) -> None:
    """Take the answer, or a change of mind."""
    talk.state.asked_consent = True
    if given:
        talk.effect = "consent"
        talk.say("toestemming_ja")
    elif talk.heard.consent:
        talk.effect = "no_consent"
        talk.say("toestemming_weg")
    else:
        talk.say("toestemming_nee")
    questions.again(talk)
