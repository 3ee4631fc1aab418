"""The product's settings with files of their own under var/test, and a Redis database of its own a test process."""

import os
from pathlib import Path

from config import services

os.environ.setdefault("TALLYPOST_VAR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    given = os.environ.get("REDIS_URL") or services.redis_url(Path(os.environ["TALLYPOST_VAR"]))
    split = "?db=" if "?db=" in given else "/"
    os.environ["REDIS_URL"] = given.rpartition(split)[0] + f"{split}{1 + int(worker.removeprefix('gw'))}"

from config.settings import *  # noqa: F403

DATABASES["default"]["ENGINE"] = "tests.database"  # noqa: F405
WHITENOISE_AUTOREFRESH = True  # else all files are looked at for each of the many thousand clients
DNS_SERVERS = ("127.0.0.1:9",)  # nobody answers there: no test asks the world
