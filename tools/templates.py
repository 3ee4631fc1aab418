"""Templates read like code: no line is longer than 160 characters, but for one tag alone, which Django wants whole."""

import re
import sys
from pathlib import Path

from tools.usage import takes_nothing

WIDTH = 160
FOLDER = Path(__file__).resolve().parent.parent / "templates"
# Still to be laid out.
LATER = ("account/", "accounts/", "components/field.html", "components/passkey", "contacts/import", "contacts/_import")
_ONE_TAG = re.compile(r"\s*\{%[^%]*%\}")


def too_long(line: str) -> bool:
    return len(line) > WIDTH and not _ONE_TAG.fullmatch(line)


def main() -> int:
    found = [
        f"templates/{name}:{number}: {len(line)} characters"
        for name, path in sorted((str(path.relative_to(FOLDER)), path) for path in FOLDER.rglob("*.html"))
        if not name.startswith(LATER)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if too_long(line)
    ]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    takes_nothing("tools.templates", __doc__)
    sys.exit(main())
