"""Inlining takes no more than twice the work for twice the page, or is refused with a reason."""

import sys
from typing import Any

import pytest

from campaigns.content import html


def _calls(page: str) -> int:
    """Python calls made: a measure that a busy machine does not change."""
    count = 0

    def seen(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(seen)
    try:
        html.inline(page)
    finally:
        sys.setprofile(None)
    return count


def _page(size: int) -> str:
    css = "".join(f".s{size}-{number}{{color:#{number:06x};margin:1px}}" for number in range(size))
    return f"<style>{css}</style>" + "".join(f"<p class=s{size}-{number}>x</p>" for number in range(size))


def test_twice_the_page_is_twice_the_work() -> None:
    _calls(_page(10))
    assert _calls(_page(200)) < 2.3 * _calls(_page(100))


def test_rules_and_elements_that_multiply_are_refused_with_a_reason() -> None:
    css = "".join(f".c{number} td{{color:red}}" for number in range(2000))
    page = f"<style>{css}</style>" + "".join(f"<table id=t{n} class=c{n}><tr><td>x</table>" for n in range(1000))
    with pytest.raises(html.Unusable, match="so many rules"):
        html.inline(page)
