"""Keeping reflections under a bewaarcode, and having them back."""

from __future__ import annotations

from bot.dialogue import questions, thread
from bot.dialogue.state import Kept
from bot.dialogue.talk import Talk, quote
from bot.scripts.engine import KINDLY, Run
from bot.scripts.report import summary

ASKED, ASKED_AGAIN = "bewaarcode_vraag", "bewaarcode_vraag_weer"


def keep(talk: Talk, *, new: bool = False) -> None:
    """Keep what there is, under the code that was given before or under a new one; the door shows that."""
    if not thread.reflections(talk.world.library, talk.state, talk.heard.now):
        talk.say("bewaren_niets")
        questions.again(talk)
    elif talk.heard.kept and not new:
        talk.effect = "keep"
        _then(talk, "bewaard_erbij" if talk.heard.kept == "made" else "bewaard_erbij_geopend")
    else:
        talk.effect = "keep_new" if new else "keep"
        talk.say("bewaard")
        _then(talk, "na_bewaren")


def _then(talk: Talk, key: str) -> None:
    """Go on with the script that runs; without one ask what to do now."""
    if talk.state.in_script:
        talk.say(key)
        questions.again(talk)
    else:
        talk.question(key, no="no")


def is_code(talk: Talk) -> bool:
    """Whether the message is a bewaarcode. One that is not known may be an answer: six words that happen to be on the
    list."""
    opened, waiting = talk.heard.opened, talk.state.waiting
    asked = waiting is not None and waiting.key in (ASKED, ASKED_AGAIN)
    return opened is not None and not talk.heard.after_crisis and (bool(opened) or asked or not talk.state.in_script)


def have_back(talk: Talk) -> None:
    """Put back what was kept under the code that was given, and show the last of it; or say that it is not known."""
    talk.state.waiting = None
    opened = talk.heard.opened or ()
    if not opened:
        talk.question(ASKED_AGAIN, no="no")
        return
    for kept in sorted(opened, key=lambda one: one.day):
        talk.state.thread.put(kept)
        _put_back(talk, kept.run)
    last = max(opened, key=lambda one: one.day)
    talk.state.shown = last.run.name
    talk.say("code_open" if len(opened) > 1 else "code_open_een", lijst=_listed(list(opened)))
    talk.add(summary(last.title, last.sections, talk.world.responses), "report", sections=last.sections)
    words, _ = thread.intention(talk.world.library, last.run)
    if words and not talk.state.in_script:
        talk.question("na_openen_voornemen", no="no", voornemen=quote(words), run=last.run.name)
    else:
        _then(talk, "na_openen")


def _listed(opened: list[Kept]) -> str:
    return "\n".join(f"– {kept.title}, {kept.day.strftime(KINDLY)}" for kept in sorted(opened, key=lambda k: k.day))


def _put_back(talk: Talk, run: Run) -> None:
    """Have a run again, to go on with or to look back on, unless this talk has one of the same script already."""
    if thread.version(talk.world.library, run) is None or (talk.state.run and talk.state.run.script == run.script):
        return
    state = "paused" if run.state == "running" else run.state
    talk.state.shelf[run.script] = run.model_copy(update={"state": state})
