"""What is kept of a room, sealed: the token of its talk, and what was taken and answered, so that nothing is done twice."""

from __future__ import annotations

from pydantic import BaseModel

from bot.messages import Link

# So many events are remembered of a room: those that a replayed position may bring again.
REMEMBERED = 300
# So many answers after the crisis panel the numbers are said again.
REPEATED = 5


class Working(BaseModel):
    """The event that is being taken: its name, whether it was given to the door, and what was sent for it (label to id of
    event)."""

    event: str
    given: bool = False
    sent: dict[str, str] = {}


class Panel(BaseModel):
    """The numbers of the crisis panel, and how often they are still said again."""

    links: list[Link]
    left: int = REPEATED


class Room(BaseModel):
    """address: the room; token: of its talk, empty when there is none; taken: names of events; last: the doctor's message
    that an edit corrects; asked: the bot's last messages, under which a thumb is an answer; farewell: what the bot said
    after it erased the talk, before which everything it said is taken out of the room."""

    address: str
    token: str = ""
    taken: list[str] = []
    working: Working | None = None
    last: str = ""
    asked: list[str] = []
    panel: Panel | None = None
    farewell: str = ""

    def begin(self, event: str) -> Working:
        """Begin to take an event, or go on where it was left."""
        if self.working is None or self.working.event != event:
            self.working = Working(event=event)
        return self.working

    def finish(self, event: str) -> None:
        """An event was taken, and all that is to be said for it was said."""
        self.working = None
        self.taken = [*self.taken, event][-REMEMBERED:]

    def forget(self, farewell: str) -> None:
        """Forget the talk: of the room stays where it is, up to where the bot's own words are to be taken out, and the names
        of what was taken (made with a secret), so that a replay does not bring it back."""
        self.token, self.last, self.farewell = "", "", farewell
        self.asked, self.panel = [], None
