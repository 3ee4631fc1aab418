import pytest

from campaigns.compiling import workshop


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks waits for as long as the limits of a job last on a busy machine."""
    monkeypatch.setattr(workshop, "_PATIENCE_SECONDS", 600)
