"""Everything of a talk in one file, for the doctor: as data, and to read."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any

from bot.dialogue.state import State
from bot.dialogue.talk import World, loads
from bot.dialogue.thread import reflections, version
from bot.door.reports import report_of
from bot.scripts.report import as_markdown
from bot.store.conversations import Conversations

MEDIA_TYPE = "application/zip"
NAME = "pas-op-de-plaats.zip"
# The archive says nothing of when it was made.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def export(conversations: Conversations, world: World, identifier: str, now: dt.datetime) -> bytes:
    """A ZIP archive: the talk, what is remembered of it and what the door keeps of it as JSON; the talk and the reflections,
    also those that a bewaarcode brought back, as Markdown. Raises UnknownConversation."""
    messages = conversations.messages(identifier, 0)
    remembered = conversations.snapshot(identifier).content["state"]
    notes = conversations.notes(identifier)
    data = {"messages": messages, "state": json.loads(remembered), "notes": notes.model_dump()}
    return _zipped(
        {
            "gesprek.json": json.dumps(data, ensure_ascii=False, indent=1),
            "gesprek.md": _talk(messages, world),
            **_reflections(loads(remembered), world, now),
        }
    )


def _talk(messages: list[dict[str, Any]], world: World) -> str:
    who = {"bot": world.responses.text("export_bot"), "doctor": world.responses.text("export_arts")}
    parts = [f"# {world.responses.text('export_titel')}"]
    for message in messages:
        quoted = "\n".join(f"> {line}".rstrip() for line in message["text"].splitlines())
        parts.append(f"**{who[message['from']]}**\n\n{quoted}")
    return "\n\n".join(parts) + "\n"


def _reflections(state: State, world: World, now: dt.datetime) -> dict[str, str]:
    """Each reflection as Markdown, by its script and the day of it; of an old version of a script just the words."""
    found: dict[str, str] = {}
    for kept in sorted(reflections(world.library, state, now).values(), key=lambda one: one.day):
        script = version(world.library, kept.run)
        if script:
            text = as_markdown(report_of(script, kept.run, world, kept.day), world.responses)
        else:
            text = f"# {kept.title}\n\n" + "\n\n".join(f"## {part.heading}\n\n{part.text}" for part in kept.sections)
        number = sum(name.startswith(f"{kept.run.script}-{kept.day}") for name in found)
        found[f"{kept.run.script}-{kept.day}{f'-{number + 1}' if number else ''}.md"] = text
    return found


def _zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text)
    return buffer.getvalue()
