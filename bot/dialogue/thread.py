"""The thread through a doctor's reflections: what was done in this talk, and what a bewaarcode brought back."""

from __future__ import annotations

import datetime as dt

import regex

from bot.dialogue.state import Kept, State
from bot.referrals.directory import ZONE
from bot.scripts import engine
from bot.scripts.engine import Run
from bot.scripts.inputs import plain
from bot.scripts.library import Library
from bot.scripts.report import sections
from bot.scripts.schema import Script
from bot.settings import DATA
from bot.yaml import load


def reflections(library: Library, state: State, now: dt.datetime) -> dict[str, Kept]:
    """Every reflection with an answer in it, by the name of its run: what came back, and what this talk holds."""
    found = state.thread.all()
    for run in [*state.shelf.values(), *([state.run] if state.run else [])]:
        if run.answers:
            found[run.name] = reflection(library, state, run, now)
    return found


def reflection(library: Library, state: State, run: Run, now: dt.datetime) -> Kept:
    """A run as it can be kept: with the day on which it was worked on last, and nothing that ties it to what was counted
    of it."""
    before = state.thread.get(run.name)
    day = run.seen.astimezone(ZONE).date() if run.seen else before.day if before else now.astimezone(ZONE).date()
    script = library.version(run.script, run.digest)
    untied = run.model_copy(update={"trace": "", "began": None, "seen": None})
    return Kept(day=day, title=script.title, sections=sections(script, run), run=untied)


def put_by(library: Library, state: State, run: Run, now: dt.datetime) -> None:
    """Let a finished run stay in the thread when another of the same script takes its place."""
    if run.answers:
        state.thread.put(reflection(library, state, run, now))


def asks_for(text: str, what: str) -> bool:
    """Whether a whole message asks for one of the things of data/language/thread.yml."""
    said = plain(text)
    return any(regex.fullmatch(pattern, said) for pattern in load(DATA / "language" / "thread.yml")[what])


def intention(library: Library, run: Run) -> tuple[str, dt.date | None]:
    """What was intended at the end of a run, in the doctor's words, and the day to look back on it; no words when it has
    not ended, nothing was intended, or its version of the script is gone."""
    script = version(library, run)
    if script is None or run.state != "done":
        return "", None
    wanted, day = run.answers.get(script.closing.experiment), run.answers.get(script.closing.look_back)
    words = engine.words(script.step(script.closing.experiment), wanted) if wanted and not wanted.skipped else ""
    return words, day.date if day else None


def version(library: Library, run: Run) -> Script | None:
    """The script of a run, in its version; None when that is gone, or no such script is offered any more: then its words can
    be read, but not gone on with."""
    return written(library, run) if run.script in library.names() else None


def written(library: Library, run: Run) -> Script | None:
    """The script of a run as it was when that began, whether it is still offered or not; None when that is gone."""
    try:
        return library.version(run.script, run.digest)
    except OSError:
        return None


def shown(state: State) -> Run | None:
    """The run that a report is made of: the one that was shown last from the thread, else the one of now."""
    kept = state.thread.get(state.shown)
    if kept:
        return kept.run
    shelved = next((run for run in state.shelf.values() if state.shown and run.name == state.shown), None)
    return shelved or state.run


def drop(state: State, name: str) -> None:
    """Take a reflection out of a talk, with all that was answered in it."""
    state.thread.drop(name)
    state.shelf = {script: run for script, run in state.shelf.items() if run.name != name}
    if state.run and state.run.name == name:
        state.run = None
    if state.shown == name:
        state.shown = ""
