"""Nothing is removed at one press where no Undo follows: read from the templates, so that no button is forgotten."""

import re

import pytest

from tools.templates import texts

_ALL = texts()
# A link leads to a page that asks.
_REMOVES = re.compile(
    r"(?<!href=\"){% url '([\w-]*(?:remove|delete|revoke)[\w-]*)'[^%]*%}(?!\s*{% include \"components/remove\.html\")"
)
_ASKING = re.compile(r"<(/?)(?:dialog|noscript)\b")

# What acts at once, and why.
_AT_ONCE = {
    ("campaigns/_block.html", "block-delete"): "the editor has Undo",
    (
        "delivery/sandbox/_mail.html",
        "sandbox-delete",
    ): "a rehearsed mail: it reached nobody",
}


def _removing() -> list[tuple[str, str, int]]:
    """Template, name of the address, and where."""
    return [(name, found[1], found.start()) for name, text in _ALL.items() for found in _REMOVES.finditer(text)]


@pytest.mark.parametrize(("name", "address", "at"), _removing())
def test_what_removes_asks_first(name: str, address: str, at: int) -> None:
    asking = [found[1] for found in _ASKING.finditer(_ALL[name], 0, at)]
    asks = bool(asking) and asking[-1] == ""
    assert asks or (name, address) in _AT_ONCE, (
        f"{name} removes at one press ({address}): components/remove.html asks first, and says what is gone."
    )
