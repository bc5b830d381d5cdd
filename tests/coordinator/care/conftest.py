"""The dashboard on a loopback port, for the tests of review and content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.coordinator.accounts import Accounts, Role
from bot.coordinator.app import create_app
from bot.coordinator.audit import Audit
from bot.coordinator.guard import COOKIE
from bot.coordinator.signed_in import SignedIn, form_token
from bot.referrals.coaches import read_csv
from bot.scripts.library import publish
from bot.settings import Settings
from bot.store import Store, open_store
from bot.store.coaches import StoredCoaches
from bot.store.conversations import Known
from bot.store.database import sessions
from bot.store.lessons import Lessons
from bot.store.pieces import Said
from bot.store.review import Review
from bot.validation import read_scripts
from docs.serving import served
from tests.conftest import NOW
from tests.coordinator.conftest import PASSWORD
from tests.store.conftest import begun

TODAY = dt.date(2026, 11, 23)


class Someone(httpx.Client):
    """Someone who signed in, at a browser without scripts."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(base_url=url, cookies={COOKIE: token}, trust_env=False, timeout=30)
        self._proof = {"form_token": form_token(token)}

    def form(
        self, address: str, fields: Mapping[str, str] | None = None, files: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        """Send a form of a page."""
        return self.post(address, data={**(fields or {}), **self._proof}, files=files)


@dataclass
class Site:
    """The pages, what they stand on, and what was seen of them. Each test begins with an empty store."""

    url: str
    settings: Settings
    store: Store
    tokens: dict[str, str]

    def as_(self, role: str) -> Someone:
        """Someone who is signed in with this role."""
        return Someone(self.url, self.tokens[role])

    @property
    def noted(self) -> list[tuple[str, str]]:
        """What was looked at and changed, in order."""
        entries, _ = Audit(self.store.database).last()
        return [(entry.what, entry.which) for entry in reversed(entries)]

    def piece(
        self,
        text: str,
        step: str = "fase",
        what: str = "answered",
        act: str = "vertellen",
        cue: str = "",
        script: str = "apk",
    ) -> Known:
        """A talk with consent of which a coordinator may see this; nothing of it was changed to make it anonymous."""
        known = begun(self.store)
        self.store.pieces.consent(known.id, given=True)
        said = Said(script=script, version=version(script), step=step, text=text, what=what, act=act, cue=cue)
        self.store.pieces.add(known.id, [said])
        self.store.pieces.anonymise(lambda same: same, TODAY)
        return known

    @property
    def review(self) -> Review:
        """The queue."""
        return Review(self.store.database, self.store.review)

    @property
    def lessons(self) -> Lessons:
        """The sentences of coordinators."""
        return Lessons(self.store.database)

    def import_coaches(self, path: Path) -> None:
        """Put the coaches of a file in."""
        found, _ = read_csv(path.read_text(encoding="utf-8"))
        StoredCoaches(sessions(self.store.database)).replace(found)

    def files(self) -> bytes:
        """Every byte of the state folder."""
        return b"".join(path.read_bytes() for path in sorted(self.settings.var.rglob("*")) if path.is_file())


def version(script: str) -> int:
    """The version of a script as it stands in the project."""
    return next(one.version for one in read_scripts() if one.name == script)


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The dashboard, started once, with an editor and a reader who signed in."""
    settings = Settings(var=tmp_path_factory.mktemp("care"))
    settings.prepare()
    store = open_store(settings)
    store.prepare()
    publish(read_scripts(), settings.published)
    accounts, signed_in = Accounts(store.database, store.review), SignedIn(store.database)
    names: tuple[Role, ...] = ("editor", "reader")
    tokens = {str(role): signed_in.begin(accounts.add(role, PASSWORD, role).name, NOW) for role in names}
    with served(create_app(settings, lambda: NOW)) as url:
        yield Site(url, settings, store, tokens)
    store.close()


@pytest.fixture
def site(running: Site) -> Site:
    """The pages, on a store with nothing in it."""
    running.store.erase_all()
    with running.store.database.begin() as connection:
        for table in ("lesson", "coach", "piece", "audit"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    return running


@pytest.fixture
def editor(site: Site) -> Iterator[Someone]:
    """Someone who may change things."""
    with site.as_("editor") as client:
        yield client


@pytest.fixture
def reader(site: Site) -> Iterator[Someone]:
    """Someone who may only read."""
    with site.as_("reader") as client:
        yield client
