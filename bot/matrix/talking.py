"""Taking what comes in one room, in order: to the door, and the answer back into the room."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.matrix import shaping
from bot.matrix.client import Client, Gone
from bot.matrix.door import Answer, Away, Door, Download, Messages, Refused, UnknownTalk, crisis
from bot.matrix.incoming import File, Meaning, Thumb, Unreadable, Unsealed, Words
from bot.matrix.room import Panel, Room, Working
from bot.messages import DROP_REMINDER, KEEP_REMINDER, Link
from bot.responses import Responses
from bot.store import Store
from bot.store.channels import Channel
from bot.store.masters import MasterKeyTrouble
from bot.store.sealing import SealBroken

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

STORE_TROUBLE = (SQLAlchemyError, MasterKeyTrouble, SealBroken)
# A thumb means the same as these words.
YES, NO = "ja", "nee"
TYPING_SECONDS = 20
# A server that is away is not waited for at the end.
STOPPING_SECONDS = 2.0
# The forms of the report that come into the room: the PDF, or else the text; and the day to look back, for a calendar.
READABLE, CALENDAR = ("pdf", "txt"), "ics"


@dataclass(frozen=True)
class Patience:
    """Seconds: after which it is said that an answer takes long, and for which a key is waited for."""

    answer: float = 20
    key: float = 5


@dataclass(frozen=True)
class Taken:
    """Something to take: from whom, the event's id, and what it means."""

    sender: str
    event: str
    meaning: Meaning


@dataclass
class Turn:
    """One event as it is taken; tried: the door may have had it already."""

    client: Client
    channel: Channel
    keep: Callable[[Room], Awaitable[None]]
    room: Room
    working: Working
    event: str
    tried: bool = False

    async def say(self, label: str, content: shaping.Content) -> str:
        """Say something once for this event, whatever is restarted. Gives the id of its event. Raises Gone."""
        if label not in self.working.sent:
            transaction = self.channel.named(f"said/{self.event}/{label}")[:40]
            self.working.sent[label] = await self.client.send(self.room.address, content, transaction)
            await self.keep(self.room)
        return self.working.sent[label]


class Talking:
    """Takes events. One at a time for each room, as the caller sees to."""

    def __init__(
        self,
        client: Client,
        door: Door,
        store: Store,
        channel: Channel,
        texts: Responses,
        clock: Clock,
        patience: Patience,
        redact: Callable[[str, str], None],
    ) -> None:
        """redact: begins to take out of a room what the bot said before an event."""
        self._redact = redact
        self._client = client
        self._door = door
        self._store = store
        self._channel = channel
        self._texts = texts
        self._clock = clock
        self._patience = patience
        self._stopping: set[asyncio.Task[None]] = set()
        self._message_ids = uuid.UUID(bytes=channel.derived("messages")[:16])

    async def stop(self) -> None:
        """Wait, not long, until nothing is said of the bot's writing any more."""
        if tasks := list(self._stopping):
            _, late = await asyncio.wait(tasks, timeout=STOPPING_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def room(self, address: str) -> Room:
        """What is kept of a room."""
        return Room.model_validate({"address": address, **await asyncio.to_thread(self._channel.room, address)})

    async def keep(self, room: Room) -> None:
        """Keep this of a room."""
        content, today = room.model_dump(exclude_defaults=True), self._clock().astimezone(dt.UTC).date()
        await asyncio.to_thread(self._channel.keep_room, room.address, content, today)

    async def greet(self, address: str, sender: str, event: str) -> None:
        """Begin a talk in a room that the bot came into, or say that it is back."""
        async with self._turn(address, event) as turn:
            if turn is None:
                return
            if turn.room.token and not turn.working.given:
                await turn.say("back", shaping.plain(self._texts.text("matrix_weer_hier")))
                return
            async with self._at_work(address):
                await self._answer(turn, await self._opened(turn, sender))

    async def take(self, address: str, taken: Taken) -> None:
        """Take one event of the doctor."""
        async with self._turn(address, taken.event) as turn:
            if turn is None:
                return
            await self._client.read(address, taken.event)
            match taken.meaning:
                case Words(text, ""):
                    await self._words(turn, taken, text)
                case Words(text, edited) if edited == turn.room.last:
                    await self._words(turn, taken, text, corrects=True)
                case Words(text, _):
                    await self._beside(turn, taken, text, "matrix_bewerking_oud")
                case Thumb(under, up) if under in turn.room.asked:
                    await self._words(turn, taken, YES if up else NO)
                    turn.room.last = ""
                case File(caption):
                    await self._beside(turn, taken, caption, "matrix_geen_bestand")
                case Unreadable():
                    logger.warning("a message could not be decrypted; the doctor was told how to mend that")
                    await turn.say("unreadable", shaping.plain(self._texts.text("matrix_onleesbaar")))
                case Unsealed(text):
                    logger.warning("words came in the clear into an encrypted room and were not taken")
                    if text.strip():
                        panel = await self._patiently(turn, lambda: self._door.danger(text))
                        await self._say_all(turn, "panel", panel)
                    await turn.say("unsealed", shaping.plain(self._texts.text("matrix_onversleuteld")))
                case _:
                    pass

    async def redacted(self, address: str, farewell: str) -> None:
        """Note that what the bot said before its farewell was taken out of a room."""
        room = await self.room(address)
        if room.farewell == farewell:
            room.farewell = ""
            await self.keep(room)

    async def crowded(self, address: str, event: str) -> None:
        """Say that this is for one person."""
        async with self._turn(address, event) as turn:
            if turn is not None:
                await turn.say("crowded", shaping.plain(self._texts.text("matrix_vol")))

    @asynccontextmanager
    async def _turn(self, address: str, event: str) -> AsyncIterator[Turn | None]:
        """The turn of an event, kept at its end; None when it was taken before."""
        room = await self.room(address)
        name = self._channel.named(f"event/{event}")[:32]
        if name in room.taken:
            yield None
            return
        turn = Turn(self._client, self._channel, self.keep, room, room.begin(name), event)
        try:
            yield turn
        except STORE_TROUBLE:
            # It is taken again once the store can be used.
            raise
        except Gone:
            # Nobody is there to hear it.
            pass
        except Exception:
            logger.exception("something that came in a room was not taken")
            with suppress(Gone):
                await turn.say("failed", shaping.plain(self._texts.text("fout_intern")))
        turn.room.finish(name)
        await self.keep(turn.room)

    @asynccontextmanager
    async def _at_work(self, address: str) -> AsyncIterator[None]:
        """Show in the room that the bot is writing, for as long as this lasts."""

        async def show() -> None:
            while True:
                await self._client.typing(address, on=True)
                await asyncio.sleep(TYPING_SECONDS)

        showing = asyncio.create_task(show())
        try:
            yield
        finally:
            showing.cancel()
            stop = asyncio.create_task(self._client.typing(address, on=False))
            self._stopping.add(stop)
            stop.add_done_callback(self._stopping.discard)

    async def _opened(self, turn: Turn, sender: str) -> Messages:
        """Begin a talk for a room, or go on with the one that was begun for this very event. Gives its greeting."""
        if turn.working.given and turn.room.token:
            return await self._patiently(turn, lambda: self._door.said(turn.room.token))
        token, greeting = await self._patiently(turn, lambda: self._door.open(self._channel.named(f"sender/{sender}")))
        turn.room.token, turn.working.given = token, True
        await self.keep(turn.room)
        return greeting

    async def _beside(self, turn: Turn, taken: Taken, words: str, key: str) -> None:
        """Say why something is not taken; words that came with it are, for they may be about danger."""
        if words.strip() and isinstance(taken.meaning, File):
            await self._words(turn, taken, words)
        await turn.say("beside", shaping.plain(self._texts.text(key)))

    async def _words(self, turn: Turn, taken: Taken, text: str, *, corrects: bool = False) -> None:
        """Take words to the door and give its answer."""
        async with self._at_work(turn.room.address):
            await self._to_the_door(turn, taken, text, corrects=corrects)

    async def _to_the_door(self, turn: Turn, taken: Taken, text: str, *, corrects: bool) -> None:
        given = turn.working.given
        if not turn.room.token:
            if given:
                # It was given to the door, and that talk was thrown away by it.
                await self._erased(turn, reminder_stays=False)
                return
            await self._began(turn, taken.sender)
        turn.working.given = True
        await self.keep(turn.room)
        answer = await self._asked(turn, taken, text, corrects=corrects, again=given)
        # An edit names the message that was sent first, however often it was edited.
        turn.room.last = turn.room.last if corrects else taken.event
        await self._remind(turn, answer)
        await self._answer(turn, answer.messages)
        if answer.erased:
            await self._erased(turn, reminder_stays=answer.remind == KEEP_REMINDER)

    async def _began(self, turn: Turn, sender: str) -> None:
        """Begin a new talk where there is none any more."""
        token, greeting = await self._patiently(turn, lambda: self._door.open(self._channel.named(f"sender/{sender}")))
        turn.room.token = token
        # The first message says who this is and what it is not; what can be chosen comes with the answer.
        await self._say_all(turn, "greeting", greeting[:1])

    async def _asked(self, turn: Turn, taken: Taken, text: str, *, corrects: bool, again: bool) -> Answer:
        """The answer of the door, in a new talk when the old one is gone."""
        identifier = str(uuid.uuid5(self._message_ids, taken.event))
        for _ in range(2):
            token = turn.room.token
            try:
                return await self._patiently(
                    turn,
                    lambda token=token: self._door.message(token, identifier, text, corrects=corrects),  # type: ignore[misc]
                )
            except Refused as refused:
                return Answer([*refused.panel, {"kind": "error", "text": refused.words}])
            except UnknownTalk as unknown:
                if again or turn.tried:
                    # The door had this message before, and threw the talk away: it was the wish to erase.
                    return Answer(unknown.panel, erased=True, remind=DROP_REMINDER)
                await self._say_all(turn, "panel", unknown.panel)
                await turn.say("anew", shaping.plain(self._texts.text("matrix_nieuw_gesprek")))
                turn.room.token = ""
                turn.working.given = False
                await self._began(turn, taken.sender)
                turn.working.given = True
                await self.keep(turn.room)
        return Answer([])

    async def _patiently(self, turn: Turn, call: Callable[[], Awaitable[Result]]) -> Result:
        """What the door gives, however often it must be asked; after a while it is said that this takes long."""
        waited = 0.0
        while True:
            try:
                return await call()
            except Away as away:
                turn.tried = True
                await self._say_all(turn, "panel", away.panel)
                if waited >= self._patience.answer:
                    await turn.say("patience", shaping.plain(self._texts.text("matrix_even_geduld")))
                await asyncio.sleep(away.seconds)
                waited += away.seconds

    async def _answer(self, turn: Turn, messages: Messages) -> None:
        """Say what the door answered: after the crisis panel with the numbers before it, a few times."""
        found, panel = crisis(messages), turn.room.panel
        if found:
            panel = Panel(links=[Link.model_validate(link) for link in found["links"]])
        elif panel and messages:
            again = shaping.numbers(self._texts.text("matrix_nummers"), [link.model_dump() for link in panel.links])
            await turn.say("numbers", again)
            panel = panel.model_copy(update={"left": panel.left - 1}) if panel.left > 1 else None
        # The files come under the report, and what is asked after that stays the last.
        kinds = [message.get("kind") for message in messages]
        end = kinds.index("report") + 1 if "report" in kinds else 0
        asked = await self._say_all(turn, "report", messages[:end])
        if end:
            await self._files(turn)
        asked += await self._say_all(turn, "reply", messages[end:])
        turn.room.panel, turn.room.asked = panel, asked

    async def _say_all(self, turn: Turn, label: str, messages: Messages) -> list[str]:
        """Say the messages of the door. Gives the ids of their events."""
        # A bewaarcode is another one when it is asked for again, and then the new one must be seen.
        code = "".join(message.get("code") or "" for message in messages)
        told = f"{label}/{hashlib.sha256(code.encode()).hexdigest()[:16]}" if code else label
        contents = shaping.contents(messages, self._texts)
        return [await turn.say(f"{told}/{number}", content) for number, content in enumerate(contents)]

    async def _files(self, turn: Turn) -> None:
        """Put the report, and the day to look back if there is one, in the room as files."""
        for name, formats in (("readable", READABLE), ("calendar", (CALENDAR,))):
            label = f"file/{name}"
            file = None if label in turn.working.sent else await self._file(turn, formats)
            if file is not None:
                where = await self._client.upload(turn.room.address, file)
                await turn.say(label, shaping.file(file.name, file.media_type, len(file.content), where))

    async def _file(self, turn: Turn, formats: Sequence[str]) -> Download | None:
        token = turn.room.token
        for form in formats:
            try:
                found = await self._patiently(turn, lambda form=form: self._door.report(token, form))  # type: ignore[misc]
            except UnknownTalk:
                return None
            if found is not None:
                return found
        return None

    async def _erased(self, turn: Turn, *, reminder_stays: bool) -> None:
        """After the talk was thrown away: forget what is known of it here, and let what was said go from the room."""
        words = self._texts.text("matrix_gewist")
        if reminder_stays:
            words += "\n\n" + self._texts.text("matrix_gewist_herinnering")
        farewell = await turn.say("farewell", shaping.plain(words))
        turn.room.forget(farewell)
        await self.keep(turn.room)
        await asyncio.to_thread(self._channel.scrub)
        self._redact(turn.room.address, farewell)

    async def _remind(self, turn: Turn, answer: Answer) -> None:
        """Do what the dialogue asks about reminders. Before anything is said, so that what is said is true."""
        address = self.reminder_address(turn.room.address)
        reminders = self._store.reminders
        if answer.remind == DROP_REMINDER:
            for one in await asyncio.to_thread(reminders.of, address):
                await asyncio.to_thread(reminders.drop, one.id)
        elif answer.remind and answer.remind != KEEP_REMINDER:
            name = self._channel.named(f"reminder/{turn.event}")
            await asyncio.to_thread(reminders.add, name, dt.date.fromisoformat(answer.remind), address)

    def reminder_address(self, room: str) -> str:
        """Where a reminder for a room goes."""
        return f"{self._client.user} {room}"
