"""Settings of the project, read from the environment (prefix ``PAS_``), and the places it keeps things."""

from __future__ import annotations

import os
import re
import secrets
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.files import make_once

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost)(:|$)")
_MATRIX_USER = re.compile(r"@[^:\s]+:[^\s]+")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")


# Bytes of a secret as it is made, and letters that one must have at least.
SECRET_BYTES, SHORTEST_SECRET = 32, 32


class SecretTrouble(Exception):
    """A secret cannot be used; the message says which file, and what to do."""


class Settings(BaseSettings):
    """Everything that can be set; each name is documented in the README (a test sees to that)."""

    model_config = SettingsConfigDict(env_prefix="PAS_", extra="ignore")

    var: Path = Field(default=ROOT / "var", description="Folder for state, secrets, models and logs.")
    host: str = Field(default="127.0.0.1", description="Address the door listens on.")
    port: int = Field(default=8080, ge=1, le=65535, description="Port of the door.")
    engine_port: int = Field(default=8081, ge=1, le=65535, description="Loopback port of the engine.")
    actions_port: int = Field(default=8082, ge=1, le=65535, description="Loopback port of the actions.")
    engine_host: str = Field(default="127.0.0.1", description="Address the engine listens on.")
    engine_urls: Annotated[list[str], NoDecode] = Field(
        default=[], description="Addresses of the engines, with commas between; empty: the one on this machine."
    )
    actions_host: str = Field(default="127.0.0.1", description="Address the actions listen on.")
    actions_url: str = Field(
        default="", description="Address of the actions' own process; empty: they run in the engine's."
    )
    redis_url: SecretStr = Field(
        default=SecretStr(""),
        description="URL of the Redis in which several doors share limits and order; empty: within the process.",
    )
    coordinator_host: str = Field(default="127.0.0.1", description="Address the coordinator's dashboard listens on.")
    coordinator_port: int = Field(default=8083, ge=1, le=65535, description="Port of the coordinator's dashboard.")
    smallest: int = Field(default=5, ge=5, description="The smallest count that a coordinator is shown.")
    database: str = Field(default="", description="SQLAlchemy URL; empty: an SQLite file under the state folder.")
    key_database: str = Field(
        default="", description="SQLAlchemy URL of the keys, kept apart from the rest; empty: a file under keys/ there."
    )
    master_key: SecretStr = Field(
        default=SecretStr(""),
        description="The master key, 32 bytes in base64 (older ones after it, with commas); empty: it is in a file.",
    )
    master_key_file: Path | None = Field(
        default=None, description="File of the master key, mode 600, made at first use; empty: under keys/ there."
    )
    controller: str = Field(
        default="",
        max_length=300,
        description="Who is responsible for the data and how to reach them, for the statement.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="WARNING", description="From which level on the processes log; no level shows what was written."
    )
    log_format: Literal["text", "json"] = Field(default="text", description="How a line of the logs is written.")
    metrics_host: str = Field(default="127.0.0.1", description="Address where the processes give their metrics.")
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65531,
        description="Port of the door's metrics; the other processes take the next ones; 0: none are given.",
    )
    drain_seconds: float = Field(
        default=0,
        ge=0,
        le=300,
        description="How long a process that is told to stop takes messages still, after saying that it is not ready.",
    )
    models_folder: Path | None = Field(
        default=None, description="Folder of the trained models; empty: models/ in the state folder."
    )
    retention_days: int = Field(
        default=30, ge=1, le=90, description="Days after its last message before a talk is thrown away."
    )
    embed_origins: Annotated[list[str], NoDecode] = Field(
        default=[], description="Origins of the sites that may show the talk in their pages, with spaces between."
    )
    messages_per_minute: int = Field(default=30, ge=1, description="Messages a minute a conversation.")
    conversations_per_minute: int = Field(default=10, ge=1, description="New conversations a minute an address.")
    codes_per_minute: int = Field(default=5, ge=1, description="Codes of kept reflections tried a minute an address.")

    matrix_homeserver: str = Field(
        default="", description="Address of the Matrix homeserver; empty: the bot is not on Matrix."
    )
    matrix_user: str = Field(default="", description="The bot's own name there, such as @pas:example.nl.")
    matrix_password_file: Path | None = Field(default=None, description="File with the password of that account.")
    matrix_token_file: Path | None = Field(
        default=None, description="File with an access token of that account, where the server knows no passwords."
    )
    matrix_allowed_domains: Annotated[list[str], NoDecode] = Field(
        default=[], description="Homeservers whose people may invite the bot, with spaces between."
    )
    matrix_allowed_users: Annotated[list[str], NoDecode] = Field(
        default=[], description="People who may invite the bot, as @name:server, with spaces between."
    )

    @field_validator("matrix_allowed_domains", "matrix_allowed_users", mode="before")
    @classmethod
    def _as_list(cls, value: object) -> object:
        return value.split() if isinstance(value, str) else value

    @field_validator("engine_urls", mode="before")
    @classmethod
    def _as_addresses(cls, value: object) -> object:
        return (
            [part.strip().rstrip("/") for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @model_validator(mode="after")
    def _on_this_machine(self) -> Settings:
        """Fill in the addresses of what is not said to be elsewhere."""
        self.engine_urls = self.engine_urls or [f"http://127.0.0.1:{self.engine_port}"]
        self.actions_url = self.actions_url.rstrip("/")
        if not all(_ORIGIN.fullmatch(address) for address in [*self.engine_urls, self.actions_url] if address):
            raise ValueError("the addresses of engines and actions must be such as http://engine-1:8081")
        return self

    @property
    def actions_here(self) -> bool:
        """Whether the actions have a process of their own on this machine."""
        return self.actions_url == f"http://127.0.0.1:{self.actions_port}"

    @field_validator("database", "key_database")
    @classmethod
    def _as_database(cls, value: str) -> str:
        """Take an address that SQLAlchemy has a dialect and a driver for."""
        if value:
            try:
                make_url(value).get_dialect().import_dbapi()
            except (ArgumentError, ImportError) as wrong:
                # What is wrong with it could quote a password.
                raise ValueError("must be an address such as postgresql+psycopg2://…") from wrong
        return value

    @field_validator("redis_url")
    @classmethod
    def _as_redis(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"|rediss?://.+", value.get_secret_value()):
            raise ValueError("must begin with redis:// or rediss://")
        return value

    @field_validator("matrix_homeserver")
    @classmethod
    def _as_homeserver(cls, value: str) -> str:
        """Take an https address; http only on this machine, where nobody can listen in between."""
        address = value.rstrip("/")
        if address and not _ORIGIN.fullmatch(address):
            raise ValueError("must be an address such as https://matrix.example.nl")
        if address.startswith("http://") and not _LOOPBACK.match(address):
            raise ValueError("must begin with https:// unless it is on this machine")
        return address

    @field_validator("matrix_user")
    @classmethod
    def _as_user(cls, value: str) -> str:
        if value and not _MATRIX_USER.fullmatch(value):
            raise ValueError("must be a full name such as @pas:example.nl")
        return value

    @field_validator("embed_origins", mode="before")
    @classmethod
    def _as_origins(cls, value: object) -> object:
        """Take origins, and nothing else: a path or a wildcard would let in more than was meant."""
        origins = value.split() if isinstance(value, str) else value
        if isinstance(origins, list) and not all(_ORIGIN.fullmatch(str(origin)) for origin in origins):
            raise ValueError("each must be an origin, such as https://www.example.nl")
        return origins

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL in use."""
        return self.database or f"sqlite:///{self.var / 'pas.db'}"

    @property
    def key_database_url(self) -> str:
        """The SQLAlchemy URL of the keys in use."""
        return self.key_database or f"sqlite:///{self.keys / 'keys.db'}"

    @property
    def master_key_path(self) -> Path:
        """File of the master key."""
        return self.master_key_file or self.keys / "master.key"

    @property
    def review_key_path(self) -> Path:
        """File of the key that seals what a coordinator may see."""
        return self.keys / "review.key"

    @property
    def keys(self) -> Path:
        """Folder of the keys, which belongs in no backup of the rest."""
        return self.var / "keys"

    @property
    def models(self) -> Path:
        """Folder of the trained language models."""
        return self.models_folder or self.var / "models"

    @property
    def classifier(self) -> Path:
        """File of the classifier of the safety layer."""
        return self.models / "safety.bin"

    @property
    def tagger(self) -> Path:
        """File of what the anonymiser learnt."""
        return self.models / "tagger.crf"

    @property
    def published(self) -> Path:
        """Folder of the published versions of the scripts."""
        return self.var / "scripts"

    @property
    def logs(self) -> Path:
        """Folder of the log files."""
        return self.var / "log"

    @property
    def door_url(self) -> str:
        """Address of the door, for who is on the same machine."""
        everywhere = self.host in ("0.0.0.0", "::")  # noqa: S104 - where it listens, not where it is looked for.
        return f"http://{'127.0.0.1' if everywhere else self.host}:{self.port}"

    @property
    def matrix(self) -> Path:
        """Folder of the keys with which the bot encrypts on Matrix."""
        return self.var / "matrix"

    def prepare(self) -> None:
        """Make the state folder with tight modes. Raises OSError when that cannot be done."""
        # Models that lie elsewhere came with the program, and may not be ours to change.
        models = () if self.models_folder else (self.models,)
        for folder in (self.var, self.keys, *models, self.published, self.logs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            # A volume that was put there belongs to another, and is as it was given.
            if folder.stat().st_uid == os.geteuid():
                folder.chmod(0o700)

    def secret(self, name: str) -> str:
        """The secret of this name, made at first use in a file that only its owner can read. Raises SecretTrouble when the
        file cannot be used: an empty secret would let everyone in who gives none."""
        self.prepare()
        path = self.var / f"{name}.secret"
        if not path.exists():
            make_once(path, secrets.token_urlsafe(SECRET_BYTES))
        try:
            value = path.read_text(encoding="ascii").strip()
            open_to = path.stat().st_mode & 0o077
        except (OSError, UnicodeDecodeError) as error:
            raise SecretTrouble(f"{path} cannot be read: {type(error).__name__}") from None
        if len(value) < SHORTEST_SECRET:
            raise SecretTrouble(f"{path} is empty or too short: remove it, and start everything again that uses it")
        if open_to:
            raise SecretTrouble(f"{path} can be read by others: chmod 600 {path}, and think of who may have read it")
        return value


@cache
def settings() -> Settings:
    """The settings of this process. Raises pydantic.ValidationError when one of them is not valid."""
    return Settings()
