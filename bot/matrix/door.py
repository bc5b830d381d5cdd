"""The door, as a client of a messenger sees it: over loopback, with the secret that says which channel this is."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from bot.door.origin import CHANNEL_HEADER, CHANNEL_SECRET, SECRET_HEADER, SENDER_HEADER
from bot.settings import Settings

# A turn may take this long; the door itself gives up on the engine before that.
TURN_SECONDS = 40
RETRY_SECONDS = 2.0
CONNECTIONS = 200
Messages = list[dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """What the door answered. erased: the talk is gone; remind: what to do about reminders; done: a script was ended."""

    messages: Messages
    erased: bool = False
    remind: str = ""


@dataclass(frozen=True)
class Download:
    """A file of the door."""

    name: str
    media_type: str
    content: bytes


class DoorTrouble(Exception):
    """The door did not take a message. panel: the crisis messages that came with that, to be shown whatever else."""

    def __init__(self, panel: Messages) -> None:
        super().__init__()
        self.panel = panel


class Away(DoorTrouble):
    """Not now: the same message can be given again after so many seconds."""

    def __init__(self, seconds: float, panel: Messages) -> None:
        super().__init__(panel)
        self.seconds = seconds


class UnknownTalk(DoorTrouble):
    """The token opens nothing (any more)."""


class Refused(DoorTrouble):
    """Never: the words say why, to the doctor."""

    def __init__(self, words: str, panel: Messages) -> None:
        super().__init__(panel)
        self.words = words


class Door:
    """Takes messages to the door. Every call raises Away or, with a token, UnknownTalk."""

    def __init__(self, settings: Settings) -> None:
        self._client = httpx.AsyncClient(
            base_url=settings.door_url,
            headers={SECRET_HEADER: settings.secret(CHANNEL_SECRET), CHANNEL_HEADER: "matrix"},
            timeout=httpx.Timeout(TURN_SECONDS, connect=2),
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=20),
            trust_env=False,
        )

    async def open(self, sender: str) -> tuple[str, Messages]:
        """A new talk for this sender: its token and its greeting."""
        named = hashlib.sha256(sender.encode()).hexdigest()
        answer = await self._call("POST", "/api/conversation", headers={SENDER_HEADER: named})
        found = answer.json()
        return found["token"], found["messages"]

    async def message(self, token: str, identifier: str, text: str, *, corrects: bool = False) -> Answer:
        """The answer to a message; the same identifier again gives the same one. Raises Refused too."""
        body: dict[str, Any] = {"id": identifier, "text": text}
        if corrects:
            body["corrects"] = True
        found = (await self._call("POST", "/api/message", token, json=body)).json()
        return Answer(found["messages"], bool(found.get("erased")), found.get("remind", ""))

    async def danger(self, text: str) -> Messages:
        """The crisis panel, if these words are about the writer's own danger; they become part of no talk."""
        try:
            await self._call("POST", "/api/message", json={"id": str(uuid.uuid4()), "text": text})
        except (UnknownTalk, Refused) as refused:
            return refused.panel
        return []

    async def said(self, token: str) -> Messages:
        """What the bot said in a talk."""
        found = (await self._call("GET", "/api/conversation", token)).json()
        return [message for message in found["messages"] if message["from"] == "bot"]

    async def report(self, token: str, format_: str) -> Download | None:
        """The report as a file; None when there is none in this form."""
        try:
            made = await self._call("POST", "/api/report", token, json={"format": format_})
            got = await self._call("GET", made.json()["href"])
        except Refused:
            return None
        name = got.headers.get("content-disposition", "").partition('filename="')[2].rstrip('"')
        return Download(name or format_, got.headers["content-type"], got.content)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _call(self, method: str, path: str, token: str = "", **arguments: Any) -> httpx.Response:
        if token:
            arguments["headers"] = {"Authorization": f"Bearer {token}"}
        try:
            answer = await self._client.request(method, path, **arguments)
        except httpx.HTTPError:
            raise Away(RETRY_SECONDS, []) from None
        if answer.is_success:
            return answer
        panel = _panel(answer)
        if answer.status_code == 401:
            raise UnknownTalk(panel)
        if answer.status_code == 429 or answer.status_code >= 500:
            raise Away(_seconds(answer), panel)
        raise Refused(_words(answer), panel)


def _seconds(answer: httpx.Response) -> float:
    try:
        return float(answer.headers["retry-after"])
    except (KeyError, ValueError):
        return RETRY_SECONDS


def _document(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _words(answer: httpx.Response) -> str:
    return str(_document(answer).get("detail", ""))


def _panel(answer: httpx.Response) -> Messages:
    return list(_document(answer).get("messages", []))


def crisis(messages: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The crisis panel among messages, if it is there."""
    return next((message for message in messages if message.get("kind") == "crisis"), None)
