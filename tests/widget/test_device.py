"""On a shared computer nothing outlives the tab; on the doctor's own device it may; and after ten minutes it is locked."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from bot.settings import Settings
from bot.supervision import address
from tests.widget.conftest import MINUTE, Screen

WORDS = "mijn geheim over die avond"


@pytest.fixture
def timed(context: BrowserContext, system: Settings) -> Screen:
    """A doctor whose clock is in our hands, and who said something."""
    page = context.new_page()
    page.clock.install()
    screen = Screen(page, address(system)).open()
    screen.say(WORDS)
    return screen


def enter_pin(screen: Screen, pin: str) -> None:
    screen.page.get_by_label("Pincode").fill(pin)
    screen.page.get_by_role("button", name="Open").click()


def test_when_the_tab_is_closed_nothing_is_left(screen: Screen, context: BrowserContext) -> None:
    screen.say(WORDS)
    assert not screen.kept["device"]
    screen.page.close()
    again = Screen(context.new_page(), screen.url).open()
    assert WORDS not in "".join(again.messages)
    assert not again.own


def test_on_ones_own_device_the_talk_is_still_there(screen: Screen, context: BrowserContext) -> None:
    screen.say(WORDS)
    screen.open_menu()
    screen.page.get_by_label("Dit is mijn eigen apparaat").check()
    screen.page.close()
    again = Screen(context.new_page(), screen.url).open()
    assert again.own == [WORDS]
    again.open_menu()
    again.page.get_by_label("Dit is mijn eigen apparaat").uncheck()
    assert not again.kept["device"]


def test_no_words_of_the_talk_are_kept_in_the_browser(screen: Screen) -> None:
    screen.say(WORDS)
    assert WORDS not in str(screen.kept)


def test_closing_on_this_device_leaves_nothing(screen: Screen) -> None:
    screen.say(WORDS)
    screen.menu("Sluit af op dit apparaat")
    expect(screen.page.get_by_role("heading", name="Afgesloten")).to_be_visible()
    assert "token" not in str(screen.kept)
    assert WORDS not in screen.page.content()
    screen.page.get_by_role("button", name="Begin een nieuw gesprek").click()
    screen.greeted()
    assert not screen.own


def test_after_ten_idle_minutes_a_shared_computer_is_closed_and_that_was_told(timed: Screen) -> None:
    timed.page.clock.fast_forward(9 * MINUTE + 6_000)
    expect(timed.page.locator(".composer")).to_contain_text("Ben je er nog?")
    timed.page.clock.fast_forward(MINUTE)
    expect(timed.page.get_by_role("heading", name="Afgesloten")).to_be_visible()
    assert WORDS not in timed.page.content()
    assert "token" not in str(timed.kept)
    expect(timed.page.get_by_role("link", name="Bel 113")).to_be_visible()


def test_who_does_something_is_not_locked_out(timed: Screen) -> None:
    timed.page.clock.fast_forward(9 * MINUTE + 6_000)
    expect(timed.page.locator(".composer")).to_contain_text("Ben je er nog?")
    timed.page.keyboard.press("Shift")
    expect(timed.page.locator(".composer")).not_to_contain_text("Ben je er nog?")
    timed.page.clock.fast_forward(2 * MINUTE)
    assert timed.own == [WORDS]


def test_with_a_pin_it_is_locked_and_opens_where_it_was(timed: Screen) -> None:
    timed.choose_pin()
    timed.page.locator("#text").fill("een half af zin")
    before = timed.messages
    timed.page.clock.fast_forward(10 * MINUTE + 6_000)
    expect(timed.page.get_by_role("heading", name="Op slot")).to_be_visible()
    assert WORDS not in timed.page.content() and "half af" not in timed.page.content()
    assert "token" not in str(timed.kept)
    timed.page.reload()
    expect(timed.page.get_by_role("heading", name="Op slot")).to_be_visible()
    enter_pin(timed, "1111")
    expect(timed.page.locator(".wrong")).to_contain_text("4 keer")
    enter_pin(timed, "4821")
    timed.greeted()
    assert timed.messages == before
    expect(timed.page.locator("#text")).to_have_value("een half af zin")


def test_five_wrong_pins_close_it(timed: Screen) -> None:
    timed.choose_pin()
    timed.page.clock.fast_forward(10 * MINUTE + 6_000)
    for left in (4, 3, 2, 1):
        enter_pin(timed, "1111")
        expect(timed.page.locator(".wrong")).to_contain_text(f"{left} keer")
    enter_pin(timed, "1111")
    expect(timed.page.get_by_role("heading", name="Afgesloten")).to_be_visible()
    assert not timed.kept["tab"].get("pas.sealed")


def test_ones_own_device_is_covered_after_ten_minutes(timed: Screen) -> None:
    timed.open_menu()
    timed.page.get_by_label("Dit is mijn eigen apparaat").check()
    timed.page.keyboard.press("Escape")
    timed.page.clock.fast_forward(10 * MINUTE + 6_000)
    expect(timed.page.get_by_role("heading", name="Even toegedekt")).to_be_visible()
    assert WORDS not in timed.page.content()
    timed.page.get_by_role("button", name="Ga verder").click()
    timed.greeted()
    assert timed.own == [WORDS]


def test_a_computer_that_slept_is_locked_when_it_wakes(timed: Screen) -> None:
    timed.page.clock.set_system_time(timed.page.evaluate("Date.now()") + 60 * MINUTE)
    timed.page.keyboard.press("Shift")
    expect(timed.page.get_by_role("heading", name="Afgesloten")).to_be_visible()


def test_wis_alles_asks_once_and_begins_anew(screen: Screen) -> None:
    screen.say(WORDS)
    screen.open_menu()
    menu = screen.page.locator("#menu")
    menu.locator("summary", has_text="Wis alles").click()
    menu.get_by_role("button", name="Nee, laat staan").click()
    assert screen.own == [WORDS]
    menu.locator("summary", has_text="Wis alles").click()
    menu.get_by_role("button", name="Ja, wis alles").click()
    expect(screen.page.locator("#log")).to_contain_text("Alles is gewist")
    screen.answered()
    assert not screen.own


def test_my_answers_are_there_to_see_and_to_change(screen: Screen) -> None:
    for line in ("ik wil de loopbaan-APK doen", "Kort", "4", "Hoe houd ik het vol?"):
        screen.say(line)
    screen.menu("Mijn antwoorden")
    answers = screen.page.locator("#answers")
    expect(answers).to_contain_text("Hoe houd ik het vol?")
    answers.get_by_role("button", name="Wijzig").nth(1).click()
    screen.answered()
    assert screen.step.startswith("vraag 2")


@pytest.mark.parametrize("name", ["Ik wil een mens spreken", "Wat kun je", "Wie kan dit lezen"])
def test_what_the_menu_says_for_the_doctor_is_understood(screen: Screen, name: str) -> None:
    screen.menu(name)
    heard = screen.answered() + "\n".join(screen.page.locator("#answer").all_inner_texts())
    wanted = {"Ik wil een mens spreken": "coach", "Wat kun je": "APK", "Wie kan dit lezen": "leest"}
    assert wanted[name] in heard


@pytest.mark.parametrize("name", ["Vorige vraag", "Overslaan", "Waarom deze vraag", "Kun je dat anders zeggen"])
def test_the_menu_steers_a_script(screen: Screen, name: str) -> None:
    for line in ("ik wil de loopbaan-APK doen", "Kort", "4"):
        screen.say(line)
    screen.menu(name)
    screen.answered()
    number = {"Vorige vraag": 1, "Overslaan": 3}.get(name, 2)
    assert screen.step.startswith(f"vraag {number} ")


def test_what_was_open_is_gone_when_it_locks(timed: Screen) -> None:
    for line in ("ik wil de loopbaan-APK doen", "Kort", "4"):
        timed.say(line)
    timed.choose_pin()
    timed.menu("Mijn antwoorden")
    expect(timed.page.locator("#answers li")).to_have_count(1)
    timed.page.clock.fast_forward(10 * MINUTE + 6_000)
    expect(timed.page.get_by_role("heading", name="Op slot")).to_be_visible()
    expect(timed.page.locator("dialog")).to_have_count(0)
    assert "Ik wil verdieping" not in timed.page.content()


def test_a_pin_can_be_taken_away_again(screen: Screen) -> None:
    screen.choose_pin()
    screen.open_menu()
    screen.page.get_by_role("button", name="Haal de pincode weg").click()
    expect(screen.page.get_by_label("Kies een pincode")).to_be_visible()
    assert "pas.pin" not in screen.kept["tab"]


def test_many_wrong_pins_at_once_count_each(timed: Screen) -> None:
    timed.choose_pin()
    timed.page.clock.fast_forward(10 * MINUTE + 6_000)
    timed.page.get_by_label("Pincode").fill("1111")
    timed.page.evaluate("() => { for (let i = 0; i < 9; i += 1) document.querySelector('form.pin').requestSubmit(); }")
    expect(timed.page.locator(".wrong")).to_contain_text("4 keer")


def test_a_locked_tab_is_closed_when_its_talk_is_closed_elsewhere(
    timed: Screen, context: BrowserContext, system: Settings
) -> None:
    second = Screen(context.new_page(), address(system)).open()
    second.page.wait_for_function("() => document.querySelectorAll('.message.doctor').length === 1")
    timed.choose_pin()
    timed.page.clock.fast_forward(9 * MINUTE)
    second.page.keyboard.press("Shift")
    timed.page.clock.fast_forward(MINUTE + 6_000)
    expect(timed.page.get_by_role("heading", name="Op slot")).to_be_visible()
    second.menu("Sluit af op dit apparaat")
    expect(timed.page.get_by_role("heading", name="Afgesloten")).to_be_visible()
    assert "pas.sealed" not in timed.kept["tab"]


def test_a_second_tab_waits_for_the_first_when_that_is_busy(screen: Screen, context: BrowserContext) -> None:
    screen.say(WORDS)
    screen.page.evaluate(
        "() => { setTimeout(() => { const end = performance.now() + 2000; while (performance.now() < end); }, 0); }"
    )
    second = Screen(context.new_page(), screen.url).open()
    assert second.own == [WORDS]


def test_a_new_tab_does_not_wait_where_the_other_has_no_talk(timed: Screen, context: BrowserContext) -> None:
    timed.choose_pin()
    timed.page.clock.fast_forward(10 * MINUTE + 6_000)
    expect(timed.page.get_by_role("heading", name="Op slot")).to_be_visible()
    second = Screen(context.new_page(), timed.url).open()
    assert not second.own


def test_how_to_come_back_is_told_once_a_script_runs(screen: Screen) -> None:
    advice = screen.page.get_by_role("group", name="Later verdergaan")
    expect(advice).to_have_count(0)
    screen.say("ik wil de loopbaan-APK doen")
    screen.say("Kort")
    advice.get_by_role("button", name="Dit is mijn eigen apparaat").click()
    expect(advice).to_have_count(0)
    assert "token" in screen.kept["device"]["pas.talk"]


def test_the_focus_goes_where_the_page_went(timed: Screen) -> None:
    timed.page.clock.fast_forward(10 * MINUTE + 6_000)
    expect(timed.page.get_by_role("heading", name="Afgesloten")).to_be_focused()


def test_wis_alles_in_words_leaves_nothing_on_the_page(screen: Screen) -> None:
    screen.say(WORDS)
    screen.say("wis alles")
    screen.page.locator("#text").fill("ja")
    screen.page.locator("#text").press("Enter")
    screen.page.wait_for_function("() => !document.querySelector('.message.doctor')")
    screen.answered()
    assert WORDS not in screen.page.content()
    screen.say("hallo")
    assert screen.own == ["hallo"]


def test_a_browser_that_keeps_nothing_still_talks(context: BrowserContext, system: Settings) -> None:
    page = context.new_page()
    page.add_init_script(
        """for (const name of ['sessionStorage', 'localStorage', 'BroadcastChannel'])
        Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } });
        delete Crypto.prototype.randomUUID;"""
    )
    screen = Screen(page, address(system)).open()
    screen.say(WORDS)
    assert screen.own == [WORDS]
    assert not screen.errors
