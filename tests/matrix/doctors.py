"""Doctors with a messenger of their own: the same library on the other side, each with its own device and keys."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nio

from bot.store.channels import Channel
from tests.matrix.homeserver import Homeserver

ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
WITHOUT_SIGNS = {"room": {"ephemeral": {"types": []}}, "presence": {"types": []}}
# Also on a machine that has much else to do.
SECONDS = 120
POLL = 300
_numbers = itertools.count(1)
Content = dict[str, Any]


class Doctor:
    """Someone with a Matrix client. heard: what the bot said in the room, oldest first, as (event id, content)."""

    def __init__(self, server: Homeserver, bot: str, channel: Channel, folder: Path, name: str = "") -> None:
        self.server, self.bot, self.channel = server, bot, channel
        self.user = server.register(name or f"arts{next(_numbers)}")
        configuration = nio.AsyncClientConfig(encryption_enabled=True, store_sync_tokens=False)
        self.client = nio.AsyncClient(server.address, self.user, store_path=str(folder), config=configuration)
        self.room = ""
        self.heard: list[tuple[str, Content]] = []
        self.gone: set[str] = set()
        # Who types and reads is looked at only where that is what matters: each sign wakes a client up.
        self.looks = False
        self.typed = False
        self.read: set[str] = set()

    async def log_in(self) -> Doctor:
        """Come online."""
        await self.client.login(self.server.passwords[self.user])
        await self.sync(0)
        return self

    async def begin(self, *, encrypted: bool = False, wait: bool = True) -> Doctor:
        """Invite the bot to a direct chat, and wait for its greeting."""
        made = await self.client.room_create(
            is_direct=True,
            invite=[self.bot],
            preset=nio.RoomPreset.trusted_private_chat,
            initial_state=[ENCRYPTION] if encrypted else [],
        )
        assert isinstance(made, nio.RoomCreateResponse), made
        self.room = made.room_id
        if wait:
            await self.until(lambda: self.kept.get("token") and not self.kept.get("working"))
        return self

    @property
    def kept(self) -> Content:
        """What the bot keeps of the room."""
        return self.channel.room(self.room)

    async def sync(self, milliseconds: int = POLL) -> None:
        """Take in what came."""
        found = await self.client.sync(milliseconds, {} if self.looks else WITHOUT_SIGNS)
        assert isinstance(found, nio.SyncResponse), found
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()
        if self.client.should_claim_keys:
            await self.client.keys_claim(self.client.get_users_for_key_claiming())
        await self.client.send_to_device_messages()
        for room, joined in found.rooms.join.items():
            if room == self.room:
                self._take(joined)

    def _take(self, joined: Any) -> None:
        for event in joined.timeline.events:
            if isinstance(event, nio.RedactionEvent) and event.sender == self.bot:
                self.gone.add(event.redacts)
            elif event.sender == self.bot and event.source["type"] == "m.room.message":
                self.heard.append((event.event_id, event.source["content"]))
            else:
                assert not (event.sender == self.bot and isinstance(event, nio.MegolmEvent)), "not readable"
        for event in joined.ephemeral:
            if isinstance(event, nio.TypingNoticeEvent):
                self.typed = self.typed or self.bot in event.users
            elif isinstance(event, nio.ReceiptEvent):
                self.read |= {receipt.event_id for receipt in event.receipts if receipt.user_id == self.bot}

    async def until(self, holds: Callable[[], Any], seconds: float = SECONDS) -> None:
        """Take in what comes until something holds."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not holds():
            assert asyncio.get_running_loop().time() < deadline, f"not in time; heard last: {self.last[-300:]}"
            await self.sync()
        await self.sync(0)

    async def send(self, content: Content, kind: str = "m.room.message") -> str:
        """Send something. Gives the id of the event."""
        sent = await self.client.room_send(self.room, kind, content, ignore_unverified_devices=True)
        assert isinstance(sent, nio.RoomSendResponse), sent
        return str(sent.event_id)

    def taken(self, event: str) -> bool:
        """Whether the bot took an event, and said all that it says to it."""
        kept = self.kept
        return self.channel.named(f"event/{event}")[:32] in kept.get("taken", []) and not kept.get("working")

    async def answered(self, event: str) -> list[Content]:
        """Wait until an event was taken. Gives what the bot said since."""
        before = len(self.heard)
        await self.until(lambda: self.taken(event))
        return [content for _, content in self.heard[before:]]

    async def say(self, text: str) -> list[Content]:
        """Say something, and wait for what the bot says to it."""
        before = len(self.heard)
        event = await self.send({"msgtype": "m.text", "body": text})
        self.last_event = event
        await self.until(lambda: self.taken(event))
        return [content for _, content in self.heard[before:]]

    async def edit(self, event: str, text: str) -> list[Content]:
        """Edit a message that was sent."""
        content = {"msgtype": "m.text", "body": text}
        related = {"rel_type": "m.replace", "event_id": event}
        sent = await self.send({**content, "body": f"* {text}", "m.new_content": content, "m.relates_to": related})
        return await self.answered(sent)

    async def react(self, event: str, key: str) -> str:
        """Put a picture under a message."""
        related = {"rel_type": "m.annotation", "event_id": event, "key": key}
        return await self.send({"m.relates_to": related}, "m.reaction")

    @property
    def last(self) -> str:
        """What the bot said last."""
        return str(self.heard[-1][1]["body"]) if self.heard else ""

    @property
    def said(self) -> str:
        """All that the bot said."""
        return "\n".join(str(content["body"]) for _, content in self.heard)

    async def close(self) -> None:
        """Go offline."""
        await self.client.close()
        if self.client.store:
            self.client.store.database.close()


def bodies(contents: list[Content]) -> str:
    """What messages say, as one text."""
    return "\n".join(str(content["body"]) for content in contents)
