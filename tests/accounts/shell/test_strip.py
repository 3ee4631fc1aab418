from dataclasses import dataclass

import pytest
from django.template.loader import render_to_string

from accounts.shell import strip


@dataclass
class Tally:
    total: int
    accepted: int = 0
    waiting: int = 0
    refused: int = 0
    uncertain: int = 0
    skipped: int = 0
    words: str = "in words"

    @property
    def unaccounted(self) -> int:
        return self.total - self.accepted - self.waiting - self.refused - self.uncertain - self.skipped


def widths(tally: Tally) -> list[float]:
    return [float(part.width.rstrip("%")) for part in strip.parts(tally, None)]


@pytest.mark.parametrize(
    "tally",
    [Tally(12014, 11960, 41, 9, 0, 4), Tally(1_000_000, 999_996, 1, 1, 1, 1), Tally(3, 3), Tally(2, 0, 1, 1)],
)
def test_the_parts_fill_the_strip_and_none_is_invisible(tally: Tally) -> None:
    assert sum(widths(tally)) == pytest.approx(100, abs=0.01)
    for part, width in zip(strip.parts(tally, None), widths(tally), strict=True):
        assert (width >= 0.6) == bool(part.count)


def test_an_empty_tally_draws_nothing() -> None:
    assert widths(Tally(0)) == [0, 0, 0, 0, 0]


def test_what_is_missing_leaves_a_gap_and_is_said() -> None:
    tally = Tally(100, 97)
    assert sum(widths(tally)) == pytest.approx(97)
    assert "3 unaccounted for" in render_to_string("components/tally.html", {"tally": tally})
    assert "3 unaccounted for" in render_to_string("components/tally.html", {"tally": tally, "compact": True})
    assert "unaccounted" not in render_to_string("components/tally.html", {"tally": Tally(3, 3)})


def test_every_count_leads_to_its_people() -> None:
    page = render_to_string("components/tally.html", {"tally": Tally(9, 8, 1), "links": {"waiting": "/w"}})
    assert '<a href="/w">1</a>' in page
    assert 'aria-label="8 accepted, 1 waiting, 0 refused, 0 may have arrived, 0 skipped"' in page
