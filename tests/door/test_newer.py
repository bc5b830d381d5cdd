"""A door that finds tables it cannot work with opens for the crisis panel, and for nothing else."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import text

from bot.door.app import create_app
from bot.scripts.library import publish
from bot.settings import Settings, settings
from bot.store import open_store
from bot.validation import read_scripts

DANGER = "ik wil niet meer leven"


def test_on_tables_that_are_newer_than_the_code_the_panel_is_shown_and_nothing_is_written(tmp_path: Path) -> None:
    mine = Settings(var=tmp_path, models_folder=settings().models)
    mine.prepare()
    publish(read_scripts(), mine.published)
    store = open_store(mine)
    store.prepare()
    with store.database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with TestClient(create_app(mine)) as client:
        assert client.get("/ready").status_code == 200
        assert client.get("/health").json()["store"] == "down"
        assert client.post("/api/conversation").status_code == 503
        answer = client.post("/api/message", json={"text": DANGER})
        assert any(message["kind"] == "crisis" for message in answer.json()["messages"])
        told = client.post("/api/message", json={"text": "hallo"}, headers={"Authorization": "Bearer x"})
        assert told.status_code == 503
    with store.database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM conversation")).scalar() == 0
    store.close()
