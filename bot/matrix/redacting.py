"""Taking the bot's own words out of a room, after the doctor erased the talk."""

from __future__ import annotations

import nio

from bot.matrix.client import Client, Gone
from bot.store.channels import Channel

KINDS = ("m.room.message", "m.room.encrypted")


async def redact_before(client: Client, channel: Channel, room: str, farewell: str) -> None:
    """Redact what the bot said in a room before its farewell. What was redacted before is skipped, so this can be done
    again. Raises Gone when the room is not there any more."""
    events, position = await client.just_before(room, farewell)
    while events:
        for event in events:
            own = event.sender == client.user and event.source.get("type") in KINDS
            if own and not isinstance(event, nio.RedactedEvent):
                try:
                    await client.redact(room, event.event_id, channel.named(f"redact/{event.event_id}")[:40])
                except Gone:
                    # The server does not let it; the doctor was told that this may be.
                    continue
        events, position = await client.page_back(room, position) if position else ([], "")
