import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery import tokens
from tracking.public import addresses

numbers = st.integers(min_value=0, max_value=2**63 - 1)
pairs = {tokens.CLICK, tokens.UNSUBSCRIBE, tokens.CLICK_OF_BATCH}
purposes = st.sampled_from(
    [
        *(tokens.OPEN, tokens.CLICK, tokens.UNSUBSCRIBE, tokens.BOUNCE, tokens.MESSAGE_ID, tokens.VIEW),
        *(tokens.OPEN_OF_BATCH, tokens.CLICK_OF_BATCH),
    ]
)
alphabet = string.ascii_letters + string.digits + "-_"


@given(purposes, numbers, numbers)
def test_what_was_sealed_is_read_again(purpose: str, first: int, second: int) -> None:
    sealed = (first, second) if purpose in pairs else (first,)
    assert tokens.read(purpose, tokens.seal(purpose, *sealed)) == sealed


@given(st.lists(numbers, max_size=5), st.lists(numbers, min_size=1, max_size=3))
def test_tokens_sealed_together_are_those_sealed_alone(links: list[int], messages: list[int]) -> None:
    for message in messages:
        together = tokens.of_message(message)
        assert together.open == tokens.seal(tokens.OPEN, message)
        assert together.message_id == tokens.seal(tokens.MESSAGE_ID, message)
        assert together.view == tokens.seal(tokens.VIEW, message)
        assert together.bounce == tokens.seal(tokens.BOUNCE, message)
        clicks = [f"{together.click}.{tokens.link_tag(link)}" for link in links]
        assert clicks == [tokens.seal(tokens.CLICK, message, link) for link in links]


@given(purposes, numbers, numbers, st.data())
def test_any_changed_character_is_refused(purpose: str, first: int, second: int, data: st.DataObject) -> None:
    token = tokens.seal(purpose, first, second)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(f"{alphabet}.").filter(lambda letter: letter.lower() != token[at].lower()))
    assert tokens.read(purpose, token[:at] + other + token[at + 1 :]) is None


def test_any_flipped_bit_is_refused() -> None:
    token = tokens.seal(tokens.CLICK, 123_456, 789)
    for at in range(len(token)):
        for bit in range(8):
            flipped = token[:at] + chr(ord(token[at]) ^ (1 << bit)) + token[at + 1 :]
            assert tokens.read(tokens.CLICK, flipped) is None


@given(purposes, purposes, numbers, numbers)
def test_a_token_serves_one_purpose_only(purpose: str, other: str, first: int, second: int) -> None:
    token = tokens.seal(purpose, first, second if purpose in pairs else None)
    assert (tokens.read(other, token) is None) == (purpose != other)


@given(purposes, numbers, st.integers(0, 60))
def test_a_shortened_or_lengthened_token_is_refused(purpose: str, first: int, cut: int) -> None:
    token = tokens.seal(purpose, first, first if purpose in pairs else None)
    assert tokens.read(purpose, token[: min(cut, len(token) - 1)]) is None
    assert tokens.read(purpose, token + "A") is None
    assert tokens.read(purpose, token + "=") is None
    assert tokens.read(purpose, token * 1000) is None


@given(purposes, st.text())
def test_rubbish_is_refused_without_an_exception(purpose: str, token: str) -> None:
    assert tokens.read(purpose, token) is None


def test_a_token_of_another_key_is_refused_and_of_an_older_key_is_good() -> None:
    older, rotated, foreign = tokens.Sealer(["a"]), tokens.Sealer(["a", "b"]), tokens.Sealer(["c", "d"])
    token = older.seal(tokens.OPEN, 7)
    assert rotated.read(tokens.OPEN, token) == (7,)
    assert foreign.read(tokens.OPEN, token) is None
    assert older.read(tokens.OPEN, rotated.seal(tokens.OPEN, 7)) is None


def test_a_bounce_token_survives_a_server_that_changes_case() -> None:
    token = tokens.seal(tokens.BOUNCE, 42)
    assert tokens.read(tokens.BOUNCE, token.upper()) == (42,)


@pytest.mark.parametrize("base", ["https://mail.an-ordinary-organisations-name.org", "http://localhost:8000"])
def test_addresses_fit_a_header_line(base: str) -> None:
    assert len(addresses.unsubscribe_url(base, 2**32 - 1, 2**24 - 1)) <= 70


SENT_BY_THE_FIRST_VERSION = [
    (tokens.OPEN, "ARAHkIhrfaYAbrsp1w", (7,)),
    (tokens.CLICK, "ATIB4kADFfvfPwNBftkCuw4", (123456, 789)),
    (tokens.UNSUBSCRIBE, "ARFNCZ8zKXuWkmD-m68", (77, 9)),
    (tokens.BOUNCE, "01102abf62f004289eb65db604", (42,)),
    (tokens.MESSAGE_ID, "AWABAAAAAADlWx80w2iJNcyt", (2**40,)),
]


@pytest.mark.parametrize(("purpose", "token", "numbers"), SENT_BY_THE_FIRST_VERSION)
def test_links_in_mails_of_the_first_version_work_for_ever(purpose: str, token: str, numbers: tuple[int, ...]) -> None:
    sealer = tokens.Sealer(["a", "b", "c"])
    assert sealer.read(purpose, token) == numbers
    assert tokens.Sealer(["x", "y", "z"]).read(purpose, token) is None
    changed = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert sealer.read(purpose, changed) is None


def test_the_tag_of_a_link_is_worth_nothing_without_a_message() -> None:
    mine, other = tokens.of_message(7), tokens.of_message(8)
    tag = tokens.link_tag(100)
    assert tokens.read(tokens.CLICK, f"{mine.click}.{tag}") == (7, 100)
    assert tokens.read(tokens.CLICK, f"{other.open}.{tag}") is None
    assert tokens.read(tokens.CLICK, f".{tag}") is None
    other_tag = tokens.link_tag(101)
    forged = ("B" if other_tag[0] == "A" else "A") + other_tag[1:]
    assert tokens.read(tokens.CLICK, f"{mine.click}.{forged}") is None
