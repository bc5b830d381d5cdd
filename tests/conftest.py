"""What tests share: the whole system as it really runs, started once, and the dialogue by itself."""

from __future__ import annotations

import datetime as dt
import os
import random
import uuid
import weakref
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from bot.dialogue.state import State
from bot.dialogue.talk import Heard, World
from bot.dialogue.turn import Outcome, greet, step
from bot.messages import Cue, Incoming, Risk
from bot.referrals.coaches import CoachList
from bot.referrals.directory import Directory
from bot.responses import Responses
from bot.scripts.library import Library, publish
from bot.settings import Settings, settings
from bot.statement import values
from bot.store import Store, open_store
from bot.supervision import address, free_port, own
from bot.validation import read_scripts
from docs.browser import QUIET, chromium

# Where another site lives that may show the talk in its pages.
FOREIGN = f"http://localhost:{free_port()}"
# How long an example takes says what else the machine is doing.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")
# How long a browser is waited for: a machine that does other things as well is no mistake of the page.
PATIENCE_MS = 90_000
# Folders whose tests share processes that take long to start.
SHARING = ("tests/faults", "tests/matrix", "tests/scale")
NOW = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)


def pytest_configure(config: pytest.Config) -> None:
    """Draw the seed of this run, once for all of its processes; PAS_FAULTS can give one, or ask for everything."""
    os.environ.setdefault("PAS_FAULTS", str(random.randrange(10**6)))


def pytest_report_header(config: pytest.Config) -> str:
    """What to give to have the same run again."""
    return f"PAS_FAULTS={os.environ['PAS_FAULTS']}"


def shown(messages: list[dict[str, Any]]) -> str:
    """Messages as a doctor sees them: the text, the choices, the links."""
    rows = []
    for message in messages:
        rows.append(message["text"])
        rows += [f"{n}. {c['label']}" for n, c in enumerate((message["input"] or {}).get("choices", []), 1)]
        rows += [f"{link['label']} {link['href']}" for link in message["links"]]
    return "\n".join(rows)


class InARow(LoadScopeScheduling):
    """Gives the tests of a file to one worker, and those of a folder that shares processes in a row, so that they start once."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        folder = path.rpartition("/")[0]
        return folder if folder in SHARING else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InARow | None:
    """How tests are divided over workers with ``--dist loadscope``."""
    return InARow(config, log) if config.getoption("dist") == "loadscope" else None


class Doctor:
    """A doctor who talks with a running door."""

    def __init__(self, base: str) -> None:
        # There is no TLS on loopback, and reading the certificates takes longer than most answers.
        self.client = httpx.Client(base_url=base, timeout=60, trust_env=False, verify=False)
        # A test that fails hangs up too: otherwise the next one is told that a connection was left open.
        self.close = weakref.finalize(self, self.client.close)
        self.opened = self.client.post("/api/conversation")
        self.opened.raise_for_status()
        self.token = self.opened.json()["token"]
        self.client.headers["Authorization"] = f"Bearer {self.token}"
        self.last: dict[str, Any] = self.opened.json()

    def post(self, **content: Any) -> httpx.Response:
        """Send a message, whatever comes of it."""
        return self.client.post("/api/message", json={"id": str(uuid.uuid4()), **content})

    def say(self, text: str) -> dict[str, Any]:
        """Send a text that is answered."""
        return self.send(text=text)

    def send(self, **content: Any) -> dict[str, Any]:
        """Send something that is answered."""
        answer = self.post(**content)
        assert answer.status_code == 200, answer.text
        self.last = answer.json()
        return self.last

    def choose(self, label: str) -> dict[str, Any]:
        """Tap the choice with this label."""
        offered = {c["label"]: c["token"] for m in self.last["messages"] for c in (m["input"] or {}).get("choices", [])}
        return self.send(choice=offered[label])

    def begin(self, title: str) -> None:
        """Tap the script with this title, in the whole list when it is not in the short one."""
        if not any(label.startswith(title) for label in self.labels):
            self.choose("Laat alles zien")
        self.choose(next(label for label in self.labels if label.startswith(title)))

    @property
    def heard(self) -> str:
        """What the bot said last, with the choices, as one text."""
        return shown(self.last["messages"])

    @property
    def labels(self) -> list[str]:
        """What can be tapped now."""
        return [c["label"] for m in self.last["messages"] for c in (m["input"] or {}).get("choices", [])]


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Door, engine and actions under their supervisor, on ports and a state folder of their own.

    They log all they can, and their temporary files lie in the state folder too, so that tests can look for words in them.
    """
    scratch: Path = tmp_path_factory.mktemp("scratch")
    limits = ("MESSAGES", "CONVERSATIONS", "CODES")
    many = {f"PAS_{name}_PER_MINUTE": "100000" for name in limits}
    with own(settings(), print, PAS_EMBED_ORIGINS=FOREIGN, PAS_LOG_LEVEL="DEBUG", TMPDIR=str(scratch), **many) as mine:
        (mine.var / "scratch").symlink_to(scratch)
        yield mine


@pytest.fixture(scope="session")
def system_store(system: Settings) -> Iterator[Store]:
    """The store of that system, to see what is kept."""
    opened = open_store(system)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a head: one for all tests, as two of Playwright's engines cannot run at once."""
    with sync_playwright() as engines:
        started = engines.chromium.launch(executable_path=chromium(), args=QUIET, env={**os.environ})
        opened = started.new_context

        def patient(*arguments: Any, **options: Any) -> BrowserContext:
            context = opened(*arguments, **options)
            context.set_default_timeout(PATIENCE_MS)
            return context

        started.new_context = patient  # type: ignore[method-assign]
        expect.set_options(timeout=PATIENCE_MS)
        yield started
        started.close()


@pytest.fixture
def doctor(system: Settings) -> Iterator[Doctor]:
    """A doctor who has just opened the talk."""
    someone = Doctor(address(system))
    yield someone
    someone.close()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The dialogue's world with the project's own scripts."""
    folder: Path = tmp_path_factory.mktemp("scripts")
    publish(read_scripts(), folder)
    stated = values(Settings(), "niemand")
    return World(Library(folder), Responses.read(), Directory.read(), CoachList(), stated=stated)


def risk_of(name: str) -> Risk:
    """A danger by its name, such as ``middelen.zelf`` or ``verlies.patient``."""
    kind, _, subject = name.partition(".")
    return Risk(risk="crisis" if kind == "verlies" else kind, subject=subject, lost=kind == "verlies")


class Conversation:
    """A talk with the dialogue alone: acts are given, not read."""

    def __init__(self, world: World, seed: int = 0) -> None:
        self.world = world
        self.now = NOW
        # What only the door knows: whether something is kept, or may be seen by a coordinator.
        self.knows: dict[str, Any] = {}
        self.outcome: Outcome = greet(world, Heard(Incoming(text=""), "groet", "geen", NOW), seed)

    @property
    def state(self) -> State:
        return self.outcome.state

    @property
    def effect(self) -> str:
        """What the door is to do with the last turn."""
        return self.outcome.effect

    @property
    def heard(self) -> str:
        """What the bot said last, with the choices, as one text."""
        return shown([reply.model_dump(mode="json") for reply in self.outcome.replies])

    def hear(
        self,
        text: str = "",
        act: str = "vertellen",
        topic: str = "geen",
        *,
        risks: Sequence[str] = (),
        check: bool = False,
        near: bool = False,
        cues: Mapping[str, str] | None = None,
        knows: Mapping[str, Any] | None = None,
        **content: Any,
    ) -> str:
        """Send a message that is read as this act, with dangers such as ``crisis.patient`` (``verlies.patient``: already
        lost), cues with their quotes, and what only the door knows; gives what the bot says."""
        incoming = Incoming(**content) if content else Incoming(text=text)
        crisis = act == "crisis"
        heard = Heard(
            incoming,
            "vertellen" if crisis else act,
            topic,
            self.now,
            after_crisis=crisis,
            risks=tuple(risk_of(name) for name in risks),
            check=check,
            near=near,
            cues=tuple(Cue(name=name, quote=quote) for name, quote in (cues or {}).items()),
            fresh=uuid.uuid4().hex + uuid.uuid4().hex,
            **{**self.knows, **(knows or {})},
        )
        self.outcome = step(self.state, heard, self.world)
        return self.heard

    def act(self, act: str, topic: str = "geen") -> str:
        """Say something that is read as this act."""
        return self.hear(act, act, topic)


@pytest.fixture
def conversation(world: World) -> Conversation:
    """A talk that has just begun."""
    return Conversation(world)
