"""Words of a plain text as they come: the gaps between them are asked for, and merge like margins on a page."""

_CLOSING = ".,;:!?…)]}»”’'\"|/>"
_OPENING = "([{«„“‘'\"|/<"


class Flow:
    """No gap stands at the beginning or the end, however many were asked for."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._wanted = 0  # line ends before the next words
        self._standing = 2  # line ends that the text ends with; the beginning needs none
        self._has_space = False
        self._is_parted = False
        self._is_glued = False
        self.is_one_line = True

    def text(self) -> str:
        return "".join(self._out)

    def mark(self) -> int:
        """Where the text is now, for `since`."""
        return len(self._out)

    def since(self, mark: int) -> str:
        return "".join(self._out[mark:])

    def replace(self, mark: int, old: str, new: str) -> None:
        self._out[mark:] = [self.since(mark).replace(old, new)]

    def space(self) -> None:
        self._has_space = True

    def gap(self, lines: int) -> None:
        """So many line ends at least before what follows: 1 begins a line, 2 leave one empty."""
        self._wanted = max(self._wanted, lines)

    def line_end(self) -> None:
        self._wanted = min(self._wanted + 1, 2)

    def glue(self, sign: str = "") -> None:
        """What follows stays on this line, after `sign` and a space."""
        if sign and not self._standing and not self.text_ends_with(_CLOSING):
            self._out.append(sign)
        self._is_glued = True

    def words(self, words: str) -> None:
        if words:
            self._lead(words[0])
            self._out.append(words)
            self._standing = 0
            self.is_one_line &= "\n" not in words
            self._is_parted = False

    def apart(self, words: str) -> None:
        """Words that must not grow together with their neighbours: an address, a picture's description."""
        if not self.text_ends_with(_OPENING):
            self.space()
        self.words(words)
        self._is_parted = True

    def append(self, words: str) -> None:
        """Right behind the last words, whatever gap was asked for after them."""
        self._out.append(words)
        self._is_parted = True

    def tag(self, tag: str) -> None:
        """A block of the merge language: a gap before it is written, none is needed between it and what follows."""
        is_parted = self._is_parted
        self._lead(".")
        self._out.append(tag)
        self._is_parted = is_parted

    def text_ends_with(self, signs: str) -> bool:
        return bool(self._out) and self._out[-1][-1:] in signs

    def _lead(self, first: str) -> None:
        missing = 0 if self._is_glued else max(0, self._wanted - self._standing)
        if missing:
            self._out.append("\n" * missing)
            self._standing += missing
            self.is_one_line = False
        elif not self._standing and (
            self._has_space or self._is_glued or (self._is_parted and first not in _CLOSING) or self._wanted
        ):
            self._out.append(" ")
        self._wanted, self._has_space, self._is_glued = 0, False, False
