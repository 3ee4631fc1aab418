"""One mail in several languages: whoever gets it gets the one that was decided when their message was made."""

from collections.abc import Mapping

from campaigns.message.compiled import CompiledEdition
from delivery.content import Parts, Recipient


class Multilingual:
    """Keeps the promise of delivery.content.Compiled.

    `others`: by language; the rest get `usual`. They share their files.
    """

    dot_safe = CompiledEdition.dot_safe

    def __init__(self, usual: CompiledEdition, others: Mapping[str, CompiledEdition]) -> None:
        self._usual = usual
        self._others = dict(others)

    @property
    def held_bytes(self) -> int:
        return self._usual.held_bytes

    def fetch(self) -> None:
        for compiled in (self._usual, *self._others.values()):
            compiled.fetch()

    def envelope_from(self, recipient: Recipient) -> str:
        return self._of(recipient).envelope_from(recipient)

    def build(self, recipient: Recipient) -> bytes:
        return self._of(recipient).build(recipient)

    def parts(self, recipient: Recipient) -> Parts:
        return self._of(recipient).parts(recipient)

    def _of(self, recipient: Recipient) -> CompiledEdition:
        return self._others.get(recipient.language, self._usual)
