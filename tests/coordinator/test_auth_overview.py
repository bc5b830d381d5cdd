"""The use over time: sums of whole cells, and nothing that could be computed back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from bot.coordinator.pages.overview import SHOWN, use
from bot.store.published import Cell, add_published
from tests.coordinator.conftest import Dashboard

MONDAY = dt.date(2026, 11, 2)


def cell(runs: int, finished: int | None, **changed: Any) -> Cell:
    """A cell of the first week."""
    values = {"script": "apk", "version": 1, "length": "kort", "channel": "web", "first": MONDAY, "last": MONDAY}
    return Cell(**{**values, "runs": runs, "figures": {"ends": {"finished": finished}}, **changed})


def told(*cells: Cell, smallest: int = 5) -> list[tuple[int, int | None]]:
    """What the table says of these."""
    return [(row.begun, row.finished) for row in use(cells, smallest)]


def test_cells_of_the_same_weeks_are_added_up() -> None:
    assert told(cell(10, 5), cell(20, 10, length="volledig")) == [(30, 15)]


def test_cells_of_other_weeks_stand_by_themselves_the_newest_first() -> None:
    later = MONDAY + dt.timedelta(weeks=1)
    assert told(cell(10, 5), cell(20, 10, first=later, last=later), cell(7, 0, last=later)) == [
        (20, 10),
        (7, 0),
        (10, 5),
    ]


def test_what_one_cell_leaves_out_the_sum_leaves_out() -> None:
    assert told(cell(10, None), cell(20, 10, length="volledig")) == [(30, None)]
    assert told(cell(10, 5, figures={})) == [(10, None)]


def test_nothing_under_the_smallest_count_is_told_nor_what_is_left_of_the_whole() -> None:
    assert told(cell(10, 5), smallest=11) == []
    assert told(cell(10, 4)) == [(10, None)]
    assert told(cell(10, 6)) == [(10, None)]
    assert told(cell(10, 10)) == [(10, 10)]
    assert told(cell(10, 0)) == [(10, 0)]


def shown(dashboard: Dashboard, *cells: Cell) -> str:
    """The page when these are published."""
    with Session(dashboard.store.database) as session:
        add_published(session, cells, [])
        session.commit()
    return str(dashboard.signed_in().get("/").text)


def test_what_is_simulated_is_never_beside_what_is_not(dashboard: Dashboard) -> None:
    page = shown(dashboard, cell(10, 5), cell(20, 10, simulated=True))
    assert page.count("<tr>") == 2 and "over niemand" not in page
    assert '<span class="whole">02-11-2026</span> – <span class="whole">08-11-2026</span>' in page


def test_what_is_simulated_says_so(dashboard: Dashboard) -> None:
    assert "over niemand" in shown(dashboard, cell(20, 10, simulated=True))


def test_of_a_long_time_with_many_scripts_the_newest_are_shown(dashboard: Dashboard) -> None:
    page = shown(dashboard, *(cell(10, 5, script=f"oefening-{n}") for n in range(SHOWN + 1)))
    assert page.count("<tr>") == 1 + SHOWN and "Dit zijn de nieuwste." in page


def test_where_there_is_nothing_yet_the_page_says_so(dashboard: Dashboard) -> None:
    assert "nog niets te tonen" in dashboard.signed_in().get("/").text
