"""The way from the engine to the actions: what goes wrong there makes the turn fail, wherever they run."""

from __future__ import annotations

from tests.engine.apart import printed_by

_CODE = """
from bot.engine.quiet import quiet
quiet()
import asyncio, logging
from rasa.core.actions.action import RemoteAction
from bot.engine.actions import AnswerMalformed, Here, check_answers_quickly, way
from bot.store.tracker_store import EngineTurn, current_turn
import datetime as dt

check_answers_quickly("http://127.0.0.1:1")
remote = RemoteAction("action_reply", None)
good = {"events": [{"event": "slot", "name": "stand", "value": "x", "timestamp": None}], "responses": [{"text": "dag"}]}
print(remote._validate_action_result(good))
for bad in ({"events": [{"name": "stand"}], "responses": []}, {"events": 3}, {"responses": ["geheim"]}):
    try:
        remote._validate_action_result(bad)
    except AnswerMalformed as error:
        print("refused", "geheim" in str(error))

class Failing:
    async def run(self, call):
        raise RuntimeError("wat iemand schreef")

class Answering:
    async def run(self, call):
        return {"events": [], "responses": [], "asked": call["next_action"]}

turn = EngineTurn("m1", dt.date(2026, 11, 26))
current_turn.set(turn)
print(asyncio.run(way("", "s", Answering).request(json={"next_action": "action_reply"}))["asked"])
async def failing():
    current_turn.set(turn)
    try:
        await way("", "s", Failing).request(json={})
    except RuntimeError:
        print("failed", type(turn.failure).__name__)
asyncio.run(failing())
print(type(way("http://127.0.0.1:1", "s", Failing)).__name__, type(way("", "s", Failing)).__name__)
"""


def test_what_the_actions_answer_is_checked_and_their_failing_fails_the_turn() -> None:
    assert printed_by(_CODE) == [
        "True",
        *["refused False"] * 3,
        "action_reply",
        "failed RuntimeError",
        "Elsewhere Here",
    ]
