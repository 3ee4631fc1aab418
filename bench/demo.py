"""The year that `make demo` writes before it opens, with the product's own code: a minute at most."""

import argparse
import json
import time
from typing import Any

from bench.pages import begin, counted
from bench.returning import cpu_seconds
from bench.stage import stage


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench demo")
    parser.add_argument("--json", action="store_true", help="one line instead of a table")
    options = parser.parse_args(argv)
    found = _measure()
    if options.json:
        print(json.dumps({"bench": "demo", **found}))
        return
    for name, value in found.items():
        print(f"{name:<12} {value:>12,}")


def _measure() -> dict[str, Any]:
    """Seconds by the clock, and of processor time here and in PostgreSQL, which a busy machine changes less."""
    with stage("demo"):
        from tools.demo import filling

        owner = begin()
        started, spent = time.monotonic(), cpu_seconds()
        filling.fill(owner)
        seconds, cpu = time.monotonic() - started, cpu_seconds() - spent
        return {"seconds": round(seconds, 1), "cpu_s": round(cpu, 1), **counted()}
