"""The whole of it, started once for the tests of this folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scale.cluster import Cluster, Postgres
from tests.sharing.servers import RedisServer


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two doors and two engines that are ready."""
    # PostgreSQL opens its folder to its own user, so it gets one that holds nothing else.
    with tempfile.TemporaryDirectory(prefix="pas-postgresql-", ignore_cleanup_errors=True) as folder:
        postgres = Postgres(Path(folder))
        redis = RedisServer(tmp_path_factory.mktemp("redis"))
        made = Cluster(tmp_path_factory.mktemp("state"), postgres, redis)
        try:
            for name in made.names:
                made.start(name)
            made.until_ready()
            yield made
        finally:
            made.stop()
            redis.kill()
            postgres.stop()
