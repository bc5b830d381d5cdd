"""Makes the pictures of docs/scripts-schrijven.md: the page of a script that is being written, in a real browser."""

from __future__ import annotations

import sys

from playwright.sync_api import Page, sync_playwright

from bot.settings import DATA
from bot.writing.app import create_app
from docs.browser import QUIET, chromium
from docs.screenshots import IMAGES, SCREENS, picture
from docs.serving import served

SCRIPT = DATA / "scripts" / "fout.yml"


def main() -> int:
    """Make both pictures. Gives an exit status."""
    IMAGES.mkdir(exist_ok=True)
    with served(create_app(SCRIPT)) as address, sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium(), args=QUIET)
        desk = browser.new_context(viewport=SCREENS["bureau"], color_scheme="light", locale="nl-NL").new_page()
        begin(desk, address)
        desk.locator("#stap-weet").evaluate("one => one.scrollIntoView()")
        picture(desk, "schrijven-bureau-licht")
        phone = browser.new_context(viewport=SCREENS["telefoon"], color_scheme="dark", locale="nl-NL").new_page()
        begin(phone, address)
        phone.locator("#loop").evaluate("one => one.scrollIntoView()")
        picture(phone, "schrijven-telefoon-donker")
        browser.close()
    return 0


def begin(page: Page, address: str) -> None:
    """Walk a few questions into the script."""
    page.goto(address)
    page.get_by_role("button", name="Kort (").click()
    for label in ("Nee, daar wordt voor gezorgd", "Ja, dat gaat"):
        page.locator(".choices").get_by_role("button", name=label).click()
        page.locator(".doctor", has_text=label).wait_for()


if __name__ == "__main__":
    sys.exit(main())
