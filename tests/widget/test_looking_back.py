"""Then and now on the page, and the doctor's own overview."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import expect

from tests.widget.conftest import Screen

# Where to put pictures for whoever wants to look; nowhere by default.
PICTURES = os.environ.get("PAS_PICTURES")


def signals(screen: Screen, ticked: str, limit: str) -> None:
    """A short look at the signals: those that are ticked, a limit, and the rest left open."""
    screen.say("ik wil stilstaan bij stress")
    if "Hoeveel tijd" not in screen.heard:
        screen.say("doe de STOP-signalen")
    screen.say("kort")
    screen.say(ticked)
    for _ in range(30):
        if screen.page.locator("#progress").count() == 0:
            return
        screen.say(limit if "tot hier" in screen.heard.lower() or "grens" in screen.heard.lower() else "sla maar over")
    raise AssertionError("the script did not end")


def test_the_signals_of_then_stand_beside_those_of_now_and_one_can_be_taken_away(screen: Screen) -> None:
    signals(screen, "1 en 2", "na zessen niets meer")
    screen.say("niet nodig")
    signals(screen, "2 en 3", "geen avonddienst erbij")
    report = screen.page.locator(".message.report").last
    rows = report.locator("table.moved tbody tr")
    expect(rows).to_have_count(3)
    assert [row.split() for row in rows.locator("td").all_inner_texts()] == [
        ["●", "wel"], ["○", "niet"], ["●", "wel"], ["●", "wel"], ["○", "niet"], ["●", "wel"]
    ]  # fmt: skip
    if PICTURES:
        report.screenshot(path=Path(PICTURES) / "then-and-now.png")
    screen.say("niet nodig")
    screen.menu("Mijn overzicht")
    choices = screen.page.locator("#answer button", has_text="STOP-signalen")
    expect(choices).to_have_count(2)
    choices.last.click()
    screen.answered()
    for tap in ("Weghalen", "Ja, haal weg"):
        screen.page.get_by_role("button", name=tap).click()
        screen.answered()
    expect(choices).to_have_count(1)
