"""One turn of a talk: from a state and a message to a new state and replies. Pure."""

from __future__ import annotations

from pydantic import BaseModel

from bot.dialogue import (
    aftercare,
    comeback,
    corrections,
    danger,
    idle,
    in_script,
    keeping,
    looking_back,
    overview,
    questions,
    reminders,
    waiting,
)
from bot.dialogue.commands import do
from bot.dialogue.state import Offered, State
from bot.dialogue.talk import Heard, Talk, World
from bot.messages import Effect, Happening, Reply, ScriptStatus
from bot.scripts import engine
from bot.scripts.inputs import pick


class Outcome(BaseModel):
    """What a turn gives: the new state, the replies, the doctor's message in words, what the door does once it is stored,
    what the client of a messenger does about reminders, and what is counted of it."""

    state: State
    replies: list[Reply]
    said: str
    effect: Effect = ""
    remind: str = ""
    happened: list[Happening] = []


def greet(world: World, heard: Heard, seed: int) -> Outcome:
    """The beginning of a talk: who this is, what it is not, and what can be done."""
    talk = Talk(world, heard, State(seed=seed, last=heard.now))
    talk.say("welkom")
    idle.offer_scripts(talk)
    return _outcome(talk, "")


def welcome_back(world: World, heard: Heard, seed: int) -> Outcome:
    """The beginning of a talk with what was kept under a bewaarcode."""
    talk = Talk(world, heard, State(seed=seed, last=heard.now))
    keeping.have_back(talk)
    return _outcome(talk, "")


def step(state: State, heard: Heard, world: World) -> Outcome:
    """Answer one message."""
    # After the panel what can be chosen is what the panel offered.
    offered = aftercare.offered(world.responses) if heard.after_crisis else state.offered
    answered = state.last_answer
    state = state.model_copy(deep=True, update={"turn": state.turn + 1, "offered": [], "last_answer": ""})
    talk = Talk(world, heard, state)
    done, said = _chosen(offered, heard)
    if done is None and (name := idle.titled(talk)):
        done = [f"start:{name}"]
    if heard.after_crisis:
        aftercare.begin(talk)
    if heard.opened or keeping.is_code(talk):
        # The code itself is written down nowhere.
        said = world.responses.text("bewaarcode_gezegd")
    if keeping.is_code(talk):
        done = ["code"]
    elif done is None:
        talk.note("heard", heard.act)
    was_in = talk.state.in_script
    danger.mention(talk)
    _answer(talk, done, answered)
    waiting.let_go(talk)
    talk.state.last = heard.now
    if talk.state.run and (was_in or talk.state.in_script):
        talk.state.run = talk.state.run.model_copy(update={"seen": heard.now})
    return _outcome(talk, said)


def _answer(talk: Talk, done: list[str] | None, answered: str) -> None:
    state = talk.state
    if done == ["code"]:
        keeping.have_back(talk)
        return
    if not talk.heard.after_crisis:
        if talk.heard.corrects and corrections.take(talk, answered):
            return
        if done is None and (reminders.asked(talk) or looking_back.asked(talk) or overview.asked(talk)):
            return
    if not done and not talk.heard.after_crisis and comeback.applies(talk):
        comeback.welcome(talk)
        return
    if not done and not talk.heard.after_crisis and looking_back.applies(talk):
        looking_back.offer(talk)
        return
    if done is not None and not done:
        talk.say("knop_verlopen")
        questions.again(talk)
    elif done and done[0].startswith("option:") and state.in_script:
        in_script.choose(talk, [do.partition(":")[2] for do in done])
    elif done and not done[0].startswith("option:"):
        do(talk, done[0])
    elif state.waiting:
        waiting.answer(talk)
    elif state.in_script:
        in_script.answer(talk)
    else:
        idle.answer(talk)


def _chosen(offered: list[Offered], heard: Heard) -> tuple[list[str] | None, str]:
    """What the tapped or typed choices stand for (empty: none that stands open; None: no choice), and the words."""
    incoming = heard.incoming
    tokens = incoming.choices if incoming.choices is not None else None
    if incoming.choice is not None:
        tokens = [incoming.choice]
    if tokens is not None:
        known = {o.token: o for o in offered}
        if not tokens and any(o.do.startswith("option:") for o in offered):
            return ["option:"], "–"
        if not tokens or any(t not in known for t in tokens):
            return [], "–"
        return [known[t].do for t in tokens], ", ".join(known[t].label for t in tokens)
    # Where there are answers only, what was typed is read as an answer.
    only_answers = all(o.do.startswith("option:") for o in offered)
    if not only_answers and (picked := pick(heard.text, [(o, [o.label]) for o in offered])):
        return [picked.do], heard.text
    return None, _words(heard)


def _words(heard: Heard) -> str:
    incoming = heard.incoming
    if incoming.lines:
        return "\n".join(f"{x.who}: {x.said}" + (f" ({x.unsaid})" if x.unsaid else "") for x in incoming.lines)
    if incoming.value is not None:
        return str(incoming.value)
    if incoming.date is not None:
        return incoming.date.strftime(engine.KINDLY)
    return incoming.text or ""


def _outcome(talk: Talk, said: str) -> Outcome:
    talk.state.status = _status(talk)
    return Outcome(
        state=talk.state,
        replies=talk.replies,
        said=said,
        effect=talk.effect,
        remind=talk.remind,
        happened=talk.happened,
    )


def _status(talk: Talk) -> ScriptStatus | None:
    run, script = talk.state.run, talk.script
    if run is None or script is None:
        return None
    number, total = engine.position(script, run)
    return ScriptStatus(name=run.script, step=number, of=total, state=run.state)
