"""For everyone: the pages in a real browser, without scripts, with axe-core, small and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from bot.coordinator.guard import COOKIE
from bot.settings import DATA
from bot.store.lessons import Lesson
from bot.store.review import Note
from tests.coordinator.access import sideways, violations
from tests.coordinator.care.conftest import TODAY, Site

ADDRESSES = [
    "/meelezen", "/meelezen?toon=beoordeeld", "/meelezen/lessen", "/inhoud", "/inhoud/coaches",
    "/inhoud/coaches?thema=apk", "/inhoud/oefeningen", "/inhoud/oefeningen/apk", "/inhoud/oefeningen/niets",
]  # fmt: skip
SMALL: ViewportSize = {"width": 320, "height": 640}
DESKTOP: ViewportSize = {"width": 1100, "height": 800}
WORDS = "Na zo'n dienst weet ik niet meer of ik [naam] wel heb teruggebeld.\nDat blijft dan de hele nacht malen."


def signed_in(browser: Browser, site: Site, role: str = "editor", **options: Any) -> BrowserContext:
    """A browser in which someone with this role is signed in."""
    context = browser.new_context(locale="nl-NL", base_url=site.url, **{"viewport": DESKTOP, **options})
    context.add_cookies([{"name": COOKIE, "value": site.tokens[role], "url": site.url}])
    return context


@pytest.fixture
def full(site: Site) -> Site:
    """The pages with something on each."""
    site.piece(WORDS, step="herkenning", cue="zelfverwijt")
    site.piece("<script>document.title = 'mis'</script>", step="herkenning")
    site.piece("weet niet", what="misunderstood")
    known = {piece.text: piece.id for piece in site.review.some("0", 9, judged=False)}
    site.review.judge(known["weet niet"], Note(understood=False, act="overslaan", remark="wil verder"))
    site.lessons.add(Lesson(sentence="laat dit maar zweven", act="overslaan", topic="geen", context="script"), TODAY)
    site.import_coaches(DATA / "voorbeelden" / "coaches.csv")
    return site


@pytest.fixture
def page(browser: Browser, full: Site) -> Iterator[Page]:
    """An editor at a desk, whose browser runs no scripts of a page."""
    with signed_in(browser, full, java_script_enabled=False) as context:
        yield context.new_page()


def test_axe_finds_nothing_in_light_and_dark_and_only_tables_scroll_sideways(browser: Browser, full: Site) -> None:
    with signed_in(browser, full) as context:
        page = context.new_page()
        for address in ADDRESSES:
            page.set_viewport_size(DESKTOP)
            page.goto(address)
            assert violations(page) == [], address
            page.set_viewport_size(SMALL)
            assert not sideways(page), address


def test_axe_finds_nothing_where_one_may_only_read(browser: Browser, full: Site) -> None:
    with signed_in(browser, full, "reader") as context:
        page = context.new_page()
        # The rest of the pages has no part that only one of them sees.
        for address in ("/meelezen?toon=beoordeeld", "/inhoud/coaches"):
            page.goto(address)
            assert violations(page) == [], address


def test_axe_finds_nothing_where_something_is_wrong(browser: Browser, full: Site) -> None:
    with signed_in(browser, full) as context:
        page = context.new_page()
        page.goto("/meelezen?vanaf=0")
        piece = page.locator("article", has_text="hele nacht malen")
        piece.get_by_text("Schrijf zelf een zin").click()
        piece.get_by_label("Jouw zin").fill("dat blijft dan de hele nacht in je hoofd")
        piece.get_by_label("Wat doet iemand met deze zin?").select_option("vertellen")
        piece.get_by_role("button", name="Bewaar deze zin").click()
        expect(page.get_by_role("alert")).to_contain_text("die woorden blijven hier")
        expect(page.get_by_label("Jouw zin")).to_have_value("dat blijft dan de hele nacht in je hoofd")
        assert violations(page) == []
        page.goto("/inhoud/coaches")
        page.get_by_label("CSV-bestand").set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": b"naam\n"})
        page.get_by_role("button", name="Zet deze lijst erin").click()
        expect(page.get_by_role("alert")).to_contain_text("Regel 1:")
        assert violations(page) == []


def test_a_piece_is_judged_and_taught_by_without_a_script(page: Page, full: Site) -> None:
    page.goto("/meelezen?vanaf=0")
    piece = page.locator("article", has_text="hele nacht malen")
    expect(piece.get_by_role("heading")).to_contain_text("Loopbaan-APK")
    piece.get_by_label("Nee").check()
    piece.get_by_label("Beter was").select_option("vertellen")
    piece.get_by_label("Opmerking").fill("malen is hier piekeren")
    piece.get_by_role("button", name="Bewaar", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Je oordeel is bewaard.")
    expect(page.get_by_text("hele nacht malen")).to_have_count(0)
    page.get_by_role("link", name="Bekeken").click()
    piece = page.locator("article", has_text="hele nacht malen")
    expect(piece.get_by_label("Opmerking")).to_have_value("malen is hier piekeren")
    piece.get_by_text("Schrijf zelf een zin").click()
    piece.get_by_label("Jouw zin").fill("ik zweef vannacht van patiënt naar patiënt")
    piece.get_by_label("Wat doet iemand met deze zin?").select_option("vertellen")
    piece.get_by_label("Om mee te toetsen").check()
    piece.get_by_role("button", name="Bewaar deze zin").click()
    page.get_by_role("link", name="Eigen zinnen").click()
    expect(page.get_by_role("row", name="ik zweef vannacht")).to_contain_text("toetsen")
    with page.expect_download() as download:
        page.get_by_role("link", name="lessen-toetsen.yml").click()
    assert "ik zweef vannacht" in download.value.path().read_text(encoding="utf-8")


def test_what_is_recognisable_goes_by_one_button(page: Page, full: Site) -> None:
    page.goto("/meelezen?vanaf=0")
    piece = page.locator("article", has_text="hele nacht malen")
    piece.get_by_role("button", name="Toch herkenbaar").click()
    expect(page.get_by_role("status")).to_have_text("Het stukje is gewist.")
    assert WORDS not in [said.text for said in full.store.pieces.all()]


def test_a_script_in_a_piece_does_not_run(browser: Browser, full: Site) -> None:
    with signed_in(browser, full) as context:
        page = context.new_page()
        page.goto("/meelezen")
        expect(page.get_by_text("<script>document.title = 'mis'</script>")).to_be_visible()
        assert page.title() != "mis"
        assert page.locator("main script").count() == 0


def test_on_paper_there_are_the_pieces_and_no_forms(page: Page) -> None:
    page.goto("/meelezen?vanaf=0")
    page.emulate_media(media="print")
    expect(page.get_by_text("hele nacht malen")).to_be_visible()
    for form in page.locator("main form").all():
        expect(form).to_be_hidden()
