"""What every page of the dashboard needs: the anonymous side of the store, the texts, the templates, the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Engine as Database

from bot.clock import Clock
from bot.coordinator.scripts import Texts
from bot.referrals.directory import Directory
from bot.responses import Responses
from bot.settings import Settings

HERE = Path(__file__).parent
PREFIX = "coord_"


@dataclass(frozen=True)
class Context:
    """What the pages share; texts are the scripts as they were published, directory those whom the bot refers to."""

    settings: Settings
    database: Database
    responses: Responses
    clock: Clock
    templates: Environment = field(init=False)
    texts: Texts = field(init=False)
    directory: Directory = field(init=False)

    def __post_init__(self) -> None:
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        environment.globals["t"] = self.text
        object.__setattr__(self, "templates", environment)
        object.__setattr__(self, "texts", Texts(self.settings.published))
        object.__setattr__(self, "directory", Directory.read())

    def text(self, key: str, **values: object) -> str:
        """A text of the dashboard, filled in. Raises KeyError when there is no such text."""
        return self.responses.text(f"{PREFIX}{key}", **values)

    def page(self, request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page of the dashboard; who is signed in, and the token against forged forms, are there by themselves."""
        shared = {"request": request, "account": getattr(request.state, "account", None)}
        shared["form_token"] = getattr(request.state, "form_token", "")
        return HTMLResponse(self.templates.get_template(f"{name}.html").render(**shared, **values), status)
