"""Rasa without TensorFlow, which it imports at start whatever its pipeline is, and which nothing in ours uses.

TensorFlow takes some 270 MB and seconds of every start (`docs/adr/0010-cost-of-a-turn.md`). In its place stand modules that
hold one class for every name: enough for Rasa to define its own classes with, and nothing to calculate with.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

LEFT_OUT = ("tensorflow", "tensorflow_addons", "keras")


class _AnyName(type):
    """What every attribute, call and subscript of the class gives the class again, or, as a decorator, what is decorated."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __call__(cls, *given: Any, **named: Any) -> Any:
        return given[0] if len(given) == 1 and not named and callable(given[0]) else cls

    def __getitem__(cls, key: Any) -> Any:
        return cls


class _Absent(metaclass=_AnyName):
    """Stands for whatever TensorFlow has under a name."""


class _Empty(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        return ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in LEFT_OUT else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Empty(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing: whatever is asked of it is made then."""


def leave_out_tensorflow() -> None:
    """Let this process import Rasa without it. To be called before; where TensorFlow is loaded already, it stays."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
