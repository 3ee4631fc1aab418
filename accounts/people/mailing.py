"""Mails that concern those who work here: an invitation, a new password. A part above registers who carries them."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Protocol

from accounts.models import Invitation, Organisation, User
from accounts.web_addresses import ascii_host


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    text: str
    html: str = ""
    invitation_id: int | None = None

    def written(self, organisation: Organisation) -> EmailMessage:
        local, _, domain = organisation.sender_email.rpartition("@")
        sender = Address(organisation.sender_name, addr_spec=f"{local}@{ascii_host(domain)}")
        message = EmailMessage()
        message["From"] = sender
        message["To"] = self.to
        message["Subject"] = self.subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=sender.domain)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.text, cte="quoted-printable")
        if self.html:
            message.add_alternative(self.html, subtype="html", cte="quoted-printable")
        return message


class Carrier(Protocol):
    def is_ready(self) -> bool:
        """A real mail server is set up, and nothing is known against it."""
        ...

    def carry(self, mail: Mail) -> None:
        """Begin to send it, after the commit; returns at once."""
        ...


_carriers: list[Carrier] = []


def register(carrier: Carrier) -> None:
    _carriers[:] = [carrier]


def can_mail() -> bool:
    return any(carrier.is_ready() for carrier in _carriers)


def send_reset(organisation: Organisation, user: User, link: str, minutes: int) -> None:
    text = (
        f"Somebody, probably you, asked for a new password at {organisation}.\n\n"
        f"Choose one here within {minutes} minutes:\n\n{link}\n\n"
        "If it was not you, do nothing: your password stays as it is.\n"
    )
    send(Mail(user.email, f"A new password for {organisation}", text))


def send_invitation(organisation: Organisation, invitation: Invitation, link: str, days: int) -> None:
    text = (
        f"{invitation.invited_by} invites you to work at {organisation} as {invitation.get_role_display()}.\n\n"
        f"Choose a password here within {days} days:\n\n{link}\n\n"
        "If you do not know what this is about, do nothing.\n"
    )
    subject = f"{invitation.invited_by} invites you to {organisation}"
    send(Mail(invitation.email, subject, text, invitation_id=invitation.pk))


def outcome(mail: Mail, problem: str) -> None:
    """Said by the carrier; `problem` empty: a server has accepted it."""
    if mail.invitation_id:
        found = Invitation.objects.filter(pk=mail.invitation_id)
        found.update(mail_state=Invitation.MailState.FAILED if problem else Invitation.MailState.SENT)
        found.update(mail_problem=problem[:300])


def send(mail: Mail) -> None:
    """By the registered carrier, after the commit."""
    for carrier in _carriers:
        carrier.carry(mail)
