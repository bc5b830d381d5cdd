"""Going back to an earlier answer, to change it or take it out."""

from __future__ import annotations

from typing import cast

import regex

from bot.dialogue import questions
from bot.dialogue.talk import Talk
from bot.scripts import engine
from bot.scripts.inputs import numerals, plain, within
from bot.scripts.schema import Script, Step
from bot.settings import DATA
from bot.yaml import load


def change(talk: Talk, identifier: str) -> None:
    """Go to an earlier answer, to change it."""
    run = talk.state.run
    assert run is not None
    talk.state.run = engine.go_to(run, identifier)
    questions.again(talk)


def take_out(talk: Talk, identifier: str) -> None:
    """Take an earlier answer out, with all that was said on about it, and go on where the talk was."""
    script, run = talk.script, talk.state.run
    assert script is not None and run is not None
    heading = next(s.heading for s in engine.answered(script, run) if s.id == identifier)
    talk.note("changed")
    talk.state.run = engine.take_out(script, run, identifier)
    talk.state.misses = 0
    talk.say("antwoord_weg", onderwerp=heading)
    questions.proceed(talk)


def change_named(talk: Talk) -> None:
    """Go to the answer that the message names, by number or by subject, or take it out where that is asked; ask which when
    it names none."""
    script, run = talk.script, talk.state.run
    assert script is not None and run is not None
    away = _says(talk.heard.text, "away")
    if away and talk.state.held:
        talk.state.held = ""
        talk.say("verteld_weg")
        questions.again(talk)
        return
    choices = [s for s in engine.answered(script, run) if s.id != run.at or run.between]
    if away:
        choices = [s for s in choices if not run.answers[s.id].skipped]
    if not choices:
        talk.say("niets_te_wijzigen")
        questions.again(talk)
        return
    named = which(talk.heard.text, script, run, choices)
    if named:
        take_out(talk, named.id) if away else change(talk, named.id)
        return
    way = [s.id for s in engine.questions(script, run)]
    does = "takeout" if away else "change"
    options = [(f"{way.index(s.id) + 1}. {s.heading}", f"{does}:{s.id}") for s in choices]
    talk.choosing("weg_welke" if away else "wijzig_welke", options)


def names_one(text: str) -> bool:
    """Whether a wish to have something erased is about one answer, and not about all that was said."""
    one = _says(text, "last") or any(regex.search(pattern, plain(text)) for pattern in _rules()["numbered"])
    return one and _says(text, "away") and not _says(text, "everything")


def which(text: str, script: Script, run: engine.Run, choices: list[Step]) -> Step | None:
    """The answered question that a message names: 'vraag 3', 'mijn tweede antwoord', 'het laatste', or by its
    subject."""
    said = plain(text)
    way = engine.questions(script, run)
    for pattern in _rules()["numbered"]:
        match = regex.search(pattern, said)
        n = numerals().get(match.group("n"), int(match.group("n")) if match.group("n").isdigit() else 0) if match else 0
        if 1 <= n <= len(way):
            return way[n - 1] if way[n - 1] in choices else None
    named = [s for s in choices if any(within(name, said) for name in _names(s))]
    # 'Vraag' names the step that is called so only where nothing else is meant by it.
    surely = [s for s in named if any(within(name, said) for name in _names(s) - {*_rules()["anything"]})]
    if len(surely) == 1:
        return surely[0]
    if _says(text, "another"):
        return None
    if not surely and _says(text, "last"):
        return choices[-1]
    return named[0] if len(named) == 1 else None


def _says(text: str, rule: str) -> bool:
    said = plain(text)
    return any(regex.search(rf"\b(?:{pattern})\b", said) for pattern in _rules()[rule])


def _rules() -> dict[str, list[str]]:
    return cast(dict[str, list[str]], load(DATA / "language" / "changes.yml"))


def _names(step: Step) -> set[str]:
    return {plain(w) for w in (step.subject, step.heading, *step.hears) if w}
