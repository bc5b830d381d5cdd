"""What a coordinator sees and says of the anonymised pieces. It has the key of the review and no other: no talk opens here."""

from __future__ import annotations

from pydantic import BaseModel, Field
from sqlalchemy import Engine as Database
from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from bot.store.database import rows_changed, scrub, sessions
from bot.store.masters import MasterKeys
from bot.store.pieces import Said, opened_piece
from bot.store.sealing import SealBroken, seal, unseal
from bot.store.tables import Piece, PieceNote

REMARK = 300


class Vanished(Exception):
    """There is no such piece (any more): its talk went, consent was withdrawn, or it was recognisable."""


class Note(BaseModel):
    """What a coordinator made of a piece: whether the bot understood it, better labels, and a remark."""

    understood: bool
    act: str = ""
    topic: str = ""
    remark: str = Field(default="", max_length=REMARK)


class Shown(Said):
    """A piece as a coordinator sees it. Its id is a random number, so that the order of ids says nothing."""

    id: str
    note: Note | None = None


class Review:
    """The queue. Every method blocks, and raises sqlalchemy.exc.SQLAlchemyError or bot.store.masters.MasterKeyTrouble when
    the store cannot be used."""

    def __init__(self, database: Database, key: MasterKeys) -> None:
        """key: the key of the review."""
        self._database = database
        self._sessions = sessions(database)
        self._key = key

    def some(self, start: str, count: int, *, judged: bool) -> list[Shown]:
        """So many pieces that were, or were not, judged yet, from a random number on and round to it again."""
        # Those with a note are found by way of their notes, so that both ways few rows are read.
        place = PieceNote.piece_id if judged else Piece.id
        same = PieceNote.piece_id == Piece.id
        wanted = select(Piece).join(PieceNote, same) if judged else select(Piece).where(~exists().where(same))
        with self._sessions() as session:
            rows = list(session.scalars(wanted.where(place >= start).order_by(place).limit(count)))
            if len(rows) < count:
                rows += session.scalars(wanted.where(place < start).order_by(place).limit(count - len(rows)))
            notes = self._notes(session, [row.id for row in rows])
        return self._opened(rows, notes)

    def one(self, identifier: str) -> Shown:
        """A piece. Raises Vanished."""
        with self._sessions() as session:
            rows = list(session.scalars(select(Piece).where(Piece.id == identifier)))
            found = self._opened(rows, self._notes(session, [identifier]))
        if not found:
            raise Vanished
        return found[0]

    def judge(self, identifier: str, note: Note) -> None:
        """Put a note with a piece, in the place of the one that was there. Raises Vanished."""
        sealed = seal(note.model_dump(), self._key.current.key, _place(identifier))
        with self._sessions.begin() as session:
            # Takes the lock of the piece's row, so that it cannot go before its note is there.
            same = update(Piece).where(Piece.id == identifier).values(version=Piece.version)
            if rows_changed(session.execute(same)) == 0:
                raise Vanished
            session.execute(delete(PieceNote).where(PieceNote.piece_id == identifier))
            session.add(PieceNote(piece_id=identifier, content=sealed))

    def erase(self, identifier: str) -> None:
        """Throw a piece away with its note, also from the files of the database. Raises Vanished."""
        with self._sessions.begin() as session:
            if rows_changed(session.execute(delete(Piece).where(Piece.id == identifier))) == 0:
                raise Vanished
        scrub(self._database)

    @staticmethod
    def _notes(session: Session, identifiers: list[str]) -> dict[str, bytes]:
        rows = session.scalars(select(PieceNote).where(PieceNote.piece_id.in_(identifiers)))
        return {row.piece_id: row.content for row in rows}

    def _opened(self, rows: list[Piece], notes: dict[str, bytes]) -> list[Shown]:
        """What can be read of these; what was damaged, or sealed with a key that is gone, is left out."""
        found = []
        key = self._key.current.key if rows else b""
        for row in rows:
            try:
                said = opened_piece(row, key)
                note = Note.model_validate(unseal(notes[row.id], key, _place(row.id))) if row.id in notes else None
            except SealBroken:
                continue
            found.append(Shown(**said.model_dump(), id=row.id, note=note))
        return found


def _place(identifier: str) -> str:
    return f"piece_note/{identifier}"
