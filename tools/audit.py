"""`python -m tools.audit`: do the lock files name versions that are known to be broken?

Compared with tools/minimum_versions.toml; and npm is asked where its registry tells (many mirrors do not), which is
said either way.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
_NPM_SECONDS = 60


def main() -> int:
    found = list(too_old(python_versions(), "python")) + list(too_old(node_versions(), "node"))
    advisories = npm_advisories()
    if advisories is None:
        print("npm's registry tells no advisories here: compared with tools/minimum_versions.toml alone.")
    for line in found + (advisories or []):
        print(line)
    return 1 if found or advisories else 0


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
    sys.exit(main())
