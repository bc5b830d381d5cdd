"""The language model learns from what Rasa itself would have read."""

from __future__ import annotations

import json

from tests.engine.apart import printed_by

_CODE = """
from bot.engine.quiet import quiet
quiet()
from bot.engine.tensorflow_free import leave_out_tensorflow
leave_out_tensorflow()
import json
from rasa.shared.importers.rasa import RasaFileImporter
from bot.engine.importer import Importer
from bot.engine.training import FOLDERS
from bot.settings import ROOT

config, domain = ROOT / "config.yml", ROOT / "domain.yml"
ours = Importer(config, domain, *FOLDERS)
stock = RasaFileImporter(str(config), str(domain), [str(folder) for folder in FOLDERS])
def said(importer):
    return sorted((m.get("text"), m.get("intent")) for m in importer.get_nlu_data("nl").intent_examples)
print(json.dumps({
    "sentences": len(said(ours)),
    "same sentences": said(ours) == said(stock),
    "read once": ours.get_nlu_data() is ours.get_nlu_data("nl"),
    "rules": len(ours.get_stories().story_steps),
    "same rules": ours.get_stories().fingerprint() == stock.get_stories().fingerprint(),
    "same domain": ours.get_domain().fingerprint() == stock.get_domain().fingerprint(),
    "same configuration": ours.get_config() == stock.get_config(),
}))
"""


def test_it_gives_once_the_sentences_rules_and_domain_that_rasas_own_reads() -> None:
    found = json.loads(printed_by(_CODE)[-1])
    assert found.pop("sentences") > 10_000
    assert found.pop("rules") > 0
    assert all(found.values()), found
