"""Whom the attacks are after, and through which door."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterator

import pytest

from bot.coordinator.accounts import Accounts, Made, Role
from bot.settings import Settings
from bot.store import Store
from bot.supervision import address
from tests.conftest import Doctor
from tests.coordinator.conftest import PASSWORD
from tests.faults.attack.attacking import (
    TO_FREE_TEXT,
    Victim,
)
from tests.privacy.searching import marked
from tests.processes import USUAL, door_alone


@pytest.fixture(scope="module")
def store(system_store: Store) -> Store:
    """The store of the running system."""
    return system_store


@pytest.fixture(scope="module")
def victim(system: Settings, store: Store) -> Iterator[Victim]:
    """A doctor in the middle of a script, of which something is kept."""
    doctor, word, message = Doctor(address(system)), marked(), str(uuid.uuid4())
    for line in TO_FREE_TEXT:
        doctor.say(line)
    doctor.client.post("/api/message", json={"id": message, "text": f"ik luister naar {word}"}).raise_for_status()
    code = doctor.client.post("/api/keep").json()["code"]
    yield Victim(doctor, word, code, store.conversations.by_token(doctor.token).id, message)
    doctor.close()


@pytest.fixture
def working(doctor: Doctor) -> Doctor:
    """Another doctor in the middle of the same script."""
    for line in ("ik wil de loopbaan-APK doen", "kort", "4"):
        doctor.say(line)
    return doctor


@pytest.fixture(scope="module")
def limited(system: Settings) -> Iterator[str]:
    """Another door of the system, with the usual limits."""
    engine = f"http://127.0.0.1:{system.engine_port}"
    with door_alone(system.var, PAS_ENGINE_URLS=engine, **USUAL) as made:
        yield made.doors[0]


@pytest.fixture
def account(store: Store) -> Callable[..., Made]:
    """Makes accounts of which nobody heard before."""
    accounts = Accounts(store.database, store.review)

    def make(role: Role = "editor") -> Made:
        return accounts.add(f"c{secrets.token_hex(6)}", PASSWORD, role)

    return make
