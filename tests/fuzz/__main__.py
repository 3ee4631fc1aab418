"""`make fuzz`: looks for inputs that break a reader's promise, by coverage, for an hour; ends 1 when one is found.

    python -m tests.fuzz [--seconds 3600] [TARGET ...]

Each target has a process of its own (two at a time), 2 GB and ten seconds an input. What it has learnt stays in
`var/fuzz/TARGET`, so the next hour goes on from there; an input that breaks something is put into `var/fuzz/broken`.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django

VAR = Path(__file__).resolve().parents[2] / "var" / "fuzz"
_AT_ONCE = 2
_GRACE = 300  # seconds beyond its time until a target is given up: a busy machine is slow to load it


def main() -> int:
    if sys.argv[1:2] == ["--child"]:
        return _fuzz(sys.argv[2])
    django.setup()
    from tests.fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("targets", nargs="*", metavar="TARGET", choices=[[], *TARGETS])
    parser.add_argument("--seconds", type=int, default=3600, help="for all of them together")
    chosen = parser.parse_args()
    names = chosen.targets or list(TARGETS)
    each = max(chosen.seconds * _AT_ONCE // len(names), 1)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        are_good = list(pool.map(lambda name: _run(name, each), names))
    return 0 if all(are_good) else 1


def _run(name: str, seconds: int) -> bool:
    """One target for `seconds`; prints a JSON line about it."""
    from tests.fuzz.targets import TARGETS

    corpus, broken, log = VAR / name, VAR / "broken", VAR / f"{name}.log"
    for folder in (corpus, broken):
        folder.mkdir(parents=True, exist_ok=True)
    words = VAR / f"{name}.words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in TARGETS[name].words if word))
    limits = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-max_len=4000", f"-dict={words}"]
    command = [sys.executable, "-m", "tests.fuzz", "--child", name]
    environment = {
        **os.environ,
        "FUZZ_ARGUMENTS": json.dumps([*limits, f"-artifact_prefix={broken}/{name}-", str(corpus)]),
    }
    begun = time.monotonic()
    with log.open("wb") as output:
        try:
            code = subprocess.run(
                command, stdout=output, stderr=output, env=environment, timeout=seconds + _GRACE, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            code = -1
    result = {
        "target": name,
        "seconds": round(time.monotonic() - begun),
        "inputs": sum(1 for _ in corpus.iterdir()),
        "holds": code == 0,
    }
    if code:
        result["read"] = str(log.relative_to(VAR.parent.parent))
    sys.stdout.write(f"{json.dumps(result)}\n")
    sys.stdout.flush()
    return code == 0


def _escaped(word: str) -> str:
    return "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\' else f"\\x{b:02x}" for b in word.encode())


def _fuzz(name: str) -> int:
    import atheris  # type: ignore[import-untyped,unused-ignore]  # only installed where one fuzzes

    with atheris.instrument_imports(include=["accounts", "campaigns", "contacts", "delivery"]):
        django.setup()
        from tests.fuzz.targets import TARGETS

    atheris.Setup([sys.argv[0], *json.loads(os.environ["FUZZ_ARGUMENTS"])], TARGETS[name].run)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.exit(main())
