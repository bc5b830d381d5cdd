"""Makes the pictures of the README: a real talk with the real system, in a real browser."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from bot.settings import settings
from bot.supervision import address, own

IMAGES = Path(__file__).parent / "images"
PHONE: ViewportSize = {"width": 390, "height": 844}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
HALFWAY = [
    "ik wil de loopbaan-APK doen",
    "Kort",
    "4",
    "Hoe blijf ik met plezier dokter als ik elke avond nog administratie doe?",
    "1, 4 en 8",
    "Ik ben dan rustig. Ik luister zonder op de klok te kijken.",
    "Donderdag, bij een oude man die net zijn vrouw verloren had. Mijn telefoon weggelegd.",
]


def say(page: Page, line: str) -> None:
    """Type a line and wait for what the bot has to say about it."""
    before = page.locator("#log > *").count()
    box = page.locator("textarea").last
    box.fill(line)
    box.press("Enter")
    page.wait_for_function("n => document.querySelectorAll('#log > *').length > n + 1", arg=before)
    page.wait_for_timeout(300)


def main() -> int:
    """Make all pictures. Gives an exit status."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is needed for the pictures: apt-get install chromium", file=sys.stderr)
        return 1
    IMAGES.mkdir(exist_ok=True)
    with own(settings(), print, PAS_MESSAGES_PER_MINUTE="1000") as system, sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium, args=QUIET)
        page = browser.new_page(viewport=PHONE, device_scale_factor=2, locale="nl-NL")
        page.goto(address(system))
        page.wait_for_selector("textarea")
        page.wait_for_timeout(500)
        page.screenshot(path=IMAGES / "begin.png")
        for line in HALFWAY:
            say(page, line)
        page.screenshot(path=IMAGES / "gesprek.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
