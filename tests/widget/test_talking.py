"""Whole talks in the browser, with the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from bot.scripts.schema import Step
from tests.walking import FRONT, SCRIPTS
from tests.widget.conftest import Screen

FIRST_CHOICE = "#answer button"
LABEL = "one => one.tagName === 'BUTTON' ? one.innerText : ''"


def press(screen: Screen, selector: str) -> None:
    """Walk to something with Tab and press it."""
    screen.tab_to(lambda: bool(screen.focused(f"one => one.matches({selector!r})")))
    screen.page.keyboard.press("Space")


def answer(screen: Screen, number: int) -> None:
    """Answer what is asked, by the keyboard: in its own input where there is one, else in words."""
    page = screen.page
    live = page.locator("#answer")
    count = page.locator(".message.doctor").count()
    if not live.count():
        screen.tab_to(lambda: screen.focused() == "text")
        page.keyboard.type(f"Op kamer {number} had ik weer tijd voor wie er voor me zat.")
        page.keyboard.press("Enter")
    elif live.locator("form.several").count():
        press(screen, "#answer input[type=checkbox]")
        for _ in range(2):
            page.keyboard.press("Tab")
            page.keyboard.press("Space")
        press(screen, "#answer button[type=submit]")
    elif live.locator("form.date").count():
        screen.tab_to(lambda: screen.focused("one => one.type") == "date")
        page.keyboard.type("01022027")
        press(screen, "#answer button[type=submit]")
    elif live.locator(".scale").count():
        press(screen, f"#answer .scale button:nth-of-type({1 + number % 3})")
    else:
        press(screen, FIRST_CHOICE)
    page.wait_for_function(f"() => document.querySelectorAll('.message.doctor').length > {count}")
    screen.answered()


@pytest.mark.parametrize("name", FRONT)
def test_a_script_is_led_to_its_end_by_the_keyboard_alone(screen: Screen, name: str) -> None:
    page = screen.page
    title = SCRIPTS[name].title
    screen.tab_to(lambda: title in screen.focused(LABEL))
    page.keyboard.press("Enter")
    screen.answered()
    assert screen.focused() == "answer"
    screen.tab_to(lambda: "Kort" in screen.focused(LABEL))
    page.keyboard.press("Enter")
    screen.answered()
    assert screen.step.startswith("vraag 1 van ")
    for number in range(60):
        if page.locator(".message.report").count():
            break
        answer(screen, number)
    expect(page.locator(".message.report")).to_have_count(1)
    expect(page.locator(".message.report .text").first).to_be_visible()
    expect(page.locator(".message.report")).to_contain_text("Op kamer")
    expect(page.locator(".message.report").get_by_role("heading", name=title)).to_be_visible()
    assert screen.step == ""


def test_an_answer_of_four_thousand_characters_is_taken_whole(screen: Screen) -> None:
    long = ("het was druk en ik bleef maar doorgaan. " * 101)[:4000]
    screen.say("ik wil de loopbaan-APK doen")
    screen.say("Kort")
    screen.say("1")
    screen.say(long)
    assert screen.own[-1] == long.strip()
    assert "te lang" not in screen.heard


def test_a_text_that_is_too_long_is_told_so_and_not_lost(screen: Screen) -> None:
    long = "x" * 4010
    screen.page.locator("#text").fill(long)
    expect(screen.page.locator(".count")).to_contain_text("10 tekens te lang")
    screen.page.locator("#text").press("Enter")
    expect(screen.page.locator(".message.error")).to_contain_text("te lang")
    expect(screen.page.locator("#text")).to_have_value(long)


@pytest.mark.parametrize("text", ["<script>document.title='stuk'</script>", "<img src=x onerror=alert(1)> **vet**"])
def test_what_looks_like_code_stays_text(screen: Screen, text: str) -> None:
    screen.say(text)
    assert screen.own[-1] == text
    assert screen.page.title() == "Pas op de plaats"
    assert screen.page.locator("#log img, #log script").count() == 0


def test_the_doctors_own_words_stand_out_where_the_bot_asks_on(screen: Screen) -> None:
    for line in ("ik wil de loopbaan-APK doen", "Kort", "4", "Hoe blijf ik met plezier dokter?", "1, 4 en 8"):
        screen.say(line)
    screen.say("ik moet er altijd voor iedereen zijn, ook als ik zelf op ben")
    quote = screen.page.locator(".reflect q.own").last
    expect(quote).to_contain_text("er altijd voor iedereen zijn")


def test_too_few_ticks_are_told_and_not_sent(screen: Screen) -> None:
    for line in ("ik wil de loopbaan-APK doen", "Kort", "4", "Hoe blijf ik met plezier dokter?"):
        screen.say(line)
    form = screen.page.locator("#answer form.several")
    expect(form).to_contain_text("Kies er 3")
    form.get_by_role("checkbox").first.check()
    form.get_by_role("button", name="Verstuur keuze").click()
    expect(form.get_by_role("alert")).to_contain_text("Kies er 3")
    assert len(screen.own) == 4


def test_each_kind_of_step_has_an_input_of_its_own() -> None:
    """Of every kind that the scripts use, :func:`answer` knows the input; the verbatim is shown in test_inputs."""
    kinds = {step.kind for script in SCRIPTS.values() for step in script.steps if isinstance(step, Step)}
    assert kinds <= {"choice", "text", "several", "date", "scale", "lines", "tell"}


def test_focus_stays_where_the_doctor_types(screen: Screen) -> None:
    screen.page.locator("#text").focus()
    screen.say("het was een lange dag")
    assert screen.focused() == "text"


def said_aloud(page: Page) -> list[str]:
    """What was added to the live region since :func:`listen`."""
    return list(page.evaluate("() => window.aloud"))


def listen(page: Page) -> None:
    """Write down what a screen reader is told of the talk: what is added while the region is live."""
    page.evaluate(
        """() => { window.aloud = []; const log = document.getElementById('log');
        new MutationObserver((records) => { for (const record of records) for (const node of record.addedNodes)
          if (node.nodeType === 1 && log.ariaLive === 'polite') window.aloud.push(node.innerText.trim());
        }).observe(log, { childList: true }); }"""
    )


def test_each_message_is_read_out_once_and_in_order(screen: Screen) -> None:
    listen(screen.page)
    before = len(screen.messages)
    screen.say("het was een lange dag")
    screen.say("ik ben moe")
    assert said_aloud(screen.page) == screen.messages[before:]


def test_what_is_pressed_stays_under_the_finger(screen: Screen) -> None:
    """A press that moves what is pressed is lost: the page neither scrolls nor makes room for something between down and up."""
    screen.page.set_viewport_size({"width": 390, "height": 620})
    screen.say("laat alles zien")
    place = screen.page.locator("#scroll")
    place.evaluate("one => { one.style.scrollBehavior = 'auto'; one.scrollTop = 0; }")
    expect(screen.page.get_by_role("button", name="Naar beneden")).to_be_visible()
    # Somewhere half-way, with a choice at the lower edge.
    low = screen.page.evaluate(
        """() => { const place = document.querySelector('#scroll'), one = document.querySelector('#answer button');
        const edge = place.getBoundingClientRect().bottom;
        place.scrollTop += one.getBoundingClientRect().bottom - edge + 4;
        const box = one.getBoundingClientRect(); return [box.left + 30, box.top + box.height / 2, place.scrollTop]; }"""
    )
    screen.page.mouse.move(low[0], low[1])
    screen.page.mouse.down()
    screen.page.wait_for_timeout(300)
    assert place.evaluate("one => one.scrollTop") == low[2]
    screen.page.mouse.up()
    expect(screen.page.locator(".message.doctor")).to_have_count(2)
    assert screen.page.locator("#down").evaluate("one => one.offsetHeight") == 0
