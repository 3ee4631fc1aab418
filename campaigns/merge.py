"""The merge language: `{{ first_name|default("there") }}`, `{% if city %}`, and nothing that reaches further."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Escape = Literal["html", "text", "header", "url"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a template, in words; `near` is the text at fault."""

    text: str
    line: int = 1
    near: str = ""


def check(template: str) -> list[Problem]:
    return []


def tags_used(template: str) -> set[str]:
    return set()


def render(template: str, values: Mapping[str, Any], escape: Escape = "html") -> str:
    return template
