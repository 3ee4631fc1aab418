"""How many returned mails a second are read, on one core: those of tests/data/bounces, each as if of another person.

Addresses and numbers change from mail to mail as in real life, so that nothing is known by heart but a server's words.
Processor time is counted, not the clock, as in `bench budget`.
"""

import argparse
import json
import time
from collections.abc import Iterator

from bench.stage import ROOT
from delivery import bounces

_MAILS = ROOT / "tests" / "data" / "bounces"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench bounces", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--mails", type=int, default=10_000)
    options = parser.parse_args(arguments)
    result = measure(options.mails)
    print(json.dumps(result) if options.json else "\n".join(f"{name}: {value}" for name, value in result.items()))


def measure(count: int) -> dict[str, float]:
    mails = list(returned(count))
    begun = time.process_time()
    found = sum(len(bounces.read(mail)) for mail in mails)
    read = time.process_time() - begun
    begun = time.process_time()
    for mail in mails:
        bounces.trace(mail)
    traced = time.process_time() - begun
    return {
        "mails": count,
        "findings": found,
        "bytes_each": round(sum(map(len, mails)) / count),
        "read_per_s": round(count / read),
        "trace_per_s": round(count / traced),
        "read_and_trace_per_s": round(count / (read + traced)),
    }


def returned(count: int) -> Iterator[bytes]:
    originals = [mail.read_bytes() for mail in sorted(_MAILS.glob("*.eml"))]
    for number in range(count):
        mail = originals[number % len(originals)]
        for address in (b"@mailbox.example", b"@silent.example", b"@nodomain.example"):
            mail = mail.replace(address, b"-%d%s" % (number, address))
        yield mail.replace(b"0110ab", b"0110ab%06d" % number).replace(b"<AQE", b"<AQE%06d" % number)
