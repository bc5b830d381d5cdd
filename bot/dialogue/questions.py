"""Asking the questions of a script, and closing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from bot.dialogue import people, reminder_offer, thread
from bot.dialogue.talk import Talk, filled, quote
from bot.messages import InputType
from bot.scripts import engine
from bot.scripts.engine import Answer
from bot.scripts.report import sections, summary
from bot.scripts.schema import Case, Length, Script, Step, placeholders

EARLIER_WORDS = 30
# Of the random number that comes with a message, one half names the run where it is counted, the other where it is kept:
# so nobody who sees both places can tell that they belong together.
HALF = 32
# How long a script took is counted no finer than this: up to so many minutes.
DURATIONS = (5, 10, 20, 40, 24 * 60)


def fill(script: Script, run: engine.Run, wordings: Sequence[str], more: Mapping[str, str] | None = None) -> list[str]:
    """The wordings whose places can all be filled in with the doctor's own words by step, short enough to stand in a
    sentence; more: what else is known."""
    known = dict[str, str]()
    for step in engine.answered(script, run):
        if said := engine.words(step, run.answers[step.id]):
            known[step.id] = quote(said) if step.kind == "text" else said
    known.update(more or {})
    return [filled(w, **known) for w in wordings if set(placeholders(w)) <= set(known)]


def tell(talk: Talk, script: Script, cases: list[Case]) -> None:
    """Say what is to be told before the next question."""
    run = talk.state.run
    assert run is not None
    for case in cases:
        if possible := fill(script, run, case.say):
            talk.add(talk.variant(f"{script.name}.{case.say[0][:40]}", possible))


def open_script(talk: Talk, script: Script, length: Length) -> None:
    """Begin a script: where another was running, that one is paused and kept."""
    state = talk.state
    library, now = talk.world.library, talk.heard.now
    earlier = state.run if state.run and state.run.script == script.name else state.shelf.get(script.name)
    shelve(talk)
    state.shelf.pop(script.name, None)
    state.shown = ""
    if earlier:
        thread.put_by(library, state, earlier, now)
    if script.intention:
        # What one looks back on is what was intended, not the last time one looked back.
        looked_at, state.looks_at = thread.reflections(library, state, now).get(state.looks_at), ""
        words = thread.intention(library, looked_at.run)[0] if looked_at else ""
        begun = engine.begin(script, length, given={script.intention: Answer(text=words)} if words else {})
    else:
        begun = engine.begin(script, length, earlier)
    state.run = begun.model_copy(
        update={"trace": talk.heard.fresh[:HALF], "name": talk.heard.fresh[HALF:], "began": talk.heard.now}
    )
    talk.note("begun")
    state.waiting = None
    talk.add(talk.variant(f"{script.name}.opening", script.opening))
    proceed(talk, first=True)


def shelve(talk: Talk) -> None:
    """Put the run away, paused if it was running, so that another can take its place."""
    run = talk.state.run
    if run:
        state = "paused" if run.state == "running" else run.state
        talk.state.shelf[run.script] = run.model_copy(update={"state": state})
        talk.state.run = None


def proceed(talk: Talk, *, first: bool = False, lead: str = "") -> None:
    """Go to the next question and ask it, or close the script when there is none."""
    script = talk.script
    assert script is not None and talk.state.run is not None
    run = talk.state.run
    if first:
        run = run.model_copy(update={"at": None})
    talk.state.run, told = engine.advance(script, run)
    tell(talk, script, told)
    if talk.state.run.at is None:
        close(talk, script)
    else:
        talk.note("asked")
        ask(talk, lead=lead)


def again(talk: Talk, *, rephrased: bool = False) -> None:
    """Ask what waits once more: a follow-up question, or the question itself. Nothing when no script is running."""
    run = talk.state.run
    if run is None or not talk.state.in_script:
        return
    if run.follow_up:
        follow_up(talk)
    elif run.due:
        proceed(talk)
    else:
        ask(talk, rephrased=rephrased)


def follow_up(talk: Talk, *, lead: str = "") -> None:
    """Ask the follow-up question that waits: the doctor's own words, and what they call up."""
    run = talk.state.run
    assert run is not None and run.follow_up is not None
    talk.add("\n\n".join(part for part in (lead, run.follow_up.text) if part), "reflect", answer=("text", None, None))


def ask(talk: Talk, *, lead: str = "", rephrased: bool = False) -> None:
    """Ask the question that waits, in a wording that was not used yet if there is one."""
    script, run = talk.script, talk.state.run
    assert script is not None and run is not None and run.at is not None
    step = script.step(run.at)
    wordings = [step.rephrase] if rephrased and step.rephrase else list(step.ask)
    possible = fill(script, run, wordings) or fill(script, run, [w for w in (*step.ask, step.rephrase) if w])
    # A question that goes over options takes turns too, so that it does not sound like a form.
    name = step.id.partition(".")[0]
    text = talk.variant(f"{script.name}.{name}.{'rephrase' if rephrased else 'ask'}", possible)
    number, total = engine.position(script, run)
    prefix = talk.world.responses.text("vraag_nummer", nummer=number, totaal=total)
    parts = [lead, f"{prefix} {text}", _before(talk, step)]
    options = [(o.label, f"option:{o.id}") for o in step.options]
    low, high = step.min, step.max
    if step.kind == "several":
        low, high = step.min or 0, step.max or len(step.options)
    talk.add("\n\n".join(p for p in parts if p), "ask", options=options, answer=(cast(InputType, step.kind), low, high))


def _before(talk: Talk, step: Step) -> str:
    """What was answered before, here or in an earlier run, when the question is asked again."""
    run = talk.state.run
    assert run is not None
    for answers, key in ((run.answers, "eerder_antwoord"), (run.earlier, "vorige_keer")):
        if step.id in answers and (said := engine.words(step, answers[step.id])):
            words = said.split()
            short = " ".join(words[:EARLIER_WORDS]).rstrip(".") + (" …" if len(words) > EARLIER_WORDS else "")
            return talk.world.responses.text(key, antwoord=short)
    return ""


def close(talk: Talk, script: Script) -> None:
    """End a script: the summary in the doctor's own words, the experiment, the date, whom to turn to."""
    run = talk.state.run
    assert run is not None
    talk.note("finished", _duration(talk))
    talk.state.shown = ""
    closing = script.closing
    if possible := fill(script, run, closing.say):
        talk.add(talk.variant(f"{script.name}.closing", possible))
    parts = sections(script, run)
    talk.add(summary(script.title, parts, talk.world.responses), "report", sections=parts)
    tell(talk, script, [c for c in closing.tell if engine.holds(c.when, run) is True])
    named = [r.id for r in closing.refer if engine.holds(r.when, run) is True]
    people.refer(talk, [talk.world.directory[i] for i in named], script.name)
    if not reminder_offer.offer(talk):
        offer_next(talk, script)


def offer_next(talk: Talk, script: Script) -> None:
    """Offer one thing after a script: what was asked for meanwhile, else what the answers point to, else a coach."""
    run, names = talk.state.run, talk.world.library.names()
    assert run is not None
    wanted, talk.state.after = talk.state.after, ""
    offers = [o for o in script.closing.offers if engine.holds(o.when, run) is True and o.script in names]
    if _was_dark(script, run):
        offers = []
    if wanted in names:
        talk.say("nu_de_andere", titel=talk.world.library.current(wanted).label)
    elif offers:
        wanted = offers[0].script
        talk.add(offers[0].say)
    if wanted in names:
        title = talk.world.library.current(wanted).label
        talk.question("aanbod_keuze", yes=f"start:{wanted}", no="no", titel=title, naam=wanted)
    elif _was_dark(script, run):
        talk.question("na_verslag_donker", yes="keep", no="no")
    elif not people.offer_coaches(talk, script.name):
        talk.question("na_verslag", yes="keep", no="no")


def _was_dark(script: Script, run: engine.Run) -> bool:
    """Whether an answer in this run called the crisis panel: then nothing is said of next year, nor of a coach."""
    return any(script.step(name).calls_panel(given.options) for name, given in run.answers.items())


def _duration(talk: Talk) -> str:
    """How long the run took, coarsely: the first of :data:`DURATIONS` that it fits in, in minutes; 'longer' else."""
    run = talk.state.run
    assert run is not None
    minutes = (talk.heard.now - run.began).total_seconds() / 60 if run.began else 0.0
    return next((str(bound) for bound in DURATIONS if minutes <= bound), "longer")
