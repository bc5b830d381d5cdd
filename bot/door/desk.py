"""The way in of every channel: is anyone in danger, who is it, is it sane, is it new, is it its turn."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from contextlib import nullcontext
from typing import Any

from limits import RateLimitItemPerMinute

from bot import metrics
from bot.clock import Clock
from bot.dialogue import aftercare
from bot.dialogue import talk as dialogue
from bot.dialogue.state import Kept, State
from bot.dialogue.talk import World, dumps, loads
from bot.dialogue.turn import greet, welcome_back
from bot.door.effects import Done, Effects
from bot.door.engine import Engine, Overtaken
from bot.door.hearing import RIGHT_WORDS, Heard, Hearing, read
from bot.door.origin import Origin
from bot.door.problems import Problem
from bot.door.reading import Message
from bot.language import safety
from bot.messages import Incoming, Reply, Risk
from bot.settings import Settings
from bot.sharing.limits import Limiter
from bot.sharing.order import Order
from bot.sharing.shared import Shared
from bot.store import Store
from bot.store.conversations import Before, Known, UnknownConversation
from bot.store.keepcode import read_code, split_code
from bot.store.keeping import UnknownCode
from bot.store.notes import KeptUnder, Notes
from bot.store.signals import Signals

logger = logging.getLogger(__name__)

PANEL_STORE_SECONDS = 1.5
# How often a message is given to the engine again, as another turn was stored meanwhile.
OVERTAKEN_AT_MOST = 5
# What a turn may ask for after which there is no talk any more.
ERASING = ("erase", "erase_kept")
# What makes a bewaarcode.
KEEPING = ("keep", "keep_new")
# What a turn says of itself in which the doctor said of the panel that it was not meant so.
DENIED = "denied"


class Desk:
    """Takes messages in, and hands answers out. Knows nothing of HTTP."""

    def __init__(
        self,
        settings: Settings,
        world: World,
        store: Store,
        signals: Signals,
        engine: Engine,
        clock: Clock,
        shared: Shared | None = None,
    ) -> None:
        """shared: what this door shares with others; None: it is the only one."""
        self.world = world
        self.engine = engine
        self.clock = clock
        self.conversations = store.conversations
        self._keeping = store.keeping
        self._effects = Effects(store, world)
        # Making a key of a code takes 64 MiB: one at a time.
        self._one_code = asyncio.Semaphore(1)
        self._signals = signals
        self.order = Order(shared)
        self._limiter = Limiter(shared)
        self.hearing = Hearing(clock)
        self._only_door = shared is None
        self._per_talk = RateLimitItemPerMinute(settings.messages_per_minute)
        self._guesses = RateLimitItemPerMinute(settings.codes_per_minute)
        self._per_address = RateLimitItemPerMinute(settings.conversations_per_minute)
        # Conversations in which the panel was shown while that could not be stored, with what was heard beside it.
        self._crises: dict[str, list[Risk]] = {}
        self._panel = aftercare.panel(world)

    @property
    def panel(self) -> Reply:
        """The crisis panel."""
        return self._panel

    async def open_talk(self, origin: Origin) -> dict[str, Any]:
        """A new conversation with its greeting. Raises Problem when this address made too many."""
        await self._limit(self._per_address, "address", origin.address)
        now = self.clock()
        heard = dialogue.Heard(Incoming(text=""), "groet", "geen", now, channel=origin.channel)
        outcome = greet(self.world, heard, secrets.randbelow(1_000))
        content = {"state": dumps(outcome.state)}
        token, messages = await asyncio.to_thread(
            self.conversations.create, outcome.replies, content, now.date(), Notes(channel=origin.channel)
        )
        return {"token": token, "messages": messages, "script": None}

    async def open_kept(self, origin: Origin, text: str) -> dict[str, Any]:
        """A new conversation with what is kept under a bewaarcode. Raises Problem when it opens nothing, or too often."""
        await self._limit(self._per_address, "address", origin.address)
        now = self.clock()
        found = await self._kept_under(read_code(text), "address", origin.address)
        if found is None:
            raise Problem(404, "code_onbekend")
        under, kept = found
        heard = dialogue.Heard(
            Incoming(text=""), "groet", "geen", now, opened=tuple(kept), kept="opened", channel=origin.channel
        )
        outcome = welcome_back(self.world, heard, secrets.randbelow(1_000))
        token, messages = await asyncio.to_thread(
            self.conversations.create,
            outcome.replies,
            {"state": dumps(outcome.state)},
            now.date(),
            Notes(channel=origin.channel, kept=under),
        )
        return {"token": token, "messages": messages, "script": None}

    async def _kept_under(self, code: str | None, kind: str, key: str) -> tuple[KeptUnder, list[Kept]] | None:
        """What is kept under a code; None when nothing is. Raises Problem after too many guesses."""
        await self._limit(self._guesses, f"guess-{kind}", key)
        if code is None:
            return None
        try:
            async with self._one_code:
                under, items = await asyncio.to_thread(self._keeping.open, code, self.clock().date())
        except UnknownCode:
            return None
        return under, [Kept.model_validate(item) for item in items]

    async def keep(self, known: Known) -> str | None:
        """Keep what there is of a talk. Gives the code; None when it is kept under the code that opened this talk. Raises
        Problem when there is nothing."""
        now = self.clock()
        async with self.order.turn(known.id):
            if not await asyncio.to_thread(self._effects.anything_to_keep, known.id, now):
                raise Problem(409, "niets_te_bewaren")
            async with self._one_code:
                return await asyncio.to_thread(self._effects.keep, known.id, now, new=True)

    async def drop_kept(self, known: Known) -> None:
        """Throw away what this talk kept, or opened."""
        async with self.order.turn(known.id):
            await asyncio.to_thread(self._effects.drop_kept, known.id)

    async def consent(self, known: Known, *, given: bool) -> None:
        """Note whether a coordinator may see pieces of a talk, or may no longer."""
        async with self.order.turn(known.id):
            await asyncio.to_thread(self._effects.consent, known.id, given=given)

    async def known(self, token: str) -> Known:
        """The conversation of a token. Raises Problem."""
        if not token:
            # Who has none asks nothing of the database, however many they are.
            raise Problem(401, "onbekend")
        try:
            return await asyncio.to_thread(self.conversations.by_token, token)
        except UnknownConversation:
            self.hearing.forget(token)
            raise Problem(401, "onbekend") from None

    async def known_at_work(self, token: str) -> Known:
        """The same, for what costs more than a glance: it counts as a message does. Raises Problem."""
        known = await self.known(token)
        await self._limit(self._per_talk, "work", known.id)
        return known

    async def take(self, known: Known, message: Message, heard: Heard) -> dict[str, Any]:
        """Answer a message, once, in its turn. Raises Problem when it was not taken."""
        began, answered = time.monotonic(), 0.0
        await self._limit(self._per_talk, "talk", known.id)
        if heard.verdict.panel:
            # It comes after what was said before it, unless that takes long.
            async with self.order.turn(known.id, PANEL_STORE_SECONDS):
                return await self._answer_danger(known, message, heard.verdict)
        async with self.order.turn(known.id):
            waited = time.monotonic() - began
            before = await self._before(known, message)
            stored = before.stored
            again = stored is not None
            if stored is None:
                verdict = await self._with_stored(known.id, heard)
                if verdict.panel:
                    return await self._answer_danger(known, message, verdict)
                asked = time.monotonic()
                stored = await self._asked(known, message, verdict, before)
                answered = time.monotonic() - asked
                await self._count(verdict)
            async with self._one_code if stored.get("effect") in KEEPING else nullcontext():
                done = await asyncio.to_thread(
                    self._effects.do, known.id, stored, self.clock(), again=again, consent=before.notes.consent
                )
            if stored.get("effect") in ERASING:
                self._forget(known)
            if stored.get("effect") == DENIED:
                self.hearing.denied(known.token)
            self.hearing.answering(known.token, asked=_asks(stored))
            if answered:
                whole = time.monotonic() - began
                stages = {"wait": waited, "engine": answered, "store": whole - waited - answered}
                metrics.turn_took({"safety": heard.seconds, **stages, "whole": whole + heard.seconds})
            return _answer(stored, done)

    async def _before(self, known: Known, message: Message) -> Before:
        """What is known of a talk before a message is answered. Raises Problem."""
        try:
            return await asyncio.to_thread(self.conversations.before, known.id, str(message.id))
        except UnknownConversation:
            raise Problem(401, "onbekend") from None

    async def _asked(self, known: Known, message: Message, verdict: safety.Verdict, before: Before) -> dict[str, Any]:
        """What the engine answers. Raises Problem when it does not."""
        for _ in range(OVERTAKEN_AT_MOST):
            remembered = self._crises.get(known.id)
            beside = before.after_panel if remembered is None else remembered
            door = await self._door_knows(known, message, before.notes)
            if remembered is None and beside is not None:
                door["called"] = await asyncio.to_thread(self._said_last, known.id)
            try:
                stored = await self.engine.turn(known.id, message, self.clock(), verdict, beside, door)
            except Overtaken:
                # Another turn was stored meanwhile: the panel, or that of another door; or this very message.
                before = await self._before(known, message)
                if before.stored is None:
                    continue
                return before.stored
            # A panel that was shown meanwhile is still to be followed.
            if self._crises.get(known.id) is remembered:
                self._crises.pop(known.id, None)
            return stored
        raise Problem(503, "opslag", retry_after=1)

    async def _door_knows(self, known: Known, message: Message, notes: Notes) -> dict[str, Any]:
        """What the engine does not know: whether something is kept, or may be seen, and what a bewaarcode opens."""
        code, under = read_code(message.text or "", right=RIGHT_WORDS), notes.kept
        opened = None
        if code is not None:
            under, kept = await self._kept_under(code, "talk", known.id) or (under, [])
            opened = [one.model_dump(mode="json") for one in kept]
        if under is not None and under != notes.kept:
            noted = under
            await asyncio.to_thread(
                self.conversations.change_notes, known.id, lambda _, n: n.model_copy(update={"kept": noted})
            )
        how = "" if under is None else "opened" if under.opened else "made"
        beside = {"channel": notes.channel, "corrects": message.corrects}
        return {"opened": opened, "kept": how, "consent": notes.consent, **beside}

    def _said_last(self, identifier: str) -> str:
        return next(iter(self.conversations.texts(identifier, 1)), "")

    def _forget(self, known: Known) -> None:
        """Let go of what only this process remembers of a talk."""
        self._crises.pop(known.id, None)
        self.hearing.forget(known.token)

    async def _count(self, verdict: safety.Verdict) -> None:
        if verdict.risk != safety.NONE:
            await asyncio.to_thread(self._signals.add, verdict.risk, verdict.subject, self.clock().date())

    async def _with_stored(self, identifier: str, heard: Heard) -> safety.Verdict:
        """The verdict of a message joined with the stored ones before it: of the first one after a start of the door, and of
        every one where those may have come by another door."""
        if not heard.words or (self._only_door and not heard.alone):
            return heard.verdict
        before = await asyncio.to_thread(self.conversations.texts, identifier, 2)
        if not before:
            return heard.verdict
        return read(heard.words, before, surer=heard.surer, denied=heard.denied)

    async def _answer_danger(self, known: Known, message: Message, verdict: safety.Verdict) -> dict[str, Any]:
        """Show the panel; the engine hears of it with the next message. Nothing that fails stands in the way."""
        beside = list(verdict.risks)
        self._crises[known.id] = beside
        text = message.text or "\n".join(line.said for line in message.lines or ())
        said, _ = split_code(text, right=RIGHT_WORDS)
        try:
            script = await asyncio.wait_for(asyncio.to_thread(self._status, known.id), PANEL_STORE_SECONDS)
            stored = await asyncio.wait_for(
                asyncio.to_thread(
                    self.conversations.add_turn,
                    known.id,
                    str(message.id),
                    said,
                    [self._panel],
                    self.clock().date(),
                    extra={"script": script},
                    after_panel=beside,
                ),
                PANEL_STORE_SECONDS,
            )
        except Exception as error:  # noqa: BLE001 - nothing that fails stands between a doctor and the panel.
            logger.error("a crisis panel was shown and not stored: %s", type(error).__name__)
            return self._unstored()
        if not any(m["kind"] == self._panel.kind for m in stored["messages"]):
            # The id is that of another message, and what was stored then is no answer to this one.
            return self._unstored()
        self._crises.pop(known.id, None)
        await self._count(verdict)
        return _answer(stored)

    def _unstored(self) -> dict[str, Any]:
        metrics.panels_unstored.inc()
        return {"messages": [unnumbered(self._panel)], "script": None, "stored": False}

    def _status(self, identifier: str) -> dict[str, Any] | None:
        status = self.state(identifier).status
        if status is None or status.state == "done":
            return None
        return {**status.model_dump(), "state": "paused"}

    def messages(self, known: Known, since: int) -> list[dict[str, Any]]:
        """Both sides of a talk after message number since."""
        return self.conversations.messages(known.id, since)

    async def erase(self, known: Known) -> None:
        """Throw a talk away with all that it holds."""
        async with self.order.turn(known.id):
            await asyncio.to_thread(self.conversations.erase, known.id)
        self._forget(known)

    def state(self, identifier: str) -> State:
        """The state of a talk. Raises UnknownConversation."""
        return loads(self.conversations.snapshot(identifier).content["state"])

    async def _limit(self, limit: RateLimitItemPerMinute, kind: str, key: str) -> None:
        if wait := await self._limiter.refused(limit, kind, key):
            raise Problem(429, "te_veel", retry_after=wait)


def _answer(stored: dict[str, Any], done: Done | None = None) -> dict[str, Any]:
    """The bot's side of what was stored, as the answer to the doctor. What is said beside it comes after its first
    message."""
    done = done or Done()
    replies = [m for m in stored["messages"] if m["from"] == "bot"]
    replies[1:1] = [unnumbered(reply) for reply in done.beside]
    remind = {"remind": stored["remind"]} if stored.get("remind") else {}
    if stored.get("effect") in ERASING:
        return {"messages": replies, "script": None, "erased": True, **remind}
    changed = {"changed": list(done.changed)} if done.changed else {}
    return {"messages": replies, "script": stored.get("script"), **changed, **remind}


def _asks(stored: dict[str, Any]) -> bool:
    """Whether a script goes on after what was stored, or the panel has asked something without a word that called it: what
    the doctor says next is likely to answer that."""
    script = stored.get("script")
    return bool(script and script["state"] == "running") or any(m["kind"] == "crisis" for m in stored["messages"])


def unnumbered(reply: Reply) -> dict[str, Any]:
    """A message that belongs to no stored turn."""
    return {"n": None, "from": "bot", **reply.model_dump(mode="json")}
