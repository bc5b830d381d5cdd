"""A state that is not as it was left: damaged rows, a clock that was put, other scripts, models and settings, a database that is gone.

What is damaged touches its own talk only; what cannot be worked with stops a start in one line, or opens a door that shows the
crisis panel and does nothing else.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from bot.dialogue.state import State
from bot.dialogue.talk import dumps
from bot.door.app import create_app
from bot.messages import Reply
from bot.scripts.library import publish
from bot.scripts.schema import Script
from bot.settings import ROOT, Settings, settings
from bot.store import open_store
from bot.store.retention import sweep
from bot.store.sealing import seal
from bot.supervision import free_port
from bot.validation import read_scripts
from tests.answers import DANGER, panel_in, problem
from tests.clock import Clock
from tests.conftest import Doctor
from tests.processes import DOOR, ENGINE, Processes, door_alone, until

BEGUN = ("ik wil de loopbaan-APK doen", "kort")
ANSWERS = (
    "4", "1", "1, 4 en 8", "ik luister en schrijf pas na het gesprek", "op dinsdagochtend met een kop koffie erbij",
    "zwemmen in de zee op zondag", "ik begin om negen uur", "ik loop op werkdagen naar de praktijk", "over drie maanden",
)  # fmt: skip
NOWHERE = "http://127.0.0.1:9"
UTC = dt.UTC


def health(door: str) -> dict[str, str]:
    """How a door says that it is."""
    found: dict[str, str] = httpx.get(f"{door}/health", trust_env=False).raise_for_status().json()
    return found


# --- rows that are damaged -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where something of a talk stands: the file of the database, table, column, and the column with the talk's id."""

    file: str
    table: str
    column: str
    talk: str


SNAPSHOT = Place("pas.db", "conversation", "snapshot", "id")
TURN = Place("pas.db", "turn", "content", "conversation_id")
PLACES = (
    SNAPSHOT,
    Place("pas.db", "conversation", "panel", "id"),
    Place("pas.db", "conversation", "notes", "id"),
    TURN,
    Place("keys/keys.db", "data_key", "wrapped", "conversation_id"),
    Place("keys/keys.db", "data_key", "master", "conversation_id"),
)


def identifier(doctor: Doctor) -> str:
    """Under which id the talk of a doctor is stored."""
    return hashlib.sha256(doctor.token.encode()).hexdigest()


def flipped(content: bytes) -> bytes:
    """With one bit in the middle another."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def damage(frail: Processes, place: Place, doctor: Doctor, change: Callable[[bytes], object]) -> None:
    """Change what stands there in every row of a talk."""
    path = frail.settings.var / place.file
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as connection, connection:
        wanted = f"SELECT rowid, {place.column} FROM {place.table} WHERE {place.talk} = ?"
        rows = connection.execute(wanted, (identifier(doctor),)).fetchall()
        assert rows
        for row, content in rows:
            changed = change(content.encode() if isinstance(content, str) else content)
            if isinstance(content, str) and isinstance(changed, bytes):
                changed = changed.decode()
            connection.execute(f"UPDATE {place.table} SET {place.column} = ? WHERE rowid = ?", (changed, row))


def two(someone: Callable[[], Doctor]) -> tuple[Doctor, Doctor]:
    """Two doctors at the first question of a short APK."""
    both = someone(), someone()
    for doctor in both:
        for line in BEGUN:
            doctor.say(line)
    return both


def see_that_it_touches_that_talk_only(frail: Processes, hurt: Doctor, other: Doctor, answer: httpx.Response) -> None:
    """answer: what the one whose talk is damaged was told."""
    problem(answer, answer.status_code)
    assert answer.status_code in (500, 503)
    assert panel_in(hurt.post(text=DANGER).json())
    assert other.say(ANSWERS[0])["script"]["step"] == 2
    assert health(frail.doors[0]) == {"door": "ok", "engine": "ok", "store": "ok"}
    # What cannot be read can be thrown away.
    assert hurt.client.delete("/api/conversation").status_code == 204
    problem(hurt.client.get("/api/conversation"), 401)
    assert other.say(ANSWERS[1])["script"]["step"] == 3


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.table}.{place.column}")
def test_a_bit_that_fell_over_touches_that_talk_only_and_danger_in_it_gets_the_panel(
    frail: Processes, someone: Callable[[], Doctor], place: Place
) -> None:
    hurt, other = two(someone)
    sent = {"id": str(uuid.uuid4()), "text": "hallo"}
    hurt.send(**sent)
    damage(frail, place, hurt, flipped)
    # An earlier turn is read when its message comes again.
    answer = hurt.post(**(sent if place is TURN else {"text": ANSWERS[0]}))
    see_that_it_touches_that_talk_only(frail, hurt, other, answer)


KINDS: dict[str, Callable[[bytes], object]] = {
    "cut-short": lambda content: content[: len(content) // 2],
    "empty": lambda _: b"",
    "of-another-form": lambda content: b"\x02" + content[1:],
    "no-bytes": lambda _: "tekst",
    "too-long": lambda content: content + b"\0",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_that_is_damaged_touches_that_talk_only_and_danger_in_it_gets_the_panel(
    frail: Processes, someone: Callable[[], Doctor], kind: str
) -> None:
    hurt, other = two(someone)
    damage(frail, SNAPSHOT, hurt, KINDS[kind])
    see_that_it_touches_that_talk_only(frail, hurt, other, hurt.post(text=ANSWERS[0]))


def test_the_state_of_another_talk_is_not_taken_for_ones_own(frail: Processes, someone: Callable[[], Doctor]) -> None:
    hurt, other = two(someone)
    found: list[bytes] = []
    damage(frail, SNAPSHOT, other, lambda content: found.append(content) or content)  # type: ignore[func-returns-value]
    damage(frail, SNAPSHOT, hurt, lambda _: found[0])
    see_that_it_touches_that_talk_only(frail, hurt, other, hurt.post(text=ANSWERS[0]))


@pytest.mark.parametrize("state", ["", "{", "[]", '{"turn": "zeven"}', '{"run": {"script": "apk"}}'])
def test_what_is_sealed_well_and_is_no_state_touches_that_talk_only(
    frail: Processes, someone: Callable[[], Doctor], state: str
) -> None:
    hurt, other = two(someone)
    store = open_store(frail.settings)
    name = identifier(hurt)
    sealed = seal({"state": state, "loop": None, "requested": None}, store.keys.of(name), f"{name}/snapshot")
    store.close()
    damage(frail, SNAPSHOT, hurt, lambda _: sealed)
    see_that_it_touches_that_talk_only(frail, hurt, other, hurt.post(text=ANSWERS[0]))


def test_a_door_that_just_started_and_finds_a_damaged_turn_answers_the_others(
    frail: Processes, someone: Callable[[], Doctor]
) -> None:
    hurt, other = two(someone)
    damage(frail, TURN, hurt, flipped)
    frail.kill(DOOR)
    frail.start(DOOR)
    frail.until_ready()
    # The first message after a start is read together with those before it.
    see_that_it_touches_that_talk_only(frail, hurt, other, hurt.post(text=ANSWERS[0]))


# --- a clock that is put ---------------------------------------------------------------------------------------------------


class Timed(Doctor):
    """A doctor who talks on while the clock is put."""

    def on_to(self, step: int) -> None:
        """Answer until this question waits, going on with what was left where that is offered."""
        for _ in range(4):
            script = self.last["script"]
            if script["state"] == "paused":
                self.choose("Ja, verder")
            elif script["step"] < step:
                self.say(ANSWERS[script["step"] - 1])
            else:
                return
        raise AssertionError(self.heard)


def chosen(var: Path, engine: str = NOWHERE, **more: Any) -> Settings:
    """The settings of a door in this process."""
    many = {f"{what}_per_minute": 100_000 for what in ("messages", "conversations", "codes")}
    models = settings().models.resolve()
    return Settings(var=var, models_folder=models, engine_urls=[engine], port=free_port(), **{**many, **more})


@contextlib.contextmanager
def door_at(clock: Clock, mine: Settings) -> Iterator[str]:
    """A door in this process, which has this clock."""
    mine.prepare()
    publish(read_scripts(), mine.published)
    config = uvicorn.Config(create_app(mine, clock), port=mine.port, log_config=None, access_log=False, ws="none")
    server = uvicorn.Server(config)
    serving = threading.Thread(target=server.run)
    serving.start()
    try:
        until(lambda: server.started or not serving.is_alive(), "the door does not open")
        yield mine.door_url
    finally:
        server.should_exit = True
        serving.join()


@pytest.fixture(scope="module")
def _on_the_real_engine(_started: Processes) -> Iterator[tuple[str, Clock]]:
    _started.until_ready()
    clock = Clock(dt.datetime.now(UTC))
    with door_at(clock, chosen(_started.settings.var, _started.address(ENGINE))) as door:
        yield door, clock


@pytest.fixture
def timed(frail: Processes, _on_the_real_engine: tuple[str, Clock]) -> Iterator[tuple[Callable[[], Timed], Clock]]:
    """Makes doctors at a door with a clock that can be put, on the real engine and store."""
    door, clock = _on_the_real_engine
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(contextlib.closing(Timed(door))), clock


HOUR, MINUTE, DAY = dt.timedelta(hours=1), dt.timedelta(minutes=1), dt.timedelta(days=1)
EVENING = dt.datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
# Half an hour before the clocks of the Netherlands are put forward, and back.
SPRING, AUTUMN = dt.datetime(2026, 3, 29, 0, 30, tzinfo=UTC), dt.datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
STEPS = {
    "an-hour-back": (EVENING, -HOUR),
    "two-hours-on": (EVENING, 2 * HOUR),
    "forty-days-on": (EVENING, 40 * DAY),
    "forty-days-back": (EVENING, -40 * DAY),
    "in-the-night-of-summer-time": (SPRING, HOUR),
    "in-the-night-of-winter-time": (AUTUMN, HOUR),
    "back-in-the-night-of-winter-time": (AUTUMN + HOUR, -HOUR),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_talk_goes_on_and_danger_gets_the_panel_when_the_clock_is_put(
    timed: tuple[Callable[[], Timed], Clock], name: str
) -> None:
    make, clock = timed
    clock.now, step = STEPS[name]
    doctor = make()
    for line in (*BEGUN, ANSWERS[0]):
        doctor.say(line)
    # It is put, and a while later put right again.
    for put, wanted in ((step, 3), (-step, 4)):
        clock.now += put
        doctor.say(ANSWERS[wanted - 2])
        doctor.on_to(wanted)
    answers = doctor.client.get("/api/answers").json()["answers"]
    assert [(answer["step"], answer["skipped"]) for answer in answers] == [(1, False), (2, False), (3, False)]
    for put in (step, -step):
        clock.now += put
        assert panel_in(doctor.send(text=DANGER)) and "stored" not in doctor.last
        doctor.say("ik weet het even niet")
        assert "113" in doctor.heard
    numbers = [m["n"] for m in doctor.client.get("/api/conversation").json()["messages"]]
    assert numbers == list(range(1, len(numbers) + 1))


LINKS = {
    "not-put": (EVENING, dt.timedelta(0), True),
    "four-minutes-on": (EVENING, 4 * MINUTE, True),
    "six-minutes-on": (EVENING, 6 * MINUTE, False),
    "an-hour-back": (EVENING, -HOUR, True),
    "two-hours-on": (EVENING, 2 * HOUR, False),
    "forty-days-on": (EVENING, 40 * DAY, False),
    "over-the-hour-of-summer-time": (SPRING + 28 * MINUTE, 4 * MINUTE, True),
    "over-the-hour-of-winter-time": (AUTUMN + 28 * MINUTE, 4 * MINUTE, True),
}


@pytest.mark.parametrize("name", LINKS)
def test_a_link_works_once_and_for_five_minutes_by_the_clock_as_it_is_then(
    timed: tuple[Callable[[], Timed], Clock], name: str
) -> None:
    make, clock = timed
    clock.now, step, works = LINKS[name]
    doctor = make()
    for line in (*BEGUN, *ANSWERS[:2]):
        doctor.say(line)
    made = doctor.client.post("/api/report", json={"format": "txt"})
    assert made.status_code == 201, made.text
    clock.now += step
    fetched = doctor.client.get(made.json()["href"])
    if works:
        assert fetched.status_code == 200 and "Loopbaan-APK" in fetched.text
    else:
        problem(fetched, 404)
    # Nor does one that was used, or came too late, work when the clock is put back.
    clock.now -= 2 * HOUR
    problem(doctor.client.get(made.json()["href"]), 404)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Clock, Settings]]:
    """A door in this process on a store of its own, with a clock that can be put."""
    clock, mine = Clock(EVENING), chosen(tmp_path_factory.mktemp("alone"), messages_per_minute=3)
    with door_at(clock, mine) as door:
        yield door, clock, mine


def bearer(token: str) -> dict[str, str]:
    """The header of who has this token."""
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("days", "left"), [(0, {"then", "back", "ahead"}), (30, {"then", "back", "ahead"}), (31, {"ahead"}), (71, set())]
)
def test_what_was_said_goes_by_the_day_that_the_clock_gave_it(
    alone: tuple[str, Clock, Settings], days: int, left: set[str]
) -> None:
    door, clock, mine = alone
    with contextlib.ExitStack() as stack:
        doctors = {}
        for name, moment in {"then": EVENING, "back": EVENING - HOUR, "ahead": EVENING + 40 * DAY}.items():
            clock.now = moment
            doctors[name] = stack.enter_context(contextlib.closing(Doctor(door)))
        store = stack.enter_context(contextlib.closing(open_store(mine)))
        sweep(store, EVENING + days * DAY, mine.retention_days)
        found = {name for name, one in doctors.items() if one.client.get("/api/conversation").status_code == 200}
        assert found == left
        for doctor in doctors.values():
            assert panel_in(doctor.post(text=DANGER).json())


def test_who_was_told_to_wait_waits_no_longer_than_a_minute_when_the_clock_is_put_back(
    alone: tuple[str, Clock, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    put, real = [0.0], time.time
    monkeypatch.setattr(time, "time", lambda: real() + put[0])
    with contextlib.closing(Doctor(alone[0])) as doctor:
        assert [doctor.post(text="hallo").status_code for _ in range(4)] == [503, 503, 503, 429]
        for seconds in (0.0, -3600.0, 7200.0):
            put[0] = seconds
            assert panel_in(doctor.post(text=DANGER).json())
            answer = doctor.post(text="hallo")
            assert answer.status_code in (503, 429)
            assert int(answer.headers["retry-after"]) <= 61, f"the clock was put {seconds:.0f} seconds"


# --- other scripts ---------------------------------------------------------------------------------------------------------

NEWER = "(zo vragen we het sinds vandaag)"


def newer(script: Script) -> Script:
    """Another version of a script, in which each question can be told from what it was."""
    steps = [one.model_copy(update={"ask": [f"{text} {NEWER}" for text in one.ask]}) for one in script.steps]
    return script.model_copy(update={"version": script.version + 1, "steps": steps}).signed()


@contextlib.contextmanager
def live(frail: Processes, scripts: list[Script]) -> Iterator[None]:
    """Other scripts are published meanwhile."""
    publish(scripts, frail.settings.published)
    try:
        yield
    finally:
        publish(read_scripts(), frail.settings.published)


def without(name: str) -> list[Script]:
    """The scripts but one."""
    return [script for script in read_scripts() if script.name != name]


def test_a_talk_goes_on_with_the_version_it_began_with_and_a_new_one_begins_with_the_new(
    frail: Processes, someone: Callable[[], Doctor]
) -> None:
    before, _ = two(someone)
    heard = [before.heard]
    with live(frail, [newer(script) for script in read_scripts()]):
        after, _ = two(someone)
        assert NEWER in after.heard
        for line in ANSWERS:
            before.say(line)
            heard.append(before.heard)
        assert before.last["script"]["state"] == "done"
        assert not any(NEWER in text for text in heard)
        assert before.client.post("/api/report", json={"format": "txt"}).status_code == 201
    # What began with a version that is not the current one any more goes on with it too.
    after.say(ANSWERS[0])
    assert NEWER in after.heard


def test_a_talk_whose_script_is_taken_away_goes_on_to_its_end(frail: Processes, someone: Callable[[], Doctor]) -> None:
    doctor, _ = two(someone)
    with live(frail, without("apk")):
        for line in ANSWERS:
            doctor.say(line)
        assert doctor.last["script"]["state"] == "done"
        assert len(doctor.client.get("/api/answers").json()["answers"]) == len(ANSWERS)
        assert panel_in(doctor.say(DANGER))


def test_the_report_of_a_script_that_was_taken_away_can_be_had_in_the_talk_that_had_it(
    frail: Processes, someone: Callable[[], Doctor]
) -> None:
    doctor, _ = two(someone)
    for line in ANSWERS:
        doctor.say(line)
    with live(frail, without("apk")):
        made = doctor.client.post("/api/report", json={"format": "txt"})
        assert made.status_code == 201, made.text
        assert "zwemmen in de zee" in doctor.client.get(made.json()["href"]).text


@pytest.mark.parametrize("line", ["hallo", "verder", "ik wil de loopbaan-APK doen", "stoppen", "verslag"])
def test_a_talk_that_paused_in_a_script_that_was_taken_away_is_answered(
    frail: Processes, someone: Callable[[], Doctor], line: str
) -> None:
    doctor, _ = two(someone)
    doctor.say(ANSWERS[0])
    doctor.say("pauze")
    assert doctor.last["script"]["state"] == "paused"
    with live(frail, without("apk")):
        answer = doctor.post(text=line)
        assert answer.status_code == 200, answer.text


def test_a_script_that_was_taken_away_is_offered_no_more_and_who_asks_for_it_is_answered(
    frail: Processes, someone: Callable[[], Doctor]
) -> None:
    with live(frail, without("apk")):
        doctor = someone()
        assert doctor.labels and not any("APK" in label for label in doctor.labels)
        doctor.say(BEGUN[0])
        assert doctor.last["script"] is None and not any("APK" in label for label in doctor.labels)


# --- starts that must not be -----------------------------------------------------------------------------------------------

SECRET = "Geheim-dat-in-geen-regel-mag-staan"


@dataclass(frozen=True)
class Wrong:
    """A start that must not be: the command, what its one line says, and what is the matter: in the environment, or in the
    state folder."""

    command: str
    says: str
    variables: Mapping[str, str] | None = None
    prepare: Callable[[Path], object] | None = None


def secret(name: str, content: str, mode: int = 0o600) -> Callable[[Path], object]:
    """A secret of this content that can be read by these."""

    def make(folder: Path) -> None:
        path = folder / f"{name}.secret"
        path.write_text(content, encoding="ascii")
        path.chmod(mode)

    return make


def talk_in(folder: Path) -> str:
    """A store with one talk in it; its token."""
    mine = Settings(var=folder)
    mine.prepare()
    with contextlib.closing(open_store(mine)) as store:
        store.prepare()
        said = [Reply(kind="say", text="welkom")]
        token, _ = store.conversations.create(said, {"state": dumps(State())}, dt.datetime.now(UTC).date())
    return token


def then(change: Callable[[Path], object]) -> Callable[[Path], object]:
    """A store with one talk in it, after which something is changed."""

    def make(folder: Path) -> None:
        talk_in(folder)
        change(folder)

    return make


def at_step(file: str, step: str) -> Callable[[Path], object]:
    """The tables of a database are said to be at another step."""

    def change(folder: Path) -> None:
        with contextlib.closing(sqlite3.connect(folder / file)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (step,))

    return change


def model(change: Callable[[Path], object]) -> Callable[[Path], object]:
    """The trained language model, after which something is changed."""

    def make(folder: Path) -> None:
        own = folder / "own-models"
        own.mkdir()
        shutil.copy(settings().models / "current.json", own)
        name = f"{current_model()}.tar.gz"
        shutil.copy(settings().models / name, own)
        change(own / name)

    return make


def current_model() -> str:
    """The name of the language model in use."""
    found: dict[str, str] = json.loads((settings().models / "current.json").read_text(encoding="ascii"))
    return found["fingerprint"]


def rewritten(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    """A file whose content is changed."""
    return lambda path: path.write_bytes(change(path.read_bytes()))


SHORT_KEY = base64.b64encode(b"kort-kort-kort").decode()
LONG = "x" * 43
WRONG = {
    "up-a-port-in-use": Wrong("up", "PAS_PORT", {"PAS_PORT": "{taken}"}),
    "up-a-port-that-is-none": Wrong("up", "PAS_PORT", {"PAS_PORT": "tachtig"}),
    "up-a-wrong-address-of-an-engine": Wrong("up", "engines", {"PAS_ENGINE_URLS": f"http://pas:{SECRET}@engine:1/"}),
    "up-a-wrong-address-of-redis": Wrong("up", "PAS_REDIS_URL", {"PAS_REDIS_URL": f"http://:{SECRET}@redis"}),
    "up-a-wrong-address-of-the-database": Wrong("up", "PAS_DATABASE", {"PAS_DATABASE": f"postgres//pas:{SECRET}@db"}),
    "up-an-unknown-kind-of-database": Wrong("up", "PAS_DATABASE", {"PAS_DATABASE": f"orakel://pas:{SECRET}@db/pas"}),
    "up-an-unknown-level-of-logs": Wrong("up", "PAS_LOG_LEVEL", {"PAS_LOG_LEVEL": "LUID"}),
    "up-a-retention-over-ninety-days": Wrong("up", "PAS_RETENTION_DAYS", {"PAS_RETENTION_DAYS": "91"}),
    "up-a-site-that-is-no-origin": Wrong("up", "PAS_EMBED_ORIGINS", {"PAS_EMBED_ORIGINS": "https://*.example.nl/x"}),
    "up-a-state-folder-that-is-a-file": Wrong(
        "up", "state folder", {"PAS_VAR": "{folder}/file"}, lambda folder: (folder / "file").write_text("")
    ),
    "up-a-secret-that-is-empty": Wrong("up", "loopback.secret", prepare=secret("loopback", "")),
    "up-a-secret-that-anyone-guesses": Wrong("up", "channel.secret", prepare=secret("channel", "changeme")),
    "up-a-secret-that-others-read": Wrong("up", "chmod 600", prepare=secret("loopback", LONG, 0o644)),
    "up-a-master-key-that-is-short": Wrong("up", "32 bytes", {"PAS_MASTER_KEY": SHORT_KEY}),
    "up-a-master-key-that-is-none": Wrong("up", "32 bytes", {"PAS_MASTER_KEY": SECRET}),
    "up-a-master-key-that-others-read": Wrong(
        "up", "chmod 600", prepare=then(lambda folder: (folder / "keys" / "master.key").chmod(0o640))
    ),
    "up-a-master-key-that-is-gone": Wrong(
        "up", "master key", prepare=then(lambda folder: (folder / "keys" / "master.key").unlink())
    ),
    "up-keys-in-the-same-database": Wrong("up", "PAS_KEY_DATABASE", {"PAS_KEY_DATABASE": "sqlite:///{folder}/pas.db"}),
    "up-a-newer-database": Wrong("up", "newer than this code", prepare=then(at_step("pas.db", "0999"))),
    "up-a-newer-key-database": Wrong("up", "newer than this code", prepare=then(at_step("keys/keys.db", "0999"))),
    "up-a-database-of-something-else": Wrong("up", "not made by this project", prepare=then(at_step("pas.db", "een"))),
    "up-a-database-that-is-gone": Wrong(
        "up", "not of one store", prepare=then(lambda folder: (folder / "pas.db").unlink())
    ),
    "up-a-key-database-that-is-gone": Wrong(
        "up", "not of one store", prepare=then(lambda folder: (folder / "keys" / "keys.db").unlink())
    ),
    "door-a-port-in-use": Wrong("serve-door", "PAS_PORT", {"PAS_PORT": "{taken}"}),
    "door-a-secret-that-others-read": Wrong("serve-door", "chmod 600", prepare=secret("channel", LONG, 0o640)),
    "door-a-wrong-address-of-the-database": Wrong(
        "serve-door", "PAS_DATABASE", {"PAS_DATABASE": f"postgres//pas:{SECRET}@db"}
    ),
    "engine-no-model": Wrong("serve-engine", "python -m bot train"),
    "engine-a-model-that-was-cut-short": Wrong(
        "serve-engine", "is damaged", prepare=model(rewritten(lambda content: content[: len(content) // 2]))
    ),
    "engine-a-model-of-another-hash": Wrong("serve-engine", "is damaged", prepare=model(rewritten(flipped))),
}


@dataclass(frozen=True)
class Shown:
    """What came of a start. status: None when it did not end by itself."""

    status: int | None
    errors: str
    output: str


def start_of(wrong: Wrong, folder: Path, taken: int) -> Shown:
    """Start it, and end it with all that it started when it does not end by itself."""
    # Nothing of ours is trained or listened on where something starts that should not. A door trains nothing, and would
    # rightly say that it has no classifier.
    ports = {f"PAS_{name}PORT": str(free_port()) for name in ("", "ENGINE_", "ACTIONS_", "COORDINATOR_")}
    models = settings().models if wrong.command == "serve-door" else folder / "own-models"
    given = {key: value.format(taken=taken, folder=folder) for key, value in (wrong.variables or {}).items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", wrong.command],
        cwd=ROOT,
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("PAS_")},
            **{"PAS_VAR": str(folder), "PAS_MODELS_FOLDER": str(models), **ports, **given},
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
        return Shown(None, errors, output)
    return Shown(process.returncode, errors, output)


@pytest.fixture(scope="module")
def wrong_starts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Shown]:
    """What came of each of them, two at a time."""
    folders = {name: tmp_path_factory.mktemp(name) for name in WRONG}
    for name, wrong in WRONG.items():
        if wrong.prepare:
            wrong.prepare(folders[name])
    with socket.socket() as listening, ThreadPoolExecutor(2) as pool:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        taken = int(listening.getsockname()[1])
        shown = pool.map(lambda name: start_of(WRONG[name], folders[name], taken), WRONG)
        return dict(zip(WRONG, shown, strict=True))


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_started_says_why_in_one_line_and_repeats_no_secret(
    wrong_starts: Mapping[str, Shown], name: str
) -> None:
    shown = wrong_starts[name]
    assert shown.status not in (0, None), shown
    assert "Traceback" not in shown.errors
    assert len(shown.errors.splitlines()) == 1, shown.errors
    assert WRONG[name].says in shown.errors
    for word in (SECRET, SHORT_KEY, LONG, "changeme"):
        assert word not in shown.errors + shown.output


# --- doors that open all the same ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def door_with(folder: Path, classifier: bytes | None) -> Iterator[Processes]:
    """A door alone whose classifier is this."""
    models = folder / "own-models"
    models.mkdir()
    if classifier is not None:
        (models / "safety.bin").write_bytes(classifier)
    with door_alone(folder / "var", PAS_MODELS_FOLDER=str(models)) as door:
        yield door


CLASSIFIERS: dict[str, Callable[[bytes], bytes | None]] = {
    "gone": lambda _: None,
    "cut-short": lambda content: content[: len(content) // 2],
    "of-another-kind": lambda _: b"[]\n",
}


@pytest.mark.long
@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_a_door_whose_classifier_cannot_be_used_opens_and_shows_the_panel(tmp_path: Path, kind: str) -> None:
    with door_with(tmp_path, CLASSIFIERS[kind](settings().classifier.read_bytes())) as door:
        doctor = Doctor(door.doors[0])
        assert panel_in(doctor.send(text=DANGER)) and "stored" not in doctor.last
        doctor.close()


def test_a_door_whose_classifier_was_cut_short_says_so_in_its_log(tmp_path: Path) -> None:
    with door_with(tmp_path, CLASSIFIERS["cut-short"](settings().classifier.read_bytes())) as door:
        assert "classifier" in door.log(DOOR).read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.parametrize("file", ["pas.db", "keys/keys.db"])
def test_on_a_database_that_is_newer_a_door_shows_the_panel_and_nothing_is_written(tmp_path: Path, file: str) -> None:
    token = talk_in(tmp_path)
    at_step(file, "0999")(tmp_path)
    rows = "SELECT count(*), max(version) FROM conversation"
    with door_alone(tmp_path) as door, httpx.Client(base_url=door.doors[0], trust_env=False, timeout=30) as client:
        see_that_it_shows_the_panel_only(client, token)
        assert health(door.doors[0])["store"] == "down"
    with contextlib.closing(sqlite3.connect(tmp_path / "pas.db")) as connection:
        assert connection.execute(rows).fetchone() == (1, 0)


def see_that_it_shows_the_panel_only(client: httpx.Client, token: str) -> None:
    """Nothing is taken in, nobody is told that their talk is gone, and danger gets the panel."""
    problem(client.post("/api/conversation"), 503)
    body = {"id": str(uuid.uuid4()), "text": "hallo"}
    problem(client.post("/api/message", json=body, headers=bearer(token)), 503)
    problem(client.get("/api/conversation", headers=bearer(token)), 503)
    for headers in ({}, bearer(token)):
        answer = client.post("/api/message", json={**body, "text": DANGER}, headers=headers)
        assert panel_in(answer.json()) and answer.json()["stored"] is False


@pytest.mark.long
@pytest.mark.parametrize("file", ["pas.db", "keys/keys.db"])
def test_without_one_of_its_databases_a_door_shows_the_panel_and_with_it_again_the_talk_is_there(
    tmp_path: Path, file: str
) -> None:
    token = talk_in(tmp_path)
    aside = tmp_path / "aside"
    (tmp_path / file).rename(aside)
    with door_alone(tmp_path) as door, httpx.Client(base_url=door.doors[0], trust_env=False, timeout=30) as client:
        see_that_it_shows_the_panel_only(client, token)
    for left in (tmp_path / file).parent.glob(f"{Path(file).name}*"):
        left.unlink()
    aside.rename(tmp_path / file)
    with contextlib.closing(open_store(Settings(var=tmp_path))) as store:
        store.prepare()
        messages = store.conversations.messages(store.conversations.by_token(token).id, 0)
    assert [m["text"] for m in messages] == ["welkom"]


def test_without_both_of_its_databases_a_door_begins_anew_and_danger_gets_the_panel(tmp_path: Path) -> None:
    token = talk_in(tmp_path)
    for file in ("pas.db", "keys/keys.db"):
        (tmp_path / file).unlink()
    with door_alone(tmp_path) as door:
        doctor = Doctor(door.doors[0])
        assert panel_in(doctor.send(text=DANGER)) and "stored" not in doctor.last
        doctor.client.headers.update(bearer(token))
        problem(doctor.client.get("/api/conversation"), 401)
        assert panel_in(problem(doctor.post(text=DANGER), 401))
        doctor.close()
        assert health(door.doors[0])["store"] == "ok"
