"""In danger: the card cannot be missed, stays, and stands in nothing's way."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.widget.conftest import Screen


def test_the_card_stays_until_it_is_put_away(screen: Screen) -> None:
    card = screen.page.locator("#crisis")
    expect(card).to_be_hidden()
    screen.say("ik wil dood")
    expect(card).to_be_visible()
    expect(card.get_by_role("link", name="Bel 113")).to_have_attribute("href", "tel:113")
    screen.say("ik weet het niet")
    expect(card).to_be_visible()
    screen.page.reload()
    screen.greeted()
    expect(card).to_be_visible()
    card.get_by_role("button", name="Gezien, leg deze kaart weg").click()
    expect(card).to_be_hidden()
    screen.page.reload()
    screen.greeted()
    expect(card).to_be_hidden()
    expect(screen.page.locator("#log .crisis")).to_have_count(1)


def test_the_card_comes_when_the_talk_is_refused_too(screen: Screen) -> None:
    screen.page.evaluate("() => { sessionStorage['pas.talk'] = JSON.stringify({ token: 'onbekend' }); }")
    screen.page.locator("#text").fill("ik wil dood")
    screen.page.locator("#text").press("Enter")
    expect(screen.page.locator("#crisis")).to_be_visible()


def test_the_numbers_are_there_without_any_script(screen: Screen) -> None:
    page = screen.page.context.browser.new_context(java_script_enabled=False).new_page()  # type: ignore[union-attr]
    page.goto(screen.url)
    for name, href in (("Bel 113", "tel:113"), ("Bel 112", "tel:112"), ("Chat op 113.nl", "https://www.113.nl")):
        expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("href", href)
    page.context.close()


def test_a_question_that_waits_is_put_aside(screen: Screen) -> None:
    screen.say("ik wil de loopbaan-APK doen")
    screen.say("Kort")
    expect(screen.page.locator("#answer")).to_be_visible()
    screen.say("ik wil dood")
    expect(screen.page.locator("#answer")).to_have_count(0)
