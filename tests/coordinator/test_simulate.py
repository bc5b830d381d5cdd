"""Doctors who do not exist: the same ones for the same seed, told in the same cells, and never among the real."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from bot.coordinator.simulate import refill, simulate
from bot.dialogue.talk import World
from bot.store.database import make_tables, open_database, sessions
from bot.store.published import Cell, Published, add_published

TODAY = dt.date(2026, 11, 26)


def test_the_same_seed_gives_the_same_figures(world: World) -> None:
    first, second, other = (simulate(world, 16, seed, TODAY, 1) for seed in (1, 1, 2))
    assert first[0] and first[1]
    assert first[0] != other[0]
    assert [cell.figures for cell in first[0]] == [cell.figures for cell in second[0]]


def test_every_figure_is_marked_and_no_smaller_than_it_may_be(world: World) -> None:
    cells, tallies = simulate(world, 16, 1, TODAY, 1)
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
