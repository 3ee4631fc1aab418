"""The processes of one machine, and the supervisor that keeps them."""

import contextlib
import http.client
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config import services
from config.services import NotStarted

ROOT = Path(__file__).resolve().parent.parent
PARTS = "parts"  # the warmed parent of all programs of ours
# By a file var/run/NAME.ready.
SAY_READY = ("sandbox", "intake", "feedback", "bulk", "transactional", "control", "jobs")
_NOT_SPAWNED = "supervisor: child process was not spawned"  # follows the line that says why
_ENDED = ("Exited too quickly", "Bad exit code")  # says that it ended, and nothing of why
_FAREWELL = 5  # lines
# Of a traceback all but its last line; which may be missing, as a program that ended is soon begun again.
_LEADS_THERE = re.compile(r"\s|Traceback \(most recent call last\)|During handling of|The above exception was")


@dataclass(frozen=True)
class Program:
    """One supervised process. Those with a lower `order` start first and stop last."""

    name: str
    command: list[str]
    order: int
    stop_signal: str = "TERM"
    stop_seconds: int = 10
    identity: dict[str, Any] = field(default_factory=dict)

    def section(self, log: Path, *, starts: bool) -> str:
        lines = {
            "command": _literally(shlex.join(self.command)),
            "directory": _literally(self.identity.get("cwd", ROOT)),
            "priority": self.order,
            "autostart": str(starts).lower(),
            "autorestart": "true",
            "startsecs": 1,
            "startretries": 1000,
            "stopsignal": self.stop_signal,
            "stopwaitsecs": self.stop_seconds,
            "killasgroup": "true",
            "stdout_logfile": _literally(_literally(log / f"{self.name}.log")),  # expanded twice, alone of all
            "stdout_logfile_maxbytes": "10MB",
            "stdout_logfile_backups": 2,
            "redirect_stderr": "true",
        }
        if user := self.identity.get("user"):
            lines["user"] = user
        return f"[program:{self.name}]\n" + "".join(f"{key}={value}\n" for key, value in lines.items())


def programs(host: str, port: int, cores: int, var: Path = ROOT / "var") -> list[Program]:
    """The processes of one machine, besides its services. `docker/compose.yaml` runs the same."""
    python = sys.executable

    def worker(queue: str, processes: int) -> Program:
        return Program(queue, [python, "-m", "config.worker", queue, str(processes)], order=50, stop_seconds=20)

    web = [python, "-m", "config.web"]
    manage = [python, str(ROOT / "manage.py")]
    return [
        Program("sandbox", [*manage, "sandbox"], order=30),
        Program("intake", [*manage, "intake"], order=40),
        Program("feedback", [*manage, "feedback"], order=45, stop_seconds=20),
        worker("bulk", cores),
        worker("transactional", 1),
        worker("control", 1),
        worker("jobs", 2),
        Program("beat", [python, "-m", "config.worker", "beat", str(var / "run" / "beat")], order=60),
        Program("staff", [*web, "staff", "--workers", str(cores)], order=65),
        Program("web", [*web, "front", "--workers", str(cores), "--host", host, "--port", str(port)], order=70),
    ]


def configuration(var: Path, embedded: list[services.Postgres | services.Redis], children: list[Program]) -> Path:
    """Files for the two supervisors: one keeps services and the warmed parent, which keeps the parts."""
    kept = [
        Program(process_name(service), service.command, 10 + order, "INT", 30, service.place.identity)
        for order, service in enumerate(embedded)
    ]
    parts = _write(var, f"supervisor-{PARTS}", children, starts_all=True)
    warmed = [sys.executable, "-m", "config.warmed", str(parts)]
    stop_seconds = sum(child.stop_seconds for child in children) + 5
    kept.append(Program(PARTS, bound_to_us(warmed), order=20, stop_seconds=stop_seconds))
    return _write(var, "supervisor", kept, starts_all=False)


def _write(var: Path, name: str, kept: list[Program], *, starts_all: bool) -> Path:
    user = "user=root\n" if os.geteuid() == 0 else ""
    sections = [
        f"[supervisord]\nlogfile={_literally(var / 'log' / f'{name}.log')}\n"
        f"pidfile={_literally(var / 'run' / f'{name}.pid')}\n{user}",
        f"[unix_http_server]\nfile={_literally(services.socket_of(var, name))}\nchmod=0700\n",
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n",
        *(program.section(var / "log", starts=starts_all) for program in kept),
    ]
    path = var / "run" / f"{name}.conf"
    path.write_text("\n".join(sections))
    return path


def connect(var: Path, daemon: subprocess.Popen[bytes]) -> Any:
    """The remote control of the outer supervisor, once it answers."""
    for _ in range(200):
        control = remote(var)
        with contextlib.suppress(OSError, http.client.HTTPException):
            control.getState()
            return control
        if daemon.poll() is not None:
            break
        time.sleep(0.05)
    raise NotStarted(f"The supervisor did not start: see {var / 'log' / 'supervisor.out'}.")


def remote(var: Path, name: str = "supervisor") -> Any:
    """The remote control of one supervisor. Its methods raise OSError while nobody answers."""
    import xmlrpc.client

    from supervisor.xmlrpc import SupervisorTransport

    transport = SupervisorTransport(serverurl=f"unix://{services.socket_of(var, name)}")
    return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor


def last_words(var: Path, name: str, info: dict[str, Any]) -> str:
    """What a supervised program said last, if it ended although it should run; else nothing. `info`: its state."""
    if info["statename"] in ("STARTING", "RUNNING", "STOPPED") and not info["stop"]:
        return ""
    said = _said(var, name)
    could_not_begin = info["spawnerr"] and not info["spawnerr"].startswith(_ENDED)
    if said and not could_not_begin:
        return said
    return str(info["spawnerr"]) or f"var/log/{name}.log says nothing."


def _said(var: Path, name: str) -> str:
    """The line that tells why it ended: the last since this start that is no part of the way there in a traceback, or
    PostgreSQL's complaint before its farewell.
    """
    log = var / "log" / f"{name}.log"
    began = var / "run" / "supervisor.conf"
    if not log.exists() or (began.exists() and log.stat().st_mtime < began.stat().st_mtime):
        return ""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip() and line != _NOT_SPAWNED]
    fatal = [line for line in lines[-_FAREWELL:] if re.search(r"\b(FATAL|PANIC):", line)]
    reasons = [line for line in lines if not _LEADS_THERE.match(line)]
    return (fatal or reasons or lines or [""])[-1].strip()


def bound_to_us(command: list[str]) -> list[str]:
    """So that a killed parent leaves no orphans behind (Linux; elsewhere the next start finds the ports taken)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--", *command] if setpriv else command


def process_name(service: services.Postgres | services.Redis) -> str:
    return service.name.lower()


def _literally(value: object) -> str:
    """As a value of supervisor's files, which expand what follows a per cent sign and end at " ;"."""
    return str(value).replace("%", "%%")
