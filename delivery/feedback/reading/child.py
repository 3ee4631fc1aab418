"""Reads strangers' mails under limits that the kernel keeps: `python -m delivery.feedback.reading.child`.

Frames on both pipes: four octets of length and so many octets. A mail comes in, what it says goes out as JSON. It knows
no settings, no secrets and no database.
"""

import codecs
import gc
import json
import resource
import signal
import struct
import sys
from dataclasses import astuple, fields
from typing import Any

from delivery import bounces
from delivery.bounces import Finding, Trace
from delivery.domains.delivered import reading as delivered
from delivery.domains.dmarc_reports import parsing, reading

MEMORY_BYTES = 300_000_000  # above what the process begins with
LENGTH = struct.Struct(">I")
FINDING = tuple(field.name for field in fields(Finding))  # in whose order values travel
TRACE = tuple(field.name for field in fields(Trace))
_OF_REPORTS = ("cp437", "cp1252", "latin-1", "utf-16")  # names in a zip, and how receivers write


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    bounces.read(b"Subject: warm\r\n\r\n")
    for name in _OF_REPORTS:
        codecs.lookup(name)  # later no file can be opened
    gc.collect()
    gc.freeze()  # what is loaded is not looked through with every collection
    _apply_limits()
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    while len(head := given.read(LENGTH.size)) == LENGTH.size:
        said = _encode(_said(given.read(LENGTH.unpack(head)[0]))).encode()
        answers.write(LENGTH.pack(len(said)) + said)
        answers.flush()


_encode = json.JSONEncoder(default=str).encode  # json.dumps would make one for every mail


def _said(raw: bytes) -> dict[str, Any]:
    trace = bounces.trace(raw)
    dmarc, arrived = reading.read(raw), delivered.read(raw)
    return {
        "findings": [[getattr(found, name) for name in FINDING] for found in bounces.read(raw)],
        "trace": [getattr(trace, name) for name in TRACE],
        "dmarc": None if dmarc is None else [dmarc.problem, _report(dmarc.report)],
        "arrived": None if arrived is None else astuple(arrived),
    }


def _report(report: parsing.Report | None) -> dict[str, Any] | None:
    if report is None:
        return None
    plain = {field.name: getattr(report, field.name) for field in fields(report)}
    return plain | {"rows": [[count, *astuple(row)] for row, count in report.rows.items()]}


def _apply_limits() -> None:
    """For good: no file, socket or process is opened by it."""
    with open("/proc/self/statm", "rb") as pages:
        size = int(pages.read().split()[0]) * resource.getpagesize()
    for kind, limit in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_AS, size + MEMORY_BYTES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        _, highest = resource.getrlimit(kind)
        most = limit if highest == resource.RLIM_INFINITY else min(limit, highest)
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main()
