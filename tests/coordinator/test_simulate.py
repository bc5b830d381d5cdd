"""Doctors who do not exist: the same ones for the same seed, told in the same cells, and never among the real."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.coordinator.simulate import refill, simulate
from bot.dialogue.talk import World
from bot.store.database import make_tables, open_database, sessions
from bot.store.published import Cell, Published, Tally, add_published

TODAY = dt.date(2026, 11, 26)
TALKS = 40


@pytest.fixture(scope="module")
def simulated(world: World) -> tuple[list[Cell], list[Tally]]:
    """What would be published of some talks, if one were enough to be told."""
    return simulate(world, TALKS, 1, TODAY, 1)


def test_the_same_seed_gives_the_same_figures(world: World, simulated: tuple[list[Cell], list[Tally]]) -> None:
    first, second, other = simulated, simulate(world, TALKS, 1, TODAY, 1), simulate(world, TALKS, 2, TODAY, 1)
    assert first[0] and first[1]
    assert first[0] != other[0]
    assert [cell.figures for cell in first[0]] == [cell.figures for cell in second[0]]


def test_every_figure_is_marked_and_no_smaller_than_it_may_be(
    world: World, simulated: tuple[list[Cell], list[Tally]]
) -> None:
    cells, tallies = simulated
    assert all(cell.simulated and cell.runs >= 4 for cell in cells)
    assert all(tally.simulated and tally.count >= 1 for tally in tallies)
    assert {cell.script for cell in cells} <= set(world.library.names())


def test_simulated_figures_take_the_place_of_simulated_ones_only(world: World, tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'pas.db'}")
    make_tables(database)
    real = Cell(script="apk", version=3, length="kort", channel="web", first=TODAY, last=TODAY, runs=20, figures={})
    with sessions(database).begin() as session:
        add_published(session, [real], [])
    told: list[str] = []
    for _ in range(2):
        count = refill(database, world, 8, 1, TODAY, 1, told.append)
    cells = Published(database).cells()
    assert len(cells) == count + 1
    assert [cell for cell in cells if not cell.simulated] == [real]
    assert told
