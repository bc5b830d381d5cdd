"""The dashboard: passwords that are guessed, sessions that are over, forms that another site sends."""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Callable, Mapping

import httpx
import pytest

from bot.coordinator import credentials
from bot.coordinator.accounts import Accounts, Made
from bot.coordinator.guard import COOKIE
from bot.coordinator.signed_in import form_token
from bot.settings import Settings
from bot.store import Store
from bot.supervision import dashboard
from tests.faults.attack.attacking import (
    CLAIMS,
    DASHBOARD_PATHS,
    DASHBOARD_SECURE,
    EVIL,
    alike,
    interleaved,
    lacking,
    signed_in,
    told,
    visitor,
)

REFUSED = {"naam": "iemand-anders", "wachtwoord": "een ander wachtwoord", "code": "000000"}


def entering(
    client: httpx.Client,
    made: Made,
    wrong: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Sign in with the code of now, or with something else for one of the three."""
    code = credentials.code(made.secret, int(time.time()))
    given = {"naam": made.name, "wachtwoord": made.password, "code": code, **(wrong or {})}
    return client.post("/inloggen", data=given, headers=headers)


def test_who_guesses_passwords_from_one_address_is_stopped_there_and_others_come_in(
    system: Settings, account: Callable[..., Made]
) -> None:
    with visitor(dashboard(system), "127.1.1.1") as guesser, visitor(dashboard(system), "127.1.1.2") as other:
        statuses = [entering(guesser, account(), {"wachtwoord": "nee" * 5}).status_code for _ in range(5)]
        assert statuses == [401] * 5
        stopped = entering(guesser, account())
        assert stopped.status_code == 429 and int(stopped.headers["retry-after"]) >= 1
        assert "set-cookie" not in stopped.headers
        assert entering(other, account()).status_code == 303


def test_who_guesses_one_password_from_many_addresses_is_stopped_by_its_name(
    system: Settings, account: Callable[..., Made]
) -> None:
    made, statuses = account(), []
    for number in range(6):
        with visitor(dashboard(system), f"127.1.2.{number + 1}") as client:
            statuses.append(entering(client, made, {"wachtwoord": "nee" * 5} if number < 5 else {}).status_code)
    assert statuses == [401] * 5 + [429]


@pytest.mark.parametrize("claim", CLAIMS)
def test_who_guesses_passwords_has_no_more_tries_by_claiming_to_be_elsewhere(
    system: Settings, account: Callable[..., Made], claim: str
) -> None:
    with visitor(dashboard(system), f"127.1.3.{CLAIMS.index(claim) + 1}") as client:
        statuses = []
        for number in range(6):
            said = f"for=10.6.6.{number}" if claim == "Forwarded" else f"10.6.6.{number}"
            name = f"niemand-{secrets.token_hex(4)}"
            answer = client.post("/inloggen", data={**REFUSED, "naam": name}, headers={claim: said})
            statuses.append(answer.status_code)
    assert statuses == [401] * 5 + [429]


def test_whether_there_is_such_a_name_is_not_to_be_seen_in_any_answer(
    system: Settings, account: Callable[..., Made]
) -> None:
    made, unknown = account(), f"niemand-{secrets.token_hex(4)}"
    wrong = {
        "a wrong password": {"wachtwoord": REFUSED["wachtwoord"]},
        "a wrong code": {"code": REFUSED["code"]},
        "both wrong": {"wachtwoord": REFUSED["wachtwoord"], "code": REFUSED["code"]},
        "a name that is not known": {"naam": unknown},
        "all wrong": {**REFUSED, "naam": unknown},
    }
    answers = {}
    for number, (name, given) in enumerate(wrong.items(), 1):
        with visitor(dashboard(system), f"127.1.4.{number}") as client:
            answers[name] = alike(entering(client, made, given))
    assert answers["all wrong"][0] == 401 and unknown not in answers["all wrong"][1]
    assert {name for name, one in answers.items() if one != answers["all wrong"]} == set()


def test_whether_there_is_such_a_name_is_not_to_be_told_by_how_long_it_takes(
    system: Settings, account: Callable[..., Made], measured: Callable[[str], None]
) -> None:
    made, unknown, turn = account(), f"niemand-{secrets.token_hex(4)}", iter(range(1, 200))

    def tried(name: str) -> None:
        with visitor(dashboard(system), f"127.1.5.{next(turn)}") as client:
            assert client.post("/inloggen", data={**REFUSED, "naam": name}).status_code == 401

    took = interleaved({"known": lambda: tried(made.name), "unknown": lambda: tried(unknown)}, 5)
    measured(told(took))
    assert 1 / 3 < took["known"] / took["unknown"] < 3


def test_a_session_that_an_attacker_chose_is_not_the_one_that_comes_of_signing_in(
    system: Settings, account: Callable[..., Made]
) -> None:
    made, chosen = account(), secrets.token_urlsafe(32)
    with visitor(dashboard(system), "127.1.6.1", Cookie=f"{COOKIE}={chosen}") as client:
        answer = entering(client, made)
    assert answer.status_code == 303 and chosen not in answer.headers["set-cookie"]
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "domain" not in cookie
    with visitor(dashboard(system), "127.1.6.2", Cookie=f"{COOKIE}={chosen}") as attacker:
        assert attacker.get("/").headers["location"] == "/inloggen"
    with visitor(dashboard(system), "127.1.6.3") as again:
        assert entering(again, made).status_code == 401, "the code was used"


@pytest.mark.parametrize("why", ["invented", "idle", "over", "signed out", "removed"])
def test_a_session_that_is_over_is_like_one_that_never_was(
    system: Settings, store: Store, account: Callable[..., Made], why: str
) -> None:
    made, now = account(), dt.datetime.now(dt.UTC)
    late = {"idle": dt.timedelta(minutes=31), "over": dt.timedelta(hours=9)}.get(why, dt.timedelta())
    with signed_in(system, store, made, now - late) as someone:
        token = someone.cookies[COOKIE]
        if not late:
            assert someone.get("/").status_code == 200
        if why == "invented":
            token = secrets.token_urlsafe(32)
        elif why == "signed out":
            assert someone.form("/uitloggen").status_code == 303
        elif why == "removed":
            Accounts(store.database, store.review).remove(made.name)
        someone.cookies = httpx.Cookies({COOKIE: token})
        answers = {(a.status_code, a.headers.get("location"), a.text) for a in map(someone.get, DASHBOARD_PATHS[3:5])}
        refused = someone.form("/inhoud/coaches").status_code
    assert answers == {(303, "/inloggen", "")} and refused == 401


# What another site can make a coordinator's browser send.
FROM_ELSEWHERE: dict[str, dict[str, str]] = {
    "another site": {"Origin": EVIL},
    "a frame without an origin": {"Origin": "null"},
    "another port of the machine": {"Origin": "http://127.0.0.1:9"},
    "a name that begins like it": {"Origin": "http://127.0.0.1.kwaad.example"},
    "a browser that says so": {"Sec-Fetch-Site": "cross-site"},
    "a site beside it": {"Sec-Fetch-Site": "same-site"},
}


@pytest.mark.parametrize("way", FROM_ELSEWHERE)
def test_a_form_that_another_site_sends_changes_nothing_even_with_the_token(
    system: Settings, store: Store, account: Callable[..., Made], way: str
) -> None:
    made = account()
    with signed_in(system, store, made) as editor:
        proof = {"form_token": form_token(editor.cookies[COOKIE])}
        for path in ("/uitloggen", "/inhoud/coaches", "/meelezen/wis"):
            assert editor.post(path, data=proof, headers=FROM_ELSEWHERE[way]).status_code == 403
        assert editor.get("/").status_code == 200
    with visitor(dashboard(system), f"127.1.7.{[*FROM_ELSEWHERE].index(way) + 1}") as browser:
        answer = entering(browser, made, headers=FROM_ELSEWHERE[way])
        assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_a_form_without_the_token_of_its_own_session_changes_nothing(
    system: Settings, store: Store, account: Callable[..., Made]
) -> None:
    with signed_in(system, store, account()) as editor, signed_in(system, store, account()) as other:
        theirs = form_token(other.cookies[COOKIE])
        for given in ({}, {"form_token": ""}, {"form_token": "x" * 64}, {"form_token": theirs}):
            for path in ("/uitloggen", "/inhoud/coaches"):
                assert editor.post(path, data=given).status_code == 403
        for path in (f"/uitloggen?form_token={form_token(editor.cookies[COOKIE])}", "/uitloggen", "/meelezen/wis"):
            assert editor.get(path).status_code in (404, 405)
        assert editor.get("/").status_code == 200


@pytest.mark.parametrize("signed", [False, True], ids=["a stranger", "an editor"])
def test_every_kind_of_answer_of_the_dashboard_has_every_header_of_security(
    system: Settings, store: Store, account: Callable[..., Made], signed: bool
) -> None:
    with signed_in(system, store, account()) as client:
        proof = {"form_token": form_token(client.cookies[COOKIE])}
        if not signed:
            client.cookies.clear()
        answers = [client.get(path) for path in (*DASHBOARD_PATHS, "/weg", "/logboek?voor=x", "/uitvoer/cells.csv")]
        answers += [client.request(method, "/stromen") for method in ("POST", "PUT", "OPTIONS", "HEAD")]
        sent: list[dict[str, str]] = [{}, proof, *([{"x": "y" * 2_500_000}] if signed else [])]
        answers += [client.post("/inhoud/coaches", data=given) for given in sent]
        answers += [client.post("/uitloggen", headers={"Origin": EVIL})]
    statuses = {answer.status_code for answer in answers}
    assert statuses >= ({200, 403, 404, 405, 413, 422} if signed else {200, 303, 401, 403}), statuses
    assert {str(answer.url): lacking(answer.headers, DASHBOARD_SECURE) for answer in answers} == {
        str(answer.url): {} for answer in answers
    }
