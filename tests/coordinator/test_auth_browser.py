"""Signing in and out in a real browser without JavaScript, and axe-core on what is seen meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from bot.coordinator import credentials
from bot.coordinator.accounts import Made
from bot.store.published import add_published
from docs.serving import served
from tests.coordinator.access import sideways, violations
from tests.coordinator.conftest import Dashboard
from tests.coordinator.test_auth_overview import cell

SMALL = {"width": 320, "height": 640}


@pytest.fixture
def address(dashboard: Dashboard) -> Iterator[str]:
    """Where the dashboard is, with something to show."""
    with Session(dashboard.store.database) as session:
        add_published(session, [cell(10, 5), cell(20, None, script="stop"), cell(9, 9, simulated=True)], [])
        session.commit()
    with served(dashboard.app) as found:
        yield found


def enter(page: Page, dashboard: Dashboard, made: Made) -> None:
    """Fill the form in and send it."""
    page.get_by_label("Naam").fill(made.name)
    page.get_by_label("Wachtwoord").fill(made.password)
    page.get_by_label("Code").fill(credentials.code(made.secret, int(dashboard.clock.now.timestamp())))
    page.get_by_role("button", name="Inloggen").click()


def test_one_signs_in_looks_round_and_signs_out_without_javascript(
    browser: Browser, dashboard: Dashboard, address: str
) -> None:
    made = dashboard.account()
    with browser.new_context(java_script_enabled=False, locale="nl-NL") as context:
        page = context.new_page()
        page.goto(f"{address}/logboek")
        expect(page).to_have_url(f"{address}/inloggen")
        enter(page, dashboard, made)
        expect(page).to_have_url(f"{address}/")
        expect(page.get_by_role("row")).to_have_count(3)
        page.get_by_role("link", name="Logboek").click()
        expect(page.get_by_role("table")).to_contain_text("ingelogd")
        [cookie] = context.cookies()
        assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
        page.get_by_role("button", name="Uitloggen").click()
        expect(page).to_have_url(f"{address}/inloggen")
        page.go_back()
        expect(page.get_by_role("table")).to_have_count(0)


def test_with_the_keyboard_alone_one_comes_in(browser: Browser, dashboard: Dashboard, address: str) -> None:
    made = dashboard.account()
    with browser.new_context(locale="nl-NL") as context:
        page = context.new_page()
        page.goto(f"{address}/inloggen")
        code = credentials.code(made.secret, int(dashboard.clock.now.timestamp()))
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#inhoud"
        for value in (made.name, made.password, code):
            page.keyboard.press("Tab")
            page.keyboard.type(value)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Overzicht")).to_be_visible()


def test_axe_finds_nothing_in_light_and_dark_and_nothing_scrolls_sideways(
    browser: Browser, dashboard: Dashboard, address: str
) -> None:
    made = dashboard.accounts.add_demo()
    assert made is not None
    with browser.new_context(viewport=SMALL, locale="nl-NL") as context:  # type: ignore[arg-type]
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        seen = []

        def look() -> None:
            seen.append(page.locator("h1").inner_text())
            assert violations(page) == [], seen[-1]
            assert not sideways(page), seen[-1]

        page.goto(f"{address}/inloggen")
        look()
        page.get_by_label("Naam").fill("niemand")
        page.get_by_label("Wachtwoord").fill("iets anders dan het is")
        page.get_by_label("Code").fill("123456")
        page.get_by_role("button", name="Inloggen").click()
        expect(page.get_by_role("alert")).to_be_visible()
        look()
        enter(page, dashboard, made)
        look()
        page.get_by_role("link", name="Logboek").click()
        look()
        page.goto(f"{address}/bestaat-niet")
        look()
        assert seen == ["Inloggen", "Inloggen", "Overzicht", "Logboek", "Dat ging niet"]
        assert faults == []


def test_on_paper_there_are_the_figures_and_no_menu(browser: Browser, dashboard: Dashboard, address: str) -> None:
    made = dashboard.account()
    with browser.new_context(locale="nl-NL") as context:
        page = context.new_page()
        page.goto(f"{address}/inloggen")
        enter(page, dashboard, made)
        page.emulate_media(media="print")
        expect(page.locator("table")).to_be_visible()
        for selector in ("nav", ".leave"):
            expect(page.locator(selector)).to_be_hidden()
