"""Makes the pictures of the coordinator's pages, with simulated talks, and those of the handbook among them."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bot.coordinator.accounts import Accounts
from bot.coordinator.app import create_app
from bot.coordinator.guard import COOKIE
from bot.coordinator.signed_in import SignedIn
from bot.coordinator.simulate import refill
from bot.dialogue.talk import World
from bot.referrals.coaches import CoachList, read_csv
from bot.scripts.library import publish
from bot.settings import DATA, ROOT, Settings
from bot.store import Store, open_store
from bot.store.coaches import StoredCoaches
from bot.store.database import sessions
from bot.store.lessons import Lesson, Lessons
from bot.store.pieces import Said
from bot.store.publishing import SMALLEST
from bot.store.review import Note, Review
from bot.validation import read_scripts
from docs.browser import QUIET, chromium
from docs.screenshots import IMAGES, SCHEMES, SCREENS
from docs.serving import served

# All of them; those of the handbook stand in the images too.
EVERY = ROOT / "var" / "screenshots"
NOW = dt.datetime(2026, 11, 26, 10, 0, tzinfo=dt.UTC)
TALKS = 10_000
PAGES = {
    "overzicht": "/",
    "stromen": "/stromen",
    "weg": "/stromen?script=apk&lengte=kort",
    "stap": "/stromen/apk/fase",
    "vergelijk": "/stromen/apk/vergelijk",
    "bereik": "/bereik",
    "begrip": "/begrip",
    "meenemen": "/uitvoer",
    "meelezen": "/meelezen?vanaf=0",
    "bekeken": "/meelezen?toon=beoordeeld",
    "zinnen": "/meelezen/lessen",
    "verwijzingen": "/inhoud",
    "coaches": "/inhoud/coaches",
    "oefeningen": "/inhoud/oefeningen",
    "oefening": "/inhoud/oefeningen/apk",
    "logboek": "/logboek",
    "niets": "/bestaat-niet",
}
# Those of the handbook: the page, the screen and the look, and what is to be on top.
HANDBOOK = (
    ("inloggen", "telefoon", "licht", ""),
    ("overzicht", "bureau", "licht", ""),
    ("stromen", "bureau", "licht", ""),
    ("weg", "bureau", "licht", "#beeld-2"),
    ("stap", "telefoon", "licht", "#beeld-1"),
    ("begrip", "bureau", "donker", "#beeld-2"),
    ("meelezen", "bureau", "licht", "article"),
    ("verwijzingen", "bureau", "donker", ""),
)
SAID = (
    Said(
        script="apk", version=0, step="fase", what="answered", act="vertellen",
        text="Ik werk nu elf jaar in [plaats], en ik weet niet of dit nog is wat ik wil.",
    ),
    Said(
        script="apk", version=0, step="vraag", what="answered", act="vertellen", cue="moeten",
        text="Ik moet er altijd voor iedereen zijn, ook als [naam] de dienst niet doet.",
    ),
    Said(script="apk", version=0, step="vraag", what="misunderstood", act="vertellen", text="doe maar een ander"),
)  # fmt: skip


def fill(store: Store, settings: Settings) -> None:
    """Put something on every page."""
    scripts = list(read_scripts())
    publish(scripts, settings.published)
    world = World.read(settings, CoachList())
    refill(store.database, world, TALKS, 1, NOW.date(), SMALLEST, print)
    version = next(one.version for one in scripts if one.name == "apk")
    token, _ = store.conversations.create([], {}, NOW.date())
    known = store.conversations.by_token(token)
    store.pieces.consent(known.id, given=True)
    store.pieces.add(known.id, [one.model_copy(update={"version": version}) for one in SAID])
    store.pieces.anonymise(lambda same: same, NOW.date())
    review = Review(store.database, store.review)
    last = next(piece for piece in review.some("0", 9, judged=False) if piece.what == "misunderstood")
    review.judge(last.id, Note(understood=False, act="overslaan", remark="wil een andere vraag"))
    lessons = Lessons(store.database)
    lessons.add(
        Lesson(sentence="deze mag van mij even wachten", act="overslaan", topic="geen", context="script"), NOW.date()
    )
    found, _ = read_csv((DATA / "voorbeelden" / "coaches.csv").read_text(encoding="utf-8"))
    StoredCoaches(sessions(store.database)).replace(found)


@contextmanager
def dashboard() -> Iterator[tuple[str, str]]:
    """The address of a dashboard with something on every page, and the cookie of an editor."""
    with tempfile.TemporaryDirectory(prefix="pas-pictures-") as folder:
        settings = Settings(var=Path(folder))
        settings.prepare()
        store = open_store(settings)
        store.prepare()
        fill(store, settings)
        name = Accounts(store.database, store.review).add("anna", "vier bomen langs de vaart", "editor").name
        with served(create_app(settings, lambda: NOW)) as address:
            yield address, SignedIn(store.database).begin(name, NOW)
        store.close()


def picture(page: Page, name: str, screen: str, look: str) -> None:
    """Take a whole page, and what the handbook shows of it."""
    place = f"coordinator-{name}-{screen}-{look}.png"
    page.screenshot(path=EVERY / place, full_page=True)
    for wanted, where, how, top in HANDBOOK:
        if (wanted, where, how) == (name, screen, look):
            if top:
                page.locator(top).first.evaluate("one => one.scrollIntoView()")
            page.screenshot(path=IMAGES / place)


def pictures(browser: Browser, address: str, token: str) -> None:
    """Take them all: each page on each screen, light and dark."""
    for screen, viewport in SCREENS.items():
        for look, scheme in SCHEMES.items():
            context: BrowserContext = browser.new_context(viewport=viewport, color_scheme=scheme, locale="nl-NL")
            page = context.new_page()
            page.goto(f"{address}/inloggen")
            picture(page, "inloggen", screen, look)
            context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
            for name, path in PAGES.items():
                page.goto(address + path)
                picture(page, name, screen, look)
            context.close()
            print(f"{screen}, {look}")


def main() -> int:
    """Make all pictures. Gives an exit status."""
    shutil.rmtree(EVERY, ignore_errors=True)
    EVERY.mkdir(parents=True)
    IMAGES.mkdir(exist_ok=True)
    with dashboard() as (address, token), sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium(), args=QUIET)
        pictures(browser, address, token)
        browser.close()
    print(f"the pictures of every page: {EVERY}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
