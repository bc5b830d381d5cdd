"""Reading what arrives: first for danger, whatever it is, then as the message that it should be."""

from __future__ import annotations

import asyncio
import json
import unicodedata
import uuid
from contextlib import suppress
from typing import Any

from pydantic import ConfigDict, ValidationError, model_validator
from starlette.requests import Request

from bot.door.problems import Problem
from bot.messages import Incoming

BODY_LIMIT = 16 * 1024
TEXT_LIMIT = 4_000
# What is refused as too large is still read for danger, up to here.
HEARD_LIMIT = 128 * 1024
# Who sends so slowly is read as far as it came: each that is waited for takes room.
BODY_SECONDS = 20.0
# Kinds of characters (Unicode) of which nothing is to be seen: spaces, and those that control or format.
UNSEEN = "CZ"


class Message(Incoming):
    """A message with its id, made by the client. Exactly one kind of content. corrects: it takes the place of the message
    before it, as an edit does in a messenger."""

    model_config = ConfigDict(extra="forbid")

    id: uuid.UUID
    corrects: bool = False

    @model_validator(mode="after")
    def _one(self) -> Message:
        given = [f for f in Incoming.model_fields if getattr(self, f) is not None]
        if len(given) != 1:
            raise ValueError("one-of")
        return self


async def body_of(request: Request) -> tuple[bytes, bool]:
    """The body, as far as it will be read or comes in time, and whether it is larger than allowed."""
    chunks, size = [], 0
    with suppress(TimeoutError):
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                chunks.append(chunk)
                if size > HEARD_LIMIT:
                    break
    return b"".join(chunks)[:HEARD_LIMIT], size > BODY_LIMIT


def words_in(body: bytes) -> str:
    """All words in a body, valid or not: the texts of a JSON document, or else the body itself."""
    raw = body.decode("utf-8", "replace")
    try:
        return "\n".join(_strings(json.loads(raw)))
    except (ValueError, RecursionError):
        # Half a document (it was too long) still has its text; the escapes of JSON are undone where there are any.
        try:
            return str(json.loads('"' + raw.replace('"', " ").replace("\n", " ").rstrip("\\") + '"', strict=False))
        except ValueError:
            return raw


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [s for key, v in value.items() if key not in ("id", "choice", "choices") for s in _strings(v)]
    if isinstance(value, list):
        return [s for v in value for s in _strings(v)]
    return []


def message_in(body: bytes) -> Message:
    """The message in a body, its texts cleaned. Raises Problem when it is none, or too long."""
    try:
        raw = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Problem(400, "vorm") from None
    try:
        message = Message.model_validate_json(json.dumps(_clean(raw)), strict=True)
    except (ValidationError, RecursionError):
        raise Problem(422, "vorm") from None
    if len(message.text or "") > TEXT_LIMIT:
        raise Problem(413, "te_groot")
    return message


def _clean(value: Any) -> Any:
    """The same with well-formed text: composed, without NUL, lone surrogates replaced; nothing when nothing of it shows."""
    if isinstance(value, str):
        text = value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
        shows = any(unicodedata.category(letter)[0] not in UNSEEN for letter in text)
        return unicodedata.normalize("NFC", text) if shows else ""
    if isinstance(value, dict):
        return {_clean(k): _clean(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_clean(v) for v in value]
    return value
