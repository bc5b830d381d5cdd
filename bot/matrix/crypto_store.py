"""The store of the keys of end-to-end encryption: nio's own, in a database that is encrypted as a whole (SQLCipher).

nio pickles its keys encrypted, but names people, rooms and devices beside them in the clear: who has the disk would know
which doctors talk with the bot.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlcipher3  # noqa: F401 - without it peewee would fall back to another.
from nio.store import SqliteStore
from playhouse.sqlcipher_ext import SqlCipherDatabase


@dataclass
class SealedStore(SqliteStore):
    """The store of nio; the pickle key opens the database too. Raises peewee.DatabaseError when it is another one's."""

    def _create_database(self) -> SqlCipherDatabase:
        Path(self.store_path).mkdir(mode=0o700, parents=True, exist_ok=True)
        # For its owner alone, whatever the umask is.
        Path(self.database_path).touch(mode=0o600)
        pragmas = {"foreign_keys": 1, "secure_delete": 1}
        return SqlCipherDatabase(self.database_path, passphrase=self.pickle_key, pragmas=pragmas)
