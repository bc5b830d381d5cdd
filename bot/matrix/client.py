"""The homeserver, as the bot uses it: matrix-nio with its keys sealed, and calls that go on until they are answered.

nio itself waits out M_LIMIT_EXCEEDED (as long as the server says) and a server that cannot be reached.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import nio
from aiohttp import ClientError

from bot.matrix.crypto_store import SealedStore
from bot.matrix.door import Download
from bot.matrix.durable import DurableClient
from bot.settings import Settings
from bot.store.channels import Channel

logger = logging.getLogger(__name__)

DEVICE_NAME = "Pas op de plaats"
# Of the timeline of each room; what came before that is asked for by itself.
TIMELINE = 20
SYNC_MILLISECONDS = 30_000
# How long a send or a sync waits before it is tried again, in seconds.
FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0
NEVER = ("M_FORBIDDEN", "M_NOT_FOUND", "M_TOO_LARGE", "M_BAD_JSON", "M_INVALID_PARAM", "M_UNRECOGNIZED")
FILTER = {
    "room": {
        "timeline": {"limit": TIMELINE},
        "state": {"lazy_load_members": True},
        "ephemeral": {"types": []},
        "account_data": {"types": []},
    },
    "presence": {"types": []},
    "account_data": {"types": []},
}
Answer = TypeVar("Answer")


class Gone(Exception):
    """The room is not there for the bot (any more), or what was sent can never arrive."""


class CannotLogIn(Exception):
    """The homeserver does not let the bot in; the message says why, in one line."""


@dataclass(frozen=True)
class Pause:
    """How long to wait between tries: longer each time."""

    first: float = FIRST_WAIT
    longest: float = LONGEST_WAIT

    def after(self, tries: int) -> float:
        """Seconds to wait after so many tries that failed."""
        return min(self.longest, self.first * float(2 ** min(tries, 10)))


class Client:
    """One account on one homeserver."""

    def __init__(self, settings: Settings, channel: Channel, pause: Pause | None = None) -> None:
        self._settings = settings
        self._channel = channel
        self._pause = pause or Pause()
        self._synced = asyncio.Event()
        configuration = nio.AsyncClientConfig(
            store=SealedStore,
            store_name="",
            pickle_key=channel.derived("encryption").hex(),
            encryption_enabled=True,
            max_timeout_retry_wait_time=LONGEST_WAIT,
        )
        folder = settings.matrix
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.nio = DurableClient(
            settings.matrix_homeserver, settings.matrix_user, store_path=str(folder), config=configuration
        )

    @property
    def user(self) -> str:
        """The bot's own name."""
        return self._settings.matrix_user

    async def log_in(self, login: Mapping[str, str]) -> dict[str, str]:
        """Log in, as the same device as before where there is one. Gives what a next login needs. Raises CannotLogIn."""
        token_file, password_file = self._settings.matrix_token_file, self._settings.matrix_password_file
        if login and await self._restored(login["token"], login["device"]):
            return dict(login)
        try:
            if token_file is not None:
                token = token_file.read_text(encoding="utf-8").strip()
                return await self._with_token(token)
            if password_file is not None:
                password = password_file.read_text(encoding="utf-8").rstrip("\r\n")
                return await self._with_password(password, login.get("device", ""))
        except OSError as error:
            raise CannotLogIn(f"{error.filename} cannot be read: {error.strerror}") from None
        raise CannotLogIn("set PAS_MATRIX_PASSWORD_FILE or PAS_MATRIX_TOKEN_FILE")

    def _name_store(self, device: str) -> None:
        """Choose the file of the keys before nio opens it; its name says nothing of the account."""
        name = f"{self._channel.named('device/' + device)[:32]}.db"
        self.nio.config = dataclasses.replace(self.nio.config, store_name=name)

    async def _restored(self, token: str, device: str) -> bool:
        self.nio.access_token, self.nio.user_id = token, self.user
        found = await self.nio.whoami()
        if isinstance(found, nio.WhoamiResponse) and found.user_id == self.user:
            self._name_store(device)
            self.nio.restore_login(self.user, device, token)
            return True
        self.nio.access_token = ""
        return False

    async def _with_token(self, token: str) -> dict[str, str]:
        self.nio.access_token, self.nio.user_id = token, self.user
        found = await self.nio.whoami()
        if not isinstance(found, nio.WhoamiResponse) or found.user_id != self.user or not found.device_id:
            raise CannotLogIn("the token in PAS_MATRIX_TOKEN_FILE is not one of PAS_MATRIX_USER")
        self._name_store(found.device_id)
        self.nio.restore_login(self.user, found.device_id, token)
        return {"token": token, "device": found.device_id}

    async def _with_password(self, password: str, device: str) -> dict[str, str]:
        # nio opens its store as soon as it knows the device, so that is chosen here.
        device = device or self._channel.named("new device")[:10].upper()
        self._name_store(device)
        self.nio.device_id = device
        found = await self.nio.login(password, DEVICE_NAME)
        if not isinstance(found, nio.LoginResponse):
            raise CannotLogIn("the homeserver does not take the name and password")
        return {"token": found.access_token, "device": found.device_id}

    async def upload_keys(self) -> None:
        """Let the other side know the keys of this device."""
        if self.nio.should_upload_keys:
            await self.nio.keys_upload()

    async def sync(self, since: str, *, whole: bool) -> nio.SyncResponse:
        """What came since a position; whole: with the state of all rooms, as after a start. Raises CannotLogIn when the
        server does not know the login any more."""
        timeout = 0 if whole else SYNC_MILLISECONDS
        tries = 0
        while True:
            try:
                found = await self.nio.sync(timeout, FILTER, since or None, whole or None)
            except (ClientError, TimeoutError):
                found = None
            if isinstance(found, nio.SyncResponse):
                await self._keep_house()
                self._synced.set()
                self._synced = asyncio.Event()
                return found
            if isinstance(found, nio.SyncError) and found.status_code == "M_UNKNOWN_TOKEN":
                raise CannotLogIn("the homeserver ended the session")
            logger.warning("the homeserver did not answer a sync")
            await asyncio.sleep(self._pause.after(tries))
            tries += 1

    async def _keep_house(self) -> None:
        """What end-to-end encryption needs after a sync."""
        client = self.nio
        await self._tried(client.send_to_device_messages)
        if client.should_upload_keys:
            await self._tried(client.keys_upload)
        if client.should_query_keys:
            await self._tried(client.keys_query)
        if client.should_claim_keys:
            await self._tried(lambda: client.keys_claim(client.get_users_for_key_claiming()))

    async def _tried(self, call: Callable[[], Awaitable[Any]]) -> None:
        """Do what may fail without harm: the next sync does it again."""
        try:
            await call()
        except (ClientError, TimeoutError, nio.LocalProtocolError) as error:
            logger.warning("not done this time: %s", type(error).__name__)

    async def decrypted(self, event: nio.MegolmEvent, room: str, seconds: float) -> nio.Event | None:
        """The event once its key came, if it comes within so many seconds."""
        event.room_id = room
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            synced = self._synced
            try:
                return self.nio.decrypt_event(event)
            except nio.EncryptionError:
                left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return None
            try:
                await asyncio.wait_for(synced.wait(), left)
            except TimeoutError:
                continue

    async def send(self, room: str, content: dict[str, Any], transaction: str) -> str:
        """Send a message, encrypted where the room is, until it is there. The same transaction again sends nothing twice.
        Gives the id of the event. Raises Gone."""

        async def once() -> Any:
            return await self.nio.room_send(
                room, "m.room.message", content, transaction, ignore_unverified_devices=True
            )

        found = await self._until(once, nio.RoomSendResponse)
        return str(found.event_id)

    async def redact(self, room: str, event: str, transaction: str) -> None:
        """Take a message of the bot out of a room. Raises Gone where the server does not let it."""
        await self._until(lambda: self.nio.room_redact(room, event, tx_id=transaction), nio.RoomRedactResponse)

    async def join(self, room: str) -> None:
        """Go into a room. Raises Gone."""
        await self._until(lambda: self.nio.join(room), nio.JoinResponse)

    async def leave(self, room: str) -> None:
        """Go out of a room, or refuse to come in, and let the server forget it."""
        try:
            await self._until(lambda: self.nio.room_leave(room), nio.RoomLeaveResponse)
            await self._until(lambda: self.nio.room_forget(room), nio.RoomForgetResponse)
        except Gone:
            pass

    async def upload(self, room: str, file: Download) -> dict[str, Any]:
        """Upload a file, encrypted where the room is. Gives its address, or how to decrypt it. Raises Gone."""
        encrypt = self.encrypted(room)
        keys: dict[str, Any] | None = None

        async def once() -> Any:
            nonlocal keys
            found, keys = await self.nio.upload(
                lambda *_: file.content,
                file.media_type,
                "" if encrypt else file.name,
                encrypt=encrypt,
                filesize=len(file.content),
            )
            return found

        found = await self._until(once, nio.UploadResponse)
        return {"file": {**keys, "url": found.content_uri}} if keys else {"url": found.content_uri}

    async def page_back(self, room: str, start: str, end: str = "") -> tuple[list[nio.Event], str]:
        """A page of what came before a position (empty: now), newest first, and the position before that (empty: no
        more). Raises Gone."""
        found = await self._until(
            lambda: self.nio.room_messages(room, start, end or None, nio.MessageDirection.back, limit=100),
            nio.RoomMessagesResponse,
        )
        return list(found.chunk), found.end or ""

    async def just_before(self, room: str, event: str) -> tuple[list[nio.Event], str]:
        """The like of a page, of what came before an event. Raises Gone."""
        found = await self._until(lambda: self.nio.room_context(room, event, limit=2), nio.RoomContextResponse)
        return list(found.events_before), found.start or ""

    async def typing(self, room: str, *, on: bool) -> None:
        """Show that the bot is writing, or is not any more."""
        await self._tried(lambda: self.nio.room_typing(room, on, timeout=SYNC_MILLISECONDS))

    async def read(self, room: str, event: str) -> None:
        """Show that a message was read."""
        await self._tried(lambda: self.nio.room_read_markers(room, event, event))

    def encrypted(self, room: str) -> bool:
        """Whether a room is encrypted."""
        return room in self.nio.rooms and bool(self.nio.rooms[room].encrypted)

    def members(self, room: str) -> int:
        """How many are in a room or were invited to it."""
        return self.nio.rooms[room].member_count if room in self.nio.rooms else 0

    def public(self, room: str) -> bool:
        """Whether anyone may come into a room."""
        return room in self.nio.rooms and self.nio.rooms[room].join_rule == "public"

    async def call(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """A call that nio has no name for. Gives the status and what was answered. Raises aiohttp.ClientError."""
        headers = {"Authorization": f"Bearer {self.nio.access_token}", "Content-Type": "application/json"}
        answer = await self.nio.send(method, path, json.dumps(body), headers)
        return answer.status, await self.nio.parse_body(answer)

    async def close(self) -> None:
        """Let go of the connections and of the store."""
        await self.nio.close()
        if self.nio.store:
            self.nio.store.database.close()

    async def _until(self, call: Callable[[], Awaitable[Any]], wanted: type[Answer]) -> Answer:
        """The answer, however often it must be asked for. Raises Gone when it will never come."""
        tries = 0
        while True:
            try:
                found = await call()
            except nio.LocalProtocolError:
                # The bot is not in this room.
                raise Gone from None
            except (ClientError, TimeoutError, nio.SendRetryError, nio.EncryptionError):
                found = None
            if isinstance(found, wanted):
                return found
            if getattr(found, "status_code", "") in NEVER:
                raise Gone
            logger.warning("the homeserver did not take a request: %s", type(found).__name__)
            await asyncio.sleep(self._pause.after(tries))
            tries += 1
