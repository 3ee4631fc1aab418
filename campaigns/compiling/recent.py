"""Compiled pieces of mails that this process has asked for lately, up to a number of characters."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock

from campaigns.content.drawing import Compiled


class Recent:
    """Safe in threads. What has not been asked for longest goes first."""

    def __init__(self, most_chars: int) -> None:
        self._most = most_chars
        self._chars = 0
        self._kept: OrderedDict[str, Compiled] = OrderedDict()
        self._lock = Lock()

    def get_many(self, keys: Iterable[str]) -> dict[str, Compiled]:
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
        return found

    def set_many(self, pieces: Mapping[str, Compiled]) -> None:
        with self._lock:
            for key, piece in pieces.items():
                if key not in self._kept:
                    self._chars += _chars(piece)
                self._kept[key] = piece
            while self._chars > self._most and self._kept:
                self._chars -= _chars(self._kept.popitem(last=False)[1])


def _chars(piece: Compiled) -> int:
    return sum(map(len, piece.parts)) + len(piece.text)
