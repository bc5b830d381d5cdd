"""The actions of a turn: read the tracker, take a step of the dialogue, give back what changed.

A step is taken in a thread: it may look in the directory of coaches, and others must not wait for the database.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.dialogue import questions
from bot.dialogue.state import Kept, State
from bot.dialogue.talk import Heard, World, dumps, loads
from bot.dialogue.turn import step
from bot.language.reading import read
from bot.messages import Incoming, Risk
from bot.settings import settings
from bot.store.coaches import StoredCoaches
from bot.store.database import open_database, sessions

FORM = "script_form"
TURN_SLOT = "beurt"
STATE_SLOT = "stand"


@cache
def world() -> World:
    """What the dialogue looks things up in, read once by this process."""
    coaches = StoredCoaches(sessions(open_database(settings().database_url)))
    return World.read(settings(), coaches)


def take_step(tracker: Tracker, dispatcher: CollectingDispatcher) -> State:
    """Answer the latest message, and give the new state."""
    state = loads(tracker.get_slot(STATE_SLOT))
    latest = tracker.latest_message
    sent = latest["metadata"]
    reading = read(latest, "script" if state.in_script else "idle")
    heard = Heard(
        incoming=Incoming.model_validate(sent["message"]),
        act=reading.act,
        topic=reading.topic,
        now=dt.datetime.fromisoformat(sent["now"]),
        after_crisis=sent["crisis"],
        risks=tuple(Risk.model_validate(risk) for risk in sent["risks"]),
        check=sent["check"],
        near=sent["near"],
        cues=tuple(reading.cues),
        fresh=secrets.token_hex(questions.HALF),
        opened=None if sent["opened"] is None else tuple(Kept.model_validate(one) for one in sent["opened"]),
        kept=sent["kept"],
        consent=sent["consent"],
        channel=sent["channel"],
        corrects=sent["corrects"],
        called=sent["called"],
    )
    outcome = step(state, heard, world())
    made = outcome.model_dump(mode="json", include={"said", "replies", "effect", "remind", "happened"})
    made["script"] = outcome.state.status and outcome.state.status.model_dump(mode="json")
    dispatcher.utter_message(json_message=made)
    return outcome.state


class ActionReply(Action):
    """Answers a message outside a script, and opens the form when a script begins."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_reply"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Take a step of the dialogue."""
        state = await asyncio.to_thread(take_step, tracker, dispatcher)
        follow = FollowupAction(FORM if state.in_script else "action_listen")
        return [SlotSet(STATE_SLOT, dumps(state)), SlotSet(TURN_SLOT, None), follow]


class ValidateScriptForm(Action):
    """Takes every message inside a script, and lets the form go when the script is paused or done."""

    def name(self) -> str:
        """The name in domain.yml, which Rasa derives from the form."""
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Take a step of the dialogue; nothing at the form's activation, when there is no message yet."""
        if tracker.get_slot(TURN_SLOT) is None:
            return []
        state = await asyncio.to_thread(take_step, tracker, dispatcher)
        events = [SlotSet(STATE_SLOT, dumps(state)), SlotSet(TURN_SLOT, None)]
        return events if state.in_script else [*events, SlotSet("requested_slot", None)]
