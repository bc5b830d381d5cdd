"""The tables come to be what the code works with, step by step, whatever they were and however many processes start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text

from bot.settings import ROOT, Settings
from bot.store import Store, open_store
from bot.store.database import exclusive, make_tables, open_database, step_of
from bot.store.migrating import scripts
from bot.store.schema import KEYS, MAIN, History, SchemaTrouble
from tests.store.conftest import begun

BOTH = (MAIN, KEYS)
LATER = {
    "r0001.py": (MAIN.folder / "r0001.py").read_text(encoding="utf-8"),
    "r0002_since_0001.py": '''"""Expand."""
import sqlalchemy as sa
from alembic import op
revision = "0002_since_0001"
down_revision = "0001"
def upgrade():
    op.add_column("coach", sa.Column("later", sa.Integer(), nullable=True))
    op.execute("INSERT INTO coach (content) VALUES ('once')")
''',
    "r0003.py": '''"""Contract, by putting a table in the place of another, as SQLite wants it."""
from alembic import op
revision = "0003"
down_revision = "0002_since_0001"
def upgrade():
    with op.batch_alter_table("conversation", recreate="always" if op.get_bind().dialect.name == "sqlite" else "auto") as one:
        one.drop_column("panel")
''',
}


@pytest.fixture
def later(tmp_path: Path) -> History:
    """The history as it may be one day."""
    folder = tmp_path / "later"
    folder.mkdir()
    for name, content in LATER.items():
        (folder / name).write_text(content, encoding="utf-8")

    class Later(History):
        @property
        def folder(self) -> Path:
            return folder

    return Later("main", "PAS_DATABASE", MAIN.metadata)


@pytest.fixture
def main(settings: Settings) -> Iterator[Engine]:
    """The main database, with nothing in it."""
    engine = open_database(settings.database_url)
    yield engine
    engine.dispose()


def engines(store: Store) -> list[tuple[Engine, History]]:
    return [(store.database, MAIN), (store.key_database, KEYS)]


def differences(engine: Engine, history: History) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, history.metadata))


def set_step(engine: Engine, step: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :step"), {"step": step})


def test_what_the_steps_make_is_what_the_code_describes(store: Store) -> None:
    for engine, history in engines(store):
        assert differences(engine, history) == []


def test_a_difference_would_be_seen(store: Store) -> None:
    with store.database.begin() as connection:
        connection.execute(text("ALTER TABLE coach ADD COLUMN beside INTEGER"))
    assert differences(store.database, MAIN)


def test_the_last_step_is_the_one_that_alembic_finds() -> None:
    for history in BOTH:
        known = scripts(history)
        assert known.get_current_head() == history.head
        assert {f"r{step.revision}.py" for step in known.walk_revisions()} == {
            path.name for path in history.folder.glob("r*.py")
        }


def test_a_database_from_before_migrations_is_recognised_and_keeps_what_it_holds(store: Store) -> None:
    talk = begun(store)
    for engine, history in engines(store):
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE alembic_version"))
        assert step_of(engine, history) is None
    store.prepare()
    assert store.conversations.by_token(talk.token) == talk
    for engine, history in engines(store):
        assert step_of(engine, history) == history.head
        assert differences(engine, history) == []


def test_what_an_older_database_from_then_lacks_is_made(store: Store) -> None:
    with store.database.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(text("DROP TABLE reminder"))
    store.prepare()
    assert differences(store.database, MAIN) == []


def test_a_database_of_something_else_is_refused(main: Engine) -> None:
    with main.begin() as connection:
        connection.execute(text("CREATE TABLE conversation (id INTEGER)"))
    with pytest.raises(SchemaTrouble, match="conversation"):
        make_tables(main)
    assert inspect(main).get_table_names() == ["conversation"]


def test_a_database_that_is_newer_is_refused_in_one_line(store: Store, settings: Settings) -> None:
    set_step(store.database, "0999")
    with pytest.raises(SchemaTrouble, match="PAS_DATABASE is newer than this code"):
        store.prepare()
    environment = {
        "PAS_VAR": str(settings.var),
        "PAS_DATABASE": settings.database,
        "PAS_KEY_DATABASE": settings.key_database,
        "PATH": "/usr/bin:/bin",
    }
    for command in ("migrate", "up", "sweep"):
        shown = subprocess.run(
            [sys.executable, "-m", "bot", command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert shown.returncode == 1
        assert len(shown.stderr.strip().splitlines()) == 1 and "newer than this code" in shown.stderr


def test_a_newer_database_that_older_code_can_work_with_is_used(store: Store) -> None:
    set_step(store.database, f"0999_since_{MAIN.head[:4]}")
    store.prepare()
    begun(store)
    set_step(store.database, "0999_since_0998")
    with pytest.raises(SchemaTrouble):
        store.prepare()


def test_when_there_is_nothing_to_do_alembic_is_not_even_imported(store: Store, settings: Settings) -> None:
    code = """
import sys
from bot.settings import settings
from bot.store import open_store
store = open_store(settings())
store.prepare()
sys.exit("alembic" in sys.modules)
"""
    environment = {
        "PAS_VAR": str(settings.var),
        "PAS_DATABASE": settings.database,
        "PAS_KEY_DATABASE": settings.key_database,
    }
    begun(store)
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


def test_the_command_says_from_where_to_where(settings: Settings) -> None:
    environment = {
        "PAS_VAR": str(settings.var),
        "PAS_DATABASE": settings.database,
        "PAS_KEY_DATABASE": settings.key_database,
    }
    told = [
        subprocess.run(
            [sys.executable, "-m", "bot", "migrate"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stderr.splitlines()
        for _ in range(2)
    ]
    assert told[0] == [f"{h.setting}: from nothing to {h.head}" for h in BOTH]
    assert told[1] == [f"{h.setting}: from {h.head} to {h.head}" for h in BOTH]


def test_processes_that_start_at_once_make_one_store(settings: Settings) -> None:
    code = """
import sys
from bot.settings import settings
from bot.store import open_store
sys.stdin.readline()
store = open_store(settings())
store.prepare()
store.check()
"""
    environment = {
        "PAS_VAR": str(settings.var),
        "PAS_DATABASE": settings.database,
        "PAS_KEY_DATABASE": settings.key_database,
    }
    starting = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdin=subprocess.PIPE)
        for _ in range(4)
    ]
    for process in starting:
        assert process.stdin
        process.stdin.write(b"go\n")
        process.stdin.flush()
    assert [process.wait() for process in starting] == [0] * 4
    for process in starting:
        assert process.stdin
        process.stdin.close()
    store = open_store(settings)
    with store.database.connect() as main, store.key_database.connect() as keys:
        assert (
            main.execute(text("SELECT name FROM pairing")).all()
            == keys.execute(text("SELECT name FROM key_pairing")).all()
        )
        assert len(main.execute(text("SELECT name FROM pairing")).all()) == 1
    begun(store)
    for engine, history in engines(store):
        assert differences(engine, history) == []
    store.close()


def test_each_step_is_taken_once_however_many_start_and_what_refers_to_a_table_stays(
    store: Store, later: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = begun(store)
    monkeypatch.setattr("bot.store.database.MAIN", later)
    others = [create_engine(store.database.url) for _ in range(3)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make_tables, [store.database, *others]))
    for other in others:
        other.dispose()
    assert step_of(store.database, later) == "0003"
    with store.database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM coach WHERE content = 'once'")).scalar() == 1
        turns = text("SELECT count(*) FROM turn WHERE conversation_id = :id")
        assert connection.execute(turns, {"id": talk.id}).scalar() == 1
    assert "panel" not in {column["name"] for column in inspect(store.database).get_columns("conversation")}


def test_a_step_that_fails_leaves_everything_as_it_was(
    store: Store, later: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    (later.folder / "r0003.py").write_text(
        'from alembic import op\nrevision = "0003"\ndown_revision = "0002_since_0001"\n'
        'def upgrade():\n    op.drop_column("coach", "later")\n    raise RuntimeError("half-way")\n',
        encoding="utf-8",
    )
    monkeypatch.setattr("bot.store.database.MAIN", later)
    with pytest.raises(RuntimeError, match="half-way"):
        make_tables(store.database)
    assert step_of(store.database, MAIN) == MAIN.head
    assert differences(store.database, MAIN) == []


def test_after_the_lock_a_connection_is_as_any_other(store: Store) -> None:
    with exclusive(store.database) as connection:
        connection.execute(text("SELECT 1"))
    if store.database.dialect.name == "sqlite":
        with store.database.connect() as after:
            assert after.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert after.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
