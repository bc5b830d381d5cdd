"""A message inside a script: an answer, or something about the talk itself."""

from __future__ import annotations

from bot.dialogue import aftercare, asking_on, changes, common, danger, names, people, questions, sharpening
from bot.dialogue.talk import Talk, quote
from bot.scripts import engine, own_questions
from bot.scripts.engine import Answer, FollowUp
from bot.scripts.inputs import STORY_WORDS, Trouble, interpret, names_yes, plain, within
from bot.scripts.schema import CLOSED_KINDS, Script, Step

ANSWERS = ("vertellen", "bevestigen", "ontkennen")
QUOTE_EVERY = 2
# Fewer are not something told yet, also where telling is one of the choices.
TELLING_WORDS = 3


def answer(talk: Talk) -> None:
    """Take a message as an answer to the question that waits, unless it is about the talk itself."""
    step, heard, run = _step(talk), talk.heard, talk.state.run
    assert run is not None
    if run.between:
        _between(talk)
        return
    held = talk.state.held
    if step.kind == "text":
        talk.state.held = ""
        if held and heard.act == "bevestigen":
            store(talk, Answer(text=held))
            return
        if run.at in run.answers and names_yes(heard.text):
            go_on(talk)
            return
    exact = interpret(step, heard.incoming, heard.now, loose=False)
    if isinstance(exact, Answer) and (step.closed or heard.incoming.text is None):
        given: Answer | Trouble = exact
    elif heard.act not in ANSWERS and heard.text and not _answers_all_the_same(talk, step):
        act(talk, heard.act)
        return
    elif trouble := _no_answer(talk, step):
        given = trouble
    else:
        given = interpret(step, heard.incoming, heard.now)
    if isinstance(given, Answer):
        store(talk, given)
    elif danger.applies(talk):
        danger.answer(talk)
    elif step.telling and heard.act == "vertellen" and len(heard.text.split()) >= TELLING_WORDS:
        _tell_on(talk, step.telling)
    elif step.kind == "date" and heard.act == "ontkennen":
        skip(talk)
    else:
        misunderstood(talk, given)


def _tell_on(talk: Talk, option: str) -> None:
    """Take a message that begins to tell for the choice to do so, and for the answer to the open question after it."""
    script, run = talk.script, talk.state.run
    assert script is not None and run is not None
    chosen = Answer(options=[option])
    after, told = engine.advance(script, engine.answer(script, run, chosen))
    if after.at is None or script.step(after.at).kind != "text":
        talk.state.held = "" if _story(talk) else talk.heard.text
        store(talk, chosen)
        return
    talk.note("answered")
    talk.state.run = after
    questions.tell(talk, script, told)
    talk.note("asked")
    store(talk, Answer(text=talk.heard.text))


def _answers_all_the_same(talk: Talk, step: Step) -> bool:
    """Whether a message is an answer however much it sounds like a word about the talk: the question that the doctor was asked
    to make, or going to bed where what comes next was asked."""
    if talk.heard.act == "afscheid" and any(within(plain(word), plain(talk.heard.text)) for word in step.leaving):
        return True
    return _is_own_question(talk, step)


def _no_answer(talk: Talk, step: Step) -> Trouble | None:
    """What is the matter with words that would be taken as the doctor's own, and say nothing: a yes where something is to be
    told, 'I do not know' beside a list."""
    if step.kind == "text" and names_yes(talk.heard.text):
        return "yes"
    if step.own and _unsure(talk, step):
        return "several" if step.kind == "several" else "choice"
    return None


def _unsure(talk: Talk, step: Step) -> bool:
    """Whether someone who is to choose says not to know. A bare yes is evasive too, and no 'I do not know'."""
    short = len(talk.heard.text.split()) < STORY_WORDS
    return step.closed and talk.heard.act == "vertellen" and short and _evasive(talk)


def _is_own_question(talk: Talk, step: Step) -> bool:
    return bool(step.sharpen) and own_questions.is_one(talk.heard.text)


def choose(talk: Talk, options: list[str]) -> None:
    """Take tapped options as the answer."""
    step = _step(talk)
    incoming = talk.heard.incoming.model_copy(
        update={"text": None, "choice": None, "choices": [o for o in options if o]}
    )
    given = interpret(step, incoming, talk.heard.now)
    if isinstance(given, Answer):
        store(talk, given)
    else:
        misunderstood(talk, given)


def store(talk: Talk, given: Answer) -> None:
    """Keep an answer, give a few of the doctor's words back now and then, and go on."""
    script, step, run = talk.script, _step(talk), talk.state.run
    assert script is not None and run is not None
    changed, named_in_part = step.id in run.answers, bool(given.more)
    if step.closed:
        before = run.answers[step.id].more if changed and run.answers[step.id].skipped else []
        told = [part for part in (*before, talk.state.held, *given.more, "" if given.text else _story(talk)) if part]
        given = given.model_copy(update={"more": told})
        talk.state.held = ""
    talk.note("changed" if changed else "answered")
    talk.state.run = engine.answer(script, run, given)
    talk.state.last_answer = step.id
    talk.state.misses = 0
    if changed:
        talk.say("aangepast")
    if step.calls_panel(given.options):
        # The answer stands: whoever goes on later is not asked it again.
        talk.state.run = talk.state.run.model_copy(update={"due": True})
        aftercare.show(talk)
        return
    if _comes_between(talk, step):
        return
    if named_in_part:
        talk.say("deels_genoteerd", keuzes=engine.words(step, given))
    elif not changed:
        _respond(talk, script, step, given)
    questions.proceed(talk)


def _respond(talk: Talk, script: Script, step: Step, given: Answer) -> None:
    """Say what belongs to the option that was chosen, or give some of the doctor's words back."""
    said = [o.say for o in step.options if o.id in given.options and o.say]
    if len(said) == 1 and len(given.options) == 1:
        assert talk.state.run is not None
        for text in questions.fill(script, talk.state.run, said):
            talk.add(text)
    elif step.ack and given.text and step.kind == "text":
        _acknowledge(talk, given.text)


def _between(talk: Talk) -> None:
    """Take a message where something came between an answer and the next question: said on about that answer, or not."""
    run, name = talk.state.run, talk.heard.act
    assert run is not None
    step = _step(talk)
    held, talk.state.held = talk.state.held, ""
    takes_held = bool(held) and name == "bevestigen"
    said = held if takes_held else talk.heard.text
    if takes_held or name == "vertellen" or (name in ANSWERS and run.follow_up is None) or _is_own_question(talk, step):
        talk.note("added")
        if sharpening.waits(talk):
            sharpening.take(talk, said)
        else:
            asking_on.add(talk, said)
        if not _comes_between(talk, step, ask_on=False):
            questions.proceed(talk)
    elif name in ("ontkennen", "overslaan") and run.follow_up:
        _leave(talk)
    elif name == "bevestigen" and talk.state.misses:
        talk.state.misses = 0
        talk.state.run = run.model_copy(update=engine.NOTHING_BETWEEN)
        questions.proceed(talk)
    elif name == "bevestigen":
        talk.state.misses += 1
        talk.say("niet_yes")
        questions.again(talk)
    else:
        act(talk, name)


def _comes_between(talk: Talk, step: Step, *, ask_on: bool = True) -> bool:
    """Whether danger that was heard, or a word worth asking on about, comes before the next question."""
    run = talk.state.run
    assert run is not None
    if danger.applies(talk):
        talk.state.run = run.model_copy(update={"due": True})
        danger.answer(talk)
        return True
    if names.ask(talk):
        talk.state.run = run.model_copy(update={"due": True})
        return True
    return sharpening.begin(talk, step) or (ask_on and asking_on.begin(talk, step))


def _leave(talk: Talk) -> None:
    """Put aside what was asked on about."""
    if sharpening.waits(talk):
        sharpening.leave(talk)
    else:
        asking_on.decline(talk)


def _acknowledge(talk: Talk, text: str) -> None:
    count = talk.state.used.get("antwoord", 0)
    talk.state.used["antwoord"] = count + 1
    words = quote(text)
    # 'Weet ik niet' is nothing to give back.
    if count % QUOTE_EVERY == 0 and len(words.split()) > 1 and not _evasive(talk):
        talk.say("terug_gezegd", citaat=words[:1].upper() + words[1:])


def _evasive(talk: Talk) -> bool:
    return any(cue.name == "ontwijken" for cue in talk.heard.cues)


def misunderstood(talk: Talk, trouble: Trouble) -> None:
    """Say what was not understood and ask again; the second time offer ways on, the third time a person too, once."""
    talk.state.misses += 1
    talk.note("misunderstood")
    told = _story(talk) if trouble in CLOSED_KINDS else ""
    # What is told where a choice is asked for is held, and stands with that answer once it is given.
    talk.state.held = f"{talk.state.held} {told}".strip()
    if trouble == "empty" or talk.state.misses == 1:
        step = _step(talk)
        key = "verteld" if told else "weet_niet" if _unsure(talk, step) else f"niet_{trouble.replace('-', '_')}"
        talk.say(key, min=step.min or 0, max=step.max or len(step.options))
        questions.again(talk)
        return
    # Who has no day yet has nothing that a person would help with.
    if talk.state.misses == 3 and _step(talk).kind != "date":
        people.refer_for(talk, "geen", "mens_misschien")
    step = _step(talk)
    # What can be chosen stands beside the ways on, so that nobody has to look for it.
    own = [(o.label, f"option:{o.id}") for o in step.options] if step.kind == "choice" else []
    talk.say("verteld_hulp" if told else "niet_hulp", "ask", options=own)


def _story(talk: Talk) -> str:
    """What was typed, when it is long enough to be something told and not a choice in other words."""
    text = talk.heard.text or ""
    return text if len(text.split()) >= STORY_WORDS else ""


def act(talk: Talk, name: str) -> None:
    """Do what was asked about the talk itself, and come back to the question. Danger beside it is met first."""
    talk.state.misses = 0
    danger.tell(talk)
    match name:
        case "terug":
            back(talk)
        case "wijzig":
            changes.change_named(talk)
        case "vergeten" if changes.names_one(talk.heard.text):
            changes.change_named(talk)
        case "overslaan":
            skip(talk)
        case "waarom":
            why(talk)
        case "herhaal":
            talk.note("rephrased")
            _rephrase(talk)
        case "verder":
            go_on(talk)
        case "pauze" | "afscheid":
            pause(talk)
        case "stoppen":
            talk.question("stoppen_zeker", yes="stop:keep", no="stop:no", strict=True)
        case "start":
            other_script(talk, talk.heard.topic)
        case "menu":
            talk.say("menu_in_script")
            questions.again(talk)
        case _:
            common.act(talk, name)
            if talk.state.waiting is None:
                questions.again(talk)


def _rephrase(talk: Talk) -> None:
    if sharpening.waits(talk):
        sharpening.rephrase(talk, _step(talk))
    elif _follow_up(talk):
        asking_on.rephrase(talk)
    else:
        questions.again(talk, rephrased=True)


def _follow_up(talk: Talk) -> FollowUp | None:
    run = talk.state.run
    return run.follow_up if run else None


def back(talk: Talk) -> None:
    """Go to the question before this one, with what was answered there; from a follow-up to the question it is about."""
    talk.note("back")
    script, run = talk.script, talk.state.run
    assert script is not None and run is not None
    previous = engine.go_to(run, run.at) if run.between and run.at else engine.back(script, run)
    if previous is None:
        talk.say("eerste_vraag")
    else:
        talk.state.run = previous
        talk.say("terug")
    questions.again(talk)


def skip(talk: Talk) -> None:
    """Leave a question; an answer that was given before stays."""
    run = talk.state.run
    assert run is not None and run.at is not None
    if run.follow_up:
        _leave(talk)
        return
    talk.note("skipped")
    had = run.at in run.answers and not run.answers[run.at].skipped
    told = ""
    if _step(talk).closed:
        # What was told where a choice was asked for stands there, also without that choice.
        told, talk.state.held = talk.state.held, ""
    talk.state.run = engine.keep(run, told)
    talk.say("blijft_staan" if had else "overgeslagen")
    questions.proceed(talk)


def go_on(talk: Talk) -> None:
    """Go on: past a question that was answered before, else with the question that waits."""
    run = talk.state.run
    assert run is not None and run.at is not None
    if run.follow_up:
        _leave(talk)
    elif run.at in run.answers:
        talk.state.run = engine.keep(run)
        questions.proceed(talk)
    else:
        questions.again(talk)


def why(talk: Talk) -> None:
    """Say why this is asked, and ask it again."""
    script, run = talk.script, talk.state.run
    assert script is not None and run is not None
    talk.note("why")
    if _follow_up(talk) and not sharpening.waits(talk):
        asking_on.why(talk)
        return
    for text in questions.fill(script, run, [_step(talk).why or ""]):
        talk.add(text)
    questions.again(talk)


def pause(talk: Talk) -> None:
    """Stop for now, with the place kept."""
    script, run = talk.script, talk.state.run
    assert script is not None and run is not None
    number, _ = engine.position(script, run)
    talk.note("paused")
    talk.state.run = run.model_copy(update={"state": "paused"})
    talk.say("pauze", nummer=number, titel=script.label)


def other_script(talk: Talk, topic: str) -> None:
    """Another script was asked for in the middle: now, or after this one."""
    script = talk.script
    assert script is not None
    if topic == script.name or topic not in talk.world.library.names():
        talk.say("al_bezig" if topic == script.name else "menu_in_script", titel=script.label)
        questions.again(talk)
        return
    wanted = talk.world.library.current(topic)
    talk.question(
        "andere_oefening",
        yes=f"start:{topic}",
        no=f"after:{topic}",
        strict=True,
        titel=wanted.label,
        naam=topic,
        huidig=script.label,
    )


def _step(talk: Talk) -> Step:
    script, run = talk.script, talk.state.run
    assert script is not None and run is not None and run.at is not None
    return script.step(run.at)
