"""The services whose web interface we speak: where it is and what staff enter. The data is in catalogue.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from delivery.models import Provider

_FILE = Path(__file__).with_suffix(".toml")
_DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that staff copy from the service's console."""

    name: str
    label: str
    help: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """`host` may have an option's name in braces, and is empty where each has a server of one's own."""

    service: str
    name: str
    host: str
    path: str
    user: Entry | None
    key: Entry
    options: tuple[Entry, ...]
    takes_whole: bool
    replaces: frozenset[str]
    return_path: str
    tracking: str
    headers: str
    largest_mb: int  # of a mail as it is encoded; 0: not documented

    def host_for(self, options: dict[str, str]) -> str:
        host = self.host
        for name, value in options.items():
            host = host.replace(f"{{{name}}}", value)
        return host


@cache
def services() -> dict[str, Listed]:
    return {key: _listed(key, said) for key, said in tomllib.loads(_FILE.read_text()).items()}


def of(provider: Provider) -> Listed | None:
    """None: it is no API that we know."""
    return services().get(provider.service) if provider.kind == Provider.Kind.API else None


def url_of(provider: Provider) -> str:
    """Where its requests go."""
    listed = of(provider)
    scheme = "http" if provider.security == Provider.Security.NONE else "https"
    host = f"[{provider.host}]" if ":" in provider.host else provider.host
    port = "" if provider.port == _DEFAULT_PORTS[scheme] else f":{provider.port}"
    return f"{scheme}://{host}{port}{listed.path if listed else '/'}"


def _listed(service: str, said: dict[str, Any]) -> Listed:
    return Listed(
        service,
        said["name"],
        said["host"],
        said["path"],
        Entry("username", **said["user"]) if "user" in said else None,
        Entry("password", **said["key"]),
        tuple(Entry(name, **entry) for name, entry in said.get("options", {}).items()),
        said.get("whole", False),
        frozenset(said.get("replaces", ())),
        said["return_path"],
        said.get("tracking", ""),
        said.get("headers", ""),
        said.get("largest_mb", 0),
    )
