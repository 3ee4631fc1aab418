"""The processes of one machine, and the supervisor that keeps them."""

import contextlib
import http.client
import os
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
            "command": " ".join(_quoted(part) for part in self.command),
            "directory": self.identity.get("cwd", ROOT),
            "priority": self.order,
            "autostart": str(starts).lower(),
            "autorestart": "true",
            "startsecs": 1,
            "startretries": 1000,
            "stopsignal": self.stop_signal,
            "stopwaitsecs": self.stop_seconds,
            "killasgroup": "true",
            "stdout_logfile": log / f"{self.name}.log",
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
        options = ["-Q", queue, "-c", str(processes), "-n", f"{queue}@%%h", "--without-gossip", "--without-mingle"]
        command = [python, "-m", "celery", "-A", "config", "worker", "-l", "WARNING", *options]
        return Program(queue, command, order=50, stop_seconds=20)

    web = [python, "-m", "granian", "--interface", "wsgi", "config.wsgi:application", "--host", host]
    web += ["--port", str(port), "--workers", str(cores), "--blocking-threads", "4", "--no-ws"]
    web += ["--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "5"]
    beat = [python, "-m", "celery", "-A", "config", "beat", "-l", "WARNING", "-s"]
    manage = [python, str(ROOT / "manage.py")]
    return [
        Program("sandbox", [*manage, "sandbox"], order=30),
        Program("intake", [*manage, "intake"], order=40),
        worker("bulk", cores),
        worker("transactional", 1),
        worker("control", 1),
        worker("jobs", 2),
        Program("beat", [*beat, str(var / "run" / "beat")], order=60),
        Program("web", web, order=70),
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
        f"[supervisord]\nlogfile={var / 'log' / f'{name}.log'}\npidfile={var / 'run' / f'{name}.pid'}\n{user}",
        f"[unix_http_server]\nfile={_control_socket(var, name)}\nchmod=0700\n",
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n",
        *(program.section(var / "log", starts=starts_all) for program in kept),
    ]
    path = var / "run" / f"{name}.conf"
    path.write_text("\n".join(sections))
    return path


def connect(var: Path, daemon: subprocess.Popen[bytes]) -> Any:
    """The remote control of the outer supervisor, once it answers."""
    import xmlrpc.client

    from supervisor.xmlrpc import SupervisorTransport

    for _ in range(200):
        transport = SupervisorTransport(serverurl=f"unix://{_control_socket(var)}")
        control = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        with contextlib.suppress(OSError, http.client.HTTPException):
            control.supervisor.getState()
            return control.supervisor
        if daemon.poll() is not None:
            break
        time.sleep(0.05)
    raise NotStarted(f"The supervisor did not start: see {var / 'log' / 'supervisor.out'}.")


def bound_to_us(command: list[str]) -> list[str]:
    """So that a killed parent leaves no orphans behind (Linux; elsewhere the next start finds the ports taken)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--", *command] if setpriv else command


def _control_socket(var: Path, name: str = "supervisor") -> Path:
    inside = var / "run" / f"{name}.sock"
    is_short = len(os.fsencode(inside)) <= services.LONGEST_SOCKET
    return inside if is_short else services.Place(var).sockets / f"{name}.sock"


def process_name(service: services.Postgres | services.Redis) -> str:
    return service.name.lower()


def _quoted(part: str) -> str:
    return f'"{part}"' if " " in part else part
