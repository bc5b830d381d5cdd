"""Components of the language pipeline that Rasa does not have."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP

from bot.language import dutch

_TYPES = DefaultV1Recipe.ComponentType


@DefaultV1Recipe.register([_TYPES.MODEL_LOADER, _TYPES.MESSAGE_FEATURIZER], is_trainable=False, model_from="DutchNLP")
class DutchNLP(SpacyNLP):
    """Rasa's spaCy component with the Dutch that is there, which Rasa's own refuses when it is not from a package."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DutchNLP:
        """Creates the component (see the parent class)."""
        return cls(SpacyModel(model=dutch.load(), model_name=dutch.name()), {**cls.get_default_config(), **config})
