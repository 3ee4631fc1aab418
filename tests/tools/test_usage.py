"""Whoever asks a command for help is told, and nothing is started."""

import runpy
import sys

import pytest

COMMANDS = (
    *("config.run", "tools.demo", "tools.audit", "tools.frontend", "tools.pictures", "tools.templates"),
    *("tools.testing", "tools.translations", "bench", "tests.chaos", "tests.fuzz"),
)


def called(command: str, given: str, monkeypatch: pytest.MonkeyPatch) -> int | str | None:
    """How it ends."""
    monkeypatch.setattr(sys, "argv", [command, given])
    monkeypatch.delitem(sys.modules, command, raising=False)  # as in a process of its own
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(command, run_name="__main__", alter_sys=True)
    return ended.value.code


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_asked_for_help_says_how_it_is_called(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(command, "--help", monkeypatch) == 0
    assert "usage: " in capsys.readouterr().out


@pytest.mark.parametrize("command", ["config.run", "tools.demo"])
def test_what_a_command_does_not_know_it_refuses(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(command, "--port=9000", monkeypatch) == 2
    assert "--port=9000" in capsys.readouterr().err
