"""The readers of a round's campaign: they read what the server has taken, while it is sent and while harm is done."""

import threading
from collections.abc import Mapping

from config import keys
from delivery import tokens
from tests.chaos.arena import Arena, Flight
from tests.chaos.reading import Reader, problems, wait_until_stored

_COUNT = 3
_MAILS_AT_ONCE = 200
_PATIENCE = 120


class Readers(threading.Thread):
    """Hands the readers every mail that has come."""

    def __init__(self, arena: Arena, flight: Flight) -> None:
        super().__init__(daemon=True)
        self._arena, self._flight = arena, flight
        self._sealer = tokens.Sealer(keys.read("TOKEN_KEY", arena.product.var).split(","))
        names = [f"{flight.batch}-{number}" for number in range(_COUNT)]
        self._readers = [Reader(arena.product.port, self._sealer, name) for name in names]
        self._over = threading.Event()

    def run(self) -> None:
        links = [
            row[0] for row in self._arena.sql("SELECT id FROM tracking_link WHERE batch_id = %s", self._flight.batch)
        ]
        for reader in self._readers:
            reader.start()
        given = 0
        while not self._over.wait(0.3):
            heads = self._flight.heads()[given:]
            given += len(heads)
            mails = [
                (self._number(head["id"]), links[at % len(links)]) for at, head in enumerate(heads[:_MAILS_AT_ONCE])
            ]
            for at, reader in enumerate(self._readers):
                reader.offer(mails[at::_COUNT])

    def stop(self) -> None:
        self._over.set()
        self.join(30)
        for reader in self._readers:
            if reader.is_alive():
                reader.stop()

    @property
    def counts(self) -> tuple[int, int]:
        """How many acts were answered, and how many not."""
        return len(self._answered), len(self._asked) - len(self._answered)

    def problems(self) -> list[str]:
        return problems(wait_until_stored(self._stored, self._answered, _PATIENCE), self._asked, self._answered)

    @property
    def _asked(self) -> list[str]:
        return [agent for reader in self._readers for agent in reader.asked]

    @property
    def _answered(self) -> set[str]:
        return {agent for reader in self._readers for agent in reader.answered}

    def _stored(self) -> Mapping[str, int]:
        query = "SELECT user_agent, count(*) FROM tracking_event WHERE batch_id = %s GROUP BY 1"
        return dict(self._arena.sql(query, self._flight.batch))

    def _number(self, name: str) -> int:
        numbers = self._sealer.read(tokens.MESSAGE_ID, name.strip("<>").partition("@")[0])
        assert numbers, name
        return numbers[0]
