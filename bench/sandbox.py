"""`bench sandbox`: the sandbox takes mails of 10 KB over SMTP and keeps them, on one machine with who sends them.

Postfix's smtp-source sends a mail that the product itself built, text and HTML, over connections that it keeps. What
counts ends with the last answer, and every answer came after the commit; the mails are counted in the database.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from bench import sink
from bench.stage import ROOT, stage


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench sandbox", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=100)
    options = parser.parse_args(argv)
    with stage("sandbox") as environment:
        result = _measure(options.messages, options.connections, environment)
    print(json.dumps(result) if options.json else "\n".join(f"{name:20} {value}" for name, value in result.items()))


def _measure(messages: int, connections: int, environment: dict[str, str]) -> dict[str, Any]:
    from django.db import connection

    from delivery.models import SandboxMail

    mail = _mail(Path(environment["TALLYPOST_VAR"]) / "mail.eml")
    command = [sys.executable, "manage.py", "sandbox", "--port", "0"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        port = int(_line(server).split()[-1].rstrip("."))
        _send(port, mail, 500, connections)  # warms up
        before = _cpu_seconds(server.pid), SandboxMail.objects.count()
        started = time.monotonic()
        _send(port, mail, messages, connections)
        seconds = time.monotonic() - started
        kept = SandboxMail.objects.count() - before[1]
        cpu = _cpu_seconds(server.pid) - before[0]
    finally:
        server.terminate()
        server.communicate(timeout=20)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('delivery_sandboxmail')")
        on_disk = int(cursor.fetchone()[0])
    connection.close()
    return {
        "measurement": "sandbox",
        "messages": messages,
        "kept": kept,
        "bytes_each": mail.stat().st_size,
        "connections": connections,
        "seconds": round(seconds, 2),
        "messages_per_s": round(kept / seconds),
        "server_us_each": round(cpu / messages * 1e6),
        "disk_bytes_each": round(on_disk / (messages + 500)),
        "cores": psutil.cpu_count(),
        "load_before": round(psutil.getloadavg()[2], 1),
    }


def _mail(path: Path) -> Path:
    from bench.letters import recipients, ten_kilobytes

    # smtp-source ends lines itself.
    path.write_bytes(ten_kilobytes().build(recipients(1)[0]).replace(b"\r\n", b"\n"))
    path.chmod(0o644)
    return path


def _line(server: "subprocess.Popen[str]") -> str:
    return server.stdout.readline() if server.stdout else ""


def _send(port: int, mail: Path, messages: int, connections: int) -> None:
    command = [sink.program("smtp-source"), "-d", "-s", str(connections), "-m", str(messages), "-F", str(mail)]
    subprocess.run([*command, f"inet:127.0.0.1:{port}"], check=True, stdout=subprocess.DEVNULL)


def _cpu_seconds(pid: int) -> float:
    """Of the sandbox with its children."""
    process = psutil.Process(pid)
    found = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return float(sum(times.user + times.system for times in found))
