"""A recipient's page as its reader sees it."""

import html
import re
from functools import cache

from tools import translations

_SHORTEST = 12  # shorter ones stand in other words, too


def seen(page: str) -> str:
    """What stands between the tags of its main part."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main>")[2])).split())


def english_in(page: str) -> list[str]:
    """What the catalogues have in every language and the page says in English."""
    shown = seen(page)
    return [part for part in _english() if part in shown]


@cache
def _english() -> list[str]:
    words = translations.words("de")
    texts = [text for one in words for text in ((one,) if isinstance(one, str) else one)]
    texts += [text for entry in translations.read("en") if entry.id for text in translations.strings(entry)]
    parts = [part.strip() for text in texts for part in re.split(r"%\(\w+\)[sd]", text)]
    return [part for part in parts if len(part) >= _SHORTEST]
