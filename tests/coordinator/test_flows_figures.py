"""Sums are of whole cells, of those that tell the figure; what is chosen is chosen by whole cells."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.coordinator import figures
from bot.coordinator.choice import Choice, options, read
from bot.coordinator.figures import Told
from bot.coordinator.reading import Everything
from bot.coordinator.tables import Column, Table, escaped, to_csv
from bot.store.published import Cell

WEEK = dt.timedelta(weeks=1)
MONDAY = dt.date(2026, 6, 1)


def cell(runs: int = 20, *, weeks: int = 1, first: dt.date = MONDAY, **more: Any) -> Cell:
    """A cell with these figures."""
    whose = {"script": "apk", "version": 3, "length": "kort", "channel": "web", "simulated": False}
    whose |= {name: more.pop(name) for name in list(more) if name in whose}
    return Cell(first=first, last=first + (weeks - 1) * WEEK, runs=runs, figures=more, **whose)


def test_a_sum_counts_only_the_cells_that_tell_it_and_is_of_their_runs() -> None:
    cells = [cell(20, ends={"finished": 12}), cell(30, ends={"finished": None}), cell(40, ends={})]
    assert figures.of_runs(cells, figures.end("finished")) == Told(12, 20, partial=True)
    assert figures.of_runs(cells[:1], figures.end("finished")) == Told(12, 20)


def test_what_no_cell_tells_is_not_zero() -> None:
    assert figures.of_runs([cell(20, ends={"left": None})], figures.end("left")) is None


def test_reach_is_of_the_runs_of_the_cells_that_have_that_step() -> None:
    cells = [cell(20, reach=[["fase", 20], ["vraag", 15]]), cell(30, reach=[["fase", 30]])]
    way = {one.step: one for one in figures.way(cells, ["fase", "vraag"])}
    assert way["fase"].reached == Told(50, 50)
    assert way["vraag"].reached == Told(15, 20, partial=True)
    assert way["fase"].ended == Told(5, 20, partial=True)


def test_a_step_that_a_version_does_not_have_is_not_withheld_there() -> None:
    cells = [cell(20, reach=[["fase", 20]], version=2), cell(30, reach=[["fase", 30], ["vraag", 25]])]
    way = {one.step: one for one in figures.way(cells, ["fase", "vraag"])}
    assert way["vraag"].reached == Told(25, 30)


def test_what_a_cell_does_not_name_it_withholds() -> None:
    cells = [cell(20, acts={"waarom": 8}), cell(30, acts={})]
    assert figures.by_key(cells, "acts") == {"waarom": Told(8, 20, partial=True)}


def test_a_difference_that_could_not_be_told_is_not_made_by_subtraction() -> None:
    (first, _) = figures.way([cell(20, reach=[["fase", 20], ["vraag", 17]])], ["fase", "vraag"])
    assert first.ended is None


def test_steps_stand_in_the_order_of_the_script_and_options_with_their_step() -> None:
    cells = [cell(reach=[["a", 20], ["b.x", 20], ["oud", 20], ["c", 20]])]
    assert figures.order(cells, ["a", "b", "c"]) == ["a", "b.x", "oud", "c"]


def test_a_step_that_no_cell_names_stands_in_its_place_when_it_is_asked_for() -> None:
    assert figures.order([cell(reach=[["a", 20], ["c", 20]])], ["a", "b", "c"], ["b"]) == ["a", "b", "c"]


def test_not_understood_is_of_the_steps_of_which_both_are_told() -> None:
    cells = [cell(20, reach=[["a", 20], ["b", 15]], steps={"a": {"misunderstood": 6}, "b": {"misunderstood": None}})]
    assert figures.misunderstood(cells) == Told(6, 20, partial=True)


def test_declined_is_of_those_that_were_asked_on() -> None:
    cells = [
        cell(40, cues={"men": {"probed": 20, "declined": 5}}),
        cell(40, cues={"men": {"probed": 9, "declined": None}}),
    ]
    assert figures.declined(cells)["men"] == (Told(29, 80), Told(5, 20, partial=True))


def test_cells_are_put_together_by_the_week_they_end_with() -> None:
    two = cell(weeks=2)
    one = cell(first=MONDAY + WEEK)
    (period,) = figures.periods([one, two])
    assert (period.first, period.last, len(period.cells)) == (MONDAY, MONDAY + WEEK, 2)


@pytest.mark.parametrize(
    ("choice", "taken"),
    [
        (Choice(), True),
        (Choice(script="stop"), False),
        (Choice(version=3), True),
        (Choice(version=2), False),
        (Choice(length="volledig"), False),
        (Choice(channel="web"), True),
        (Choice(since=MONDAY, until=MONDAY + WEEK), True),
        (Choice(since=MONDAY + WEEK), False),
        (Choice(until=MONDAY), False),
        (Choice(simulated=True), False),
    ],
)
def test_a_filter_takes_a_cell_whole_or_not_at_all(choice: Choice, taken: bool) -> None:
    assert choice.takes(cell(weeks=2)) is taken


def test_what_is_simulated_is_shown_only_when_asked_for_or_when_there_is_nothing_else() -> None:
    real, simulated = cell(), cell(simulated=True)
    both = Everything((real, simulated), ())
    assert read({}, both).cells(both.cells) == [real]
    assert read({"soort": "gesimuleerd"}, both).cells(both.cells) == [simulated]
    assert read({}, Everything((simulated,), ())).simulated
    assert not read({"soort": "echt"}, Everything((simulated,), ())).simulated


@pytest.mark.parametrize("soort", ["", "echt", "gesimuleerd", "allebei", "echt,gesimuleerd"])
def test_no_choice_takes_real_and_simulated_together(soort: str) -> None:
    both = Everything((cell(), cell(simulated=True)), ())
    assert len({one.simulated for one in read({"soort": soort}, both).cells(both.cells)}) == 1


@pytest.mark.parametrize("value", ["x", "-1", "²", "9" * 40, "2026-13-01", "0001-01-01", "9999-12-31"])
def test_what_cannot_be_read_in_an_address_is_as_if_it_were_not_there(value: str) -> None:
    choice = read({"versie": value, "van": value, "tot": value}, Everything((cell(),), ()))
    options(Everything((cell(),), ()), choice)


def test_a_choice_survives_its_own_address() -> None:
    choice = Choice("apk", 2, "kort", "web", MONDAY, MONDAY + WEEK, simulated=True)
    query = dict(part.split("=") for part in choice.query()[1:].split("&"))
    assert read(query, Everything((cell(),), ())) == choice


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@som", "\t=1", "\r=1", "\n=1", " =1", "＝1"])
def test_a_spreadsheet_never_calculates_what_it_gets(text: str) -> None:
    assert escaped(text) == f"'{text}"
    csv = to_csv(Table((Column("a", text),), ((text,),)), "verborgen", "ja", "nee")
    assert csv.startswith("\ufeff")
    assert csv.count("'") == 2


def test_numbers_and_what_is_withheld_in_csv() -> None:
    table = Table(
        (Column("a", "A"), Column("b", "B", figure=True), Column("c", "C")), (("x", None, True), ("y", 7, False))
    )
    assert to_csv(table, "minder dan vijf", "ja", "nee") == "\ufeffA;B;C\r\nx;minder dan vijf;ja\r\ny;7;nee\r\n"
