"""Training and starting stock Rasa, in an environment of its own: its tracker store needs an older SQLAlchemy than ours."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import resource
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import httpx

from bench.recorded import Talk
from bench.report import Training
from bench.stock.project import ALL_EPOCHS, CLASSIFIER, EPOCHS, write
from bot.settings import DATA, ROOT, Settings
from bot.supervision import free_port

OLDER = "sqlalchemy==1.4.54"
START_SECONDS, POLL_SECONDS = 300, 0.1
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


class Served(NamedTuple):
    """Stock Rasa as it runs: its address, seconds until it answered, its processes, and its database."""

    address: str
    started_in: float
    processes: list[int]
    database: Path


def environment(folder: Path) -> Path:
    """The Python of stock Rasa: the project's lock, with the SQLAlchemy that Rasa was written for. Made once."""
    python = folder / "venv" / "bin" / "python"
    if python.exists():
        return python
    exported = subprocess.run(
        ["uv", "export", "--frozen", "--no-dev", "--no-hashes", "--no-emit-project", "--quiet"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    lines = [OLDER if line.startswith("sqlalchemy==") else line for line in exported.stdout.splitlines()]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "requirements.txt").write_text("\n".join(lines), encoding="utf-8")
    subprocess.run(["uv", "venv", "--quiet", "--python", "3.11", str(folder / "venv")], cwd=ROOT, check=True)
    subprocess.run(
        ["uv", "pip", "install", "--quiet", "--no-deps", "-r", str(folder / "requirements.txt")],
        cwd=ROOT, check=True, env={**os.environ, "VIRTUAL_ENV": str(folder / "venv")},
    )  # fmt: skip
    return python


def trained(settings: Settings, record: Callable[[], list[Talk]]) -> tuple[list[Talk], Training]:
    """The recorded talks, and stock Rasa trained on them and on the same sentences: both made anew only when sentences or
    scripts changed, as training takes long. Raises CalledProcessError.
    """
    folder = settings.var / "stock"
    python = environment(folder)
    of = _digest()
    kept = folder / "trained.json"
    with contextlib.suppress(FileNotFoundError, ValueError, KeyError):
        known = json.loads(kept.read_text(encoding="utf-8"))
        if known["of"] == of:
            return [Talk.model_validate(talk) for talk in known["talks"]], Training.model_validate(known)
    print("recording the talks …", flush=True)
    talks = record()
    project = folder / "project"
    write(project, talks, tracker_store=str(folder / "rasa.db"), actions="http://127.0.0.1:1")
    print("training stock Rasa: this takes ten minutes and more, once …", flush=True)
    began, before = time.monotonic(), children_cpu()
    with (folder / "training.log").open("wb") as log:
        subprocess.run(
            [python, "-m", "rasa", "train", "--force", "--fixed-model-name", "stock", "--out", str(folder / "models")],
            cwd=project, check=True, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **QUIET},
        )  # fmt: skip
    seconds, cpu_seconds = time.monotonic() - began, children_cpu() - before
    epoch = _seconds_of_an_epoch(folder / "training.log")
    # All cores work on an epoch, so that its share of their seconds is that of the clock's.
    whole = (seconds + (ALL_EPOCHS - EPOCHS) * epoch) / seconds
    found = Training(seconds=seconds * whole, cpu_seconds=cpu_seconds * whole)
    content = {"of": of, **found.model_dump(), "talks": [talk.model_dump() for talk in talks]}
    kept.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return talks, found


def _digest() -> str:
    """Stands for what stock Rasa is trained on: sentences, scripts and the making of its project."""
    digest = hashlib.sha256()
    made_by = [Path(__file__).with_name("project.py"), ROOT / "bot" / "engine" / "stock.py"]
    for path in sorted([*(DATA / "nlu").rglob("*.yml"), *(DATA / "scripts").rglob("*.yml"), *made_by]):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _seconds_of_an_epoch(log: Path) -> float:
    """How long an epoch of the intent classifier took, as Rasa's own progress says at the end of it."""
    told = log.read_text(encoding="utf-8", errors="replace").rpartition(f"Starting to train component '{CLASSIFIER}'")[
        2
    ]
    took, unit = re.findall(r"([\d.]+)(s/it|it/s)", told)[-1]
    return float(took) if unit == "s/it" else 1 / float(took)


def children_cpu() -> float:
    """Seconds that processes which this one started, and which ended, worked in all cores together."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def serving(settings: Settings, talks: Sequence[Talk]) -> Iterator[Served]:
    """Stock Rasa and its action server, with an empty database. Raises TimeoutError when it does not come up."""
    folder = settings.var / "stock"
    python, port, actions = environment(folder), free_port(), free_port()
    database = folder / "rasa.db"
    for file in folder.glob("rasa.db*"):
        file.unlink()
    project = folder / "project"
    write(project, talks, tracker_store=str(database), actions=f"http://127.0.0.1:{actions}")
    with contextlib.ExitStack() as stack:
        log = stack.enter_context((folder / "serving.log").open("wb"))
        began = time.monotonic()
        running = [
            subprocess.Popen(
                [python, "-m", "rasa", *command],
                cwd=project, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **QUIET},
            )
            for command in (
                ["run", "actions", "--port", str(actions)],
                ["run", "--interface", "127.0.0.1", "--port", str(port), "--model", str(folder / "models" / "stock.tar.gz")],
            )
        ]  # fmt: skip
        for process in running:
            stack.callback(process.wait)
            stack.callback(process.terminate)
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/webhooks/rest/", f"http://127.0.0.1:{actions}/health", began)
        yield Served(address, time.monotonic() - began, [process.pid for process in running], database)


def _wait(engine: str, actions: str, began: float) -> None:
    with httpx.Client(timeout=1, trust_env=False) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if client.get(actions).status_code == 200 and client.get(engine).status_code == 200:
                    return
            if time.monotonic() - began > START_SECONDS:
                raise TimeoutError("stock Rasa does not come up: see var/stock/serving.log")
            time.sleep(POLL_SECONDS)
