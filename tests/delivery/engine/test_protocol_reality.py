"""The engine's own ledger, journal, turn and recovery, by the same schedules: after each step both agree."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import pytest
from hypothesis import Phase
from hypothesis.stateful import run_state_machine_as_test

from delivery.engine import journal, recovery, turn
from delivery.engine.bookkeeping.thread import forget_django
from delivery.models import Provider
from tests.delivery.engine.protocol.length import length
from tests.delivery.engine.protocol.looks import memory, rows
from tests.delivery.engine.protocol.parts import RING, Stage
from tests.delivery.engine.protocol.reality import Reality
from tests.delivery.engine.protocol.schedule import Schedule

ON_THE_WIRE = {"take", "begin", "hear", "lose"}
IN_MEMORY = ON_THE_WIRE | {"claim", "checkpoint", "stop", "end_turn"}
IN_THE_LEDGER = {"claim", "checkpoint", "gather", "resume", "recover", "sweep"}


class Twins(Schedule):
    """Two worlds, one schedule."""

    places = [0, 0, 1]
    reach = 1  # of the other host only its silence is played
    suspend = None  # type: ignore[assignment]
    current: ClassVar[Reality]
    providers: ClassVar[list[Provider]]
    thread: ClassVar[ThreadPoolExecutor]
    reality: Reality | None = None

    def do(self, step: str, *args: Any) -> Any:
        if step == "end_turn":
            for connection in list(self.world.workers[args[0]].wire):
                self.do("lose", args[0], connection)
        real = getattr(self._reality(), step)(*self._for_real(step, args))
        told = super().do(step, *args)
        assert real == told
        if step in IN_THE_LEDGER:
            assert self._reality().rows() == rows(self.world)
        if step in IN_MEMORY:
            assert self._reality().memory(args[0]) == memory(self.world, args[0])
        return told

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            if self.reality is not None:
                self.reality.close()

    def _reality(self) -> Reality:
        if self.reality is None:
            sizes = [len(chunk.members) for chunk in self.world.chunks]
            type(self).current = self.reality = Reality(sizes, self.providers, self.thread)
        return self.reality

    def _for_real(self, step: str, args: tuple[Any, ...]) -> list[Any]:
        if step == "lose":
            return [*args, self.world.workers[args[0]].wire[args[1]].stage is Stage.SENT]
        return [list(arg) if isinstance(arg, list) else arg for arg in args]


@pytest.fixture(autouse=True)
def engine_of_this_process(transactional_db: None, settings: Any, tmp_path: Any) -> None:
    settings.JOURNAL_DIR = tmp_path / "journal"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An engine of the model's measures, whose processes die without taking the tests with them."""
    monkeypatch.setattr(journal, "_SLOTS", RING)
    monkeypatch.setattr(turn, "_CLAIMING_SECONDS", 1000)
    monkeypatch.setattr(recovery, "_kill_and_lock", lambda path: Twins.current.kill_and_lock(path))
    Twins.providers = [Provider.objects.create(name=f"Relay {i}", host="127.0.0.1") for i in range(2)]
    with ThreadPoolExecutor(1) as Twins.thread:
        yield
        Twins.thread.submit(forget_django).result()


def test_the_engine_does_what_the_model_does(small: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Some seconds: a dozen schedules of hundreds of steps each on a real database."""
    run_state_machine_as_test(Twins, settings=length(10, phases=[Phase.generate]))
    with capsys.disabled():
        print(f"\n{Twins.summary()}")  # noqa: T201
