"""The sandbox's SMTP server."""

import errno
import sys
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from delivery.guards import readiness
from delivery.models.providers import SANDBOX_PORTS
from delivery.sandbox import server


class Command(BaseCommand):
    requires_system_checks = ()  # the web server makes them; this one starts fast
    help = "Run the sandbox: an SMTP server that keeps mail instead of delivering it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: this machine only).")
        parser.add_argument(
            "--port", type=int, default=settings.SANDBOX_PORT or None, help="Default: the first free one."
        )

    def handle(self, *args: Any, host: str, port: int | None, **options: Any) -> None:
        try:
            serving = server.serve(
                host, SANDBOX_PORTS if port is None else [port], self._announce, tells_port=port is None
            )
            uvloop.run(serving)
        except OSError as problem:
            if problem.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
                raise
            raise CommandError(
                f"The sandbox cannot listen on {host}:{port or SANDBOX_PORTS[-1]} ({problem.strerror}). "
                "Stop the other program or choose a port with SANDBOX_PORT=..."
            ) from None

    def _announce(self, port: int) -> None:
        self.stdout.write(f"The sandbox listens on port {port}.")
        sys.stdout.flush()
        readiness.say("sandbox")
