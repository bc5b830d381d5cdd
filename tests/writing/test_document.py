"""What docs/scripts-schrijven.md shows is what works: its examples together are a script without mistakes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.responses import Responses
from bot.scripts.probes import read_probes
from bot.settings import DATA, ROOT
from bot.validation import scripts
from bot.writing.skeleton import TEMPLATES
from bot.yaml import load

DOCUMENT = (ROOT / "docs" / "scripts-schrijven.md").read_text(encoding="utf-8")


def examples() -> list[Any]:
    """Every piece of YAML in the document, read."""
    return [YAML(typ="safe").load(block) for block in re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.S)]


def test_the_examples_together_are_a_script_without_mistakes(tmp_path: Path) -> None:
    steps = [step for block in examples() if isinstance(block, list) for step in block]
    ending = next(block["closing"] for block in examples() if isinstance(block, dict) and "closing" in block)
    script = load(TEMPLATES / "script.yml")
    last = [step for step in script["steps"] if step["id"] in ("proef", "terugkijken")]
    whole = {**script, "name": "verlies", "steps": [*steps, *last], "closing": ending}
    # Beside it stands what the example offers at its end.
    (tmp_path / "stop.yml").write_text((DATA / "scripts" / "stop.yml").read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "verlies.yml"
    YAML(typ="safe").dump(whole, path)
    assert [str(one) for one in scripts.check_file(path, DATA / "referrals.yml")] == []
    # Each kind of step is shown once at least.
    assert {step["kind"] for step in [*steps, *last]} == {"text", "choice", "several", "scale", "tell", "lines", "date"}


def test_the_text_for_a_story_is_found_by_its_topic(tmp_path: Path) -> None:
    block = next(b for b in examples() if isinstance(b, dict) and "utter_verhaal_verlies" in b)
    YAML(typ="safe").dump({"responses": block}, tmp_path / "verhalen.yml")
    assert len(Responses.read(tmp_path).variants("verhaal_verlies")) == 2


def test_every_cue_that_may_be_asked_on_about_is_explained() -> None:
    for name in read_probes().cues:
        assert f"| `{name}` |" in DOCUMENT


def test_each_message_that_is_explained_is_one_that_the_validator_gives() -> None:
    texts = Responses.read()
    given = " ".join(texts.pick(key).text.lower() for key in texts)
    table = DOCUMENT[DOCUMENT.index("| er staat | je doet |") :].partition("\n\n")[0]
    for row in table.splitlines()[2:]:
        message = row.split("|")[1].strip().lower()
        for part in re.split(r" … |, ", message.partition(":")[0]):
            assert " ".join(part.split()[:4]) in given, message
