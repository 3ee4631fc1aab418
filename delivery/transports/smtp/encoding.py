"""A letter as an SMTP connection carries it: addresses for its envelope, and a body in which no dot ends it early."""

import re

from delivery.domains import catalogue
from delivery.outcomes import Letter
from delivery.replies import Category
from delivery.transports.base import CannotCarry
from delivery.transports.smtp import marks

# What may stand between the angle brackets of MAIL and RCPT (RFC 5321 4.1.2), seen strictly.
_MAILBOX = re.compile(rb"[!-;=?-~]{1,64}@[A-Za-z0-9.\-\[\]:]{1,255}\Z")


def encode(letter: Letter, service: str = "") -> None:
    """`service`: see delivery.providers.services. Raises CannotCarry, or whatever the content raises."""
    address = envelope_address(letter.email)
    if address is None:
        raise CannotCarry(Category.SMTPUTF8, "The address cannot be written in an SMTP envelope")
    compiled = letter.claim.batch.compiled
    body = compiled.build(letter.recipient)
    if signer := letter.claim.batch.signer:
        body = signer.signed(body, catalogue.replaced_by(service))
    letter.return_address = compiled.envelope_from(letter.recipient).encode("ascii")
    # Builders promise both; a broken promise must not end a message early (RFC 5321 4.5.2). Looking costs 10 us.
    if not letter.claim.batch.dot_safe and b"\r\n." in body:
        body = body.replace(b"\r\n.", b"\r\n..")
    if service:
        body = marks.header(service, letter.message_id) + body
    letter.body = body if body.endswith(b"\r\n") else body + b"\r\n"
    letter.recipient_address = address


def envelope_address(email: str) -> bytes | None:
    """None: it cannot be written in an envelope."""
    try:
        address = email.encode("ascii")
    except UnicodeEncodeError:
        return None
    return address if _MAILBOX.match(address) else None
