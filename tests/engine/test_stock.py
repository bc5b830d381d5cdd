"""What is written for stock Rasa to be measured by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.engine.stock import write_yaml


def test_sentences_are_no_json_which_rasa_would_leave_unread(tmp_path: Path) -> None:
    content = {"version": "3.1", "nlu": [{"intent": "groet", "examples": "- goedemorgen\n- hé: jij daar\n"}]}
    write_yaml(tmp_path / "nlu.yml", content)
    with pytest.raises(json.JSONDecodeError):
        json.loads((tmp_path / "nlu.yml").read_text(encoding="utf-8"))
    assert YAML(typ="safe").load(tmp_path / "nlu.yml") == content
