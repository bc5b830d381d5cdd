"""Attempts to find one doctor in what a coordinator sees: between two filters, between two days, in a script that hardly
anyone does, on a channel that one doctor uses, by the moment, by what stands side by side."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from bot.coordinator.app import create_app
from bot.coordinator.signed_in import SignedIn
from bot.messages import Happening
from bot.scripts.library import publish as make_live
from bot.settings import Settings
from bot.store import Store, open_store
from bot.store.database import sessions
from bot.store.events import add_events
from bot.store.pieces import Said
from bot.store.publishing import IDLE, PATIENCE, Group, publish
from bot.store.signals import Signals
from bot.store.tables import AccountRow
from bot.supervision import dashboard
from bot.validation import read_scripts
from docs.serving import served
from tests.answers import DANGER, panel_in
from tests.conftest import NOW, Doctor
from tests.coordinator.care.conftest import Someone
from tests.store.conftest import begun

K = 5
WEEK = dt.timedelta(weeks=1)
MONDAY = dt.date(2026, 6, 1)
# Everything of this week is over by then, and has waited as long as anything waits.
LATER = MONDAY + PATIENCE + IDLE + 4 * WEEK
USUAL = Group("apk", 3, "kort", "web")
STEPS = {script.name: [step.id for step in script.steps if step.is_question][:3] for script in read_scripts()}
TABLES = ("cells", "steps", "durations", "referrals", "acts", "cues", "tallies")
# What says who a row is about, and not how many.
WHOSE = {"version", "simulated", "rung"}
# All that a coordinator can ask for that has figures in it.
PAGES = (
    "/", "/stromen", "/stromen?script=apk", "/stromen?script=stop", "/stromen?kanaal=matrix", "/stromen?kanaal=web",
    "/stromen?lengte=volledig", "/stromen?versie=2", "/stromen?script=apk&versie=3", f"/stromen/apk/{STEPS['apk'][0]}",
    f"/stromen/apk/{STEPS['apk'][1]}", f"/stromen/stop/{STEPS['stop'][0]}", "/stromen/apk/vergelijk",
    "/stromen/stop/vergelijk", "/bereik", "/bereik?kanaal=matrix", "/begrip", "/uitvoer", "/meelezen",
    *(f"/uitvoer/{name}.{kind}" for name in TABLES for kind in ("json", "csv")),
)  # fmt: skip


class Region(NamedTuple):
    """A dashboard with its own store, and someone who may look at it."""

    store: Store
    reader: Someone

    def happens(self, runs: int, *whats: tuple[str, str, str], day: dt.date = MONDAY, group: Group = USUAL) -> None:
        """Some runs in which these things happened (step, what, detail), noted on a day."""
        with sessions(self.store.database).begin() as session:
            for _ in range(runs):
                shared = {"run": uuid.uuid4().hex, "script": group.script, "version": group.version}
                noted = [
                    Happening(n=n, step=step, what=what, detail=detail, length=group.length, **shared)
                    for n, (step, what, detail) in enumerate(whats, 1)
                ]
                add_events(session, noted, day, group.channel)

    def outside(self, times: int, what: str, detail: str, day: dt.date = MONDAY) -> None:
        """Something that happened outside every script."""
        with sessions(self.store.database).begin() as session:
            loose = {"run": "", "n": 0, "script": "geen", "version": 0, "length": "", "step": ""}
            add_events(session, [Happening(what=what, detail=detail, **loose)] * times, day)

    def panel(self, times: int, day: dt.date = MONDAY) -> None:
        """The crisis panel was shown so many times on a day."""
        for _ in range(times):
            Signals(self.store.database, "v1").add("crisis", "zelf", day)

    def seen(self, pages: Iterable[str] = PAGES) -> dict[str, str]:
        """All that a coordinator sees, without what is of the session."""
        return {page: tidy(self.reader.get(page).raise_for_status().text) for page in pages}

    def rows(self, table: str, **chosen: str) -> list[dict[str, Any]]:
        """A table as it is taken along, with these filters."""
        answer = self.reader.get(f"/uitvoer/{table}.json?{urlencode(chosen)}").raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found


def tidy(page: str) -> str:
    """A page without the numbers that are drawn for each look; rows of what is taken along in one order, as theirs is
    drawn by chance."""
    page = re.sub(r"\b[0-9a-f]{64}\b", "token", page)
    page = re.sub(r"\b[0-9a-f]{32}\b", "piece", page)
    page = re.sub(r'(name="vanaf" value=|vanaf=)"?[0-9a-f]{1,12}"?', r"\1start", page)
    return page if page.lstrip().startswith("<") else "\n".join(sorted(page.replace("},", "}").splitlines()))


def words_of(page: str) -> str:
    """The words of a page, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


@contextmanager
def region(folder: Path) -> Iterator[Region]:
    """A region in which nothing happened yet."""
    settings = Settings(var=folder)
    settings.prepare()
    store = open_store(settings)
    store.prepare()
    make_live(read_scripts(), settings.published)
    with sessions(store.database).begin() as session:
        session.add(AccountRow(name="lezer", password="", totp=b"", last_step=0, role="reader", demo=False))
    token = SignedIn(store.database).begin("lezer", NOW)
    with served(create_app(settings, lambda: NOW)) as url, Someone(url, token) as reader:
        yield Region(store, reader)
    store.close()


@pytest.fixture
def regions(tmp_path: Path) -> Iterator[Callable[[], Region]]:
    """Makes regions."""
    with ExitStack() as stack:
        numbers = itertools.count()
        yield lambda: stack.enter_context(region(tmp_path / str(next(numbers))))


def led(
    upto: int, *more: tuple[str, str, str], ends: str = "finished", script: str = "apk"
) -> list[tuple[str, str, str]]:
    """What happens in a run that comes as far as this step."""
    asked = [(step, "asked", "") for step in STEPS[script][:upto]]
    return [("", "begun", ""), *asked, *more, ("", ends, "10")]


def ordinary(place: Region, *, more: int = 0, what: Sequence[tuple[str, str, str]] = ()) -> None:
    """Sixty doctors who do the usual script; in so many of the runs these things happen besides."""
    place.happens(more, *led(3, *what))
    place.happens(30 - more, *led(3))
    place.happens(30, *led(1, ends="left"))


def parted(
    place: Region, groups: Mapping[str, Group] | None = None, seed: int = 4, weeks: int = 8
) -> Iterator[dt.date]:
    """Weeks in which a few doctors do this and a few do that; after each of them what can be published is."""
    draw = random.Random(seed)
    found = groups or {
        f"{s} {v} {length} {c}": Group(s, v, length, c)
        for s, v in (("apk", 3), ("apk", 2), ("stop", 1))
        for length in ("kort", "volledig")
        for c in ("web", "matrix")
    }
    for week in (MONDAY + n * WEEK for n in range(weeks)):
        for group in found.values():
            for _ in range(draw.choice([0, 0, 1, 2, 3, 6, 9])):
                step = STEPS[group.script][0]
                more = [(step, what, "moeten") for what in ("skipped", "why", "probed") if draw.random() < 0.4]
                more += [("", "heard", "waarom")] if draw.random() < 0.4 else []
                more += [("", "referred", "huisarts")] if draw.random() < 0.4 else []
                ends = draw.choice(["finished", "finished", "left"])
                day = week + dt.timedelta(days=draw.randrange(7))
                place.happens(
                    1, *led(draw.choice([1, 2, 3]), *more, ends=ends, script=group.script), day=day, group=group
                )
        place.panel(draw.choice([0, 1, 2, 4]), week)
        place.outside(draw.choice([0, 1, 3]), "referred", "huisarts", week)
        publish(place.store.database, week + WEEK, enough=K)
        yield week


def filters() -> list[dict[str, str]]:
    """Every choice of a script, a version, a length and a channel, each or none."""
    values = {
        "script": ("", "apk", "stop"), "versie": ("", "2", "3"), "lengte": ("", "kort", "volledig"),
        "kanaal": ("", "web", "matrix"),
    }  # fmt: skip
    return [
        {name: value for name, value in zip(values, chosen, strict=True) if value}
        for chosen in itertools.product(*values.values())
    ]


def sums(rows: Iterable[str]) -> dict[str, int]:
    """What the figures of some rows come to, by column."""
    found: dict[str, int] = {}
    for row in map(json.loads, rows):
        for name, value in row.items():
            if isinstance(value, int) and name not in WHOSE:
                found[name] = found.get(name, 0) + value
    return found


def apart(one: set[str], other: set[str]) -> list[dict[str, int]]:
    """What two looks differ by: both ways, and together."""
    return [sums(one - other), sums(other - one), sums(one ^ other)]


@pytest.mark.long
def test_no_two_looks_through_any_filters_on_any_days_differ_by_fewer_than_five(
    regions: Callable[[], Region], measured: Callable[[str], None]
) -> None:
    place, looks = regions(), {}
    for week in parted(place):
        for chosen in filters():
            for table in ("cells", "acts"):
                rows = place.rows(table, **chosen)
                looks[table, week, urlencode(chosen)] = {json.dumps(row, sort_keys=True) for row in rows}
    pairs = 0
    for table in ("cells", "acts"):
        found = {frozenset(rows) for (name, *_), rows in looks.items() if name == table}
        assert len(found) > 10, "there must be something to subtract"
        for one, other in itertools.combinations(found, 2):
            pairs += 1
            for difference in apart(set(one), set(other)):
                assert all(value >= K for value in difference.values()), difference
    measured(f"{len(looks)} looks, {pairs} pairs of different ones")


def test_no_two_spans_of_weeks_differ_by_fewer_than_five(regions: Callable[[], Region]) -> None:
    place = regions()
    weeks = list(parted(place))
    spans = list(itertools.combinations_with_replacement(weeks, 2))
    for table in ("cells", "tallies", "steps"):
        looks = {
            frozenset(json.dumps(row, sort_keys=True) for row in place.rows(table, van=str(a), tot=str(b)))
            for a, b in spans
        }
        assert len(looks) > 3, table
        for one, other in itertools.combinations(looks, 2):
            for difference in apart(set(one), set(other)):
                # Of a count of steps the rows are of the same runs: what differs is seen in each row apart.
                assert table == "steps" or all(value >= K for value in difference.values()), difference
        for row in map(json.loads, set().union(*looks)):
            figures = {name: row[name] for name in row if isinstance(row[name], int) and name not in WHOSE}
            assert all(value >= K for value in figures.values()), row
            assert all(value == row["runs"] or row["runs"] - value >= K for value in figures.values() if "runs" in row)


@pytest.mark.long
def test_no_page_through_any_filter_tells_of_fewer_than_five_or_of_all_but_fewer(regions: Callable[[], Region]) -> None:
    place, told = regions(), 0
    for _ in parted(place, weeks=12):
        pass
    for chosen in filters():
        for page in ("/stromen", "/bereik", "/begrip"):
            seen = words_of(place.reader.get(f"{page}?{urlencode(chosen)}").raise_for_status().text)
            # A bound on how long it took may hold for all: each of its groups is large, and it says no more than that.
            seen = re.sub(r"tot [0-9]+ minuten [0-9.]+ van [0-9.]+ gesprekken", "", seen)
            for count, of in re.findall(r"([0-9.]+) van ([0-9.]+) (?:gesprekken|keer)", seen):
                part, every = (int(number.replace(".", "")) for number in (count, of))
                assert part >= K and every - part >= K, (page, chosen, count, of)
                told += 1
    assert told > 100


# What a few doctors did, beside what sixty others did. Each leaves every page and file as if nobody had done it.
FEW: dict[str, Callable[[Region, int], None]] = {
    "another script": lambda place, few: place.happens(
        few, *led(3, script="stop"), group=Group("stop", 1, "kort", "web")
    ),
    "another version": lambda place, few: place.happens(few, *led(3), group=USUAL._replace(version=2)),
    "another length": lambda place, few: place.happens(few, *led(3), group=USUAL._replace(length="volledig")),
    "another channel": lambda place, few: place.happens(few, *led(3), group=USUAL._replace(channel="matrix")),
    "the panel": lambda place, few: place.panel(few),
    "someone to go to": lambda place, few: place.outside(few, "referred", "huisarts"),
    "a kind of message": lambda place, few: place.outside(few, "heard", "mens"),
}
# What is told once it is not so few any more.
ENOUGH = {"the panel": K, "someone to go to": K, "a kind of message": K}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is seen where sixty doctors did the usual script."""
    with region(tmp_path_factory.mktemp("usual")) as place:
        ordinary(place)
        publish(place.store.database, LATER)
        seen = place.seen()
    assert '"runs": 60' in seen["/uitvoer/cells.json"], "the sixty must be seen"
    return seen


def different(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """The pages that are not the same."""
    return [page for page in one if one[page] != other[page]]


@pytest.mark.long
@pytest.mark.parametrize("what", FEW)
def test_what_few_did_leaves_every_page_as_if_nobody_had(
    regions: Callable[[], Region], usual: dict[str, str], what: str
) -> None:
    enough = ENOUGH.get(what, 4 * K)
    for few in (1, enough - 1):
        place = regions()
        ordinary(place)
        FEW[what](place, few)
        publish(place.store.database, LATER)
        assert different(place.seen(), usual) == [], few
    FEW[what](place, 1)
    publish(place.store.database, LATER)
    assert different(place.seen(), usual), "what enough doctors did must be seen"


BESIDES: dict[str, list[tuple[str, str, str]]] = {
    "skipped": [(STEPS["apk"][1], "skipped", "")],
    "asked why": [(STEPS["apk"][1], "why", "")],
    "was not understood": [(STEPS["apk"][1], "misunderstood", "")],
    "changed an answer": [(STEPS["apk"][1], "changed", "")],
    "was asked on": [(STEPS["apk"][1], "probed", "moeten")],
    "did not want to be asked on": [(STEPS["apk"][1], "probed", "moeten"), (STEPS["apk"][1], "declined", "moeten")],
    "paused": [("", "paused", "")],
    "came back": [("", "paused", ""), ("", "resumed", "")],
    "was shown where to go": [("", "referred", "cvm")],
    "asked for a person": [("", "heard", "mens")],
}


@pytest.mark.long
@pytest.mark.parametrize("what", BESIDES)
def test_what_few_did_in_a_script_that_many_do_leaves_every_page_as_if_nobody_had(
    regions: Callable[[], Region], usual: dict[str, str], what: str
) -> None:
    few, enough = regions(), regions()
    for place, number in ((few, K - 1), (enough, 2 * K)):
        ordinary(place, more=number, what=BESIDES[what])
        publish(place.store.database, LATER)
    assert different(few.seen(), usual) == []
    assert different(enough.seen(), usual), "what enough doctors did must be seen"


def test_on_which_day_of_the_week_and_in_which_order_it_happened_is_not_to_be_seen(
    regions: Callable[[], Region], usual: dict[str, str]
) -> None:
    sunday, turned = regions(), regions()
    for place, days in ((sunday, [6] * 60), (turned, [*range(7)] * 9)):
        runs = [led(3)] * 30 + [led(1, ends="left")] * 30
        for day, whats in zip(days, reversed(runs) if place is turned else runs, strict=False):
            place.happens(1, *whats, day=MONDAY + dt.timedelta(days=day))
        publish(place.store.database, LATER)
        assert different(place.seen(), usual) == []


def test_no_page_tells_a_time_of_the_day_or_a_day_but_those_that_weeks_begin_and_end_with(
    regions: Callable[[], Region],
) -> None:
    place = regions()
    for _ in parted(place, weeks=6):
        pass
    ordinary(place)
    publish(place.store.database, LATER)
    for page, content in place.seen().items():
        answer = place.reader.get(page)
        assert not {"last-modified", "etag", "age"} & set(answer.headers)
        seen = words_of(content) if content.lstrip().startswith("<") else content
        assert not re.search(r"\b[0-2]?\d:[0-5]\d\b", seen), page
        days = [dt.date.fromisoformat(day) for day in re.findall(r"\b20\d\d-\d\d-\d\d\b", content)]
        assert all(day.weekday() == 0 for day in days), page
        local = [dt.datetime.strptime(day, "%d-%m-%Y") for day in re.findall(r"\b\d\d-\d\d-20\d\d\b", seen)]
        assert all(day.weekday() in (0, 6) for day in local), page


@pytest.mark.long
def test_who_looks_every_day_sees_what_happens_in_wholes_of_five_and_never_on_the_day(
    regions: Callable[[], Region],
) -> None:
    place, draw, last = regions(), random.Random(2), (0, 0)
    pages = ("/uitvoer/tallies.json", "/bereik", "/")
    for number in range(70):
        day = MONDAY + dt.timedelta(days=number)
        publish(place.store.database, day)
        before = place.seen(pages)
        place.panel(draw.choice([0, 0, 0, 1, 2]), day)
        place.outside(draw.choice([0, 0, 1]), "referred", "cvm", day)
        publish(place.store.database, day)
        assert different(place.seen(pages), before) == [], "what happened today is seen today"
        rows = place.rows("tallies")
        now = tuple(sum(row["count"] for row in rows if row["kind"] == kind) for kind in ("panel", "referred"))
        assert all(b == a or b - a >= K for a, b in zip(last, now, strict=True)), (last, now)
        assert now == last or day.weekday() == 0, "only when a week is over"
        last = now
    assert all(count >= 2 * K for count in last)


def piece(place: Region, *said: tuple[str, str]) -> None:
    """A talk with consent of which a coordinator may see these answers, each at its step."""
    known = begun(place.store)
    place.store.pieces.consent(known.id, given=True)
    pieces = [Said(script="apk", version=3, step=step, text=text, what="answered") for step, text in said]
    place.store.pieces.add(known.id, pieces)
    place.store.pieces.anonymise(lambda same: same, MONDAY)


def articles(place: Region) -> list[str]:
    """The pieces as they are shown, without their numbers and places on the page."""
    page = tidy(place.reader.get("/meelezen?vanaf=0").text)
    found = re.findall(r"<article.*?</article>", page, re.DOTALL)
    return sorted(re.sub(r'"p\d+', '"p', article) for article in found)


def test_whether_two_pieces_are_of_one_doctor_is_not_to_be_seen(regions: Callable[[], Region]) -> None:
    first, second = ((step, f"zo ging het bij {step}") for step in STEPS["apk"][:2])
    together, separate = regions(), regions()
    piece(together, first, second)
    piece(separate, first)
    piece(separate, second)
    assert articles(together) == articles(separate) and len(articles(together)) == 2
    with together.store.database.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM piece").mappings().all()
    one, other = (set(map(str, row.values())) - {"apk", "3", str(MONDAY)} for row in rows)
    assert not one & other, "nothing in their rows ties them together"


def test_what_a_doctor_does_now_moves_nothing_that_a_coordinator_sees(doctor: Doctor, system: Settings) -> None:
    store = open_store(system)
    name = f"l{uuid.uuid4().hex[:12]}"
    with sessions(store.database).begin() as session:
        session.add(AccountRow(name=name, password="", totp=b"", last_step=0, role="reader", demo=False))
    token = SignedIn(store.database).begin(name, dt.datetime.now(dt.UTC))
    with Someone(dashboard(system), token) as reader:
        place = Region(store, reader)
        # Pieces are shown in an order that is drawn for each look.
        pages = [page for page in PAGES if page != "/meelezen"]
        before = place.seen(pages)
        for line in ("ik wil de loopbaan-APK doen", "kort", "4", "waarom vraag je dat", "sla maar over", "pauze"):
            doctor.say(line)
        assert panel_in(doctor.say(DANGER))
        assert different(place.seen(pages), before) == []
    store.close()
