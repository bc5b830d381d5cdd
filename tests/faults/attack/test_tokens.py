"""Tokens, links and codes that are guessed, used again, over or erased, and what belongs to another: nothing opens."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import secrets
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.engine import names as engine_names
from bot.settings import Settings
from bot.store import Store
from bot.store.keepcode import new_code, words
from bot.supervision import address
from tests.answers import problem
from tests.conftest import Doctor
from tests.faults.attack.attacking import (
    TAKING,
    TO_FREE_TEXT,
    Victim,
    alike,
    asked,
    bearing,
    by_route,
    interleaved,
    raw,
    read,
    told,
    whole,
)
from tests.processes import door_alone, until


def test_the_routes_that_take_a_token_are_those_that_are_tried_here(system: Settings) -> None:
    paths = httpx.get(f"{address(system)}/api/openapi.json", trust_env=False).json()["paths"]
    found = {
        (m.upper(), path) for path, methods in paths.items() for m, told in methods.items() if told.get("security")
    }
    assert found == set(TAKING)


def false_tokens(victim: Victim) -> dict[str, dict[str, Any]]:
    """Headers with something that is nearly, or not at all, the token of this talk."""
    token = victim.doctor.token
    other = "A" if token[-1] != "A" else "B"
    return {
        "nothing": {},
        "an empty one": {"Authorization": "Bearer"},
        "an invented one": bearing(secrets.token_urlsafe(32)),
        "what the database calls it": bearing(victim.identifier),
        "all but its last letter": bearing(token[:-1]),
        "a letter more": bearing(f"{token}A"),
        "another last letter": bearing(token[:-1] + other),
        "its letters in the other case": bearing(token.swapcase()),
        "it as a password": {"Authorization": f"Basic {base64.b64encode(f'x:{token}'.encode()).decode()}"},
        "it without a word before it": {"Authorization": token},
        "it twice": {"Authorization": f"Bearer {token}, Bearer {token}"},
        "it in a cookie": {"Cookie": f"token={token}; Authorization=Bearer {token}"},
        "it in another header": {"X-Authorization": f"Bearer {token}", "X-Token": token},
        "a wildcard": bearing("%"),
        "SQL": bearing("' OR '1'='1"),
        "5000 letters": bearing("x" * 5000),
        "bytes that are no text": {"Authorization": b"Bearer \xff\xfe\xc3\x28"},
        "a digest": bearing(hashlib.sha256(victim.identifier.encode()).hexdigest()),
    }


@by_route
def test_what_is_nearly_a_token_opens_nothing(
    system: Settings, victim: Victim, store: Store, method: str, path: str
) -> None:
    before, answers = whole(victim, store), {}
    for name, headers in false_tokens(victim).items():
        answer = asked(address(system), method, path, headers, TAKING[method, path])
        assert problem(answer, 401) and victim.word not in answer.text, name
        answers[name] = alike(answer)
    assert len(set(map(str, answers.values()))) == 1, "one of them is answered in another way"
    assert asked(address(system), method, f"{path}?token={victim.doctor.token}", {}).status_code in (401, 422)
    assert whole(victim, store) == before


@by_route
def test_a_token_that_was_erased_is_like_one_that_never_was(system: Settings, method: str, path: str) -> None:
    gone = Doctor(address(system))
    gone.say("hallo")
    assert gone.client.delete("/api/conversation").status_code == 204
    gone.close()
    erased, never = (
        alike(asked(address(system), method, path, bearing(token), TAKING[method, path]))
        for token in (gone.token, secrets.token_urlsafe(32))
    )
    assert erased == never and erased[0] == 401


def test_a_talk_whose_term_is_over_is_like_one_that_never_was(tmp_path: Path) -> None:
    with door_alone(tmp_path) as made:
        late = Doctor(made.doors[0])
        assert late.client.get("/api/conversation").status_code == 200
        late.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "pas.db")) as database, database:
        database.execute("UPDATE conversation SET last_day = '2020-01-01'")
    with door_alone(tmp_path) as made:

        def answer(token: str) -> httpx.Response:
            return asked(made.doors[0], "GET", "/api/conversation", bearing(token))

        until(lambda: answer(late.token).status_code == 401, "the talk is still there")
        assert alike(answer(late.token)) == alike(answer(secrets.token_urlsafe(32)))


def link(victim: Victim) -> str:
    """A new link to a report."""
    made = victim.doctor.client.post("/api/report", json={"format": "txt"})
    assert made.status_code == 201, made.text
    return str(made.json()["href"])


def test_a_link_that_was_used_is_over_or_whose_talk_is_gone_is_like_one_that_never_was(
    system: Settings, victim: Victim, store: Store, working: Doctor
) -> None:
    def answer(href: str) -> httpx.Response:
        return asked(address(system), "GET", href, {})

    now = dt.datetime.now(dt.UTC)
    made, late = (
        f"/api/report/{store.conversations.make_link(victim.identifier, 'txt', now - dt.timedelta(minutes=age))}"
        for age in (4, 6)
    )
    assert victim.word in answer(made).text, "a link that is not over must work"
    of_another = str(working.client.post("/api/report", json={"format": "txt"}).json()["href"])
    working.client.delete("/api/conversation")
    kinds = {"used": made, "over": late, "erased": of_another, "never": f"/api/report/{secrets.token_urlsafe(32)}"}
    answers = {name: alike(answer(href)) for name, href in kinds.items()}
    assert answers["never"][0] == 404
    assert {name for name, one in answers.items() if one != answers["never"]} == set()


def test_of_eight_who_use_a_link_at_once_one_gets_the_report(system: Settings, victim: Victim) -> None:
    href = link(victim)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: asked(address(system), "GET", href, {}), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 7
    assert sum(victim.word in answer.text for answer in answers) == 1


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE"])
def test_a_link_is_not_used_up_by_who_only_looks_where_it_leads(system: Settings, victim: Victim, method: str) -> None:
    href = link(victim)
    assert asked(address(system), method, href, {}).status_code == 405
    assert victim.word in asked(address(system), "GET", href, {}).text


def near(code: str) -> dict[str, str]:
    """Codes that are nearly this one."""
    parts = code.split()
    other = next(word for word in words() if word not in parts)
    return {
        "another first word": " ".join([other, *parts[1:]]),
        "another last word": " ".join([*parts[:-1], other]),
        "two words in each other's place": " ".join([parts[1], parts[0], *parts[2:]])
        if parts[0] != parts[1]
        else " ".join([*parts[1:], other]),
        "five words": " ".join(parts[:-1]),
        "seven words": " ".join([*parts, other]),
        "a wildcard": " ".join([*parts[:-1], "*"]),
    }


def test_a_bewaarcode_that_is_nearly_right_is_like_any_other_that_opens_nothing(
    system: Settings, victim: Victim
) -> None:
    def answer(code: str) -> httpx.Response:
        return asked(address(system), "POST", "/api/open", {}, {"code": code})

    never = alike(answer(new_code()))
    assert never[0] == 404
    assert {name for name, code in near(victim.code).items() if alike(answer(code)) != never} == set()
    assert victim.word in answer(victim.code).text, "the code itself must open it"


def test_a_bewaarcode_that_was_thrown_away_is_like_one_that_never_was(system: Settings, working: Doctor) -> None:
    def answer(code: str) -> httpx.Response:
        return asked(address(system), "POST", "/api/open", {}, {"code": code})

    first = working.client.post("/api/keep").json()["code"]
    second = working.client.post("/api/keep").json()["code"]
    assert answer(second).status_code == 200
    assert working.client.delete("/api/keep").status_code == 204
    assert alike(answer(first)) == alike(answer(second)) == alike(answer(new_code()))


def test_how_long_a_refusal_takes_tells_nothing_of_the_token(
    system: Settings, victim: Victim, measured: Callable[[str], None]
) -> None:
    token, gone = victim.doctor.token, Doctor(address(system))
    gone.client.delete("/api/conversation")
    with httpx.Client(base_url=address(system), trust_env=False, timeout=60) as client:

        def refused(token: str) -> None:
            assert client.get("/api/answers", headers=bearing(token)).status_code == 401

        wrong = {
            "another last letter": token[:-1] + ("A" if token[-1] != "A" else "B"),
            "another first letter": ("A" if token[0] != "A" else "B") + token[1:],
            "erased": gone.token,
            "never was": secrets.token_urlsafe(32),
        }
        took = interleaved({name: lambda one=one: refused(one) for name, one in wrong.items()}, 60)  # type: ignore[misc]
    gone.close()
    measured(told(took))
    assert max(took.values()) < 3 * min(took.values()) + 5


def test_how_long_a_refusal_takes_tells_nothing_of_the_secret_of_the_engine(
    system: Settings, measured: Callable[[str], None]
) -> None:
    secret = system.secret("loopback")
    engine = f"http://127.0.0.1:{system.engine_port}/webhooks/{engine_names.CHANNEL}/turn"
    with httpx.Client(trust_env=False, timeout=60) as client:

        def refused(given: str) -> None:
            assert client.post(engine, headers={engine_names.SECRET_HEADER: given}, json={}).status_code == 403

        wrong = {"first letter": "~" + secret[1:], "last letter": secret[:-1] + "~", "length": secret[:5]}
        took = interleaved({name: lambda one=one: refused(one) for name, one in wrong.items()}, 60)  # type: ignore[misc]
    measured(f"wrong {told(took)}")
    assert max(took.values()) < 3 * min(took.values()) + 5


def pointing(victim: Victim) -> dict[str, tuple[dict[str, str], dict[str, Any]]]:
    """Ways to say with one's own token that another talk is meant: headers, and what is put in the body."""
    named = {"conversation": victim.identifier, "conversation_id": victim.identifier, "sender": victim.identifier}
    return {
        "nothing": ({}, {}),
        "headers": ({"X-Conversation": victim.identifier, "X-Token": victim.doctor.token, "X-User": "x"}, {}),
        "a cookie": ({"Cookie": f"token={victim.doctor.token}; conversation={victim.identifier}"}, {}),
        "the body": ({}, named),
        "the id of another's message": ({}, {"id": victim.message}),
    }


@by_route
def test_with_ones_own_token_nothing_of_another_is_read_or_changed(
    system: Settings, victim: Victim, store: Store, method: str, path: str
) -> None:
    before = whole(victim, store)
    for way, (headers, more) in pointing(victim).items():
        other = Doctor(address(system))
        for line in TO_FREE_TEXT[:3]:
            other.say(line)
        body = TAKING[method, path]
        answer = asked(
            address(system), method, path, {**headers, **bearing(other.token)}, {**body, **more} if body else None
        )
        seen = read(answer)
        if path == "/api/report" and answer.status_code == 201:
            seen += other.client.get(answer.json()["href"]).text
        other.client.delete("/api/conversation")
        other.close()
        for secret in (victim.word, victim.identifier, victim.doctor.token, victim.code):
            assert secret not in seen, way
        assert whole(victim, store) == before, way
    assert victim.word in asked(address(system), "POST", "/api/open", {}, {"code": victim.code}).text


@by_route
def test_an_address_that_names_another_talk_is_refused(
    system: Settings, victim: Victim, doctor: Doctor, method: str, path: str
) -> None:
    for named in (f"?conversation={victim.identifier}", f"?id={victim.message}", f"?token={victim.doctor.token}"):
        problem(asked(address(system), method, path + named, bearing(doctor.token), TAKING[method, path]), 422)
    for under in (f"/{victim.identifier}", f"/{victim.doctor.token}", f"/../conversation/{victim.identifier}"):
        answer = raw(address(system), method, path + under, bearing(doctor.token))
        assert answer.status in (404, 405) and victim.word not in answer.whole
    assert doctor.client.get("/api/conversation").status_code == 200


def test_the_id_of_anothers_message_gives_nothing_of_its_answer(victim: Victim, working: Doctor) -> None:
    answer = working.client.post("/api/message", json={"id": victim.message, "text": "dat weet ik nog niet"})
    assert answer.status_code == 200 and victim.word not in answer.text
    assert "dat weet ik nog niet" in working.client.get("/api/conversation").text
    again = victim.doctor.client.post("/api/message", json={"id": victim.message, "text": "iets anders"})
    assert again.status_code == 200 and "dat weet ik nog niet" not in again.text
