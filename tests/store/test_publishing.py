"""What is published tells of no fewer than five: by itself, by subtraction, between two filters, between two days."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import uuid
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Happening
from bot.store import Store
from bot.store.events import add_events
from bot.store.published import Cell, Published
from bot.store.publishing import (
    AT_A_STEP,
    IDLE,
    Counted,
    Group,
    Overtaken,
    Step,
    _durations,
    cell_of,
    counted,
    figures,
    in_weeks,
    publish,
    tallies,
)
from bot.store.signals import Signals
from bot.store.tables import Event
from tests.store.conftest import ON_FILES

MONDAY = dt.date(2026, 11, 23)
WEEK = dt.timedelta(weeks=1)
K = 5
STEPS = ("fase", "vraag", "kern", "plan", "datum")


def run(*whats: tuple[str, str, str], week: dt.date = MONDAY) -> Counted:
    """A run in which these things happened: step, what, detail."""
    return Counted(week, [Step(n, week, step, what, detail) for n, (step, what, detail) in enumerate(whats, 1)])


def led(upto: int, *, skipped: Sequence[int] = (), finished: bool = False, week: dt.date = MONDAY) -> Counted:
    """A run that came as far as this step, skipping some."""
    whats = [("", "begun", "")]
    for number, step in enumerate(STEPS[:upto]):
        whats.append((step, "asked", ""))
        whats.append((step, "skipped" if number in skipped else "answered", ""))
    if finished:
        whats.append(("", "finished", "10"))
    return run(*whats, week=week)


def test_a_run_counts_once_it_is_over() -> None:
    finished = [Step(1, MONDAY, "", "begun", ""), Step(2, MONDAY, "", "finished", "10")]
    assert counted(finished, MONDAY) is None
    assert counted(finished, MONDAY + WEEK) == Counted(MONDAY, finished)
    still_open = finished[:1]
    assert counted(still_open, MONDAY + IDLE) is None
    over = counted(still_open, MONDAY + IDLE + WEEK)
    assert over is not None and over.week == MONDAY + IDLE


def test_weeks_that_are_too_small_are_taken_together_with_the_next() -> None:
    runs = [led(1, week=MONDAY)] * 3 + [led(1, week=MONDAY + WEEK)] * 4 + [led(1, week=MONDAY + 2 * WEEK)] * 4
    parts = list(in_weeks(runs, MONDAY + 9 * WEEK, K))
    assert [len(part) for part in parts] == [7]
    assert [len(part) for part in in_weeks([*runs, led(1, week=MONDAY + 3 * WEEK)], MONDAY + 9 * WEEK, K)] == [7, 5]


def test_who_could_be_plenty_waits_for_some_weeks_and_no_longer() -> None:
    runs = [led(1, week=MONDAY + n * WEEK) for n in range(12) for _ in range(K)]

    def sizes(weeks: int, plenty: int) -> list[int]:
        before = MONDAY + weeks * WEEK
        return [len(part) for part in in_weeks((r for r in runs if r.week < before), before, K, plenty)]

    assert sizes(4, 20) == [20]
    assert sizes(4, 100) == []
    assert sizes(8, 100) == [40]
    assert sizes(12, 100) == [40]


def test_what_is_published_is_the_same_on_whichever_day_it_is_asked_for() -> None:
    draw = random.Random(3)
    runs = [led(1, week=MONDAY + n * WEEK) for n in range(40) for _ in range(draw.choice([0, 0, 1, 3, 9]))]
    left, found = list(runs), []
    for week in (MONDAY + n * WEEK for n in range(1, 41)):
        for part in in_weeks([run for run in left if run.week < week], week, K, 4 * K):
            found.append(len(part))
            left = [run for run in left if run.week > part[-1].week]
    assert found == [len(part) for part in in_weeks(runs, MONDAY + 40 * WEEK, K, 4 * K)]


def test_what_is_told_of_a_large_group_is_what_happened() -> None:
    runs = [led(5, skipped=[1], finished=True)] * 20 + [led(5, finished=True)] * 20 + [led(2)] * 10 + [led(1)] * 10
    told = figures(runs, K)
    assert told["ends"]["finished"] == 40
    assert told["steps"]["vraag"]["skipped"] == 20
    assert dict(told["reach"]) == {"vraag": 50}
    assert told["durations"] == {"10": 40}


def test_whom_was_referred_to_and_what_was_asked_are_told_apart() -> None:
    referred, heard = ("", "referred", "huisarts"), ("", "heard", "waarom")
    told = figures([run(referred, heard)] * 10 + [run(referred)] * 10 + [run(("", "begun", ""))] * 20, K)
    assert dict(told["referred"]) == {"huisarts": 20}
    assert dict(told["acts"]) == {"waarom": 10}


def test_the_longest_that_are_too_few_are_told_with_those_before_them_under_the_longest_of_all() -> None:
    took = ["5"] * K + ["10"] * 2 + ["20"] * 2
    runs = [Counted(MONDAY, [Step(1, MONDAY, "", "finished", minutes)]) for minutes in took]
    assert _durations(runs, K) == {"20": K + 4}
    assert _durations(runs[:K], K) == {"5": K}
    assert _durations(runs[K:], K) == {}


@pytest.mark.parametrize("few", range(K))
def test_a_few_who_skipped_are_not_told_nor_all_but_a_few(few: int) -> None:
    runs = [led(5, skipped=[2], finished=True)] * few + [led(5, finished=True)] * (20 - few)
    assert "kern" not in figures(runs, K)["steps"]
    runs = [led(5, skipped=[2], finished=True)] * (20 - few) + [led(5, finished=True)] * few
    assert "kern" not in figures(runs, K)["steps"]


@pytest.mark.parametrize("few", range(K))
def test_what_a_few_did_cannot_be_told_from_what_nobody_did(few: int) -> None:
    whats = [("fase", "probed", "moeten"), ("fase", "declined", "moeten"), ("", "referred", "huisarts")]
    runs = [run(("", "begun", ""), *whats, ("", "heard", "waarom"))] * few + [run(("", "begun", ""))] * (20 - few)
    assert figures(runs, K) == figures([run(("", "begun", ""))] * 20, K)


def numbers(cell: Cell) -> dict[str, int]:
    """Every number that a cell tells, by its name."""
    told = {"runs": cell.runs}
    told |= {f"reach {step}": number for step, number in cell.figures["reach"]}
    told |= {f"ends {name}": number for name, number in cell.figures["ends"].items() if number is not None}
    for step, parts in cell.figures["steps"].items():
        told |= {f"{what} at {step}": number for what, number in parts.items() if number is not None}
    told |= {f"referred {name}": number for name, number in cell.figures["referred"].items() if number is not None}
    told |= {f"acts {name}": number for name, number in cell.figures["acts"].items() if number is not None}
    told |= {f"up to {bound}": number for bound, number in cell.figures["durations"].items()}
    return told


def groups_of(runs: Sequence[Counted]) -> dict[str, set[int]]:
    """Which runs each of those numbers is about."""
    at = {step: {n for n, one in enumerate(runs) if one.has("asked", step=step)} for step in STEPS}
    sets = {"runs": set(range(len(runs)))}
    sets |= {f"reach {step}": found for step, found in at.items()}
    for name in ("finished", "left", "paused", "resumed"):
        sets[f"ends {name}"] = {n for n, one in enumerate(runs) if one.has(name)}
    for step, what in itertools.product(STEPS, AT_A_STEP):
        sets[f"{what} at {step}"] = {n for n, one in enumerate(runs) if one.has(what, step=step)}
    return sets


def random_runs(draw: random.Random) -> list[Counted]:
    """Some runs of one group, whatever doctors did in them."""
    found = []
    for _ in range(draw.randint(K, 40)):
        upto = draw.choice([0, 1, 2, 3, 5, 5, 5])
        whats = [("", "begun", "")]
        for step in STEPS[:upto]:
            whats.append((step, "asked", ""))
            if draw.random() < 0.3:
                whats.append((step, draw.choice(AT_A_STEP), "moeten"))
        if draw.random() < 0.3:
            whats.append(("", "paused", ""))
            if draw.random() < 0.7:
                whats.append(("", "resumed", ""))
        ending = draw.choice(["finished", "left", ""]) if upto == 5 else draw.choice(["left", ""])
        if ending:
            whats.append(("", ending, draw.choice(["5", "10", "20"]) if ending == "finished" else "keep"))
        found.append(run(*whats))
    return found


@given(st.integers(0, 10**9))
def test_no_two_numbers_of_a_cell_tell_by_subtraction_of_fewer_than_five(seed: int) -> None:
    runs = random_runs(random.Random(seed))
    told = numbers(cell_of(Group("apk", 1, "kort", "web"), runs, K))
    assert all(number >= K for number in told.values())
    sets = groups_of(runs)
    for one, other in itertools.permutations(told, 2):
        if one in sets and other in sets and sets[one] < sets[other]:
            assert told[other] - told[one] >= K, (one, other)
    if "ends finished" in told and "ends left" in told:
        assert told["runs"] - told["ends finished"] - told["ends left"] >= K
    bounds = [number for name, number in told.items() if name.startswith("up to")]
    assert not bounds or sum(bounds) == told["ends finished"]


def happen(
    store: Store, runs: int, week: dt.date, *, group: Group = Group("apk", 1, "kort", "web"), ends: str = "finished"
) -> None:
    """Some runs that ended in a week."""
    with store.conversations._sessions.begin() as session:
        for _ in range(runs):
            name = uuid.uuid4().hex
            shared = {"run": name, "script": group.script, "version": group.version, "length": group.length}
            happened = [
                Happening(n=1, step="", what="begun", **shared),
                Happening(n=2, step="fase", what="asked", **shared),
                Happening(n=3, step="fase", what=ends, detail="10", **shared),
            ]
            add_events(session, happened, week, group.channel)


def left_over(store: Store) -> int:
    """How many events are kept."""
    with store.conversations._sessions() as session:
        return session.query(Event).count()


def test_a_week_is_published_once_when_it_is_over_and_what_it_was_made_from_is_gone(store: Store) -> None:
    happen(store, 6, MONDAY)
    assert publish(store.database, MONDAY + dt.timedelta(days=6), enough=K) == 0
    assert publish(store.database, MONDAY + WEEK, enough=K) == 1
    assert publish(store.database, MONDAY + WEEK, enough=K) == 0
    [cell] = Published(store.database).cells()
    assert (cell.runs, cell.first, cell.last) == (6, MONDAY, MONDAY)
    assert left_over(store) == 0


def test_what_is_too_little_waits_and_what_waits_too_long_is_let_go(store: Store) -> None:
    happen(store, 4, MONDAY)
    assert publish(store.database, MONDAY + WEEK, enough=K) == 0
    assert left_over(store) == 12
    happen(store, 2, MONDAY + WEEK)
    assert publish(store.database, MONDAY + 2 * WEEK, enough=K) == 1
    [cell] = Published(store.database).cells()
    assert (cell.runs, cell.first, cell.last) == (6, MONDAY, MONDAY + WEEK)
    happen(store, 4, MONDAY)
    publish(store.database, MONDAY + 40 * WEEK, enough=K)
    assert left_over(store) == 0
    assert len(Published(store.database).cells()) == 1


def test_what_happened_outside_every_script_is_counted_apart_from_what_happened_in_one(store: Store) -> None:
    happen(store, 4, MONDAY)
    nowhere = {"run": "", "n": 0, "script": "", "version": 0, "length": "", "step": ""}
    asked, referred = (Happening(what=what, detail="mens", **nowhere) for what in ("heard", "referred"))
    with store.conversations._sessions.begin() as session:
        add_events(session, [asked] * K + [referred] * (K - 1), MONDAY, "web")
        add_events(session, [asked], MONDAY + WEEK, "web")
    publish(store.database, MONDAY + WEEK, enough=K)
    [tally] = Published(store.database).tallies()
    assert (tally.kind, tally.key, tally.first, tally.last, tally.count) == ("act", "mens", MONDAY, MONDAY, K)
    assert left_over(store) == 4 * 3 + (K - 1) + 1


def test_nothing_is_published_twice_when_two_are_at_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.store import publishing

    happen(store, 6, MONDAY)
    real = publishing.in_weeks

    def meanwhile(*arguments: object) -> object:
        monkeypatch.setattr(publishing, "in_weeks", real)
        publish(store.database, MONDAY + WEEK, enough=K)
        return real(*arguments)  # type: ignore[arg-type]

    if store.database.dialect.name == "postgresql":
        monkeypatch.setattr(publishing, "in_weeks", meanwhile)
        with pytest.raises(Overtaken):
            publish(store.database, MONDAY + WEEK, enough=K)
    else:
        publish(store.database, MONDAY + WEEK, enough=K)
        publish(store.database, MONDAY + WEEK, enough=K)
    assert len(Published(store.database).cells()) == 1


def test_signals_are_told_in_fives_and_forgotten_then(store: Store) -> None:
    signals = Signals(store.database, "v1")
    for _ in range(4):
        signals.add("crisis", "zelf", MONDAY)
    publish(store.database, MONDAY + WEEK, enough=K)
    assert not Published(store.database).tallies()
    signals.add("crisis", "zelf", MONDAY + WEEK)
    publish(store.database, MONDAY + 2 * WEEK, enough=K)
    [tally] = Published(store.database).tallies()
    assert (tally.kind, tally.key, tally.count) == ("panel", "crisis.zelf", 5)
    assert not signals.counts(MONDAY)


@given(st.dictionaries(st.integers(0, 30), st.integers(1, 9)))
def test_counts_by_week_are_parted_into_wholes_of_five_or_more(by_week: dict[int, int]) -> None:
    parts = list(tallies({MONDAY + n * WEEK: count for n, count in by_week.items()}, K))
    assert all(count >= K for _, _, count in parts)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(parts))
    assert sum(by_week.values()) - sum(count for *_, count in parts) < K


@ON_FILES
@pytest.mark.parametrize("seed", range(2))
def test_whoever_looks_through_all_filters_on_all_days_learns_of_no_fewer_than_five(store: Store, seed: int) -> None:
    """The attack: every pair of filters, every pair of days, on small data."""
    draw = random.Random(seed)
    groups = [
        Group(s, v, length, c)
        for s in ("apk", "stop")
        for v in (1, 2)
        for length in ("kort",)
        for c in ("web", "matrix")
    ]
    truth: dict[tuple[Group, dt.date], int] = {}
    days: list[list[Cell]] = []
    for week in (MONDAY + n * WEEK for n in range(8)):
        for group in groups:
            number = draw.choice([0, 0, 1, 2, 3, 6, 9])
            truth[group, week] = number
            happen(store, number, week, group=group)
        publish(store.database, week + WEEK, enough=K)
        days.append(Published(store.database).cells())
    filters = list(itertools.product([None, "apk", "stop"], [None, 1, 2], [None, "web", "matrix"]))

    def seen(cells: Sequence[Cell], chosen: tuple[str | None, int | None, str | None]) -> set[str]:
        script, version, channel = chosen
        return {
            cell.model_dump_json()
            for cell in cells
            if script in (None, cell.script) and version in (None, cell.version) and channel in (None, cell.channel)
        }

    def total(names: set[str]) -> int:
        return sum(Cell.model_validate_json(name).runs for name in names)

    for cells, others in itertools.combinations_with_replacement(days, 2):
        for one, other in itertools.product(filters, repeat=2):
            difference = seen(others, other) ^ seen(cells, one)
            for side in (difference, seen(others, other) - seen(cells, one), seen(cells, one) - seen(others, other)):
                assert total(side) == 0 or total(side) >= K
    published = {cell.model_dump_json() for cell in days[-1]}
    assert all(seen(day, (None, None, None)) <= published for day in days), "what was published never changes"
    assert total(published) <= sum(truth.values())
