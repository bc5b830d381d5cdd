"""A doctor at a real browser, talking with the real system."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.settings import Settings
from bot.supervision import address
from docs.browser import ANSWERED

DESKTOP = {"width": 1100, "height": 800}
PHONE = {"width": 390, "height": 844}
MINUTE = 60_000


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that nobody used before."""
    with browser.new_context(viewport=DESKTOP, locale="nl-NL") as fresh:  # type: ignore[arg-type]
        yield fresh


class Screen:
    """What a doctor sees of the talk, and does there."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self) -> Screen:
        """Go to the page, and wait for the bot to speak."""
        self.page.goto(self.url)
        return self.greeted()

    def greeted(self) -> Screen:
        """Wait until the bot said something."""
        self.page.locator(".message.bot").first.wait_for()
        return self

    def answered(self) -> str:
        """Wait until nothing is under way any more; gives what was said since the doctor spoke last."""
        self.page.wait_for_function(ANSWERED)
        return self.heard

    def say(self, text: str) -> str:
        """Type something and send it; gives what the bot says."""
        count = self.page.locator(".message.doctor").count()
        self.page.locator("#text").fill(text)
        self.page.locator("#text").press("Enter")
        self.page.wait_for_function(f"() => document.querySelectorAll('.message.doctor').length > {count}")
        return self.answered()

    @property
    def messages(self) -> list[str]:
        """Every bubble, in order."""
        return [text.strip() for text in self.page.locator("#log .message").all_inner_texts()]

    @property
    def own(self) -> list[str]:
        """What the doctor said, as the page shows it."""
        return [text.strip() for text in self.page.locator("#log .doctor .text").all_inner_texts()]

    @property
    def heard(self) -> str:
        """What the bot said since the doctor spoke last."""
        script = """() => { const all = [...document.querySelectorAll('#log .message')];
            return all.slice(all.findLastIndex((one) => one.classList.contains('doctor')) + 1)
            .map((one) => one.innerText).join('\\n'); }"""
        return str(self.page.evaluate(script))

    @property
    def step(self) -> str:
        """How far along, as the page says it; empty where no script runs."""
        label = self.page.locator("#progress label")
        return label.inner_text() if label.count() else ""

    @property
    def kept(self) -> dict[str, dict[str, str]]:
        """All that the browser keeps for this page."""
        return dict(self.page.evaluate("() => ({ tab: { ...sessionStorage }, device: { ...localStorage } })"))

    def focused(self, script: str = "one => one.id") -> Any:
        """Something of what has the focus."""
        return self.page.evaluate(f"() => ({script})(document.activeElement)")

    def tab_to(self, wanted: Callable[[], bool], key: str = "Tab") -> None:
        """Press Tab until it is there."""
        for _ in range(80):
            if wanted():
                return
            self.page.keyboard.press(key)
        raise AssertionError("the keyboard does not come there")

    def open_menu(self) -> None:
        """Open the menu."""
        self.page.locator("#commands").get_by_role("button", name="Menu").click()

    def choose_pin(self, pin: str = "4821") -> None:
        """Choose a PIN, and close the menu again."""
        self.open_menu()
        self.page.get_by_label("Kies een pincode").fill(pin)
        self.page.get_by_role("button", name="Zet").click()
        expect(self.page.locator("#menu")).to_contain_text("Je pincode staat")
        self.page.keyboard.press("Escape")

    def menu(self, name: str) -> None:
        """Choose something in the menu."""
        self.open_menu()
        self.page.locator("#menu").get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def screen(context: BrowserContext, system: Settings) -> Iterator[Screen]:
    """A doctor who has just opened the page."""
    one = Screen(context.new_page(), address(system)).open()
    yield one
    assert not one.errors
