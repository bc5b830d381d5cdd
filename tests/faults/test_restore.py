"""A backup made and put back as docs/operations.md says: what was erased stays erased, who was not erased talks on, and half
a restore, or one of another day, does no harm."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from bot.settings import ROOT, Settings
from bot.store import Store, open_store
from bot.store.conversations import UnknownConversation
from bot.store.pieces import Said
from bot.store.retention import ORPHANED, sweep
from bot.supervision import address, free_port
from tests.answers import DANGER, panel_in, problem
from tests.conftest import Doctor
from tests.privacy.searching import forms, marked
from tests.processes import DOOR, Processes, door_alone, until
from tests.scale.cluster import Postgres
from tests.store.conftest import NOW, TODAY, begun, made, said
from tests.test_commands import run

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PRIVACY = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
DAYS = 30
STOP_SECONDS = 60


def test_what_is_tried_here_is_what_is_written_down() -> None:
    for written in (
        "VACUUM INTO '/backup/pas.db'", "put it in the place of `var/pas.db`, without `-wal` and `-shm`",
        "pg_dump -Fc -d pas -f", "pg_restore --clean --if-exists -d pas", "**What was erased stays erased**",
    ):  # fmt: skip
        assert written in OPERATIONS


def backed_up(database: Path, into: Path) -> Path:
    """A backup of a database of SQLite, made while others may use it."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", [str(into)])
    return into


def put_back(backup: Path, database: Path) -> None:
    """Put a backup in the place of a database that nobody uses."""
    for beside in ("", "-wal", "-shm"):
        database.with_name(database.name + beside).unlink(missing_ok=True)
    shutil.copy(backup, database)


def stop(processes: Processes) -> None:
    """Stop all, as an operator does."""
    for name in processes.names:
        processes.send(name, signal.SIGTERM)
    for name in processes.names:
        until(lambda name=name: processes.ended(name) is not None, f"{name} does not stop", STOP_SECONDS)  # type: ignore[misc]


def transcript(doctor: Doctor) -> Any:
    """All that was said in a talk."""
    answer = doctor.client.get("/api/conversation")
    assert answer.status_code == 200, answer.text
    return answer.json()


def sealed(database: Path, token: str) -> list[bytes]:
    """What stands in a database of the talk of a token."""
    name = hashlib.sha256(token.encode()).hexdigest()
    with contextlib.closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT snapshot FROM conversation WHERE id = ?", [name]).fetchall()
        rows += connection.execute("SELECT content FROM turn WHERE conversation_id = ?", [name]).fetchall()
    return [bytes(row[0]) for row in rows]


def bytes_of(folder: Path) -> bytes:
    """Every byte of the main database."""
    return b"".join(path.read_bytes() for path in folder.glob("pas.db*"))


@pytest.mark.long
def test_what_was_erased_stays_erased_and_who_was_not_erased_talks_on(
    frail: Processes, someone: Callable[[], Doctor], tmp_path: Path
) -> None:
    stays, gone, word = someone(), someone(), marked()
    for line in ("ik wil de loopbaan-APK doen", "kort", "4"):
        stays.say(line)
        gone.say(line)
    gone.say(f"het is voor {word}")
    code = stays.client.post("/api/keep").json()["code"]
    link = gone.client.post("/api/report", json={"format": "txt"}).json()["href"]
    before = transcript(stays)

    backup = backed_up(frail.settings.var / "pas.db", tmp_path / "backup.db")
    parts = sealed(backup, gone.token)
    assert len(parts) > 4 and not [name for name, form in forms(word).items() if form in backup.read_bytes()]

    assert gone.client.delete("/api/conversation").status_code == 204
    stays.say("1")
    late = someone()
    late.say("hallo")

    stop(frail)
    put_back(backup, frail.settings.var / "pas.db")
    for name in frail.names:
        frail.start(name)
    frail.until_ready()

    never = problem(httpx.get(f"{frail.doors[0]}/api/conversation", trust_env=False), 401)
    for method, path in (("GET", "/api/conversation"), ("GET", "/api/answers"), ("GET", "/api/export")):
        assert problem(gone.client.request(method, path), 401) == never
    assert problem(gone.post(text="ben je er nog"), 401) == never
    problem(gone.client.get(link), 404)
    assert problem(late.client.get("/api/conversation"), 401) == never, "what came after the backup is lost"

    assert transcript(stays) == before
    assert stays.say("1")["script"]["step"] == before["script"]["step"] + 1
    opened = httpx.post(f"{frail.doors[0]}/api/open", json={"code": code}, trust_env=False, timeout=60)
    assert opened.status_code == 200
    assert someone().say("hallo")["messages"]

    # The door throws away what has no key as it starts; until that is done it is there, and opens for nobody.
    until(lambda: not sealed(frail.settings.var / "pas.db", gone.token), "the rows are still there")
    until(lambda: not any(p[-64:] in bytes_of(frail.settings.var) for p in parts), "its bytes are still there")
    assert transcript(stays)["messages"][: len(before["messages"])] == before["messages"]


def test_a_backup_that_is_made_while_doctors_talk_is_whole(
    system: Settings, tmp_path: Path, measured: Callable[[str], None]
) -> None:
    doctors = [Doctor(address(system)) for _ in range(4)]
    turns: list[int] = []
    over = threading.Event()

    def talk(doctor: Doctor) -> None:
        while not over.is_set():
            doctor.say(f"op dag {len(turns)} luisterde ik naar mijn collega")
            turns.append(1)

    with ThreadPoolExecutor(4) as pool:
        talking = [pool.submit(talk, doctor) for doctor in doctors]
        try:
            backups = []
            for number in range(5):
                until(lambda number=number: len(turns) > 8 * number, "the doctors do not talk")  # type: ignore[misc]
                backups.append(backed_up(system.var / "pas.db", tmp_path / f"{number}.db"))
        finally:
            over.set()
        for one in talking:
            one.result()
    whole = [transcript(doctor)["messages"] for doctor in doctors]
    for backup in backups:
        with contextlib.closing(sqlite3.connect(backup)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        store = open_store(system.model_copy(update={"database": f"sqlite:///{backup}"}))
        for doctor, now in zip(doctors, whole, strict=True):
            then = store.conversations.messages(store.conversations.by_token(doctor.token).id, 0)
            assert then and then == now[: len(then)]
        store.close()
    for doctor in doctors:
        doctor.close()
    measured(f"5 backups during {len(turns)} turns")


# One of the two databases is not what it should be.


class Half(NamedTuple):
    """A store of which one database can be taken away: where that lies."""

    folder: Path
    part: Path

    def take_away(self) -> None:
        """Put the database aside."""
        for path in self.part.parent.glob(f"{self.part.name}*"):
            path.rename(path.with_name(f"aside-{path.name}"))

    def give_back(self) -> None:
        """Put it back in the place of whatever is there now."""
        for path in self.part.parent.glob(f"{self.part.name}*"):
            path.unlink()
        for path in self.part.parent.glob(f"aside-{self.part.name}*"):
            path.rename(path.with_name(path.name.removeprefix("aside-")))


PARTS = {"the main database": "pas.db", "the keys": "keys/keys.db"}
HOW = ("is missing", "is of another store")


def spoken(folder: Path) -> tuple[Doctor, Any]:
    """A doctor who said something at a door that was stopped then, and what stands in the talk."""
    with door_alone(folder) as door:
        doctor = Doctor(door.doors[0])
        assert panel_in(doctor.say(f"{DANGER}, het gaat om {marked()}"))
        return doctor, transcript(doctor)


def halved(folder: Path, part: str, how: str) -> Half:
    """Take one database of a store away, and perhaps put that of another store in its place."""
    half = Half(folder, folder / PARTS[part])
    half.take_away()
    if how == "is of another store":
        elsewhere = folder.with_name(f"{folder.name}-other")
        with another(elsewhere) as store:
            begun(store)
        backed_up(elsewhere / PARTS[part], half.part)
    return half


@contextlib.contextmanager
def another(folder: Path) -> Iterator[Store]:
    """A store on a folder of its own."""
    chosen = Settings(var=folder)
    chosen.prepare()
    store = open_store(chosen)
    store.prepare()
    yield store
    store.close()


def again(doctor: Doctor, door: Processes) -> httpx.Client:
    """The browser of a doctor, at a door that was started anew."""
    return httpx.Client(base_url=door.doors[0], headers=doctor.client.headers, timeout=60, trust_env=False)


@pytest.mark.long
@pytest.mark.parametrize(("part", "how"), [(part, how) for part in PARTS for how in HOW])
def test_where_one_database_is_missing_or_of_another_store_nothing_starts_and_nothing_is_lost(
    tmp_path: Path, part: str, how: str
) -> None:
    doctor, before = spoken(tmp_path / "store")
    half = halved(tmp_path / "store", part, how)
    ports = ("PAS_PORT", "PAS_ENGINE_PORT", "PAS_ACTIONS_PORT", "PAS_COORDINATOR_PORT")
    for command in ("up", "sweep", "review"):
        refused = run(command, PAS_VAR=str(half.folder), **{name: str(free_port()) for name in ports})
        assert refused.returncode == 1, command
        assert "are not of one store" in refused.stderr and len(refused.stderr.splitlines()) == 1
    half.give_back()
    with door_alone(half.folder) as door, again(doctor, door) as client:
        assert client.get("/api/conversation").json() == before
    doctor.close()


class Seen(NamedTuple):
    """What came of asking a door of which one database is not right: for help in danger, for a talk, for a new one; and
    what stood in the talk before, and once the right one was back."""

    danger: httpx.Response
    talk: httpx.Response
    new: httpx.Response
    before: Any
    after: Any


def told(door: Processes) -> bool:
    """Whether the log of a door says that its databases are not of one store."""
    log = door.log(DOOR).read_text(encoding="utf-8")
    return "NotPaired" in log or "not of one store" in log


@pytest.fixture(scope="module", params=[(part, how) for part in PARTS for how in HOW], ids="-".join)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """A door that was started all the same, and saw that its databases do not belong together."""
    folder = tmp_path_factory.mktemp("half") / "store"
    doctor, before = spoken(folder)
    half = halved(folder, *request.param)
    message = {"id": "7f0e7f6c-1c8f-4c3b-9a0e-000000000001", "text": DANGER}
    with door_alone(folder) as door, again(doctor, door) as client:
        until(lambda: told(door), "the door says nothing of it")
        asked = (
            client.post("/api/message", json=message),
            client.get("/api/conversation"),
            client.post("/api/conversation"),
        )
    half.give_back()
    with door_alone(folder) as door, again(doctor, door) as client:
        after = client.get("/api/conversation").json()
    doctor.close()
    return Seen(*asked, before, after)


@pytest.mark.long
def test_a_door_of_which_one_database_is_not_right_shows_the_panel(seen: Seen) -> None:
    assert panel_in(seen.danger.json())


def test_a_door_of_which_one_database_is_not_right_throws_nothing_away(seen: Seen) -> None:
    assert seen.after == seen.before


def test_a_door_of_which_one_database_is_not_right_tells_nobody_that_their_talk_is_gone(seen: Seen) -> None:
    """A page that hears that its talk is unknown forgets the way to it."""
    assert seen.talk.status_code == 503


def test_a_door_of_which_one_database_is_not_right_begins_no_talk_that_will_be_lost(seen: Seen) -> None:
    assert seen.new.status_code == 503


def test_an_older_main_database_loses_what_came_later_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with another(folder) as store:
        first = begun(store, "van eerder")
        backup = backed_up(folder / "pas.db", tmp_path / "backup.db")
        late = begun(store, "van later")
        store.conversations.add_turn(first.id, "m1", "nog iets", said("ja"), TODAY)
    put_back(backup, folder / "pas.db")
    with another(folder) as store:
        assert sweep(store, NOW, DAYS).talks == 0
        assert [message["text"] for message in store.conversations.messages(first.id, 0)] == ["van eerder"]
        store.conversations.add_turn(first.id, "m1", "opnieuw", said("ja"), TODAY)
        assert store.conversations.texts(first.id, 1) == ["opnieuw"]
        with pytest.raises(UnknownConversation):
            store.conversations.by_token(late.token)
        # Its key is of nothing any more, and goes when it can be of nothing that is just being made.
        sweep(store, NOW + ORPHANED - dt.timedelta(days=1), DAYS)
        assert store.keys.has(late.id)
        sweep(store, NOW + ORPHANED + dt.timedelta(days=1), DAYS)
        assert not store.keys.has(late.id) and store.keys.has(first.id)


def test_what_has_no_key_of_its_own_comes_back_as_privacy_md_says_and_goes_at_its_age(tmp_path: Path) -> None:
    assert "een teruggezette back-up brengt ingetrokken stukjes en toestemming en weggegooide sets terug" in PRIVACY
    folder = tmp_path / "store"
    with another(folder) as store:
        talks = {name: begun(store) for name in ("withdrawn", "erased")}
        for name, known in talks.items():
            store.pieces.consent(known.id, given=True)
            store.pieces.add(known.id, [Said(script="apk", version=1, step="fase", text=name)])
        store.pieces.anonymise(str.upper, TODAY)
        code, under = store.keeping.begin({"1": "bewaard"}, TODAY)
        backup = backed_up(folder / "pas.db", tmp_path / "backup.db")
        store.pieces.consent(talks["withdrawn"].id, given=False)
        store.conversations.erase(talks["erased"].id)
        store.keeping.throw_away(under.set_id)
        assert store.pieces.all() == []
    put_back(backup, folder / "pas.db")
    with another(folder) as store:
        assert sweep(store, NOW, DAYS).talks == 1
        assert store.conversations.all() == {talks["withdrawn"].id}
        assert store.conversations.notes(talks["withdrawn"].id).consent
        assert {piece.text for piece in store.pieces.all()} == {"WITHDRAWN", "ERASED"}
        assert store.keeping.open(code, TODAY)[1] == ["bewaard"]
        sweep(store, NOW + dt.timedelta(days=DAYS + 8), DAYS)
        assert store.pieces.all() == []


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A real PostgreSQL."""
    # It opens its folder to its own user, so it gets one that holds nothing else.
    with tempfile.TemporaryDirectory(prefix="pas-postgresql-", ignore_cleanup_errors=True) as folder:
        started = Postgres(Path(folder))
        yield started
        started.stop()


def run_by(server: Postgres, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs, those that came with the server."""
    programs: Path = server._server.bin_path
    done = subprocess.run([programs / program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_on_postgresql_what_was_erased_stays_erased_and_the_rest_goes_on(server: Postgres, tmp_path: Path) -> None:
    chosen = Settings(var=tmp_path, database=made(server.address), key_database=made(server.address))
    chosen.prepare()
    main, dump = chosen.database.replace("+psycopg2", ""), str(tmp_path / "pas.dump")
    store = open_store(chosen)
    store.prepare()
    stays, gone = begun(store, "hier"), begun(store, "weg")
    store.conversations.add_turn(gone.id, "m1", "weg ermee", said("ja"), TODAY)
    run_by(server, "pg_dump", "-Fc", "-d", main, "-f", dump)
    store.conversations.erase(gone.id)
    late = begun(store, "later")
    store.close()
    run_by(server, "pg_restore", "--clean", "--if-exists", "-d", main, dump)
    store = open_store(chosen)
    store.prepare()
    assert {stays.id, gone.id} == store.conversations.all()
    with pytest.raises(UnknownConversation):
        store.conversations.messages(gone.id, 0)
    with pytest.raises(UnknownConversation):
        store.conversations.by_token(late.token)
    assert sweep(store, NOW, DAYS).talks == 1
    assert store.conversations.all() == {stays.id}
    store.conversations.add_turn(stays.id, "m1", "en verder", said("ja"), TODAY)
    assert [message["text"] for message in store.conversations.messages(stays.id, 0)] == ["hier", "en verder", "ja"]
    store.close()
