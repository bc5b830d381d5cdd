"""What a choice does when it is taken: ``word`` or ``word:argument``."""

from __future__ import annotations

from bot.dialogue import aftercare, idle, in_script, people, questions
from bot.dialogue.talk import Talk

# Every word that a button in data/responses may carry; the validator checks them.
WORDS = ("start", "length", "resume", "again", "change", "act", "after", "coach", "stop", "erase", "crisis", "no")


def do(talk: Talk, command: str) -> None:
    """Carry out a choice. Raises ValueError when it is none of :data:`WORDS`."""
    word, _, argument = command.partition(":")
    talk.state.waiting = None
    match word:
        case "start":
            idle.start(talk, argument)
        case "again":
            idle.ask_length(talk, argument)
        case "length":
            name, _, length = argument.partition(":")
            script = talk.world.library.current(name)
            questions.open_script(talk, script, "volledig" if length == "volledig" else "kort")
        case "resume":
            idle.resume(talk, argument)
        case "change":
            in_script.change(talk, argument)
        case "act":
            in_script.act(talk, argument) if talk.state.in_script else idle.act(talk, argument)
        case "after":
            talk.state.after = argument
            talk.say("hierna")
            in_script.again(talk)
        case "coach":
            theme, _, region = argument.partition(":")
            people.name_coaches(talk, theme, region)
            in_script.again(talk)
        case "stop":
            _stop(talk, argument)
        case "erase":
            talk.erase = True
            talk.say("gewist")
        case "crisis":
            aftercare.reply(talk, argument)
        case "no":
            talk.say("goed_dan_niet" if not talk.state.in_script else "we_gaan_door")
            in_script.again(talk)
        case _:
            raise ValueError(word)


def _stop(talk: Talk, how: str) -> None:
    """Leave a script: keep what there is, throw it away, or go on after all."""
    run = talk.state.run
    if how == "keep" and run:
        talk.state.run = run.model_copy(update={"state": "paused"})
        talk.say("gestopt_bewaard")
    elif how == "drop" and run:
        talk.state.run = None
        talk.say("gestopt_weg")
        idle.offer_scripts(talk)
    else:
        talk.say("we_gaan_door")
        in_script.again(talk)
