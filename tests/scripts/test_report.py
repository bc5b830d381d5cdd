"""What a doctor takes away."""

from __future__ import annotations

import datetime as dt

import icalendar

from bot.responses import Responses
from bot.scripts import engine
from bot.scripts.engine import Answer, Run
from bot.scripts.report import as_calendar, as_markdown, as_text, sections, summary
from bot.scripts.schema import Script
from bot.validation import read_scripts

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)
TEXTS = Responses.read()


def apk(**answers: Answer) -> tuple[Script, Run]:
    script = next(s for s in read_scripts() if s.name == "apk")
    return script, engine.begin(script, "volledig").model_copy(update={"answers": answers})


def test_the_own_words_stand_under_their_headings_in_order() -> None:
    script, run = apk(fase=Answer(options=["stijl"]), proef=Answer(text="vroeg naar huis"), energie=Answer(value=6))
    rows = summary(script.title, sections(script, run), TEXTS).splitlines()
    assert rows == [
        "Loopbaan-APK", "", "Waar ik nu sta", "Ik vind mijn eigen stijl en routine", "", "Mijn energie, van 1 tot 10", "6",
        "", "Wat ik ga uitproberen", "vroeg naar huis",
    ]  # fmt: skip


def test_what_was_skipped_is_left_out_and_nothing_at_all_is_said() -> None:
    script, run = apk(fase=Answer(skipped=True))
    assert TEXTS.text("verslag_leeg") in summary(script.title, sections(script, run), TEXTS)


def test_markup_in_an_answer_stays_text() -> None:
    script, run = apk(proef=Answer(text="# kop\n<script>alert(1)</script> *vet* [link](http://x)"))
    markdown = as_markdown(script, run, TEXTS, TODAY)
    assert r"> \# kop" in markdown
    assert r"\<script\>" in markdown and r"\*vet\*" in markdown and r"\[link\]\(http" in markdown


def test_last_time_stands_beside_this_time() -> None:
    script, run = apk(proef=Answer(text="fietsen"))
    run = run.model_copy(update={"earlier": {"proef": Answer(text="lopen")}})
    assert "De vorige keer: lopen" in as_text(script, run, TEXTS, TODAY)


def test_the_date_goes_into_a_calendar_that_tells_nothing_of_what_was_written() -> None:
    script, run = apk(proef=Answer(text="geheim plan"), terugkijken=Answer(date=dt.date(2027, 3, 1)))
    written = as_calendar(script, run, TEXTS, NOW)
    assert written is not None and b"geheim" not in written
    event = next(iter(icalendar.Calendar.from_ical(written).walk("VEVENT")))
    assert event["dtstart"].dt == dt.date(2027, 3, 1)


def test_without_a_date_there_is_no_calendar() -> None:
    script, run = apk(terugkijken=Answer(skipped=True))
    assert as_calendar(script, run, TEXTS, NOW) is None
