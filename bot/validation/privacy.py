"""The privacy statement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from bot.statement import Layer
from bot.validation.findings import Finding, open_files, stance


def check(path: Path) -> Iterator[Finding]:
    """Every mistake in the statement. That each sentence has its test is a test of its own."""
    for file in open_files([path]):
        if isinstance(file, Finding):
            yield file
            continue
        for index, raw in enumerate(file.content["layers"]):
            try:
                layer = Layer.model_validate(raw)
            except ValidationError as error:
                yield from file.of_shape(error, ("layers", index))
                continue
            for number, sentence in enumerate(layer.sentences):
                yield from stance(file, ("layers", index, "sentences", number), sentence.text, "text")
