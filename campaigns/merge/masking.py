"""Merge tags out of harm's way while tools that know nothing of them work on the text round them."""

import re
import secrets
from collections.abc import Callable, Sequence
from functools import cached_property

from campaigns.merge.tag_spans import tag_spans

# One expression for all masks: to compile one for each word costs more than the work that it is for.
_ANY = re.compile(r"zq[0-9a-f]{8}x\d+[qy]")
_BLOCK = re.compile(r"zq[0-9a-f]{8}x\d+y")
_MASK = re.compile(r'(zq[0-9a-f]{8}x)(\d+)[qy](?:="")?')
_APART = re.compile(r" ?((zq[0-9a-f]{8}x)(\d+)y) ?")


class Masks:
    """Puts a word in the place of each tag: one that HTML, CSS, MJML and web addresses all leave alone."""

    def __init__(self, *, apart: bool = False) -> None:
        """`apart`: a block after a space or quote gets spaces round it, lest it grow into the attribute beside it."""
        self._apart = apart
        self._tags: list[str] = []
        self._set_apart: set[int] = set()

    @classmethod
    def of(cls, word: str, tags: Sequence[str]) -> "Masks":
        """Those that another process has put on, to be taken off here."""
        masks = cls()
        masks.word, masks._tags = word or masks.word, list(tags)
        return masks

    @cached_property
    def word(self) -> str:
        """Begins every mask of this text."""
        return f"zq{secrets.token_hex(4)}x"

    @property
    def tags(self) -> list[str]:
        return self._tags

    @property
    def pattern(self) -> re.Pattern[str]:
        """Of any masks: who wrote such a word by hand finds it again as it was."""
        return _ANY

    @property
    def blocks(self) -> re.Pattern[str]:
        return _BLOCK

    def hide(self, template: str, keep: Callable[[str], str] = str) -> str:
        """`keep` is applied to the text between the tags. Works on broken templates too."""
        out, at, apart = [], 0, False
        for start, end in tag_spans(template):
            if start > at:
                apart = self._apart and template[start - 1] in " \t\r\n\"'"
            out += [keep(template[at:start]), self._mask(template[start:end], apart)]
            at = end
        return "".join(out) + keep(template[at:])

    def keep(self, text: str) -> str:
        """One word for the whole text, tags and all."""
        self._tags.append(text)
        return f"{self.word}{len(self._tags) - 1}q"

    def reveal(self, text: str, change: Callable[[str], str] = str) -> str:
        """`change` is applied to each tag. A tag that stood between attributes has become one without a value."""
        if self._apart:
            text = _APART.sub(self._closed_up, text)
        return _MASK.sub(lambda mask: change(self._tags[int(mask[2])]) if self._is_own(mask) else mask[0], text)

    def _is_own(self, mask: re.Match[str]) -> bool:
        return mask[1] == self.word and int(mask[2]) < len(self._tags)

    def _mask(self, tag: str, apart: bool) -> str:
        self._tags.append(tag)
        mask = f"{self.word}{len(self._tags) - 1}"
        if not tag.startswith("{%"):
            return f"{mask}q"
        if apart:
            self._set_apart.add(len(self._tags) - 1)
        return f" {mask}y " if apart else f"{mask}y"

    def _closed_up(self, mask: re.Match[str]) -> str:
        """Without the spaces that were put round it; those of the author stay."""
        return mask[1] if mask[2] == self.word and int(mask[3]) in self._set_apart else mask[0]
