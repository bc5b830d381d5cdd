"""The engine of the scripts: whatever a doctor does, nothing is lost and there is always a way out."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.scripts import engine
from bot.scripts.engine import Answer, Run
from bot.scripts.schema import Condition, Length, Script
from bot.validation import read_scripts
from tests.scripts.strategies import answers, scripts

LENGTHS: st.SearchStrategy[Length] = st.sampled_from(["kort", "volledig"])


def skip_to_the_end(script: Script, run: Run) -> int:
    """How many questions are left when each is left as it is."""
    for count in range(len(script.steps) * 8):
        if run.at is None:
            return count
        run = engine.advance(script, engine.keep(run))[0]
    raise AssertionError("the script has no end")


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_sequence_of_acts_on_any_script_keeps_every_answer_and_leaves_a_way_out(data: st.DataObject) -> None:
    script = data.draw(scripts())
    run = engine.begin(script, data.draw(LENGTHS))
    for _ in range(data.draw(st.integers(0, 12))):
        before = run
        changed = run.at
        act = data.draw(st.sampled_from(["answer", "answer", "keep", "back", "go_to"]))
        if act == "back":
            run = engine.back(script, run) or run
        elif act == "go_to" and engine.answered(script, run):
            run = engine.go_to(run, data.draw(st.sampled_from([s.id for s in engine.answered(script, run)])))
        elif run.at is not None:
            given_ = data.draw(answers(script.step(run.at)))
            run = engine.answer(script, run, given_) if act == "answer" else engine.keep(run)
            run, _ = engine.advance(script, run)
        kept = {k: v for k, v in before.answers.items() if k != changed}
        assert kept.items() <= run.answers.items()
        assert set(before.answers) <= set(run.answers)
        number, total = engine.position(script, run)
        assert 0 <= number <= total
        assert run.at is None or run.at in [s.id for s in engine.questions(script, run)]
        assert Run.model_validate_json(run.model_dump_json()) == run
    skip_to_the_end(script, run)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_going_back_reaches_the_first_question_and_changes_no_answer(data: st.DataObject) -> None:
    script = data.draw(scripts())
    run = engine.begin(script, data.draw(LENGTHS))
    while run.at is not None:
        run, _ = engine.advance(script, engine.answer(script, run, data.draw(answers(script.step(run.at)))))
    stored = run.answers
    way = [s.id for s in engine.questions(script, run)]
    seen = []
    while (previous := engine.back(script, run)) is not None:
        run = previous
        seen.append(run.at)
    assert seen == list(reversed(way))
    assert run.answers == stored


def apk(length: str) -> tuple[Script, Run]:
    script = next(s for s in read_scripts() if s.name == "apk")
    return script, engine.begin(script, "kort" if length == "kort" else "volledig")


def fill(script: Script, run: Run, **chosen: list[str]) -> Run:
    """Answer up to and with the questions named, the others with a word."""
    while run.at is not None and set(chosen) - set(run.answers):
        step = script.step(run.at)
        given_ = Answer(options=chosen[step.id]) if step.id in chosen else Answer(text="iets")
        run, _ = engine.advance(script, engine.answer(script, run, given_))
    return run


def test_the_short_apk_asks_the_three_that_were_chosen() -> None:
    script, run = apk("kort")
    run = fill(script, run, keuze=["kern", "trots", "vitaal"])
    asked = [s.id for s in engine.questions(script, run)]
    assert asked == ["fase", "vraag", "keuze", "kern", "trots", "vitaal", "plan", "proef", "terugkijken"]


def test_the_count_of_questions_is_right_before_the_three_are_chosen() -> None:
    script, run = apk("kort")
    assert engine.position(script, run) == (1, 9)
    run = fill(script, run, keuze=["kern", "trots", "vitaal"])
    assert engine.position(script, run) == (4, 9)


def test_another_choice_of_three_asks_the_new_ones_and_keeps_the_answers_of_the_old() -> None:
    script, run = apk("kort")
    run = fill(script, run, keuze=["kern", "trots", "vitaal"])
    run, _ = engine.advance(script, engine.answer(script, run, Answer(text="rustig")))
    run = engine.answer(script, engine.go_to(run, "keuze"), Answer(options=["best", "trots", "vitaal"]))
    run, _ = engine.advance(script, run)
    asked = [s.id for s in engine.questions(script, run)]
    assert asked[3:6] == ["trots", "best", "vitaal"]
    assert run.at == "trots"
    assert run.answers["kern"].text == "rustig"


def test_skipping_the_choice_of_three_still_asks_three() -> None:
    script, run = apk("kort")
    while run.at != "keuze":
        run, _ = engine.advance(script, engine.keep(run))
    run, _ = engine.advance(script, engine.keep(run))
    assert [s.id for s in engine.questions(script, run)][3:6] == ["wil", "best", "vitaal"]


def test_an_unknown_part_decides_nothing_but_a_known_one_does() -> None:
    run = Run(script="x", digest="", length="kort", answers={"a": Answer(options=["ja"]), "b": Answer(skipped=True)})
    said_yes = {"step": "a", "is": "ja"}
    skipped = {"step": "b", "is": "ja"}
    verdicts = {
        "any": engine.holds(Condition.model_validate({"any": [said_yes, skipped]}), run),
        "all": engine.holds(Condition.model_validate({"all": [said_yes, skipped]}), run),
        "not": engine.holds(Condition.model_validate({"not": skipped}), run),
        "skipped": engine.holds(Condition.model_validate({"step": "b", "skipped": True}), run),
    }
    assert verdicts == {"any": True, "all": None, "not": None, "skipped": True}


def test_a_question_over_options_is_asked_for_each_that_was_chosen() -> None:
    script = Script.model_validate(
        {
            "name": "proef", "version": 1, "title": "T", "label": "t", "purpose": "P.",
            "minutes": {"kort": 1, "volledig": 2}, "opening": ["O."],
            "steps": [
                _question("wat", "several", options=[{"id": "slaap", "label": "Slecht slapen"}, {"id": "moe", "label": "Moe"}]),
                _question("duur", "text", each="wat", ask=["Hoe lang al {each}?", "Sinds wanneer {each}?"]),
                _question("proef", "text"), _question("datum", "date"),
            ],
            "closing": {"say": ["K."], "experiment": "proef", "look_back": "datum", "look_back_title": "T",
                        "refer": [{"id": "cvm"}]},
        }
    ).signed()  # fmt: skip
    run = engine.begin(script, "kort")
    run, _ = engine.advance(script, engine.answer(script, run, Answer(options=["slaap", "moe"])))
    assert run.at == "duur.slaap"
    assert script.step(run.at).ask[0] == "Hoe lang al slecht slapen?"
    run, _ = engine.advance(script, engine.answer(script, run, Answer(text="lang")))
    assert run.at == "duur.moe"


def _question(name: str, kind: str, **more: object) -> dict[str, object]:
    texts = {"subject": name, "heading": name, "ask": ["Wat?", "Hoe?"], "why": "Zo.", "rephrase": "Wat dan?"}
    return {"id": name, "kind": kind, **texts, **more}
