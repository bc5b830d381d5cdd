"""The page of a script that is being written: drawn whole, drawn anew when its file is saved, walked through as a doctor would."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from bot.referrals.directory import Directory
from bot.responses import Responses
from bot.scripts import engine
from bot.scripts.schema import Length, Script
from bot.settings import DATA
from bot.validation import read_scripts
from bot.writing.app import create_app
from bot.writing.source import Source
from bot.writing.walk import Given, walk
from bot.writing.words import Told, Words
from bot.yaml import load
from docs.serving import served
from tests.conftest import NOW
from tests.coordinator.access import sideways, violations
from tests.walking import SCRIPTS
from tests.widget.conftest import DESKTOP, PHONE

APK = (DATA / "scripts" / "apk.yml").read_text(encoding="utf-8")
QUESTION = "Wie ben jij op je best?"
LENGTHS: tuple[Length, ...] = ("kort", "volledig")


def words_of(script: Script) -> Words:
    return Words(script, Responses.read(), Directory.read())


# --- the walk, without a page ---


def fitting(script: Script, at: str) -> Given:
    """An answer that a question takes."""
    step = script.step(at)
    match step.kind:
        case "choice":
            return Given(step=at, options=[step.options[0].id])
        case "several":
            return Given(step=at, options=[o.id for o in step.options[: step.min or 0]])
        case "scale":
            return Given(step=at, text=str(step.min))
        case "date":
            return Given(step=at, text="over twee weken")
        case _:
            return Given(step=at, text="dat ze bleef zitten")


def to_the_end(script: Script, length: Length, reply: Callable[[Script, str], Given]) -> list[Given]:
    """The answers of a whole walk."""
    given: list[Given] = []
    for _ in range(80):
        walked = walk(script, length, given, NOW)
        if walked.step is None:
            return given
        given.append(reply(script, walked.step.id))
    raise AssertionError("the script has no end")


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_can_be_walked_to_its_end_and_skipped_to_its_end(name: str, length: Length) -> None:
    script = SCRIPTS[name]
    given = to_the_end(script, length, fitting)
    walked = walk(script, length, given, NOW)
    assert [one.step for one in walked.given] == [one.step for one in given]
    assert all("{" not in text for turn in walked.turns for text in (*turn.said, turn.question))
    skipped = walk(script, length, to_the_end(script, length, lambda _, at: Given(step=at)), NOW)
    assert skipped.step is None and all(turn.answer == "" for turn in skipped.turns)


def test_the_walk_asks_what_the_engine_asks() -> None:
    for script in read_scripts():
        given: list[Given] = []
        run, _ = engine.advance(script, engine.begin(script, "volledig"))
        while run.at is not None:
            walked = walk(script, "volledig", given, NOW)
            assert walked.step is not None and walked.step.id == run.at
            given.append(Given(step=run.at))
            run, _ = engine.advance(script, engine.answer(script, run, engine.Answer(skipped=True)))


def test_an_answer_that_cannot_be_taken_is_asked_for_again() -> None:
    given = [Given(step="fase", text="4"), Given(step="vraag"), Given(step="keuze", text="1")]
    walked = walk(SCRIPTS["apk"], "kort", given, NOW)
    assert walked.trouble == "too-few" and walked.step is not None and walked.step.id == "keuze"
    assert list(walked.given) == given[:2]


def test_an_answer_to_a_question_that_is_gone_is_left_out() -> None:
    walked = walk(SCRIPTS["apk"], "kort", [Given(step="weg", text="iets"), Given(step="fase", text="4")], NOW)
    assert [one.step for one in walked.given] == ["fase"]


# --- conditions in words ---


def flat(told: Told) -> str:
    return " ".join([told.text, *(flat(part) for part in told.parts)])


def test_a_condition_is_told_in_words_with_the_question_and_the_option() -> None:
    script = SCRIPTS["fout"]
    when = script.step("durf").when
    assert when is not None
    told = flat(words_of(script).only(when))
    assert told.startswith("Alleen als dit allemaal zo is:")
    assert "bij vraag 5 (hoe lang het geleden is) ‘Vandaag of gisteren’ of ‘Deze week’ gekozen is" in told
    assert "iets anders dan ‘Een collega’ of" in told


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_condition_of_every_script_has_words(name: str) -> None:
    script = SCRIPTS[name]
    cases = [case.when for step in script.steps for case in step.cases]
    closing = script.closing
    ends = [*(c.when for c in closing.tell), *(r.when for r in closing.refer), *(o.when for o in closing.offers)]
    for condition in [*(step.when for step in script.steps), *cases, *ends]:
        if condition is not None:
            assert "{" not in flat(words_of(script).only(condition))


# --- what stands in the file ---


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A copy of a script among the others, to write in."""
    shutil.copytree(DATA / "scripts", tmp_path, dirs_exist_ok=True)
    return tmp_path / "apk.yml"


def test_what_is_broken_is_told_with_its_line_and_the_last_good_script_stays(file: Path) -> None:
    source = Source(file)
    assert source.read().current
    stamp = source.stamp()
    file.write_text(APK.replace("name: apk", "name: apk\ntitle: Dit: is fout", 1), encoding="utf-8")
    assert source.stamp() != stamp
    seen = source.read()
    assert seen.script is not None and not seen.current
    line = next(n for n, row in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if "Dit: is" in row)
    assert seen.findings[0].line == line and "YAML" in seen.findings[0].says


@pytest.mark.parametrize(
    "content", [b"", b"- een\n- lijst\n", b"zomaar tekst", b"\xff\xfe\x00kapot", b"steps: [1, 2]\n"]
)
def test_whatever_stands_in_the_file_a_page_is_drawn_that_says_what_is_wrong(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "apk.yml"
    path.write_bytes(content)
    answer = TestClient(create_app(path), "http://localhost").get("/")
    assert answer.status_code == 200 and "Nog te verbeteren" in answer.text and "Regel" in answer.text


def test_a_file_that_is_gone_for_a_moment_is_said_to_be_gone(file: Path) -> None:
    source = Source(file)
    source.read()
    file.unlink()
    seen = source.read()
    assert seen.script is not None and [finding.line for finding in seen.findings] == [1]


# --- the page, without a browser ---


@pytest.fixture
def client(file: Path) -> TestClient:
    """Someone who asks for the page."""
    return TestClient(create_app(file, lambda: NOW), "http://localhost")


def test_while_the_referrals_cannot_be_read_the_script_is_drawn_all_the_same(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elders").mkdir()
    broken = tmp_path / "elders" / "referrals.yml"
    broken.write_text("entries: [", encoding="utf-8")
    monkeypatch.setattr("bot.writing.source.REFERRALS", broken)
    monkeypatch.setattr(Directory, "read", lambda: Directory([load(broken)]))
    answer = client.post("/", data={"lengte": "kort"})
    assert answer.status_code == 200 and QUESTION in answer.text


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_page_shows_every_wording_option_and_reason(name: str) -> None:
    page = TestClient(create_app(DATA / "scripts" / f"{name}.yml"), "http://localhost").get("/").text
    page = page.replace("&#39;", "'").replace("&amp;", "&")
    for step in SCRIPTS[name].steps:
        assert all(text in page for text in step.texts()), step.id
        assert all(option.label in page for option in step.options), step.id
    assert all(text in page for text in SCRIPTS[name].closing.say)
    assert "Er zijn geen fouten gevonden" in page


def test_the_page_lets_in_no_script_of_another_and_no_other_name_for_this_machine(client: TestClient) -> None:
    answer = client.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "no-store" in answer.headers["cache-control"]
    assert "<script>" not in answer.text and " onclick" not in answer.text and " style=" not in answer.text
    assert client.get("/", headers={"Host": "elders.example"}).status_code == 400


def test_a_walk_that_cannot_be_read_begins_anew(client: TestClient) -> None:
    for carried in ("", "{", "[1]", '[{"step": 1}]'):
        answer = client.post("/", data={"lengte": "kort", "weg": carried, "doe": "zeg", "stap": "bestaat-niet"})
        assert answer.status_code == 200 and "Vraag 1 van" in answer.text
    assert "Loop erdoorheen" in client.post("/", data={"lengte": "eindeloos"}).text


def test_what_is_typed_in_the_walk_is_nowhere_kept(
    client: TestClient, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = {path: path.read_bytes() for path in file.parent.iterdir()}
    typed = {"lengte": "kort", "weg": "[]", "stap": "fase", "doe": "zeg", "tekst": "kanariegeel"}
    assert "kanariegeel" in client.post("/", data=typed).text
    assert "kanariegeel" not in client.get("/").text and "kanariegeel" not in caplog.text
    assert {path: path.read_bytes() for path in file.parent.iterdir()} == before


# --- the page in a browser ---


@pytest.fixture
def address(file: Path) -> Iterator[str]:
    """Where the page of the script is."""
    with served(create_app(file, lambda: NOW)) as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A coach who has the page open, and nothing goes wrong on it."""
    with browser.new_context(viewport=DESKTOP, locale="nl-NL") as context:  # type: ignore[arg-type]
        opened = context.new_page()
        errors: list[str] = []
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        opened.goto(address)
        yield opened
        assert errors == []


def test_a_coach_walks_through_as_a_doctor_would(page: Page) -> None:
    page.get_by_role("button", name="Kort (").click()
    talk = page.locator(".talk")
    expect(talk).to_contain_text("Vraag 1 van 9")
    page.locator(".choices").get_by_role("button", name="Ik ben aan het opbouwen").click()
    expect(talk).to_contain_text("Opbouwen dus.")
    page.locator("#tekst").fill("Hoe blijf ik met plezier dokter?")
    page.get_by_role("button", name="Antwoord").click()
    expect(talk.locator(".doctor").last).to_have_text("Hoe blijf ik met plezier dokter?")
    page.locator("#tekst").fill("van alles")
    page.locator("#tekst").press("Enter")
    expect(talk).to_contain_text("nummers")
    for number in range(3):
        page.locator(".tick input").nth(number).check()
    page.get_by_role("button", name="Verstuur keuze").click()
    expect(talk).to_contain_text("Vraag 4 van 9")
    page.get_by_role("button", name="Vorige vraag").click()
    expect(talk).to_contain_text("Vraag 3 van")
    page.get_by_role("button", name="Sla over").click()
    expect(talk.locator(".doctor").last).to_have_text("overgeslagen")
    while page.get_by_role("button", name="Sla over").count():
        asked = page.locator("#vraag").inner_text()
        page.get_by_role("button", name="Sla over").click()
        expect(page.locator("#loop")).not_to_contain_text(asked)
    expect(talk).to_contain_text("Dit is het einde van de oefening.")
    expect(talk.locator(".report")).to_contain_text("Hoe blijf ik met plezier dokter?")
    page.get_by_role("button", name="Opnieuw beginnen").click()
    expect(page.locator("#loop")).to_contain_text("Antwoord zoals een dokter")


def test_a_saved_change_is_drawn_at_the_same_place_and_the_walk_goes_on(page: Page, file: Path) -> None:
    page.get_by_role("button", name="Volledig (").click()
    page.locator(".choices button").first.click()
    expect(page.locator("#vraag")).to_contain_text("Vraag 2 van")
    page.locator("#tekst").fill("half getypt")
    page.evaluate("() => document.querySelector('#stap-kern').scrollIntoView()")
    above = page.locator("#stap-kern").bounding_box()
    longer = APK.replace(
        "opening:\n", "opening:\n- Deze opening is nieuw, en maakt alles wat eronder staat lager.\n", 1
    )
    file.write_text(longer.replace(QUESTION, "Wie ben jij als het goed gaat?", 1), encoding="utf-8")
    expect(page.locator("#stap-kern")).to_contain_text("Wie ben jij als het goed gaat?")
    now = page.locator("#stap-kern").bounding_box()
    assert above and now and abs(above["y"] - now["y"]) < 2
    expect(page.locator("#tekst")).to_have_value("half getypt")
    expect(page.locator("#vraag")).to_contain_text("Vraag 2 van")


def test_a_mistake_shows_its_line_and_goes_when_it_is_mended(page: Page, file: Path) -> None:
    file.write_text(APK.replace(QUESTION, "Wie ben jij op je best!", 1), encoding="utf-8")
    notice = page.locator("#fouten")
    expect(notice).to_contain_text("uitroepteken")
    expect(page.locator("#stap-kern")).to_contain_text("Wie ben jij op je best!")
    file.write_text(APK.replace("steps:\n", "steps:\n - scheef\n", 1), encoding="utf-8")
    expect(notice).to_contain_text("YAML")
    expect(notice).to_contain_text("zoals zij was voor deze fout")
    expect(page.locator("#stap-kern")).to_contain_text("Wie ben jij op je best!")
    file.write_text(APK, encoding="utf-8")
    expect(notice).to_contain_text("geen fouten")
    expect(page.locator("#stap-kern")).to_contain_text(QUESTION)


def test_when_the_preview_stops_the_page_says_so(browser: Browser, file: Path) -> None:
    with browser.new_context(locale="nl-NL") as context:
        page = context.new_page()
        with served(create_app(file)) as address:
            page.goto(address)
            expect(page.locator("#gone")).to_be_hidden()
        expect(page.locator("#gone")).to_be_visible()


def test_without_javascript_a_coach_reads_and_walks_too(browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False, viewport=PHONE, locale="nl-NL") as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(address)
        page.get_by_role("button", name="Kort (").click()
        page.locator("#tekst").fill("4")
        page.locator("#tekst").press("Enter")
        expect(page.locator("#vraag")).to_contain_text("Vraag 2 van 9")


def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(browser: Browser, address: str) -> None:
    with browser.new_context(viewport={"width": 320, "height": 640}, locale="nl-NL") as context:
        page = context.new_page()
        page.goto(address)
        assert violations(page) == [] and not sideways(page)
        page.get_by_role("button", name="Volledig (").click()
        page.locator(".choices button").first.click()
        expect(page.locator("#vraag")).to_contain_text("Vraag 2 van")
        assert violations(page) == [] and not sideways(page)
