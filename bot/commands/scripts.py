"""The commands of who writes scripts."""

from __future__ import annotations

import argparse
import socket
from pathlib import Path

from bot.commands.common import Trouble, chosen_settings, say
from bot.files import draft
from bot.fingerprints import fingerprint
from bot.responses import Responses
from bot.settings import DATA, ROOT, Settings


def is_live(chosen: Settings) -> bool:
    """Whether what stands under data/ now was checked and made live before, by the program as it is now, and is still there."""
    from bot.scripts.library import Library

    library = Library(chosen.published)
    try:
        return _mark(chosen).read_text(encoding="ascii") == _made_from() and all(map(library.current, library.names()))
    except (OSError, ValueError):
        return False


def _mark(chosen: Settings) -> Path:
    return chosen.published / "checked"


def _made_from() -> str:
    code = [path for path in (ROOT / "bot").iterdir() if path.name != "widget"]
    files = (path for top in (DATA, *code) for path in (top, *top.rglob("*")))
    return fingerprint(path for path in files if path.is_file() and path.suffix != ".pyc")


def publish(_: argparse.Namespace) -> int:
    """Check the scripts and make them live."""
    from bot.scripts.library import publish as make_live
    from bot.validation import check_texts, read_scripts

    chosen = chosen_settings()
    made_from = _made_from()
    findings = check_texts()
    for finding in findings:
        say(str(finding))
    if findings:
        return 1
    scripts = read_scripts()
    make_live(scripts, chosen.published)
    draft(_mark(chosen), made_from).replace(_mark(chosen))
    say("published: " + ", ".join(f"{s.name} v{s.version}" for s in scripts))
    return 0


def validate(_: argparse.Namespace) -> int:
    """Check every file under data/."""
    from bot.validation import check_all, notes

    findings = check_all()
    for finding in findings:
        print(finding)
    for note in notes(readable=not findings):
        say(note)
    if not findings:
        say("data/: no mistakes found")
    return 1 if findings else 0


def new_script(arguments: argparse.Namespace) -> int:
    """Make the skeleton of a script."""
    from bot.writing.skeleton import NotMade, make

    texts = Responses.read()
    try:
        made = make(arguments.script, arguments.title)
    except NotMade as reason:
        raise Trouble(texts.text(f"schrijven_niet_{reason}", naam=arguments.script)) from None
    except OSError as error:
        raise Trouble(f"Nothing more was made: {error.strerror} ({error.filename})") from None
    for path in made:
        print(path.relative_to(ROOT))
    say(texts.text("schrijven_gemaakt", naam=arguments.script))
    return validate(arguments)


def preview(arguments: argparse.Namespace) -> int:
    """Show a script as a page in the browser, or print it."""
    names = sorted(path.stem for path in (DATA / "scripts").glob("*.yml"))
    if arguments.script not in names:
        texts = Responses.read()
        raise Trouble(texts.text("schrijven_niet_er", naam=arguments.script, namen=", ".join(names)))
    path = DATA / "scripts" / f"{arguments.script}.yml"
    return _print(path) if arguments.text else _serve(path, arguments.port)


def _print(path: Path) -> int:
    from bot.scripts.preview import render
    from bot.writing.source import Source

    seen = Source(path).read()
    for finding in seen.findings:
        say(str(finding))
    if seen.script is None:
        return 1
    print(render(seen.script))
    return 0


def _serve(path: Path, port: int) -> int:
    """The page, on this machine only, until it is stopped."""
    import uvicorn

    from bot.writing.app import create_app

    texts = Responses.read()
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise Trouble(texts.text("schrijven_poort", poort=port)) from None
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        # No log: what is typed in the walk is in what the page sends.
        config = uvicorn.Config(create_app(path), access_log=False, log_config=None, ws="none", server_header=False)
        print(texts.text("schrijven_adres", adres=address), flush=True)
        uvicorn.Server(config).run(sockets=[listening])
    return 0
