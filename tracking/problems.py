"""What Home says of tracking: a GeoIP file that was given and cannot be read. Nobody reads logs to learn it."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from accounts.models import User
from accounts.permissions import Permission, allows
from accounts.shell.problems import Problem

# The format ends with facts about the file, behind this mark: a look at the end tells without loading a library.
_MARK = b"\xab\xcd\xefMaxMind.com"
_END_BYTES = 128 * 1024


def unreadable_geoip_file(user: User) -> Iterator[Problem]:
    if not settings.GEOIP_FILE or not allows(user, Permission.ORGANISATION):
        return
    if reason := _trouble(Path(settings.GEOIP_FILE)):
        text = (
            f"{reason} Opens and clicks are counted all the same. Put a MaxMind DB file there, or empty the setting"
            " GEOIP_FILE."
        )
        yield Problem("warn", "Countries are not counted", text)


def _trouble(path: Path) -> str:
    """Empty: it looks like such a file."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _END_BYTES))
            return "" if _MARK in file.read() else f"{path} is no GeoIP file."
    except OSError as problem:
        return f"The GeoIP file {path} cannot be read ({problem.strerror})."
