"""Training the language model, only when what it is made from has changed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot import fingerprints
from bot.language import dutch
from bot.settings import DATA, ROOT, Settings

INPUTS = (
    ROOT / "config.yml",
    ROOT / "domain.yml",
    ROOT / "bot" / "engine" / "components.py",
    ROOT / "bot" / "engine" / "importer.py",
    ROOT / "bot" / "language" / "concepts.py",
    ROOT / "bot" / "language" / "dutch.py",
    ROOT / "bot" / "language" / "intents.py",
    DATA / "language" / "concepts.yml",
)
FOLDERS = (DATA / "nlu", DATA / "rules")
KEPT = 3
CURRENT = "current.json"


class TrainingFailed(Exception):
    """The language model could not be trained; the message says where to read why."""


class ModelCorrupt(Exception):
    """A model file is not the one that was trained."""


def fingerprint() -> str:
    """Stands for everything the model is made from: data, rules, domain, configuration, Dutch and Rasa."""
    paths = [*INPUTS, *(path for folder in FOLDERS for path in folder.rglob("*.yml"))]
    return fingerprints.fingerprint(paths, dutch.name(), importlib.metadata.version("rasa"))


def verified_model(settings: Settings) -> Path:
    """The model that was trained last: it stays in use until another is trained, also when its inputs change meanwhile.

    Raises FileNotFoundError when none was trained, ModelCorrupt when the file is not what training wrote (a model
    file is code, so it is never loaded on trust).
    """
    current = _current(settings)
    path = settings.models / f"{current['fingerprint']}.tar.gz"
    if _checksum(path) != current["sha256"]:
        raise ModelCorrupt(path.name)
    return path


def train(settings: Settings, progress: Callable[[str], None]) -> Path:
    """Train the language model if its inputs changed, telling progress. Raises TrainingFailed."""
    settings.prepare()
    wanted = fingerprint()
    try:
        if _current(settings)["fingerprint"] == wanted:
            return verified_model(settings)
    except (FileNotFoundError, ModelCorrupt):
        pass
    path = settings.models / f"{wanted}.tar.gz"
    log = settings.logs / "training.log"
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.engine.training", str(settings.models), path.name],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        while True:
            try:
                status = process.wait(timeout=5)
                break
            except subprocess.TimeoutExpired:
                progress(f"training the language model … {time.monotonic() - began:.0f} s")
    if status != 0 or not path.exists():
        raise TrainingFailed(str(log))
    part = settings.models / f"{CURRENT}.{os.getpid()}"
    part.write_text(json.dumps({"fingerprint": wanted, "sha256": _checksum(path)}), encoding="ascii")
    part.replace(settings.models / CURRENT)
    progress(f"trained the language model in {time.monotonic() - began:.0f} s")
    _forget_old(settings)
    return path


def _current(settings: Settings) -> dict[str, str]:
    """Which model is in use. Raises FileNotFoundError when there is none."""
    try:
        found: dict[str, str] = json.loads((settings.models / CURRENT).read_text(encoding="ascii"))
    except ValueError:
        raise FileNotFoundError(CURRENT) from None
    return found


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _forget_old(settings: Settings) -> None:
    models = sorted(settings.models.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in models[KEPT:]:
        old.unlink()


def _main(folder: str, name: str) -> None:
    """Train in a process of its own, so that the caller need not import Rasa."""
    from bot.engine.quiet import quiet
    from bot.engine.tensorflow_free import leave_out_tensorflow

    quiet()
    leave_out_tensorflow()
    from rasa.model_training import TrainingType, _train_graph

    from bot.engine.importer import Importer

    # What Rasa's `train` does, but for the importers that it wraps around ours.
    result = _train_graph(
        Importer(ROOT / "config.yml", ROOT / "domain.yml", *FOLDERS),
        TrainingType.BOTH,
        folder,
        name.removesuffix(".tar.gz"),
        force_full_training=True,
    )
    sys.exit(0 if result.model else 1)


if __name__ == "__main__":
    _main(*sys.argv[1:3])
