"""Keeping reflections under a bewaarcode, and having them back."""

from __future__ import annotations

from bot.dialogue import questions
from bot.dialogue.state import Kept, State
from bot.dialogue.talk import Heard, Talk, World
from bot.referrals.directory import ZONE
from bot.scripts.engine import Run
from bot.scripts.library import Library
from bot.scripts.report import sections, summary

ASKED, ASKED_AGAIN = "bewaarcode_vraag", "bewaarcode_vraag_weer"
KINDLY = "%d-%m-%Y"


def keepable(world: World, heard: Heard, state: State) -> dict[str, Kept]:
    """What there is to keep of a talk: every reflection with an answer in it, by the name of its run."""
    today = heard.now.astimezone(ZONE).date()
    found = {}
    for run in [*state.shelf.values(), *([state.run] if state.run else [])]:
        if run.answers:
            script = world.library.version(run.script, run.digest)
            # What ties a run to what was counted of it is not kept.
            untied = run.model_copy(update={"trace": "", "began": None, "seen": None})
            found[run.name] = Kept(day=today, title=script.title, sections=sections(script, run), run=untied)
    return found


def keep(talk: Talk, *, new: bool = False) -> None:
    """Keep what there is, under the code that was given before or under a new one; the door shows that."""
    if not keepable(talk.world, talk.heard, talk.state):
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
        _put_back(talk, kept.run)
    last = max(opened, key=lambda one: one.day)
    talk.say("code_open" if len(opened) > 1 else "code_open_een", lijst=_listed(list(opened)))
    talk.add(summary(last.title, last.sections, talk.world.responses), "report", sections=last.sections)
    _then(talk, "na_openen")


def _listed(opened: list[Kept]) -> str:
    return "\n".join(f"– {kept.title}, {kept.day.strftime(KINDLY)}" for kept in sorted(opened, key=lambda k: k.day))


def _put_back(talk: Talk, run: Run) -> None:
    """Have a run again, to go on with or to look back on, unless this talk has one of the same script already."""
    if not _readable(talk.world.library, run) or (talk.state.run and talk.state.run.script == run.script):
        return
    state = "paused" if run.state == "running" else run.state
    talk.state.shelf[run.script] = run.model_copy(update={"state": state})


def _readable(library: Library, run: Run) -> bool:
    """Whether the version of the script is still there; without it the words can be read, but not gone on with."""
    try:
        library.version(run.script, run.digest)
    except OSError:
        return False
    return run.script in library.names()
