"""Follow-up questions (`data/probes.yml`): for each cue, what a good supervisor would ask on about."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.scripts.schema import Length
from bot.settings import DATA
from bot.yaml import load

FILE = DATA / "probes.yml"
# The place in a follow-up question for the doctor's own words.
QUOTE = "citaat"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Probe(_Model):
    """The follow-up questions of one cue, and why such a question is asked."""

    why: Annotated[str, Field(min_length=1)]
    ask: Annotated[list[str], Field(min_length=3)]


class Limits(_Model):
    """How often the bot may ask on in one script, by its length."""

    kort: int = Field(ge=0)
    volledig: int = Field(ge=0)

    def of(self, length: Length) -> int:
        """The limit of a length."""
        return self.kort if length == "kort" else self.volledig


class Probes(_Model):
    """All follow-up questions, the cue that is most worth asking on about first."""

    limits: Limits
    cues: dict[str, Probe]


@cache
def read_probes(path: Path = FILE) -> Probes:
    """The follow-up questions of a file. Raises OSError, YAMLError or pydantic.ValidationError."""
    return Probes.model_validate(load(path))
