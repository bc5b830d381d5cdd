"""Inputs that no script of today asks for yet, and the lines of a verbatim: shown from answers as the door gives them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from bot.settings import Settings
from bot.supervision import address
from tests.widget.conftest import Screen


def message(n: int, text: str, who: str = "bot", **more: Any) -> dict[str, Any]:
    return {"n": n, "from": who, "kind": "ask" if who == "bot" else "say", "text": text, "links": [], **more}


@pytest.fixture
def sent() -> list[dict[str, Any]]:
    """What the page sent."""
    return []


@pytest.fixture
def verbatim(context: BrowserContext, system: Settings, sent: list[dict[str, Any]]) -> Screen:
    """A talk in which a verbatim is asked for."""
    page = context.new_page()
    ask = message(1, "Schrijf het gesprek op.", input={"type": "lines", "choices": [], "min": None, "max": None})
    script = {"name": "supervisie", "step": 3, "of": 9, "state": "running"}

    def taken(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}"))
        route.fulfill(json={"messages": [message(3, "Dank je.")], "script": script})

    page.route(
        "**/api/conversation", lambda r: r.fulfill(status=201, json={"token": "t", "messages": [ask], "script": script})
    )
    page.route("**/api/message", taken)
    return Screen(page, address(system)).open()


def test_the_lines_of_a_verbatim_are_written_and_shown_side_by_side(
    verbatim: Screen, sent: list[dict[str, Any]]
) -> None:
    page = verbatim.page
    first = page.get_by_role("group", name="Regel 1")
    first.get_by_label("Gezegd", exact=True).fill("Ik neem er de tijd voor.")
    first.get_by_label("Niet gezegd").fill("ik wil weg")
    second = page.get_by_role("group", name="Regel 2")
    expect(second.get_by_label("Wie")).to_have_value("de patiënt")
    second.get_by_label("Gezegd", exact=True).fill("U luistert niet.")
    page.get_by_role("button", name="Regel erbij").click()
    page.get_by_role("button", name="Verstuur regels").click()
    verbatim.answered()
    assert sent[0]["lines"] == [
        {"who": "ik", "said": "Ik neem er de tijd voor.", "unsaid": "ik wil weg"},
        {"who": "de patiënt", "said": "U luistert niet.", "unsaid": ""},
    ]
    table = page.locator(".doctor table")
    expect(table.locator("tbody tr")).to_have_count(2)
    expect(table.locator("tbody tr").first.locator("td")).to_have_text(["Ik neem er de tijd voor.", "ik wil weg"])


def test_nothing_is_sent_while_no_line_is_written(verbatim: Screen, sent: list[dict[str, Any]]) -> None:
    verbatim.page.get_by_role("button", name="Verstuur regels").click()
    assert sent == []
    assert verbatim.focused("one => one.name") == "said"


def test_a_link_that_is_none_stays_text(context: BrowserContext, system: Settings) -> None:
    page = context.new_page()
    links = [{"label": "klik", "href": "javascript:alert(1)"}, {"label": "Bel", "href": "tel:0301234567"}]
    said = {**message(1, "Kijk."), "links": links}
    page.route(
        "**/api/conversation", lambda r: r.fulfill(status=201, json={"token": "t", "messages": [said], "script": None})
    )
    Screen(page, address(system)).open()
    expect(page.locator("#log a")).to_have_count(1)
    expect(page.locator("#log a")).to_have_attribute("href", "tel:0301234567")
    expect(page.locator("#log")).to_contain_text("klik")
