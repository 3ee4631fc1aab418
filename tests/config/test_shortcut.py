"""Opens and clicks are answered before granian makes a task of them, in the very version that is installed."""

from granian import _futures

from config.web import shortcut


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


def test_what_is_answered_at_once_becomes_no_task_and_everything_else_does() -> None:
    before = _futures._cbsched_aioschedule
    try:
        assert shortcut.open_for(lambda scope, _: bool(scope == "short"))
        loop = Loop()
        schedule = _futures._cbsched_aioschedule(loop, None, lambda _: None)  # type: ignore[no-untyped-call]
        short, long = Watcher("short"), Watcher("long")
        schedule(short)
        assert (short.is_done, loop.tasks) == (True, 0)
        schedule(long)
        assert (long.is_done, loop.tasks) == (False, 1)
    finally:
        _futures._cbsched_aioschedule = before


def test_another_granian_is_left_as_it_is() -> None:
    before = _futures._cbsched_aioschedule
    try:
        _futures._cbsched_aioschedule = lambda loop, something: None  # type: ignore[assignment,misc]
        changed = _futures._cbsched_aioschedule
        assert not shortcut.open_for(lambda *_: True)
        assert _futures._cbsched_aioschedule is changed
    finally:
        _futures._cbsched_aioschedule = before
