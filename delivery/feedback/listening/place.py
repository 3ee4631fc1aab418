"""Where the listener is."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Place:
    """Where: a host and its port, or the path of a Unix socket."""

    host: str
    port: int

    @property
    def is_socket(self) -> bool:
        return self.host.startswith("/")

    def __str__(self) -> str:
        return self.host if self.is_socket else f"{self.host}:{self.port}"


def place() -> Place:
    """By the settings."""
    return Place(settings.RETURN_HOST, settings.RETURN_PORT)
