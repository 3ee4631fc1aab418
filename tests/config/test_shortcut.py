"""Opens and clicks are answered before granian makes a task of them, in the very version that is installed."""

from importlib import util
from types import ModuleType

import pytest

from config.web import shortcut


@pytest.fixture
def granian(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """As it is installed: a test before may have imported the front, which opens the one of this process."""
    spec = util.find_spec("granian._futures")
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(shortcut, "_futures", module)
    return module


class Watcher:
    def __init__(self, scope: str) -> None:
        self.scope, self.proto, self.is_done = scope, None, False

    def done(self) -> None:
        self.is_done = True


class Loop:
    def __init__(self) -> None:
        self.tasks = 0

    def call_soon_threadsafe(self, *_: object, context: object = None) -> None:
        self.tasks += 1


def test_what_is_answered_at_once_becomes_no_task_and_everything_else_does(granian: ModuleType) -> None:
    assert shortcut.open_for(lambda scope, _: bool(scope == "short"))
    loop = Loop()
    schedule = granian._cbsched_aioschedule(loop, None, lambda _: None)
    short, long = Watcher("short"), Watcher("long")
    schedule(short)
    assert (short.is_done, loop.tasks) == (True, 0)
    schedule(long)
    assert (long.is_done, loop.tasks) == (False, 1)


def test_another_granian_is_left_as_it_is(granian: ModuleType) -> None:
    granian._cbsched_aioschedule = changed = lambda loop, something: None  # type: ignore[attr-defined]
    assert not shortcut.open_for(lambda *_: True)
    assert granian._cbsched_aioschedule is changed
