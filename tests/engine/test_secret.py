"""Engine and actions take nothing from who does not know the secret of this machine, and have no other way in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.engine.names import CHANNEL, SECRET_HEADER
from bot.settings import Settings
from tests.processes import ACTIONS, Processes, status

# In the table of the system: this machine, and a socket that listens.
LOOPBACK, LISTENING = "0100007F", "0A"
TURN = f"/webhooks/{CHANNEL}/turn"
# What Rasa's own server has, and the demonstration channels that come with it.
OF_RASA = (
    "/conversations/x/tracker", "/conversations/x/messages", "/model", "/model/parse", "/model/train", "/status",
    "/version", "/domain", "/webhooks/rest/webhook", "/webhooks/callback/webhook", "/socket.io/",
)  # fmt: skip


@pytest.fixture(scope="module")
def actions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of actions that have a process of their own."""
    with Processes(Settings(var=tmp_path_factory.mktemp("actions")), [ACTIONS]).running() as alone:
        yield alone.address(ACTIONS)


@pytest.fixture
def engine(system: Settings) -> str:
    """The address of the engine."""
    return f"http://127.0.0.1:{system.engine_port}"


@pytest.mark.parametrize("given", [None, "", "fout", "x" * 43])
@pytest.mark.parametrize("path", [TURN, "/webhook"])
def test_a_turn_without_the_secret_is_refused(engine: str, actions: str, path: str, given: str | None) -> None:
    headers = {} if given is None else {SECRET_HEADER: given}
    address = (engine if path == TURN else actions) + path
    answer = httpx.post(address, json={"next_action": "action_reply"}, headers=headers, trust_env=False)
    assert answer.status_code == 403
    assert "action_reply" not in answer.text


@pytest.mark.parametrize("path", OF_RASA)
def test_what_rasa_brings_along_is_not_there(engine: str, path: str) -> None:
    assert status(engine + path) in (403, 404, 405)
    assert httpx.post(engine + path, json={}, trust_env=False).status_code in (403, 404, 405)


def test_the_actions_show_nothing_else_without_the_secret(actions: str) -> None:
    assert status(f"{actions}/actions") == 403
    assert status(f"{actions}/health") == 200


def test_both_listen_on_this_machine_only(engine: str, actions: str) -> None:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    listening = {int(row[1].split(":")[1], 16): row[1].split(":")[0] for row in rows if row[3] == LISTENING}
    for address in (engine, actions):
        assert listening[int(address.rpartition(":")[2])] == LOOPBACK
