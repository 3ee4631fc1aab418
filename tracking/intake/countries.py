"""The country of an address, looked up in the GeoIP file that this installation was given, if it was given one.

The whole address is needed for it, and is gone afterwards: what is stored is the country and the neighbourhood.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)

_LOOK_AGAIN_SECONDS = 60.0
_KNOWN = 20_000  # addresses that are remembered
_Seen = tuple[int, int, int]  # what tells one file from the one that takes its place


class CountryFile:
    """A MaxMind DB (GeoLite2, GeoIP2, DB-IP, IPinfo). A newer file in its place is noticed within a minute."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._reader: Any = None
        self._seen: _Seen | None = None
        self._look_at = 0.0
        self._known: dict[str, str] = {}

    def country_of(self, ip: str) -> str:
        """Two letters; empty for an address of no known country, and while there is no file that can be read."""
        if not self._path:
            return ""
        if monotonic() >= self._look_at:
            self._look()
        if self._reader is None:
            return ""
        found = self._known.get(ip)
        if found is None:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            found = self._known[ip] = self._find(ip)
        return found

    def _look(self) -> None:
        self._look_at = monotonic() + _LOOK_AGAIN_SECONDS
        try:
            facts = Path(self._path).stat()
            seen = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
            if seen == self._seen:
                return
            import maxminddb  # only where events are stored, and only with such a file

            self._reader, self._known, self._seen = None, {}, seen
            self._reader = maxminddb.open_database(self._path)
        except Exception as problem:  # whatever stands in the file, opens and clicks are stored
            self._reader = None
            logger.warning("Countries are not counted: the GeoIP file %s cannot be read (%s).", self._path, problem)

    def _find(self, ip: str) -> str:
        try:
            return _code(self._reader.get(ip))
        except Exception as problem:  # no address at all, one of IPv6 in a file of IPv4, a file that is damaged inside
            logger.debug("No country for an address: %s", problem)
            return ""


def _code(record: Any) -> str:
    if not isinstance(record, Mapping):
        return ""
    place = record.get("country") or record.get("registered_country")
    code = place.get("iso_code") if isinstance(place, Mapping) else record.get("country_code") or place
    return code if isinstance(code, str) and len(code) == 2 and code.isascii() and code.isupper() else ""


_files: dict[str, CountryFile] = {}


def country_of(ip: str) -> str:
    path = settings.GEOIP_FILE
    if not path:
        return ""
    file = _files.get(path)
    if file is None:
        file = _files[path] = CountryFile(path)
    return file.country_of(ip)
