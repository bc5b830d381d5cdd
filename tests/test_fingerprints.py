"""Whether files changed since something was made from them is told from what is in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import fingerprints
from bot.fingerprints import fingerprint


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two files of a project."""
    monkeypatch.setattr(fingerprints, "ROOT", tmp_path)
    for name in ("een.yml", "twee.yml"):
        (tmp_path / name).write_text(f"- {name}", encoding="utf-8")
    return sorted(tmp_path.iterdir())


def test_it_stays_the_same_while_nothing_changes_in_whatever_order_the_files_come(files: list[Path]) -> None:
    before = fingerprint(files)
    files[0].write_bytes(files[0].read_bytes())
    assert fingerprint(reversed(files)) == before


def test_it_changes_with_what_is_in_a_file_with_its_name_and_with_what_else_is_named(files: list[Path]) -> None:
    seen = {fingerprint(files), fingerprint(files, "nl"), fingerprint(files, "nl", "rasa"), fingerprint(files[:1])}
    files[1].write_text("- anders", encoding="utf-8")
    seen.add(fingerprint(files))
    seen.add(fingerprint([files[0], files[1].rename(files[1].with_name("drie.yml"))]))
    assert len(seen) == 6
