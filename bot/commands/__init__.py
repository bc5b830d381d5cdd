"""What each command does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot import logs
from bot.clock import utc_now
from bot.commands.common import Trouble
from bot.commands.common import chosen_settings as _settings
from bot.commands.common import say as _say
from bot.commands.language import anonymise, anonymiser, evaluate, parse, train
from bot.commands.scripts import is_live, new_script, preview, publish, validate
from bot.memory import hold_collecting
from bot.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.coordinator.accounts import Accounts, Made
    from bot.store import Store

# What stands in modules of its own; a command is found here by its name.
__all__ = ["Trouble", "anonymise", "evaluate", "new_script", "parse", "preview", "publish", "train", "validate"]


def coaches(arguments: argparse.Namespace) -> int:
    """Import the directory of coaches, all or nothing."""
    from bot.referrals.coaches import read_csv
    from bot.responses import Responses
    from bot.store.coaches import StoredCoaches
    from bot.store.database import make_tables, open_database, sessions
    from bot.store.schema import SchemaTrouble

    chosen, texts = _settings(), Responses.read()
    found, wrong = read_csv("\n".join(_lines(arguments.file)) + "\n")
    for line, field in wrong:
        _say(f"{arguments.file}:{line}: {texts.text(f'coaches_{field}')}")
    if wrong or not found:
        _say(texts.text("coaches_niets"))
        return 1
    database = open_database(chosen.database_url)
    try:
        make_tables(database)
    except SchemaTrouble as trouble:
        raise Trouble(f"{trouble}.") from None
    StoredCoaches(sessions(database)).replace(found)
    _say(texts.text("coaches_klaar", aantal=len(found)))
    return 0


def migrate(_: argparse.Namespace) -> int:
    """Bring the tables of both databases up to what this code works with."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.store.database import make_key_table, make_tables, open_database, step_of
    from bot.store.schema import KEYS, MAIN, SchemaTrouble

    chosen = _settings()
    both = ((MAIN, chosen.database_url, make_tables), (KEYS, chosen.key_database_url, make_key_table))
    for history, url, bring_up in both:
        database = open_database(url)
        try:
            before = step_of(database, history)
            bring_up(database)
            _say(f"{history.setting}: from {before or 'nothing'} to {step_of(database, history)}")
        except SchemaTrouble as trouble:
            raise Trouble(f"{trouble}.") from None
        except SQLAlchemyError as error:
            raise Trouble(f"{history.setting} cannot be used: {type(error).__name__}") from None
        finally:
            database.dispose()
    return 0


def keys(_: argparse.Namespace) -> int:
    """Rotate the master key."""
    with _store() as store:
        _say(f"{store.keys.rotate(utc_now())} talks are under the new master key")
    return 0


def erase(arguments: argparse.Namespace) -> int:
    """Erase one talk, one set of kept reflections, or all of them."""
    from bot.store.conversations import UnknownConversation
    from bot.store.keepcode import read_code
    from bot.store.keeping import UnknownCode

    with _store() as store:
        if arguments.all:
            talks, kept = store.erase_all()
            _say(f"erased: {talks} talks, {kept} times something that was kept")
            return 0
        given = sys.stdin.readline().strip()
        try:
            if code := read_code(given):
                store.keeping.throw_away(store.keeping.open(code, utc_now().date())[0].set_id)
            else:
                store.conversations.erase(store.conversations.by_token(given).id)
        except (UnknownConversation, UnknownCode):
            raise Trouble("Nothing is known under that token or code.") from None
    _say("erased")
    return 0


def sweep(_: argparse.Namespace) -> int:
    """Throw away what was kept long enough."""
    from bot.store.retention import sweep as run

    with _store() as store:
        swept = run(store, utc_now(), _settings().retention_days)
    _say(f"thrown away: {swept.talks} talks, {swept.kept} times something that was kept")
    return 0


def demo(arguments: argparse.Namespace) -> int:
    """Fill the coordinator's pages with simulated figures."""
    from bot.coordinator.simulate import refill
    from bot.dialogue.talk import World
    from bot.referrals.coaches import CoachList

    if publish(arguments) != 0:
        raise Trouble("The scripts have mistakes (see above); nothing was simulated.")
    chosen = _settings()
    world = World.read(chosen, CoachList())
    with _store() as store:
        cells = refill(store.database, world, arguments.talks, 1, utc_now().date(), chosen.smallest, _say)
    _say(f"simulated: {arguments.talks} talks, {cells} cells; the real figures are as they were")
    return 0


def review(_: argparse.Namespace) -> int:
    """Anonymise the pieces that wait."""
    from bot.anonymiser.spans import replace

    chosen = _settings()
    logs.configure(chosen.log_level, chosen.log_format)
    with _store() as store:
        if not store.pieces.any_waiting():
            _say("nothing waits")
            return 0
        find = anonymiser()
        done = store.pieces.anonymise(lambda text: replace(text, find(text)), utc_now().date())
    _say(f"anonymised: {done} pieces")
    return 0


@contextmanager
def _store() -> Iterator[Store]:
    """The store, for as long as a command needs it. Raises Trouble when it cannot be used."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.store import open_store
    from bot.store.masters import MasterKeyTrouble

    store = open_store(_settings())
    try:
        store.prepare()
        yield store
    except MasterKeyTrouble as trouble:
        raise Trouble(str(trouble)) from None
    except SQLAlchemyError as error:
        raise Trouble(f"The database cannot be used: {type(error).__name__}") from None
    finally:
        store.close()


def up(_: argparse.Namespace) -> int:
    """Start everything."""
    from bot import supervision

    chosen = _settings()
    try:
        supervision.check(chosen)
    except supervision.CannotStart as error:
        raise Trouble(str(error)) from None
    train(_)
    if not is_live(chosen) and publish(_) != 0:
        raise Trouble("The scripts have mistakes (see above); nothing was started.")
    _show_demo(chosen)
    supervision.run(chosen)
    return 0


def coordinator(arguments: argparse.Namespace) -> int:
    """Make, throw away or list accounts of the dashboard."""
    from bot.coordinator.accounts import AccountTrouble

    with _accounts() as accounts:
        if arguments.what == "list":
            for account in accounts.all():
                print(f"{account.name}\t{account.role}{' (demo)' if account.demo else ''}")
        elif arguments.what == "remove":
            if not accounts.remove(arguments.name):
                raise Trouble(f"There is no account '{arguments.name}'.")
            _say(f"removed: {arguments.name}")
        else:
            try:
                _show(accounts.add(arguments.name, _password(), arguments.role))
            except AccountTrouble as trouble:
                raise Trouble(str(trouble)) from None
    return 0


@contextmanager
def _accounts() -> Iterator[Accounts]:
    """The accounts of the dashboard. Raises Trouble when the database cannot be used."""
    from bot.coordinator.accounts import Accounts

    with _store() as store:
        yield Accounts(store.database, store.review)


def _password() -> str:
    """A new password: asked twice on a terminal, else the first line of standard input. Raises Trouble."""
    import getpass

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise Trouble("These are not the same; nothing was made.")
    return password


def _show(made: Made) -> None:
    print("Put this in an authenticator app; it is shown only once.")
    print(f"  secret   {made.secret}")
    print(f"  address  {made.uri}")


def _show_demo(chosen: Settings) -> None:
    """Make an account to look round with when there is none, and print it: here, once, and in no log."""
    from bot import supervision

    # What can be reached from outside gets no account that nobody asked for.
    if chosen.coordinator_host not in ("127.0.0.1", "localhost", "::1"):
        return
    try:
        with _accounts() as accounts:
            made = accounts.add_demo()
    except Trouble as trouble:
        _say(f"No demo account was made: {trouble}")
        return
    if made is not None:
        print(f"A demo account for the coordinator's dashboard, {supervision.dashboard(chosen)}:")
        print(f"  name     {made.name}\n  password {made.password}")
        _show(made)
        sys.stdout.flush()


def serve_coordinator(_: argparse.Namespace) -> int:
    """Start the coordinator's dashboard."""
    from bot import metrics
    from bot.coordinator.app import create_app
    from bot.coordinator.warm import keep_warm

    chosen = _settings()
    logs.configure(chosen.log_level, chosen.log_format)
    app = create_app(chosen)
    keep_warm(app.state.context)
    metrics.tell(chosen, "coordinator")
    _serve(app, chosen.coordinator_host, chosen.coordinator_port, chosen.drain_seconds, "PAS_COORDINATOR_PORT")
    return 0


def _serve(app: FastAPI, host: str, port: int, drain: float, setting: str) -> None:
    """Serve until stopped. Raises Trouble when the port of this setting is taken."""
    from bot import gentle

    try:
        gentle.serve(app, app.state.readiness, host, port, drain)
    except gentle.PortTaken as taken:
        raise Trouble(f"{taken}. Choose another with {setting}=…") from None


def matrix(arguments: argparse.Namespace) -> int:
    """Talk on Matrix, or print the bot's device."""
    import asyncio

    from bot.matrix.configured import missing

    chosen = _settings()
    if trouble := missing(chosen):
        raise Trouble(trouble)
    logs.configure(chosen.log_level, chosen.log_format)
    from bot import metrics
    from bot.matrix.client import CannotLogIn
    from bot.matrix.service import Service

    try:
        with _store() as store:
            service = Service(chosen, store)
            if arguments.device:
                print("\n".join(f"{name}\t{value}" for name, value in asyncio.run(service.device()).items()))
            else:
                metrics.tell(chosen, "matrix")
                asyncio.run(service.run())
    except CannotLogIn as trouble:
        raise Trouble(f"No way into Matrix: {trouble}.") from None
    return 0


def ready(_: argparse.Namespace) -> int:
    """Wait until everything answers."""
    from bot import supervision

    return supervision.announce(_settings(), print)


def serve_door(_: argparse.Namespace) -> int:
    """Start the door."""
    hold_collecting()
    from bot import metrics
    from bot.door.app import create_app

    chosen = _settings()
    logs.configure(chosen.log_level, chosen.log_format)
    app = create_app(chosen)
    metrics.tell(chosen, "door", app.state.watching)
    _serve(app, chosen.host, chosen.port, chosen.drain_seconds, "PAS_PORT")
    return 0


def serve_engine(_: argparse.Namespace) -> int:
    """Start the engine."""
    hold_collecting()
    from bot.engine.quiet import quiet

    quiet()
    from actions.here import executor
    from bot.engine.serve import serve
    from bot.store.schema import SchemaTrouble

    chosen = _settings()
    logs.configure(chosen.log_level, chosen.log_format)
    try:
        serve(executor)
    except FileNotFoundError:
        raise Trouble("There is no language model yet: python -m bot train") from None
    except SchemaTrouble as trouble:
        raise Trouble(f"{trouble}.") from None
    except Exception as error:
        if type(error).__name__ == "ModelCorrupt":
            raise Trouble(
                f"The language model {error} is damaged: remove it from {chosen.models} and start again"
            ) from None
        raise
    return 0


def serve_actions(_: argparse.Namespace) -> int:
    """Start the actions."""
    from bot.engine.quiet import quiet

    chosen = _settings()
    logs.configure(chosen.log_level, chosen.log_format)
    quiet()
    from actions.serve import serve

    serve()
    return 0


def talk(arguments: argparse.Namespace) -> int:
    """Talk in the terminal."""
    from bot import supervision, terminal

    chosen = _settings()
    lines = None
    if arguments.script:
        lines = _lines(arguments.script)
    try:
        with supervision.running(chosen, _say) as address:
            return terminal.talk(address, lines, sys.stdin, sys.stdout)
    except supervision.CannotStart as error:
        raise Trouble(str(error)) from None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{path} cannot be read: {error}") from None
