"""What servers say, in their words, and what it means. Addresses and hosts are examples."""

import re
from pathlib import Path

import pytest
from hypothesis import assume, given
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
CATEGORIES = sorted({case[0] for case in CASES})
HARD = {Category.INVALID_RECIPIENT, Category.INACTIVE_MAILBOX}


def test_there_are_hundreds_of_replies_of_every_category() -> None:
    assert len({case[1:] for case in CASES}) >= 950
    assert set(CATEGORIES) == set(Category) - {Category.COMPLAINT}, "which no server says in a reply"


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_reply_means(category: str) -> None:
    of_category = [case for case in CASES if case[0] == category]
    meant = {case: classify(*case[1:]) for case in of_category}
    assert {case: verdict.category for case, verdict in meant.items() if verdict.category != category} == {}
    for (_, stage, code, *_), verdict in meant.items():
        after_rcpt = stage in ("rcpt", "data", "body")
        assert verdict.suppresses == (category in HARD and code >= 500 and after_rcpt)


def test_the_enhanced_code_may_stand_in_the_text() -> None:
    told = {case: classify(*case[1:3], None, f"{case[3]} {case[4]}").category for case in CASES}
    assert {case: category for case, category in told.items() if category != case[0]} == {}


def test_a_reply_of_many_lines_repeats_its_code_in_every_line() -> None:
    text = "5.1.1 The email account that you tried to 5.1.1 reach does not 5.1.1 exist. Please try"
    assert classify("rcpt", 550, None, text).suppresses
    text = "5.7.1 Service unavailable; Client host 5.7.1 [192.0.2.7] blocked 5.7.1 using a list"
    assert classify("rcpt", 554, None, text).category == Category.BLOCK_REPUTATION


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


WORDLESS = st.one_of(
    st.sampled_from(["Requested action not taken", "Rejected", "Denied", "5.0.0", "5.7.1", "Sorry", "Access denied"]),
    st.text(st.characters(categories=["N", "P", "Z", "S"]), max_size=40),
)


@given(stage=st.sampled_from(list(Stage)), code=CODES, words=WORDLESS)
def test_without_words_or_an_enhanced_code_nobody_is_suppressed(stage: Stage, code: int | None, words: str) -> None:
    assume(not re.search(r"5\.[12]\.\d|5\.7\.1\d", words))
    assert not classify(stage, code, "", words).suppresses


# What a server says of us, of the moment or of the message. A code or words about the person beside it change nothing.
NOT_THE_PERSON = [
    "Relay access denied",
    "Sender address rejected: Domain not found",
    "Client host [192.0.2.7] blocked using zen.spamhaus.org",
    "your IP is on our blacklist",
    "poor reputation",
    "Greylisted, try again in 300 seconds",
    "Message identified as spam",
    "rejected due to DMARC policy",
    "SPF check failed",
    "no PTR record for 192.0.2.7",
    "Too many invalid recipients from your host",
    "rate limit exceeded, slow down",
    "mailbox is over quota",
    "Daily sending limit reached",
    "temporary lookup failure",
    "DNS error: SERVFAIL",
    "callout timed out",
    "Authentication required",
    "Your account has been suspended",
    "Sender ist nicht erlaubt, Absenderadresse abgelehnt",
    "adresse IP bloquée, liste noire",
    "temporarily unavailable",
]
PERSON = ["User unknown", "Recipient address rejected: user not found", "mailbox disabled", ""]


@pytest.mark.parametrize("said", NOT_THE_PERSON)
def test_who_keeps_us_out_declares_nobody_dead(said: str) -> None:
    for detail in ("5.1.1", "5.2.1", "5.1.6", "5.7.1", ""):
        for person in PERSON:
            assert not classify("rcpt", 550, detail, f"<ana@firma.example>: {said}; {person}").suppresses
            assert not classify("body", 554, detail, f"{person} ({said})").suppresses


ALIVE = Path(__file__).with_name("alive.txt").read_text().strip().splitlines()


@pytest.mark.parametrize("stage", ["rcpt", "body"])
def test_words_of_a_dead_address_in_another_matter_suppress_nobody(stage: str) -> None:
    assert [said for said in ALIVE if classify(stage, 550, "", said).suppresses] == []


def test_a_code_that_contradicts_itself_suppresses_nobody() -> None:
    assert not classify("rcpt", 550, "4.1.1", "User unknown").suppresses


TALKING = ["user-unknown", "no.such.user", "mailbox-full", "spam", "blocked", "quota-exceeded", "greylist", "disabled"]
GOES_ON = ["", "+x", "/x", "=x", "'x"]  # as a local part may
NAMES = st.builds(
    "{}{}@{}.{}.example".format, *(st.sampled_from(each) for each in (TALKING, GOES_ON, TALKING, TALKING))
)
PLACES = ["<{}>: {}", "{} {}", "{}... {}", "{1} {0}", "{1} [{0}]", "{1} ({0})", "host {0} said: {1}", '"{0}" {1}']


@given(name=NAMES, place=st.sampled_from(PLACES), said=st.sampled_from(["cannot be served", "User unknown", "hm"]))
def test_a_name_in_an_address_is_no_word_of_the_server(name: str, place: str, said: str) -> None:
    for named, neutral in ((name, "ana@firma.example"), (name.split("@")[1], "mx.firma.example")):
        told, plain = (classify("rcpt", 550, "", place.format(who, said)) for who in (named, neutral))
        assert told == plain


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
        ("Greylisted, come back in 00:05:00", 300),
        ("please come back in 04:57", 297),
        ("try again in 1 hour and 30 minutes", 5400),
        ("Retry-After: 120 seconds", 120),
        ("Try again after 2.5 min", 150),
        ("Veuillez réessayer dans 10 minutes", 600),
        ("Bitte versuchen Sie es in 15 Minuten erneut", 900),
        ("Bitte erneut in 15 Minuten versuchen", 900),
        ("Intente de nuevo en 20 minutos", 1200),
        ("Too many messages: 100 in 60 seconds", None),
        ("try again later (4.16.55)", None),
        ("Please retry. Error 451 server 10.0.0.5", None),
        ("retry in 999999 hours", 999999 * 3600),
    ],
)
def test_a_named_time_is_understood(text: str, seconds: float | None) -> None:
    assert hint_seconds(text) == seconds


def test_every_category_has_words_for_people() -> None:
    assert set(WORDS) == set(Category)
    assert all(re.fullmatch(r"[A-Z].*\.", words) for words in WORDS.values())
