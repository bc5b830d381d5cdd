"""Who comes in at the dashboard, for how long, and what they may do there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from fastapi.routing import APIRoute
from sqlalchemy import select
from starlette.routing import BaseRoute, Mount

from bot.coordinator import credentials
from bot.coordinator.accounts import Accounts, AccountTrouble
from bot.coordinator.audit import Audit
from bot.coordinator.guard import HEALTH, LIVE, LOGIN, LOGOUT, READY
from bot.coordinator.signed_in import minute
from bot.settings import Settings
from bot.store import open_store
from bot.store.database import sessions
from bot.store.tables import AccountRow, AuditRow, CoordinatorSession
from tests.conftest import NOW
from tests.coordinator.conftest import HOME, PASSWORD, Dashboard

WRONG = {"naam": "iemand", "wachtwoord": "een ander wachtwoord", "code": "000000"}
OPEN = {("GET", LOGIN), ("POST", LOGIN), ("GET", HEALTH), ("GET", LIVE), ("GET", READY)}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A state folder that nothing is in."""
    made = Settings(var=tmp_path)
    made.prepare()
    return made


def every_route(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Each method with each path, something filled in where a path asks for it."""
    for route in routes:
        if inner := getattr(route, "original_router", None):
            yield from every_route(inner.routes)
        elif isinstance(route, APIRoute):
            yield from ((method, route.path.replace("{", "").replace("}", "")) for method in route.methods or ())
        else:
            assert isinstance(route, Mount) and route.path == "/static", route


def logged(dashboard: Dashboard) -> list[tuple[str, str, str]]:
    """The log, the oldest first."""
    entries, _ = Audit(dashboard.store.database).last()
    return [(entry.account, entry.what, entry.which) for entry in reversed(entries)]


def test_without_a_session_no_route_answers_but_the_way_in(dashboard: Dashboard) -> None:
    stranger = dashboard.visitor()
    found = set(every_route(dashboard.app.routes))
    assert {("GET", "/"), ("GET", "/logboek"), ("POST", LOGOUT), *OPEN} <= found
    for method, path in sorted(found - OPEN):
        answer = stranger.client.request(method, path, headers={"Origin": HOME})
        if method == "GET":
            assert (answer.status_code, answer.headers["location"]) == (303, LOGIN), path
        else:
            assert answer.status_code in (401, 403), path


def test_also_of_what_is_not_there_nothing_is_told(dashboard: Dashboard) -> None:
    stranger = dashboard.visitor()
    for path in ("/", "/bestaat-niet", "/docs", "/openapi.json", "/inloggen/", "//inloggen", "/static", "/INLOGGEN"):
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            assert stranger.client.request(method, path).status_code in (303, 401), (method, path)


def test_out_of_the_static_folder_leads_no_path(dashboard: Dashboard) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
        assert dashboard.visitor().get(path).status_code in (303, 404)
    assert dashboard.visitor().get("/static/coordinator.css").status_code == 200


def test_every_answer_has_its_headers(dashboard: Dashboard) -> None:
    someone = dashboard.signed_in()
    for path in ("/", "/inloggen", "/bestaat-niet", "/static/coordinator.css", "/health"):
        headers = someone.get(path).headers
        assert headers["content-security-policy"] == (
            "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
            "frame-ancestors 'none'"
        )
        assert headers["cache-control"] == "no-store" and headers["x-robots-tag"].startswith("noindex")
        assert headers["x-content-type-options"] == "nosniff"


def test_with_name_password_and_code_one_comes_in(dashboard: Dashboard) -> None:
    someone = dashboard.visitor()
    answer = someone.enter(dashboard.account())
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = someone.get("/")
    assert page.status_code == 200 and "<h1>Overzicht</h1>" in page.text


def test_whatever_was_wrong_the_same_is_said(dashboard: Dashboard) -> None:
    made = dashboard.account()
    answers = [dashboard.visitor().enter(made, **{field: value}) for field, value in WRONG.items()]
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}
    assert all("set-cookie" not in answer.headers for answer in answers)


def test_a_name_that_is_not_known_takes_as_long(settings: Settings) -> None:
    store = open_store(settings)
    store.prepare()
    accounts, now = Accounts(store.database, store.review), NOW
    accounts.add("anna", PASSWORD, "reader")

    def took(name: str) -> float:
        # What this process worked: what else the machine does tells nobody apart.
        began = time.process_time()
        assert accounts.check(name, "een ander wachtwoord", "000000", now) is None
        return time.process_time() - began

    known, unknown = (min(took(name) for _ in range(3)) for name in ("anna", "niemand"))
    assert 0.5 < known / unknown < 2
    # Not by chance: the password that is not there is read at the same price.
    assert credentials.hash_password(PASSWORD).split("$")[1:4] == credentials.DUMMY.split("$")[1:4]
    assert credentials.DUMMY.split("$")[3] == "m=65536,t=3,p=4"
    store.close()


def test_who_guesses_is_stopped_by_address_and_by_name(dashboard: Dashboard) -> None:
    made = dashboard.account()
    guesser = dashboard.visitor("10.6.6.6")
    assert [guesser.enter(made, wachtwoord="nee" * 5).status_code for _ in range(6)] == [401] * 5 + [429]
    # From elsewhere, with everything right: the name has to wait, whether there is such a name or not.
    answer = dashboard.visitor("10.7.7.7").enter(made)
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
    # From that address, for another name.
    assert guesser.enter(dashboard.account("bert")).status_code == 429
    assert dashboard.visitor("10.8.8.8").enter(dashboard.account("carla")).status_code == 303


def test_a_name_that_is_not_known_is_stopped_the_same_way(dashboard: Dashboard) -> None:
    made = dashboard.account()
    answers = [dashboard.visitor(f"10.0.1.{n}").enter(made, naam="niemand").status_code for n in range(6)]
    assert answers == [401] * 5 + [429]


def test_a_code_is_taken_once(dashboard: Dashboard) -> None:
    made = dashboard.account()
    assert dashboard.visitor().enter(made).status_code == 303
    assert dashboard.visitor().enter(made).status_code == 401
    dashboard.clock.on(seconds=30)
    assert dashboard.visitor().enter(made).status_code == 303


def test_a_code_of_before_one_that_was_taken_is_not_taken_any_more(dashboard: Dashboard) -> None:
    made = dashboard.account()
    moment = int(dashboard.clock.now.timestamp())
    assert dashboard.visitor().enter(made, code=credentials.code(made.secret, moment + 30)).status_code == 303
    assert dashboard.visitor().enter(made, code=credentials.code(made.secret, moment)).status_code == 401


@pytest.mark.parametrize(("off", "status"), [(-60, 401), (-30, 303), (30, 303), (60, 401)])
def test_a_clock_may_be_off_by_one_step(dashboard: Dashboard, off: int, status: int) -> None:
    made = dashboard.account()
    code = credentials.code(made.secret, int(dashboard.clock.now.timestamp()) + off)
    assert dashboard.visitor().enter(made, code=f"{code[:3]} {code[3:]}").status_code == status


def test_a_wrong_password_does_not_use_the_code_up(dashboard: Dashboard) -> None:
    made = dashboard.account()
    assert dashboard.visitor().enter(made, wachtwoord="een ander wachtwoord").status_code == 401
    assert dashboard.visitor().enter(made).status_code == 303


def test_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B; its codes have eight digits, of which these are the last six.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [credentials.code(secret, moment) for moment in (59, 1111111109, 20000000000)] == [
        "287082",
        "081804",
        "353130",
    ]


def test_a_token_from_before_the_login_opens_nothing(dashboard: Dashboard) -> None:
    made, victim = dashboard.account(), dashboard.visitor()
    victim.client.cookies.set("pas_coordinator", "gekozen", domain="localhost.local", path="/")
    answer = victim.enter(made)
    assert "gekozen" not in answer.headers["set-cookie"]
    attacker = dashboard.visitor()
    attacker.client.cookies.set("pas_coordinator", "gekozen")
    assert attacker.get("/").status_code == 303


def test_who_signs_in_again_leaves_the_old_session(dashboard: Dashboard) -> None:
    made, someone = dashboard.account(), dashboard.visitor()
    someone.enter(made)
    [old] = someone.cookies
    dashboard.clock.on(seconds=30)
    someone.enter(made)
    [new] = someone.cookies
    assert old != new
    thief = dashboard.visitor()
    thief.client.cookies.set("pas_coordinator", old)
    assert thief.get("/").status_code == 303


def test_a_script_cannot_read_the_cookie_and_another_site_cannot_send_it(dashboard: Dashboard) -> None:
    cookie = dashboard.visitor().enter(dashboard.account()).headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie
    assert "secure" not in cookie and "domain" not in cookie


def test_elsewhere_than_on_the_machine_itself_the_cookie_goes_over_https_only(dashboard: Dashboard) -> None:
    made, someone = dashboard.account(), dashboard.visitor()
    someone.client.base_url = "https://coordinator.example.nl"
    code = credentials.code(made.secret, int(dashboard.clock.now.timestamp()))
    fields = {"naam": made.name, "wachtwoord": made.password, "code": code}
    answer = someone.post("/inloggen", "https://coordinator.example.nl", **fields)
    assert answer.status_code == 303
    assert answer.headers["set-cookie"].startswith("__Host-") and "secure" in answer.headers["set-cookie"].lower()
    assert someone.get("/").status_code == 200


def test_a_session_ends_after_half_an_hour_without_anything(dashboard: Dashboard) -> None:
    someone = dashboard.signed_in()
    for _ in range(4):
        dashboard.clock.on(minutes=29)
        assert someone.get("/").status_code == 200
    dashboard.clock.on(minutes=30)
    assert someone.get("/").status_code == 303
    assert "uitgelogd" in someone.get("/inloggen").text


def test_a_session_ends_after_eight_hours_whatever_is_done(dashboard: Dashboard) -> None:
    someone = dashboard.signed_in()
    for _ in range(23):
        dashboard.clock.on(minutes=20)
        assert someone.get("/").status_code == 200
    dashboard.clock.on(minutes=20)
    assert someone.get("/").status_code == 303
    with dashboard.store.database.connect() as connection:
        assert connection.execute(select(CoordinatorSession)).first() is None


def test_who_signs_out_is_out_everywhere_with_that_session(dashboard: Dashboard) -> None:
    someone = dashboard.signed_in()
    [token] = someone.cookies
    assert someone.post(LOGOUT, form_token=someone.form_token).status_code == 303
    assert someone.cookies == []
    someone.client.cookies.set("pas_coordinator", token)
    assert someone.get("/").status_code == 303


def test_who_is_removed_is_out_at_once(dashboard: Dashboard) -> None:
    someone = dashboard.signed_in()
    assert dashboard.accounts.remove("anna") and not dashboard.accounts.remove("anna")
    assert someone.get("/").status_code == 303


def test_what_is_kept_opens_nothing_by_itself(dashboard: Dashboard) -> None:
    made = dashboard.account()
    someone = dashboard.visitor()
    someone.enter(made)
    files = b"".join(path.read_bytes() for path in dashboard.settings.var.glob("pas.db*"))
    for secret in (made.password, made.secret, *someone.cookies, someone.form_token):
        assert secret.encode() not in files


def with_a_form(dashboard: Dashboard) -> list[str]:
    """Let the dashboard have a page that changes something; gives what was changed."""
    routes, changed = APIRouter(), []

    @routes.post("/iets")
    async def change(request: Request) -> PlainTextResponse:
        async with request.form() as form:
            changed.append(str(form["wat"]))
        return PlainTextResponse("klaar")

    dashboard.app.include_router(routes)
    return changed


def test_a_form_needs_the_token_of_its_own_session(dashboard: Dashboard) -> None:
    changed = with_a_form(dashboard)
    someone, other = dashboard.signed_in(), dashboard.signed_in("bert")
    for token in ("", "x", "é", other.form_token):
        assert someone.post("/iets", form_token=token, wat="a").status_code == 403
    assert someone.post("/iets", wat="a").status_code == 403
    assert changed == []
    assert someone.post("/iets", form_token=someone.form_token, wat="b").text == "klaar"
    assert changed == ["b"]


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost:8080", "null", "http://localhost:8083.evil"]
)
def test_a_form_of_another_site_is_refused_even_with_the_token(dashboard: Dashboard, origin: str) -> None:
    changed, someone = with_a_form(dashboard), dashboard.signed_in()
    assert someone.post("/iets", origin, form_token=someone.form_token, wat="a").status_code == 403
    assert changed == []


def test_another_site_cannot_sign_anyone_in(dashboard: Dashboard) -> None:
    made, victim = dashboard.account(), dashboard.visitor()
    code = credentials.code(made.secret, int(dashboard.clock.now.timestamp()))
    fields = {"naam": made.name, "wachtwoord": made.password, "code": code}
    assert victim.post("/inloggen", "http://evil.example", **fields).status_code == 403
    answer = victim.client.post("/inloggen", data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403 and victim.cookies == []


def test_a_form_with_a_file_is_read_by_the_guard_and_again_by_the_page(dashboard: Dashboard) -> None:
    changed, someone = with_a_form(dashboard), dashboard.signed_in()
    fields = {"form_token": someone.form_token, "wat": "c"}
    answer = someone.client.post("/iets", data=fields, files={"lijst": ("a.csv", b"x" * 100_000)})
    assert answer.status_code == 200 and changed == ["c"]


def test_what_is_too_large_or_no_form_is_refused(dashboard: Dashboard) -> None:
    changed, someone = with_a_form(dashboard), dashboard.signed_in()
    fields = {"form_token": someone.form_token, "wat": "c"}
    assert someone.client.post("/iets", data=fields | {"meer": "x" * 3_000_000}).status_code == 413
    assert dashboard.visitor().post("/inloggen", naam="x" * 20_000).status_code == 413
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert someone.client.post("/iets", content=b"geen formulier", headers=broken).status_code in (400, 403)
    assert changed == []


def test_a_reader_looks_and_changes_nothing(dashboard: Dashboard) -> None:
    changed, reader = with_a_form(dashboard), dashboard.signed_in("rita", "reader")
    page = reader.get("/")
    assert page.status_code == 200 and "Logboek" not in page.text
    assert reader.get("/logboek").status_code == 403
    assert reader.post("/iets", form_token=reader.form_token, wat="a").status_code == 403
    assert changed == []
    assert reader.post(LOGOUT, form_token=reader.form_token).status_code == 303


def test_the_log_says_who_did_what_and_nothing_of_what_was_there(dashboard: Dashboard) -> None:
    with_a_form(dashboard)
    made, someone = dashboard.account(), dashboard.visitor()
    someone.enter(made, code="000000")
    someone.enter(made, naam="mijn wachtwoord per ongeluk")
    someone.enter(made)
    someone.get("/")
    someone.get("/logboek?wie=anna")
    someone.post("/iets", form_token=someone.form_token, wat="geheim")
    someone.post("/iets", wat="geheim")
    someone.post(LOGOUT, form_token=someone.form_token)
    assert logged(dashboard) == [
        ("anna", "failed", ""),
        ("", "failed", ""),
        ("anna", "signed_in", ""),
        ("anna", "seen", "/logboek"),
        ("anna", "changed", "/iets"),
        ("anna", "refused", "/iets"),
        ("anna", "signed_out", ""),
    ]


def test_an_editor_reads_the_log(dashboard: Dashboard) -> None:
    editor = dashboard.signed_in()
    dashboard.visitor().enter(dashboard.account("bert"), code="000000")
    page = editor.get("/logboek").text
    assert "inloggen mislukt" in page and "bert" in page and "23-11-2026 22:00" in page
    assert "bert" not in editor.get("/logboek?wie=anna").text
    assert editor.get("/logboek?voor=veel").status_code == 422


def test_of_a_long_log_the_older_part_is_on_a_next_page(dashboard: Dashboard) -> None:
    editor = dashboard.signed_in()
    with sessions(dashboard.store.database).begin() as session:
        session.add_all(
            AuditRow(at=minute(dashboard.clock.now), account="anna", what="seen", which=f"/pagina-{number}")
            for number in range(510)
        )
    first = editor.get("/logboek").text
    assert "/pagina-509<" in first and "/pagina-5<" not in first
    link = first.partition('href="/logboek?voor=')[2].partition('"')[0]
    assert "/pagina-5<" in editor.get(f"/logboek?voor={link}").text


def test_markup_in_what_is_shown_stays_text(dashboard: Dashboard) -> None:
    editor = dashboard.signed_in()
    page = editor.client.get("/logboek", params={"wie": '"><script>alert(1)</script>'}).text
    assert "<script" not in page and "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("name", "password"),
    [("Anna", PASSWORD), ("a", PASSWORD), ("a b", PASSWORD), ("anna", "kort"), ("anna", "x" * 201)],
)
def test_an_account_needs_a_plain_name_and_a_long_password(dashboard: Dashboard, name: str, password: str) -> None:
    with pytest.raises(AccountTrouble):
        dashboard.accounts.add(name, password, "reader")
    assert dashboard.accounts.all() == []


def test_a_name_is_taken_once(dashboard: Dashboard) -> None:
    dashboard.account()
    with pytest.raises(AccountTrouble):
        dashboard.account()


def test_a_demo_account_is_made_only_where_there_is_none(dashboard: Dashboard) -> None:
    made = dashboard.accounts.add_demo()
    assert made is not None and dashboard.accounts.add_demo() is None
    someone = dashboard.visitor()
    assert someone.enter(made).status_code == 303
    assert "demo-account" in someone.get("/").text


def test_the_secret_of_another_account_does_not_fit(dashboard: Dashboard) -> None:
    """Someone who may write in the database cannot give an account the second factor of their own."""
    dashboard.account("anna")
    dashboard.account("bert")
    with dashboard.store.database.begin() as connection:
        sealed = connection.scalar(select(AccountRow.totp).where(AccountRow.name == "bert"))
        connection.execute(AccountRow.__table__.update().where(AccountRow.name == "anna").values(totp=sealed))  # type: ignore[attr-defined]
    code = credentials.code(credentials.new_secret(), 0)
    answer = dashboard.visitor().post("/inloggen", naam="anna", wachtwoord=PASSWORD, code=code)
    assert answer.status_code == 500 and "set-cookie" not in answer.headers


def test_when_the_database_is_away_a_page_says_so_and_nothing_more(dashboard: Dashboard) -> None:
    someone = dashboard.signed_in()
    with dashboard.store.database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE cell")
    page = someone.get("/")
    assert page.status_code == 503 and "niet te bereiken" in page.text
    assert "cell" not in page.text and "sqlite" not in page.text.lower()


def test_two_who_use_one_code_at_once_do_not_both_come_in(dashboard: Dashboard) -> None:
    accounts: Accounts = dashboard.accounts
    made, now = dashboard.account(), dashboard.clock.now
    step = credentials.step_of(made.secret, credentials.code(made.secret, int(now.timestamp())), int(now.timestamp()))
    assert step is not None
    assert [accounts._use(made.name, step), accounts._use(made.name, step)] == [True, False]
