"""How soon the page speaks, beside an empty page from the same door in the same browser: the ratio is the figure."""

from __future__ import annotations

import statistics
import sys

from playwright.sync_api import Browser, sync_playwright

from bot.settings import settings
from bot.supervision import address, own
from docs.browser import QUIET, chromium

TIMES = 9
GREETED = "() => document.querySelector('.message.bot') && performance.now()"
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
LOADED = "() => document.readyState === 'complete' && performance.now()"


def main() -> int:
    """Measure and print. Gives an exit status."""
    with own(settings(), print, PAS_CONVERSATIONS_PER_MINUTE="1000") as system, sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium(), args=QUIET)
        base = address(system)
        empty = [_until(browser, f"{base}/health", LOADED)[0] for _ in range(TIMES)]
        whole = [_until(browser, base, GREETED) for _ in range(TIMES)]
        browser.close()
    greeted = statistics.median(time for time, _ in whole)
    painted = statistics.median(paint for _, paint in whole)
    nothing = statistics.median(empty)
    print(f"first paint: {painted:.0f} ms   first greeting: {greeted:.0f} ms   an empty answer: {nothing:.0f} ms")
    print(f"greeting after paint: {greeted - painted:.0f} ms   ratio to the empty answer {greeted / nothing:.1f}")
    return 0


def _until(browser: Browser, url: str, script: str) -> tuple[float, float]:
    """Milliseconds from the start of the navigation, in a browser that nobody used before, and to the first paint."""
    with browser.new_context(locale="nl-NL") as context:
        page = context.new_page()
        page.goto(url, wait_until="commit")
        time = float(page.wait_for_function(script).json_value())
        return time, float(page.evaluate(PAINTED) or 0)


if __name__ == "__main__":
    sys.exit(main())
