"""Bounces that real servers wrote (tests/data/bounces): whom they mean, and what that says of the person."""

from pathlib import Path

import pytest

from delivery import bounces
from delivery.bounces import Kind
from delivery.replies import Category as C

MAILS = Path(__file__).parents[2] / "data" / "bounces"
DEAD, ALIVE = True, False
BOUNCE, DELAY = Kind.BOUNCE, Kind.DELAY


@pytest.mark.parametrize(
    ("name", "recipient", "kind", "category", "suppresses"),
    [
        ("chasquid-fullnow", "fullnow@mailbox.example", BOUNCE, C.MAILBOX_FULL, ALIVE),
        ("chasquid-nodomain", "ana@nodomain.example", BOUNCE, C.BAD_DOMAIN, DEAD),
        ("chasquid-silent", "ana@silent.example", BOUNCE, C.NETWORK, ALIVE),
        ("chasquid-spam", "spam@mailbox.example", BOUNCE, C.SPAM_CONTENT, ALIVE),
        ("chasquid-unknown", "unknown@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("courier-fullnow-bounce", "fullnow@mailbox.example", BOUNCE, C.MAILBOX_FULL, ALIVE),
        ("courier-international", "großmut@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("courier-later-delay", "later@mailbox.example", DELAY, C.GREYLIST, ALIVE),
        ("courier-nullmx", "ana@nullmx.example", BOUNCE, C.BAD_DOMAIN, DEAD),
        ("courier-unknown", "unknown@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("courier-virus", "virus@mailbox.example", BOUNCE, C.SPAM_CONTENT, ALIVE),
        ("dma-full", "full@mailbox.example", BOUNCE, C.MAILBOX_FULL, ALIVE),
        ("dma-nodomain", "ana@nodomain.example", BOUNCE, C.BAD_DOMAIN, DEAD),
        ("dma-policy", "policy@mailbox.example", BOUNCE, C.UNKNOWN, ALIVE),
        ("dma-silent", "ana@silent.example", BOUNCE, C.EXPIRED, ALIVE),
        ("dma-spam", "spam@mailbox.example", BOUNCE, C.SPAM_CONTENT, ALIVE),
        ("dma-unknown", "unknown@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("dovecot-rejected", "postmaster@mailbox.example", Kind.AUTOREPLY, None, ALIVE),
        ("exim-attachment", "attachment@mailbox.example", BOUNCE, C.SPAM_CONTENT, ALIVE),
        ("exim-disabled", "disabled@mailbox.example", BOUNCE, C.INACTIVE_MAILBOX, ALIVE),
        ("exim-fullbox", "fullbox@local.example", BOUNCE, C.MAILBOX_FULL, ALIVE),
        ("exim-fullnow", "fullnow@mailbox.example", BOUNCE, C.MAILBOX_FULL, ALIVE),
        ("exim-international", "großmut@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("exim-local", "nobody-here@relay.nordlicht.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("exim-nosuch", "nosuch@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("exim-nullmx", "ana@nullmx.example", BOUNCE, C.BAD_DOMAIN, DEAD),
        ("exim-policy", "policy@mailbox.example", BOUNCE, C.UNKNOWN, ALIVE),
        ("exim-silent", "ana@silent.example", BOUNCE, C.EXPIRED, ALIVE),
        ("fetchmail-unknown", "jane@localhost", BOUNCE, C.INVALID_RECIPIENT, ALIVE),  # somebody's machine at home
        ("haraka-fullnow", "fullnow@mailbox.example", BOUNCE, C.MAILBOX_FULL, ALIVE),
        ("haraka-nodns", "ana@servfail.example", BOUNCE, C.NETWORK, ALIVE),
        ("haraka-nodomain", "ana@nodomain.example", BOUNCE, C.BAD_DOMAIN, DEAD),
        ("haraka-policy", "policy571@mailbox.example", BOUNCE, C.BLOCK_REPUTATION, ALIVE),
        ("haraka-silent", "ana@silent.example", BOUNCE, C.NETWORK, ALIVE),  # with the number of a bad address
        ("haraka-some", "unknown@mailbox.example", BOUNCE, C.UNKNOWN, ALIVE),  # beside a person who got it: no reason
        ("haraka-unknown", "unknown@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("maildrop-away", "away@mailbox.example", Kind.AUTOREPLY, None, ALIVE),
        ("mailutils-rejected", "ana@mailbox.example", Kind.AUTOREPLY, None, ALIVE),
        ("nullmailer-fullnow-delay", "fullnow@mailbox.example", DELAY, C.MAILBOX_FULL, ALIVE),
        ("nullmailer-gmail", "gmail@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("nullmailer-policy", "policy@mailbox.example", BOUNCE, C.UNKNOWN, ALIVE),
        ("opensmtpd-attachment", "attachment@mailbox.example", BOUNCE, C.SPAM_CONTENT, ALIVE),
        ("opensmtpd-blocked", "blocked@mailbox.example", BOUNCE, C.BLOCK_REPUTATION, ALIVE),
        ("opensmtpd-later-delay", "later@mailbox.example", DELAY, C.EXPIRED, ALIVE),
        ("opensmtpd-nodomain", "ana@nodomain.example", BOUNCE, C.BAD_DOMAIN, DEAD),
        ("opensmtpd-silent-delay", "ana@silent.example", DELAY, C.EXPIRED, ALIVE),
        ("opensmtpd-unknown", "unknown@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("postfix-dropped", "drop@mailbox.example", BOUNCE, C.NETWORK, ALIVE),
        ("postfix-forwarded", "dead@elsewhere.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("postfix-full", "full@mailbox.example", BOUNCE, C.MAILBOX_FULL, ALIVE),
        ("postfix-fullbox", "fullbox@mailbox.example", BOUNCE, C.MAILBOX_FULL, ALIVE),
        ("postfix-gmail", "gmail@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("postfix-international", "großmut@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("postfix-large", "large@mailbox.example", BOUNCE, C.MESSAGE_TOO_LARGE, ALIVE),
        ("postfix-local", "nobody-here@relay.nordlicht.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("postfix-moved", "unknown@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("postfix-nodomain", "ana@nodomain.example", BOUNCE, C.BAD_DOMAIN, DEAD),
        ("postfix-program", "root@local.example", BOUNCE, C.MAILBOX_FULL, ALIVE),
        ("postfix-silent-bounce", "ana@silent.example", BOUNCE, C.NETWORK, ALIVE),
        ("postfix-silent-delay", "ana@silent.example", DELAY, C.NETWORK, ALIVE),
        ("postfix-spam", "spam@mailbox.example", BOUNCE, C.SPAM_CONTENT, ALIVE),
        ("postfix-unknown", "unknown@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("sendmail-gmail", "gmail@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("sendmail-later", "later@mailbox.example", BOUNCE, C.GREYLIST, ALIVE),
        ("sendmail-nodomain", "ana@nodomain.example", BOUNCE, C.BAD_DOMAIN, DEAD),
        ("sendmail-nosuch", "nosuch@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
        ("sendmail-policy", "policy@mailbox.example", BOUNCE, C.UNKNOWN, ALIVE),
        ("sendmail-spam", "spam@mailbox.example", BOUNCE, C.SPAM_CONTENT, ALIVE),
        ("sendmail-unknown", "unknown@mailbox.example", BOUNCE, C.INVALID_RECIPIENT, DEAD),
    ],
)
def test_each_server_is_understood(name: str, recipient: str, kind: Kind, category: C | None, suppresses: bool) -> None:
    (found,) = bounces.read((MAILS / f"{name}.eml").read_bytes())
    assert (found.recipient, found.kind, found.category, found.suppresses) == (recipient, kind, category, suppresses)


@pytest.mark.parametrize("mail", sorted(MAILS.glob("*.eml")), ids=lambda mail: mail.stem)
def test_our_mail_is_recognised_in_what_each_server_returns(mail: Path) -> None:
    trace = bounces.trace(mail.read_bytes())
    assert any(address.startswith("bounce+0110ab") for address in trace.envelope_addresses)
    assert any(found.startswith("AQE") and found.endswith("@nordlicht.example") for found in trace.message_ids)


def test_every_mail_of_the_folder_is_tested() -> None:
    (table,) = (mark for mark in test_each_server_is_understood.pytestmark if mark.name == "parametrize")  # type: ignore[attr-defined]
    assert sorted(row[0] for row in table.args[1]) == sorted(mail.stem for mail in MAILS.glob("*.eml"))


@pytest.mark.parametrize(
    ("name", "gives_up_at"),
    [
        ("courier-later-delay", "2026-11-28T15:58:19+00:00"),
        ("postfix-silent-delay", "2026-11-28T15:39:16+00:00"),
        ("opensmtpd-later-delay", "2026-12-05T15:40:55+00:00"),
        ("nullmailer-fullnow-delay", "2026-11-28T15:50:16+00:00"),  # its first word is its last
    ],
)
def test_a_delay_names_its_end(name: str, gives_up_at: str | None) -> None:
    (found,) = bounces.read((MAILS / f"{name}.eml").read_bytes())
    assert (found.gives_up_at and found.gives_up_at.isoformat()) == gives_up_at
