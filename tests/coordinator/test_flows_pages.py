"""The pages of the figures and what can be taken along, as a coordinator's browser asks for them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.coordinator import charts
from bot.coordinator.charts import Bar
from bot.coordinator.context import Context
from bot.coordinator.reading import reader_of
from bot.scripts.library import publish
from bot.store.published import Tally
from tests.coordinator.cells import many
from tests.coordinator.serving import add, app_of, context_of
from tests.coordinator.test_flows_figures import MONDAY, WEEK, cell

# Pixels that a picture may be wide: what is wider gets small letters on a desktop.
WIDE = 1300
HIDDEN = "minder dan vijf, of bijna allemaal"
PAGES = (
    "/stromen",
    "/stromen?script=apk",
    "/stromen/apk/vraag",
    "/stromen/apk/vergelijk",
    "/bereik",
    "/begrip",
    "/uitvoer",
)
FIGURES: dict[str, Any] = {
    "reach": [["fase", 20], ["vraag", 14]],
    "steps": {"fase": {"skipped": 6, "misunderstood": 7}, "vraag": {"skipped": None}},
    "ends": {"finished": 13, "left": None, "paused": 6, "resumed": None},
    "durations": {"10": 9},
    "referred": {"huisarts": 11, "cvm": None},
    "cues": {"men": {"probed": 12, "declined": 5}},
    "acts": {"waarom": 8, "stoppen": None},
}


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    made = context_of(tmp_path)
    yield made
    made.database.dispose()


class Reader:
    """A coordinator who reads."""

    def __init__(self, context: Context) -> None:
        self._client = TestClient(app_of(context))

    def get(self, path: str, status: int = 200) -> Any:
        """A page, or what is taken along."""
        answer = self._client.get(path)
        assert answer.status_code == status, answer.text
        return answer

    def words(self, path: str) -> str:
        """A page without its marks."""
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.get(path).text))


@pytest.fixture
def reader(context: Context) -> Reader:
    return Reader(context)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_with_nothing_published_says_so(reader: Reader, path: str) -> None:
    assert "nothing" in reader.get(path).text


@pytest.mark.parametrize("path", PAGES[:-1])
def test_each_picture_has_its_figures_in_a_table(context: Context, reader: Reader, path: str) -> None:
    add(
        context,
        [cell(20, **FIGURES), cell(20, version=2, **FIGURES)],
        [Tally(kind="panel", key="", first=MONDAY, last=MONDAY, count=9)],
    )
    page = reader.get(path).text
    assert "<figure>" in page
    assert page.count('role="img"') == page.count("<figure>") == page.count("<details>")


def test_a_sum_says_of_which_runs_it_is(context: Context, reader: Reader) -> None:
    add(context, [cell(20, **FIGURES), cell(31, ends={"finished": None})])
    words = reader.words("/stromen")
    assert "51" in words
    assert "13 van 20 gesprekken (65%)*" in words and "Bij een *" in words


def test_what_is_withheld_stays_withheld_on_the_page_and_in_what_is_taken_along(
    context: Context, reader: Reader
) -> None:
    add(context, [cell(20, **FIGURES)])
    assert HIDDEN in reader.words("/stromen")
    rows = list(csv.DictReader(io.StringIO(reader.get("/uitvoer/cells.csv").text.lstrip("\ufeff")), delimiter=";"))
    assert (rows[0]["Zelf gestopt"], rows[0]["Afgerond"]) == (HIDDEN, "13")
    told = json.loads(reader.get("/uitvoer/steps.json").text)
    assert [(one["step"], one["skipped"]) for one in told] == [("fase", 6), ("vraag", None)]
    assert json.loads(reader.get("/uitvoer/referrals.json").text)[1]["count"] is None


def test_where_more_is_withheld_the_words_say_so(context: Context) -> None:
    more = Context(
        context.settings.model_copy(update={"smallest": 10}), context.database, context.responses, context.clock
    )
    add(context, [cell(40, **FIGURES)])
    words = Reader(more).words("/stromen")
    assert "minder dan tien, of bijna allemaal" in words
    assert "minder dan vijf" not in words


def test_a_report_hides_what_the_pages_hide(context: Context) -> None:
    from bot.coordinator import monthly
    from bot.coordinator.choice import Choice, options
    from bot.coordinator.monthly import DOT
    from bot.coordinator.showing import Look
    from bot.coordinator.words import Words

    add(context, [cell(20, **FIGURES), cell(40, first=MONDAY + 6 * WEEK, **FIGURES)])
    everything = reader_of(context.database).read()
    words = Words(context.text, context.responses, context.settings.smallest)
    look = Look(everything, Choice(), options(everything, Choice()), words, context.texts)
    told = monthly.contents(look, context.directory, 2026, 6, context.clock())
    [table] = told["parts"][0]["shown"][0]["tables"]
    rows = table["rows"]
    assert rows[-1][1:] == ["20", "13 van 20 gesprekken (65%)", "6 van 20 gesprekken (30%)", DOT, DOT]
    assert HIDDEN in told["signs"]
    assert told["simulated"] == ""


def test_a_table_that_is_too_wide_for_paper_becomes_several() -> None:
    from bot.coordinator.monthly import WIDEST, _tables

    headings = ["stap", *map(str, range(9))]
    found = list(_tables(headings, [headings]))
    assert [one["headings"] for one in found] == [["stap", *"01234"], ["stap", *"5678"]]
    assert all(one["rows"] == [one["headings"]] and len(one["headings"]) <= WIDEST + 1 for one in found)


def test_a_cell_belongs_to_the_month_of_its_last_week(context: Context, reader: Reader) -> None:
    add(context, [cell(20, first=MONDAY - WEEK, weeks=2, **FIGURES)])
    assert "/uitvoer/maand/2026-06.pdf" in reader.get("/uitvoer").text
    reader.get("/uitvoer/maand/2026-05.pdf", 404)


def test_the_report_is_a_tagged_dutch_pdf(context: Context, reader: Reader) -> None:
    add(context, [cell(20, **FIGURES)], [Tally(kind="panel", key="", first=MONDAY, last=MONDAY, count=9)])
    made = reader.get("/uitvoer/maand/2026-06.pdf")
    assert made.headers["content-type"] == "application/pdf"
    for mark in (b"/StructTreeRoot", b"pdfuaid", b"/Marked true"):
        assert mark in made.content, mark
    assert re.search(rb"/Lang\s*\(nl", made.content)


@pytest.mark.parametrize(
    "path", ["/uitvoer/maand/2026-13.pdf", "/uitvoer/maand/x.pdf", "/uitvoer/events.csv", "/uitvoer/cells.xls"]
)
def test_what_is_not_there_is_not_found(context: Context, reader: Reader, path: str) -> None:
    add(context, [cell(20, **FIGURES)])
    reader.get(path, 404)


@pytest.mark.parametrize(
    "path", ["/stromen/niets/vergelijk", "/stromen/niets/vraag", "/stromen/apk/niets", "/stromen/..%2f..%2fkeys/x"]
)
def test_a_script_or_step_that_nobody_knows_is_not_found(reader: Reader, path: str) -> None:
    reader.get(path, 404)


def test_the_filters_choose_on_the_page_and_in_what_is_taken_along(context: Context, reader: Reader) -> None:
    add(context, [cell(20, **FIGURES), cell(30, script="stop", **FIGURES), cell(41, length="volledig", **FIGURES)])
    assert "13 van 30 gesprekken" in reader.words("/stromen?script=stop")
    rows = json.loads(reader.get("/uitvoer/cells.json?script=apk&lengte=volledig").text)
    assert [row["runs"] for row in rows] == [41]
    assert "niets te zien" in reader.words("/stromen?kanaal=anders")


def test_simulated_runs_are_marked_and_never_added(context: Context, reader: Reader) -> None:
    add(context, [cell(20, **FIGURES), cell(500, simulated=True, **FIGURES)])
    real, simulated = reader.words("/stromen"), reader.words("/stromen?soort=gesimuleerd")
    assert "Je kijkt naar echte gesprekken" in real and "13 van 20 gesprekken" in real and "520" not in real
    assert "Je kijkt naar gesimuleerde gesprekken" in simulated and "13 van 500 gesprekken" in simulated
    made = reader.get("/uitvoer/cells.csv?soort=gesimuleerd")
    assert "gesimuleerd" in made.headers["content-disposition"]
    assert made.text.count("\r\n") == 2


def test_a_step_shows_its_text_and_how_many_ended_after_it(context: Context, reader: Reader) -> None:
    add(context, [cell(20, **FIGURES)])
    words = reader.words("/stromen/apk/fase")
    assert "Eindigt hierna 6 van 20 gesprekken (30%)" in words
    assert "Wat de dokter leest (versie 3)" in words


def test_two_versions_stand_side_by_side(context: Context, reader: Reader) -> None:
    other = {**FIGURES, "ends": {"finished": 9}}
    add(context, [cell(20, **FIGURES), cell(25, version=2, **other)])
    words = reader.words("/stromen/apk/vergelijk")
    assert "versie 2 (25 gesprekken)" in words and "versie 3 (20 gesprekken)" in words
    assert "Afgerond 9 van 25 gesprekken (36%) 13 van 20 gesprekken (65%)" in words


def test_reach_tells_rungs_and_what_happened_outside_the_scripts(context: Context, reader: Reader) -> None:
    add(context, [cell(20, **FIGURES)], [Tally(kind="referred", key="huisarts", first=MONDAY, last=MONDAY, count=8)])
    assert "4. huisarts of bedrijfsarts 11 8" in reader.words("/bereik")


def test_understanding_tells_what_was_not_understood_and_what_was_declined(context: Context, reader: Reader) -> None:
    add(context, [cell(20, **FIGURES)])
    words = reader.words("/begrip")
    assert "7 van 20 keer (35%)" in words
    assert "5 van 12 gesprekken (42%)" in words


@pytest.mark.parametrize("path", ["/", "/stromen", "/bereik", "/begrip"])
def test_fourteen_scripts_fit_beside_and_below_each_other(context: Context, reader: Reader, path: str) -> None:
    scripts = many(14)
    publish(scripts, context.settings.published)
    add(context, [cell(40, script=one.name, **FIGURES) for one in scripts])
    page = reader.get(path).text
    assert all(one.title in page for one in scripts)
    assert all(float(width) <= WIDE for width in re.findall(r'<svg[^>]* width="([0-9.]+)"', page))


def test_what_is_published_later_is_seen_at_once(context: Context, reader: Reader) -> None:
    add(context, [cell(20, **FIGURES)])
    assert "13 van 20 gesprekken" in reader.words("/stromen")
    add(context, [cell(20, **FIGURES)])
    assert "26 van 40 gesprekken" in reader.words("/stromen")


def test_a_formula_in_a_key_does_no_harm(context: Context, reader: Reader) -> None:
    add(context, [cell(20, acts={"=HYPERLINK(1)": 9, "<script>alert(1)</script>": 9})])
    assert "'=HYPERLINK" in reader.get("/uitvoer/acts.csv").text
    assert "<script>" not in reader.get("/begrip").text


def test_a_picture_says_what_it_is_and_takes_the_ink_of_the_page() -> None:
    svg = charts.bars((Bar("<b>", 3.0, "3 van 9"), Bar("leeg", None, "")), "Titel & <zo>", "Uitleg")
    assert "<title" in svg and "Titel &amp; &lt;zo&gt;" in svg and "<desc" in svg
    assert "currentColor" in svg and "<b>" not in svg
    assert "http" not in svg.replace("http://www.w3.org/", "")
    assert "style=" not in svg
    assert charts.bars((Bar("<b>", 3.0, "3 van 9"), Bar("leeg", None, "")), "Titel & <zo>", "Uitleg") is svg
