"""`python -m tools.audit`: do the lock files name versions that are known to be broken?

Compared with tools/minimum_versions.toml; PyPI and npm are asked for advisories where they tell; it is said if not.
Neither has them in a form to be kept offline: PyPI tells of one release at a time, beside its index
(https://docs.pypi.org/api/json/), npm answers a question. Mirrors mostly hold packages alone, and answer 404 or 405.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools.usage import takes_nothing

ROOT = Path(__file__).resolve().parent.parent
_NPM_SECONDS = 60
_PYPI_SECONDS = 10


def main() -> int:
    found = list(too_old(python_versions(), "python")) + list(too_old(node_versions(), "node"))
    for registry, asked in (("PyPI", pypi_advisories), ("npm", npm_advisories)):
        advisories = asked()
        if advisories is None:
            print(f"{registry} tells no advisories here: compared with tools/minimum_versions.toml alone.")
        found += advisories or []
    for line in found:
        print(line)
    return 1 if found else 0


def too_old(locked: dict[str, set[str]], language: str) -> Iterator[str]:
    minimum = tomllib.loads((ROOT / "tools/minimum_versions.toml").read_text())[language]
    for name, (least, reason) in minimum.items():
        for version in sorted(locked.get(name, ())):
            if Version(version) < Version(least):
                yield f"{name} {version} is older than {least}: {reason}"


def python_versions() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]:
        found.setdefault(package["name"], set()).add(package.get("version", "0"))
    return found


def node_versions() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path, package in json.loads((ROOT / "frontend/package-lock.json").read_text())["packages"].items():
        if path:
            found.setdefault(path.rpartition("node_modules/")[2], set()).add(package["version"])
    return found


def direct_python() -> list[str]:
    """What pyproject.toml names, for running, building and testing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    named = [*project["project"]["dependencies"], *groups["build"], *groups["dev"]]
    return [canonicalize_name(Requirement(one).name) for one in named]


def direct_node() -> list[str]:
    package = json.loads((ROOT / "frontend/package.json").read_text())
    return [*package["dependencies"], *package["devDependencies"]]


def pypi_advisories() -> list[str] | None:
    """Of direct dependencies; None as soon as one of them cannot be asked for."""
    locked = python_versions()
    found: list[str] = []
    for name in direct_python():
        for version in sorted(locked.get(name, ())):
            told = _pypi(name, version)
            if told is None:
                return None
            found += [f"{name} {version}: {one['id']}, says PyPI" for one in told if not one.get("withdrawn")]
    return found


def _pypi(name: str, version: str) -> list[dict[str, Any]] | None:
    try:
        with urlopen(f"https://pypi.org/pypi/{name}/{version}/json", timeout=_PYPI_SECONDS) as answer:
            told = json.load(answer).get("vulnerabilities")
    except (OSError, ValueError):
        return None
    return told if isinstance(told, list) else None


def npm_advisories() -> list[str] | None:
    """None where they cannot be asked for."""
    command = ["npm", "audit", "--json", "--audit-level", "high"]
    try:
        done = subprocess.run(command, cwd=ROOT / "frontend", capture_output=True, timeout=_NPM_SECONDS, check=False)
        told = json.loads(done.stdout).get("vulnerabilities")
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    if told is None:
        return None
    grave = [each for each in told.values() if each["severity"] in ("high", "critical")]
    return [f"{each['name']} {each['range']}: {each['severity']}, says npm" for each in grave]


if __name__ == "__main__":
    takes_nothing("tools.audit", __doc__)
    sys.exit(main())
