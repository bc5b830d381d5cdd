"""Going back to an earlier answer, to change it."""

from __future__ import annotations

import regex

from bot.dialogue import common, questions
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


def change_named(talk: Talk) -> None:
    """Go to the answer that the message names, by number or by subject; ask which when it names none."""
    script, run = talk.script, talk.state.run
    assert script is not None and run is not None
    choices = [s for s in engine.answered(script, run) if s.id != run.at]
    if not choices:
        talk.say("niets_te_wijzigen")
        questions.again(talk)
        return
    named = which(talk.heard.text, script, run, choices)
    if named:
        change(talk, named.id)
        return
    way = [s.id for s in engine.questions(script, run)]
    options = [(f"{way.index(s.id) + 1}. {s.heading}", f"change:{s.id}") for s in choices]
    text = talk.world.responses.text("wijzig_welke")
    talk.add(text, "ask", options=options)
    talk.state.waiting = common.choosing()


def which(text: str, script: Script, run: engine.Run, choices: list[Step]) -> Step | None:
    """The answered question that a message names: 'vraag 3', 'mijn tweede antwoord', 'het laatste', or by its
    subject."""
    rules = load(DATA / "language" / "changes.yml")
    said = plain(text)
    way = engine.questions(script, run)
    for pattern in rules["numbered"]:
        match = regex.search(pattern, said)
        n = numerals().get(match.group("n"), int(match.group("n")) if match.group("n").isdigit() else 0) if match else 0
        if 1 <= n <= len(way):
            return way[n - 1] if way[n - 1] in choices else None
    if any(regex.search(rf"\b{pattern}\b", said) for pattern in rules["last"]):
        before = [s for s in choices if run.at is None or way.index(s) < len(way)]
        return before[-1] if before else None
    named = [s for s in choices if any(within(plain(w), said) for w in _names(s))]
    return named[0] if len(named) == 1 else None


def _names(step: Step) -> list[str]:
    return [w for w in (step.subject, step.heading, *step.hears) if w]
