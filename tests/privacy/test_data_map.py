"""docs/privacy.md says what the code does: every field, every setting, every period."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from annotated_types import Le
from sqlalchemy import Column, LargeBinary, MetaData

from bot.door.hearing import REMEMBERED_FOR, REMEMBERED_LETTERS, REMEMBERED_TALKS
from bot.door.upkeep import SWEEP_SECONDS
from bot.settings import ROOT, Settings
from bot.store import open_store
from bot.store.conversations import LINK_LIFE
from bot.store.keeping import MONTHS
from bot.store.masters import RETIRED_FOR
from bot.store.reminders import LATEST
from bot.store.retention import ORPHANED
from bot.store.tables import Base, KeyBase

TEXT = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
# Of what stands in the settings, only these say nothing of anyone's privacy.
PLAIN_SETTINGS = {"port", "engine_port", "actions_port", "coordinator_port"}
# The half of a key that seals and opens nothing, which anyone may see.
OPEN_BYTES = {"kept_set.public"}
# The cells of a row of a data map.
FIELD, SEALED = 0, 3


def columns(metadata: MetaData) -> dict[str, Column[object]]:
    """Every column as ``table.column``."""
    return {f"{table.name}.{column.name}": column for table in metadata.tables.values() for column in table.columns}


MAIN, KEYS = columns(Base.metadata), columns(KeyBase.metadata)
EVERY = MAIN | KEYS


def rows(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, each as its cells."""
    _, _, after = TEXT.partition(f"# {heading}\n")
    lines = re.split(r"^#", after, maxsplit=1, flags=re.M)[0].splitlines()
    table = [line for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def mapped(heading: str) -> dict[str, list[str]]:
    """The rows of a data map by their field."""
    return {row[FIELD].strip("`"): row for row in rows(heading)}


def mapped_everywhere() -> dict[str, list[str]]:
    """The rows of both data maps."""
    return mapped("1.1 Hoofddatabase") | mapped("1.2 Sleuteldatabase")


def periods() -> dict[str, str]:
    """What the table of periods says of each thing."""
    return {row[0]: row[1] for row in rows("3. Termijnen")}


def days() -> tuple[int, int]:
    """How long a talk is kept by default, and at most."""
    field = Settings.model_fields["retention_days"]
    most = next(limit.le for limit in field.metadata if isinstance(limit, Le))
    return int(field.default), int(str(most))


def lock_minutes() -> int:
    """After how many idle minutes the page locks."""
    page = (ROOT / "bot" / "widget" / "src" / "page.ts").read_text(encoding="utf-8")
    found = re.search(r"LOCK_AFTER = (\d+) \* MINUTE", page)
    assert found
    return int(found.group(1))


def minutes(length: dt.timedelta) -> int:
    """A length of time in whole minutes."""
    return int(length.total_seconds() // 60)


@pytest.mark.parametrize(
    ("heading", "wanted"), [("1.1 Hoofddatabase", MAIN), ("1.2 Sleuteldatabase", KEYS)], ids=["main", "keys"]
)
def test_the_map_of_a_database_names_exactly_its_columns_once(heading: str, wanted: dict[str, object]) -> None:
    named = [row[FIELD].strip("`") for row in rows(heading)]
    assert sorted(named) == sorted(wanted)


def test_no_column_is_named_anywhere_that_does_not_exist() -> None:
    tables = {name.partition(".")[0] for name in EVERY}
    named = re.findall(r"`([a-z_]+)\.([a-z_]+)`", TEXT)
    assert not [f"{table}.{column}" for table, column in named if table in tables and f"{table}.{column}" not in EVERY]


def test_of_every_column_it_is_said_what_for_how_long_and_what_it_could_tell() -> None:
    for field, row in mapped_everywhere().items():
        assert len(row) == 5, field
        assert all(row), field


def test_what_is_stored_as_bytes_is_said_to_be_sealed_and_nothing_else_is() -> None:
    wanted = {name for name, column in EVERY.items() if isinstance(column.type, LargeBinary)} - OPEN_BYTES
    said = {field: row[SEALED] for field, row in mapped_everywhere().items()}
    assert {field for field, sealed in said.items() if sealed.startswith("ja")} == wanted
    assert all(sealed == "nee" for field, sealed in said.items() if field not in wanted)


def test_it_is_said_with_which_key_a_column_is_sealed() -> None:
    keys = {
        "data_key.wrapped": "hoofdsleutel",
        "kept_item.content": "sleutel van de bewaarcode",
        "piece.content": "reviewsleutel",
        "piece_note.content": "reviewsleutel",
        "account.totp": "reviewsleutel",
        "channel_state.content": "kanaalsleutel",
        "channel_room.content": "kanaalsleutel",
        "reminder.content": "sleutel van de herinnering",
        "named_key.wrapped": "hoofdsleutel",
    }
    for field, row in mapped_everywhere().items():
        if row[SEALED].startswith("ja"):
            assert row[SEALED] == f"ja, {keys.get(field, 'gesprekssleutel')}"


def test_every_setting_that_bears_on_privacy_is_explained_and_none_is_made_up() -> None:
    explained = {row[0].strip("`") for row in rows("1.7 Instellingen die ertoe doen")}
    assert explained == {f"PAS_{name.upper()}" for name in set(Settings.model_fields) - PLAIN_SETTINGS}
    known = {f"PAS_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"PAS_[A-Z_]+", TEXT)) <= known


def test_the_periods_are_those_of_the_code() -> None:
    default, most = days()
    said = periods()
    wanted = {
        "gesprek, standaard": f"{default} dagen",
        "gesprek, hoogstens in te stellen": f"{most} dagen",
        "set, na de maand waarin hij het laatst geopend of aangevuld is": f"{MONTHS} maanden",
        "herinnering die niet verstuurd kon worden": f"{LATEST.days} dagen",
        "link naar een verslag werkt": f"{minutes(LINK_LIFE)} minuten",
        "sleutel zonder gesprek": f"{ORPHANED.days} dagen",
        "vervallen hoofdsleutel": f"{minutes(RETIRED_FOR) // 60} uur",
        "pagina op slot": f"{lock_minutes()} minuten",
        "berichten in het geheugen van de deur": f"{minutes(REMEMBERED_FOR) // 60} uur",
    }
    for what, period in wanted.items():
        assert re.match(rf"{period}\b", said[what]), what


def test_the_sweep_runs_as_often_as_is_said() -> None:
    assert (periods()["opruimronde"], SWEEP_SECONDS) == ("elk uur", 3600)


def test_what_the_door_remembers_is_as_much_as_is_said() -> None:
    for number in (REMEMBERED_LETTERS, REMEMBERED_TALKS):
        assert f"{number:,}".replace(",", ".") in TEXT


def test_every_folder_and_file_of_the_keys_is_in_the_map_of_files(tmp_path: Path) -> None:
    chosen = Settings(var=tmp_path)
    store = open_store(chosen)
    chosen.prepare()
    store.prepare()
    store.close()
    # The database itself, the files beside it, and the folders.
    found = {path.relative_to(tmp_path).as_posix().split("-")[0] for path in tmp_path.rglob("*")} - {"keys"}
    explained = " ".join(row[0] for row in rows("1.3 Bestanden in `var/`"))
    assert not [name for name in found if f"`{name}`" not in explained and f"`{name}/" not in explained]


def test_no_other_number_of_days_months_or_minutes_stands_anywhere() -> None:
    known = {
        "dagen": {*days(), ORPHANED.days, LATEST.days},
        "maanden": {MONTHS},
        "minuten": {minutes(LINK_LIFE), lock_minutes()},
    }
    for unit, allowed in known.items():
        assert {int(number) for number in re.findall(rf"(\d+) {unit}", TEXT)} <= allowed, unit
    assert f"{days()[0]} dagen" in TEXT


def test_every_shortcoming_that_is_referred_to_is_described() -> None:
    described = {row[0] for row in rows("6. Wat nog niet klopt")}
    assert described
    assert set(re.findall(r"\bT\d+\b", TEXT)) == described
