"""Makes the pictures of the README: real talks with the real system, in a real browser."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize, sync_playwright

from bot.settings import settings
from bot.supervision import address, own
from docs.browser import ANSWERED, QUIET, chromium

IMAGES = Path(__file__).parent / "images"
SCREENS: dict[str, ViewportSize] = {
    "telefoon": {"width": 390, "height": 844},
    "bureau": {"width": 1200, "height": 800},
}
SCHEMES: dict[str, Literal["light", "dark"]] = {"licht": "light", "donker": "dark"}
HALFWAY = [
    "ik wil de loopbaan-APK doen",
    "Kort",
    "4",
    "Hoe blijf ik met plezier dokter als ik elke avond nog administratie doe?",
    "1, 4 en 8",
    "Ik ben dan rustig. Maar ik moet er ook altijd voor iedereen zijn.",
]
ONWARD = [
    "Dat ik nooit nee zeg, ook niet als ik zelf op ben.",
    "Donderdag, bij een oude man die net zijn vrouw verloren had. Mijn telefoon weggelegd.",
    "Dat ik tijd heb om te luisteren, en dat mijn kinderen me 's avonds zien.",
    "Mijn vrouw, en mijn oude opleider.",
    "Tien minuten wandelen voor het eerste spreekuur.",
]
DANGER = "eerlijk gezegd wil ik er niet meer zijn"
DATE = "over twee maanden"


def say(page: Page, line: str) -> None:
    """Type a line and wait for what the bot has to say about it."""
    before = page.locator(".message.doctor").count()
    page.locator("#text").fill(line)
    page.locator("#text").press("Enter")
    page.wait_for_function("n => document.querySelectorAll('.message.doctor').length > n", arg=before)
    page.wait_for_function(ANSWERED)


def finish(page: Page) -> None:
    """Answer until there is a report."""
    onward = iter(ONWARD)
    while not page.locator(".message.report").count():
        if page.locator("#answer form.several").count():
            say(page, "1, 2, 3")
        elif page.locator("#answer form.date").count():
            say(page, DATE)
        elif page.locator("#answer").count():
            say(page, "1")
        else:
            say(page, next(onward, "Dat weet ik nog niet."))
    page.locator(".message.report").scroll_into_view_if_needed()


def picture(page: Page, name: str) -> None:
    """Take one, without the blinking of a cursor."""
    page.evaluate("() => document.activeElement.blur()")
    page.wait_for_timeout(400)
    page.screenshot(path=IMAGES / f"{name}.png")


def main() -> int:
    """Make all pictures. Gives an exit status."""
    shutil.rmtree(IMAGES, ignore_errors=True)
    IMAGES.mkdir()
    with own(settings(), print, PAS_MESSAGES_PER_MINUTE="1000") as system, sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium(), args=QUIET)
        for screen, viewport in SCREENS.items():
            for look, scheme in SCHEMES.items():
                context = browser.new_context(viewport=viewport, color_scheme=scheme, locale="nl-NL")
                page = context.new_page()
                page.goto(address(system))
                page.locator(".message.bot").first.wait_for()
                picture(page, f"begin-{screen}-{look}")
                for line in HALFWAY:
                    say(page, line)
                picture(page, f"apk-{screen}-{look}")
                finish(page)
                page.locator(".message.report").evaluate("one => one.scrollIntoView()")
                picture(page, f"verslag-{screen}-{look}")
                say(page, DANGER)
                picture(page, f"nood-{screen}-{look}")
                context.close()
                print(f"{screen}, {look}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
