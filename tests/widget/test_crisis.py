"""In danger: the card cannot be missed, stays, and stands in nothing's way."""

from __future__ import annotations

from playwright.sync_api import Route, expect

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


def test_a_question_that_waits_gives_way_to_what_the_card_asks(screen: Screen) -> None:
    screen.say("ik wil de loopbaan-APK doen")
    screen.say("Kort")
    expect(screen.page.locator("#answer")).to_contain_text("Ik ben aan het opbouwen")
    screen.say("ik wil dood")
    expect(screen.page.locator("#answer")).not_to_contain_text("Ik ben aan het opbouwen")
    screen.page.locator("#answer").get_by_role("button", name="Er is iemand bij me").click()
    assert "Goed dat er iemand is" in screen.answered()


def test_the_card_comes_at_once_also_while_an_earlier_message_waits(screen: Screen) -> None:
    def refuse_the_first(route: Route) -> None:
        if "eerst" in (route.request.post_data or ""):
            return route.fulfill(status=503, json={"detail": "Ik start nog op."})
        return route.continue_()

    screen.page.route("**/api/message", refuse_the_first)
    for text in ("eerst dit", "ik wil dood"):
        screen.page.locator("#text").fill(text)
        screen.page.locator("#text").press("Enter")
    expect(screen.page.locator("#crisis")).to_be_visible()
    expect(screen.page.locator(".composer")).to_contain_text("Ik start nog op")


def test_the_card_stays_when_the_talk_is_closed(screen: Screen) -> None:
    screen.say("ik wil dood")
    screen.menu("Sluit af op dit apparaat")
    expect(screen.page.get_by_role("heading", name="Afgesloten")).to_be_visible()
    expect(screen.page.locator("#crisis").get_by_role("link", name="Bel 113")).to_be_visible()


def test_on_a_small_phone_the_numbers_on_the_card_are_in_sight(screen: Screen) -> None:
    screen.page.set_viewport_size({"width": 320, "height": 568})
    screen.say("ik wil dood")
    for name in ("Bel 113", "Bel 112"):
        expect(screen.page.locator("#crisis").get_by_role("link", name=name)).to_be_in_viewport(ratio=1)


def test_what_the_card_asks_is_in_sight_beside_it(screen: Screen) -> None:
    screen.page.set_viewport_size({"width": 390, "height": 844})
    for line in ("het was een lange dag", "ik ben moe", "er kwam geen eind aan"):
        screen.say(line)
    screen.say("ik wil dood")
    button = screen.page.locator("#answer").get_by_role("button", name="Er is iemand bij me")
    expect(button).to_be_in_viewport(ratio=1)
