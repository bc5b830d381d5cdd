"""What the language model is trained on, as Rasa's training asks for it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.training_data import sentences


class Importer(RasaFileImporter):
    """Gives configuration, domain and rules as Rasa's own importer does, and the sentences read once.

    Rasa's own reads every sentence twice, once for each language it is asked for, and copies all of them eight times to
    join them with what end-to-end stories and retrieval responses would add, of which there is nothing here: half of the
    time that the language model takes (`docs/adr/0010-cost-of-a-turn.md`).
    """

    def __init__(self, config: Path, domain: Path, nlu: Path, rules: Path) -> None:
        """Take the configuration, the domain, and the folders of sentences and of rules."""
        super().__init__(str(config), str(domain), [str(rules)])
        self._nlu = nlu

    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        """Every sentence of `data/nlu`, whatever the language is called. Raises OSError or YAMLError."""
        return self._sentences

    @cached_property
    def _sentences(self) -> TrainingData:
        return TrainingData([Message.build(text, intent) for text, intent in sentences(self._nlu)])
