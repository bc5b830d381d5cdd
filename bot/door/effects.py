"""What the door does once a turn is stored: erase, keep, note consent, let pieces wait for the anonymiser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.dialogue import names
from bot.dialogue.state import Kept
from bot.dialogue.talk import World, loads
from bot.dialogue.thread import reflections
from bot.messages import Reply
from bot.store import Store
from bot.store.keeping import UnknownCode
from bot.store.pieces import Said


@dataclass(frozen=True)
class Done:
    """What came of it: what is said beside what was stored, which is stored nowhere, and stored messages that changed."""

    beside: Sequence[Reply] = ()
    changed: Sequence[dict[str, Any]] = ()


class Effects:
    """Does what a turn asks for. Every method blocks, and can be done again: then the same holds as after once."""

    def __init__(self, store: Store, world: World) -> None:
        self._store = store
        self._world = world

    def do(self, identifier: str, stored: dict[str, Any], now: dt.datetime, *, again: bool, consent: bool) -> Done:
        """Do what a stored turn asks for; again: it was stored before; consent: a coordinator may see pieces of this talk. Of
        an older one everything was done long ago."""
        if again and not self._store.conversations.is_last(identifier, stored):
            return Done()
        match stored.get("effect"):
            case "erase":
                self._store.conversations.erase(identifier)
            case "erase_kept":
                self.drop_kept(identifier)
                self._store.conversations.erase(identifier)
            case "keep" | "keep_new" as how:
                # Who sends it again did not see the answer, and so not the code either.
                code = self.keep(identifier, now, new=how == "keep_new" or again)
                return Done(beside=[self.told(code)] if code else [])
            case "strike":
                return Done(changed=self._store.conversations.rewrite_last(identifier, names.found_in))
            case "consent":
                self.consent(identifier, given=True)
            case "no_consent":
                self.consent(identifier, given=False)
            case str(effect) if effect.startswith("drop:"):
                self.drop_one(identifier, effect.partition(":")[2])
            case _ if consent and stored.get("piece") and not again:
                self._store.pieces.add(identifier, [Said.model_validate(stored["piece"])])
        return Done()

    def consent(self, identifier: str, *, given: bool) -> None:
        """Give or withdraw consent, for what was said and what will be said in this talk. Raises UnknownConversation."""
        if self._store.pieces.consent(identifier, given=given) and given:
            self._store.pieces.add(identifier, self._said_before(identifier))

    def told(self, code: str) -> Reply:
        """The message that shows a code, once."""
        return Reply(kind="say", text=self._world.responses.text("bewaarcode", code=code), code=code)

    def keep(self, identifier: str, now: dt.datetime, *, new: bool) -> str | None:
        """Keep what there is of a talk: under the code that opened it, or that it was given before unless a new one is
        wanted. Gives the code if it is a new one. Raises UnknownConversation."""
        conversations, keeping, today = self._store.conversations, self._store.keeping, now.date()
        items = {name: kept.model_dump(mode="json") for name, kept in self._keepable(identifier, now).items()}
        under = conversations.notes(identifier).kept
        if under and (under.opened or not new):
            try:
                keeping.add(under, items, today)
            except UnknownCode:
                under = None
            else:
                return None
        code, made = keeping.begin(items, today, under.set_id if under else "")
        conversations.change_notes(identifier, lambda _, notes: notes.model_copy(update={"kept": made}))
        return code

    def anything_to_keep(self, identifier: str, now: dt.datetime) -> bool:
        """Whether there is something to keep. Raises UnknownConversation."""
        return bool(self._keepable(identifier, now))

    def drop_kept(self, identifier: str) -> None:
        """Throw away what this talk kept, or opened. Raises UnknownConversation."""
        under = self._store.conversations.notes(identifier).kept
        if under:
            self._store.keeping.throw_away(under.set_id)
            self._store.conversations.change_notes(identifier, lambda _, notes: notes.model_copy(update={"kept": None}))

    def drop_one(self, identifier: str, name: str) -> None:
        """Take one reflection out of what this talk kept, or opened. Raises UnknownConversation."""
        under = self._store.conversations.notes(identifier).kept
        if under:
            self._store.keeping.drop(under, name)

    def _keepable(self, identifier: str, now: dt.datetime) -> dict[str, Kept]:
        state = loads(self._store.conversations.snapshot(identifier).content["state"])
        return reflections(self._world.library, state, now)

    def _said_before(self, identifier: str) -> list[Said]:
        return [Said.model_validate(piece) for piece in self._store.conversations.pieces_said(identifier)]
