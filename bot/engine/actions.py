"""The way from the engine to the actions: in its own process, or over HTTP to theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.utils.endpoints import EndpointConfig

from bot.engine.names import SECRET_HEADER
from bot.store.tracker_store import current_turn

# The actions need no domain, and making a dictionary of it takes longer than they do.
WITHOUT_DOMAIN = {"enable_selective_domain": True}


class AnswerMalformed(Exception):
    """What the actions answered has not the shape that Rasa expects."""


class _Actions(EndpointConfig):
    """The actions; when they fail, so does the turn, which Rasa by itself would call done."""

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """What the actions answer."""
        try:
            return await self.answer(*args, **kwargs)
        except Exception as error:
            current_turn.get().failure = error
            raise

    async def answer(self, *args: Any, **kwargs: Any) -> Any:
        """What they answer, or why not."""
        raise NotImplementedError


class Here(_Actions):
    """In this process."""

    def __init__(self, executor: Any) -> None:
        super().__init__("here", **WITHOUT_DOMAIN)
        self._executor = executor

    async def answer(self, *args: Any, **kwargs: Any) -> Any:
        """Run the action; the body is that of Rasa's request."""
        return await self._executor.run(kwargs["json"])


class Elsewhere(_Actions):
    """In a process of their own."""

    def __init__(self, url: str, secret: str) -> None:
        super().__init__(f"{url}/webhook", headers={SECRET_HEADER: secret}, **WITHOUT_DOMAIN)

    async def answer(self, *args: Any, **kwargs: Any) -> Any:
        """Ask them."""
        return await super(_Actions, self).request(*args, **kwargs)


def way(url: str, secret: str, executor: Callable[[], Any]) -> EndpointConfig:
    """The way to the actions: to the process at this address, or, without one, to what `executor` gives."""
    return Elsewhere(url, secret) if url else Here(executor())


def look_up_events_once() -> None:
    """Let Rasa remember the class of each kind of event: by itself it goes through all of them, each time it reads one
    (rasa/shared/core/events.py, Event.resolve_by_type)."""
    Event.resolve_by_type = staticmethod(cache(Event.resolve_by_type))


def check_answers_quickly(url: str) -> None:
    """Let Rasa check what the actions answer by a schema that is compiled once: by itself it compiles it for every answer,
    which took half of a turn (rasa/core/actions/action.py, RemoteAction._validate_action_result). Without a url they run in
    this process, where their own library has checked it already."""
    if not url:
        RemoteAction._validate_action_result = lambda *_: True
        return
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate(_: RemoteAction, result: dict[str, Any]) -> bool:
        if not validator.is_valid(result):
            # The library's own exception repeats what a doctor wrote.
            raise AnswerMalformed
        return True

    RemoteAction._validate_action_result = validate
