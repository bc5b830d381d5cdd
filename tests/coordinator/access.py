"""What axe-core finds on the coordinator's pages, in light and in dark, in one visit of each."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.widget.test_access import AXE, RULES

# What depends on the colours; everything else is the same in the dark.
OF_COLOUR = ["color-contrast", "link-in-text-block"]
# A picture is one image to it, so it need not look at each of its marks; the rows of a table of figures are all alike.
LEFT_OUT = {"exclude": [[".drawing svg > *"], ["figure tbody tr:nth-child(n + 4)"]]}


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it is now, with everything that can be opened open."""
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(AXE)
    page.emulate_media(color_scheme="light")
    found = _found(page, {"type": "tag", "values": RULES})
    page.emulate_media(color_scheme="dark")
    return found + _found(page, {"type": "rule", "values": OF_COLOUR})


def sideways(page: Page) -> bool:
    """Whether the page itself scrolls sideways."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth > innerWidth"))


def _found(page: Page, only: dict[str, Any]) -> list[str]:
    told: dict[str, Any] = page.evaluate(
        "([where, only]) => axe.run(where, { runOnly: only, preload: false, resultTypes: ['violations'] })",
        [LEFT_OUT, only],
    )
    return [f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes']]}" for one in told["violations"]]
