"""What a provider's service asks of a sending domain's DNS; the data is in catalogue.toml. Pure."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from delivery.providers import services

_FILE = Path(__file__).with_suffix(".toml")
_PRIORITY = re.compile(r"^\d+ ")
_REGION = re.compile(r"\.([a-z]{2}(?:-[a-z]+)+-\d)\.")


@dataclass(frozen=True, slots=True)
class Service:
    key: str
    name: str
    keeps: bool  # our return address
    spf: str = ""
    own_return: bool = False  # it puts the account's own address, of this domain, in place of our return address
    selectors: tuple[str, ...] = ()
    given: str = ""
    type: str = "TXT"
    value: str = ""
    console: str = ""
    hosts: tuple[str, ...] = ()
    returns: tuple[tuple[str, str, str], ...] = ()
    returns_name: str = ""
    ownership: str = ""
    replaces: frozenset[str] = frozenset()

    def dkim_value(self, selector: str, domain: str) -> str:
        """What to enter; empty: the service's console shows it."""
        number = selector[-1:] if selector[-1:].isdigit() else ""
        return self.value.format(selector=selector, domain=domain, dashed=domain.replace(".", "-"), number=number)

    def returns_for(self, host: str, name: str = "") -> list[tuple[str, str, str]]:
        """Name, type and value of each; `name`: as the admin chose it there. A star: only its console knows that."""
        region = found[1] if (found := _REGION.search(host)) else "eu-central-1"
        has_name = host[-1:].isalpha()  # what is reached by its address has one that we do not know
        known = {"region": region, "eu": "eu." if ".eu." in host else "", "host": host}
        return [
            (name or usual, kind, value.format_map(known))
            for usual, kind, value in self.returns
            if (has_name or "{host}" not in value) and (name or "*" not in usual)
        ]


# A server of one's own, or of a service that we do not know: what it does is not known, so it is asked for.
OWN_SERVER = Service("", "your mail server", keeps=True)


def is_there(value: str, now: Iterable[str]) -> bool:
    """Whether one of the answers is what it should be: in any case of letters, and an MX record at any priority."""
    wanted = _PRIORITY.sub("", value.lower())
    return any(fnmatchcase(_PRIORITY.sub("", one.lower()), wanted) for one in now)


@cache
def services_known() -> dict[str, Service]:
    return {key: _service(key, fields) for key, fields in tomllib.loads(_FILE.read_text()).items()}


def of(service: str, host: str) -> Service:
    """By what the provider's row says of it, else by its server's name."""
    known = services_known()
    key = service if service in known else services.of_host(host)
    if key in known:
        return known[key]
    name = f".{host.strip().rstrip('.').lower()}"
    return next((one for one in known.values() if name.endswith(one.hosts or ("\n",))), OWN_SERVER)


@cache
def replaced_by(service: str) -> frozenset[str]:
    """Headers that a signature of ours must not cover on the way through it."""
    known = services_known().get(service)
    return known.replaces if known else frozenset()


def _service(key: str, fields: dict[str, Any]) -> Service:
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    given["returns"] = tuple(tuple(one) for one in fields.get("returns", ()))
    given["replaces"] = frozenset(fields.get("replaces", ()))
    return Service(key=key, **given)
