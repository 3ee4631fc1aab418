"""How much the loops of one rendering have written: a loop of few steps may repeat a very long text."""

MAX_LOOP_OUTPUT = 500_000  # characters of one mail, encoded as they are sent


class TooLong(Exception):
    """The loops of a template write more than a mail can hold."""


class LoopMeter:
    def __init__(self) -> None:
        self._literals: list[str] = []
        self._written = 0

    def begin(self) -> None:
        self._written = 0

    def call(self, literal: str) -> str:
        """What stands in the template instead of a literal text within a loop."""
        self._literals.append(literal)
        return f"{{{{ _said({len(self._literals) - 1}) }}}}"

    def said(self, number: int) -> str:
        return self.counted(self._literals[number])

    def counted(self, shown: str) -> str:
        self._written += len(shown)
        if self._written > MAX_LOOP_OUTPUT:
            raise TooLong
        return shown
