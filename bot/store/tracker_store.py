"""Rasa's tracker store: a snapshot of a talk instead of its events, so that a turn costs the same however long it is."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.messages import Effect, Happening, Reply
from bot.store.conversations import Conversations, Snapshot
from bot.store.events import WEB

STATE_SLOT = "stand"
SAID_AT_A_STEP = ("answered", "added", "changed", "misunderstood")


@dataclass
class EngineTurn:
    """The turn that is being made: what is stored with the new snapshot, and what went wrong on the way."""

    message_id: str
    today: dt.date
    replies: list[Reply] = field(default_factory=list)
    said: str = ""
    script: dict[str, Any] | None = None
    effect: Effect = ""
    remind: str = ""
    channel: str = WEB
    happened: list[Happening] = field(default_factory=list)
    failure: Exception | None = None
    version: int | None = None
    stored: dict[str, Any] | None = None

    @property
    def piece(self) -> dict[str, Any] | None:
        """What was said at a step of a script and what was made of it, which a coordinator may see if the doctor
        consents."""
        said = [one for one in self.happened if one.what in SAID_AT_A_STEP]
        if not said:
            return None
        details = {one.what: one.detail for one in self.happened}
        made = {"act": details.get("heard", ""), "cue": details.get("probed", "")}
        return {**said[0].model_dump(include={"script", "version", "step", "what"}), "text": self.said, **made}


current_turn: ContextVar[EngineTurn] = ContextVar("current_turn")


class TurnFailed(Exception):
    """The turn went wrong before it was stored; nothing of it counts."""


class SnapshotTrackerStore(TrackerStore):
    """Keeps the slots and the loop of a talk. Saving stores the message, the replies and the snapshot at once."""

    def __init__(self, conversations: Conversations, domain: Domain | None = None) -> None:
        """A store on these conversations."""
        super().__init__(domain)
        self._conversations = conversations

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of a talk, made from its snapshot. Raises UnknownConversation when there is none."""
        snapshot = await asyncio.to_thread(self._conversations.snapshot, sender_id)
        current_turn.get().version = snapshot.version
        content = snapshot.content
        events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
        events.append(SlotSet(STATE_SLOT, content["state"]))
        if content.get("loop"):
            events += [ActionExecuted(content["loop"]), ActiveLoop(content["loop"])]
            events.append(SlotSet(REQUESTED_SLOT, content.get("requested")))
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots, domain=self.domain)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the turn. Raises TurnFailed when an action failed, and what the store raises; nothing counts then."""
        turn = current_turn.get()
        if turn.failure is not None or turn.version is None:
            raise TurnFailed from turn.failure
        content = {
            "state": tracker.get_slot(STATE_SLOT),
            "loop": tracker.active_loop_name,
            "requested": tracker.get_slot(REQUESTED_SLOT),
        }
        extra: dict[str, Any] = {"script": turn.script, "effect": turn.effect}
        if turn.remind:
            extra["remind"] = turn.remind
        if piece := turn.piece:
            extra["piece"] = piece
        turn.stored = await asyncio.to_thread(
            self._conversations.add_turn,
            tracker.sender_id,
            turn.message_id,
            turn.said,
            turn.replies,
            turn.today,
            snapshot=Snapshot(turn.version, content),
            extra=extra,
            happened=turn.happened,
            channel=turn.channel,
        )
