"""Merge tags out of harm's way while tools that know nothing of them work on the text round them."""

import re
import secrets
from collections.abc import Callable

from campaigns.syntax import tag_spans


class Masks:
    """Puts a word in the place of each tag: one that HTML, CSS, MJML and web addresses all leave alone."""

    def __init__(self) -> None:
        self._word = f"zq{secrets.token_hex(4)}x"
        self._tags: list[str] = []

    def hide(self, template: str, keep: Callable[[str], str] = str) -> str:
        """`keep` is applied to the text between the tags. Works on broken templates too."""
        out, at = [], 0
        for start, end in tag_spans(template):
            out += [keep(template[at:start]), f"{self._word}{len(self._tags)}q"]
            self._tags.append(template[start:end])
            at = end
        return "".join(out) + keep(template[at:])

    def keep(self, text: str) -> str:
        """One word for the whole text, tags and all."""
        self._tags.append(text)
        return f"{self._word}{len(self._tags) - 1}q"

    def reveal(self, text: str, change: Callable[[str], str] = str) -> str:
        """`change` is applied to each tag. A tag that stood between attributes has become one without a value."""
        return re.sub(rf'{self._word}(\d+)q(?:="")?', lambda mask: change(self._tags[int(mask[1])]), text)
