"""The directory of coaches that a coordinator imports: only what they publish themselves."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.messages import Link
from bot.spreadsheet import FORMULA

ONLINE = "online"
LISTS = ("themas", "vormen", "regios")


class Coach(BaseModel):
    """One coach. themas are subjects of the scripts, vormen forms of support, regios the first two digits of
    postcodes, or 'online'."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    naam: str = Field(min_length=1, max_length=120)
    themas: list[Annotated[str, Field(pattern=r"^[a-z-]+$")]] = Field(min_length=1)
    vormen: list[Annotated[str, Field(min_length=1, max_length=60)]] = Field(min_length=1)
    regios: list[Annotated[str, Field(pattern=r"^([1-9]\d|online)$")]] = Field(min_length=1)
    web: str = Field(default="", pattern=r"^(https://\S+)?$")
    telefoon: str = Field(default="", pattern=r"^(\+?[0-9]{3,15})?$")
    email: str = Field(default="", pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")

    @field_validator(*LISTS, mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [p.strip() for p in value.split(";") if p.strip()] if isinstance(value, str) else value

    @field_validator("telefoon", mode="before")
    @classmethod
    def _digits(cls, value: object) -> object:
        return value.replace(" ", "").replace("-", "") if isinstance(value, str) else value

    def links(self) -> list[Link]:
        """The ways to reach this coach."""
        ways = (("web", ""), ("telefoon", "tel:"), ("email", "mailto:"))
        return [Link(label=v.removeprefix("https://"), href=p + v) for name, p in ways if (v := getattr(self, name))]

    def where(self) -> str:
        """The regions, as words."""
        return ", ".join(self.regios)


class Coaches(Protocol):
    """Wherever the coaches are kept."""

    def any(self) -> bool:
        """Whether there are any."""

    def find(self, theme: str, region: str, form: str) -> list[Coach]:
        """Those who fit, the best first."""


class CoachList:
    """Coaches in memory."""

    def __init__(self, coaches: Sequence[Coach] = ()) -> None:
        self._coaches = coaches

    def all(self) -> list[Coach]:
        """Every coach."""
        return list(self._coaches)

    def any(self) -> bool:
        """Whether there are any."""
        return bool(self._coaches)

    def find(self, theme: str, region: str, form: str) -> list[Coach]:
        """Those who work in a region (or online) and fit the theme or the form; who fits both, and is near, first.

        Without a region everyone counts as near; without a theme (geen) everyone fits.
        """
        scored = [(self._score(c, theme, region, form), i, c) for i, c in enumerate(self._coaches)]
        return [c for score, _, c in sorted(scored, key=lambda s: (-s[0], s[1])) if score > 0]

    @staticmethod
    def _score(coach: Coach, theme: str, region: str, form: str) -> int:
        fits = (theme in coach.themas) * 4 + (form.casefold() in (v.casefold() for v in coach.vormen)) * 2
        if theme == "geen":
            fits += 1
        near = not region or region in coach.regios
        return fits * 2 + near if fits and (near or ONLINE in coach.regios) else 0


def read_csv(text: str) -> tuple[list[Coach], list[tuple[int, str]]]:
    """The coaches in a CSV file with a header, and what is wrong with it: a line and a field (or 'kop') each."""
    reader = csv.DictReader(StringIO(text), delimiter=_delimiter(text))
    coaches: list[Coach] = []
    wrong: list[tuple[int, str]] = []
    try:
        if sorted(reader.fieldnames or ()) != sorted(Coach.model_fields):
            return [], [(1, "kop")]
        for row in reader:
            try:
                coaches.append(Coach.model_validate({name: _plain(cell) for name, cell in row.items()}))
            except ValidationError as error:
                wrong += [(reader.line_num, str(name)) for name in _fields(error)]
    except csv.Error:
        # A cell that is larger than any can be, as where a quotation mark was never closed.
        wrong.append((reader.line_num, "rij"))
    return coaches, wrong


def write_csv(coaches: Iterable[Coach]) -> str:
    """These coaches as :func:`read_csv` reads them. No spreadsheet takes a cell of it for a formula."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(Coach.model_fields)
    for coach in coaches:
        cells = ["; ".join(cell) if isinstance(cell, list) else cell for cell in coach.model_dump().values()]
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return out.getvalue()


def _plain(cell: object) -> object:
    """A cell without the sign that :func:`write_csv` put before it."""
    shielded = isinstance(cell, str) and cell.startswith(tuple(f"'{sign}" for sign in FORMULA))
    return cell[1:] if shielded and isinstance(cell, str) else cell


def _fields(error: ValidationError) -> Iterable[str]:
    names = [str(e["loc"][0]) if e["loc"] else "" for e in error.errors()]
    return dict.fromkeys(name if name in Coach.model_fields else "rij" for name in names)


def _delimiter(text: str) -> str:
    """A comma or, as Dutch spreadsheets write it, a tab."""
    head = text.partition("\n")[0]
    return "\t" if "\t" in head else ","
