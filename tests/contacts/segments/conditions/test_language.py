"""What people read, said or guessed."""

import pytest

from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_a_guessed_language_counts_like_a_word_unless_that_is_asked() -> None:
    person("ada", guessed_language="de")
    person("ben", language="en", guessed_language="de")
    person("cem", language="de-AT")
    person("dora")
    assert who("language", how="is", language="de") == {"ada", "cem"}
    assert who("language", how="is-not", language="de") == {"ben"}
    assert who("language", how="guessed") == {"ada"}
    assert who("language", how="said") == {"ben", "cem"}
    assert who("language", how="unknown") == {"dora"}
