"""Coming back after more than a day: where it was, in one sentence, and the offer to go on right there."""

from __future__ import annotations

import datetime as dt

from bot.dialogue import idle
from bot.dialogue.talk import Talk
from bot.scripts import engine

AWAY = dt.timedelta(days=1)
# What says by itself what the doctor wants needs no offer first.
WANTS_ELSE = ("start", "menu", "mens", "privacy", "uitleg", "vergeten", "verslag", "stoppen", "wijzig", "terug")


def applies(talk: Talk) -> bool:
    """Whether the doctor was away for more than a day and left a script in the middle."""
    state, heard = talk.state, talk.heard
    waiting_for_crisis = state.waiting is not None and state.waiting.crisis
    if state.last is None or heard.now - state.last <= AWAY or waiting_for_crisis:
        return False
    left = state.in_script or bool(state.run and state.run.script in idle.paused(talk))
    return left and heard.act not in WANTS_ELSE


def welcome(talk: Talk) -> None:
    """Say where it was. Who says 'go on' goes on; what anyone else says is held, to become the answer if wanted."""
    state = talk.state
    script, run = talk.script, state.run
    assert script is not None and run is not None
    state.waiting = None
    state.run = run.model_copy(update={"state": "paused"})
    number, _ = engine.position(script, run)
    about = (script.step(run.at).subject or "") if run.at else ""
    talk.say("weer_terug", titel=script.label, nummer=number, onderwerp=about)
    if talk.heard.act == "verder":
        idle.resume(talk)
        return
    if talk.heard.act == "vertellen" and talk.heard.text:
        state.held = talk.heard.text
    talk.question("weer_verder", yes=f"resume:{run.script}", no="no", naam=run.script)
