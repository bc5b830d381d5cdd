"""Taking the steps from the tables that a database has to those that the code works with, with Alembic."""

from __future__ import annotations

from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect

from bot.store.schema import History, SchemaTrouble


def scripts(history: History) -> ScriptDirectory:
    """The steps of a database, as Alembic knows them."""
    config = Config()
    config.set_main_option("script_location", str(history.folder))
    config.set_main_option("version_locations", str(history.folder))
    config.set_main_option("path_separator", "newline")
    return ScriptDirectory.from_config(config)


def migrate(connection: Connection, history: History, to: str = "head") -> None:
    """Take every step up to one, in the transaction of this connection. Raises SchemaTrouble, and
    sqlalchemy.exc.SQLAlchemyError; what was done is undone with the transaction."""
    known = scripts(history)

    def steps(at: Any, context: MigrationContext) -> Any:
        return known._upgrade_revs(to, at)

    with EnvironmentContext(Config(), known, fn=steps, destination_rev=to) as environment:
        environment.configure(connection=connection, target_metadata=history.metadata)
        environment.run_migrations()
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise SchemaTrouble(f"{history.setting}: after migrating something refers to what is not there")


def adopt(connection: Connection, tables: MetaData) -> None:
    """Make these tables, apart from those that a database from before migrations already has. Raises SchemaTrouble when
    one of those is of something else."""
    found = inspect(connection)
    for name in set(found.get_table_names()) & set(tables.tables):
        missing = set(tables.tables[name].columns.keys()) - {column["name"] for column in found.get_columns(name)}
        if missing:
            raise SchemaTrouble(
                f"the table {name} is not as this project made it: it has no {', '.join(sorted(missing))}"
            )
    tables.create_all(connection)
