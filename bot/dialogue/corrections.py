"""A message that corrects the one before it, as the edit of a message in a messenger: the answer it gave is changed."""

from __future__ import annotations

from bot.dialogue import in_script, questions
from bot.dialogue.talk import Talk
from bot.scripts import engine


def take(talk: Talk, step: str) -> bool:
    """Take a correction of the answer to a step (empty: the message before gave none). Whether that was done; if not, it
    is a message like any other."""
    run = talk.state.run
    if run is not None and step in run.answers:
        talk.state.waiting = None
        talk.state.run = engine.go_to(run, step)
        in_script.answer(talk)
        return True
    if talk.state.in_script and talk.state.waiting is None:
        # It must not become the answer to the question that waits now.
        talk.say("niet_aangepast")
        questions.again(talk)
        return True
    return False
