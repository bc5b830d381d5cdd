"""What a doctor takes away."""

from __future__ import annotations

import datetime as dt

import icalendar
import pytest

from bot.messages import Line, Mark
from bot.responses import Responses
from bot.scripts import engine
from bot.scripts.engine import Answer, Run
from bot.scripts.pdf import as_pdf
from bot.scripts.report import Person, Report, as_calendar, as_markdown, as_text, report, sections, summary
from bot.scripts.schema import Script
from bot.validation import read_scripts

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)
TEXTS = Responses.read()


def apk(**answers: Answer) -> tuple[Script, Run]:
    script = next(s for s in read_scripts() if s.name == "apk")
    return script, engine.begin(script, "volledig").model_copy(update={"answers": answers})


def made_of(script: Script, run: Run, *people: Person) -> Report:
    return report(script, run, people, TEXTS, TODAY)


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
    markdown = as_markdown(made_of(script, run), TEXTS)
    assert r"> \# kop" in markdown
    assert r"\<script\>" in markdown and r"\*vet\*" in markdown and r"\[link\]\(http" in markdown


def test_last_time_stands_beside_this_time() -> None:
    script, run = apk(proef=Answer(text="fietsen"))
    run = run.model_copy(update={"earlier": {"proef": Answer(text="lopen")}})
    assert "De vorige keer: lopen" in as_text(made_of(script, run), TEXTS)


def test_the_date_goes_into_a_calendar_that_tells_nothing_of_what_was_written() -> None:
    script, run = apk(proef=Answer(text="geheim plan"), terugkijken=Answer(date=dt.date(2027, 3, 1)))
    written = as_calendar(script, run, TEXTS, NOW)
    assert written is not None and b"geheim" not in written
    event = next(iter(icalendar.Calendar.from_ical(written).walk("VEVENT")))
    assert event["dtstart"].dt == dt.date(2027, 3, 1)


def test_without_a_date_there_is_no_calendar() -> None:
    script, run = apk(terugkijken=Answer(skipped=True))
    assert as_calendar(script, run, TEXTS, NOW) is None


def test_whom_to_turn_to_stands_in_it() -> None:
    script, run = apk(proef=Answer(text="fietsen"))
    made = made_of(script, run, Person("Een lijn", "voor dokters", ("085-1234567",)))
    assert "Een lijn: 085-1234567" in as_text(made, TEXTS)
    assert "- **Een lijn**: 085-1234567" in as_markdown(made, TEXTS)


def test_what_moved_since_the_last_time_is_marked() -> None:
    script = next(s for s in read_scripts() if s.name == "stop")
    ticked = next(s for s in script.steps if s.kind == "several")
    one, two, three = (o.id for o in ticked.options[:3])
    run = engine.begin(script, "volledig").model_copy(
        update={
            "answers": {ticked.id: Answer(options=[one, two])},
            "earlier": {ticked.id: Answer(options=[two, three])},
        }
    )
    [part] = made_of(script, run).parts
    assert part.marks == [
        Mark(label=o.label, then=then, now=now)
        for o, then, now in zip(ticked.options, (False, True, True), (True, True, False), strict=False)
    ]
    text = summary(script.title, [part], TEXTS)
    labels = [o.label for o in ticked.options[:3]]
    assert f"Nieuw: {labels[0]}" in text and f"Niet meer: {labels[2]}" in text and f"Gebleven: {labels[1]}" in text


def test_a_letter_to_oneself_stands_apart() -> None:
    script = next(s for s in read_scripts() if s.name == "fout")
    brief = Answer(text="Beste dokter, het was een lange dag.")
    answers = {"wanneer": Answer(options=["maanden"]), "vriend": Answer(text="kom eens zitten"), "brief": brief}
    made = made_of(script, engine.begin(script, "volledig").model_copy(update={"answers": answers}))
    assert made.letter is not None and made.letter.text == brief.text
    assert brief.text not in [part.text for part in made.parts] and brief.text in as_text(made, TEXTS)


HARD = [
    "gewoon een zin",
    "Hottentottententententoonstelling" * 40,
    "woord " * 660,
    "\N{GRINNING FACE} \N{WOMAN}\u200d\N{STAFF OF AESCULAPIUS}\ufe0f עברית العربية 漢字",
    '#set page() $x$ @y <b> \\ `code` *vet* [x](y) ‘aan’ "halingen" // niets',
    "\u202eomgekeerd\u0000\n\n\nregels",
]


@pytest.mark.parametrize("said", HARD, ids=["plain", "long word", "long", "no letters", "markup", "directions"])
def test_it_is_set_as_a_tagged_pdf_whatever_was_written(said: str) -> None:
    script, run = apk(proef=Answer(text=said))
    pdf = as_pdf(made_of(script, run, Person("Een lijn", "voor dokters", ())), TEXTS, NOW)
    assert pdf.startswith(b"%PDF-") and b"pdfuaid" in pdf and b"nl-NL" in pdf


def test_a_verbatim_is_set_in_columns() -> None:
    script, run = apk(proef=Answer(lines=[Line(who="ik", said="Dag", unsaid="niet weer"), Line(who="zij", said="Dag")]))
    made = made_of(script, run)
    assert made.parts[0].lines[0].unsaid == "niet weer"
    assert as_pdf(made, TEXTS, NOW).startswith(b"%PDF-")


def test_the_question_for_the_group_stands_first() -> None:
    script = next(s for s in read_scripts() if s.name == "intervisie")
    answers = {"situatie": Answer(text="een avond"), "vraag": Answer(text="wat maakt dat ik zwijg?")}
    made = made_of(script, engine.begin(script, "volledig").model_copy(update={"answers": answers}))
    assert [part.text for part in made.lead] == ["wat maakt dat ik zwijg?"]
    text = as_text(made, TEXTS)
    assert text.index("wat maakt dat ik zwijg?") < text.index("een avond")


def test_a_plan_is_a_table_of_its_own() -> None:
    script = next(s for s in read_scripts() if s.name == "visitatie")
    answers = {
        "stand": Answer(options=["geweest"]),
        "doel": Answer(text="later zeggen"),
        "proef": Answer(text="morgen"),
    }
    made = made_of(script, engine.begin(script, "volledig").model_copy(update={"answers": answers}))
    assert [part.text for part in made.table] == ["later zeggen", "morgen"]
    assert as_markdown(made, TEXTS).count(f"## {made.table_title}") == 1 and "### " in as_markdown(made, TEXTS)
    assert as_pdf(made, TEXTS, NOW).startswith(b"%PDF-")


def test_a_plan_without_a_word_is_not_announced() -> None:
    script = next(s for s in read_scripts() if s.name == "visitatie")
    made = made_of(
        script, engine.begin(script, "volledig").model_copy(update={"answers": {"stand": Answer(skipped=True)}})
    )
    assert made.table_title == ""
