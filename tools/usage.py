"""What a command that takes nothing says when it is asked by `--help`, or given something."""

import argparse


def takes_nothing(command: str, words: str | None) -> None:
    """Ends the process unless it was called without anything. `words`: the docstring of its module."""
    parser(command, words).parse_args()


def parser(command: str, words: str | None) -> argparse.ArgumentParser:
    as_written = argparse.RawDescriptionHelpFormatter
    return argparse.ArgumentParser(prog=f"python -m {command}", description=words, formatter_class=as_written)
