"""A real homeserver on loopback: Synapse, from PyPI, in an environment of its own (bin/synapse)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.settings import ROOT
from bot.supervision import free_port
from tests.processes import status

PYTHON = ROOT / "var" / "synapse" / "venv" / "bin" / "python"
DOMAIN = "arts.test"
START_SECONDS = 60
CONFIGURATION = """
server_name: {domain}
report_stats: false
pid_file: {folder}/synapse.pid
signing_key_path: {folder}/signing.key
media_store_path: {folder}/media
log_config: {folder}/log.yaml
registration_shared_secret: {secret}
macaroon_secret_key: {secret}
form_secret: {secret}
trusted_key_servers: []
federation_domain_whitelist: []
presence: {{enabled: false}}
database: {{name: sqlite3, args: {{database: {folder}/homeserver.db}}}}
listeners:
- {{port: {port}, type: http, bind_addresses: [127.0.0.1], resources: [{{names: [client]}}]}}
bcrypt_rounds: 4
rc_message: &many {{per_second: 10000, burst_count: 10000}}
rc_registration: *many
rc_login: {{address: *many, account: *many, failed_attempts: *many}}
rc_joins: {{local: *many, remote: *many}}
rc_joins_per_room: *many
rc_invites: {{per_room: *many, per_user: *many, per_issuer: *many}}
rc_room_creation: *many
"""
LOGGING = """
version: 1
handlers: {file: {class: logging.FileHandler, filename: FOLDER/synapse.log}}
root: {level: WARNING, handlers: [file]}
loggers: {synapse.access: {level: INFO}}
"""


@dataclass
class Homeserver:
    """A running homeserver. admin: the token of someone who may do everything."""

    address: str
    secret: str
    folder: Path
    process: subprocess.Popen[bytes]
    admin: str = ""
    passwords: dict[str, str] = field(default_factory=dict)

    def register(self, name: str, *, admin: bool = False) -> str:
        """Make someone, with a password that is told in `passwords`. Gives the full name."""
        path = f"{self.address}/_synapse/admin/v1/register"
        nonce = httpx.get(path, trust_env=False).json()["nonce"]
        password = secrets.token_hex(8)
        parts = (nonce, name, password, "admin" if admin else "notadmin")
        mac = hmac.new(self.secret.encode(), "\0".join(parts).encode(), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": password, "mac": mac, "admin": admin}
        made = httpx.post(path, json=body, trust_env=False, timeout=30)
        made.raise_for_status()
        self.passwords[made.json()["user_id"]] = password
        if admin:
            self.admin = made.json()["access_token"]
        return str(made.json()["user_id"])

    def limit(self, user: str, a_second: int, at_once: int) -> None:
        """Limit how fast someone may send; none: no limit."""
        path = f"{self.address}/_synapse/admin/v1/users/{user}/override_ratelimit"
        headers = {"Authorization": f"Bearer {self.admin}"}
        body = {"messages_per_second": a_second, "burst_count": at_once}
        answer = httpx.post(path, json=body, headers=headers, trust_env=False)
        answer.raise_for_status()

    def get(self, path: str) -> Any:
        """What an administrator is told."""
        answer = httpx.get(f"{self.address}{path}", headers={"Authorization": f"Bearer {self.admin}"}, trust_env=False)
        return answer.json()

    def stop(self) -> None:
        """Let it be away."""
        self.process.terminate()
        self.process.wait(timeout=30)

    def start(self) -> None:
        """Let it be there (again)."""
        command = [str(PYTHON), "-m", "synapse.app.homeserver", "-c", str(self.folder / "homeserver.yaml")]
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not self._up():
            assert self.process.poll() is None and time.monotonic() < deadline, "the homeserver did not start"

    def asked_for(self, what: str) -> bool:
        """Whether anyone asked for an address with this in it."""
        return what in (self.folder / "synapse.log").read_text()

    def _up(self) -> bool:
        return status(f"{self.address}/health") == 200


@contextmanager
def running(folder: Path) -> Iterator[Homeserver]:
    """A homeserver for as long as it is needed."""
    assert PYTHON.exists(), "the homeserver of these tests is not installed: bin/synapse"
    port, secret = free_port(), secrets.token_hex(16)
    configured = CONFIGURATION.format(domain=DOMAIN, folder=folder, port=port, secret=secret)
    (folder / "homeserver.yaml").write_text(configured)
    (folder / "log.yaml").write_text(LOGGING.replace("FOLDER", str(folder)))
    keys = [str(PYTHON), "-m", "synapse.app.homeserver", "-c", str(folder / "homeserver.yaml"), "--generate-keys"]
    print("starting a homeserver …")
    subprocess.run(keys, cwd=folder, check=True, capture_output=True)
    server = Homeserver(f"http://127.0.0.1:{port}", secret, folder, None)  # type: ignore[arg-type]
    server.start()
    try:
        server.register("beheer", admin=True)
        yield server
    finally:
        server.stop()
