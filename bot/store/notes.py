"""What the door keeps of a talk, beside the state of the engine; sealed with the key of the talk."""

from __future__ import annotations

from pydantic import BaseModel

from bot.statement import Channel


class KeptUnder(BaseModel):
    """Under what a talk keeps: the set, its public key, which seals what is added and opens nothing, and the secret that
    its items are named with (both in base64). opened: the doctor opened the set with its code; else it was made in this
    talk.
    """

    set_id: str
    public: str
    naming: str
    opened: bool = False


class Notes(BaseModel):
    """channel: which way the talk goes; kept: where reflections of this talk are kept, if they are; consent: whether a coordinator may see anonymised
    pieces of it, and pieces their ids, so that they can be withdrawn."""

    channel: Channel = "web"
    kept: KeptUnder | None = None
    consent: bool = False
    pieces: list[str] = []
