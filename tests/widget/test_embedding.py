"""One line on a page of another site: the talk in a frame that the page can neither style nor read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from bot.settings import Settings
from bot.supervision import address
from tests.conftest import FOREIGN

HOSTILE = """<!doctype html><html lang="nl"><head><title>Vereniging</title><style>
body * { display: none !important; color: lime !important; font-size: 3px !important; background: red !important; }
iframe, button, pas-op-de-plaats { visibility: hidden !important; opacity: 0 !important; transform: scale(0) !important; }
</style></head><body><p>Welkom</p><script src="%s/widget.js" data-label="Praat met de bot" defer></script></body></html>"""


@pytest.fixture
def foreign(system: Settings) -> Iterator[str]:
    """A site of someone else, with a style sheet that spares nothing."""
    page = (HOSTILE % address(system)).encode()

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", urlsplit(FOREIGN).port or 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield FOREIGN
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(context: BrowserContext, foreign: str) -> Page:
    """The page of the other site."""
    opened = context.new_page()
    opened.goto(foreign)
    return opened


def press_launcher(page: Page) -> None:
    """Press the button where it stands: the page's own script cannot reach into it."""
    box = page.locator("pas-op-de-plaats").bounding_box()
    assert box is not None
    assert box["width"] > 100 and box["height"] >= 44
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def open_talk(page: Page) -> Frame:
    """Press the launcher, and go into the frame that opens."""
    with page.expect_event("framenavigated") as navigated:
        press_launcher(page)
    frame: Frame = navigated.value
    return frame


def say_something(talk: Frame) -> None:
    """Wait for the greeting, and say one thing."""
    talk.locator(".message.bot").first.wait_for()
    talk.locator("#text").fill("het was een lange dag")
    talk.locator("#text").press("Enter")
    expect(talk.locator(".message.doctor")).to_have_count(1)


def test_the_talk_is_led_in_a_frame_whatever_the_page_does(page: Page) -> None:
    talk = open_talk(page)
    say_something(talk)
    expect(talk.get_by_role("link", name="Bel 113")).to_be_visible()
    assert talk.locator(".message.bot").first.evaluate("one => getComputedStyle(one).fontSize") != "3px"


def test_the_page_around_it_can_not_reach_it(page: Page) -> None:
    talk = open_talk(page)
    talk.locator(".message.bot").first.wait_for()
    assert page.evaluate("() => document.querySelector('pas-op-de-plaats').shadowRoot") is None
    assert page.evaluate("() => document.querySelectorAll('iframe').length + frames.length") == 0


def test_it_is_closed_from_within_and_the_talk_is_kept(page: Page) -> None:
    talk = open_talk(page)
    say_something(talk)
    talk.get_by_role("button", name="Sluit venster").click()
    page.wait_for_function("() => !document.querySelector('pas-op-de-plaats').hasAttribute('data-open')")
    press_launcher(page)
    expect(talk.locator(".message.doctor")).to_have_count(1)


def test_a_frame_that_does_not_come_can_be_closed(page: Page) -> None:
    page.route("**/frame", lambda route: route.abort())
    press_launcher(page)
    expect(page.locator("pas-op-de-plaats")).to_have_attribute("data-open", "")
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('pas-op-de-plaats').hasAttribute('data-open')")
    press_launcher(page)
    box = page.locator("pas-op-de-plaats").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 30, box["y"] + 30)
    page.wait_for_function("() => !document.querySelector('pas-op-de-plaats').hasAttribute('data-open')")


def test_a_site_that_was_not_named_gets_no_talk(context: BrowserContext, foreign: str) -> None:
    page = context.new_page()
    page.goto(foreign.replace("localhost", "127.0.0.1"))
    talk = open_talk(page)
    assert not talk.url.endswith("/frame")
    assert talk.locator("pas-talk").count() == 0


def test_the_full_page_is_never_shown_in_a_frame(context: BrowserContext, system: Settings) -> None:
    policy = context.request.get(address(system)).headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    framed = context.request.get(f"{address(system)}/frame").headers["content-security-policy"]
    assert f"frame-ancestors {FOREIGN}" in framed
    assert "default-src 'none'" in framed and "unsafe" not in framed
