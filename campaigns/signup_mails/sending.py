"""A sign-up asks for its mail: into the ledger, in the transaction that writes the request down.

So the mail exists exactly if the request does, and leaves exactly once, whatever dies in between.
"""

from typing import Any

from campaigns.message.encoding import ascii_address
from campaigns.signup_mails import writing
from campaigns.signup_mails.models import SignupMail
from contacts.models import SignupRequest
from delivery import ledger
from delivery.models import Provider

CONTENT_KIND = "signup"


def send(sender: Any, request: SignupRequest, kind: str, **_: Any) -> int | None:
    """Receives contacts.signup.signals.mail_wanted. A contact is welcomed once by the same words."""
    try:
        mail = writing.frozen(request, kind)
    except writing.NotSetUp:
        return None
    message = ledger.send_one(
        content_kind=CONTENT_KIND,
        content_id=mail.pk,
        email=request.email,
        contact_id=request.contact_id if kind == SignupMail.Kind.WELCOME else None,
        provider=Provider.objects.default(),
        group=f"signup:{request.form_id}",
        sender_domain=ascii_address(mail.sender_email).rpartition("@")[2].lower(),
    )
    return message.pk
