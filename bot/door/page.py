"""The page of the talk: its skeleton with the numbers for an emergency, and the texts that its script shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from bot.referrals.directory import Directory
from bot.responses import Responses
from bot.settings import ROOT
from bot.statement import Statement

SOURCES = ROOT / "bot" / "widget"
BUILT = SOURCES / "dist"
_PREFIX = "pagina_"


def texts(responses: Responses) -> dict[str, str]:
    """Every text of the page by its key, from `data/responses/pagina.yml`."""
    names = [key.removeprefix(_PREFIX) for key in responses if key.startswith(_PREFIX)]
    return {name: responses.pick(f"pagina_{name}").text for name in names}


def render(responses: Responses, directory: Directory, *, framed: bool) -> str:
    """The page as HTML; framed: as it stands in another site's page.

    The numbers are in it as it comes, so that they work before, and without, any script.
    """
    words = texts(responses)
    numbers = [contact for entry in directory.crisis() for contact in entry.contacts if contact.short]
    # Within a script element nothing but a closing tag could end the JSON early.
    data = Markup(json.dumps(words, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 - our own texts.
    values: dict[str, Any] = {"t": words, "texts": data, "numbers": numbers, "framed": framed}
    return _environment().get_template("index.html").render(values)


def render_statement(responses: Responses, statement: Statement, stated: Mapping[str, str]) -> str:
    """The privacy statement as a page of its own, filled in with what differs from place to place."""
    layers = [{"title": layer.title, "sentences": layer.read("web", stated)} for layer in statement.layers]
    return _environment().get_template("privacy.html").render(t=texts(responses), layers=layers)


def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(SOURCES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
