"""Several children that read at the same time, while whoever asked does something else."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain

from delivery.feedback.reading.reader import Mail, Reader

_ENOUGH_FOR_TWO = 40  # mails; a second child costs memory and a tenth of a second


class Readers:
    """Two, begun when there is something to read. For one thread, with one group at a time."""

    def __init__(self) -> None:
        self._readers = (Reader(), Reader())
        self._threads = ThreadPoolExecutor(len(self._readers), "reading")

    def begin(self, mails: Sequence[bytes]) -> "Reading":
        half = (len(mails) + 1) // 2 if len(mails) >= _ENOUGH_FOR_TWO else len(mails)
        halves = zip(self._readers, (mails[:half], mails[half:]), strict=True)
        return Reading([self._threads.submit(_read, reader, part) for reader, part in halves if part])

    def rest(self) -> None:
        for reader in self._readers:
            reader.rest()

    def close(self) -> None:
        self._threads.shutdown()
        for reader in self._readers:
            reader.close()


class Reading:
    def __init__(self, parts: Sequence[Future[list[Mail | None]]]) -> None:
        self._parts = parts

    def answers(self) -> Iterator[Mail | None]:
        """In the order of the mails; waits for what is not read yet."""
        return chain.from_iterable(part.result() for part in self._parts)


def _read(reader: Reader, mails: Sequence[bytes]) -> list[Mail | None]:
    return list(reader.read(mails))
