"""A reply to a question of the dialogue itself."""

from __future__ import annotations

from bot.dialogue import aftercare, danger, idle, in_script, people, questions
from bot.dialogue.commands import do
from bot.dialogue.talk import Talk
from bot.scripts.inputs import pick

# What is about the talk itself may always come between; it is not a failed reply.
ASIDE = (
    "pauze", "verder", "terug", "menu", "mens", "uitleg", "privacy", "verslag", "vergeten", "start", "stoppen",
    "overslaan", "waarom", "herhaal", "voortgang", "wijzig",
)  # fmt: skip
# What a plain yes does when going on with a script is offered.
RESUMES = "resume:"


def answer(talk: Talk) -> None:
    """Take a message as the reply to the question that waits, or let it go when it is about something else."""
    waiting = talk.state.waiting
    assert waiting is not None
    if waiting.crisis:
        aftercare.answer(talk)
        return
    talk.state.waiting = None
    buttons = talk.world.responses.pick(waiting.key).buttons
    labels = [(b.payload.format(**waiting.values), [b.title.format(**waiting.values), *b.hears]) for b in buttons]
    picked = pick(talk.heard.text, labels, loose=True) if labels else None
    if waiting.key == "coach_regio" and (where := people.region(talk.heard.text)):
        picked = f"coach:{waiting.values['naam']}:{where}"
    act = talk.heard.act
    if waiting.yes.startswith(RESUMES) and act == "vertellen" and talk.heard.text and not picked:
        # What is told instead of a reply is held, to become the answer if wanted.
        talk.state.held = f"{talk.state.held} {talk.heard.text}".strip()
    topic = waiting.values.get("naam", "")
    if waiting.key == danger.HOW and not talk.state.in_script and act == "vertellen" and talk.heard.topic == "geen":
        # What was told before is still what it is about.
        idle.act(talk, act, topic)
        return
    if picked:
        do(talk, picked)
    elif waiting.key in danger.QUESTIONS and act in in_script.ANSWERS and _question_waits(talk):
        # What is said on is no answer to the question of the script that waits.
        talk.say("gevaar_verder")
        questions.again(talk)
    elif act == "bevestigen" and waiting.yes:
        do(talk, waiting.yes)
    elif waiting.no and (act == "ontkennen" or (act == "overslaan" and not talk.state.in_script)):
        do(talk, waiting.no)
    elif act in ASIDE or not waiting.strict:
        in_script.answer(talk) if talk.state.in_script else idle.answer(talk)
    else:
        danger.tell(talk)
        talk.say("niet_keuze")
        talk.ask_waiting(waiting)


def let_go(talk: Talk) -> None:
    """Let go of what was held when neither its question nor the offer to go on is there any more."""
    waiting = talk.state.waiting
    if not talk.state.in_script and not (waiting and waiting.yes.startswith(RESUMES)):
        talk.state.held = ""


def _question_waits(talk: Talk) -> bool:
    """Whether a question of a script waits for its answer, and nothing stands between."""
    run = talk.state.run
    return talk.state.in_script and run is not None and not run.between
