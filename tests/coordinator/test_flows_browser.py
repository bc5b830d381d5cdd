"""The pages of the figures in a real browser: for everyone, without JavaScript, on a phone, on paper."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from bot.supervision import free_port
from tests.coordinator.cells import Half
from tests.coordinator.serving import add, app_of, context_of
from tests.widget.conftest import DESKTOP, PHONE
from tests.widget.test_access import AXE, RULES

PAGES = (
    "/stromen", "/stromen?script=apk", "/stromen/apk/vraag", "/stromen/apk/vergelijk", "/bereik", "/begrip",
    "/begrip?soort=gesimuleerd", "/uitvoer",
)  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the pages of the figures are to be found, with a half-year of talks, real and simulated."""
    context = context_of(tmp_path_factory.mktemp("dashboard"))
    add(context, Half().cells(1500, 8, 40), Half().tallies(8))
    add(context, Half(8, simulated=True).cells(300, 6, 40))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app_of(context), port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
    context.database.dispose()


def violations(page: Page) -> list[str]:
    """What axe-core finds; a picture is one image to it, so it need not look at each of its marks."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run({ exclude: [['.drawing svg > *']] }, { runOnly: { type: 'tag', values: tags } })", RULES
    )
    return [f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes']]}" for one in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, address: str, scheme: Any) -> None:
    with browser.new_context(viewport=DESKTOP, color_scheme=scheme, locale="nl-NL") as context:  # type: ignore[arg-type]
        page = context.new_page()
        for path in PAGES if scheme == "light" else PAGES[1:4]:
            page.goto(address + path)
            page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
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
            assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
