"""Providers whose settings are known beforehand; the data is in presets.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_suffix(".toml")
_WORDS = ("note", "user", "password")


@dataclass(frozen=True, slots=True)
class Preset:
    key: str
    initial: dict[str, Any]  # of the form's fields
    note: str
    user: str
    password: str

    @property
    def name(self) -> str:
        return str(self.initial["name"])


@cache
def presets() -> dict[str, Preset]:
    kept = tomllib.loads(_FILE.read_text())
    return {key: _preset(key, fields) for key, fields in kept.items()}


def _preset(key: str, fields: dict[str, Any]) -> Preset:
    initial = {name: value for name, value in fields.items() if name not in _WORDS}
    return Preset(key, initial, **{name: fields[name] for name in _WORDS})
