"""What a choice does when it is taken: ``word`` or ``word:argument``."""

from __future__ import annotations

import datetime as dt

from bot.dialogue import (
    aftercare,
    changes,
    common,
    consent,
    danger,
    idle,
    in_script,
    keeping,
    looking_back,
    names,
    overview,
    people,
    questions,
    reminders,
)
from bot.dialogue.talk import Talk
from bot.messages import DROP_REMINDER, KEEP_REMINDER

# Every word that a button in data/responses may carry; the validator checks them.
WORDS = (
    "start", "all", "length", "resume", "again", "change", "takeout", "act", "after", "coach", "stop", "erase", "crisis", "danger", "keep", "open", "privacy",
    "consent", "strike", "remind", "lookback", "overview", "read", "drop", "no",
)  # fmt: skip


def do(talk: Talk, command: str) -> None:
    """Carry out a choice. Raises ValueError when it is none of :data:`WORDS`."""
    word, _, argument = command.partition(":")
    talk.state.waiting = None
    match word:
        case "start":
            idle.start(talk, argument)
        case "all":
            idle.offer_scripts(talk, every=True)
        case "again":
            idle.ask_length(talk, argument)
        case "length":
            name, _, length = argument.partition(":")
            if name not in talk.world.library.names():
                idle.start(talk, name)
                return
            script = talk.world.library.current(name)
            questions.open_script(talk, script, "volledig" if length == "volledig" else "kort")
        case "resume":
            idle.resume(talk, argument)
        case "change":
            changes.change(talk, argument)
        case "takeout":
            changes.take_out(talk, argument)
        case "act":
            in_script.act(talk, argument) if talk.state.in_script else idle.act(talk, argument)
        case "after":
            talk.state.after = argument
            talk.say("hierna")
            questions.again(talk)
        case "coach":
            theme, _, region = argument.partition(":")
            people.name_coaches(talk, theme, region)
            questions.again(talk)
        case "stop":
            _stop(talk, argument)
        case "erase" if argument == "ask":
            common.act(talk, "vergeten")
        case "erase":
            talk.effect = "erase_kept" if argument == "all" else "erase"
            talk.remind = KEEP_REMINDER if argument == "remind" else DROP_REMINDER
            talk.say("gewist" if argument == "all" or not talk.heard.kept else "gewist_bewaard")
        case "keep":
            keeping.keep(talk, new=argument == "new")
        case "open":
            talk.question(keeping.ASKED, no="no")
        case "privacy":
            common.privacy(talk, argument)
        case "consent":
            consent.settle(talk, argument == "yes")
        case "crisis":
            aftercare.reply(talk, argument)
        case "remind":
            which, _, day = argument.partition(":")
            if which == "yes":
                reminders.settle(talk, dt.date.fromisoformat(day), offered=True)
            else:
                reminders.decline(talk)
        case "lookback":
            looking_back.begin(talk, argument)
        case "overview":
            overview.show(talk)
        case "read":
            overview.read(talk, argument)
        case "drop":
            which, _, name = argument.partition(":")
            overview.drop(talk, name) if which == "yes" else overview.ask_to_drop(talk, name)
        case "strike":
            which, _, topic = argument.partition(":")
            names.settle(talk, wanted=which == "yes")
            if talk.state.in_script:
                questions.again(talk)
            else:
                idle.offer_for(talk, topic or "geen")
        case "danger":
            which, _, topic = argument.partition(":")
            _after_danger(talk, which, topic)
        case "no":
            talk.say("goed_dan_niet" if not talk.state.in_script else "we_gaan_door")
            questions.again(talk)
            consent.ask(talk)
        case _:
            raise ValueError(word)


def _after_danger(talk: Talk, which: str, topic: str) -> None:
    """Answer a chosen reply to the question that danger asked, and let the talk go on after it."""
    if which == "ja":
        aftercare.show(talk)
        return
    talk.say(f"gevaar_{which}")
    if talk.state.in_script:
        questions.again(talk)
    elif which == "nee":
        danger.ask_how(talk, topic)
    else:
        idle.offer_for(talk, topic)


def _stop(talk: Talk, how: str) -> None:
    """Leave a script: keep what there is, throw it away, or go on after all."""
    run = talk.state.run
    if how in ("keep", "drop"):
        talk.note("left", how)
    if how == "keep" and run:
        talk.state.run = run.model_copy(update={"state": "paused"})
        talk.say("gestopt_bewaard")
    elif how == "drop" and run:
        talk.state.run = None
        talk.say("gestopt_weg")
        idle.offer_scripts(talk)
    else:
        talk.say("we_gaan_door")
        questions.again(talk)
