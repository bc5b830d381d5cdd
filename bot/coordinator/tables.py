"""Tables as rows of cells, for the page, CSV and JSON. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.spreadsheet import FORMULA

BOM = "\ufeff"
# What a Dutch spreadsheet takes for the end of a cell.
BETWEEN = ";"
Value = str | int | bool | None


@dataclass(frozen=True)
class Column:
    """A column: its name for machines, its heading for people, and whether it holds figures."""

    name: str
    heading: str
    figure: bool = False


@dataclass(frozen=True)
class Table:
    """Columns and rows. In a column of figures None is a figure that is withheld."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


def escaped(text: str) -> str:
    """A text that a spreadsheet shows and never calculates."""
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def to_csv(table: Table, withheld: str, yes: str, no: str) -> str:
    """The table as CSV that opens well in a spreadsheet; withheld: the words for a figure that is not told."""

    def shown(value: Value) -> str | int:
        if value is None:
            return withheld
        if isinstance(value, bool):
            return yes if value else no
        return escaped(value) if isinstance(value, str) else value

    out = io.StringIO()
    writer = csv.writer(out, delimiter=BETWEEN, lineterminator="\r\n")
    writer.writerow([escaped(column.heading) for column in table.columns])
    writer.writerows([[shown(value) for value in row] for row in table.rows])
    return BOM + out.getvalue()


def to_json(table: Table) -> str:
    """The table as a list of objects; a figure that is withheld is null."""
    names: Sequence[str] = [column.name for column in table.columns]
    # A row a line: what indents by itself takes ten times as long.
    rows = (json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in table.rows)
    return "[\n" + ",\n".join(rows) + "\n]\n"
