"""The commands of the project: ``python -m bot COMMAND``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

Command = Callable[[argparse.Namespace], int]
_SERVED = {
    "door": "the door",
    "engine": "the engine",
    "actions": "the actions",
    "coordinator": "the coordinator's dashboard",
}


def parser() -> argparse.ArgumentParser:
    """All commands with their arguments; a test sees to it that each is documented."""
    top = argparse.ArgumentParser(prog="python -m bot", description="Pas op de plaats.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, help_: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=help_, description=help_)

    add("up", "Train what changed, publish the scripts, and start everything under one supervisor.")
    add("train", "Train the language model, if what it is made from changed.")
    add("publish", "Check the scripts and make them live; talks that are under way finish with what they began with.")
    add("validate", "Check every file under data/ and say, for each mistake, where it is and what to do.")
    new = add("new-script", "Make the skeleton of a script: one that works, to be filled in.")
    new.add_argument("script", metavar="NAME", help="the name of the script: lower-case letters, with hyphens between")
    new.add_argument("--title", default="", help="what doctors read in the list (the name itself)")
    preview = add("preview", "Show a script as a page in the browser, drawn anew whenever its file is saved.")
    preview.add_argument("script", metavar="SCRIPT", help="the name of a script, such as apk")
    preview.add_argument("--port", metavar="N", type=int, default=0, help="the port of the page (one that is free)")
    preview.add_argument("--text", action="store_true", help="print it instead, with all branches")
    coaches = add(
        "coaches", "The directory of coaches: import FILE (CSV) puts it in the place of the one that was there."
    )
    coaches.add_argument("what", choices=["import"], metavar="import")
    coaches.add_argument("file", metavar="FILE", type=Path)
    talk = add("talk", "Talk in the terminal. Starts everything that is needed when it is not running.")
    talk.add_argument(
        "--script", metavar="FILE", type=Path, help="read the doctor's lines from a file and print the talk"
    )
    parse = add("parse", "Read messages, one JSON object a line on standard input, and print what was read in each.")
    parse.add_argument("--explain", action="store_true", help="say also how sure the reading was")
    anonymise = add(
        "anonymise", "Replace what could identify someone, one JSON object a line on standard input, by its kind."
    )
    anonymise.add_argument("--light", action="store_true", help="only the light rules, which start at once")
    evaluate = add(
        "evaluate", "Measure how danger, act, topic and cues are read in messages that nothing was built on."
    )
    evaluate.add_argument("--misses", action="store_true", help="print also each message that was misread")
    evaluate.add_argument("--stock", action="store_true", help="measure Rasa's default pipeline instead (takes hours)")
    add("migrate", "Bring the tables of both databases up to date (each process does so when it starts).")
    keys = add(
        "keys", "The keys that seal the talks: rotate makes a new master key and wraps them all with it, online."
    )
    keys.add_argument("what", choices=["rotate"], metavar="rotate")
    erase = add("erase", "Erase a talk: its token, or the bewaarcode of what was kept, is read from standard input.")
    erase.add_argument("--all", action="store_true", help="erase every talk and everything that was kept instead")
    add("sweep", "Throw away what was kept long enough (the door does this every hour).")
    add(
        "review", "Anonymise the pieces that doctors consented to and that wait for it (the door does this every hour)."
    )
    demo = add(
        "demo", "Fill the coordinator's pages with a simulated half-year, marked as simulated; what is real stays."
    )
    demo.add_argument("--talks", metavar="N", type=int, default=10_000, help="how many talks to simulate (10,000)")
    _coordinator(add("coordinator", "Who may see the coordinator's dashboard: add NAME, remove NAME, list."))
    matrix = add("matrix", "Talk with doctors on Matrix (the supervisor does this when a homeserver is set).")
    matrix.add_argument("--device", action="store_true", help="log in, print the bot's device and its key, and stop")
    for name, what in _SERVED.items():
        add(f"serve-{name}", f"Start {what} by itself (the supervisor does this).")
    add("ready", "Wait until everything answers and print the address (the supervisor does this).")
    return top


def _coordinator(command: argparse.ArgumentParser) -> None:
    kinds = command.add_subparsers(dest="what", required=True, metavar="add|remove|list")
    add = kinds.add_parser("add", help="make an account; the password is asked, or read from standard input")
    add.add_argument("name", metavar="NAME")
    add.add_argument(
        "--role", choices=["reader", "editor"], required=True, help="a reader looks, an editor changes things too"
    )
    remove = kinds.add_parser("remove", help="throw an account away")
    remove.add_argument("name", metavar="NAME")
    kinds.add_parser("list", help="print every account with its role")


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Gives its exit status."""
    chosen = parser().parse_args(arguments)
    # What is written is for its owner alone.
    os.umask(0o077)
    # Each command imports its own, so that the light ones start at once.
    from bot import commands
    from bot.settings import SecretTrouble

    run: Command = getattr(commands, chosen.command.replace("-", "_"))
    try:
        return run(chosen)
    except KeyboardInterrupt:
        return 130
    except (commands.Trouble, SecretTrouble) as trouble:
        print(f"{trouble}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
