"""The pages of the figures in a real browser: for everyone, without JavaScript, on a phone, on paper."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, expect

from bot.supervision import free_port
from tests.coordinator.cells import Half
from tests.coordinator.serving import add, app_of, context_of
from tests.widget.conftest import DESKTOP, PHONE, browser  # noqa: F401 - a fixture.
from tests.widget.test_access import violations

PAGES = (
    "/stromen", "/stromen?script=apk", "/stromen/apk/vraag", "/stromen/apk/vergelijk", "/bereik", "/begrip",
    "/begrip?soort=gesimuleerd", "/uitvoer",
)  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the pages of the figures are to be found, with a half-year of talks, real and simulated."""
    context = context_of(tmp_path_factory.mktemp("dashboard"))
    add(context, Half().cells(3000, 26, 40), Half().tallies())
    add(context, Half(8, simulated=True).cells(400, 26, 40))
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, address: str, scheme: Any) -> None:  # noqa: F811
    with browser.new_context(viewport=DESKTOP, color_scheme=scheme, locale="nl-NL") as context:  # type: ignore[arg-type]
        page = context.new_page()
        for path in PAGES:
            page.goto(address + path)
            page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert violations(page) == [], path


def test_without_javascript_a_coordinator_chooses_reads_on_and_takes_along(browser: Browser, address: str) -> None:  # noqa: F811
    with browser.new_context(java_script_enabled=False, viewport=PHONE, locale="nl-NL") as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{address}/stromen")
        page.get_by_label("Oefening").select_option(label="Loopbaan-APK")
        page.get_by_label("Lengte").select_option(label="volledig")
        page.get_by_role("button", name="Toon").click()
        expect(page.get_by_role("heading", name="De weg door ‘Loopbaan-APK’")).to_be_visible()
        expect(page.get_by_label("Lengte")).to_have_value("volledig")
        page.get_by_text("Dezelfde cijfers in een tabel").nth(1).click()
        with page.expect_download() as taken:
            page.get_by_role("link", name="Stappen (CSV)").click()
        assert taken.value.suggested_filename == "pas-op-de-plaats-steps.csv"
        page.get_by_role("link", name="1. Waar ik nu sta").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Waar ik nu sta")
        assert "lengte=volledig" in page.url


def test_on_a_phone_only_the_pictures_scroll_sideways(browser: Browser, address: str) -> None:  # noqa: F811
    with browser.new_context(viewport={"width": 320, "height": 640}, locale="nl-NL") as context:
        page = context.new_page()
        for path in PAGES:
            page.goto(address + path)
            # The style of the figures comes by the block of base.html; by itself, too, no page may be too wide.
            page.add_style_tag(path=str(Path("bot/coordinator/static/flows.css")))
            assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
