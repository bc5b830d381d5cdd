"""Pieces of talks that a coordinator may see: only where the doctor consented, and only once they are anonymised.

Until then a piece waits sealed with the key of its talk, under a number that says nothing of the one it will have.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Engine as Database
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.store.conversations import Conversations
from bot.store.database import rows_changed, scrub, sessions
from bot.store.events import week_of
from bot.store.keys import ConversationKeys, NoKey
from bot.store.masters import MasterKeys
from bot.store.notes import Notes
from bot.store.sealing import SealBroken, seal, unseal
from bot.store.tables import Piece, WaitingPiece


class Said(BaseModel):
    """What a doctor said at a step of a script, and what the bot made of it: what it took it for (`answered`, `added`,
    `changed`, `misunderstood`), the act that it read, and the cue that it asked on about."""

    script: str
    version: int
    step: str
    text: str
    what: str = ""
    act: str = ""
    cue: str = ""


class Pieces:
    """The repository of the pieces. Every method blocks; each raises what the store raises when it cannot be used."""

    def __init__(
        self, database: Database, keys: ConversationKeys, conversations: Conversations, review: MasterKeys
    ) -> None:
        """review: the key that seals what is anonymised, which opens nothing else."""
        self._database = database
        self._sessions = sessions(database)
        self._keys = keys
        self._conversations = conversations
        self._review = review

    def consent(self, identifier: str, *, given: bool) -> bool:
        """Give or withdraw consent for a talk; withdrawn, every piece of it goes, also those that were seen already.
        Whether this changed anything. Raises UnknownConversation."""
        before = self._conversations.notes(identifier).consent

        def change(session: Session, notes: Notes) -> Notes:
            if given:
                return notes.model_copy(update={"consent": True})
            session.execute(delete(WaitingPiece).where(WaitingPiece.conversation_id == identifier))
            session.execute(delete(Piece).where(Piece.id.in_(notes.pieces)))
            return notes.model_copy(update={"consent": False, "pieces": []})

        self._conversations.change_notes(identifier, change)
        if not given:
            scrub(self._database)
        return before != given

    def add(self, identifier: str, said: Sequence[Said]) -> None:
        """Let these wait to be anonymised, if the talk has consent. Raises UnknownConversation."""
        try:
            key = self._keys.of(identifier)
        except NoKey:
            return

        def change(session: Session, notes: Notes) -> Notes:
            if not notes.consent:
                return notes
            names = [uuid.uuid4().hex for _ in said]
            for name, one in zip(names, said, strict=True):
                waiting = uuid.uuid4().hex
                content = seal({"piece": name, **one.model_dump()}, key, _place(identifier, waiting))
                session.add(WaitingPiece(id=waiting, conversation_id=identifier, content=content))
            return notes.model_copy(update={"pieces": [*notes.pieces, *names]})

        self._conversations.change_notes(identifier, change)

    def any_waiting(self) -> bool:
        """Whether anything waits to be anonymised."""
        with self._sessions() as session:
            return session.scalars(select(WaitingPiece.id).limit(1)).first() is not None

    def any_shown(self) -> bool:
        """Whether there are anonymised pieces."""
        return any_shown(self._database)

    def anonymise(self, anonymised: Callable[[str], str], today: dt.date) -> int:
        """Anonymise everything that waits. Gives how many pieces that were."""
        done = 0
        while rows := self._waiting():
            for waiting, identifier, content in rows:
                done += self._anonymise(waiting, identifier, content, anonymised, today)
        if done:
            scrub(self._database)
        return done

    def drop(self, before: dt.date) -> None:
        """Throw away the pieces of the weeks before a day, whatever became of their talks."""
        with self._sessions.begin() as session:
            session.execute(delete(Piece).where(Piece.week < before))

    def all(self) -> list[Said]:
        """Every anonymised piece."""
        with self._sessions() as session:
            rows = list(session.scalars(select(Piece)))
        key = self._review.current.key
        return [opened_piece(row, key) for row in rows]

    def _waiting(self) -> list[tuple[str, str, bytes]]:
        wanted = select(WaitingPiece.id, WaitingPiece.conversation_id, WaitingPiece.content).limit(100)
        with self._sessions() as session:
            return [(w, i, c) for w, i, c in session.execute(wanted)]

    def _anonymise(
        self, waiting: str, identifier: str, content: bytes, anonymised: Callable[[str], str], today: dt.date
    ) -> int:
        try:
            opened = unseal(content, self._keys.of(identifier), _place(identifier, waiting))
            said = Said.model_validate(opened)
            name, key = opened["piece"], self._review.current.key
            said = said.model_copy(update={"text": anonymised(said.text)})
            piece = Piece(id=name, week=week_of(today), **_split(said, key, name))
        except (NoKey, SealBroken):
            piece = None
        with self._sessions.begin() as session:
            # Consent that was withdrawn meanwhile took the waiting piece with it, and then nothing comes in its place.
            found = rows_changed(session.execute(delete(WaitingPiece).where(WaitingPiece.id == waiting)))
            if found and piece is not None:
                session.add(piece)
        return found if piece is not None else 0


def _place(identifier: str, waiting: str) -> str:
    return f"{identifier}/piece/{waiting}"


# What of a piece stands open, to find its question by.
_OPEN = {"script", "version", "step"}


def _split(said: Said, key: bytes, name: str) -> dict[str, Any]:
    """The columns of a piece."""
    return {**said.model_dump(include=_OPEN), "content": seal(said.model_dump(exclude=_OPEN), key, _shown(name))}


def opened_piece(row: Piece, key: bytes) -> Said:
    """What stands in a row, opened with the key of the review. Raises SealBroken."""
    content = unseal(row.content, key, _shown(row.id))
    return Said(script=row.script, version=row.version, step=row.step, **content)


def _shown(name: str) -> str:
    return f"piece/{name}"


def any_shown(database: Database) -> bool:
    """Whether there are anonymised pieces in a database."""
    with sessions(database)() as session:
        return session.scalars(select(Piece.id).limit(1)).first() is not None
