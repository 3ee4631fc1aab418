"""How long a mail takes and how hard it is: estimates that put easy before hard in any language."""

from campaigns.review import reading_ease

EASY = "The cat sat on the mat. The dog ran to the sea. We saw a red boat. It was a good day. " * 3
HARD = (
    "Notwithstanding considerable organisational difficulties, the implementation of interdepartmental communication"
    " infrastructures necessitates comprehensive administrative prioritisation, particularly concerning"
    " responsibilities of individual departmental representatives and"
    " international collaborators throughout the organisation. "
) * 2


def test_english_is_told_by_school_years_and_other_languages_by_long_words() -> None:
    assert reading_ease.of(EASY, "en-GB").ease == "grade 1, easy for nearly everybody"
    assert reading_ease.of(HARD, "en").ease.endswith("hard: shorter sentences would help")
    assert reading_ease.of(EASY, "de").ease.startswith("LIX 6, very easy")
    assert "hard" in reading_ease.of(HARD, "de").ease


def test_time_counts_words_and_no_addresses() -> None:
    reading = reading_ease.of(EASY * 4 + "Read on (https://nordlicht.example/a/very/long/path-of-words)", "en")
    assert (reading.words, reading.time) == (12 * 22 + 2, "about 1 minute")
    assert reading_ease.of("Hello there", "en") == reading_ease.Reading(2, 1)
    assert reading_ease.of("Hello there", "en").time == "about 5 seconds"
    assert reading_ease.of("", "en").words == 0


def test_scripts_without_spaces_are_counted_by_their_signs() -> None:
    reading = reading_ease.of("今日は良い天気です。" * 30, "ja")
    assert (reading.words, reading.time, reading.ease) == (270, "about 55 seconds", "")
