"""Templates read like code: no line is longer than 160 characters, but for one tag alone, which Django wants whole.

And no dot stands between two items that may come to stand below each other: `class="dots"` draws it where it belongs.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.usage import takes_nothing

WIDTH = 160
FOLDER = Path(__file__).resolve().parent.parent / "templates"
# Still to be laid out.
LATER = ("account/", "accounts/", "components/field.html", "components/passkey", "contacts/import", "contacts/_import")
_ONE_TAG = re.compile(r"\s*\{%[^%]*%\}")
_VALUE = re.compile(r'="[^"]*"')


def texts() -> dict[str, str]:
    """All of them, by path below `templates/`."""
    return {str(path.relative_to(FOLDER)): path.read_text() for path in sorted(FOLDER.rglob("*.html"))}


def too_long(line: str) -> bool:
    return len(line) > WIDTH and not _ONE_TAG.fullmatch(line)


def has_dot(line: str) -> bool:
    """In the text: the value of an attribute is one line."""
    return "·" in _VALUE.sub("", line)


def main() -> int:
    found = [
        f"templates/{name}:{number}: {problem}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        for problem in _problems(name, line)
    ]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def _problems(name: str, line: str) -> Iterator[str]:
    if too_long(line) and not name.startswith(LATER):
        yield f"{len(line)} characters"
    if has_dot(line):
        yield 'a dot that may begin or end a line: class="dots" draws it'


if __name__ == "__main__":
    takes_nothing("tools.templates", __doc__)
    sys.exit(main())
