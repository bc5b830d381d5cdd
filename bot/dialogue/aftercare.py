"""What follows the crisis panel: the talk stays with the doctor, and goes back to a script only when asked to."""

from __future__ import annotations

from bot.dialogue import danger, idle
from bot.dialogue.state import Offered, Waiting
from bot.dialogue.talk import Talk, World
from bot.messages import Choice, Input, Reply
from bot.responses import Responses
from bot.scripts.engine import Run
from bot.scripts.inputs import STORY_WORDS, pick
from bot.scripts.schema import Script

KEY = "na_crisis"
# What is asked once the doctor said whether someone is there: not that again.
ON = "na_crisis_verder"
REPLIES = ("samen", "alleen", "anders", "verder")


def offered(responses: Responses) -> list[Offered]:
    """The replies that the panel offers. The door shows it without the engine, so each has a token that never changes."""
    buttons = responses.variants(KEY)[0].buttons
    return [Offered(token=f"{KEY}.{number}", label=b.title, do=b.payload) for number, b in enumerate(buttons)]


def panel(world: World) -> Reply:
    """The crisis panel, with the numbers and what can be replied."""
    choices = [Choice(token=one.token, label=one.label) for one in offered(world.responses)]
    answer = Input(type="choice", choices=choices)
    return Reply(kind="crisis", text=world.responses.text("crisis"), input=answer, links=danger.crisis_links(world))


def begin(talk: Talk) -> None:
    """The panel was shown: whatever script ran is paused, and the next reply belongs to the panel."""
    run = talk.state.run
    if run and run.state == "running":
        talk.state.run = run.model_copy(update={"state": "paused"})
        talk.state.called = talk.heard.called
    talk.state.offered = []
    talk.state.waiting = Waiting(key=KEY, crisis=True)
    talk.state.owed = list(talk.heard.risks)


def show(talk: Talk) -> None:
    """Show the panel here: the doctor said, when asked, that it is about themselves too."""
    # Apart from the run, as the door counts the panels that it shows: within one it would be too few to be told.
    talk.note("panel", apart=True)
    begin(talk)
    talk.say("crisis", "crisis", links=danger.crisis_links(talk.world))
    talk.question(KEY, crisis=True)


def answer(talk: Talk) -> None:
    """Take a message as a reply to the panel, never as an answer to a question of a script."""
    asked = talk.state.waiting.key if talk.state.waiting else KEY
    variants = talk.world.responses.variants(KEY)[0].buttons
    labels = [(b.payload.partition(":")[2], [b.title, *b.hears]) for b in variants]
    picked = pick(talk.heard.text, labels, loose=True)
    act = talk.heard.act
    meant = {"verder": "verder"} if asked == ON else {"verder": "verder", "ontkennen": "alleen", "bevestigen": "samen"}
    picked = picked or meant.get(act)
    if picked:
        reply(talk, picked)
        return
    talk.say("crisis_blijft", links=danger.crisis_links(talk.world))
    talk.question(asked, crisis=True)


def reply(talk: Talk, which: str) -> None:
    """Answer one of the replies to the panel; only 'verder' leads back to what was left."""
    talk.state.waiting = None
    # Who was asked once, or said it was meant otherwise, is not asked again whether it is about them.
    talk.state.checked = True
    called, talk.state.called = talk.state.called, ""
    if which != "alleen":
        _answer_owed(talk)
    if which == "verder":
        left = idle.paused(talk)
        if left:
            idle.resume(talk, left[0], "hervat_na_crisis")
        else:
            idle.offer_next(talk)
        return
    talk.say(f"crisis_{which}", links=danger.crisis_links(talk.world))
    if which == "anders":
        _believe(talk, called)
    else:
        talk.question(ON, crisis=True)


def _believe(talk: Talk, called: str) -> None:
    """Take it that it was not meant so: what was written can be the answer after all, and the script go on."""
    talk.effect = "denied"
    script, run = talk.script, talk.state.run
    if script is None or run is None or run.state != "paused":
        idle.offer_next(talk)
        return
    talk.state.held = called if _has_place(script, run, called) else ""
    talk.question("crisis_anders_verder", yes=f"resume:{run.script}", no="no", titel=script.label, naam=run.script)


def _has_place(script: Script, run: Run, words: str) -> bool:
    """Whether words can become the answer that waits, or stand with it: beside a closed question a few are a wrong choice, and
    more are something told."""
    if run.follow_up:
        return True
    if run.due or run.at is None:
        return False
    step = script.step(run.at)
    return step.kind == "text" or (step.closed and len(words.split()) >= STORY_WORDS)


def _answer_owed(talk: Talk) -> None:
    """Answer what was heard beside the doctor's own crisis, once that was answered."""
    owed, talk.state.owed = talk.state.owed, []
    danger.tell(talk, owed)
