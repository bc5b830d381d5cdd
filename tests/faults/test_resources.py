"""Whatever runs out or stands still: the database, the disk, memory, handles, the engine, connections.

Each fault is caused once with the real processes, and put right. Meanwhile someone asks over and over how the door is, someone is
in danger, and someone tells something, the same id until it is taken. The tests look at what these three saw.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from bot.door.engine import TURN_SECONDS
from bot.door.reading import HEARD_LIMIT
from tests.answers import DANGER, panel_in, problem
from tests.conftest import Doctor, shown
from tests.processes import DOOR, ENGINE, Processes, door_alone, status, until

pytestmark = pytest.mark.alone

HEALTH_SECONDS, PANEL_SECONDS = 1.0, 5.0
# What a doctor who is not in danger waits for at most, while others do what they like.
OTHERS_SECONDS = 2.0
LOCKED_SECONDS, SLOW_SECONDS = 12.0, 0.8
# How soon the same is asked again.
AGAIN_SECONDS = 0.2
TOLD = "Vandaag was het druk op het spreekuur."
UNSURE = "ik weet het even niet"
CONNECTIONS, SLOWLY, DOCTORS = 1_000, 20, 100
# Handles that a test of many connections takes, here and in the door.
HANDLES = 4_096
# The bytes before the first page of a write-ahead log that was just emptied: its head, and the head of the page.
BEFORE_A_PAGE = 32 + 24
WRITES = (("INSERT", "conversation"), ("UPDATE", "conversation"), ("INSERT", "turn"))
MEBIBYTE = 2**20
# How long whoever asks a door without memory waits for it, and how often they are in danger.
HANGS_SECONDS, IN_DANGER = 3.0, 10


@dataclass(frozen=True)
class Asked:
    """A message, what came of it, and after how many seconds."""

    text: str
    answer: httpx.Response
    took: float


@dataclass(frozen=True)
class Health:
    """How the door said it was, after how many seconds, and for how many of these the machine, busy with others, gave it and
    who asked no processor."""

    answer: httpx.Response
    took: float
    withheld: float


def without_processor(process: int, thread: int) -> float:
    """For how many seconds a thread could have run, and others did."""
    path = Path(f"/proc/{process}/task/{thread}/schedstat")
    return int(path.read_text(encoding="ascii").split()[1]) / 1e9


class Witness(Doctor):
    """A doctor who remembers what was answered, and looks afterwards whether it is so."""

    def __init__(self, base: str) -> None:
        super().__init__(base)
        self.asked: list[Asked] = []

    def post(self, **content: Any) -> httpx.Response:
        """Send a message, and remember what came of it."""
        began = time.monotonic()
        answer = super().post(**content)
        self.asked.append(Asked(content["text"], answer, time.monotonic() - began))
        return answer

    def insist(self, text: str, seconds: float = 240) -> None:
        """Send a message as the page does: the same id until it is taken."""
        deadline, body = time.monotonic() + seconds, {"id": str(uuid.uuid4()), "text": text}
        while self.post(**body).status_code != 200:
            assert time.monotonic() < deadline, "it was not taken"
            time.sleep(AGAIN_SECONDS)

    def of(self, text: str) -> list[Asked]:
        """What came of a text."""
        return [one for one in self.asked if one.text == text]

    def messages(self) -> list[dict[str, Any]]:
        """Both sides of the talk, seen to be whole."""
        found: list[dict[str, Any]] = self.client.get("/api/conversation").raise_for_status().json()["messages"]
        assert [m["n"] for m in found] == list(range(1, len(found) + 1))
        return found

    def see_that_it_is_true(self) -> None:
        """Whatever was answered as taken is in the talk, after what it answers."""
        stored = {m["n"]: m for m in self.messages()}
        for one in self.asked:
            content = one.answer.json()
            if one.answer.status_code != 200 or content.get("stored") is False:
                continue
            said = [m for m in content["messages"] if m["n"]]
            assert said and all(stored[m["n"]]["text"] == m["text"] for m in said)
            mine = stored[said[0]["n"] - 1]
            assert (mine["from"], mine["text"]) == ("doctor", one.text)

    def times(self, text: str) -> int:
        """How often the doctor said this, as the talk has it."""
        return [m["text"] for m in self.messages() if m["from"] == "doctor"].count(text)


class Trial:
    """A door with something wrong, and what three see of it who had found it before that."""

    def __init__(self, frail: Processes) -> None:
        for name in frail.names:
            if frail.ended(name) is not None:
                frail.start(name)
        frail.until_ready()
        self.door = frail.doors[0]
        until(
            lambda: httpx.post(f"{self.door}/api/conversation", trust_env=False).status_code == 201, "it opens nothing"
        )
        self.teller, self.danger = Witness(self.door), Witness(self.door)
        self._asker = httpx.Client(base_url=self.door, timeout=30, trust_env=False)
        self.health: list[Health] = []
        self._process = frail.process_id(DOOR)
        self._tasks: list[Future[None]] = []
        # What else was seen of one fault.
        self.noted: dict[str, Any] = {}
        self._ask()

    def _ask(self) -> None:
        threads = (self._process, self._process), (os.getpid(), threading.get_native_id())
        began, waited = time.monotonic(), sum(without_processor(*one) for one in threads)
        answer = self._asker.get("/health")
        took = time.monotonic() - began
        self.health.append(Health(answer, took, sum(without_processor(*one) for one in threads) - waited))

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Meanwhile it is asked how the door is, and someone is in danger."""
        over = threading.Event()

        def again(what: Callable[[], object]) -> None:
            while not over.is_set():
                what()
                over.wait(AGAIN_SECONDS)

        with ThreadPoolExecutor(2) as pool:
            self._tasks = [pool.submit(again, self._ask), pool.submit(again, lambda: self.danger.post(text=DANGER))]
            try:
                yield
            finally:
                over.set()
        for task in self._tasks:
            task.result()

    def see_more(self, times: int = 3) -> None:
        """Wait until both were answered so many times more."""
        wanted = len(self.health) + times, len(self.danger.asked) + times

        def seen() -> bool:
            for task in self._tasks:
                if task.done():
                    task.result()
            return len(self.health) >= wanted[0] and len(self.danger.asked) >= wanted[1]

        until(seen, "nobody is answered", 60)

    @property
    def engine_was(self) -> set[str]:
        """What was said of the engine."""
        return {one.answer.json()["engine"] for one in self.health}

    def refused(self) -> list[httpx.Response]:
        """The refusals of what was told."""
        return [one.answer for one in self.teller.of(TOLD) if one.answer.status_code == 503]

    def close(self) -> None:
        """Hang up."""
        for client in (self.teller, self.danger, self._asker, *self.noted.get("many", ())):
            client.close()


@contextlib.contextmanager
def database(frail: Processes, seconds: float = 30) -> Iterator[sqlite3.Connection]:
    """A connection of our own with the main database, which waits so long for a lock."""
    connection = sqlite3.connect(frail.settings.var / "pas.db", timeout=seconds, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def locked(frail: Processes) -> Iterator[None]:
    """Nobody else can write meanwhile."""
    with database(frail) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


@contextlib.contextmanager
def at_writing(frail: Processes, does: str, writes: tuple[tuple[str, str], ...] = WRITES) -> Iterator[None]:
    """The database does this before each of these writes."""
    names = [f"{what}_{table}_fault" for what, table in writes]
    with database(frail) as connection:
        for name, (what, table) in zip(names, writes, strict=True):
            connection.execute(f"CREATE TRIGGER {name} BEFORE {what} ON {table} BEGIN SELECT {does}; END")
    try:
        yield
    finally:
        with database(frail) as connection:
            for name in names:
                connection.execute(f"DROP TRIGGER {name}")


def lasting(frail: Processes, seconds: float) -> str:
    """Something that keeps the database busy for about so long, on this machine as it is now."""

    def work(rows: int) -> str:
        many = ", ".join(f"sqlite_master AS t{n}" for n in range(6))
        return f"(SELECT count(*) FROM (SELECT 1 FROM {many} LIMIT {rows}))"

    few = 1_000_000
    with database(frail) as connection:
        began = time.monotonic()
        connection.execute(f"SELECT {work(few)}").fetchone()
        return work(round(few * seconds / (time.monotonic() - began)))


def being_written(frail: Processes) -> bool:
    """Whether someone is in the middle of a write."""
    with database(frail, 0) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        connection.execute("ROLLBACK")
        return False


@contextlib.contextmanager
def limited(process: int, limits: Mapping[int, int]) -> Iterator[None]:
    """A process that runs gets these limits, and has its own back afterwards."""
    before = {kind: resource.prlimit(process, kind) for kind in limits}
    for kind, most in limits.items():
        resource.prlimit(process, kind, (most, before[kind][1]))
    try:
        yield
    finally:
        for kind, was in before.items():
            resource.prlimit(process, kind, was)


@contextlib.contextmanager
def no_file_beyond(frail: Processes, size: int) -> Iterator[None]:
    """What door and engine write beyond this size of a file fails, as on a disk that is full."""
    with contextlib.ExitStack() as stack:
        for name in (DOOR, ENGINE):
            stack.enter_context(limited(frail.process_id(name), {resource.RLIMIT_FSIZE: size}))
        yield


def endured(frail: Processes, fault: contextlib.AbstractContextManager[None]) -> Trial:
    """A fault in which something is refused at least once."""
    trial = Trial(frail)
    with ThreadPoolExecutor(1) as pool, trial.watched():
        with fault:
            telling = pool.submit(trial.teller.insist, TOLD)
            until(lambda: bool(trial.refused()), "nothing is refused", 60)
            trial.see_more()
        telling.result()
    return trial


def locked_long(frail: Processes) -> Trial:
    """The database is locked for longer than anyone waits for it."""
    trial = Trial(frail)
    with ThreadPoolExecutor(1) as pool, trial.watched():
        with locked(frail):
            telling = pool.submit(trial.teller.insist, TOLD)
            time.sleep(LOCKED_SECONDS)
        telling.result()
    return trial


def slow(frail: Processes) -> Trial:
    """The database takes most of a second for each turn."""
    trial = Trial(frail)
    with trial.watched(), at_writing(frail, lasting(frail, SLOW_SECONDS), (("INSERT", "turn"),)):
        trial.teller.insist(TOLD)
        trial.see_more()
    return trial


def write_refused(frail: Processes) -> Trial:
    """The database reads, and refuses every write."""
    return endured(frail, at_writing(frail, "RAISE(FAIL, 'attempt to write a readonly database')"))


def no_file_grows(frail: Processes) -> Trial:
    """Nothing can be written at all, not even a line of a log."""
    return endured(frail, no_file_beyond(frail, 0))


def write_cut_short(frail: Processes) -> Trial:
    """The write-ahead log has room for half a page."""
    with database(frail) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return endured(frail, no_file_beyond(frail, BEFORE_A_PAGE + 2_048))


def little_memory(frail: Processes, kind: int, used: Callable[[psutil.Process], int]) -> Trial:
    """The door gets hardly more memory than it has, while ten send it as much at once as it takes from anyone."""
    trial = Trial(frail)
    door = frail.process_id(DOOR)
    large = f"{'moe ' * (HEARD_LIMIT // 5)} {DANGER}".encode()
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(httpx.Client(base_url=trial.door, trust_env=False)) for _ in range(10)]
        for client in clients:
            client.get("/live")
        pool = stack.enter_context(ThreadPoolExecutor(len(clients) + 1))
        with trial.watched():
            with limited(door, {kind: used(psutil.Process(door)) + 2 * MEBIBYTE}):
                telling = pool.submit(trial.teller.insist, TOLD)
                ask = lambda client: client.post("/api/message", content=large, timeout=60)  # noqa: E731
                trial.noted["large"] = [answer for _ in range(2) for answer in pool.map(ask, clients)]
                trial.see_more()
            telling.result()
    return trial


def hung_up(connection: socket.socket) -> bool:
    """Whether the other side of a connection that waits for nothing hung up, without an answer."""
    try:
        return not connection.recv(1)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def no_handle(frail: Processes) -> Trial:
    """Connections that say nothing use up the last handles of the door."""
    trial = Trial(frail)
    door = frail.process_id(DOOR)
    used = [int(path.name) for path in Path(f"/proc/{door}/fd").iterdir()]
    most = max(used) + 9

    def away() -> bool:
        return status(f"{trial.door}/live") == 0

    with ThreadPoolExecutor(1) as pool, trial.watched():
        with limited(0, {resource.RLIMIT_NOFILE: HANDLES}), limited(door, {resource.RLIMIT_NOFILE: most}):
            with contextlib.ExitStack() as idle:
                # A handle that was given back may lie below others that are in use.
                for _ in range(most - len(used) + 64):
                    idle.enter_context(connected(trial.door))
                until(away, "there are handles still", 30)
                telling = pool.submit(trial.teller.insist, TOLD)
                trial.see_more(5)
            # The limit is what it was: what helps is that they hang up.
            until(lambda: not away(), "it takes no connection any more", 30)
            trial.noted["soon"] = True
        telling.result()
    return trial


def connected(door: str) -> socket.socket:
    """A connection with a door."""
    where = urlsplit(door)
    return socket.create_connection((where.hostname or "", where.port or 0), timeout=30)


def unread(address: str) -> bool:
    """Whether bytes wait at an address for whoever is to read them."""
    port = f":{urlsplit(address).port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return any(row[1].endswith(port) and int(row[4].split(":")[1], 16) for row in rows)


def engine_hangs(frail: Processes) -> Trial:
    """The engine stands still for as long as a door waits for it, and then goes on."""
    trial = Trial(frail)
    until(lambda: not unread(frail.address(ENGINE)), "the engine reads nothing")
    frail.send(ENGINE, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        try:
            telling = pool.submit(trial.teller.insist, TOLD)
            until(lambda: unread(frail.address(ENGINE)), "the door does not ask the engine")
            with trial.watched():
                trial.teller.post(text=DANGER)
                until(lambda: bool(trial.refused()), "it is waited for without end", TURN_SECONDS + 15)
        finally:
            frail.send(ENGINE, signal.SIGCONT)
        telling.result()
    trial.noted["after"] = shown(trial.teller.say(UNSURE)["messages"])
    return trial


def engine_killed(frail: Processes) -> Trial:
    """The engine is killed in the middle of writing a turn, and comes back."""
    trial = Trial(frail)
    with ThreadPoolExecutor(1) as pool:
        with at_writing(frail, lasting(frail, 5), (("INSERT", "turn"),)):
            telling = pool.submit(trial.teller.insist, TOLD)
            until(lambda: being_written(frail), "the turn is not written")
            frail.kill(ENGINE)
        with trial.watched():
            trial.see_more()
            frail.start(ENGINE)
            frail.until_ready(ENGINE)
            telling.result()
    return trial


def many_connections(frail: Processes) -> Trial:
    """A thousand connections send no body, and some a letter at a time."""
    trial = Trial(frail)
    text = json.dumps({"id": str(uuid.uuid4()), "text": DANGER}).encode()
    head = f"POST /api/message HTTP/1.1\r\nHost: door\r\nContent-Length: {len(text)}\r\n\r\n".encode()
    door = frail.process_id(DOOR)
    with (
        limited(door, {resource.RLIMIT_NOFILE: HANDLES}),
        limited(0, {resource.RLIMIT_NOFILE: HANDLES}),
        contextlib.ExitStack() as stack,
    ):
        open_ = [stack.enter_context(connected(trial.door)) for _ in range(CONNECTIONS + SLOWLY)]
        for connection in open_:
            connection.sendall(head)
        until(lambda: psutil.Process(door).num_fds() > CONNECTIONS, "the door does not take them")
        drip = ThreadPoolExecutor(1)
        with trial.watched():
            dripping = drip.submit(_by_the_letter, open_[:SLOWLY], text)
            for _ in range(10):
                trial.teller.post(text="het is vandaag rustig op de praktijk")
            trial.teller.insist(TOLD)
            trial.noted["slow"] = dripping.result()
            trial.see_more()
        drip.shutdown()
    return trial


def _by_the_letter(connections: list[socket.socket], text: bytes) -> list[bytes]:
    """Send a text over all of these, a letter at a time; what they are answered."""
    for at in range(len(text)):
        for connection in connections:
            connection.sendall(text[at : at + 1])
        time.sleep(0.02)
    answers = []
    for connection in connections:
        answer = b""
        while b"}" not in answer[-2:] and (more := connection.recv(65_536)):
            answer += more
        answers.append(answer)
    return answers


def many_doctors(frail: Processes) -> Trial:
    """A hundred doctors say something at the same moment, and then that they are in danger."""
    trial = Trial(frail)
    with ThreadPoolExecutor(8) as pool:
        many = list(pool.map(lambda _: Witness(trial.door), range(DOCTORS)))
    trial.noted["many"] = many

    def talk(doctor: Witness) -> None:
        doctor.insist(TOLD)
        doctor.post(text=DANGER)

    with trial.watched(), ThreadPoolExecutor(DOCTORS) as pool:
        began = time.monotonic()
        list(pool.map(talk, many))
        trial.noted["took"] = time.monotonic() - began
        trial.teller.insist(TOLD)
        trial.see_more()
    return trial


FAULTS: dict[str, Callable[[Processes], Trial]] = {
    "the-database-is-locked": locked_long,
    "the-database-is-slow": slow,
    "every-write-is-refused": write_refused,
    "no-file-can-grow": no_file_grows,
    "a-write-is-cut-short": write_cut_short,
    "hardly-any-address-space-is-left": lambda frail: little_memory(
        frail, resource.RLIMIT_AS, lambda p: p.memory_info().vms
    ),
    "hardly-any-memory-is-left": lambda frail: little_memory(
        frail, resource.RLIMIT_DATA, lambda p: p.memory_info().data
    ),
    "no-handle-is-left": no_handle,
    "the-engine-hangs": engine_hangs,
    "the-engine-is-killed-and-loads": engine_killed,
    "a-thousand-connections-send-nothing": many_connections,
    "a-hundred-doctors-talk": many_doctors,
}
# In these, what cannot be stored is told to whoever said it.
REFUSING = (
    "the-database-is-locked", "every-write-is-refused", "no-file-can-grow", "a-write-is-cut-short",
    "the-engine-hangs", "the-engine-is-killed-and-loads",
)  # fmt: skip
UNSTORED = REFUSING[:4]
MEMORY = ("hardly-any-address-space-is-left", "hardly-any-memory-is-left")
while_each = pytest.mark.parametrize("fault", FAULTS)
After = Callable[[str], Trial]


@pytest.fixture(scope="module")
def after(_started: Processes) -> Iterator[After]:
    """What was seen during a fault, which is caused when it is first asked for."""
    caused: dict[str, Future[Trial]] = {}
    with ThreadPoolExecutor(1) as pool:

        def seen(name: str) -> Trial:
            if name not in caused:
                caused[name] = pool.submit(FAULTS[name], _started)
            return caused[name].result()

        yield seen
    for one in caused.values():
        if one.exception() is None:
            one.result().close()


@while_each
@pytest.mark.long
def test_health_answers_within_a_second_while(after: After, measured: Callable[[str], None], fault: str) -> None:
    seen = after(fault).health
    slowest = max(seen, key=lambda one: one.took)
    measured(
        f"health: longest {slowest.took:.2f} s, {slowest.withheld:.2f} s of it without a processor, of {len(seen)}"
    )
    assert all(one.answer.status_code == 200 for one in seen)
    assert all(one.took - one.withheld < HEALTH_SECONDS for one in seen)


@while_each
def test_the_panel_always_comes_while(after: After, measured: Callable[[str], None], fault: str) -> None:
    seen = after(fault).danger.asked
    longest = max(one.took for one in seen)
    unstored = sum(one.answer.json().get("stored") is False for one in seen)
    measured(f"panel: longest {longest:.2f} s, of {len(seen)}, not stored {unstored}")
    assert seen and all(panel_in(one.answer.json()) for one in seen)
    assert longest < PANEL_SECONDS


@while_each
def test_what_was_answered_as_taken_is_in_the_talk_after(after: After, fault: str) -> None:
    trial = after(fault)
    for doctor in (trial.teller, trial.danger):
        doctor.see_that_it_is_true()


@while_each
def test_a_message_is_answered_once_or_refused_after(after: After, measured: Callable[[str], None], fault: str) -> None:
    trial = after(fault)
    answers = [one.answer for one in trial.teller.of(TOLD)]
    measured(f"refused {len(answers) - 1} times, then answered")
    assert answers[-1].status_code == 200
    # Without memory it may be that nothing more can be said than that it went wrong.
    for answer in answers[:-1]:
        problem(answer, answer.status_code)
        assert answer.status_code == 503 or (fault in MEMORY and answer.status_code == 500)
    assert trial.teller.times(TOLD) == 1


@pytest.mark.long
@pytest.mark.parametrize("fault", REFUSING)
def test_who_is_refused_is_told_when_to_try_again_while(after: After, fault: str) -> None:
    refused = after(fault).refused()
    assert refused and all(int(answer.headers["retry-after"]) >= 1 for answer in refused)


@pytest.mark.parametrize("fault", UNSTORED)
def test_a_panel_that_is_not_stored_says_so_while(after: After, fault: str) -> None:
    unstored = [one.answer for one in after(fault).danger.asked if one.answer.json().get("stored") is False]
    assert unstored and all(m["n"] is None for answer in unstored for m in answer.json()["messages"])


@pytest.mark.parametrize("fault", MEMORY)
def test_large_messages_get_the_panel_while(after: After, fault: str) -> None:
    answers = after(fault).noted["large"]
    assert answers and all(panel_in(answer.json()) for answer in answers)


@pytest.mark.long
def test_a_door_that_runs_out_of_memory_tells_nothing_that_is_not_so_and_is_there_again(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    """Then it cannot be promised that an answer comes, or that the process lives."""
    head = f"POST /api/message HTTP/1.1\r\nHost: door\r\nContent-Length: {HEARD_LIMIT}\r\n\r\n".encode()
    with door_alone(tmp_path) as alone, contextlib.ExitStack() as stack:
        door = alone.process_id(DOOR)
        witness = stack.enter_context(contextlib.closing(Witness(alone.doors[0])))
        witness.client.timeout = httpx.Timeout(HANGS_SECONDS)
        witness.post(text=DANGER)
        resource.prlimit(
            door, resource.RLIMIT_AS, (psutil.Process(door).memory_info().vms + MEBIBYTE, resource.RLIM_INFINITY)
        )
        held = [stack.enter_context(connected(alone.doors[0])) for _ in range(300)]
        for connection in held:
            connection.setblocking(False)
            with contextlib.suppress(ConnectionError, BlockingIOError):
                connection.send(head + b"x" * (HEARD_LIMIT - 1_000))
        until(lambda: any(map(hung_up, held)), "all of it fits")
        silent = 0
        for _ in range(IN_DANGER):
            try:
                assert panel_in(witness.post(text=DANGER).json())
                witness.post(text=TOLD)
            except httpx.TransportError:
                silent += 1
        if alone.ended(DOOR) is None:
            resource.prlimit(door, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        for connection in held:
            connection.close()
        until(lambda: alone.ended(DOOR) is not None or alone.ready(DOOR), "it neither lives nor dies")
        if died := alone.ended(DOOR) is not None:
            alone.start(DOOR)
        measured(f"of {IN_DANGER} in danger {IN_DANGER - silent} were answered; the door {'died' if died else 'lived'}")
        alone.until_ready()
        assert panel_in(witness.post(text=DANGER).json())
        witness.see_that_it_is_true()


def test_connections_are_taken_again_as_soon_as_handles_are_free(after: After) -> None:
    assert after("no-handle-is-left").noted["soon"]


def test_a_message_that_hangs_in_the_engine_is_refused_within_its_time(
    after: After, measured: Callable[[str], None]
) -> None:
    first = after("the-engine-hangs").teller.of(TOLD)[0]
    measured(f"refused after {first.took:.1f} s")
    assert first.answer.status_code == 503 and first.took < TURN_SECONDS + 2


def test_who_says_something_in_danger_while_their_message_hangs_sees_the_panel(
    after: After, measured: Callable[[str], None]
) -> None:
    one = after("the-engine-hangs").teller.of(DANGER)[0]
    measured(f"panel after {one.took:.2f} s")
    assert panel_in(one.answer.json()) and one.took < PANEL_SECONDS
    assert "stored" not in one.answer.json()


def test_after_that_panel_the_talk_stays_with_it_also_when_the_message_that_hung_was_taken(after: After) -> None:
    assert "113" in after("the-engine-hangs").noted["after"]


def test_health_says_that_the_engine_is_down_or_loads_until_it_answers(after: After) -> None:
    was = after("the-engine-is-killed-and-loads").engine_was
    assert {"down", "loading"} <= was <= {"down", "loading", "ok"}


@pytest.mark.long
def test_others_are_answered_as_ever_while_a_thousand_connections_send_nothing(
    after: After, measured: Callable[[str], None]
) -> None:
    asked = after("a-thousand-connections-send-nothing").teller.asked
    longest = max(one.took for one in asked)
    measured(f"answers beside {CONNECTIONS} connections: longest {longest:.2f} s, of {len(asked)}")
    assert all(one.answer.status_code == 200 for one in asked)
    assert longest < OTHERS_SECONDS


def test_who_sends_a_letter_at_a_time_sees_the_panel_all_the_same(after: After) -> None:
    answers = after("a-thousand-connections-send-nothing").noted["slow"]
    assert len(answers) == SLOWLY and all(b"tel:113" in answer for answer in answers)


def test_each_of_a_hundred_doctors_is_answered_once_and_sees_the_panel(
    after: After, measured: Callable[[str], None]
) -> None:
    trial = after("a-hundred-doctors-talk")
    many = trial.noted["many"]
    took = sorted(one.took for doctor in many for one in doctor.of(TOLD))
    refused = sum(one.answer.status_code != 200 for doctor in many for one in doctor.asked)
    measured(
        f"{DOCTORS} doctors in {trial.noted['took']:.1f} s: median {took[len(took) // 2]:.2f} s, longest {took[-1]:.2f} s, "
        f"refused {refused} times"
    )
    for doctor in many:
        assert all(one.answer.status_code in (200, 503) for one in doctor.asked)
        assert panel_in(doctor.of(DANGER)[0].answer.json())
        doctor.see_that_it_is_true()
        assert doctor.times(TOLD) == 1
