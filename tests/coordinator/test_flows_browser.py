"""The pages of the figures in a real browser: for everyone, without JavaScript, on a phone, on paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from docs.serving import served
from tests.coordinator.access import sideways, violations
from tests.coordinator.cells import Half, many
from tests.coordinator.serving import add, app_of, context_of
from tests.widget.conftest import DESKTOP, PHONE

PAGES = (
    "/stromen", "/stromen?script=apk", "/stromen/apk/vraag", "/stromen/apk/vergelijk", "/bereik", "/begrip",
    "/begrip?soort=gesimuleerd", "/uitvoer",
)  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the pages of the figures are to be found, with some weeks of talks, real and simulated."""
    context = context_of(tmp_path_factory.mktemp("dashboard"))
    # Of few scripts there are two versions to compare.
    few = many(0)[:3]
    add(context, Half(scripts=few).cells(700, 2, 40), Half().tallies(2))
    add(context, Half(8, simulated=True, scripts=few).cells(200, 2, 40))
    with served(app_of(context)) as found:
        yield found
    context.database.dispose()


def test_axe_finds_nothing_in_light_and_dark(browser: Browser, address: str) -> None:
    with browser.new_context(viewport=DESKTOP, locale="nl-NL") as context:  # type: ignore[arg-type]
        page = context.new_page()
        for path in PAGES:
            page.goto(address + path)
            assert violations(page) == [], path


def test_without_javascript_a_coordinator_chooses_reads_on_and_takes_along(browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False, viewport=PHONE, locale="nl-NL") as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{address}/stromen")
        page.get_by_label("Oefening", exact=True).select_option(label="Loopbaan-APK")
        page.get_by_label("Lengte", exact=True).select_option(label="volledig")
        page.get_by_role("button", name="Toon").click()
        expect(page.get_by_role("heading", name="De weg door ‘Loopbaan-APK’")).to_be_visible()
        expect(page.get_by_label("Lengte", exact=True)).to_have_value("volledig")
        page.get_by_text("Dezelfde cijfers in een tabel").nth(1).click()
        with page.expect_download() as taken:
            page.get_by_role("link", name="Stappen (CSV)").click()
        assert taken.value.suggested_filename == "pas-op-de-plaats-steps.csv"
        page.get_by_role("link", name="1. Waar ik nu sta").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Waar ik nu sta")
        assert "lengte=volledig" in page.url


def test_on_a_phone_only_the_pictures_scroll_sideways(browser: Browser, address: str) -> None:
    with browser.new_context(viewport={"width": 320, "height": 640}, locale="nl-NL") as context:
        page = context.new_page()
        for path in PAGES:
            page.goto(address + path)
            assert not sideways(page), path
