"""The texts that are no script, from ``data/responses/``, in Rasa's own format: a key with variants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bot.settings import DATA
from bot.yaml import load

PREFIX = "utter_"


class Button(BaseModel):
    """A choice under a text; payload is what it does, resolved by the server and never typed by a doctor.

    hears: other words that a doctor uses for it.
    """

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1)
    payload: str = Field(min_length=1)
    hears: list[str] = []


class Variant(BaseModel):
    """One wording of a text."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1)
    buttons: list[Button] = []


class Responses:
    """All texts by key (without Rasa's ``utter_``)."""

    def __init__(self, variants: dict[str, list[Variant]]) -> None:
        self._variants = variants

    @classmethod
    def read(cls, folder: Path = DATA / "responses") -> Responses:
        """Read every file of a folder. Raises ValueError when a key stands in two files or a text has a bad shape."""
        variants: dict[str, list[Variant]] = {}
        for path in sorted(folder.glob("*.yml")):
            for key, entries in load(path)["responses"].items():
                name = key.removeprefix(PREFIX)
                if name in variants:
                    raise ValueError(f"{path.name}: {key} stands in two files")
                variants[name] = [Variant.model_validate(entry) for entry in entries]
        return cls(variants)

    def __iter__(self) -> Iterator[str]:
        return iter(self._variants)

    def __contains__(self, key: str) -> bool:
        return key in self._variants

    def variants(self, key: str) -> list[Variant]:
        """The wordings of a text. Raises KeyError when there is no such text."""
        return self._variants[key]

    def pick(self, key: str, turn: int = 0) -> Variant:
        """The wording whose turn it is, counting round. Raises KeyError when there is no such text."""
        return self._variants[key][turn % len(self._variants[key])]

    def text(self, key: str, **values: object) -> str:
        """The first wording, filled in. For fixed texts. Raises KeyError when there is no such text."""
        return self._variants[key][0].text.format(**values)
