"""The whole of it, started once for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scale.cluster import Cluster, running


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two doors and two engines that are ready."""
    with running(tmp_path_factory.mktemp("state"), tmp_path_factory.mktemp("redis")) as made:
        yield made
