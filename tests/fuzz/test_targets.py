"""A short walk over the same targets that `make fuzz` searches for an hour."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_readers_keep_their_promises_whatever_they_read(name: str) -> None:
    target = TARGETS[name]
    pieces = st.lists(st.sampled_from(target.words) | st.text(max_size=5), max_size=30).map("".join)

    @settings(max_examples=150)
    @given(st.binary(max_size=200) | pieces.map(str.encode))
    def walk(data: bytes) -> None:
        target.run(data)

    walk()
