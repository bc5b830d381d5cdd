"""The components of the language pipeline that Rasa does not have: our own reading of act and topic, and of cues."""

from __future__ import annotations

from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.cues import CueReader, cue_reader
from bot.language.intents import IntentModel

_FILE = "intents.joblib"
CUES = "cues"
# What is less sure than this says nothing, and would only make every event of a talk longer.
_LEAST = 0.005


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ActAndTopic(GraphComponent, IntentClassifier):
    """Carries :class:`bot.language.intents.IntentModel` in Rasa's pipeline."""

    def __init__(self, model: IntentModel, storage: ModelStorage, resource: Resource) -> None:
        self.model = model
        self._storage = storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ActAndTopic:
        """An untrained component (see the parent class)."""
        return cls(IntentModel(), model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ActAndTopic:
        """The component as it was trained. The model's file was checked before Rasa unpacked it."""
        with model_storage.read_from(resource) as folder:
            return cls(joblib.load(folder / _FILE), model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every sentence that has an intent, and keep what was learnt."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self.model.fit([e.get(TEXT) for e in examples], [e.get(INTENT) for e in examples])
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self.model, folder / _FILE, compress=3)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking of each message."""
        for message in messages:
            ranking = [
                {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: sure}
                for name, sure in self.model.rank(message.get(TEXT) or "")
                if sure >= _LEAST
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add: no component after this one learns from it."""
        return training_data


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Cues(GraphComponent, EntityExtractorMixin):
    """Carries :class:`bot.language.cues.CueReader` in Rasa's pipeline. What it finds stands beside the entities."""

    def __init__(self, reader: CueReader) -> None:
        self._reader = reader

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Cues:
        """The component, with the patterns as they are now (see the parent class)."""
        return cls(cue_reader())

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the cues of each message."""
        for message in messages:
            cues = [cue.model_dump() for cue in self._reader.read(message.get(TEXT) or "")]
            message.set(CUES, cues, add_to_output=True)
        return messages
