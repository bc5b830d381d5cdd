"""What is kept: tables, sealing and its keys, repositories, retention, Rasa's tracker store."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Engine as Database

from bot.settings import Settings
from bot.store.channels import Channel, forget_rooms
from bot.store.conversations import Conversations
from bot.store.database import close_off, make_key_table, make_tables, open_database
from bot.store.keeping import Keeping
from bot.store.keys import ConversationKeys
from bot.store.masters import MasterKeys
from bot.store.named_keys import NamedKeys
from bot.store.pairing import check_pair, pair
from bot.store.pieces import Pieces
from bot.store.reminders import Reminders


@dataclass(frozen=True)
class Store:
    """Both databases, and the repositories on them."""

    database: Database
    key_database: Database
    keys: ConversationKeys
    conversations: Conversations
    keeping: Keeping
    pieces: Pieces
    review: MasterKeys
    named_keys: NamedKeys
    reminders: Reminders

    def prepare(self) -> None:
        """Bring the tables up to date and make the keys that are not there yet; several processes may do so at once. Raises
        sqlalchemy.exc.SQLAlchemyError, MasterKeyTrouble, NotPaired or SchemaTrouble."""
        make_tables(self.database)
        make_key_table(self.key_database)
        pair(self.database, self.key_database)
        self.keys.prepare()
        if not self.pieces.any_shown():
            self.review.make()

    def check(self) -> None:
        """Raises NotPaired when these are not the databases of one store, and sqlalchemy.exc.SQLAlchemyError."""
        check_pair(self.database, self.key_database)

    def close_off(self, trouble: Exception) -> None:
        """Let nothing more be read or written: from now on everything raises this."""
        close_off(self.database, trouble)
        close_off(self.key_database, trouble)

    def erase_all(self) -> tuple[int, int]:
        """Throw away every talk, everything that is kept, every reminder, and what is known of rooms. Gives how many
        talks and kept sets that were."""
        talks = self.conversations.all() | self.keys.all(dt.date.max)
        for identifier in talks:
            self.conversations.erase(identifier)
        self.reminders.drop_all()
        forget_rooms(self.database, dt.date.max)
        return len(talks), self.keeping.throw_away_all()

    def channel(self, name: str, account: str) -> Channel:
        """What an account of a messenger keeps. Raises what the store raises when it cannot be used."""
        return Channel(self.database, self.named_keys, name, account)

    def close(self) -> None:
        """Let go of the connections."""
        self.database.dispose()
        self.key_database.dispose()


def open_store(settings: Settings) -> Store:
    """The store of these settings. Nothing is read or made yet, so it opens also when the databases are away."""
    database, key_database = open_database(settings.database_url), open_database(settings.key_database_url)
    masters = MasterKeys(settings.master_key_path, settings.master_key.get_secret_value())
    review = MasterKeys(settings.review_key_path)
    keys = ConversationKeys(key_database, masters)
    conversations = Conversations(database, keys)
    named_keys = NamedKeys(key_database, masters)
    return Store(
        database,
        key_database,
        keys,
        conversations,
        Keeping(database),
        Pieces(database, keys, conversations, review),
        review,
        named_keys,
        Reminders(database, named_keys),
    )
