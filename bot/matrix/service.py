"""The process: reads what comes from the homeserver, and lets each room be talked in, exactly once, whatever is restarted."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import nio

from bot.clock import Clock, utc_now
from bot.matrix import guests, shaping
from bot.matrix.client import CannotLogIn, Client, Gone, Pause
from bot.matrix.door import Door
from bot.matrix.identity import sign_device
from bot.matrix.incoming import Unreadable, meaning, unsealed
from bot.matrix.lanes import Lanes
from bot.matrix.position import Batch, Positions
from bot.matrix.redacting import redact_before
from bot.matrix.talking import STORE_TROUBLE, Patience, Taken, Talking
from bot.referrals.directory import ZONE
from bot.responses import Responses
from bot.settings import Settings
from bot.store import Store

logger = logging.getLogger(__name__)

CHANNEL = "matrix"
# Reminders come between these hours in Amsterdam, and are looked for this often.
FIRST_HOUR, LAST_HOUR = 8, 20
REMINDER_SECONDS = 60
# One that does not arrive in this time is tried again the next time.
REMINDER_PATIENCE = 300
LOGIN_SECONDS = 30


class Service:
    """The bot on Matrix."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock = utc_now,
        patience: Patience | None = None,
        pause: Pause | None = None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._patience = patience or Patience()
        self._pause = pause or Pause()
        self._texts = Responses.read()
        self._channel = store.channel(CHANNEL, settings.matrix_user)
        self.client = Client(settings, self._channel, self._pause)
        self._door = Door(settings)
        self._talking = Talking(
            self.client, self._door, store, self._channel, self._texts, clock, self._patience, self._redact
        )
        self.lanes = Lanes()
        self._state: dict[str, Any] = {}
        self._changed = asyncio.Event()
        self._positions = Positions(self._reached)
        self._inviters: dict[str, str] = {}
        self._aside: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Talk until this is cancelled. Raises CannotLogIn when the homeserver does not let the bot in."""
        try:
            self._state = await asyncio.to_thread(self._channel.state)
            await self._log_in()
            for room in await asyncio.to_thread(self._channel.rooms):
                if room.get("farewell"):
                    self._redact(room["address"], room["farewell"])
            self._start(self._keep_position())
            self._start(self._remind_now_and_then())
            await self._listen()
        finally:
            await self._stop()

    async def device(self) -> dict[str, str]:
        """Log in, and tell what an operator or a doctor compares: the account, its device and the key of that. Raises
        CannotLogIn."""
        self._state = await asyncio.to_thread(self._channel.state)
        try:
            await self._log_in()
            keys = self.client.nio.olm.account.identity_keys
            return {"account": self.client.user, "device": str(self.client.nio.device_id), "key": str(keys["ed25519"])}
        finally:
            await self._stop()

    async def _log_in(self) -> None:
        login = await self.client.log_in(self._state.get("login", {}))
        if login != self._state.get("login"):
            self._state["login"] = login
            await asyncio.to_thread(self._channel.keep_state, self._state)
        await self.client.upload_keys()
        if not self._state.get("signed"):
            self._state["signed"] = await sign_device(self.client, self._channel)
            await asyncio.to_thread(self._channel.keep_state, self._state)

    async def _log_in_again(self) -> None:
        while True:
            try:
                return await self._log_in()
            except CannotLogIn as trouble:
                logger.error("not logged in: %s", trouble)
                await asyncio.sleep(LOGIN_SECONDS)

    async def _listen(self) -> None:
        since, whole = str(self._state.get("position", "")), True
        while True:
            try:
                came = await self.client.sync(since, whole=whole)
            except CannotLogIn:
                await self._log_in_again()
                continue
            batch = self._positions.begin(came.next_batch)
            self._receive(came, since, batch)
            self._positions.close(batch)
            since, whole = came.next_batch, False

    def _receive(self, came: nio.SyncResponse, since: str, batch: Batch) -> None:
        for room, invited in came.rooms.invite.items():
            for event in invited.invite_state:
                if isinstance(event, nio.InviteMemberEvent) and event.state_key == self.client.user:
                    self._put(room, batch, self._invited(room, event.sender))
        for room, joined in came.rooms.join.items():
            events = joined.timeline.events
            if not since:
                # At the very first start nothing is known of what was said before.
                continue
            if joined.timeline.limited and not any(self._is_own_join(event) for event in events):
                self._put(room, batch, self._gap(room, joined.timeline.prev_batch, since))
            for event in events:
                if job := self._job(room, event):
                    self._put(room, batch, job)

    def _put(self, room: str, batch: Batch, job: Callable[[], Awaitable[None]]) -> None:
        self._positions.add(batch)

        async def do() -> None:
            await self._surely(job)
            self._positions.done(batch)

        self.lanes.put(room, do)

    async def _surely(self, job: Callable[[], Awaitable[None]]) -> None:
        """Do a job, again while the store is in trouble. Of what else goes wrong only the kind and the place are told."""
        tries = 0
        while True:
            try:
                return await job()
            except STORE_TROUBLE as trouble:
                logger.error("waiting for the store: %s", type(trouble).__name__)
                await asyncio.sleep(self._pause.after(tries))
                tries += 1
            except Gone:
                return None
            except Exception:
                logger.exception("something that came in a room was not taken")
                return None

    def _job(self, room: str, event: nio.Event) -> Callable[[], Awaitable[None]] | None:
        """What an event asks for; None when nothing."""
        if self._is_own_join(event):
            return self._came_in(room, event.event_id)
        kind = event.source.get("type")
        if kind in ("m.room.member", "m.room.join_rules"):
            return self._look_round(room, event.event_id) if event.sender != self.client.user else None
        if event.sender == self.client.user or not self._allowed(event.sender):
            return None
        if meaning(str(kind), _content(event)) is None:
            return None
        return self._taken(room, event)

    def _is_own_join(self, event: nio.Event) -> bool:
        return (
            isinstance(event, nio.RoomMemberEvent)
            and event.state_key == self.client.user
            and event.membership == "join"
            and event.prev_membership != "join"
        )

    def _allowed(self, user: str) -> bool:
        return guests.allowed(user, self._settings.matrix_allowed_domains, self._settings.matrix_allowed_users)

    def _invited(self, room: str, sender: str) -> Callable[[], Awaitable[None]]:
        async def job() -> None:
            if not self._allowed(sender):
                # Nothing is kept of it, nor said.
                logger.warning("an invitation of someone who may not invite was refused")
                await self.client.leave(room)
                return
            self._inviters[room] = sender
            await self.client.join(room)

        return job

    def _came_in(self, room: str, event: str) -> Callable[[], Awaitable[None]]:
        async def job() -> None:
            if not await self._left_unfitting(room, event):
                await self._talking.greet(room, self._inviters.pop(room, room), event)

        return job

    def _look_round(self, room: str, event: str) -> Callable[[], Awaitable[None]]:
        async def job() -> None:
            if not await self._left_unfitting(room, event) and self.client.members(room) == 1:
                await self.client.leave(room)

        return job

    async def _left_unfitting(self, room: str, event: str) -> bool:
        if guests.fitting(self.client.members(room), public=self.client.public(room)):
            return False
        await self._talking.crowded(room, event)
        await self.client.leave(room)
        return True

    def _taken(self, room: str, event: nio.Event) -> Callable[[], Awaitable[None]]:
        async def job() -> None:
            found: nio.Event | None = event
            if isinstance(event, nio.MegolmEvent):
                found = await self.client.decrypted(event, room, self._patience.key)
            means = Unreadable() if found is None else meaning(str(found.source.get("type")), _content(found))
            if found is not None and not found.decrypted and self.client.encrypted(room):
                means = unsealed(means)
            if means is not None:
                await self._talking.take(room, Taken(event.sender, event.event_id, means))

        return job

    def _gap(self, room: str, before: str, since: str) -> Callable[[], Awaitable[None]]:
        """Take what the server left out because it was too much."""

        async def job() -> None:
            missed: list[nio.Event] = []
            position = before
            while position:
                events, position = await self.client.page_back(room, position, since)
                for event in events:
                    missed.append(event)
                    if self._is_own_join(event):
                        position = ""
                        break
                if not events:
                    break
            for event in reversed(missed):
                if found := self._job(room, event):
                    await found()

        return job

    def _reached(self, position: str) -> None:
        self._state["position"] = position
        self._changed.set()

    async def _keep_position(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._surely(lambda: asyncio.to_thread(self._channel.keep_state, dict(self._state)))

    def _redact(self, room: str, farewell: str) -> None:
        async def job() -> None:
            await redact_before(self.client, self._channel, room, farewell)
            self.lanes.put(room, lambda: self._surely(lambda: self._talking.redacted(room, farewell)))

        self._start(self._surely(job))

    async def _remind_now_and_then(self) -> None:
        while True:
            await self._surely(self.send_due)
            await asyncio.sleep(REMINDER_SECONDS)

    async def send_due(self) -> None:
        """Send the reminders that are due, if this is the time of day for it."""
        now = self._clock().astimezone(ZONE)
        if not FIRST_HOUR <= now.hour < LAST_HOUR:
            return
        reminders = self._store.reminders
        content = shaping.plain(self._texts.text("matrix_herinnering"))
        for one in await asyncio.to_thread(reminders.due, now.date()):
            account, _, room = one.address.partition(" ")
            if account != self.client.user:
                continue
            transaction = self._channel.named(f"reminder/{one.id}")[:40]
            try:
                await asyncio.wait_for(self.client.send(room, content, transaction), REMINDER_PATIENCE)
            except TimeoutError:
                logger.warning("a reminder could not be sent yet")
                continue
            except Gone:
                logger.warning("a reminder was for a room that is not there any more")
            await asyncio.to_thread(reminders.drop, one.id)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    async def _stop(self) -> None:
        for task in list(self._aside):
            task.cancel()
        await self.lanes.stop()
        await self._talking.stop()
        await asyncio.gather(*self._aside, return_exceptions=True)
        await self._door.close()
        with contextlib.suppress(Exception):
            await self.client.close()


def _content(event: nio.Event) -> dict[str, Any]:
    found = event.source.get("content")
    return found if isinstance(found, dict) else {}
