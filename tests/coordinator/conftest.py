"""The real dashboard on a state folder of its own, with a clock in our hands."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.coordinator import credentials
from bot.coordinator.accounts import Accounts, Made, Role
from bot.coordinator.app import create_app
from bot.coordinator.signed_in import SignedIn
from bot.responses import Responses
from bot.settings import Settings
from bot.store import Store, open_store
from tests.clock import Clock
from tests.conftest import NOW

HOME = "http://localhost:8083"
PASSWORD = "vier bomen langs de vaart"
# Reading a form's token is what a browser does.
_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


class Visitor:
    """Someone at a browser without JavaScript."""

    def __init__(self, dashboard: Dashboard, address: str = "10.0.0.1") -> None:
        self.dashboard = dashboard
        self.client = TestClient(dashboard.app, HOME, client=(address, 1), follow_redirects=False)

    def get(self, path: str) -> Any:
        """Look at a page."""
        return self.client.get(path)

    def post(self, path: str, origin: str | None = HOME, **fields: str) -> Any:
        """Send a form, as a page of this origin would."""
        headers = {} if origin is None else {"Origin": origin}
        return self.client.post(path, data=fields, headers=headers)

    def enter(self, made: Made, **wrong: str) -> Any:
        """Sign in, with the code of now, or with something else for one of the three."""
        code = credentials.code(made.secret, int(self.dashboard.clock.now.timestamp()))
        given = {"naam": made.name, "wachtwoord": made.password, "code": code, **wrong}
        return self.post("/inloggen", **given)

    @property
    def form_token(self) -> str:
        """The token of the forms of this session."""
        found = _TOKEN.search(self.get("/").text)
        assert found
        return found.group(1)

    @property
    def cookies(self) -> list[str]:
        """The tokens that this browser keeps."""
        return [str(cookie.value) for cookie in self.client.cookies.jar]


class Dashboard:
    """The dashboard, and who may see it."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.clock = Clock(NOW)
        self.settings = settings
        self.store = store
        self.app: FastAPI = create_app(settings, self.clock)
        self.accounts = Accounts(store.database, store.review)

    def account(self, name: str = "anna", role: Role = "editor") -> Made:
        """A new account."""
        return self.accounts.add(name, PASSWORD, role)

    def visitor(self, address: str = "10.0.0.1") -> Visitor:
        """Someone who was never here."""
        return Visitor(self, address)

    def signed_in(self, name: str = "anna", role: Role = "editor") -> Visitor:
        """Someone who signed in with a new account a moment ago, however that went."""
        someone = self.visitor()
        token = SignedIn(self.store.database).begin(self.account(name, role).name, self.clock.now)
        someone.client.cookies.set("pas_coordinator", token, domain="localhost.local", path="/")
        return someone


@pytest.fixture(scope="session")
def responses() -> Responses:
    """The texts, read once for all."""
    return Responses.read()


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are read as they always are, with less memory and fewer passes: that they take long has a test of its own."""
    for name, less in (("_PASSES", 1), ("_MEMORY_KIB", 64)):
        monkeypatch.setattr(credentials, name, less)
    monkeypatch.setattr(credentials, "DUMMY", credentials.hash_password("a password that was thrown away"))


@pytest.fixture(scope="session")
def new_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with its tables and keys, to be copied: making it takes longer than most tests."""
    settings = Settings(var=tmp_path_factory.mktemp("new"))
    settings.prepare()
    store = open_store(settings)
    store.prepare()
    store.review.make()
    store.close()
    return settings.var


@pytest.fixture
def dashboard(
    tmp_path: Path, new_folder: Path, responses: Responses, cheap_passwords: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Dashboard]:
    """A dashboard that nobody used yet."""
    monkeypatch.setattr("bot.coordinator.app.Responses.read", lambda: responses)
    shutil.copytree(new_folder, tmp_path, dirs_exist_ok=True)
    settings = Settings(var=tmp_path)
    store = open_store(settings)
    made = Dashboard(settings, store)
    with TestClient(made.app):
        yield made
    store.close()
