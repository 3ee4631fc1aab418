"""By which clock people live, said or guessed."""

import pytest

from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_a_guessed_time_zone_counts_like_a_word_unless_that_is_asked() -> None:
    person("ada", guessed_time_zone="Europe/Berlin")
    person("ben", time_zone="Europe/London")
    person("cem", guessed_time_zone="Europe/Istanbul")
    person("dora")
    assert who("time-zone", how="is", zone="berlin") == {"ada"}
    assert who("time-zone", how="one-of", zone="Europe/London, europe/istanbul") == {"ben", "cem"}
    assert who("time-zone", how="is-not", zone="Europe/Berlin") == {"ben", "cem"}
    assert who("time-zone", how="guessed") == {"ada", "cem"}
    assert who("time-zone", how="said") == {"ben"}
    assert who("time-zone", how="unknown") == {"dora"}
