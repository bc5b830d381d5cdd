"""Running the trained graph: in an order that is found once, not at every message."""

from __future__ import annotations

from functools import cache
from typing import Any

from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner


class PlannedRunner(DaskGraphRunner):
    """Runs the nodes of a graph one after the other.

    Rasa's own runner copies the graph, has Dask find an order in it, and writes all that goes in (the whole talk) as text
    for a log that nobody keeps, at each run.
    """

    @classmethod
    def of(cls, runner: DaskGraphRunner) -> PlannedRunner:
        """The same graph, with the nodes that were made for it."""
        planned = cls.__new__(cls)
        planned.__dict__.update(runner.__dict__)
        planned._planned = cache(planned._plan)
        return planned

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """What the targets give for these inputs. Raises as the nodes do."""
        wanted = tuple(targets or self._graph_schema.target_names)
        given: dict[str, Any] = dict(inputs or {})
        for name, node, needs in self._planned(wanted):
            # An input stands for itself; what nobody gives is told to the node by its name alone.
            _, given[name] = node(*((need, given[need]) if need in given else need for need in needs))
        return {target: given[target] for target in wanted}

    def _plan(self, targets: tuple[str, ...]) -> list[tuple[str, GraphNode, list[str]]]:
        """The nodes that the targets need, each after what it needs itself."""
        schema = self._graph_schema.minimal_graph_schema(list(targets))
        planned: dict[str, tuple[str, GraphNode, list[str]]] = {}

        def visit(name: str) -> None:
            if name in schema.nodes and name not in planned:
                needs = list(schema.nodes[name].needs.values())
                for need in needs:
                    visit(need)
                planned[name] = (name, self._instantiated_nodes[name], needs)

        for target in targets:
            visit(target)
        return list(planned.values())
