"""Lost connections, reloads, more tabs: nothing is lost, and nothing is shown twice."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Route, expect

from bot.settings import Settings
from bot.supervision import address
from tests.widget.conftest import Screen


def begun(screen: Screen) -> Screen:
    """At the first open question of a script."""
    for line in ("ik wil de loopbaan-APK doen", "Kort", "4"):
        screen.say(line)
    return screen


def test_a_reload_keeps_the_talk(screen: Screen) -> None:
    begun(screen)
    before, step = screen.messages, screen.step
    screen.page.reload()
    screen.greeted()
    assert (screen.messages, screen.step) == (before, step)


def test_a_pause_a_reload_and_the_talk_goes_on_at_that_question(screen: Screen) -> None:
    begun(screen)
    screen.page.locator("#commands").get_by_role("button", name="Pauze").click()
    screen.answered()
    assert screen.step.startswith("pauze bij vraag 2")
    screen.page.reload()
    screen.greeted()
    screen.say("verder waar we waren")
    assert screen.step.startswith("vraag 2")


def test_the_back_button_keeps_the_talk(screen: Screen) -> None:
    begun(screen)
    before = screen.messages
    screen.page.goto("about:blank")
    screen.page.go_back()
    screen.greeted()
    assert screen.messages == before


def test_a_draft_survives_a_reload(screen: Screen) -> None:
    screen.page.locator("#text").press_sequentially("wat ik eigenlijk wil zeggen")
    screen.page.reload()
    screen.greeted()
    expect(screen.page.locator("#text")).to_have_value("wat ik eigenlijk wil zeggen")


def test_what_is_sent_without_a_connection_goes_out_once_it_is_back(screen: Screen, context: BrowserContext) -> None:
    begun(screen)
    context.set_offline(True)
    screen.page.locator("#text").fill("Hoe houd ik het vol?")
    screen.page.locator("#text").press("Enter")
    expect(screen.page.locator(".composer")).to_contain_text("De verbinding is even weg")
    expect(screen.page.get_by_role("link", name="Bel 113")).to_be_visible()
    context.set_offline(False)
    screen.answered()
    assert screen.own.count("Hoe houd ik het vol?") == 1
    assert screen.step.startswith("vraag 3")


def test_what_was_sent_without_a_connection_goes_out_after_a_reload_too(screen: Screen) -> None:
    begun(screen)
    screen.page.route("**/api/message", lambda route: route.abort())
    screen.page.locator("#text").fill("Hoe houd ik het vol?")
    screen.page.locator("#text").press("Enter")
    expect(screen.page.locator(".composer")).to_contain_text("De verbinding is even weg")
    screen.page.unroute("**/api/message")
    screen.page.reload()
    screen.greeted().answered()
    assert screen.own.count("Hoe houd ik het vol?") == 1
    assert screen.step.startswith("vraag 3")


def test_an_answer_that_was_lost_on_the_way_is_shown_once(screen: Screen) -> None:
    begun(screen)
    lost: list[Any] = []

    def lose_the_first(route: Route) -> None:
        answer = route.fetch()
        if lost:
            return route.fulfill(response=answer)
        lost.append(answer)
        return route.abort()

    screen.page.route("**/api/message", lose_the_first)
    screen.say("Hoe houd ik het vol?")
    assert lost and screen.own.count("Hoe houd ik het vol?") == 1
    assert screen.step.startswith("vraag 3")
    bubbles = screen.messages
    assert len(bubbles) == len(set(bubbles)) or screen.heard.count("Vraag 3") == 1


def test_a_second_tab_shows_the_same_talk_and_both_keep_up(
    screen: Screen, context: BrowserContext, system: Settings
) -> None:
    begun(screen)
    second = Screen(context.new_page(), address(system)).open()
    second.page.wait_for_function(f"() => document.querySelectorAll('.message').length === {len(screen.messages)}")
    assert second.messages == screen.messages
    second.say("Hoe houd ik het vol?")
    screen.page.wait_for_function(f"() => document.querySelectorAll('.message').length === {len(second.messages)}")
    assert screen.messages == second.messages
    assert screen.step == second.step
    assert not second.errors


def test_a_door_that_is_starting_says_so_with_the_numbers_at_hand(context: BrowserContext, system: Settings) -> None:
    page = context.new_page()
    page.route("**/health", lambda route: route.fulfill(json={"door": "ok", "engine": "loading", "store": "ok"}))
    screen = Screen(page, address(system)).open()
    expect(page.locator(".composer")).to_contain_text("Ik start nog op")
    expect(page.get_by_role("link", name="Bel 113")).to_be_visible()
    page.unroute("**/health")
    expect(page.locator(".composer")).not_to_contain_text("Ik start nog op")
    assert not screen.errors


def test_a_talk_that_is_gone_at_the_door_gives_the_words_back(screen: Screen) -> None:
    screen.page.evaluate(
        """() => { const kept = JSON.parse(sessionStorage['pas.talk']);
        return fetch('/api/conversation', { method: 'DELETE', headers: { Authorization: `Bearer ${kept.token}` } }); }"""
    )
    screen.page.locator("#text").fill("wat ik net schreef")
    screen.page.locator("#text").press("Enter")
    expect(screen.page.locator(".message.error")).to_contain_text("niet meer te vinden")
    expect(screen.page.locator("#text")).to_have_value("wat ik net schreef")
    screen.answered()
    screen.say("wat ik net schreef")
    assert screen.own == ["wat ik net schreef"]


def test_the_page_asks_nothing_of_any_other_host(context: BrowserContext, system: Settings) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    screen = begun(Screen(context.new_page(), address(system)).open())
    screen.say("ik wil dood")
    assert asked and all(url.startswith((address(system), "data:")) for url in asked)
    assert not context.cookies()


def test_an_answer_that_was_cut_off_halfway_is_asked_again(screen: Screen) -> None:
    begun(screen)
    cut: list[int] = []

    def cut_the_first(route: Route) -> None:
        answer = route.fetch()
        if not cut:
            cut.append(1)
            return route.fulfill(status=200, content_type="application/json", body=answer.text()[:40])
        return route.fulfill(response=answer)

    screen.page.route("**/api/message", cut_the_first)
    screen.say("Hoe houd ik het vol?")
    assert cut and screen.own.count("Hoe houd ik het vol?") == 1
    assert screen.step.startswith("vraag 3")


def waiting(screen: Screen, *texts: str) -> None:
    """Write these while nothing comes through."""
    screen.page.route("**/api/message", lambda route: route.abort())
    for text in texts:
        screen.page.locator("#text").fill(text)
        screen.page.locator("#text").press("Enter")
    expect(screen.page.locator(".composer")).to_contain_text("De verbinding is even weg")


def test_what_waits_does_not_come_into_the_next_talk(screen: Screen) -> None:
    waiting(screen, "eerste geheim", "tweede geheim")
    screen.menu("Sluit af op dit apparaat")
    screen.page.unroute("**/api/message")
    sent: list[str] = []
    screen.page.on("request", lambda request: sent.append(request.post_data or ""))
    screen.page.get_by_role("button", name="Begin een nieuw gesprek").click()
    screen.greeted()
    screen.page.evaluate("() => dispatchEvent(new Event('online'))")
    screen.say("hallo")
    screen.page.reload()
    screen.greeted()
    assert screen.own == ["hallo"]
    assert not any("geheim" in body for body in sent)


def test_all_words_come_back_when_the_talk_is_gone(screen: Screen) -> None:
    waiting(screen, "het eerste", "het tweede")
    screen.page.evaluate(
        """() => { const kept = JSON.parse(sessionStorage['pas.talk']);
        return fetch('/api/conversation', { method: 'DELETE', headers: { Authorization: `Bearer ${kept.token}` } }); }"""
    )
    screen.page.unroute("**/api/message")
    screen.page.evaluate("() => dispatchEvent(new Event('online'))")
    expect(screen.page.locator("#text")).to_have_value("het eerste\nhet tweede")
    screen.greeted()
    assert screen.own == []


def test_a_paused_script_goes_on_by_a_button(screen: Screen) -> None:
    screen.say("ik wil de loopbaan-APK doen")
    screen.say("Kort")
    screen.page.locator("#commands").get_by_role("button", name="Pauze").click()
    screen.answered()
    screen.page.reload()
    screen.greeted()
    expect(screen.page.locator("#answer")).to_have_count(0)
    screen.page.locator("#commands").get_by_role("button", name="Verder").click()
    screen.answered()
    assert screen.step.startswith("vraag 1")
    expect(screen.page.locator("#answer button").first).to_be_visible()
