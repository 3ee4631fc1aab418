"""Text with gaps, for many fillings: what is the same for everybody is prepared once, and joined by C code."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

Slot = Callable[[dict[str, Any]], str]


class Sheet:
    """Parts in their order: texts, and slots that say what stands there for one person.

    A slot that has several spots is asked once.
    """

    def __init__(self, parts: Sequence[str | Slot]) -> None:
        merged = _merged(parts)
        self._slots: list[Slot] = list(dict.fromkeys(part for part in merged if not isinstance(part, str)))
        # Two empty ones, so that there are always several to pick.
        self._texts = ("", "", *(part for part in merged if isinstance(part, str)))
        number = len(self._slots) + 1
        order = [len(self._slots), len(self._slots) + 1]
        for part in merged:
            if isinstance(part, str):
                number += 1
                order.append(number)
            else:
                order.append(self._slots.index(part))
        self._pick: Callable[[Sequence[str]], tuple[str, ...]] = itemgetter(*order)

    def __call__(self, values: dict[str, Any]) -> str:
        return "".join(self._pick((*[slot(values) for slot in self._slots], *self._texts)))


def _merged(parts: Sequence[str | Slot]) -> list[str | Slot]:
    """Texts that meet become one."""
    merged: list[str | Slot] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, str) and isinstance(last, str):
            merged[-1] = last + part
        else:
            merged.append(part)
    return merged
