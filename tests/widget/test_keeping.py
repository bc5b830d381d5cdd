"""Keeping with a code, having it back, taking everything along, and the privacy statement, in the browser."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.settings import Settings
from bot.store.keepcode import read_code
from bot.supervision import address
from tests.widget.conftest import DESKTOP, Screen


@pytest.fixture
def done(screen: Screen) -> Screen:
    """A doctor whose script is done."""
    screen.say("ik wil de loopbaan-APK doen")
    screen.say("kort")
    screen.say("4")
    for _ in range(20):
        if screen.page.get_by_role("button", name="Bewaar het met een code").count():
            return screen
        screen.say("sla maar over")
    raise AssertionError("the script did not end")


def kept(screen: Screen) -> str:
    """Keep it, and read the code from the page."""
    screen.page.get_by_role("button", name="Bewaar het met een code").click()
    expect(screen.page.locator(".code li").first, screen.heard).to_be_visible()
    screen.answered()
    return " ".join(screen.page.locator(".code li").all_inner_texts())


def test_the_code_is_shown_once_and_can_be_saved(done: Screen, tmp_path: Path) -> None:
    code = kept(done)
    assert read_code(code, right=6) == code
    with done.page.expect_download() as saved:
        done.page.get_by_role("button", name="Opslaan als bestand").click()
    assert Path(saved.value.path()).read_text() == code
    assert saved.value.suggested_filename == "bewaarcode.txt"
    stored = done.page.evaluate("() => JSON.stringify([{...sessionStorage}, {...localStorage}])")
    assert code.split()[0] not in stored.split('"') and code not in stored
    done.page.reload()
    done.greeted()
    expect(done.page.locator(".code")).to_have_count(0)


def test_the_code_opens_what_was_kept_in_another_browser(done: Screen, browser: Browser, system: Settings) -> None:
    code = kept(done)
    with browser.new_context(viewport=DESKTOP, locale="nl-NL") as other:  # type: ignore[arg-type]
        elsewhere = Screen(other.new_page(), address(system)).open()
        elsewhere.page.get_by_role("button", name="Ik heb een bewaarcode").click()
        elsewhere.answered()
        elsewhere.say(code)
        expect(elsewhere.page.locator(".message.report h2")).to_have_text("Loopbaan-APK")
        elsewhere.page.reload()
        elsewhere.greeted()
        assert code not in " ".join(elsewhere.messages)


def test_everything_comes_along_in_one_file(done: Screen) -> None:
    done.page.get_by_role("button", name="Menu", exact=True).click()
    with done.page.expect_download() as saved:
        done.page.get_by_role("button", name="Neem alles mee").click()
    with zipfile.ZipFile(io.BytesIO(Path(saved.value.path()).read_bytes())) as archive:
        names = archive.namelist()
    assert {"gesprek.json", "gesprek.md"} < set(names) and any(name.startswith("apk-") for name in names)


def test_the_statement_is_a_link_away_from_the_first_look(screen: Screen) -> None:
    with screen.page.expect_popup() as opened:
        screen.page.get_by_role("link", name="Hoe dat zit").click()
    page: Page = opened.value
    expect(page.get_by_role("heading", level=1)).to_have_text("Wat er met je woorden gebeurt")
    expect(page.get_by_role("heading", name="Wie het kan zien")).to_be_visible()


def test_a_name_that_was_taken_out_is_gone_from_the_page_too(screen: Screen) -> None:
    screen.say("mevrouw Jansen verwijt me dat ik haar dochter te laat heb doorgestuurd")
    screen.page.get_by_role("button", name="Haal het weg").click()
    screen.answered()
    assert "Jansen" not in " ".join(screen.messages)
    assert any("[naam]" in text for text in screen.own)
