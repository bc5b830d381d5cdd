"""A message outside a script."""

from __future__ import annotations

import datetime as dt

from bot.dialogue import changes, common, consent, danger, in_script, names, people, questions
from bot.dialogue.talk import Talk, quote
from bot.scripts import engine, inputs
from bot.scripts.schema import Step

# How long an unfinished script is offered again.
OFFERED_FOR = dt.timedelta(days=30)
# Within this time after a report what is told is taken as said on about it, unless so many words tell of something else.
SAYS_ON_FOR = dt.timedelta(hours=1)
SAYS_ON_WORDS = 15
SCRIPT_ACTS = ("terug", "wijzig", "overslaan", "waarom", "herhaal")


def answer(talk: Talk) -> None:
    """Answer a message by its act."""
    if not talk.heard.text and talk.heard.incoming.text is not None:
        talk.say("niet_empty")
        offer_next(talk)
        return
    topic = talk.heard.topic
    if danger.applies(talk):
        if talk.heard.act == "vertellen":
            danger.answer(talk)
            return
        danger.tell(talk)
    act(talk, talk.heard.act, topic)


def titled(talk: Talk) -> str | None:
    """The script whose title was typed: 'stop signalen' is one, and no wish to stop. None in a script, and after the
    panel."""
    library, waiting = talk.world.library, talk.state.waiting
    if talk.state.in_script or talk.heard.after_crisis or (waiting and waiting.crisis):
        return None
    return inputs.titled(talk.heard.text, {name: library.current(name).title for name in library.names()})


def act(talk: Talk, name: str, topic: str = "") -> None:
    """Do what was asked; topic: what it is about, that of the message when none is given."""
    topic = topic or talk.heard.topic
    run = talk.state.run
    match name:
        case "start":
            start(talk, topic)
        case "menu":
            talk.say("menu")
            offer_scripts(talk)
        case "verder" | "bevestigen" | "terug" if run and run.state == "paused":
            resume(talk)
        case "verder" if paused(talk):
            offer_next(talk)
        case "terug" | "wijzig" if run and run.state == "done":
            in_script.back(talk) if name == "terug" else changes.change_named(talk)
        case "stoppen" if run and run.state == "paused":
            talk.question("stoppen_zeker", yes="stop:keep", no="no", strict=True)
        case "pauze" | "stoppen" | "afscheid":
            talk.say("afscheid")
            consent.ask(talk)
        case "bedankt":
            talk.say("bedankt")
            consent.ask(talk)
        case "luister":
            talk.say("luister")
        case "vertellen":
            story(talk, topic)
        case "bevestigen" | "ontkennen":
            talk.say(f"los_{name}")
            offer_next(talk)
        case _ if name in SCRIPT_ACTS or name == "verder":
            talk.say("geen_oefening")
            offer_next(talk)
        case _:
            common.act(talk, name)
            if name in ("groet", "uitleg", "buiten_bereik"):
                offer_next(talk)


def story(talk: Talk, topic: str) -> None:
    """Meet a story in its own terms, then offer the script that fits; never start it. What is said on after a report needs
    none."""
    says_on, key = _says_on(talk, topic), f"verhaal_{topic}"
    if not says_on:
        talk.say(key if key in talk.world.responses else "verhaal_geen")
    if names.ask(talk, topic):
        return
    if says_on:
        talk.question("na_verslag_verder", no="act:afscheid")
    else:
        offer_for(talk, topic)


def _says_on(talk: Talk, topic: str) -> bool:
    """Whether someone who has just had a report goes on about the same."""
    run = talk.state.run
    if run is None or run.state != "done" or run.seen is None or talk.heard.now - run.seen > SAYS_ON_FOR:
        return False
    return topic in ("geen", run.script) or len(talk.heard.text.split()) < SAYS_ON_WORDS


def offer_for(talk: Talk, topic: str) -> None:
    """Offer the script that fits a topic, or else people; without a topic what a doctor is likely to want."""
    names = talk.world.library.names()
    if topic in names:
        script = talk.world.library.current(topic)
        talk.question(
            "verhaal_aanbod", yes=f"start:{topic}", no="no", titel=script.label, doel=script.purpose, naam=topic
        )
    elif topic != "geen":
        people.refer(talk, talk.world.directory.for_topic(topic), topic)
        offer_next(talk)
    else:
        offer_next(talk)


def start(talk: Talk, name: str) -> None:
    """Begin a script: first how long it may take. What was paused of it can be gone on with."""
    names = talk.world.library.names()
    if name not in names:
        talk.say("onbekende_oefening" if name == "geen" else "nog_geen_oefening")
        if name != "geen":
            people.refer(talk, talk.world.directory.for_topic(name), name)
        offer_scripts(talk)
        return
    script = talk.world.library.current(name)
    if name in paused(talk):
        talk.question("al_begonnen", yes=f"resume:{name}", titel=script.label, naam=name)
        return
    ask_length(talk, name)


def ask_length(talk: Talk, name: str) -> None:
    """Say what a script is for and how long it takes, and ask which length suits."""
    script = talk.world.library.current(name)
    talk.say("voorstel_begin", titel=script.title, doel=script.purpose)
    talk.question(
        "lengte",
        yes=f"length:{name}:kort",
        no="no",
        naam=name,
        kort=str(script.minutes.kort),
        volledig=str(script.minutes.volledig),
    )


def paused(talk: Talk) -> list[str]:
    """The scripts that were left in the middle and are still offered, the last one first."""
    runs = [talk.state.run, *reversed(talk.state.shelf.values())]
    left = [run for run in runs if run and run.state == "paused"]
    offered = talk.world.library.names()
    return [
        run.script
        for run in left
        if run.script in offered and (run.seen is None or talk.heard.now - run.seen <= OFFERED_FOR)
    ]


def resume(talk: Talk, name: str = "", words: str = "hervat") -> None:
    """Go on with a script at the question where it was left; words: the text that says so."""
    state = talk.state
    if name and (state.run is None or state.run.script != name):
        questions.shelve(talk)
        state.run = state.shelf.pop(name)
    if state.run is None:
        return
    script = talk.world.library.version(state.run.script, state.run.digest)
    # One that was kept and is gone on with is counted as another.
    trace = state.run.trace or talk.heard.fresh[: questions.HALF]
    state.run = state.run.model_copy(update={"state": "running", "trace": trace})
    talk.note("resumed")
    if state.run.at is None:
        questions.proceed(talk)
        return
    waits = engine.advance(script, state.run)[0] if state.run.due else state.run
    number, total = engine.position(script, waits)
    talk.say(words, titel=script.label, nummer=number, totaal=total)
    held = _held(talk, script.step(waits.at)) if waits.at else ""
    if state.run.follow_up:
        questions.follow_up(talk, lead=held)
    elif state.run.due:
        questions.proceed(talk, lead=held)
    else:
        questions.ask(talk, lead=held)


def _held(talk: Talk, step: Step) -> str:
    """What to say of the words that were told before the question was there: they can be its answer, or stand with it."""
    run, held, responses = talk.state.run, talk.state.held, talk.world.responses
    if held and (step.kind == "text" or (run and run.follow_up)):
        return responses.text("vastgehouden", tekst=quote(held))
    return responses.text("verteld") if held and step.closed else ""


def offer_next(talk: Talk) -> None:
    """Offer what a doctor is likely to want now: to go on with what was left, or else the list."""
    left = paused(talk)
    if left:
        script = talk.world.library.current(left[0])
        talk.question("verder_aanbod", yes=f"resume:{left[0]}", no="no", titel=script.label, naam=left[0])
    else:
        offer_scripts(talk)


def offer_scripts(talk: Talk, *, every: bool = False) -> None:
    """Show what there is, as choices: what doctors come for most, or everything."""
    library, responses = talk.world.library, talk.world.responses
    scripts = [script for name in library.names() if (script := library.current(name)).front or every]
    options = [
        (
            responses.text("keuze_oefening", titel=s.title, kort=s.minutes.kort, volledig=s.minutes.volledig),
            f"start:{s.name}",
        )
        for s in scripts
    ]
    options += [(b.title, b.payload) for b in responses.pick("keuzes").buttons if not (every and b.payload == "all")]
    talk.add(talk.variant("keuzes", [v.text for v in responses.variants("keuzes")]), "ask", options=options)
