"""Reading what a doctor typed as the answer to a question."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.messages import Incoming, Line
from bot.scripts.engine import Answer
from bot.scripts.inputs import interpret, moment, number
from bot.scripts.schema import Option, Step
from bot.validation import read_scripts

# A Monday.
NOW = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)


def step(name: str) -> Step:
    return next(s for s in read_scripts() if s.name == "apk").step(name)


def typed(name: str, text: str) -> object:
    return interpret(step(name), Incoming(text=text), NOW)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("over drie maanden", "2027-02-23"),
        ("over een half jaar", "2027-05-23"),
        ("over anderhalf jaar", "2028-05-23"),
        ("over een maand of drie", "2027-02-23"),
        ("volgende week donderdag", "2026-12-03"),
        ("donderdag", "2026-11-26"),
        ("komende vrijdag", "2026-11-27"),
        ("dinsdag over een week", "2026-12-01"),
        ("1 juni", "2027-06-01"),
        ("5-1-2027", "2027-01-05"),
        ("2027-01-05", "2027-01-05"),
        ("eind januari", "2027-01-31"),
        ("begin maart", "2027-03-01"),
        ("na de zomer", "2027-09-01"),
        ("ergens in het voorjaar", "2027-04-01"),
        ("over een jaar", "2027-11-23"),
        ("morgen", "2026-11-24"),
    ],
)
def test_a_day_is_read_as_doctors_name_it(said: str, day: str) -> None:
    assert moment(said, NOW) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("said", ["ja", "7", "ik weet het niet", "ooit", "2027-13-45", ""])
def test_what_names_no_day_gives_none(said: str) -> None:
    assert moment(said, NOW) is None


@pytest.mark.parametrize("said", ["gisteren", "vandaag", "1 januari 2020", "over 20 jaar"])
def test_a_day_to_look_back_lies_ahead_and_not_too_far(said: str) -> None:
    assert typed("terugkijken", said) == "date-past"


@pytest.mark.parametrize(
    ("said", "value"), [("een 7", 7), ("zeven", 7), ("7/10", 7), ("ik denk een zes", 6), ("10", 10)]
)
def test_a_number_is_read_in_digits_and_words(said: str, value: int) -> None:
    assert typed("energie", said) == Answer(value=value)


@pytest.mark.parametrize("said", ["0", "11", "6 of 7", "veel", "honderd"])
def test_what_is_no_number_on_the_scale_is_asked_again(said: str) -> None:
    assert typed("energie", said) == "scale"


def test_two_numbers_are_no_number() -> None:
    assert number("tussen 3 en 4") is None


@pytest.mark.parametrize(
    "said", ["2", "optie 2", "twee", "Ik vind mijn eigen stijl en routine", "mijn draai vinden, denk ik"]
)
def test_an_option_is_named_by_number_label_or_what_doctors_call_it(said: str) -> None:
    answer = typed("fase", said)
    assert isinstance(answer, Answer) and answer.options == ["stijl"]


def test_own_words_are_an_answer_where_they_may_be() -> None:
    assert typed("fase", "ik zit een jaar ziek thuis") == Answer(text="ik zit een jaar ziek thuis")


@pytest.mark.parametrize("said", ["1, 4 en 8", "1 4 8", "1;4;8", "wie ik ben op mijn best, op mijn best zijn, fit"])
def test_several_are_named_in_one_line(said: str) -> None:
    answer = typed("keuze", said)
    assert isinstance(answer, Answer) and {"kern", "vitaal"} <= set(answer.options)


@pytest.mark.parametrize(
    ("said", "trouble"), [("1", "too-few"), ("1,2,3,4", "too-many"), ("van alles", "several"), ("", "empty")]
)
def test_the_wrong_number_of_choices_is_told(said: str, trouble: str) -> None:
    assert typed("keuze", said) == trouble


def test_who_names_a_choice_and_something_else_keeps_both() -> None:
    options = [Option(id="moe", label="Moeheid", hears=["moe"]), Option(id="boos", label="Snel geprikkeld")]
    asked = step("keuze").model_copy(update={"options": options, "min": 0, "max": 2, "own": False})
    assert interpret(asked, Incoming(text="moe en trots op mezelf"), NOW) == Answer(
        options=["moe"], more=["moe en trots op mezelf"]
    )
    story = "mijn maat is moe, en ik moet nu al drie weken alles alleen doen"
    assert interpret(asked, Incoming(text=story), NOW) == "several"


def test_what_names_too_few_and_something_else_is_asked_again() -> None:
    assert typed("keuze", "mijn kern, en de rest zie ik nog wel") == "several"


def test_lines_can_be_typed_with_the_unsaid_between_brackets() -> None:
    verbatim = step("kern").model_copy(update={"kind": "lines"})
    answer = interpret(verbatim, Incoming(text="ik zeg: hoe gaat het (ik heb haast)\nde patiënt zegt: slecht"), NOW)
    assert answer == Answer(
        lines=[Line(who="ik", said="hoe gaat het", unsaid="ik heb haast"), Line(who="de patiënt", said="slecht")]
    )


@pytest.mark.parametrize(
    "said",
    [
        "geen",
        "Geen van deze.",
        "nee",
        "niets van dit alles",
        "niks eigenlijk",
        "ik denk nee",
        "voor mij geen van deze hoor",
    ],
)
def test_none_of_several_is_none_whatever_word_an_option_has_in_common_with_it(said: str) -> None:
    options = [Option(id="energie", label="Geen energie meer"), Option(id="b", label="Nee zeggen")]
    asked = step("keuze").model_copy(update={"options": options, "min": None, "kind": "several"})
    assert interpret(asked, Incoming(text=said), NOW) == Answer()


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("mwah, alleen maar moe. en niet uitgerust wakker", ["moe", "ochtend"]),
        ("moe. slaap slecht! pieker", ["slaap", "piekeren", "moe"]),
        ("ik slaap slecht. echt al weken", ["slaap"]),
    ],
)
def test_what_is_named_in_short_sentences_is_all_heard(said: str, named: list[str]) -> None:
    asked = next(s for s in read_scripts() if s.name == "stop").step("algemeen")
    answer = interpret(asked, Incoming(text=said), NOW)
    assert isinstance(answer, Answer) and answer.options == named


@pytest.mark.parametrize("script", ["klacht", "verslaving"])
def test_a_yes_that_becomes_a_no_where_life_is_asked_after_is_heard_as_the_no(script: str) -> None:
    steps = next(s for s in read_scripts() if s.name == script).steps
    asked = next(one for one in steps if one.calls_panel([option.id for option in one.options]))
    [calling] = [option.id for option in asked.options if asked.calls_panel([option.id])]
    easier = interpret(asked, Incoming(text="ja, het gaat wel"), NOW)
    assert isinstance(easier, Answer) and easier.options == ["wisselt"]
    for said in ("ja, maar steeds minder", "ja hoor, al is het niet meer zoals het was", "nee, steeds minder"):
        answer = interpret(asked, Incoming(text=said), NOW)
        assert isinstance(answer, Answer) and answer.options == [calling], said
