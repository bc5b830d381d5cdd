"""What follows when danger was heard that needs no panel: another's, or of another kind. The script waits meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.dialogue import people
from bot.dialogue.talk import Talk, World
from bot.messages import Link, Risk

# The same danger is not answered again within this time: who tells of a patient's death says it more than once.
ANSWERED_FOR = dt.timedelta(days=1)
# The text that names the number where it is too unclear to stop; said once in that time too.
NEAR = "gevaar_nabij"
# The gentle check whether this is about the doctor, and the open question how it is for them.
CHECK, HOW = "toets_zelf", "hoe_voor_jou"
OWN = ("gevaar_middelen_zelf_vraag", "gevaar_onveilig_zelf_vraag", "gevaar_patientveiligheid_zelf_vraag")
QUESTIONS = (CHECK, HOW, *OWN)


def crisis_links(world: World) -> list[Link]:
    """The crisis numbers, to stay in sight."""
    return [link for entry in world.directory.crisis() for link in entry.links()]


def mention(talk: Talk) -> None:
    """Name the crisis number, once in a while, where an own crisis may be meant and it is too unclear to stop for."""
    said = talk.state.answered.get(NEAR)
    if talk.heard.near and talk.state.in_script and not (said and talk.heard.now - said <= ANSWERED_FOR):
        talk.state.answered[NEAR] = talk.heard.now
        talk.say(NEAR, links=crisis_links(talk.world))


def applies(talk: Talk) -> bool:
    """Whether something was heard that is still to be answered."""
    return bool(_unanswered(talk, talk.heard.risks)) or _to_check(talk)


def tell(talk: Talk, heard: Sequence[Risk] | None = None) -> list[Risk]:
    """Say what is to be said of each danger, the doctor's own first, and to whom one can turn. Gives what was told.

    heard: what to answer, when it is not what was heard in this message.
    """
    risks = _unanswered(talk, talk.heard.risks if heard is None else heard)
    for risk in risks:
        talk.state.answered[risk.key] = talk.heard.now
        talk.say(f"gevaar_{risk.key}")
        people.refer(talk, talk.world.directory.for_danger(risk.key), "")
    return risks


def answer(talk: Talk) -> None:
    """Say what is to be said, and ask one thing: what the gravest danger asks, whether it is about the doctor too, or
    how it is for them."""
    own = [key for risk in tell(talk) if (key := f"gevaar_{risk.key}_vraag") in OWN]
    key = own[0] if own else CHECK if _to_check(talk) else HOW
    talk.state.checked = talk.state.checked or key == CHECK
    topic = _about(talk) or talk.heard.topic
    # The first button is a yes, the second a no.
    payloads = [button.payload.format(naam=topic) for button in talk.world.responses.pick(key).buttons]
    yes, no = (*payloads[:2], "", "")[:2]
    talk.question(key, yes=yes, no=no, naam=topic)


def _about(talk: Talk) -> str:
    """The script that is about a danger that was heard; empty when there is none."""
    keys, library = {risk.key for risk in talk.heard.risks}, talk.world.library
    return next((name for name in library.names() if keys & set(library.current(name).meets)), "")


def ask_how(talk: Talk, topic: str) -> None:
    """Ask how it is for the doctor."""
    talk.question(HOW, naam=topic)


def _unanswered(talk: Talk, heard: Sequence[Risk]) -> list[Risk]:
    now, answered = talk.heard.now, talk.state.answered
    met = talk.script.meets if talk.script and talk.state.in_script else []
    return [
        risk
        for risk in heard
        if risk.key not in met
        and f"gevaar_{risk.key}" in talk.world.responses
        and (risk.key not in answered or now - answered[risk.key] > ANSWERED_FOR)
    ]


def _to_check(talk: Talk) -> bool:
    return talk.heard.check and not talk.state.checked
