"""`python -m bench MEASUREMENT [--json]`: one of those below, one JSON object a line."""

import importlib
import signal
import sys

MEASUREMENTS = {
    "send": "sending",
    "scale": "scale",
    "import": "importing",
    "track": "tracking",
    "build": "building",
    "budget": "budget",
    "idle": "idle",
    "bounces": "returning",
    "reports": "pages:reports",
    "pages": "pages:pages",
    "segments": "segments",
    "sandbox": "sandbox",
    "editor": "editor",
    "demo": "demo",
}


def main() -> int:
    usage = f"usage: python -m bench {'|'.join(MEASUREMENTS)} [--json]"
    if sys.argv[1:2] in (["-h"], ["--help"]):
        print(usage)
        return 0
    if len(sys.argv) < 2 or sys.argv[1] not in MEASUREMENTS:
        print(usage, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is stopped, too
    module, _, function = MEASUREMENTS[sys.argv[1]].partition(":")
    getattr(importlib.import_module(f"bench.{module}"), function or "main")(sys.argv[2:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
