"""What a reply means at send time and what it means in a bounce do not contradict each other."""

import pytest

from delivery import bounces
from delivery.replies import Category, classify
from delivery.replies.categories import HARD
from tests.delivery.bounces.mails import report
from tests.delivery.replies.test_replies import ALIVE, CASES

# As Postfix says where it was said; of what came before a dialogue it says "refused to talk".
_WHERE = {
    "connect": "host mx.mailbox.example[192.0.2.1] refused to talk to me: {words}",
    "ehlo": "host mx.mailbox.example[192.0.2.1] said: {words} (in reply to EHLO command)",
    "mail": "host mx.mailbox.example[192.0.2.1] said: {words} (in reply to MAIL FROM command)",
    "rcpt": "host mx.mailbox.example[192.0.2.1] said: {words} (in reply to RCPT TO command)",
    "body": "host mx.mailbox.example[192.0.2.1] said: {words} (in reply to end of DATA command)",
}
SAID = [case[1:] for case in CASES if case[1] in _WHERE]


def bounced(stage: str, code: int, enhanced: str, text: str) -> bounces.Finding:
    words = " ".join(f"{code} {enhanced} {text}".split())
    fields = f"Final-Recipient: rfc822; ana@mailbox.example\nAction: failed\nDiagnostic-Code: smtp; {words}"
    (found,) = bounces.read(report(fields, text=f"<ana@mailbox.example>: {_WHERE[stage].format(words=words)}"))
    return found


@pytest.mark.parametrize("stage", _WHERE)
def test_no_bounce_suppresses_for_words_that_say_nothing_against_the_person(stage: str) -> None:
    harmless = [said for said in SAID if said[0] == stage and classify(*said).category not in HARD]
    assert harmless
    assert [said for said in harmless if bounced(*said).suppresses] == []


@pytest.mark.parametrize("stage", ["rcpt", "body"])
def test_words_of_a_dead_address_in_another_matter_suppress_nobody(stage: str) -> None:
    assert [said for said in ALIVE if bounced(stage, 550, "", said).suppresses] == []


def test_nobody_is_dead_who_is_refused_before_rcpt() -> None:
    assert [said for said in SAID if said[0] in ("connect", "ehlo", "mail") and bounced(*said).is_permanent] == []


def test_whoever_is_dead_by_a_refused_rcpt_is_dead_by_the_bounce() -> None:
    dead = [said for said in SAID if said[0] == "rcpt" and classify(*said).category == Category.INVALID_RECIPIENT]
    assert [said for said in dead if "disabled" not in said[3] and not bounced(*said).suppresses] == []
