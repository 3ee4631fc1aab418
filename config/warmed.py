"""The warmed parent of one machine's parts: loads Tallypost once, then forks web, workers, beat and the rest from it.

What is loaded before the fork is shared by all of them. supervisor keeps them, as it keeps PostgreSQL and Redis one
level above; only that here a program begins in a fork of this process and not by `exec`. So nothing may be open when
the first part is forked: no thread, no connection, no event loop.
"""

import gc
import importlib
import os
import signal
import sys
import time

from config.aside import begin
from config.forking import ForkingOptions
from config.orphans import end_with_parent
from config.services import NotStarted

SLOWEST_DATABASE = 60  # seconds until it takes connections
# What the commands of the parts import when they begin.
LOADED = (
    "billiard.heap",
    "billiard.popen_fork",
    "billiard.sharedctypes",
    "billiard.synchronize",
    "celery.app.events",
    "celery.app.log",
    "celery.app.routes",
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.concurrency.prefork",
    "celery.events.receiver",
    "celery.worker.autoscale",
    "celery.worker.components",
    "celery.worker.consumer",
    "celery.worker.consumer.delayed_delivery",
    "celery.worker.strategy",
    "config.web.front",
    "config.wsgi",
    "dbm.dumb",
    "delivery.management.commands.feedback",
    "delivery.management.commands.sandbox",
    "django.core.cache.backends.redis",
    "granian.cli",
    "granian.server",
    "kombu.transport.redis",
    "multiprocessing.popen_fork",
    "tracking.management.commands.intake",
    "uvloop",
)


def main(configuration: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["CELERY_SKIP_CHECKS"] = "1"  # each worker would make Django's checks again
    gc.disable()  # and nothing is collected before the freeze: what is freed leaves holes that every child fills anew
    end_with_parent(signal.SIGTERM)
    try:
        load()
        migrated = begin(_migrate)
        compile_templates()
        migrated()
        answer_requests()
    except NotStarted as problem:
        print(problem, file=sys.stderr)
        return 1
    close_everything()
    gc.freeze()
    gc.enable()
    _supervise(configuration)
    return 0


def load() -> None:
    import django
    from django.conf import settings

    django.setup()
    settings.LOGGING_CONFIG = None  # done, and to do it again in each child would touch every logger there is
    for module in LOADED:
        importlib.import_module(module)
    from config.celery import app

    app.loader.init_worker()
    app.finalize()
    # Made when they are first asked for.
    for name in ("amqp", "control", "events", "log", "Worker", "Beat"):
        getattr(app, name)
    app.connection_for_write().release()


def compile_templates() -> None:
    """They stay in the loader's cache."""
    from django.conf import settings
    from django.template.loader import get_template

    folder = settings.BASE_DIR / "templates"
    for file in sorted(folder.rglob("*.html")):
        get_template(str(file.relative_to(folder)))


def answer_requests() -> None:
    """What Django makes at the first of them is then nobody's own."""
    for path in ("/login/", "/", "/setup/", "/campaigns/", "/u/nothing"):
        _get(path)


def close_everything() -> None:
    """No connection may cross a fork: two processes would talk on it."""
    from django.core.cache import caches
    from django.db import connections

    connections.close_all()
    caches.close_all()


def _migrate() -> None:
    from django.core.management import CommandError, call_command
    from django.db import OperationalError, connection

    deadline = time.monotonic() + SLOWEST_DATABASE
    while True:
        try:
            connection.ensure_connection()
            break
        except OperationalError as problem:
            if time.monotonic() > deadline:
                raise NotStarted(f"The database does not answer: {problem}") from problem
            time.sleep(0.1)
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except CommandError as problem:
        raise NotStarted(str(problem)) from problem


def _get(path: str) -> None:
    from wsgiref.util import setup_testing_defaults

    from config.wsgi import application

    environ = {
        "PATH_INFO": path,
        "HTTP_HOST": "localhost",
        "HTTP_X_FORWARDED_PROTO": "https",
        "REMOTE_ADDR": "127.0.0.1",
    }
    setup_testing_defaults(environ)
    answer = application(environ, lambda status, headers, problem=None: None)
    try:
        b"".join(answer)
    finally:
        getattr(answer, "close", lambda: None)()


def _supervise(configuration: str) -> None:
    from supervisor import supervisord

    options = ForkingOptions()
    options.realize(["-n", "-s", "-c", configuration])
    options.first = True
    options.test = False
    supervisord.go(options)
    options.close_httpservers()
    options.close_logger()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
