"""The tiles one chooses a provider from, with settings that are known beforehand; the data is in presets.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_suffix(".toml")
_WORDS = ("name", "good", "bad", "note", "user", "password")
_OF_SMTP = ("host", "port", "security", "username", "messages_per_connection")


@dataclass(frozen=True, slots=True)
class Preset:
    key: str
    name: str
    good: str
    bad: str
    initial: dict[str, Any]  # of the form's fields
    note: str
    user: str
    password: str
    service: str = ""
    api: bool = False
    oauth: str = ""  # who gives tokens where passwords end

    @property
    def initial_of_api(self) -> dict[str, Any]:
        """Limits are the account's, whichever way its mail goes."""
        return {name: value for name, value in self.initial.items() if name not in _OF_SMTP}


@cache
def presets() -> dict[str, Preset]:
    kept = tomllib.loads(_FILE.read_text())
    return {key: _preset(key, fields) for key, fields in kept.items()}


def _preset(key: str, fields: dict[str, Any]) -> Preset:
    rest = {name: value for name, value in fields.items() if name not in _WORDS}
    about = {name: rest.pop(name) for name in ("service", "api", "oauth") if name in rest}
    initial = {"name": rest.pop("form_name", fields["name"]), **rest}
    return Preset(key, initial=initial, **{name: fields[name] for name in _WORDS}, **about)
