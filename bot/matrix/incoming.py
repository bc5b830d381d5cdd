"""What an event in a room means to the bot. Pure: reads the content of events, whatever library made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import regex

YES, NO = "👍", "👎"
# Skin tones, and the sign that asks for a coloured picture.
_VARIANTS = regex.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
_TEXT = ("m.text", "m.emote")
_FILES = ("m.image", "m.file", "m.audio", "m.video", "m.location")
_OTHER_KINDS = ("m.sticker", "m.poll.start", "org.matrix.msc3381.poll.start", "m.beacon_info", "m.call.invite")


@dataclass(frozen=True)
class Words:
    """Words that the doctor wrote; edits: the event that they take the place of."""

    text: str
    edits: str = ""


@dataclass(frozen=True)
class Thumb:
    """A thumb up or down under a message."""

    under: str
    up: bool


@dataclass(frozen=True)
class File:
    """Something that is not read: a picture, a voice, a file, a place. caption: words that came with it."""

    caption: str = ""


@dataclass(frozen=True)
class Unreadable:
    """A message that cannot be decrypted."""


@dataclass(frozen=True)
class Unsealed:
    """Words that came in the clear where everything is encrypted: the homeserver may have made them up."""

    text: str


Meaning = Words | Thumb | File | Unreadable | Unsealed


def unsealed(meaning: Meaning | None) -> Meaning | None:
    """What it means when it came in the clear into an encrypted room. A reaction always does."""
    match meaning:
        case Words(text, _) | File(text):
            return Unsealed(text)
        case _:
            return meaning


def meaning(kind: str, content: Mapping[str, Any]) -> Meaning | None:
    """What an event of this type with this content means; None when it is nothing to answer."""
    related = content.get("m.relates_to")
    related = related if isinstance(related, Mapping) else {}
    if kind == "m.room.encrypted":
        return Unreadable()
    if kind == "m.reaction":
        return _thumb(related)
    if kind in _OTHER_KINDS:
        return File()
    if kind != "m.room.message":
        return None
    edits = str(related.get("event_id", "")) if related.get("rel_type") == "m.replace" else ""
    new = content.get("m.new_content")
    if edits:
        content = new if isinstance(new, Mapping) else {}
    what, body = content.get("msgtype"), content.get("body")
    body = body if isinstance(body, str) else ""
    if what in _TEXT:
        return Words(_without_quoted(body) if "m.in_reply_to" in related else body, edits)
    if what in _FILES or what not in ("m.notice", "m.server_notice", None):
        # The name of the file stands in the body when there are no words with it.
        name = content.get("filename")
        return File(body if isinstance(name, str) and name != body else "")
    return None


def _thumb(related: Mapping[str, Any]) -> Thumb | None:
    key = _VARIANTS.sub("", str(related.get("key", "")))
    return Thumb(str(related.get("event_id", "")), key == YES) if key in (YES, NO) else None


def _without_quoted(body: str) -> str:
    """A reply without the quoted lines that some clients put before it."""
    lines = body.split("\n")
    if not lines[0].startswith("> "):
        return body
    while lines and lines[0].startswith(">"):
        lines.pop(0)
    return "\n".join(lines).strip("\n")
