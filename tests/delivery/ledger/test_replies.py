"""What servers say, in their words, and what it means. Addresses and hosts are examples."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.replies import WORDS, Category, Stage, classify, hint_seconds

TABLE = Path(__file__).with_name("replies.txt").read_text()


def cases() -> list[tuple[str, str, int, str, str]]:
    found, category = [], ""
    for line in TABLE.strip().splitlines():
        if " " not in line:
            category = line
            continue
        stage, code, enhanced, text = line.split(" ", 3)
        found.append((category, stage, int(code), enhanced.replace("-", ""), text))
    return found


CASES = cases()
HARD = {Category.INVALID_RECIPIENT, Category.INACTIVE_MAILBOX}


def test_there_are_over_two_hundred_replies_of_every_category() -> None:
    assert len({case[1:] for case in CASES}) >= 200
    later = {Category.EXPIRED, Category.COMPLAINT}
    assert {category for category, *_ in CASES} == set(Category) - later


@pytest.mark.parametrize(("category", "stage", "code", "enhanced", "text"), CASES)
def test_a_reply_means(category: str, stage: str, code: int, enhanced: str, text: str) -> None:
    verdict = classify(stage, code, enhanced, text)
    assert verdict.category == category
    after_rcpt = stage in ("rcpt", "data", "body")
    assert verdict.suppresses == (verdict.category in HARD and code >= 500 and after_rcpt)


@pytest.mark.parametrize(("category", "stage", "code", "enhanced", "text"), CASES)
def test_the_enhanced_code_may_stand_in_the_text(
    category: str, stage: str, code: int, enhanced: str, text: str
) -> None:
    assert classify(stage, code, None, f"{enhanced} {text}").category == category


EARLY = st.sampled_from([Stage.CONNECT, Stage.EHLO, Stage.STARTTLS, Stage.AUTH, Stage.MAIL])
SAID = st.one_of(st.text(max_size=80), st.sampled_from([case[4] for case in CASES]))
CODES = st.one_of(st.none(), st.integers(200, 599))
DETAIL = st.one_of(st.just(""), st.from_regex(r"[245]\.\d\.\d{1,2}", fullmatch=True), st.text(max_size=8))


@given(stage=EARLY, code=CODES, enhanced=DETAIL, text=SAID)
def test_nothing_before_rcpt_suppresses_or_ends_a_message(
    stage: Stage, code: int | None, enhanced: str, text: str
) -> None:
    verdict = classify(stage, code, enhanced, text)
    assert not verdict.suppresses
    assert not verdict.suppresses_when_confirmed
    assert verdict.category not in HARD | {Category.BAD_DOMAIN, Category.MAILBOX_FULL}
    assert not verdict.is_permanent or verdict.category == Category.SMTPUTF8


@given(stage=st.sampled_from(list(Stage)), code=st.one_of(st.none(), st.integers(200, 499)), enhanced=DETAIL, text=SAID)
def test_what_is_temporary_never_suppresses_and_is_tried_again(
    stage: Stage, code: int | None, enhanced: str, text: str
) -> None:
    verdict = classify(stage, code, enhanced, text)
    assert not verdict.suppresses
    assert verdict.retries


@given(stage=st.sampled_from(list(Stage)), code=CODES, enhanced=DETAIL, text=st.text())
def test_any_reply_gets_a_verdict(stage: Stage, code: int | None, enhanced: str, text: str) -> None:
    assert classify(stage, code, enhanced, text).category in Category


@given(
    code=st.integers(500, 599), words=st.sampled_from(["", "Requested action not taken", "Rejected", "Denied", "5.0.0"])
)
def test_a_bare_refusal_suppresses_nobody(code: int, words: str) -> None:
    assert not classify("rcpt", code, "", words).suppresses


def test_a_name_in_an_address_is_no_word_of_the_server() -> None:
    text = "<spam.blocked.user-unknown@quota-exceeded.example>: cannot accept at this time"
    assert classify("rcpt", 550, "", text).category == Category.UNKNOWN


def test_a_refused_password_pauses_the_provider_and_keeps_the_message() -> None:
    verdict = classify("auth", 535, "5.7.8", "Username and Password not accepted")
    assert verdict.pauses_provider
    assert verdict.retries


def test_a_used_up_quota_pauses_the_provider_but_a_second_s_rate_does_not() -> None:
    assert classify("body", 454, "", "Throttling failure: Daily message quota exceeded.").pauses_provider
    rate = classify("body", 454, "", "Throttling failure: Maximum sending rate exceeded.")
    assert rate.slows
    assert not rate.pauses_provider


def test_a_refused_sender_stops_the_batch_and_blames_nobody() -> None:
    verdict = classify("mail", 553, "5.7.1", "Sender address rejected: not owned by user kim")
    assert verdict.pauses_batch
    assert verdict.retries


def test_no_reply_at_all_is_the_network() -> None:
    assert classify("connect", None, "", "timed out").category == Category.NETWORK


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("try again in 300 seconds", 300),
        ("please retry after 5 minutes", 300),
        ("Greylisted for 2 hours", 7200),
        ("come back in 90s", 90),
        ("try again later", None),
        ("wait at least 600 sec", 600),
        ("in reply to RCPT TO 550", None),
    ],
)
def test_a_named_time_is_understood(text: str, seconds: float | None) -> None:
    assert hint_seconds(text) == seconds


def test_every_category_has_words_for_people() -> None:
    assert set(WORDS) == set(Category)
    assert all(re.fullmatch(r"[A-Z].*\.", words) for words in WORDS.values())
