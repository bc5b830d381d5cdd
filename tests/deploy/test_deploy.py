"""What stands in deploy/ holds together: settings that exist, nothing open but the proxy, no secret. No Docker is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.__main__ import parser
from bot.metrics import PROCESSES
from bot.settings import ROOT, Settings

DEPLOY = ROOT / "deploy"
FILES = [path for path in DEPLOY.rglob("*") if path.is_file()]
KNOWN = {f"PAS_{name.upper()}" for name in Settings.model_fields}
# What Caddy and Compose themselves are told.
OF_OTHERS = {"PAS_SITE", "PAS_SECRETS"}
# Only these may be the value of something that is called a secret.
ELSEWHERE = re.compile(r"/run/secrets/\w+|/state/keys/\w+\.key|")


def documents(path: Path) -> list[Any]:
    return list(YAML(typ="safe").load_all(path))


COMPOSE = documents(DEPLOY / "compose.yml")[0]
KUBERNETES = [(path.name, one) for path in (DEPLOY / "kubernetes").glob("*.yml") for one in documents(path)]


def kinds(*wanted: str) -> Iterator[tuple[str, Any]]:
    yield from ((name, one) for name, one in KUBERNETES if one["kind"] in wanted)


def templates() -> Iterator[tuple[str, Any]]:
    """The pods of each workload."""
    for name, one in kinds("Deployment", "StatefulSet", "Job"):
        yield name, one["spec"]["template"]["spec"]


def environments() -> Iterator[dict[str, str]]:
    """What each process is set with."""
    yield from (service.get("environment", {}) for service in COMPOSE["services"].values())
    yield from (one["data"] for _, one in kinds("ConfigMap"))
    for _, pod in templates():
        for container in pod["containers"]:
            yield {entry["name"]: entry.get("value", "") for entry in container.get("env", [])}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    assert set(re.findall(r"PAS_[A-Z_]+", path.read_text(encoding="utf-8"))) <= KNOWN | OF_OTHERS


def test_what_they_set_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for environment in environments():
        ours = {name: value for name, value in environment.items() if name in KNOWN}
        for name, value in ours.items():
            monkeypatch.setenv(name, value)
        Settings()


def test_every_command_exists() -> None:
    known = next(action for action in parser()._actions if action.dest == "command").choices
    assert known is not None
    started = [s["command"][0] for s in COMPOSE["services"].values() if s["image"] == "pas-op-de-plaats"]
    for _, pod in templates():
        containers = [c for c in pod["containers"] + pod.get("initContainers", []) if c["image"] == "pas-op-de-plaats"]
        started += [c["args"][0] for c in containers if "command" not in c]
    assert {"serve-door", "serve-engine", "serve-actions", "migrate", "publish"} == set(started) <= set(known)


def test_there_are_two_of_what_doctors_talk_with() -> None:
    services = set(COMPOSE["services"])
    assert {"door-1", "door-2", "engine-1", "engine-2", "actions", "postgres", "redis", "proxy"} <= services
    for name, one in kinds("Deployment", "StatefulSet"):
        if name in ("door.yml", "engine.yml", "actions.yml"):
            assert one["spec"]["replicas"] == 2


def test_nothing_but_the_proxy_is_published() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["proxy"]
    assert not any("network_mode" in service for service in COMPOSE["services"].values())
    outside = {name for name, network in COMPOSE["networks"].items() if not network.get("internal")}
    assert [n for n, s in COMPOSE["services"].items() if outside & set(s["networks"])] == ["proxy"]
    for _, service in kinds("Service"):
        assert service["spec"].get("type", "ClusterIP") == "ClusterIP"
    for _, pod in templates():
        assert not pod.get("hostNetwork")
        assert not [port for c in pod["containers"] for port in c.get("ports", []) if "hostPort" in port]
    backends = [
        path["backend"]["service"]["name"]
        for _, one in kinds("Ingress")
        for rule in one["spec"]["rules"]
        for path in rule["http"]["paths"]
    ]
    assert backends == ["pas-door"]


def test_engines_and_actions_are_reached_only_by_who_needs_them() -> None:
    shared = {
        name: set(COMPOSE["services"][name]["networks"]) & set(COMPOSE["services"]["proxy"]["networks"])
        for name in ("engine-1", "actions", "redis", "postgres", "postgres-keys")
    }
    assert not any(shared.values())
    policies = {one["metadata"]["name"]: one["spec"] for _, one in kinds("NetworkPolicy")}
    assert policies["pas-closed"]["podSelector"] == {"matchLabels": {"part-of": "pas"}}
    ways = {"pas-engine": "pas-door", "pas-actions": "pas-engine", "pas-redis": "pas-door"}
    for name, source in ways.items():
        assert policies[name]["ingress"][0]["from"] == [{"podSelector": {"matchLabels": {"app": source}}}]


def test_no_secret_stands_in_them() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"://[^\s/@]*:[^\s/@]+@", text), path
        assert "BEGIN " not in text and not re.search(r"[A-Za-z0-9+/]{43}=", text), path
    assert not list(kinds("Secret"))
    for environment in environments():
        for name, value in environment.items():
            if re.search(r"PASSWORD|SECRET|TOKEN|_KEY(_|$)", name) and name != "PAS_KEY_DATABASE":
                assert name.endswith("_FILE") and ELSEWHERE.fullmatch(value), name
    assert all("${PAS_SECRETS:?" in secret["file"] for secret in COMPOSE["secrets"].values())


def test_the_keys_have_a_database_and_a_volume_of_their_own() -> None:
    urls = COMPOSE["services"]["door-1"]["environment"]
    assert "@postgres/" in urls["PAS_DATABASE"] and "@postgres-keys/" in urls["PAS_KEY_DATABASE"]
    volumes = [COMPOSE["services"][name]["volumes"][0].split(":")[0] for name in ("postgres", "postgres-keys")]
    assert len(set(volumes)) == 2


def test_every_process_is_asked_whether_it_lives_and_is_ready_and_hears_before_it_goes() -> None:
    for name, pod in templates():
        if name in ("door.yml", "engine.yml", "actions.yml"):
            container = pod["containers"][0]
            assert container["livenessProbe"]["httpGet"]["path"] == "/live"
            assert container["readinessProbe"]["httpGet"]["path"] == "/ready"
            assert container["lifecycle"]["preStop"]
            assert pod["terminationGracePeriodSeconds"] >= 60
            metrics = next(port["containerPort"] for port in container["ports"] if port["name"] == "metrics")
            assert metrics == 9460 + PROCESSES.index(name.removesuffix(".yml"))


def test_the_proxy_asks_whether_a_door_is_ready_and_keeps_no_log_of_visits() -> None:
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    assert "health_uri /ready" in caddy and "lb_policy header Authorization" in caddy
    assert re.search(r"log \{\s*output discard", caddy)


def test_the_proxy_keeps_browsers_on_https() -> None:
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    seconds = re.search(r'header Strict-Transport-Security "max-age=(\d+)"', caddy)
    assert seconds and int(seconds[1]) >= 365 * 24 * 3600


def test_the_image_holds_nothing_that_was_stored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {"var", ".git", ".venv"} <= set(ignored)
    assert re.search(r"^USER \d+$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.M)
