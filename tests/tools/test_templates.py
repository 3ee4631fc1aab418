"""What is asked of templates."""

import pytest

from tools.templates import has_dot


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<p>{{ at }} · {{ size }}</p>", True),
        ("{% if name %} · <bdi>{{ name }}</bdi>{% endif %}", True),
        ('<button title="Undo · {{ by }}">', False),
        ('{{ cells|join:" · "|truncatechars:80 }}', True),
        ('<p class="dots"><span>{{ at }}</span><span>{{ size }}</span></p>', False),
    ],
)
def test_a_dot_that_may_end_a_line_is_drawn_and_not_typed(line: str, expected: bool) -> None:
    assert has_dot(line) is expected
