"""Looking back on what was intended: offered when its day has come, or asked for. The script for it begins with it."""

from __future__ import annotations

import datetime as dt

from bot.dialogue import idle, thread
from bot.dialogue.state import Kept
from bot.dialogue.talk import Talk, quote
from bot.referrals.directory import ZONE

OFFER = "terugblik_aanbod"
# Who comes with something of their own is met with that first.
OPEN = ("groet", "verder", "bevestigen", "bedankt")


def asked(talk: Talk) -> bool:
    """Whether the message asks to look back; if so that begins."""
    if talk.state.in_script or not thread.asks_for(talk.heard.text, "look_back"):
        return False
    begin(talk)
    return True


def applies(talk: Talk) -> bool:
    """Whether this is the first message of a day on which there is something to look back on, and nothing else comes
    first."""
    state, today = talk.state, talk.heard.now.astimezone(ZONE).date()
    if state.in_script or (state.waiting and state.waiting.crisis) or talk.heard.act not in OPEN:
        return False
    new_day = state.last is None or state.last.astimezone(ZONE).date() < today
    return new_day and (due(talk) is not None or _reminded(talk))


def _reminded(talk: Talk) -> bool:
    """Whether this is a yes to the reminder that came in a messenger, which the dialogue itself did not say."""
    day = talk.state.reminder
    return talk.heard.act == "bevestigen" and day is not None and day <= talk.heard.now.astimezone(ZONE).date()


def due(talk: Talk) -> Kept | None:
    """The reflection whose day to look back has come, the last one first, unless that was offered before."""
    today = talk.heard.now.astimezone(ZONE).date()
    found = [
        (day, kept)
        for name, (kept, day) in _intended(talk).items()
        if day and day <= today and name not in talk.state.looked
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def _intended(talk: Talk) -> dict[str, tuple[Kept, dt.date | None]]:
    """The reflections that ended with something to look back on, each with the day for that."""
    found = {}
    for name, kept in thread.reflections(talk.world.library, talk.state, talk.heard.now).items():
        words, day = thread.intention(talk.world.library, kept.run)
        if words:
            found[name] = kept, day
    return found


def offer(talk: Talk) -> None:
    """Say what was intended, and ask whether to look back on it now; who says yes to a reminder is not asked again."""
    kept = due(talk)
    if kept is None or talk.heard.act == "bevestigen":
        talk.state.reminder = None
        begin(talk)
        return
    talk.state.looked.append(kept.run.name)
    words, _ = thread.intention(talk.world.library, kept.run)
    talk.question(OFFER, yes=f"lookback:{kept.run.name}", no="no", run=kept.run.name, voornemen=quote(words))


def begin(talk: Talk, name: str = "") -> None:
    """Begin to look back on a reflection; without one on that whose day has come, or else the last one."""
    intended = {name: kept for name, (kept, _) in _intended(talk).items()}
    chosen = intended.get(name) or due(talk) or max(intended.values(), key=lambda kept: kept.day, default=None)
    talk.state.looks_at = chosen.run.name if chosen else ""
    if chosen:
        talk.state.looked.append(chosen.run.name)
    library = talk.world.library
    idle.ask_length(talk, next(n for n in library.names() if library.current(n).intention))
