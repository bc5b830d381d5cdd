"""What must be set before Rasa is imported: no telemetry, and no noise."""

from __future__ import annotations

import os
import warnings

ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "LOG_LEVEL": "WARNING",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "SANIC_WORKERS": "1",
    # Nothing is kept between trainings: the model is trained whole, and only when its inputs changed.
    "RASA_MAX_CACHE_SIZE": "0",
}


def quiet() -> None:
    """Prepare this process for Rasa."""
    os.environ.update(ENVIRONMENT)
    warnings.filterwarnings("ignore", module=r"(rasa|pkg_resources|tensorflow|sanic|jax|google|networkx)\b.*")
    warnings.filterwarnings("ignore", category=DeprecationWarning)
