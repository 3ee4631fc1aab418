"""`make test` and `make check`: every check by name, in order; the first that fails ends the run."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PYTHON = [sys.executable, "-m"]
MANAGE = [sys.executable, "manage.py"]
# What a real installation sets; the deployment check must find nothing to say then.
DEPLOYED = {"PUBLIC_URL": "https://news.example.com"}

QUICK: list[tuple[str, list[str], Mapping[str, str]]] = [
    ("lint", [*PYTHON, "ruff", "check", "."], {}),
    ("format", [*PYTHON, "ruff", "format", "--check", "."], {}),
    ("types", [*PYTHON, "mypy", "."], {}),
    ("import order", ["lint-imports"], {}),
    ("templates", [*PYTHON, "tools.templates"], {}),
]
CHECKS = [
    *QUICK,
    ("known faults of dependencies", [*PYTHON, "tools.audit"], {}),
    ("missing migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], {}),
    ("deployment", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], DEPLOYED),
    ("tests", [*PYTHON, "pytest", "-n", "3", "--dist", "loadscope", "--no-loadscope-reorder", "-q"], {}),
]


def main() -> int:
    is_quick = "--quick" in sys.argv
    chosen = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if not is_quick:
        ensure_browser()
    folder = Path(__file__).resolve().parent.parent
    own = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": own + os.pathsep + os.environ.get("PATH", ""),
        "TALLYPOST_VAR": os.environ.get("TALLYPOST_VAR", str(folder / "var" / "test")),
    }
    checks = [("tests", [*PYTHON, "pytest", "-q", *chosen], {})] if chosen else QUICK if is_quick else CHECKS
    for name, command, extra in checks:
        print(f"── {name}", flush=True)
        start = time.monotonic()
        if subprocess.run(command, cwd=folder, env={**environment, **extra}, check=False).returncode:
            print(f"── {name} failed: {' '.join(command)}", flush=True)
            return 1
        print(f"── {name}: {time.monotonic() - start:.0f} s", flush=True)
    return 0


def ensure_browser() -> None:
    """Chromium for the browser tests: there, or installed by apt when we are root on Debian, or asked for."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("── installing chromium", flush=True)
        quiet = {"stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if subprocess.run(command, env=environment, check=False, **quiet).returncode == 0:  # type: ignore[call-overload]
            return
    sys.exit("The browser tests need Chromium: install it (Debian: apt install chromium) and run `make test` again.")


if __name__ == "__main__":
    sys.exit(main())
