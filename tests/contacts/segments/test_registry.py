"""What the set of conditions keeps to, also those that the parts above bring."""

import inspect
from pathlib import Path

import pytest

from contacts.segments import registry
from contacts.segments.registry import Condition

_ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("condition", registry.every(), ids=lambda one: one.key)
def test_a_condition_has_a_file_and_a_test_of_its_own_and_says_how_missing_counts(condition: Condition) -> None:
    file = Path(inspect.getfile(type(condition))).relative_to(_ROOT)
    others = [
        one for one in registry.every() if one is not condition and type(one).__module__ == type(condition).__module__
    ]
    assert not others, f"{file} holds several conditions"
    test = _ROOT / "tests" / file.parent / f"test_{file.name}"
    assert f'who("{condition.key}"' in test.read_text()
    assert condition.missing.endswith(".")
