"""Looking back on what was intended: offered when its day has come, or asked for. The script for it begins with it."""

from __future__ import annotations

import regex

from bot.dialogue import idle, thread
from bot.dialogue.state import Kept
from bot.dialogue.talk import Talk, quote
from bot.referrals.directory import ZONE
from bot.scripts.inputs import plain
from bot.settings import DATA
from bot.yaml import load

OFFER = "terugblik_aanbod"
# Who comes with something of their own is met with that first.
OPEN = ("groet", "verder", "bevestigen", "bedankt")


def asked(talk: Talk) -> bool:
    """Whether the message asks to look back; if so that begins."""
    if talk.state.in_script or not _says(talk.heard.text):
        return False
    begin(talk)
    return True


def _says(text: str) -> bool:
    said = plain(text)
    return any(regex.fullmatch(pattern, said) for pattern in load(DATA / "language" / "thread.yml")["look_back"])


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
    found = []
    for name, kept in _intended(talk).items():
        _, day = thread.intention(talk.world.library, kept.run)
        if day and day <= today and name not in talk.state.looked:
            found.append((day, kept))
    return max(found, key=lambda one: one[0])[1] if found else None


def _intended(talk: Talk) -> dict[str, Kept]:
    library = talk.world.library
    every = thread.reflections(library, talk.state, talk.heard.now)
    return {n: k for n, k in every.items() if k.run.state == "done" and thread.intention(library, k.run)[0]}


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
    intended = _intended(talk)
    chosen = intended.get(name) or due(talk) or max(intended.values(), key=lambda kept: kept.day, default=None)
    talk.state.looks_at = chosen.run.name if chosen else ""
    if chosen:
        talk.state.looked.append(chosen.run.name)
    library = talk.world.library
    idle.ask_length(talk, next(n for n in library.names() if library.current(n).intention))
