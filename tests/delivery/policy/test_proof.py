"""Whether a server's words prove a mailbox dead while it has accepted nobody yet."""

import pytest

from delivery.policy import proof
from delivery.replies import classify


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("Invalid recipient: <ana@example.org>", True),
        ("Invalid recipient: <user@mailbox.example>", True),
        ("<ana@example.org>: Recipient address rejected: unknown", True),
        ("User unknown in virtual alias table", False),
        ("5.1.1 No such mailbox", False),
        ("The email account that you tried to reach does not exist", False),
        ("Postfach existiert nicht", False),
        ("Relay access denied", False),
    ],
)
def test_a_refusal_needs_proof_unless_it_names_the_mailbox(text: str, needed: bool) -> None:
    verdict = classify("rcpt", 550, "", text)
    assert proof.needs_proof("rcpt", verdict.category, text) == needed
    assert not proof.needs_proof("body", verdict.category, text), "the server took the recipient"


def test_a_campaign_stops_after_twenty_more_than_a_person_has_seen() -> None:
    assert proof.stop("Relay", 19, 0) == ""
    assert proof.stop("Relay", 20, 0).startswith("Relay has refused everybody so far (20 people)")
    assert proof.stop("Relay", 39, 20) == ""
    assert proof.stop("Relay", 40, 20)
