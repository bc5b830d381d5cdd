"""Everything of a talk in one file, for the doctor: as data, and to read."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from bot.dialogue.talk import World, loads
from bot.door.reports import report_of
from bot.scripts.report import as_markdown
from bot.store.conversations import Conversations

MEDIA_TYPE = "application/zip"
NAME = "pas-op-de-plaats.zip"
# The archive says nothing of when it was made.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def export(conversations: Conversations, world: World, identifier: str) -> bytes:
    """A ZIP archive: the talk, what is remembered of it and what the door keeps of it as JSON; the talk and the reflections
    as Markdown. Raises UnknownConversation."""
    messages = conversations.messages(identifier, 0)
    state = json.loads(conversations.snapshot(identifier).content["state"])
    notes = conversations.notes(identifier)
    data = {"messages": messages, "state": state, "notes": notes.model_dump()}
    return _zipped(
        {
            "gesprek.json": json.dumps(data, ensure_ascii=False, indent=1),
            "gesprek.md": _talk(messages, world),
            **_reflections(conversations, world, identifier),
        }
    )


def _talk(messages: list[dict[str, Any]], world: World) -> str:
    who = {"bot": world.responses.text("export_bot"), "doctor": world.responses.text("export_arts")}
    parts = [f"# {world.responses.text('export_titel')}"]
    for message in messages:
        quoted = "\n".join(f"> {line}".rstrip() for line in message["text"].splitlines())
        parts.append(f"**{who[message['from']]}**\n\n{quoted}")
    return "\n\n".join(parts) + "\n"


def _reflections(conversations: Conversations, world: World, identifier: str) -> dict[str, str]:
    state = loads(conversations.snapshot(identifier).content["state"])
    day = conversations.last_day(identifier)
    found = {}
    for run in [*state.shelf.values(), *([state.run] if state.run else [])]:
        script = world.library.version(run.script, run.digest)
        found[f"{run.script}.md"] = as_markdown(report_of(script, run, world, day), world.responses)
    return found


def _zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text)
    return buffer.getvalue()
