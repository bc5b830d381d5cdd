"""The one way into Rasa: a turn from the door, with a secret, on loopback."""

from __future__ import annotations

import datetime as dt
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ConfigDict
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, Request, response
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.engine.names import CHANNEL, LOADING, SECRET_HEADER
from bot.messages import Happening, Incoming, KeptHow, Reply, Risk
from bot.statement import Channel
from bot.store.conversations import StaleConversation, UnknownConversation
from bot.store.masters import MasterKeyTrouble
from bot.store.sealing import SealBroken
from bot.store.tracker_store import EngineTurn, TurnFailed, current_turn

logger = logging.getLogger(__name__)


class TurnRequest(BaseModel):
    """A message as the door hands it over; now is the door's clock, crisis: it follows the crisis panel, risks: what
    was heard that needs no panel, check: whether an own danger was spoken of and put aside, near: whether one
    may be meant, too unclear to stop for. opened: the message was a
    bewaarcode, and this was kept under it; kept: whether something of this talk is kept; consent: whether a coordinator may see pieces. channel: which way the
    talk goes; corrects: the message takes the place of the one before it; called: what the panel was shown for."""

    model_config = ConfigDict(extra="forbid")

    conversation: str
    id: str
    now: dt.datetime
    crisis: bool = False
    risks: list[Risk] = []
    check: bool = False
    near: bool = False
    opened: list[dict[str, Any]] | None = None
    kept: KeptHow = ""
    consent: bool = False
    channel: Channel = "web"
    corrects: bool = False
    called: str = ""
    message: Incoming


class TurnOutput(CollectingOutputChannel):
    """Gathers what the actions say, and what the doctor's message is in words."""

    async def send_custom_json(self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any) -> None:
        """Take one message of our actions."""
        turn = current_turn.get()
        turn.said = json_message["said"]
        # Actions of a version before this one, during an upgrade, say nothing of it.
        turn.script = json_message.get("script")
        turn.effect = json_message["effect"]
        turn.remind = json_message["remind"]
        turn.happened = [Happening.model_validate(h) for h in json_message["happened"]]
        turn.replies = [Reply.model_validate(r) for r in json_message["replies"]]


class DoorChannel(InputChannel):
    """Rasa's input channel for the door."""

    def __init__(self, secret: str) -> None:
        """A channel that takes messages with this secret only."""
        self._secret = secret

    @classmethod
    def name(cls) -> str:
        """The name, which is also its path."""
        return CHANNEL

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes: one turn, and whether the engine is ready."""
        routes = Blueprint("door")

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            ready = getattr(request.app.ctx, "agent", None) is not None and request.app.ctx.agent.is_ready()
            return response.json({"engine": "ok" if ready else "down"})

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret.encode()):
                return response.json({"error": "secret"}, status=403)
            return await self._turn(TurnRequest.model_validate_json(request.body), on_new_message)

        return routes

    async def _turn(self, wanted: TurnRequest, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> HTTPResponse:
        turn = EngineTurn(message_id=wanted.id, today=wanted.now.date(), channel=wanted.channel)
        current_turn.set(turn)
        try:
            with metrics.engine_seconds.time():
                await on_new_message(_user_message(wanted))
        except UnknownConversation:
            metrics.engine_failures.labels("unknown").inc()
            return response.json({"error": "unknown"}, status=404)
        except StaleConversation:
            metrics.engine_failures.labels("stale").inc()
            return response.json({"error": "stale"}, status=409)
        except (TurnFailed, SQLAlchemyError, MasterKeyTrouble, SealBroken) as error:
            # The class alone: messages of exceptions can hold what a doctor wrote.
            cause = error.__cause__ or error
            metrics.engine_failures.labels("failed").inc()
            logger.error("a turn was not stored: %s", type(cause).__name__)
            return response.json({"error": "failed"}, status=503)
        if turn.stored is None:
            return response.json({"error": LOADING}, status=503)
        return response.json(turn.stored)


def _user_message(wanted: TurnRequest) -> UserMessage:
    """The message for Rasa: text to be read by the language model, anything else as an answer without reading."""
    text = (wanted.message.text or "").lstrip("/ \n\t").strip()
    parsed = None
    if not text or wanted.message.text is None:
        # Rasa reads an intent with great certainty into an empty message; a choice needs no reading either.
        text, intent = text or "-", {"name": "vertellen.geen", "confidence": 1.0}
        parsed = {"text": text, "intent": intent, "intent_ranking": [intent], "entities": []}
    return UserMessage(
        text=text,
        output_channel=TurnOutput(),
        sender_id=wanted.conversation,
        parse_data=parsed,
        input_channel=CHANNEL,
        message_id=wanted.id,
        metadata=wanted.model_dump(mode="json", exclude={"conversation", "id"}),
    )
