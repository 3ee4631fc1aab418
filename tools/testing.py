"""`make test` and `make check`: every check by name; the first that fails ends the run.

The slow ones go beside the tests, which leave processors idle while they collect, and while they wait for products.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from tools.usage import parser

# Without windows a new page takes a fifth of the processor time that it takes in Chromium's own headless mode.
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PYTHON = [sys.executable, "-m"]
MANAGE = [sys.executable, "manage.py"]
# What a real installation sets; the deployment check must find nothing to say then.
DEPLOYED = {"PUBLIC_URL": "https://news.example.com"}

Check = tuple[str, list[str], Mapping[str, str]]

AT_ONCE: list[Check] = [
    ("lint", [*PYTHON, "ruff", "check", "."], {}),
    ("format", [*PYTHON, "ruff", "format", "--check", "."], {}),
    ("import order", ["lint-imports"], {}),
    ("templates", [*PYTHON, "tools.templates"], {}),
]
TYPES: Check = ("types", [*PYTHON, "mypy", "."], {})
BESIDE: list[Check] = [
    TYPES,
    ("known faults of dependencies", [*PYTHON, "tools.audit"], {}),
    ("missing migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], {}),
    ("deployment", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], DEPLOYED),
]
SHARED = ["--dist", "loadscope", "--no-loadscope-reorder"]
LONGEST = ["--durations", "12", "--durations-min", "20"]  # tests/conftest.py has them begin first
MOST_WORKERS = 12  # each has a database of Redis, which has sixteen


def main() -> int:
    known = parser("tools.testing", __doc__)
    known.add_argument("tests", nargs="*", help="paths of tests; none: every check, and all tests")
    known.add_argument("--quick", action="store_true", help="the checks without the tests")
    given = known.parse_args()
    is_quick, chosen = given.quick, given.tests
    if not is_quick:
        ensure_browser()
    folder = Path(__file__).resolve().parent.parent
    own = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": own + os.pathsep + os.environ.get("PATH", ""),
        "TALLYPOST_VAR": os.environ.get("TALLYPOST_VAR", str(folder / "var" / "test")),
    }
    if chosen:
        return subprocess.run([*PYTHON, "pytest", "-q", *chosen], cwd=folder, env=environment, check=False).returncode
    if not all(_holds(check, folder, environment) for check in [*AT_ONCE, *([TYPES] if is_quick else [])]):
        return 1
    return 0 if is_quick else _test(folder, environment)


def _test(folder: Path, environment: Mapping[str, str]) -> int:
    print("── tests", flush=True)
    start = time.monotonic()
    command = [*PYTHON, "pytest", "-n", str(_workers()), *SHARED, *LONGEST, "-q"]
    tests = subprocess.Popen(command, cwd=folder, env=environment)
    try:
        if not all(_holds(check, folder, environment) for check in BESIDE):
            return 1
        if code := tests.wait():
            print(f"── tests failed: {' '.join(command)}", flush=True)
            return code
    finally:
        if tests.poll() is None:
            tests.send_signal(signal.SIGINT)
            tests.wait()
    print(f"── tests: {time.monotonic() - start:.0f} s", flush=True)
    return 0


def _workers() -> int:
    """Five for two processors, since some wait while others work, as far as a gigabyte is free for each."""
    free = int(psutil.virtual_memory().available // 2**30)
    return max(2, min(5 * len(os.sched_getaffinity(0)) // 2, free, MOST_WORKERS))


def _holds(check: Check, folder: Path, environment: Mapping[str, str]) -> bool:
    """What it says is printed when it fails, in one piece, so that it does not mix with the words of the tests."""
    name, command, extra = check
    start = time.monotonic()
    done = subprocess.run(
        command,
        cwd=folder,
        env={**environment, **extra},
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        print(f"\n{done.stdout}\n── {name} failed: {' '.join(command)}", flush=True)
        return False
    print(f"── {name}: {time.monotonic() - start:.0f} s", flush=True)
    return True


def browser() -> str | None:
    """Path of the first Chromium that is installed."""
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


def ensure_browser() -> None:
    """Chromium for the browser tests: there, or installed by apt when we are root on Debian, or asked for."""
    if browser():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("── installing chromium", flush=True)
        quiet = {"stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for name in _BROWSERS[:2]:
            command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", name]
            done = subprocess.run(command, env=environment, check=False, **quiet)  # type: ignore[call-overload]
            if done.returncode == 0:
                return
    sys.exit("The browser tests need Chromium: install it (Debian: apt install chromium) and run `make test` again.")


if __name__ == "__main__":
    sys.exit(main())
