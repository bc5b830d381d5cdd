"""For everyone: WCAG 2.2 AA by axe-core in every state, in light and dark, on a phone and on a desktop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.settings import ROOT, Settings
from bot.supervision import address
from tests.widget.conftest import DESKTOP, MINUTE, PHONE, Screen

AXE = (ROOT / "bot" / "widget" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL = {"width": 320, "height": 640}


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it is now. Typed in by the tester, so past the page's own policy."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })", RULES
    )
    return [f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes']]}" for one in found["violations"]]


def begun(screen: Screen) -> None:
    for line in ("ik wil de loopbaan-APK doen", "Kort"):
        screen.say(line)


def several(screen: Screen) -> None:
    begun(screen)
    screen.say("4")
    screen.say("Hoe blijf ik met plezier dokter?")
    assert screen.page.locator("#answer form.several").count()


def asked_on(screen: Screen) -> None:
    several(screen)
    screen.say("1, 4 en 8")
    screen.say("ik moet er altijd voor iedereen zijn, ook als ik zelf op ben")
    assert screen.page.locator("q.own").count()


def to_input(screen: Screen, selector: str) -> None:
    """Answer STOP in words until a question with this input comes."""
    screen.say("ik wil de STOP-check doen")
    if screen.page.locator("#answer").count():
        screen.say("Kort")
    for _ in range(30):
        if screen.page.locator(selector).count():
            return
        live = screen.page.locator("#answer")
        screen.say("1" if live.count() else "Vandaag had ik weer tijd voor wie er voor me zat.")
    raise AssertionError(f"no question with {selector}")


def finished(screen: Screen) -> None:
    begun(screen)
    for number in range(60):
        if screen.page.locator(".message.report").count():
            return
        live = screen.page.locator("#answer form.several")
        choice = screen.page.locator("#answer .choices")
        if live.count():
            screen.say("1, 2, 3")
        elif choice.count():
            screen.say("1")
        elif screen.page.locator("#answer form.date").count():
            screen.say("over twee maanden")
        elif screen.page.locator("#answer .scale").count():
            screen.say("6")
        else:
            screen.say(f"Op kamer {number} had ik weer tijd voor wie er voor me zat.")
    raise AssertionError("no report")


def in_danger(screen: Screen) -> None:
    begun(screen)
    screen.say("ik wil dood")


def menu(screen: Screen) -> None:
    begun(screen)
    screen.open_menu()
    screen.page.locator("#menu summary").click()


def my_answers(screen: Screen) -> None:
    several(screen)
    screen.menu("Mijn antwoorden")
    expect(screen.page.locator("#answers li")).to_have_count(2)


def refused(screen: Screen) -> None:
    screen.page.locator("#text").fill("x" * 4100)
    screen.page.locator("#text").press("Enter")
    screen.page.locator(".message.error").wait_for()


def cut_off(screen: Screen) -> None:
    screen.page.route("**/api/message", lambda route: route.abort())
    screen.page.locator("#text").fill("hallo")
    screen.page.locator("#text").press("Enter")
    expect(screen.page.locator(".composer")).to_contain_text("verbinding")


def locked(screen: Screen) -> None:
    screen.choose_pin()
    screen.page.clock.fast_forward(10 * MINUTE + 6_000)
    screen.page.get_by_label("Pincode").wait_for()


def closed(screen: Screen) -> None:
    screen.menu("Sluit af op dit apparaat")


STATES: list[Callable[[Screen], None]] = [
    begun, several, asked_on, finished, in_danger, menu, my_answers, refused, cut_off, locked, closed,
]  # fmt: skip


@pytest.fixture
def eye(browser: Browser, system: Settings) -> Iterator[Screen]:
    """Someone with a phone, whose clock is in our hands."""
    with browser.new_context(viewport=PHONE, color_scheme="light", locale="nl-NL") as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.clock.install()
        yield Screen(page, address(system)).open()


def cut_off_at(page: Page) -> list[str]:
    """What stands, in part, beside the page as it is now."""
    wide = """() => [...document.querySelectorAll('body *')].filter((one) => {
        const box = one.getBoundingClientRect();
        return box.width && getComputedStyle(one).clipPath === 'none' && (box.right > innerWidth + 1 || box.left < -1);
    }).map((one) => one.outerHTML.slice(0, 80))"""
    return list(page.evaluate(wide))


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_everyone_can_use_it_on_a_phone_and_a_desktop_in_light_and_dark(
    eye: Screen, state: Callable[[Screen], None]
) -> None:
    """axe-core finds nothing; and at 320 pixels (WCAG 1.4.10; a desktop of 1280 at 400 %) nothing is cut off or scrolls."""
    state(eye)
    for size in (PHONE, DESKTOP):
        eye.page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            eye.page.emulate_media(color_scheme=scheme)
            eye.page.wait_for_timeout(50)
            assert violations(eye.page) == [], (size, scheme)
    eye.page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    assert cut_off_at(eye.page) == []
    assert eye.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_text_twice_as_large_hides_nothing(screen: Screen) -> None:
    """WCAG 1.4.4: with letters of 200 %, everything can still be reached."""
    screen.page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    begun(screen)
    for name in ("Verstuur", "Menu"):
        button = screen.page.locator(".composer").get_by_role("button", name=name)
        button.scroll_into_view_if_needed()
        expect(button).to_be_in_viewport()


def test_with_reduced_motion_nothing_moves(browser: Browser, system: Settings) -> None:
    with browser.new_context(reduced_motion="reduce", locale="nl-NL") as context:
        screen = Screen(context.new_page(), address(system)).open()
        begun(screen)
        assert screen.page.evaluate("() => document.getAnimations().length") == 0
        assert (
            screen.page.evaluate("() => getComputedStyle(document.getElementById('scroll')).scrollBehavior") == "auto"
        )


def test_with_forced_colours_everything_keeps_its_edges(browser: Browser, system: Settings) -> None:
    with browser.new_context(forced_colors="active", locale="nl-NL") as context:
        screen = Screen(context.new_page(), address(system)).open()
        begun(screen)
        for selector in (".message.bot", "#answer button", "#text"):
            style = screen.page.locator(selector).first.evaluate("one => getComputedStyle(one).borderTopStyle")
            assert style == "solid"


def test_on_paper_there_is_the_summary_and_nothing_else(screen: Screen) -> None:
    finished(screen)
    screen.page.emulate_media(media="print")
    visible = screen.page.locator("#log .message:visible")
    expect(visible).to_have_count(1)
    expect(visible).to_contain_text("Op kamer")
    for selector in (".composer", "nav", ".report-files"):
        expect(screen.page.locator(selector).first).to_be_hidden()


def test_the_page_says_that_it_is_dutch(screen: Screen) -> None:
    assert screen.page.locator("html").get_attribute("lang") == "nl"
