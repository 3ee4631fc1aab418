"""docs/security.md claims nothing that no test shows."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/security.md").read_text()


def test_every_class_has_its_row_and_a_test() -> None:
    rows = {row[0]: row[1] for row in re.findall(r"^\| (T\d+) .*\|(.*)\|$", PAGE, flags=re.MULTILINE)}
    assert list(rows) == [f"T{number}" for number in range(1, 28)]
    assert [name for name, tests in rows.items() if not re.search(r"`\w+/[\w/]*test_\w+\.py`", tests)] == []


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`([\w/]*test_\w+\.py)`", PAGE)
    assert named
    assert [name for name in named if not (ROOT / "tests" / name).is_file()] == []
