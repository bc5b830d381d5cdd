"""The privacy statement, from ``data/privacy.yml``: layers of sentences, each with the test that holds it to its word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.settings import DATA, Settings
from bot.yaml import load

Channel = Literal["web", "matrix"]


class Sentence(BaseModel):
    """One sentence; channels: where it is true (everywhere when none is named); test: what fails when it is not."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1)
    test: str = Field(pattern=r"^tests/[a-z_/]+\.py::test_[a-z0-9_]+$")
    channels: Sequence[Channel] = ()


class Layer(BaseModel):
    """A part of the statement. The first one is the short version."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[a-z]+$")
    title: str
    sentences: list[Sentence] = Field(min_length=1)

    def read(self, channel: Channel, values: Mapping[str, str]) -> list[str]:
        """The sentences that are true in a channel, with what differs from place to place (see :func:`values`)."""
        return [s.text.format(**values) for s in self.sentences if not s.channels or channel in s.channels]


class Statement(BaseModel):
    """The whole statement."""

    model_config = ConfigDict(extra="forbid")

    layers: list[Layer] = Field(min_length=1)

    def layer(self, identifier: str) -> Layer:
        """A layer by its id. Raises KeyError."""
        return {layer.id: layer for layer in self.layers}[identifier]


def values(settings: Settings, nobody: str) -> dict[str, str]:
    """What the sentences are filled in with; nobody: the words where no one is named as responsible."""
    return {"dagen": str(settings.retention_days), "verantwoordelijke": settings.controller or nobody}


def usual() -> dict[str, str]:
    """The values where nothing was set."""
    return values(Settings.model_construct(), "")


@cache
def read_statement(path: Path = DATA / "privacy.yml") -> Statement:
    """The statement in a file. Raises OSError, YAMLError or pydantic.ValidationError."""
    return Statement.model_validate(load(path))
