"""Who may see the dashboard: their accounts, and whether someone at the door is one of them. Every method blocks."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import Engine as Database
from sqlalchemy import delete, func, select, update

from bot.coordinator import credentials
from bot.store.database import rows_changed, sessions
from bot.store.masters import MasterKeys
from bot.store.sealing import seal, unseal
from bot.store.tables import AccountRow

Role = Literal["reader", "editor"]
ROLES: tuple[Role, ...] = get_args(Role)
DEMO = "demo"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class AccountTrouble(Exception):
    """Why an account cannot be made, in one line."""


@dataclass(frozen=True)
class Account:
    """Someone who may see the dashboard. A reader changes nothing; an editor does. demo: made by itself, to look round."""

    name: str
    role: str
    demo: bool


@dataclass(frozen=True)
class Made:
    """What is shown once, when an account is made."""

    name: str
    password: str
    secret: str
    uri: str


class Accounts:
    """The repository of the accounts."""

    def __init__(self, database: Database, review: MasterKeys) -> None:
        """review: the key that seals the secrets of the second factor."""
        self._sessions = sessions(database)
        self._review = review

    def add(self, name: str, password: str, role: Role, *, demo: bool = False) -> Made:
        """Make an account. Raises AccountTrouble, MasterKeyTrouble."""
        if not _NAME.fullmatch(name):
            raise AccountTrouble("A name has 2 to 40 small letters, digits, dots, dashes or underscores.")
        if not credentials.SHORTEST <= len(password) <= credentials.LONGEST:
            raise AccountTrouble(
                f"A password has at least {credentials.SHORTEST} characters, and at most {credentials.LONGEST}."
            )
        secret = credentials.new_secret()
        row = AccountRow(
            name=name,
            password=credentials.hash_password(password),
            totp=seal(secret, self._review.current.key, _place(name)),
            last_step=0,
            role=role,
            demo=demo,
        )
        with self._sessions.begin() as session:
            if session.get(AccountRow, name) is not None:
                raise AccountTrouble(f"There is already an account '{name}'; remove it first to make it anew.")
            session.add(row)
        return Made(name, password, secret, credentials.uri(secret, name))

    def add_demo(self) -> Made | None:
        """Make an account to look round with, with a password of its own; None when there is any account already."""
        if self.any():
            return None
        return self.add(DEMO, secrets.token_urlsafe(12), "editor", demo=True)

    def remove(self, name: str) -> bool:
        """Throw an account away; whoever is signed in with it no longer is. Whether there was one."""
        with self._sessions.begin() as session:
            return rows_changed(session.execute(delete(AccountRow).where(AccountRow.name == name))) > 0

    def any(self) -> bool:
        """Whether there is an account."""
        with self._sessions() as session:
            return session.scalar(select(func.count()).select_from(AccountRow)) != 0

    def all(self) -> list[Account]:
        """Every account, by name."""
        with self._sessions() as session:
            return [_account(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.name))]

    def known(self, name: str) -> bool:
        """Whether there is an account of this name."""
        with self._sessions() as session:
            return session.get(AccountRow, name) is not None

    def check(self, name: str, password: str, code: str, now: dt.datetime) -> Account | None:
        """The account of this name, when password and code are both right; the code is used up by that. It takes as long
        when there is no such account, and does not tell what was wrong. Raises MasterKeyTrouble, SealBroken."""
        with self._sessions() as session:
            row = session.get(AccountRow, name)
        right = credentials.is_right(password[: credentials.LONGEST + 1], row.password if row else credentials.DUMMY)
        secret = unseal(row.totp, self._review.current.key, _place(name)) if row else credentials.new_secret()
        step = credentials.step_of(secret, code, int(now.timestamp()))
        if row is None or not right or step is None:
            return None
        return _account(row) if self._use(name, step) else None

    def _use(self, name: str, step: int) -> bool:
        """Use the code of a step up. Whether it was still to be used: of two at once, one is."""
        used = update(AccountRow).where(AccountRow.name == name, AccountRow.last_step < step).values(last_step=step)
        with self._sessions.begin() as session:
            return rows_changed(session.execute(used)) > 0


def _account(row: AccountRow) -> Account:
    return Account(row.name, row.role, row.demo)


def _place(name: str) -> str:
    return f"account/{name}/totp"
