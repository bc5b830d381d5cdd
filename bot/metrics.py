"""What a process tells of itself to Prometheus: counts and durations, never words, never of whom.

It has an address of its own, which the outside cannot reach. A panel moves nothing here at the moment it is shown, nor can that
be found by subtraction: what is measured of turns is measured of those that the engine answered, all at once. How many panels
were shown is told as it is published: for whole weeks, and of five at least.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import start_http_server
from prometheus_client.registry import Collector

from bot.settings import Settings

logger = logging.getLogger(__name__)

# Whose metrics are at which port, counted from the first.
PROCESSES = ("door", "engine", "actions", "coordinator", "matrix")
STAGES = ("safety", "wait", "engine", "store", "whole")

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

turns = Counter("pas_turns", "Messages that an engine answered.", registry=REGISTRY)
seconds = Histogram(
    "pas_turn_seconds",
    "How long those took: each stage, and the whole.",
    ["stage"],
    buckets=_BUCKETS,
    registry=REGISTRY,
)
refusals = Counter("pas_refusals", "Requests that were refused, by kind.", ["status", "kind"], registry=REGISTRY)
panels_unstored = Counter(
    "pas_panels_unstored", "Crisis panels that were shown and could not be stored.", registry=REGISTRY
)
engine_seconds = Histogram(
    "pas_engine_seconds", "How long a turn took the engine.", buckets=_BUCKETS, registry=REGISTRY
)
engine_failures = Counter(
    "pas_engine_failures", "Turns that an engine did not store, by kind.", ["kind"], registry=REGISTRY
)


def turn_took(stages: dict[str, float]) -> None:
    """Count a turn that an engine answered, with how many seconds each of its stages took."""
    turns.inc()
    for stage, took in stages.items():
        seconds.labels(stage).observe(max(0.0, took))


def gauge(name: str, what: str, values: Iterable[tuple[dict[str, str], float]]) -> GaugeMetricFamily:
    """A value that is looked up when it is asked for, by its labels."""
    found = list(values)
    family = GaugeMetricFamily(name, what, labels=list(found[0][0]) if found else [])
    for labels, value in found:
        family.add_metric(list(labels.values()), value)
    return family


def port_of(settings: Settings, process: str) -> int:
    """Where the metrics of a process are; 0 when there are none."""
    return settings.metrics_port and settings.metrics_port + PROCESSES.index(process)


def tell(settings: Settings, process: str, *more: Collector) -> None:
    """Give the metrics of this process, if they are wanted, with what is looked up when they are asked for."""
    if not (port := port_of(settings, process)):
        return
    for collector in (ProcessCollector(registry=None), *more):
        REGISTRY.register(collector)
    try:
        start_http_server(port, settings.metrics_host, REGISTRY)
    except OSError as error:
        # What watches must not stand in the way of what is watched.
        logger.error("no metrics are given: %s", error.strerror)
